"""Who the subject is, what is measured of the body, and what is said at the door: demography, vital signs, consent."""

from __future__ import annotations

from trialwright.core.protocol import Kind
from trialwright.standards.concepts.making import table, value

DEMOGRAPHY = table(
    value("birth_date", "Date of birth", Kind.DATE, identifies=True),
    value("age", "Age at consent, completed years", Kind.INTEGER, plausible=("0", "120"), possible=("0",)),
    value("sex", "Sex", Kind.CODE, codes="female male"),
    value("race", "Race", Kind.CODE, codes="american_indian asian black pacific white more_than_one unknown"),
    value("ethnicity", "Ethnicity", Kind.CODE, codes="hispanic not_hispanic unknown"),
    value("consent_date", "Date of consent", Kind.DATE),
    value("consent_version", "Version of the consent form", Kind.TEXT),
)

VITAL_SIGNS = table(
    value("temperature", "Body temperature", Kind.QUANTITY, unit="Cel", plausible=("32", "43")),
    value("weight", "Weight", Kind.QUANTITY, unit="kg", plausible=("20", "350"), possible=("0",)),
    value("height", "Height", Kind.QUANTITY, unit="cm", plausible=("90", "240"), possible=("0",)),
    value("systolic", "Systolic blood pressure", Kind.QUANTITY, unit="mm[Hg]", plausible=("50", "280")),
    value("diastolic", "Diastolic blood pressure", Kind.QUANTITY, unit="mm[Hg]", plausible=("20", "180")),
    value("pulse", "Pulse", Kind.QUANTITY, unit="/min", plausible=("25", "250")),
    value(
        "oxygen_saturation",
        "Oxygen saturation",
        Kind.QUANTITY,
        unit="%",
        plausible=("50", "100"),
        possible=("0", "100"),
    ),
)

TESTS = table(
    value("ecog", "ECOG performance status", Kind.INTEGER, plausible=("0", "5"), possible=("0", "5")),
    value("karnofsky", "Karnofsky performance status", Kind.INTEGER, plausible=("0", "100"), possible=("0", "100")),
    value("pregnancy_test", "Pregnancy test", Kind.CODE, codes="negative positive"),
)

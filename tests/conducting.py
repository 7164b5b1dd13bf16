"""A small study with its sites, its rules and its way in, for every test of what is refused; no real drug.

says(register(), activated(), screened(), counted())      # nothing: it is let in
"""

from __future__ import annotations

from dataclasses import replace

from builders import DRUG, SITE, SUBJECT, UNITS, changes, day, protocol, regimen
from trialwright.core.bundle import Standards
from trialwright.core.conduct import Trial
from trialwright.core.ledger import (
    DoseReleased,
    Event,
    FormSubmitted,
    ProtocolActivated,
    Said,
    SubjectRegistered,
    SubjectScreened,
)
from trialwright.core.protocol import Concept, Field, Kind
from trialwright.core.subject import fold_study
from trialwright.core.terms import Quantity

HASH = "a" * 64


def made(name: str, kind: Kind, unit: str | None = None, codes: tuple[str, ...] = (), **others) -> Concept:
    value = Field(id="value", label=name, kind=kind, unit=unit, codes=codes)
    return Concept(id=name, label=name, fields=(value, Field(id="on", label="date", kind=Kind.DATE)), **others)


CONCEPTS = {
    one.id: one
    for one in (
        made("anc", Kind.QUANTITY, "/mm3"),
        made("ecog", Kind.CODE, codes=("0", "1", "2")),
        made("sex", Kind.CODE, codes=("female", "male")),
        made("consent_date", Kind.DATE),
        made("fever", Kind.YES_NO),
        made("pregnancy_test", Kind.CODE, codes=("negative", "positive")),
        Concept(
            id="exposure",
            label="exposure",
            repeats=True,
            fields=tuple(
                Field(id=name, label=name, kind=kind)
                for name, kind in {
                    "drug": Kind.TEXT,
                    "course": Kind.INTEGER,
                    "dose": Kind.QUANTITY,
                    "first_dose": Kind.DATE,
                    "last_dose": Kind.DATE,
                }.items()
            ),
        ),
    )
}
ANC = {"id": "anc", "quotes": ["ANC at least 1,500"], "must": {"measure": "anc", "is": ">= 1500 /mm3"}}
RELEASE = {"id": "test", "quotes": ["negative test"], "first_course": False,
           "when": {"measure": "pregnancy_test", "in": ["negative"]}}  # fmt: skip
DOSE = {"start": "10 mg", "step": "5 mg", "maximum": "25 mg"}
DESIGN_OF_STUDY = {
    "id": "design",
    "accrual": {"id": "accrual", "quotes": ["2 patients"], "planned": 2},
    "sites": [{"id": site, "name": site, "time_zone": "UTC"} for site in ("S01", "S02")],
}
STUDY = protocol(
    design=DESIGN_OF_STUDY,
    arms=[{"id": "A", "label": "A"}, {"id": "B", "label": "B"}],
    eligibility=[ANC],
    regimen=[regimen(dose=DOSE, release_when=[RELEASE])],
    endpoints=[
        {"id": "pfs", "label": "PFS", "level": "primary", "variable": "time to event",
         "ready_when": "all_progressed_or_dead"},
        {"id": "safety", "label": "toxicity", "level": "secondary", "variable": "worst grade",
         "ready_when": "last_safety_day", "safety_days": 30},
    ],
)  # fmt: skip


def trial(*versions) -> Trial:
    known = {one.version: one for one in (versions or (STUDY,))}
    standards = {name: Standards(UNITS, CONCEPTS) for name in known}
    return Trial(known, standards, dict.fromkeys(known, HASH), "0.1")


TRIAL = trial()


def who(on: str, subject: str | None = SUBJECT, site: str = SITE) -> dict:
    return {"actor": "a", "role": "r", "site": site, "subject": subject, "occurred": day(on)}


def activated(site: str = SITE, version: str = "1", file_hash: str = HASH) -> ProtocolActivated:
    return ProtocolActivated(
        **who("2025-01-01", None, site), version=version, file_hash=file_hash, approved_on=day("2025-01-01")
    )


def screened(subject: str = SUBJECT, site: str = SITE) -> SubjectScreened:
    return SubjectScreened(**who("2025-02-20", subject, site), version="1")


def counted(count: str = "2000", on: str = "2025-02-25", subject: str = SUBJECT) -> FormSubmitted:
    return FormSubmitted(**who(on, subject), form="f", items=changes({f"anc on {on}": f"{count} /mm3"}))


def register(subject: str = SUBJECT, site: str = SITE, version: str = "1", on="2025-02-28", said="eligible") -> Event:
    return SubjectRegistered(**who(on, subject, site), version=version, said=Said(said))


def study(*events: Event):
    return fold_study(replace(one, seq=number, id=f"e{number}") for number, one in enumerate(events, 1))


def released(days: int, dose: str = "10 mg") -> DoseReleased:
    return DoseReleased(**who("2025-03-03"), drug=DRUG, course=1, dose=Quantity.parse(dose), days=days, said=Said(""))

"""What links mass, amount of substance and activity for a named analyte: molar mass, valence, enzyme or not.

The exact molar mass is used, not the rounded factors of conversion charts (creatinine 88.4, bilirubin 17.1): one
constant per analyte converts both ways without loss, and a chart's factor may be cut in either direction. The
difference is below 0.03%: 2.0 mg/dL creatinine is 176.80 umol/L either way.
Molar masses in g/mol follow from formula and standard atomic weights (a test sums them). Read `ANALYTES`.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple


class Analyte(NamedTuple):
    """Molar mass in g/mol, charge per molecule where equivalents are used, and whether 1 [iU] is 1 U (enzymes)."""

    molar_mass: Fraction | None = None
    valence: int | None = None
    enzyme: bool = False


def _mass(text: str, valence: int | None = None) -> Analyte:
    return Analyte(Fraction(text), valence)


_ENZYME = Analyte(enzyme=True)

ANALYTES: Mapping[str, Analyte] = {
    **dict.fromkeys(("creatinine", "serum_creatinine", "creat"), _mass("113.12")),
    **dict.fromkeys(
        ("bilirubin", "total_bilirubin", "bilirubin_total", "direct_bilirubin", "bilirubin_direct", "bili"),
        _mass("584.66"),
    ),
    # The monomer (a quarter of the tetramer), by which laboratories report mmol/L.
    **dict.fromkeys(("hemoglobin", "haemoglobin", "hgb", "hb"), _mass("16114.5")),
    **dict.fromkeys(("glucose", "fasting_glucose", "random_glucose"), _mass("180.156")),
    "urea": _mass("60.056"),
    # Urea nitrogen: two atoms of nitrogen in one molecule of urea.
    **dict.fromkeys(("urea_nitrogen", "bun"), _mass("28.014")),
    **dict.fromkeys(("calcium", "corrected_calcium", "ionized_calcium"), _mass("40.078", 2)),
    "magnesium": _mass("24.305", 2),
    # Reported as phosphorus when in mg/dL.
    **dict.fromkeys(("phosphate", "phosphorus"), _mass("30.974")),
    "sodium": _mass("22.990", 1),
    "potassium": _mass("39.098", 1),
    "chloride": _mass("35.45", 1),
    **dict.fromkeys(("bicarbonate", "total_co2"), _mass("61.016", 1)),
    "lithium": _mass("6.94", 1),
    **dict.fromkeys(("uric_acid", "urate"), _mass("168.112")),
    **dict.fromkeys(("cholesterol", "total_cholesterol", "ldl_cholesterol", "hdl_cholesterol"), _mass("386.664")),
    "iron": _mass("55.845"),
    "lactate": _mass("90.078"),
    "ammonia": _mass("17.031"),
    "cortisol": _mass("362.466"),
    "testosterone": _mass("288.431"),
    **dict.fromkeys(("thyroxine", "free_t4", "t4"), _mass("776.87")),
    "folate": _mass("441.404"),
    **dict.fromkeys(("vitamin_d", "calcidiol"), _mass("400.647")),
    "methotrexate": _mass("454.447"),
    **dict.fromkeys(
        ("alt", "ast", "alp", "alkaline_phosphatase", "ldh", "ggt", "ck", "creatine_kinase", "amylase", "lipase"),
        _ENZYME,
    ),
    **dict.fromkeys(("alanine_aminotransferase", "aspartate_aminotransferase", "lactate_dehydrogenase"), _ENZYME),
}


def analyte_named(name: str | None, analytes: Mapping[str, Analyte] = ANALYTES) -> Analyte | None:
    """The analyte of this name, whatever its case, blanks and hyphens; None where it is not registered."""
    return analytes.get("_".join((name or "").lower().replace("-", " ").split()))

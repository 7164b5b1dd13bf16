"""Our words as the controlled terms of CDISC: one table for each codelist, by the code of the codelist in NCI EVS.

A word that stands in no table is kept as it was written, in capitals, where the codelist may be extended; nothing is
guessed. Read `TERMS`.
"""

from __future__ import annotations

from collections.abc import Mapping

from trialwright.core.protocol import EndReason
from trialwright.core.terms import Response, Verdict

SEX: Mapping[str, str] = {"female": "F", "male": "M"}
RACE: Mapping[str, str] = {
    "american_indian": "AMERICAN INDIAN OR ALASKA NATIVE",
    "asian": "ASIAN",
    "black": "BLACK OR AFRICAN AMERICAN",
    "pacific": "NATIVE HAWAIIAN OR OTHER PACIFIC ISLANDER",
    "white": "WHITE",
    "more_than_one": "MULTIPLE",
    "unknown": "UNKNOWN",
}
ETHNIC: Mapping[str, str] = {
    "hispanic": "HISPANIC OR LATINO",
    "not_hispanic": "NOT HISPANIC OR LATINO",
    "unknown": "UNKNOWN",
}
ACTION: Mapping[str, str] = {
    "none": "DOSE NOT CHANGED",
    "dose_held": "DRUG INTERRUPTED",
    "dose_reduced": "DOSE REDUCED",
    "drug_stopped": "DRUG WITHDRAWN",
    "not_applicable": "NOT APPLICABLE",
}
OUTCOME: Mapping[str, str] = {
    "recovered": "RECOVERED/RESOLVED",
    "recovering": "RECOVERING/RESOLVING",
    "not_recovered": "NOT RECOVERED/NOT RESOLVED",
    "recovered_with_sequelae": "RECOVERED/RESOLVED WITH SEQUELAE",
    "fatal": "FATAL",
    "unknown": "UNKNOWN",
}
REASON: Mapping[str, str] = {reason.value: reason.value.upper() for reason in EndReason} | {
    EndReason.WITHDRAWAL_OF_CONSENT.value: "WITHDRAWAL BY SUBJECT",
}
"""Completion and reason for non-completion; which withdrawal it was is kept in words beside it."""
RESPONSES: Mapping[Response, tuple[str, int]] = {
    Response.CR: ("CR", 1),
    Response.PR: ("PR", 2),
    Response.SD: ("SD", 3),
    Response.PD: ("PD", 4),
    Response.NE: ("NE", 5),
}
"""A response as its term and its place from the best to the worst."""

TERMS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "SEX": ("C66731", SEX),
    "RACE": ("C74457", RACE),
    "ETHNIC": ("C66790", ETHNIC),
    "ACN": ("C66767", ACTION),
    "OUT": ("C66768", OUTCOME),
    "NCOMPLT": ("C66727", REASON),
}
"""The tables by the name of the codelist, each with its code."""
CODELISTS: Mapping[str, str] = {name: code for name, (code, _) in TERMS.items()} | {
    "NY": "C66742",
    "ONCRSR": "C96785",
    "SBJTSTAT": "C124296",
    "AGEU": "C66781",
    "DATEFL": "C81223",
    "NRIND": "C78736",
}

LBTESTCD: Mapping[str, str] = {
    "wbc": "WBC",
    "anc": "NEUT",
    "lymphocytes": "LYM",
    "eosinophils": "EOS",
    "cd4": "CD4",
    "platelets": "PLAT",
    "hemoglobin": "HGB",
    "hematocrit": "HCT",
    "methemoglobin": "HGBMET",
    "creatinine": "CREAT",
    "creatinine_clearance": "CREATCLR",
    "gfr": "GFR",
    "urea_nitrogen": "UREAN",
    "bilirubin": "BILI",
    "ast": "AST",
    "alt": "ALT",
    "alkaline_phosphatase": "ALP",
    "ggt": "GGT",
    "ldh": "LDH",
    "albumin": "ALB",
    "amylase": "AMYLASE",
    "lipase": "LIPASET",
    "creatine_kinase": "CK",
    "sodium": "SODIUM",
    "potassium": "K",
    "calcium": "CA",
    "corrected_calcium": "CACR",
    "ionized_calcium": "CAION",
    "magnesium": "MG",
    "phosphate": "PHOS",
    "bicarbonate": "BICARB",
    "arterial_ph": "PH",
    "glucose": "GLUC",
    "uric_acid": "URATE",
    "cholesterol": "CHOL",
    "triglycerides": "TRIG",
    "inr": "INR",
    "ptt": "PTT",
    "fibrinogen": "FIBRINO",
    "haptoglobin": "HAPTOG",
    "tsh": "TSH",
    "hcg": "HCG",
}
"""Laboratory tests that have a code in SDTM; others get a short form of their own name."""


def term(codelist: str, word: str) -> str:
    """A word as the term of a codelist.

    >>> term("SEX", "female"), term("OUT", "")
    ('F', '')
    """
    known = TERMS[codelist][1]
    return known.get(word, word.replace("_", " ").upper())


def yes_no(told: bool | None) -> str:
    """Y, N, or nothing where nobody said."""
    return "" if told is None else "Y" if told else "N"


def flag(holds: bool) -> str:
    """Y, or nothing: how ADaM writes a flag that is asked for where it holds."""
    return "Y" if holds else ""


def verdict(told: Verdict) -> str:
    """Y, N or U: what is not known is never written as no."""
    return {Verdict.MET: "Y", Verdict.NOT_MET: "N", Verdict.UNKNOWN: "U"}[told]


def short_code(name: str, taken: frozenset[str] | set[str] = frozenset()) -> str:
    """At most 8 letters and digits of a name, told apart from those taken.

    >>> short_code("vessel_density.cd31"), short_code("vessel_density.cd34", {"VESSELDE"})
    ('VESSELDE', 'VESSELD2')
    """
    plain = "".join(each for each in name.upper() if each.isascii() and each.isalnum()) or "P"
    plain = plain if plain[0].isalpha() else f"P{plain}"
    code, number = plain[:8], 1
    while code in taken:
        number += 1
        code = f"{plain[: 8 - len(str(number))]}{number}"
    return code

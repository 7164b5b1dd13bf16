"""Whether words somebody typed look as if they told who the patient is: a number of a person, an address, a name.

Asked while it is typed and of what is recorded, of fields that take words and are not kept at the site. By shape alone:
what has no shape (a bare name, a village) is not found, and what is found may be none, so that it is asked and never
refused. The kinds are those of the Safe Harbor list of HIPAA, 45 CFR 164.514(b)(2)(i). Read `NAMES_A_PERSON`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from trialwright.core.protocol import Field, Kind

NUMBERED = (
    "mrn|medical record|patient (?:id|no)|chart|hospital no|account|acct|policy|member|beneficiary|medicare|medicaid|"
    "insurance|licen[cs]e|certificate|passport|plate|serial|device id|pacemaker|implant|fingerprint|retina|voice ?print"
)
DAY = r"\d{1,4}[-/. ](?:\d{1,2}|[a-z]{3,9})[-/., ]+\d{1,4}"
STREET = "street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|court|ct|parkway|calle|avenida|stra(?:ss|ß)e"
NAMES_A_PERSON: Mapping[str, re.Pattern[str]] = {
    what: re.compile(pattern, flags)
    for what, pattern, flags in (
        ("an e-mail address", r"(?<![\w.+-])[\w.+-]{1,64} ?@ ?[\w-]{1,63}\.\w", re.I),
        ("an address in the web", r"\bhttps?://|\bwww\.\w", re.I),
        ("an internet address", r"\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9a-f]{1,4}:){5,7}[0-9a-f]{1,4}\b", re.I),
        ("a social security number", r"\b\d{3}[- ]\d{2}[- ]\d{4}\b", 0),
        ("a telephone or fax number",
         r"(?<![\d-])(?:\+\d{1,3}[ .-]?)?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b|\+\d{2,3}[ .-]?\d(?:[ .-]?\d){6,11}\b", 0),
        ("a date of birth",
         rf"\b(?:born|birth(?:day|date)?|d\.?o\.?b\.?|nacid[oa])\b\W{{0,3}}(?:on |is |el )?{DAY}", re.I),
        ("a number of a person, a plan, a licence or a device",
         rf"\b(?:{NUMBERED})\b\W{{0,3}}(?:number|no|nr|id|is|serial)?\W{{0,3}}(?:[a-z]{{1,3}}[ -])?"
         r"(?=[\w-]{0,40}\d)[\w-]{4,40}", re.I),
        ("a vehicle identification number",
         r"\b(?=[A-HJ-NPR-Z0-9]{0,16}\d)(?=[A-HJ-NPR-Z0-9]{0,16}[A-Z])[A-HJ-NPR-Z0-9]{17}\b", 0),
        ("a street address", rf"\b\d{{1,5}} (?:[A-ZÁ-Ž][\w'.-]* ){{1,3}}(?:{STREET})\b|\bcalle [a-zá-ž]+ \d+", re.I),
        ("a postal code", r"\b[A-Z]{2},? \d{5}(?:-\d{4})?\b|\b\d{5}-\d{4}\b", 0),
        ("a name", r"\b(?:Mr|Mrs|Ms|Miss|Sra?|Señora?|Herr|Frau)\.? [A-ZÁ-Ž][a-zá-ž'-]+", 0),
        ("a picture of a person", r"(?<![\w-])[\w-]{1,80}\.(?:jpe?g|png|heic|tiff?|dcm)\b|\bIMG_\d+", re.I),
        ("a long number of somebody or something", r"(?<![\w.])(?!(?:19|20)\d{6}\b)\d{8,}(?!\w|\.\d)", 0),
    )
}  # fmt: skip
"""What words may hold that tells who somebody is, and by which shape it is known; the first that fits is told."""
LONGEST = 20_000
"""Of longer words the beginning is looked at."""


@lru_cache(maxsize=1 << 14)
def names_whom(words: str) -> str:
    """What in the words looks as if it told who the patient is; empty where nothing does.

    >>> names_whom("Call the daughter at 312-555-0142"), names_whom("ANC 1500 on 2006-03-01, nadir day 14")
    ('a telephone or fax number', '')
    """
    return next((what for what, shape in NAMES_A_PERSON.items() if shape.search(words[:LONGEST])), "")


def takes_words(field: Field) -> bool:
    """Whether a field takes words that others than the site see."""
    return field.kind is Kind.TEXT and not field.identifies


def asks_whom(label: str, what: str) -> str:
    """The question, which does not say again what was typed."""
    return f"{label}: the words hold what looks like {what}. Does it tell who the patient is?"

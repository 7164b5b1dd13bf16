"""The page's text made even before it is read: one kind of line end, and the pieces of one printed line together again.

Decided here: which line ends a crawler put inside a heading of a table, between a label and its colon, inside the
site's notice or between a contact's name and telephone are none of the page's own. Every change keeps the length of
the text, so each place in it is the same place in the source. Read first: `even`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_ENDS = str.maketrans({"\r": " ", "\x0b": "\n", "\x0c": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"})
_PHONE = r"[+(]?\d[\d ().+/-]{5,30}\d(?:[^\S\n]*ext\.?[^\S\n]*[\w-]{1,12})?"
_REACHED = rf"(?:{_PHONE}|[^\s@]{{1,80}}@[^\s@]{{1,80}})"
_ROLE = r"(?:Contact|Principal Investigator|Sub-Investigator|Study Chair|Study Director)"
_APART = (
    (re.compile(r"^[^\S\n]*Condition or disease\s+Intervention/treatment(?:\s+Phase)?[^\S\n]*$", re.MULTILINE), " "),
    (re.compile(r"^[^\S\n]*Condition\s+Intervention(?:\s+Phase)?[^\S\n]*$", re.MULTILINE), " "),
    (re.compile(r"^[^\S\n]*(?:Arm|Group/Cohort)\s+Intervention/treatment[^\S\n]*$", re.MULTILINE), " "),
    (
        re.compile(r"The safety and scientific validity of this study is .{0,900}?disclaimer\s+for\s+details\.", re.S),
        " ",
    ),
    (re.compile(r"Please refer to this study by its.{0,40}?identifier\s+\(NCT\s+number\)\s*:\s*NCT\d{8}", re.S), " "),
    (re.compile(rf"^[^\S\n]*{_ROLE}[^\S\n]*:[^\S\n]*\n\s*[^\n]*", re.MULTILINE), " "),
    (re.compile(rf"^[^\S\n]*{_ROLE}[^\S\n]*:[^\n]*(?:\n\s*{_REACHED}[^\S\n]*$)+", re.MULTILINE), "\t"),
)
_MANY_ENDS = re.compile(r"\n(?:[^\S\n]*\n){50,}")
_COLON = re.compile(r"(?<=\w)\s+(?=:(?:\s|$))")


def even(text: str) -> str:
    """The text with even line ends and with printed lines whole, character for character as long as before.

    >>> even("Condition or disease\\r\\nIntervention/treatment\\r\\nPhase")
    'Condition or disease  Intervention/treatment  Phase'
    >>> even("Recruitment Status\\n :\\nCompleted")
    'Recruitment Status  :\\nCompleted'
    """
    text = _MANY_ENDS.sub(lambda found: "\n\n\n".rjust(len(found.group())), _ends(text))
    text = _COLON.sub(_blanks(" "), text)
    for pattern, gap in _APART:
        text = pattern.sub(_blanks(gap), text)
    return text


def _ends(text: str) -> str:
    """A carriage return alone is a line end; before a line feed it is a blank."""
    return re.sub(r"\r(?!\n)", "\n", text).translate(_ENDS)


def _blanks(gap: str) -> Callable[[re.Match[str]], str]:
    return lambda found: found.group().replace("\n", gap)

"""The terms of CTCAE versions 4.03 and 5.0 by system organ class: the grades each version has, then the name.

A row reads "version 4.03, version 5.0, name": "-" where a version lacks the term (or has it in another class), "lab"
where it is graded from a laboratory value and stands in that version's own module. Read `named`.
"""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.core.toxicity import NamedTerm
from trialwright.standards.ctcae.meddra_terms import blood_to_immune, infections_to_neoplasms, nervous_to_vascular

COLUMNS = ("4.03", "5.0")
CLASSES = {**blood_to_immune.ROWS, **infections_to_neoplasms.ROWS, **nervous_to_vascular.ROWS}


def named(version: str) -> tuple[NamedTerm, ...]:
    """Every term of a version that a person reports, with the grades that exist."""
    return tuple(_terms(COLUMNS.index(version)))


def _terms(column: int) -> Iterator[NamedTerm]:
    for category, lines in CLASSES.items():
        for line in lines.strip().splitlines():
            *grades, name = line.split(maxsplit=len(COLUMNS))
            if grades[column].isdecimal():
                yield NamedTerm(name, category, tuple(int(grade) for grade in grades[column]))

"""The terms of CTCAE version 3.0 that a person reports, by category: the grades that exist, then the short name.

Names are without their explanations in brackets, except where only these tell two terms apart; a reported name with
them is found all the same. Sites of a supra-ordinate term ("Pain - back") are written after a dash and need no row.
Read `NAMED`.
"""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.core.toxicity import NamedTerm
from trialwright.standards.ctcae.v3_terms import allergy_to_growth, hemorrhage_to_vascular


def _terms() -> Iterator[NamedTerm]:
    for category, lines in (*allergy_to_growth.ROWS.items(), *hemorrhage_to_vascular.ROWS.items()):
        for line in lines.strip().splitlines():
            grades, _, name = line.partition(" ")
            yield NamedTerm(name.strip(), category, tuple(int(grade) for grade in grades))


NAMED: tuple[NamedTerm, ...] = tuple(_terms())
"""Every term that is not graded from a laboratory value."""

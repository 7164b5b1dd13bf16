"""Writes docs/reference/laboratory-terms.md from the grade tables: every laboratory term, its bounds, and the others.

Numbers and names are facts of the published tables; their wording is not repeated. Run `make laboratory-terms`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from trialwright.core.toxicity import Bound, LaboratoryTerm, ToxicityTable
from trialwright.standards.ctcae.by_person import reason_of
from trialwright.standards.ctcae.v3 import CTCAE_3
from trialwright.standards.ctcae.v4 import CTCAE_4_03
from trialwright.standards.ctcae.v5 import CTCAE_5

PAGE = Path(__file__).resolve().parent / "reference" / "laboratory-terms.md"
OF = {"": "", "ULN": " x ULN", "LLN": " x LLN", "BASELINE": " x baseline"}
HEAD = """# Laboratory terms of CTCAE 3.0, 4.03 and 5.0

Written by `make laboratory-terms`; do not edit. A grade holds where the value is beyond its bound and no higher grade
holds, so a value on a bound has the lower grade. LLN, ULN: the laboratory's limits of normal on the day of the sample;
where a needed one is missing there is no grade, and never grade 0. Units are converted exactly; where a table prints
several units each bound stands as printed. Grades without a bound (death, consequences) only a person reports.
"""


def page() -> str:
    """The whole page."""
    return HEAD + "".join(part for table in (CTCAE_3, CTCAE_4_03, CTCAE_5) for part in _version(table))


def _version(table: ToxicityTable) -> Iterator[str]:
    yield f"\n## {table.standard}\n\n"
    yield "| term | analyte | units | grade 1 | grade 2 | grade 3 | grade 4 | other grades |\n"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
    yield from (_row(term) for term in table.laboratory)
    yield f"\nLaboratory terms of {table.standard} that only a person reports:\n\n| term | because |\n| --- | --- |\n"
    yield from (f"| {term.name} | {reason_of(term)} |\n" for term in table.named if reason_of(term))


def _row(term: LaboratoryTerm) -> str:
    cells = [_cell([one for one in term.bounds if one.grade == grade]) for grade in (1, 2, 3, 4)]
    bounded = {one.grade for one in term.bounds}
    others = ", ".join(str(grade) for grade in term.grades if grade not in bounded)
    units = ", ".join(unit if unit != "1" else "ratio" for unit in term.units)
    return f"| {term.short} | `{term.analyte}` | {units} | {' | '.join(cells)} | {others} |\n"


def _cell(bounds: list[Bound]) -> str:
    return "; ".join(_bound(one) for one in bounds)


def _bound(one: Bound) -> str:
    if one.of and one.at[0] == 1:
        number = "baseline" if one.of == "BASELINE" else one.of
    else:
        number = " or ".join(_number(float(at)) for at in one.at) + OF[one.of]
    more = f" + {one.plus}" if one.plus and one.plus.value else ""
    return f"{one.sign} {number}{more}{f' ({one.when})' if one.when else ''}"


def _number(value: float) -> str:
    return f"{value:,.10g}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name} written\n")

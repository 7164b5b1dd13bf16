"""Laboratory shifts: the grade before treatment against the worst under it."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.analysis.laboratory import STATES, Shift
from trialwright.adapters.reports.document import Paragraph, Section, Table
from trialwright.adapters.reports.text import sentence, share

NONE = "No laboratory value of a treated participant can be graded: none was recorded by the cut-off."


def laboratory_section(analysis: Analysis) -> Section | None:
    """A shift table for each term by which laboratory values are graded, where the protocol names a table of grades."""
    if not analysis.gathered.protocol.standards.toxicity:
        return None
    if not analysis.laboratory:
        return Section("laboratory", "Laboratory values", (Paragraph(NONE),))
    return Section("laboratory", "Laboratory values", (_summary(analysis), _shift_table(analysis)))


def _summary(analysis: Analysis) -> Table:
    return Table(
        "laboratory-worsened",
        "Laboratory terms: participants whose grade rose under treatment",
        ("Term", "Group", "With values under treatment", "Grade rose", "From grade 2 or less to 3 or more"),
        tuple(_summary_row(one) for one in analysis.laboratory),
        "llrrr",
        ("Percentages are of the treated participants of the group.",),
    )


def _summary_row(one: Shift) -> tuple[str, ...]:
    seen = one.n - sum(count for (_, worst), count in one.counts.items() if worst == STATES[-1])
    return _name(one), one.group, str(seen), share(one.worsened, one.n), share(one.severe, one.n)


def _name(one: Shift) -> str:
    """The term with what was measured, where the term does not name it."""
    return f"{sentence(one.term)} ({one.analyte})" if one.analyte.casefold() != one.term.casefold() else one.term


def _shift_table(analysis: Analysis) -> Table:
    return Table(
        "laboratory-shifts",
        "Laboratory shifts: grade before treatment (rows) against worst grade under treatment (columns)",
        ("Term", "Group", "Before treatment", *(_heading(state) for state in STATES), "All"),
        tuple(row for one in analysis.laboratory for row in _shift_rows(one)),
        "lll" + "r" * (len(STATES) + 1),
        (
            "Before: the last value up to the day of the first dose. Worst: of the values after that day to the end of "
            "the safety time. Not known: a limit of normal is missing, or an unknown grade may be the worst.",
        ),
        stub=True,
    )


def _heading(state: str) -> str:
    return f"Grade {state}" if state.isdigit() else sentence(state)


def _shift_rows(one: Shift) -> Iterator[tuple[str, ...]]:
    """A row for each grade that somebody had before treatment."""
    for before in STATES:
        if one.before(before):
            counts = (str(one.counts.get((before, worst), 0)) for worst in STATES)
            yield _name(one), one.group, _heading(before), *counts, str(one.before(before))

"""What the numbers lack: values, visits, specimens, grades and assessments that are missing, and what is still open.

Each gap is counted out of what there should be. The questions of the record are told with
what rests on them. Read `gaps`, then `rests`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialwright.core.analysis import Person
from trialwright.core.protocol import Question, StudyProtocol, clauses
from trialwright.core.schedule import visits
from trialwright.core.terms import Response

if TYPE_CHECKING:
    from trialwright.adapters.reports.analysis import Analysis


@dataclass(frozen=True)
class Gap:
    """So many of so many are missing, and what that means."""

    what: str
    count: int
    of: int
    means: str


@dataclass(frozen=True)
class Rest:
    """A question of the record with its reading: the endpoints and how many other clauses rest on it."""

    question: Question
    endpoints: tuple[str, ...]
    clauses: int


def gaps(analysis: Analysis) -> tuple[Gap, ...]:
    """Everything that is missing, also where it is nothing."""
    return tuple(gap for made in GAPS for gap in made(analysis))


def _baseline(analysis: Analysis) -> Iterable[Gap]:
    values = [row.groups[-1] for row in analysis.baseline]
    yield Gap(
        "Values at baseline",
        sum(one.missing for one in values),
        sum(one.n + one.missing for one in values),
        "The summaries of baseline stand on those that are there.",
    )


def visits_planned(one: Person) -> tuple[str, ...]:
    """Each visit planned of a participant up to the cut-off: missed, or not."""
    cut = one.judged_by.cut
    due = (each for each in visits(one.case, cut) if each.due <= cut and each.state not in ("coming", "does not apply"))
    return tuple("missed" if each.state == "missed" else "planned" for each in due)


def _visits(analysis: Analysis) -> Iterable[Gap]:
    states = Counter(state for one in analysis.gathered.registered for state in one.ask(visits_planned))
    means = "What would have been recorded there is unknown, and no value stands in its place."
    yield Gap("Planned visits", states["missed"], sum(states.values()), means)


def _assessments(analysis: Analysis) -> Iterable[Gap]:
    if analysis.response is None:
        return
    every = [each for one in analysis.gathered.treated for each in one.assessments]
    lacking = sum(one.response is Response.NE for one in every)
    means = "They neither confirm nor end a response, and count as missed where a gap is looked for."
    yield Gap("Assessments of the disease that could not be evaluated", lacking, len(every), means)


def _grades(analysis: Analysis) -> Iterable[Gap]:
    worst = [grade for one in analysis.gathered.treated for grade in one.worst.values()]
    if worst:
        means = "They are counted as not known, never as mild."
        yield Gap("Worst grades of a term", sum(one is None for one in worst), len(worst), means)


def _courses(analysis: Analysis) -> Iterable[Gap]:
    rows = analysis.doses.intensities
    if rows:
        lacking, every = sum(one.not_recorded for one in rows), sum(one.courses for one in rows)
        means = "Courses without days taken are in neither sum of the dose intensity."
        yield Gap("Courses whose days are not recorded", lacking, every, means)


def _specimens(analysis: Analysis) -> Iterable[Gap]:
    rows = analysis.conduct.specimens
    if rows:
        lacking, every = sum(one.missed for one in rows), sum(one.planned for one in rows)
        yield Gap("Specimens", lacking, every, "The markers stand on the others.")


def _deviations(analysis: Analysis) -> Iterable[Gap]:
    told, untold = len(analysis.conduct.deviations), len(analysis.conduct.untold)
    means = "They are listed apart; a deviation there may have been is not counted as none."
    yield Gap("Questions of deviation that cannot be told", untold, told + untold, means)


def _records(analysis: Analysis) -> Iterable[Gap]:
    told = [one.activity for one in analysis.gathered.people]
    events = sum(one.events for one in told)
    queries = sum(len(one.open_queries) for one in told)
    yield Gap("Entries with an open query", queries, events, "The values they ask about may change.")
    yield Gap("Entries corrected", sum(one.corrections for one in told), events, "The corrected value counts.")
    yield Gap("Entries voided", sum(one.voided for one in told), events, "They count no more.")
    yield Gap("Entries redacted", sum(one.redactions for one in told), events, "What is erased reads as unknown.")


GAPS = (_baseline, _visits, _assessments, _grades, _courses, _specimens, _deviations, _records)


def rests(protocol: StudyProtocol) -> tuple[Rest, ...]:
    """Every question of the record, with what rests on its reading."""
    labels = {one.id: one.label for one in protocol.endpoints}
    resting = [(question, clause.id) for _, clause in clauses(protocol) for question in clause.rests_on]
    found = []
    for question in protocol.questions:
        named = list(dict.fromkeys(clause for name, clause in resting if name == question.id))
        ends = tuple(labels[one] for one in named if one in labels)
        found.append(Rest(question, ends, len(named) - len(ends)))
    return tuple(found)

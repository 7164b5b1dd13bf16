"""What response instruments share: records grouped by visit, the baseline visit, and what was newly seen at a visit.

A question about new disease that nobody answered is missing, never "no": without progression by other evidence the
visit is then not evaluable. The baseline is the last visit up to the day of the first dose at which everything was
scored. Read `visits_of`, then `judged`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from trialwright.core.response import Assessment
from trialwright.core.subject import Case, Observation, observations
from trialwright.core.terms import Response

ASKED: Mapping[str, str] = {
    "new_tumor": "new tumor of the skin",
    "new_node": "new abnormal node",
    "node_progression": "progression of an abnormal node",
    "new_visceral": "new visceral site",
}
"""What every disease assessment asks, and how it is told."""


@dataclass(frozen=True)
class Visit:
    """One visit at which the disease was assessed: what was scored, by part, and the answers about new disease.

    `passed_over` are questions that say nothing of this patient: a new tumor, of one who had tumors before.
    """

    key: str
    on: date
    scored: Mapping[str, tuple[Observation, ...]]
    asked: Observation | None
    passed_over: tuple[str, ...] = ()
    memo: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What was worked out of the scores already, by whoever did."""

    @property
    def seen(self) -> tuple[str, ...]:
        """What was newly seen."""
        return tuple(told for name, told in self._questions if self.asked and self.asked.yes(name) is True)

    @property
    def unanswered(self) -> tuple[str, ...]:
        """What nobody said."""
        return tuple(told for name, told in self._questions if not self.asked or self.asked.yes(name) is None)

    @property
    def _questions(self) -> list[tuple[str, str]]:
        return [(name, told) for name, told in ASKED.items() if name not in self.passed_over]

    @property
    def flare(self) -> bool:
        """Whether the investigator suspects a flare."""
        return bool(self.asked and self.asked.yes("flare_suspected"))

    @property
    def declared_incomplete(self) -> bool:
        """Whether someone said that not all planned assessments were done."""
        return bool(self.asked and self.asked.yes("complete") is False)


def visits_of(
    case: Case, concept: str, part: str, on: date, assessment: str = "disease_assessment"
) -> tuple[Visit, ...]:
    """The visits up to a day at which the concept was scored or the disease assessed, oldest first.

    The day of a visit is the last day on which any of it was done.
    """
    key = ("response visits", concept, part, assessment, on)
    if key not in case.memo:
        case.memo[key] = _visits_of(case, concept, part, on, assessment)
    found: tuple[Visit, ...] = case.memo[key]
    return found


def _visits_of(case: Case, concept: str, part: str, on: date, assessment: str) -> tuple[Visit, ...]:
    scored: dict[str, list[Observation]] = {}
    for one in observations(case.record, concept, on):
        if not _withdrawn(one):
            scored.setdefault(visit_key(one), []).append(one)
    told = observations(case.record, assessment, on)
    asked = {one.instance: one for one in told if not _withdrawn(one)}
    found = [_visit(key, scored.get(key, []), asked.get(key), part) for key in {**scored, **asked}]
    return tuple(sorted(found, key=lambda visit: (visit.on, visit.key)))


def _withdrawn(one: Observation) -> bool:
    """A record entered by mistake, whose every field a correction has emptied."""
    return not any(one.text(name) for name in one.values if name != "on")


def visit_key(one: Observation) -> str:
    """The visit in an instance "<visit>.<part>"; the visit may hold dots, the part does not."""
    return one.instance.rpartition(".")[0] or one.instance


def part_of(one: Observation, field: str) -> str:
    """The lesion or region: as entered, else the end of the instance."""
    return one.text(field) or one.instance.rpartition(".")[2]


def _visit(key: str, scored: Sequence[Observation], asked: Observation | None, part: str) -> Visit:
    days = [one.on.latest for one in (*scored, *((asked,) if asked else ()))]
    parts: dict[str, tuple[Observation, ...]] = {}
    for one in scored:
        name = part_of(one, part)
        parts[name] = (*parts.get(name, ()), one)
    return Visit(key, max(days), parts, asked)


def split_at_baseline(
    visits: Sequence[Visit], first_dose: date | None, complete: Callable[[Visit], bool]
) -> tuple[Visit | None, tuple[Visit, ...]]:
    """The baseline visit and the visits after the first dose; before a first dose none is after it."""
    if first_dose is None:
        return None, ()
    before = [visit for visit in visits if visit.on <= first_dose and visit.scored]
    whole = [visit for visit in before if complete(visit)]
    scored = whole or before
    return scored[-1] if scored else None, tuple(visit for visit in visits if visit.on > first_dose)


def first_dose_of(case: Case, on: date) -> date | None:
    """The day of the first dose taken, or None before it."""
    courses = case.courses(on)
    return courses[0].day_1 if courses else None


def course_at(case: Case, on: date) -> Callable[[date], int | None]:
    """The number of the course a day lies in; an assessment on day 1 of a course looks back on the course before."""
    courses = case.courses(on)

    def number(day: date) -> int | None:
        begun = [one.number for one in courses if one.day_1 < day]
        return begun[-1] if begun else None

    return number


@dataclass(frozen=True)
class Scored:
    """What the scores of a visit say: a response, or None with what is missing; the ratio to baseline."""

    response: Response | None
    why: str
    ratio: Fraction | None = None
    events: tuple[str, ...] = ()


def judged(visit: Visit, scored: Scored, words: str) -> Assessment:
    """The response of a visit: progression first, then what is missing, then what the scores say."""
    events = (*visit.seen, *scored.events)
    response, why = _response(visit, scored, events)
    adequate = scored.response is not None and not visit.unanswered and not visit.declared_incomplete
    seen_on = visit.asked.on.exact if visit.asked and visit.seen else None
    flare = visit.flare
    return Assessment(visit.on, visit.key, response, why, words, scored.ratio, adequate, events, flare, seen_on=seen_on)


def _response(visit: Visit, scored: Scored, events: Iterable[str]) -> tuple[Response, str]:
    seen = tuple(events)
    if seen:
        return Response.PD, "; ".join((", ".join(seen), scored.why))
    if scored.response is Response.PD:
        return Response.PD, scored.why
    if scored.response is None:
        return Response.NE, scored.why
    if visit.unanswered:
        return Response.NE, f"nobody recorded whether there was: {', '.join(visit.unanswered)}"
    return scored.response, scored.why

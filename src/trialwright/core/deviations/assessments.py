"""What a visit that was done should have collected and did not, once its window is closed.

A datum counts as collected where it was entered at the visit, or holds for a day of its window. One that no condition
asks of this subject (a pregnancy test of a man) was not missed: every condition that names it is answered without it.
What a gate or a rule of the dose asks for weighs more than the rest. Records that repeat are asked for by their review.
Read `assessment_deviations`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cache

from trialwright.core.conditions import Ask, Condition, Measure, Reading, judge_condition, parts
from trialwright.core.deviations.values import Deviation, Found
from trialwright.core.protocol import StudyProtocol
from trialwright.core.schedule import Visit, visit_called, visits
from trialwright.core.subject import Case, SubjectFacts, observations
from trialwright.core.terms import Because, Verdict


def assessment_deviations(case: Case, on: date) -> Iterator[Found]:
    """What was not collected at the visits that were done."""
    collected, gates = cache(lambda concept: _collected(case, concept, on)), _asked_by_gates(case.protocol)
    for visit in visits(case, on):
        if visit.done_on is None or on <= visit.latest:
            continue
        for concept in visit.encounter.collect:
            if _is_single(case, concept) and not collected(concept).at(visit) and _concerns(case, concept, visit):
                yield _missed(case, visit, concept, concept in gates)


def _is_single(case: Case, concept: str) -> bool:
    """A concept that is asked once at a visit; those that repeat are asked for by their review."""
    known = case.concepts.get(concept)
    return known is None or not known.repeats


@dataclass(frozen=True)
class _Collected:
    """When a concept was recorded: the visits it was entered at, and the days it holds for."""

    visits: frozenset[str]
    days: Sequence[date]

    def at(self, visit: Visit) -> bool:
        """Whether it was recorded at a visit or for a day of its window, or for the day the visit was done."""
        place = bisect_left(self.days, min(visit.earliest, visit.done_on or visit.earliest))
        latest = max(visit.latest, visit.done_on or visit.latest)
        return visit.key in self.visits or (place < len(self.days) and self.days[place] <= latest)


def _collected(case: Case, concept: str, on: date) -> _Collected:
    told = [one for one in observations(case.record, concept, on) if one.values]
    return _Collected(frozenset(one.encounter for one in told), sorted(one.on.earliest for one in told))


def _asked_by_gates(protocol: StudyProtocol) -> frozenset[str]:
    """The concepts and questions that a gate or a rule of a dose asks for."""
    return frozenset(_names(part) for condition in _of_doses(protocol) for part in parts(condition))


def _of_doses(protocol: StudyProtocol) -> Iterator[Condition]:
    """The conditions of the gates and rules of every dose."""
    for regimen in protocol.regimen:
        yield from (gate.when for gate in (*regimen.start_course_when, *regimen.release_when))
        yield from (rule.when for rule in regimen.rules)


def _names(part: Condition) -> str:
    return part.concept if isinstance(part, Measure) else part.question if isinstance(part, Ask) else ""


def _conditions(protocol: StudyProtocol) -> Iterable[Condition]:
    """Every condition that can ask something of a subject who takes part."""
    for criterion in protocol.eligibility:
        yield from (one for one in (criterion.must, criterion.must_not) if one is not None)
    yield from _of_doses(protocol)
    yield from (one.when for one in protocol.continuation)
    yield from (one.applies_when for one in protocol.encounters)
    yield from (one.applies_when for one in protocol.obligations)


def _concerns(case: Case, concept: str, visit: Visit) -> bool:
    """Whether some condition that names the concept cannot be answered without it; one that none names does."""
    asking = [one for one in _conditions(case.protocol) if any(_names(part) == concept for part in parts(one))]
    if not asking:
        return True
    facts = case.facts(visit.done_on or visit.latest)
    known = {one.name: getattr(facts, one.name) for one in fields(facts) if one.init}
    without = _Without(**known, concept=concept)
    return any(judge_condition(one, without).verdict is Verdict.UNKNOWN for one in asking)


@dataclass(frozen=True)
class _Without(SubjectFacts):
    """A subject's data as if one concept had never been recorded."""

    concept: str = ""

    def readings(self, concept: str) -> Sequence[Reading]:
        """Every reading of the others."""
        return () if concept == self.concept else super().readings(concept)


def _missed(case: Case, visit: Visit, concept: str, of_gate: bool) -> Deviation:
    known = case.concepts.get(concept)
    label = known.label if known else concept
    says = f"{label} was not recorded at {visit_called(case.protocol, visit.key)}, which was done on {visit.done_on}."
    return Deviation(
        kind="assessment of a gate missed" if of_gate else "assessment missed",
        on=visit.done_on or visit.latest,
        says=says,
        clause=visit.encounter.id,
        because=(Because(visit.encounter.id, visit.encounter.words, says),),
        do="Enter it if it was done; else say that it was not done.",
        about=f"{visit.key}.{concept}",
        planned=f"{label} between {visit.earliest} and {visit.latest}",
        done="not recorded",
    )

"""What the rules about treatment ask for, of one protocol: put together once for all its subjects and days.

Conditions that ask the same have one number, so that what was judged of one is known of the other. Nothing is judged
here. Read `Asked`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from itertools import count

from trialwright.core.conditions import Ask, Condition, GradeIs, Measure, Sex, parts
from trialwright.core.conditions.either_way import repeated_leaves
from trialwright.core.conditions.toxicities import is_term
from trialwright.core.protocol import StudyProtocol
from trialwright.core.terms import Duration

MOST_NAMES = 1 << 14
"""So many conditions are known by what they are in memory; after them each is looked up by what it says."""


class Asked:
    """The conditions of a protocol about treatment."""

    def __init__(self, protocol: StudyProtocol) -> None:
        self.protocol = protocol
        self.untreated: dict[int, Condition] = {}
        self._numbers = count()
        self._names: dict[int, tuple[Condition, int]] = {}
        self._same: dict[Condition, int] = {}
        self._plain: dict[int, Measure | None] = {}
        self._repeats: dict[int, bool] = {}
        self._of_term: dict[str, tuple[GradeIs, ...]] = {}

    @classmethod
    def of(cls, protocol: StudyProtocol) -> Asked:
        """What a protocol asks."""
        held: Asked = protocol.kept.setdefault("asked of treatment", cls(protocol))
        return held

    def name_of(self, condition: Condition) -> int:
        """A number for a condition, the same for conditions that ask the same."""
        known = self._names.get(id(condition))
        if known is None:
            if len(self._names) >= MOST_NAMES:
                self._names.clear()
            number = self._same.setdefault(condition, next(self._numbers))
            known = self._names[id(condition)] = condition, number
        return known[1]

    def repeats(self, condition: Condition) -> bool:
        """Whether something stands in the condition twice, so that what its parts leave unknown may yet be told."""
        name = self.name_of(condition)
        if name not in self._repeats:
            self._repeats[name] = bool(repeated_leaves(condition))
        return self._repeats[name]

    def plain(self, condition: Measure | Ask | Sex) -> Measure | None:
        """The condition as a measure that asks for nothing but the latest value, perhaps in a time before the day."""
        name = self.name_of(condition)
        if name not in self._plain:
            self._plain[name] = _plainly(condition)
        return self._plain[name]

    def of_term(self, term: str) -> tuple[GradeIs, ...]:
        """The conditions that ask for toxicities of a term."""
        if term not in self._of_term:
            asked = (part for part in self._parts if isinstance(part, GradeIs))
            self._of_term[term] = tuple(one for one in asked if is_term(term, one.term))
        return self._of_term[term]

    @cached_property
    def reaches(self) -> Mapping[str, timedelta | None]:
        """How far back before the latest value of a concept any condition looks; None is all the way."""
        measures: dict[str, list[Measure]] = {}
        for part in self._parts:
            if isinstance(part, Measure):
                measures.setdefault(part.concept, []).append(part)
        return {concept: _reach_of(of_concept) for concept, of_concept in measures.items()}

    @cached_property
    def _parts(self) -> tuple[Condition, ...]:
        asked = [one.when for one in self.protocol.continuation]
        for regimen in self.protocol.regimen:
            asked += [one.when for one in regimen.rules]
            asked += [one.when for one in (*regimen.start_course_when, *regimen.release_when)]
            asked += [one.then.hold.until for one in regimen.rules if one.then.hold]
        return tuple(part for condition in asked for part in parts(condition))


def _plainly(condition: Measure | Ask | Sex) -> Measure | None:
    if isinstance(condition, Sex):
        return Measure("sex", one_of=(condition.sex,))
    if isinstance(condition, Ask):
        condition = Measure(condition.question, one_of=("yes",), within=condition.within)
    one = Measure(condition.concept, condition.limit, condition.one_of, condition.within, held_for=condition.held_for)
    return one if one == condition and not one.of_baseline and (one.limit or one.one_of) else None


def _reach_of(measures: Sequence[Measure]) -> timedelta | None:
    if any(part.before or part.of_baseline for part in measures):
        return None
    spans = [span for part in measures for span in (part.looks_back, part.held_for) if span]
    return max((_longest(span) for span in spans), default=timedelta(0))


def _longest(span: Duration) -> timedelta:
    """The most days a duration can have."""
    return timedelta(days=span.days if span.days is not None else span.count * (366 if span.unit == "years" else 31))

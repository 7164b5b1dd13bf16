"""The other patients of a case: so many are registered, so many joined a sub-study, so many gave its samples.

They are there to be counted; how they came to be is no part of the case. Read `other_steps`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from trialwright.adapters.study.cases.story import TELLER, Step
from trialwright.core.ledger import Change, FormSubmitted, Said, SubjectRegistered, SubjectScreened, SubstudyJoined
from trialwright.core.protocol import StudyProtocol


@dataclass(frozen=True)
class Others:
    """How many there are, and of how many more is told; who joined is registered, who was sampled has joined."""

    registered: int
    joined: Mapping[str, int]
    sampled: Mapping[str, int]

    @property
    def count(self) -> int:
        """How many others there must be."""
        return max([self.registered, *self.joined.values(), *self.sampled.values()])


def other_steps(others: Others, protocol: StudyProtocol, day: date, at: Mapping[str, Any]) -> Iterator[Step]:
    """What was recorded of them, all on one day."""
    for number in range(others.count):
        who: dict[str, Any] = {**at, "subject": f"other {number + 1}"}
        yield day, 0, SubjectScreened(**who, version=protocol.version)
        yield day, 1, SubjectRegistered(**who, version=protocol.version, said=Said("eligible"))
        for substudy in {**others.joined, **others.sampled}:
            if number < max(others.joined.get(substudy, 0), others.sampled.get(substudy, 0)):
                yield day, 2, SubstudyJoined(**who, substudy=substudy)
            if number < others.sampled.get(substudy, 0):
                yield day, 3, FormSubmitted(**who, form=TELLER, items=_samples(protocol, substudy))


def _samples(protocol: StudyProtocol, substudy: str) -> tuple[Change, ...]:
    """Every kind of sample of a sub-study, taken."""
    wanted = [one.id for one in protocol.specimens if one.substudy == substudy]
    return tuple(
        Change(f"specimen/{one}.told/{field}", None, value)
        for one in wanted
        for field, value in (("specimen", one), ("collected", "yes"))
    )

"""What dosing answers: the decision of a day with every rule that was looked at, and whether treatment goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from trialwright.core.terms import Because, Quantity, Verdict


@dataclass(frozen=True)
class RuleOutcome:
    """One rule that was looked at: whether it holds, what it does when it does, and what was seen.

    `saw` says since when, where it held earlier in the course; `missing` names the data without which it is unknown.
    """

    clause: str
    verdict: Verdict
    action: str
    saw: str = ""
    missing: tuple[str, ...] = ()


class LookedAt(Sequence[RuleOutcome]):
    """Every rule, gate and limit that was looked at, worded when it is read."""

    def __init__(self, look: Callable[[], tuple[RuleOutcome, ...]]) -> None:
        self._look = look

    @cached_property
    def _outcomes(self) -> tuple[RuleOutcome, ...]:
        return self._look()

    def __getitem__(self, place: Any) -> Any:
        return self._outcomes[place]

    def __len__(self) -> int:
        return len(self._outcomes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._outcomes == tuple(other)

    def __hash__(self) -> int:
        return hash(self._outcomes)

    def __repr__(self) -> str:
        return repr(self._outcomes)


@dataclass(frozen=True)
class HoldPeriod:
    """A time in which a rule held or stopped the dose: from the day it did to the day it let go; None goes on.

    `events` are the entries that opened it: nobody could know of it before they were made.
    """

    clause: str
    words: str
    since: date
    until: date | None
    saw: str
    events: tuple[str, ...] = ()


@dataclass(frozen=True)
class DoseDecision:
    """What to do about one drug on one day, and which clauses say so.

    `action` is give, hold, wait (for data), rest, stop or none (not for this subject, not yet or no more). To give:
    `dose` at each intake, `frequency` and `route`, from `first_day` to `last_day`. `fired` are all rules looked at;
    `won` the one that decided.
    """

    action: str
    drug: str
    course: int | None = None
    dose: Quantity | None = None
    first_day: date | None = None
    last_day: date | None = None
    because: tuple[Because, ...] = ()
    fired: Sequence[RuleOutcome] = ()
    won: str | None = None
    missing: tuple[str, ...] = ()
    next_check: date | None = None
    since: date | None = None
    day: int | None = None
    reason: str = ""
    starts_course: bool = False
    frequency: str = ""
    route: str = ""


@dataclass(frozen=True)
class ContinuationDecision:
    """Whether treatment goes on: continue, may continue, off treatment or undecided, and why.

    `courses_left` is how many courses may still start, where a clause counts them.
    """

    action: str
    reason: str = ""
    courses_left: int | None = None
    because: tuple[Because, ...] = ()
    missing: tuple[str, ...] = ()

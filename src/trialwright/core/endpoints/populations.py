"""Who is counted: planned, registered, treated, evaluable, kept as separate numbers. Read `POPULATIONS`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from trialwright.core.ledger import ArmAllocated
from trialwright.core.protocol import StudyProtocol
from trialwright.core.subject import Case
from trialwright.core.terms import Response


@dataclass(frozen=True)
class Populations:
    """Four numbers that must not be taken for one another."""

    planned: int
    registered: int
    treated: int
    evaluable: int


def _registered(case: Case, on: date) -> bool:
    """A registration by the day."""
    return "registration" in case.anchors(on)


def _allocated(case: Case, on: date) -> bool:
    """An arm by the day."""
    return any(event.occurred <= on for event in case.record.of_kind(ArmAllocated))


def _treated(case: Case, on: date) -> bool:
    """At least one dose by the day."""
    return bool(case.courses(on))


def _evaluable(case: Case, on: date) -> bool:
    """Treated, and the response could be evaluated at least once after the first dose."""
    first = min((one.day_1 for one in case.courses(on)), default=None)
    return first is not None and any(first < day <= on and one is not Response.NE for day, one in case.assessed)


POPULATIONS: Mapping[str, Callable[[Case, date], bool]] = {
    "registered": _registered,
    "allocated": _allocated,
    "treated": _treated,
    "evaluable": _evaluable,
}
"""The analysis sets by name."""


def analysis_set(cases: Iterable[Case], population: str, on: date, sites: tuple[str, ...] = ()) -> tuple[Case, ...]:
    """The subjects of a population at a cut date, at some sites only where they are named."""
    if population not in POPULATIONS:
        raise ValueError(f"{population!r} is no population; write {', '.join(POPULATIONS)}")
    belongs = POPULATIONS[population]
    return tuple(one for one in cases if belongs(one, on) and (not sites or one.record.site in sites))


def populations(cases: Sequence[Case], protocol: StudyProtocol, on: date) -> Populations:
    """The number planned by the protocol, and how many were registered, treated and could be evaluated by a day."""
    registered, treated, evaluable = (
        len(analysis_set(cases, name, on)) for name in ("registered", "treated", "evaluable")
    )
    return Populations(protocol.design.accrual.planned, registered, treated, evaluable)

"""Who is counted: planned, registered, treated, evaluable, kept as separate numbers; and when an endpoint is ready.

An endpoint is ready when nobody is left who keeps it from being so and accrual is over. Who can no longer get there
(died, left, follow-up over) does not keep it, and is named. Read `POPULATIONS`, then `readiness`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from trialwright.core.disposition import death, disposition
from trialwright.core.ledger import ArmAllocated
from trialwright.core.protocol import READINESS, Endpoint, Epoch, StudyProtocol
from trialwright.core.schedule import visits
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


@dataclass(frozen=True)
class Readiness:
    """Whether an endpoint's data are complete enough to be final: who keeps it from it, and who never will.

    `to_accrue` is how many subjects are still to be registered while accrual goes on.
    """

    endpoint: str
    rule: str
    ready: bool
    waiting: tuple[str, ...]
    no_longer: tuple[str, ...]
    to_accrue: int
    of: int


def readiness(
    endpoint: Endpoint, cases: Sequence[Case], protocol: StudyProtocol, on: date, accrual_over: bool = False
) -> Readiness:
    """Whether an endpoint is ready on a day, and which subjects keep it from being so."""
    asked = analysis_set(cases, "treated", on, endpoint.sites)
    reached = _REACHED.get(endpoint.ready_when, _always)
    open_ = [one for one in asked if not reached(endpoint, one, on)]
    lost = [one for one in open_ if endpoint.ready_when in _MAY_BE_LOST and _followed_up(one, on)]
    waiting = tuple(one.record.subject for one in open_ if one not in lost)
    left = protocol.design.accrual.planned - len(analysis_set(cases, "registered", on))
    to_accrue = 0 if accrual_over else max(left, 0)
    return Readiness(
        endpoint=endpoint.id,
        rule=READINESS.get(endpoint.ready_when, "at any time"),
        ready=not waiting and not (to_accrue and endpoint.ready_when),
        waiting=waiting,
        no_longer=tuple(one.record.subject for one in lost),
        to_accrue=to_accrue,
        of=len(asked),
    )


def _always(endpoint: Endpoint, case: Case, on: date) -> bool:
    return True


def _has_progressed(endpoint: Endpoint, case: Case, on: date) -> bool:
    return any(day <= on and response is Response.PD for day, response in case.assessed)


def _progressed_or_dead(endpoint: Endpoint, case: Case, on: date) -> bool:
    return _has_progressed(endpoint, case, on) or death(case, on) is not None


def _safety_time_over(endpoint: Endpoint, case: Case, on: date) -> bool:
    """Treatment has ended and the days of safety after the last dose are over."""
    anchors = case.anchors(on)
    if "end_of_treatment" not in anchors:
        return death(case, on) is not None
    last = anchors.get("last_dose") or anchors["end_of_treatment"]
    return on > last + timedelta(days=endpoint.safety_days or 0)


def _encounter_passed(endpoint: Endpoint, case: Case, on: date) -> bool:
    """The last encounter named was done, was missed, or will not come."""
    last = set(endpoint.at[-1:])
    held = [one for one in visits(case, on) if {one.encounter.id, one.key} & last]
    if not held:  # a course that never came brings none of its visits
        in_course = any(one.id in last and one.anchor == "course" for one in case.protocol.encounters)
        return in_course and "end_of_treatment" in case.anchors(on)
    return all(one.state in ("done", "missed", "does not apply") for one in held)


def _followed_up(case: Case, on: date) -> bool:
    """Nothing more will be learnt of the subject: it is off study."""
    return disposition(case, on).epoch is Epoch.OFF_STUDY


_REACHED: Mapping[str, Callable[[Endpoint, Case, date], bool]] = {
    "all_progressed": _has_progressed,
    "all_progressed_or_dead": _progressed_or_dead,
    "last_safety_day": _safety_time_over,
    "encounter_done": _encounter_passed,
}
_MAY_BE_LOST = ("all_progressed", "all_progressed_or_dead", "encounter_done")

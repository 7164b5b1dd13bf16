"""When an endpoint is ready: who keeps its time frame from being reached, by what and since when, and who never will.

An endpoint is ready when nobody is left who keeps it from being so and accrual is over. Who can no longer get there
(died, left, follow-up over) does not keep it, and is named with the reason: the time frame as it is worded is then
never reached by all. Read `readiness`, then `WAITS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from trialwright.core.disposition import death, off_study
from trialwright.core.endpoints.populations import POPULATIONS, analysis_set
from trialwright.core.protocol import READINESS, Endpoint, StudyProtocol
from trialwright.core.safety import safety_window
from trialwright.core.schedule import visits
from trialwright.core.subject import Case
from trialwright.core.terms import Response

OPEN_STATES = ("coming", "due", "overdue")
"""A visit that was not done, was not missed, and will be asked for."""


@dataclass(frozen=True)
class Awaited:
    """A subject an endpoint waits for, or does no more: what has not come, or why it never will, and since when."""

    subject: str
    site: str
    because: str
    since: date | None


@dataclass(frozen=True)
class Readiness:
    """Whether an endpoint's data are complete enough to be final: who keeps it from it, and who never will.

    `to_accrue` is how many subjects are still to be registered while accrual goes on.
    """

    endpoint: str
    rule: str
    ready: bool
    awaited: tuple[Awaited, ...]
    never: tuple[Awaited, ...]
    to_accrue: int
    of: int

    @property
    def waiting(self) -> tuple[str, ...]:
        """The subjects that keep it from being ready."""
        return tuple(one.subject for one in self.awaited)

    @property
    def no_longer(self) -> tuple[str, ...]:
        """The subjects of which it will never be known."""
        return tuple(one.subject for one in self.never)

    @property
    def reached(self) -> bool:
        """Whether the time frame is reached by everyone treated, as it is worded."""
        return self.of > 0 and not self.awaited and not self.never


@dataclass(frozen=True)
class Looked:
    """One subject as the readiness of an endpoint looks at it: registered, asked at all, and what is open of it."""

    registered: bool
    asked: bool = False
    awaited: Awaited | None = None
    never: Awaited | None = None


def readiness(
    endpoint: Endpoint, cases: Sequence[Case], protocol: StudyProtocol, on: date, accrual_over: bool = False
) -> Readiness:
    """Whether an endpoint is ready on a day, and which subjects keep it from being so."""
    return readiness_of(endpoint, [look(endpoint, one, on) for one in cases], protocol, accrual_over)


def readiness_of(
    endpoint: Endpoint, looked: Sequence[Looked], protocol: StudyProtocol, accrual_over: bool = False
) -> Readiness:
    """The same, of subjects that were each looked at before."""
    left = protocol.design.accrual.planned - sum(one.registered for one in looked)
    to_accrue = 0 if accrual_over else max(left, 0)
    awaited = tuple(one.awaited for one in looked if one.awaited)
    return Readiness(
        endpoint=endpoint.id,
        rule=READINESS.get(endpoint.ready_when, "at any time"),
        ready=not awaited and not (to_accrue and endpoint.ready_when),
        awaited=awaited,
        never=tuple(one.never for one in looked if one.never),
        to_accrue=to_accrue,
        of=sum(one.asked for one in looked),
    )


def look(endpoint: Endpoint, case: Case, on: date) -> Looked:
    """One subject: what the endpoint waits for, or why it never comes."""
    registered = POPULATIONS["registered"](case, on)
    if not analysis_set([case], WAITED_FOR.get(endpoint.population, endpoint.population), on, endpoint.sites):
        return Looked(registered)
    told = WAITS.get(endpoint.ready_when, _nothing)(endpoint, case, on)
    if told is None:
        return Looked(registered, asked=True)
    lost = off_study(case, on) if endpoint.ready_when in MAY_BE_LOST else None
    never = _never(case, lost, told) if lost else None
    return Looked(registered, True, None if never else _awaited(case, told), never)


WAITED_FOR = {"evaluable": "treated"}
"""Whom an endpoint waits for, where it counts fewer: who was treated may still come to be evaluable."""
Waits = tuple[str, date | None]
"""What has not come of a subject, and since when it is waited for."""


def _awaited(case: Case, told: Waits) -> Awaited:
    return Awaited(case.record.subject, case.record.site, *told)


def _never(case: Case, lost: tuple[date, str], told: Waits) -> Awaited:
    on, why = lost
    words = "died" if why == "death" else f"off study ({why})"
    return Awaited(case.record.subject, case.record.site, f"{words} before: {told[0]}", on)


def _nothing(endpoint: Endpoint, case: Case, on: date) -> Waits | None:
    return None


def _progression(endpoint: Endpoint, case: Case, on: date) -> Waits | None:
    """Progression documented by the day."""
    seen = [(day, one) for day, one in case.assessed if day <= on]
    if any(one is Response.PD for _, one in seen):
        return None
    last = max((day for day, one in seen if one is not Response.NE), default=None)
    told = f"last assessed on {last}" if last else "not assessed since the first dose"
    return f"no progression documented, {told}", _first_dose(case, on)


def _progression_or_death(endpoint: Endpoint, case: Case, on: date) -> Waits | None:
    return None if death(case, on) else _progression(endpoint, case, on)


def _safety_time(endpoint: Endpoint, case: Case, on: date) -> Waits | None:
    """Treatment has ended and the days of safety after the last dose are over; after death nothing more comes."""
    anchors = case.anchors(on)
    if death(case, on) is not None:
        return None
    if "end_of_treatment" not in anchors:
        return "treatment has not ended", _first_dose(case, on)
    last = anchors.get("last_dose") or anchors["end_of_treatment"]
    window = safety_window(case.protocol)
    days = endpoint.safety_days if endpoint.safety_days is not None else window.days if window else None
    if days is None:
        return "nobody says how long after the last dose safety is followed", last
    ends = last + timedelta(days=days)
    return None if on > ends else (f"in the time of safety after the last dose, up to {ends}", last)


def _encounter(endpoint: Endpoint, case: Case, on: date) -> Waits | None:
    """The last encounter named was done, was missed, or will not come."""
    last = set(endpoint.at[-1:])
    held = [one for one in visits(case, on) if {one.encounter.id, one.key} & last]
    if not held:  # a course that never came brings none of its visits
        in_course = any(one.id in last and one.anchor == "course" for one in case.protocol.encounters)
        over = in_course and "end_of_treatment" in case.anchors(on)
        return None if over else (f"{_label(case, last)} has no date yet", _first_dose(case, on))
    still = next((one for one in held if one.state in OPEN_STATES), None)
    if still is None:
        return None
    return f"{_label(case, last)} is {still.state}, planned for {still.due}", still.due if still.due < on else on


def _label(case: Case, named: set[str]) -> str:
    found = (one.label for one in case.protocol.encounters if any(name.split(".")[0] == one.id for name in named))
    return next(found, ", ".join(sorted(named)) or "the encounter")


def _first_dose(case: Case, on: date) -> date | None:
    courses = case.courses(on)
    return courses[0].day_1 if courses else None


WAITS: Mapping[str, Callable[[Endpoint, Case, date], Waits | None]] = {
    "all_progressed": _progression,
    "all_progressed_or_dead": _progression_or_death,
    "last_safety_day": _safety_time,
    "encounter_done": _encounter,
}
"""What an endpoint waits for in one subject, by `protocol.READINESS`; None where it has come."""
MAY_BE_LOST = ("all_progressed", "all_progressed_or_dead", "encounter_done")
"""What can no longer come of who is off study."""

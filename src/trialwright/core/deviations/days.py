"""The days on which doses were taken, against those of the course that were free of a hold.

A dose on the day a hold became known, or on the day it ended, counts neither way: the blood may have been drawn before
it or after. Days are counted, not dated: an exposure says from when to when and on how many days. Where it does not say
how many, nothing is told that the dates alone do not show. Read `day_deviations`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from trialwright.core.deviations.treatment import Given, courses_of
from trialwright.core.deviations.values import Found, Untold
from trialwright.core.dosing import HoldPeriod, hold_periods
from trialwright.core.ledger import StudyLeft, TreatmentEnded
from trialwright.core.subject import Case, Observation, planned_last_day


def day_deviations(case: Case, on: date) -> Iterator[Found]:
    """Courses in which doses were taken on too many days, on too few, or while they were held."""
    for given in courses_of(case, on):
        yield from _days(given, hold_periods(case, given.regimen, on))


def _as_known(case: Case, hold: HoldPeriod) -> HoldPeriod:
    """A hold from the day on which somebody could know of it: an event of Monday told on Friday holds from Friday."""
    told = [event.occurred for name in hold.events if (event := case.record.event(name))]
    return replace(hold, since=max([hold.since, *told]))


@dataclass(frozen=True)
class Taken:
    """What one exposure says: its days from first to last, and on how many of them a dose was taken; None not said."""

    exposure: Observation
    days: frozenset[date]
    count: int | None


def _days(given: Given, holds: tuple[HoldPeriod, ...]) -> Iterator[Found]:
    planned = _planned(given)
    taken = [one for exposure in given.course.exposures if (one := _taken(exposure, given.on))]
    known = tuple(_as_known(given.case, one) for one in holds)
    for one in taken:
        yield from _while_held(given, one, known)
    if not any(one.days - planned for one in taken):
        yield from _too_many(given, taken, planned)
    if _is_over(given, planned):
        yield from _too_few(given, taken, planned - _held(planned, holds, both_ends=True))


def _planned(given: Given) -> frozenset[date]:
    """The days of dosing of the course."""
    days, day_1 = given.regimen.days, given.course.day_1
    return frozenset(planned_last_day(day_1, number) for number in range(days.first, days.last + 1))


def _taken(exposure: Observation, on: date) -> Taken | None:
    """The days of an exposure; None where its first or last day is not known to the day or still to come."""
    told = [day.exact if (day := exposure.date_of(name)) else None for name in ("first_dose", "last_dose")]
    first, last = told
    if first is None or last is None or last < first or last > on:
        return None
    days = _from(first, last)
    stated, missed = exposure.quantity("days_taken"), exposure.quantity("days_missed")
    if stated is not None:
        return Taken(exposure, days, int(stated.value))
    return Taken(exposure, days, len(days) - int(missed.value) if missed is not None else None)


def _from(first: date, last: date) -> frozenset[date]:
    return frozenset(first + timedelta(days=number) for number in range((last - first).days + 1))


def _held(days: Iterable[date], holds: Iterable[HoldPeriod], *, both_ends: bool = False) -> frozenset[date]:
    """The days on which a hold was open: surely, between its first and its last; or possibly, with these two."""
    more = 0 if both_ends else 1
    return frozenset(
        day
        for day in days
        for one in holds
        if day >= one.since + timedelta(days=more) and (one.until is None or day <= one.until - timedelta(days=more))
    )


def _while_held(given: Given, taken: Taken, holds: tuple[HoldPeriod, ...]) -> Iterator[Found]:
    """An exposure that has more days of doses than it has days on which none was held."""
    held = _held(taken.days, holds)
    if not held:
        return
    clause = next(one for one in holds if _held(held, [one]))
    about, first = f"{given.about}.{taken.exposure.instance}", min(held)
    free = len(taken.days) - len(held)
    if taken.count is None:
        because = f"how many days' doses were taken from {min(taken.days)} to {max(taken.days)} is not recorded"
        yield Untold("dose while held", first, because, clause.clause, about, ("days taken",))
    elif taken.count > free:
        since = f"held since {clause.since}{f' until {clause.until}' if clause.until else ''} ({clause.saw})"
        says = (
            f"{taken.count} doses from {min(taken.days)} to {max(taken.days)}, on {free} days none was held; {since}."
        )
        yield given.deviation(
            "dose while held",
            says,
            clause.clause,
            on=first,
            about=about,
            event=taken.exposure.event.id,
            planned=f"at most {free} days",
            done=f"{taken.count} days",
        )


def _too_many(given: Given, taken: list[Taken], planned: frozenset[date]) -> Iterator[Found]:
    count = sum(one.count or 0 for one in taken)
    if count > len(planned):
        says = f"doses were taken on {count} days; the course has {len(planned)} days of dosing."
        told = {"planned": f"{len(planned)} days", "done": f"{count} days", "event": taken[-1].exposure.event.id}
        yield given.deviation("too many days of dosing", says, **told)


def _too_few(given: Given, taken: list[Taken], planned: frozenset[date]) -> Iterator[Found]:
    """Fewer days than the course had free of a hold, once it is over; nothing recorded cannot be told."""
    if len(taken) < len(given.course.exposures) or any(one.count is None for one in taken) or not taken:
        last = max(planned, default=given.course.day_1)
        because = (
            f"on how many days doses of {given.course.drug} course {given.course.number} were taken is not recorded"
        )
        missing = (f"exposure of course {given.course.number}",)
        yield Untold("doses missed", last, because, given.regimen.id, given.about, missing)
        return
    count = sum(one.count or 0 for one in taken)
    if count < len(planned):
        why = "; ".join(one.exposure.text("why_missed") for one in taken if one.exposure.text("why_missed"))
        says = f"doses were taken on {count} of {len(planned)} days{f' ({why})' if why else ''}."
        told = {"planned": f"{len(planned)} days", "done": f"{count} days", "event": taken[-1].exposure.event.id}
        yield given.deviation("doses missed", says, **told)


def _is_over(given: Given, planned: frozenset[date]) -> bool:
    """All days of dosing are behind, and nothing ended treatment before the last of them."""
    last = max(planned, default=given.course.day_1)
    return given.on > last and (_ended(given) is None or last < (_ended(given) or last))


def _ended(given: Given) -> date | None:
    """The first day on which treatment was over: by decision, by leaving the study or by death."""
    record, died = given.case.record, given.case.died(given.on)
    told = [one.occurred for kind in (TreatmentEnded, StudyLeft) for one in record.of_kind(kind)]
    return min([*told, *([died] if died else [])], default=None)

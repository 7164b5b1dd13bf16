"""What is planned and has no date yet, and why: nothing the protocol asks for vanishes because a date is not known.

Either what it counts from has not happened ("treatment has not ended"), or it has happened and its day is not recorded
("the last dose was in 2025-06"); then the days it can lie on are told, where there are any. Read `undated`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from trialwright.core.conditions import judge_condition
from trialwright.core.protocol import Encounter
from trialwright.core.schedule.ending import End, ends
from trialwright.core.schedule.matching import Contact
from trialwright.core.schedule.planning import ENDS, first_days, in_courses, is_for, planned_courses, visit_key
from trialwright.core.schedule.visits import matched
from trialwright.core.subject import Case, observations
from trialwright.core.terms import Because, PartialDate, Verdict


@dataclass(frozen=True)
class Undated:
    """A planned contact without a date: its key, what it waits for, and the first and last day it can lie on.

    `happened` says that what it counts from has happened and its day is not recorded: somebody can tell it.
    """

    key: str
    encounter: Encounter
    waits_for: str
    happened: bool
    earliest: date | None
    latest: date | None
    applies: Verdict
    because: tuple[Because, ...]


@dataclass(frozen=True)
class _Gap:
    """A date that others count from and that is not known: its name, why, and what is known of it."""

    anchor: str
    why: str
    happened: bool
    known: PartialDate | None = None
    until: date | None = None
    course: int | None = None


def undated(case: Case, on: date) -> tuple[Undated, ...]:
    """Every contact planned for a subject whose day is not known yet, with the reason."""
    ended, done, facts = ends(case, on), matched(case, on), case.facts(on)
    found = []
    for encounter in case.protocol.encounters:
        if not is_for(encounter, case) or _is_over(encounter, ended, on):
            continue
        gaps = tuple(_gaps(case, encounter, on))
        applies = judge_condition(encounter.applies_when, facts).verdict if gaps else Verdict.NOT_MET
        if applies is not Verdict.NOT_MET:
            found += [one for gap in gaps for one in _without_date(encounter, gap, applies)]
    told = {contact.key for contact in (*done.of.values(), *done.unscheduled) if contact.done}
    return tuple(one for one in found if one.key not in told)


def done_without_date(case: Case, on: date) -> tuple[tuple[Undated, Contact], ...]:
    """Contacts without a planned day that were done all the same."""
    waiting = {one.key: one for one in undated(case, on)}
    return tuple((waiting[one.key], one) for one in matched(case, on).unscheduled if one.key in waiting)


def _is_over(encounter: Encounter, ended: tuple[End, ...], on: date) -> bool:
    return any(end.rules_out(encounter, date.max, date.max, never=True) for end in ended)


def _gaps(case: Case, encounter: Encounter, on: date) -> Iterator[_Gap]:
    """The dates this encounter counts from and that are not known."""
    anchors = case.anchors(on)
    if encounter.anchor == "course":
        yield from _course_gaps(case, encounter, on)
    elif encounter.anchor in ENDS and "end_of_treatment" not in anchors:
        yield _Gap(encounter.anchor, "treatment has not ended", False)
    elif encounter.anchor == "last_dose" and "last_dose" not in anchors:
        if case.courses(on):
            yield _last_dose_gap(case, on)
    elif encounter.anchor not in anchors:
        yield _Gap(encounter.anchor, f"the day of {encounter.anchor.replace('_', ' ')} is not recorded", False)


def _course_gaps(case: Case, encounter: Encounter, on: date) -> Iterator[_Gap]:
    """Courses that were taken and whose day 1 is not known to the day; else all of them, while none is planned."""
    if encounter.instead_of or encounter.through_delay:
        return
    taken = tuple(_taken_on_no_day(case, encounter, on))
    yield from taken
    if not taken and not planned_courses(case, on):
        yield _Gap("first_dose", "the first dose is not planned yet", False)


def _taken_on_no_day(case: Case, encounter: Encounter, on: date) -> Iterator[_Gap]:
    known = {(one.drug, one.number) for one in case.courses(on)}
    for one in observations(case.record, "exposure", on):
        number = one.text("course")
        if not number.isdigit() or (one.text("drug"), int(number)) in known:
            continue
        if in_courses(encounter.courses, int(number)):
            began = one.date_of("first_dose")
            why = f"day 1 of course {number} is {f'recorded as {began}' if began else 'not recorded'}"
            yield _Gap(f"day 1 of course {number}", why, True, began, on, int(number))


def _last_dose_gap(case: Case, on: date) -> _Gap:
    """Treatment has ended and nobody said to the day when the last dose was taken."""
    last = case.courses(on)[-1]
    told = [day for one in last.exposures if (day := one.date_of("last_dose"))]
    known = max(told, key=lambda day: day.latest, default=None)
    why = f"the last dose of course {last.number} is {f'recorded as {known}' if known else 'not recorded'}"
    return _Gap("last_dose", why, True, known, case.anchors(on).get("end_of_treatment"), last.number)


def _without_date(encounter: Encounter, gap: _Gap, applies: Verdict) -> Iterator[Undated]:
    """The contact, or each of its repetitions where the days they can lie on are known."""
    course = gap.course if encounter.anchor == "course" else None
    first = first_days(encounter, gap.known.earliest) if gap.known else [(None, None)]
    last = first_days(encounter, min(gap.known.latest, gap.until or date.max)) if gap.known else [(None, None)]
    before, after = encounter.window
    for (number, earliest), (_, latest) in zip(first, last, strict=False):
        told = gap.why if earliest is None else f"{gap.why}, so that it is due between {earliest} and {latest}"
        yield Undated(
            key=visit_key(encounter, course, number),
            encounter=encounter,
            waits_for=gap.anchor,
            happened=gap.happened,
            earliest=earliest - timedelta(days=before) if earliest else None,
            latest=latest + timedelta(days=after) if latest else None,
            applies=applies,
            because=(Because(encounter.id, encounter.words, f"date unknown, because {told}"),),
        )

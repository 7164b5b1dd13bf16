"""Planned contacts against what was recorded: done, due, overdue, missed, coming, does not apply.

A visit was done where `visit/<key>` says so or a form was filled in at that encounter (`matching`); one that is
recorded as not done is missed. Nothing is due after death, after the subject left the study, or in a course after
treatment ended (`ending`). What has no date yet is in `undated`. Read `visits`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from trialwright.core.conditions import judge_condition
from trialwright.core.protocol import Encounter
from trialwright.core.schedule.ending import End, ends
from trialwright.core.schedule.matching import Contact, Matched, match, window_of
from trialwright.core.schedule.planning import Planned, planned
from trialwright.core.subject import Case
from trialwright.core.terms import Answer, Because, PartialDate, Verdict

STATES: tuple[str, ...] = ("done", "due", "overdue", "missed", "coming", "does not apply")
"""What a visit can be on a day."""


@dataclass(frozen=True)
class Visit:
    """One planned visit: the day it is due, the window around it (both ends count), and what became of it.

    `done_on` is the day it was done, `done_in` the same as recorded: a date of which only the month is known leaves
    the day open. `applies` is unknown while nobody knows whether it is needed; it stays planned.
    """

    key: str
    encounter: Encounter
    course: int | None
    due: date
    earliest: date
    latest: date
    state: str
    done_on: date | None = None
    because: tuple[Because, ...] = ()
    applies: Verdict = Verdict.MET
    done_in: PartialDate | None = None
    since: date | None = None

    @property
    def in_window(self) -> bool | None:
        """Whether it was done inside its window; None where it was not done, or the missing part of its day decides."""
        if self.done_in is None:
            return None
        held = self.done_in.on_or_after(self.earliest) & self.done_in.on_or_before(self.latest)
        return None if held is Verdict.UNKNOWN else held is Verdict.MET


def visits(case: Case, on: date, horizon: date | None = None) -> tuple[Visit, ...]:
    """Every planned visit as it stands on a day; courses not begun are planned up to the horizon, or the next one."""
    key = ("visits", on, horizon)
    if key not in case.memo:
        case.memo[key] = _visits(case, on, horizon)
    found: tuple[Visit, ...] = case.memo[key][0]
    return found


def matched(case: Case, on: date) -> Matched:
    """Which planned visit each recorded contact belongs to, as known on a day, and what belongs to none."""
    visits(case, on)
    found: Matched = case.memo["visits", on, None][1]
    return found


def _visits(case: Case, on: date, horizon: date | None) -> tuple[tuple[Visit, ...], Matched]:
    plan = planned(case, on, horizon)
    found, ended = match(case, plan, on), ends(case, on)
    facts = case.facts(on)
    applies = cache(lambda encounter: judge_condition(encounter.applies_when, facts))
    known = tuple(_visit(one, on, found.of.get(one.key), applies(one.encounter), ended) for one in plan)
    done = {one.encounter.id: one for one in known if one.state == "done"}
    return tuple(one for one in known if not _was_done_elsewhere(one, done)), found


def _was_done_elsewhere(one: Visit, done: dict[str, Visit]) -> bool:
    """A visit that stands in for another is not planned where that other was done after all."""
    return one.encounter.instead_of in done and one.state != "done"


def due_on(case: Case, on: date) -> tuple[Visit, ...]:
    """The visits whose window is open on a day and that were not done."""
    return tuple(one for one in visits(case, on) if one.state in ("due", "overdue"))


def _visit(one: Planned, on: date, contact: Contact | None, applies: Answer, ended: tuple[End, ...]) -> Visit:
    earliest, latest = window_of(one)
    state, saw = _state(one, on, contact, applies, ended)
    because = Because(one.encounter.id, one.encounter.words, saw)
    done_in = contact.on if contact and contact.done else None
    return Visit(
        key=one.key,
        encounter=one.encounter,
        course=one.course,
        due=one.due,
        earliest=earliest,
        latest=latest,
        state=state,
        done_on=done_in.exact if done_in else None,
        because=(because,),
        applies=applies.verdict,
        done_in=done_in,
        since=one.since,
    )


def _state(one: Planned, on: date, contact: Contact | None, applies: Answer, ended: tuple[End, ...]) -> tuple[str, str]:
    """What it is on this day, and why in words."""
    earliest, latest = window_of(one)
    told = f"{one.why}, window {earliest} to {latest}"
    if contact is not None and contact.done:
        return "done", f"done on {contact.on or 'a day that is not recorded'}; {told}"
    if applies.verdict is Verdict.NOT_MET:
        return "does not apply", applies.why
    never = one.called_off or one.awaited
    end = next((end.why for end in ended if end.rules_out(one.encounter, one.due, latest, never)), None)
    if end:
        return "does not apply", end
    if contact is not None:
        return "missed", f"recorded as not done: {contact.reason or 'no reason given'}"
    return _by_date(one, earliest, latest, on), f"{told}{_doubt(applies)}"


def _by_date(one: Planned, earliest: date, latest: date, on: date) -> str:
    if on < earliest:
        return "coming"
    if on <= one.due:
        return "due"
    return "overdue" if on <= latest or one.awaited else "missed"


def _doubt(applies: Answer) -> str:
    return f"; whether it applies is unknown: {applies.why}" if applies.verdict is Verdict.UNKNOWN else ""

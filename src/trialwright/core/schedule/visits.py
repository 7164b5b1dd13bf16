"""Planned contacts against what was recorded: done, due, overdue, missed, coming, does not apply.

A visit was done where `visit/<key>` says so or a form was filled in at that encounter; one that is recorded as not
done is missed. Nothing is due after death, after the subject left the study, or in a course after treatment ended.
Read `visits`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from trialwright.core.conditions import judge_condition
from trialwright.core.ledger import FormSubmitted, ScreeningFailed, StudyLeft, TreatmentEnded
from trialwright.core.protocol import Encounter, Epoch
from trialwright.core.schedule.planning import Planned, is_one_course, planned
from trialwright.core.subject import Case, Observation, observations
from trialwright.core.terms import Answer, Because, Verdict

STATES: tuple[str, ...] = ("done", "due", "overdue", "missed", "coming", "does not apply")
"""What a visit can be on a day."""


@dataclass(frozen=True)
class Visit:
    """One planned visit: the day it is due, the window around it (both ends count), and what became of it."""

    key: str
    encounter: Encounter
    course: int | None
    due: date
    earliest: date
    latest: date
    state: str
    done_on: date | None = None
    because: tuple[Because, ...] = ()

    @property
    def in_window(self) -> bool | None:
        """Whether it was done inside its window; None where it was not done."""
        return None if self.done_on is None else self.earliest <= self.done_on <= self.latest


def visits(case: Case, on: date, horizon: date | None = None) -> tuple[Visit, ...]:
    """Every planned visit as it stands on a day; courses not begun are planned up to the horizon, or the next one."""
    key = ("visits", on, horizon)
    if key not in case.memo:
        case.memo[key] = _visits(case, on, horizon)
    found: tuple[Visit, ...] = case.memo[key]
    return found


def _visits(case: Case, on: date, horizon: date | None) -> tuple[Visit, ...]:
    recorded = {one.instance: one for one in observations(case.record, "visit", on)}
    forms = _forms_by_encounter(case, on)
    ends = _ends(case, on)
    facts = case.facts(on)
    applies = cache(lambda encounter: judge_condition(encounter.applies_when, facts))
    return tuple(
        _visit(one, on, _recorded(one, recorded), forms, applies(one.encounter), ends)
        for one in planned(case, on, horizon)
    )


def due_on(case: Case, on: date) -> tuple[Visit, ...]:
    """The visits whose window is open on a day and that were not done."""
    return tuple(one for one in visits(case, on) if one.state in ("due", "overdue"))


def _keys(one: Planned) -> tuple[str, ...]:
    """The keys under which a visit may have been recorded; with one course alone its number may be there or not."""
    return (one.key, f"{one.key}.{one.course}") if one.course and is_one_course(one.encounter) else (one.key,)


def _recorded(one: Planned, recorded: Mapping[str, Observation]) -> Observation | None:
    return next((recorded[key] for key in _keys(one) if key in recorded), None)


def _forms_by_encounter(case: Case, on: date) -> Mapping[str, date]:
    """The first day on which a form was filled in at each encounter."""
    found: dict[str, date] = {}
    for history in case.record.items.values():
        for entry in history:
            event = entry.event
            if isinstance(event, FormSubmitted) and event.encounter and event.occurred <= on:
                found[event.encounter] = min(event.occurred, found.get(event.encounter, event.occurred))
    return found


def _visit(
    one: Planned,
    on: date,
    recorded: Observation | None,
    forms: Mapping[str, date],
    applies: Answer,
    ends: tuple[_End, ...],
) -> Visit:
    before, after = one.encounter.window
    earliest, latest = one.due - timedelta(days=before), one.due + timedelta(days=after)
    done_on = _done_on(one, recorded, forms)
    state, saw = _state(one, (earliest, latest), on, done_on, recorded, applies, ends)
    because = Because(one.encounter.id, one.encounter.words, saw)
    return Visit(one.key, one.encounter, one.course, one.due, earliest, latest, state, done_on, (because,))


def _done_on(one: Planned, recorded: Observation | None, forms: Mapping[str, date]) -> date | None:
    """The day it was done: as recorded for the visit, else the day of the first form filled in at it."""
    if recorded is not None and recorded.yes("done") is not None:
        told = recorded.date_of("on")
        return ((told.exact if told else None) or recorded.event.occurred) if recorded.yes("done") else None
    return next((forms[key] for key in _keys(one) if key in forms), None)


def _state(
    one: Planned,
    window: tuple[date, date],
    on: date,
    done_on: date | None,
    recorded: Observation | None,
    applies: Answer,
    ends: tuple[_End, ...],
) -> tuple[str, str]:
    """What it is on this day, and why in words."""
    earliest, latest = window
    if done_on is not None:
        return "done", f"done on {done_on}; {one.why}, window {earliest} to {latest}"
    if applies.verdict is Verdict.NOT_MET:
        return "does not apply", applies.why
    ended = next((end.why for end in ends if end.rules_out(one, latest)), None)
    if ended:
        return "does not apply", ended
    if recorded is not None and recorded.yes("done") is False:
        return "missed", f"recorded as not done: {recorded.text('reason') or 'no reason given'}"
    return _by_date(one, earliest, latest, on), f"{one.why}, window {earliest} to {latest}{_doubt(applies)}"


def _by_date(one: Planned, earliest: date, latest: date, on: date) -> str:
    if on < earliest:
        return "coming"
    if on <= one.due:
        return "due"
    return "overdue" if on <= latest or one.awaited else "missed"


def _doubt(applies: Answer) -> str:
    return f"; whether it applies is unknown: {applies.why}" if applies.verdict is Verdict.UNKNOWN else ""


@dataclass(frozen=True)
class _End:
    """What ended things: the day, in words, and whether it ended everything or treatment alone."""

    on: date
    why: str
    everything: bool = True

    def rules_out(self, one: Planned, latest: date) -> bool:
        """After the end of everything no open window need be kept; treatment days before the end were due."""
        return latest > self.on if self.everything else one.due > self.on and _on_treatment(one)


def _on_treatment(one: Planned) -> bool:
    in_treatment = one.encounter.epoch is Epoch.TREATMENT and one.encounter.anchor == "first_dose"
    return one.encounter.anchor == "course" or in_treatment


def _ends(case: Case, on: date) -> tuple[_End, ...]:
    """What ended things by a day; the end of everything first."""
    record, died = case.record, case.died(on)
    told = [
        *([_End(died - timedelta(days=1), f"died on {died}")] if died else []),
        *(_End(one.occurred, f"off study since {one.occurred}: {one.why}") for one in record.of_kind(StudyLeft)),
        *(_End(one.occurred, f"not registered: {one.why}") for one in record.of_kind(ScreeningFailed)),
        *(_End(one.occurred, f"off treatment: {one.why}", False) for one in record.of_kind(TreatmentEnded)),
    ]
    return tuple(one for one in told if one.on <= on)

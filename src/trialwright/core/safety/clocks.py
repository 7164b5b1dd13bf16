"""A rule and an event -> the clock: whether it runs, since when, until when, and whether the report was in time.

Hours run by the clock of the world, also over a change to summer time. Days are those of the calendar at the site: what
is due within 7 days of 1 March is in time until the end of 8 March. Nothing that is unknown counts as in time or late.
Read `safety_clocks`, then `_state`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from trialwright.core.bundle import SiteClock, Span
from trialwright.core.protocol import ReportingRule, StudyProtocol
from trialwright.core.safety.awareness import Known, is_asked, known_since, zone_of
from trialwright.core.safety.values import SafetyClock
from trialwright.core.subject import Case, Observation, observations
from trialwright.core.terms import Because, Duration, Verdict
from trialwright.core.toxicity import AdverseEvent, ToxicityTable, adverse_events

NO_TABLE = ToxicityTable("", "", (), ())
"""Events have their clocks also where the protocol names no grade table."""


def safety_clocks(
    case: Case, clock: SiteClock, on: date, now: datetime | None = None, table: ToxicityTable | None = None
) -> tuple[SafetyClock, ...]:
    """Every clock that an event of the subject started by a day, the one that is due first first.

    `now` is an instant of that day with its offset; without it the day as a whole is meant, so that what falls due
    within it is due today and not yet overdue.
    """
    rules = case.protocol.safety.reporting if case.protocol.safety else ()
    if not rules:
        return ()
    moment = Span(now, now) if now else clock.instants(on, "", zone_of(case, on))
    asked = _Asked(case, clock, on, moment, table or NO_TABLE)
    found = [
        told for event in adverse_events(case, asked.table, on) for rule in rules for told in _clock(asked, rule, event)
    ]
    return tuple(sorted(found, key=lambda one: (one.due or moment.latest, one.event, one.clause)))


def safety_window(protocol: StudyProtocol) -> Duration | None:
    """How long after the last dose what happens counts as under treatment; None where the protocol does not say.

    As the protocol says by itself, or else as the longest time that an endpoint of it takes.
    """
    if protocol.safety and protocol.safety.window:
        return protocol.safety.window.after
    days = [one.safety_days for one in protocol.endpoints if one.safety_days is not None]
    return Duration(max(days), "days") if days else None


@dataclass(frozen=True)
class _Asked:
    """What the clocks of a subject are told from."""

    case: Case
    clock: SiteClock
    on: date
    now: Span
    table: ToxicityTable


def _clock(asked: _Asked, rule: ReportingRule, event: AdverseEvent) -> Iterator[SafetyClock]:
    said = is_asked(rule.when, event)
    applies = said.verdict & _in_window(asked, rule, event)
    if applies is Verdict.NOT_MET:
        return
    known = known_since(asked.case, asked.table, rule.when, event, asked.clock, asked.on)
    if known.span.earliest > asked.now.latest:
        return
    zone = zone_of(asked.case, asked.on)
    due = Span(_due(asked, rule, known.span.earliest, zone), _due(asked, rule, known.span.latest, zone))
    report = _report(asked, rule, event, known)
    state = _state(due, _sent(asked, report), asked.now) if applies is Verdict.MET else "cannot be told"
    told = _told(report)
    why = known.why if applies is Verdict.MET else f"{known.why}; not known: {', '.join(said.missing)}"
    yield SafetyClock(
        event=event.id,
        term=event.reported or event.term,
        clause=rule.id,
        to=rule.to.value,
        report=rule.report.value,
        applies=applies,
        state=state,
        started=asked.clock.local(known.span.earliest, zone),
        due=asked.clock.local(due.earliest, zone),
        due_at_latest=asked.clock.local(due.latest, zone),
        why=why,
        because=(Because(rule.id, rule.words, f"{event.reported or event.term}: within {rule.within}, {why}"),),
        missing=(*said.missing, *known.missing) if state == "cannot be told" else said.missing,
        reported=told,
        entry=event.event,
    )


def _in_window(asked: _Asked, rule: ReportingRule, event: AdverseEvent) -> Verdict:
    """An unrelated event that began after the safety time is left out where the rule says so."""
    last, window = asked.case.anchors(asked.on).get("last_dose"), safety_window(asked.case.protocol)
    ended = "end_of_treatment" in asked.case.anchors(asked.on)
    if not rule.within_window or not ended or last is None or window is None:
        return Verdict.MET
    return event.onset.on_or_before(window.after(last)) | Verdict.of(event.related)


# --- until when -----------------------------------------------------------------------------------------------------


def _due(asked: _Asked, rule: ReportingRule, start: datetime, zone: str) -> datetime:
    """So many hours later by the clock; or the end of the day that is so many days later by the calendar."""
    if rule.within.hours is not None:
        return start + timedelta(hours=rule.within.hours)
    day = asked.clock.local(start, zone).date() + timedelta(days=rule.within.days or 0)
    return asked.clock.instants(day, "", zone).latest


def _state(due: Span, sent: Span | None, now: Span) -> str:
    """What the clock is: sent or not, before all that can be the limit, after all of it, or between."""
    if sent is not None:
        return _between(sent.latest <= due.earliest, sent.earliest > due.latest, "reported in time", "reported late")
    if now.latest <= due.earliest:
        return "running"
    if now.earliest > due.latest:
        return "overdue"
    return "due today" if due.earliest == due.latest else "cannot be told"


def _between(surely: bool, surely_not: bool, yes: str, no: str) -> str:
    return yes if surely else no if surely_not else "cannot be told"


# --- the report -----------------------------------------------------------------------------------------------------


def _report(asked: _Asked, rule: ReportingRule, event: AdverseEvent, known: Known) -> Observation | None:
    """The first report of this kind to this recipient that was sent since the site knew."""
    found = []
    for one in observations(asked.case.record, "safety_report", asked.on):
        said = (one.text("adverse_event"), one.text("to"), one.text("kind") or "initial")
        sent = _sent(asked, one)
        if said == (event.id, rule.to.value, rule.report.value) and sent and sent.latest >= known.span.earliest:
            found.append((sent, one))
    return min(found, key=lambda each: each[0].earliest, default=(None, None))[1]


def _sent(asked: _Asked, report: Observation | None) -> Span | None:
    """When a report was sent; a time that is not told, or is none, can be any of the day."""
    if report is None:
        return None
    day = report.date_of("on") or report.on
    zone = zone_of(asked.case, day.earliest)
    if day.exact and report.text("time"):
        try:
            return asked.clock.instants(day.exact, report.text("time"), zone)
        except ValueError:
            pass
    return Span(
        asked.clock.instants(day.earliest, "", zone).earliest, asked.clock.instants(day.latest, "", zone).latest
    )


def _told(report: Observation | None) -> str:
    return f"{report.date_of('on') or report.on} {report.text('time')}".strip() if report else ""

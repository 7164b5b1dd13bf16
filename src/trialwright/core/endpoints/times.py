"""Progression, death and response as times to event: when a subject's time ends, by an event or by censoring, and why.

The rules are those of the FDA guidance on endpoints for cancer drugs (2007, appendix 3, table A): `RULES`, tried in
order, the first that answers decides. Progression by clinical judgement alone is no event; a progression or death after
more than one missed assessment cannot be dated and is censored before the gap. Survival is censored when the subject
was last known alive. Days after the protocol's follow-up are kept and flagged. Read `time_to_event`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from trialwright.core.disposition import death, end_of_follow_up
from trialwright.core.endpoints.plan import ASSESSMENT, AssessmentPlan, assessment_plan
from trialwright.core.ledger import CourseStarted, SubjectRegistered
from trialwright.core.protocol import Endpoint
from trialwright.core.response import Assessment, BestResponse, best_response, progression_date
from trialwright.core.subject import Case, observations
from trialwright.core.terms import PartialDate, Quantity, Response

DAYS_PER_MONTH = Fraction(487, 16)
"""30.4375: a year of 365.25 days in twelve."""


@dataclass(frozen=True)
class TimeToEvent:
    """A subject's time: from when to when, whether it ends by the event, and in words why it ends there.

    `extra_protocol` flags an end after the protocol's follow-up.
    """

    subject: str
    start: date
    end: date
    event: bool
    why: str
    clause: str
    extra_protocol: bool = False

    @property
    def days(self) -> int:
        """End - start + 1: the first day counts."""
        return (self.end - self.start).days + 1

    @property
    def months(self) -> float:
        """Days / 30.4375."""
        return float(self.days / DAYS_PER_MONTH)


@dataclass(frozen=True)
class Followed:
    """What was seen of one subject up to the cut date, as the censoring rules ask for it.

    `new_therapy` is the first other treatment of the disease; `baseline` says whether the disease was assessed before
    treatment. `assessments` are those from the start on, oldest first.
    """

    subject: str
    start: date
    cut: date
    assessments: tuple[Assessment, ...]
    baseline: bool
    died: date | None
    new_therapy: PartialDate | None
    alive_on: date
    plan: AssessmentPlan
    follow_up_ends: date | None

    @property
    def progressed(self) -> date | None:
        """The day progression was first documented; clinical judgement alone documents none."""
        return progression_date(self.assessments)

    def last_adequate(self, until: date) -> date | None:
        """The last day up to this one on which an assessment could have shown progression."""
        return max((one.on for one in self.assessments if is_adequate(one) and one.on <= until), default=None)


def is_adequate(assessment: Assessment) -> bool:
    """All of it was done and it could be evaluated."""
    return assessment.adequate and assessment.response is not Response.NE


def followed(
    case: Case, assessments: Sequence[Assessment], start: date, cut: date, baseline: bool | None = None
) -> Followed:
    """What was seen of a subject from a start to a cut date; `baseline` overrides what the record shows."""
    seen = tuple(sorted((one for one in assessments if one.on <= cut), key=lambda one: one.on))
    return Followed(
        subject=case.record.subject,
        start=start,
        cut=cut,
        assessments=tuple(one for one in seen if one.on >= start),
        baseline=_has_baseline(case, seen, start) if baseline is None else baseline,
        died=death(case, cut),
        new_therapy=_new_therapy(case, cut),
        alive_on=last_known_alive(case, seen, start, cut),
        plan=assessment_plan(case, cut),
        follow_up_ends=end_of_follow_up(case, cut),
    )


def _has_baseline(case: Case, assessments: Sequence[Assessment], start: date) -> bool:
    """A ratio to baseline shows that there is one; else the disease was assessed, and wholly, by the start."""
    if any(one.ratio is not None for one in assessments):
        return True
    concepts = {name for one in case.protocol.encounters if ASSESSMENT in one.collect for name in one.collect}
    before = [one for name in (concepts or {ASSESSMENT}) for one in observations(case.record, name, start)]
    done = [one for one in before if one.on.latest <= start]
    return bool(done) and not any(one.yes("complete") is False for one in done)


def _new_therapy(case: Case, cut: date) -> PartialDate | None:
    starts = [start for one in observations(case.record, "new_therapy", cut) if (start := one.date_of("start"))]
    return min(starts, key=lambda one: one.earliest, default=None)


def last_known_alive(case: Case, assessments: Sequence[Assessment], start: date, cut: date) -> date:
    """The last day up to the cut on which something shows that the subject was alive: seen, measured, treated."""
    shown = [*_signs_of_life(case, cut), *(one.on for one in assessments), start]
    return max(day for day in shown if day <= cut)


def _signs_of_life(case: Case, cut: date) -> Iterator[date]:
    for one in observations(case.record, "vital_status", cut):
        if one.text("value") == "alive":
            yield one.on.earliest
    for one in observations(case.record, "visit", cut):
        if one.yes("done") is True:
            yield one.on.earliest
    for concept in case.record.items:
        for one in observations(case.record, concept, cut):
            if isinstance(one.values.get("value"), Quantity) and one.on.exact:
                yield one.on.exact
    for course in case.courses(cut):
        yield from (day for day in (course.day_1, course.last_dose) if day)
    for event in (*case.record.of_kind(SubjectRegistered), *case.record.of_kind(CourseStarted)):
        yield event.occurred


# --- the rules -----------------------------------------------------------------------------------------------------

Ended = tuple[date, bool, str]
"""The day a time ends, whether by the event, and why."""


@dataclass(frozen=True)
class _Question:
    """What was seen, which events count, and the first of them with its words."""

    seen: Followed
    events: tuple[str, ...]

    @property
    def event(self) -> tuple[date, str] | None:
        """The first event that counts and what it was."""
        told = {"progression": (self.seen.progressed, "progression documented"), "death": (self.seen.died, "death")}
        found = [(day, words) for name, (day, words) in told.items() if name in self.events and day]
        return min(found, default=None, key=lambda one: one[0])

    @property
    def about_progression(self) -> bool:
        return "progression" in self.events


def _no_baseline(asked: _Question) -> Ended | None:
    """Without an assessment before treatment no progression can be told: censored on day 1."""
    if not asked.about_progression or asked.seen.baseline:
        return None
    return asked.seen.start, False, "no complete assessment of the disease before treatment"


def _new_treatment(asked: _Question) -> Ended | None:
    """Another treatment of the disease before the event: censored at the last adequate assessment before it."""
    new = asked.seen.new_therapy
    if not asked.about_progression or new is None or (asked.event and new.latest >= asked.event[0]):
        return None
    last = asked.seen.last_adequate(min(new.earliest, asked.seen.cut))
    return last or asked.seen.start, False, f"new treatment of the disease on {new}; {_until(last)} before it"


def _after_a_gap(asked: _Question) -> Ended | None:
    """Progression or death after more than one missed assessment: censored at the last adequate one before the gap."""
    if not asked.about_progression or asked.event is None:
        return None
    day, words = asked.event
    before = [one.on for one in asked.seen.assessments if is_adequate(one) and one.on < day]
    last = max(before, default=None)
    covered = asked.seen.plan.last_day_covered(last or asked.seen.start)
    if covered is None or day <= covered:
        return None
    return last or asked.seen.start, False, f"{words} on {day} after more than one missed assessment; {_until(last)}"


def _event(asked: _Question) -> Ended | None:
    """Progression as documented, or death."""
    if asked.event is None:
        return None
    (day, words), new = asked.event, asked.seen.new_therapy
    doubt = f"; the new treatment of {new} may have come before it" if new and new.earliest < day <= new.latest else ""
    return day, True, f"{words} on {day}{doubt if asked.about_progression else ''}"


def _event_free(asked: _Question) -> Ended | None:
    """No event by the cut: censored at the last adequate assessment, and survival when last known alive."""
    if not asked.about_progression:
        return asked.seen.alive_on, False, f"last known alive on {asked.seen.alive_on}"
    last = asked.seen.last_adequate(asked.seen.cut)
    return last or asked.seen.start, False, f"no {' or '.join(asked.events)} by {asked.seen.cut}; {_until(last)}"


def _until(last: date | None) -> str:
    return f"last adequate assessment on {last}" if last else "no adequate assessment since the start"


RULES: tuple[Callable[[_Question], Ended | None], ...] = (
    _no_baseline,
    _new_treatment,
    _after_a_gap,
    _event,
    _event_free,
)
"""The censoring rules in the order in which they are tried."""


def time_to_event(seen: Followed, events: tuple[str, ...], clause: str) -> TimeToEvent:
    """The time from the start to the first of the events, or to censoring.

    `events` are "progression" and "death"; with death alone it is survival.
    """
    asked = _Question(seen, events)
    end, event, why = next(ended for rule in RULES if (ended := rule(asked)))
    late = seen.follow_up_ends is not None and end > seen.follow_up_ends
    told = f"{why}; after the protocol's follow-up, which ends on {seen.follow_up_ends}" if late else why
    return TimeToEvent(seen.subject, seen.start, max(end, seen.start), event, told, clause, late)


def duration_of_response(seen: Followed, best: BestResponse, endpoint: Endpoint) -> TimeToEvent | None:
    """From the first documentation of a response that was confirmed; None for who did not respond."""
    if best.responded_on is None or best.confirmed_response.name not in endpoint.responders:
        return None
    since = best.responded_on
    later = tuple(one for one in seen.assessments if one.on >= since)
    return time_to_event(replace(seen, start=since, assessments=later), endpoint.events, endpoint.id)


def time_to_response(seen: Followed, best: BestResponse, clause: str) -> TimeToEvent:
    """From the start to the first documentation of a confirmed response, else to the last adequate assessment."""
    if best.responded_on:
        why = f"{best.confirmed_response.value} first documented on {best.responded_on}"
        return TimeToEvent(seen.subject, seen.start, best.responded_on, True, why, clause)
    last = seen.last_adequate(seen.progressed or seen.cut)
    return TimeToEvent(seen.subject, seen.start, last or seen.start, False, f"no response; {_until(last)}", clause)


def best_of(case: Case, assessments: Sequence[Assessment], cut: date) -> BestResponse | None:
    """The best response up to the cut date; None before the first dose."""
    courses = case.courses(cut)
    seen = [one for one in assessments if one.on <= cut]
    return best_response(seen, case.protocol.response, courses[0].day_1) if courses else None


def start_of(case: Case, since: str, cut: date) -> date | None:
    """The day a time counts from; `first_dose` is the one that was taken, never the one planned."""
    if since == "first_dose":
        courses = case.courses(cut)
        return courses[0].day_1 if courses else None
    return case.anchors(cut).get(since)

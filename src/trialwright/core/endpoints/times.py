"""Progression, death and response as times to event: when a subject's time ends, by an event or by censoring, and why.

What was seen comes from `seen`, and which row decides from `rows`. Survival is censored when the subject was last known
alive. Days after the protocol's follow-up are kept and flagged. Days are end - start + 1. Read `time_to_event`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from trialwright.core.endpoints.rows import CENSORS, ROWS, Asked
from trialwright.core.endpoints.seen import Followed, new_therapy
from trialwright.core.protocol import Endpoint, Strategy, Variable
from trialwright.core.protocol.endpoints import NEW_TREATMENT
from trialwright.core.response import RESPONSES, Assessment, BestResponse, best_response
from trialwright.core.subject import Case
from trialwright.core.terms import Response

DAYS_PER_MONTH = Fraction(487, 16)
"""30.4375: a year of 365.25 days in twelve."""


@dataclass(frozen=True)
class TimeToEvent:
    """A subject's time: from when to when, whether it ends by the event, and in words why it ends there.

    `row` is the id of the row that decided (`ROWS`); `extra_protocol` flags an end after the protocol's follow-up.
    """

    subject: str
    start: date
    end: date
    event: bool
    why: str
    clause: str
    extra_protocol: bool = False
    row: str = ""

    @property
    def days(self) -> int:
        """End - start + 1: the first day counts."""
        return (self.end - self.start).days + 1

    @property
    def months(self) -> float:
        """Days / 30.4375."""
        return float(self.days / DAYS_PER_MONTH)


def time_to_event(seen: Followed, endpoint: Endpoint) -> TimeToEvent:
    """The time from the start to the first of the endpoint's events, or to censoring; with death alone, survival."""
    asked = Asked(seen, endpoint)
    row, (end, why) = next((one, told) for one in ROWS.values() if (told := one.decides(asked)))
    end = max(end, seen.start)
    late = seen.follow_up_ends is not None and end > seen.follow_up_ends
    words = f"{why}; after the protocol's follow-up, which ends on {seen.follow_up_ends}" if late else why
    return TimeToEvent(seen.subject, seen.start, end, row.event, words, endpoint.id, late, row.id)


def duration_of_response(seen: Followed, best: BestResponse, endpoint: Endpoint) -> TimeToEvent | None:
    """From the first documentation of a response that counts; None for who did not respond."""
    since = response_began(best, endpoint)
    if since is None:
        return None
    later = tuple(one for one in seen.assessments if one.on >= since)
    return time_to_event(replace(seen, start=since, assessments=later), endpoint)


def time_to_response(seen: Followed, best: BestResponse, endpoint: Endpoint) -> TimeToEvent:
    """From the start to the first documentation of a response that counts, else to the last adequate assessment."""
    began, told = response_began(best, endpoint), "confirmed response" if endpoint.confirmed else "response"
    if began is not None:
        why = f"{told} first documented on {began}"
        return TimeToEvent(seen.subject, seen.start, began, True, why, endpoint.id, False, "responded")
    new = seen.new_therapy if endpoint.strategy(NEW_TREATMENT) in CENSORS else None
    last_day = min([day for day in (seen.progressed, new.earliest if new else None) if day] or [seen.cut])
    last = seen.last_adequate(last_day)
    until = f"last adequate assessment on {last}" if last else "no adequate assessment since the start"
    why = f"no {told} by {last_day}; {until}"
    return TimeToEvent(seen.subject, seen.start, last or seen.start, False, why, endpoint.id, False, "no_response")


def response_began(best: BestResponse, endpoint: Endpoint) -> date | None:
    """The first day of the least response that counts for the endpoint, confirmed where it asks for that."""
    wanted = [one for one in RESPONSES if one.name in endpoint.responders]
    return best.responded(wanted[-1], endpoint.confirmed) if wanted else None


def is_responder(best: BestResponse | None, endpoint: Endpoint) -> bool:
    """Whether a best response counts as one, confirmed where the endpoint asks for that."""
    if best is None:
        return False
    return (best.confirmed_response if endpoint.confirmed else best.response).name in endpoint.responders


def best_of(case: Case, assessments: Sequence[Assessment], cut: date) -> BestResponse | None:
    """The best response up to the cut date; None before the first dose.

    What is assessed after another treatment of the disease was begun is no response to this one, unless the protocol's
    endpoint of response says so (treatment policy); an assessment of that very day still counts.
    """
    courses = case.courses(cut)
    if not courses:
        return None
    first_dose = courses[0].day_1
    followed_on = any(one.strategy(NEW_TREATMENT) is Strategy.TREATMENT_POLICY for one in _of_response(case))
    new = None if followed_on else new_therapy(case, first_dose, cut)
    last = min(cut, new.earliest) if new else cut
    found = best_response([one for one in assessments if one.on <= last], case.protocol.response, first_dose)
    passed_over = sum(one.response is not Response.NE and last < one.on <= cut for one in assessments)
    if not new or not passed_over or not found.not_evaluable:
        return found
    told = f"{found.not_evaluable}; what was assessed after the new treatment of {new} does not count"
    return replace(found, not_evaluable=told)


def _of_response(case: Case) -> Iterator[Endpoint]:
    return (one for one in case.protocol.endpoints if one.variable is Variable.RESPONSE)


def start_of(case: Case, since: str, cut: date) -> date | None:
    """The day a time counts from; `first_dose` is the one that was taken, never the one planned."""
    if since == "first_dose":
        courses = case.courses(cut)
        return courses[0].day_1 if courses else None
    return case.anchors(cut).get(since)

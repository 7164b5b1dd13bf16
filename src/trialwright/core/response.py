"""Assessments of the disease -> response at each, best response until progression, date of progression.

Decided here: what an assessment says, how a response is confirmed, when stable disease counts, and what becomes of a
progression that may be a flare. How lesions add up to a response is the instrument's, which the protocol names
(`standards.response`); the numbers of days are the protocol's `ResponseRules`. Read `best_response`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Protocol

from trialwright.core.protocol import ResponseRules
from trialwright.core.subject import Case
from trialwright.core.terms import Finding, Response, study_day


@dataclass(frozen=True)
class Assessment:
    """The response at one assessment: why, the ratio to baseline where one was reckoned, and what was newly seen.

    `adequate` says that all that belongs to it was done; `flare` that a flare was suspected by the investigator;
    `unconfirmed` that its progression is none until it is confirmed, because it may be a flare; `seen_on` is the day on
    which new disease was seen, where that is known: the rest of the assessment may have been done later.
    """

    on: date
    encounter: str
    response: Response
    why: str = ""
    words: str = ""
    ratio: Fraction | None = None
    adequate: bool = True
    events: tuple[str, ...] = ()
    flare: bool = False
    unconfirmed: bool = False
    seen_on: date | None = None

    @property
    def progressed_on(self) -> date | None:
        """The earliest day of its progression: of new disease when it was seen, else of the whole assessment."""
        if self.response is not Response.PD:
            return None
        return min(self.on, self.seen_on) if self.events and self.seen_on else self.on


class ResponseInstrument(Protocol):
    """How a disease is assessed, by a published standard."""

    @property
    def name(self) -> str:
        """The name a protocol gives it."""
        ...

    def assess(self, case: Case, on: date) -> tuple[Assessment, ...]:
        """The response at every assessment after the first dose up to a day, oldest first."""
        ...

    def findings(self, case: Case, on: date) -> tuple[Finding, ...]:
        """What is wrong with the assessments as entered."""
        ...


@dataclass(frozen=True)
class BestResponse:
    """The best response and the day it was first seen, and the best that a later assessment confirmed with its day.

    `responded_on` is the first day of a response of either kind that was confirmed. For each kind of response, or a
    better one: `seen_on` has the first day it was seen, `confirmed_on` the first day of it that was confirmed and
    `confirmed_by` the day that confirmed it. `not_evaluable` says why there is no confirmed best, or none at all.
    """

    response: Response
    on: date | None
    confirmed: bool
    confirmed_response: Response
    why: str
    responded_on: date | None = None
    confirmed_response_on: date | None = None
    seen_on: Mapping[Response, date] = field(default_factory=dict)
    confirmed_on: Mapping[Response, date] = field(default_factory=dict)
    confirmed_by: Mapping[Response, date] = field(default_factory=dict)
    not_evaluable: str = ""

    def responded(self, least: Response, confirmed: bool) -> date | None:
        """The first day of a response at least so good, confirmed or as seen."""
        return (self.confirmed_on if confirmed else self.seen_on).get(least)


ORDER = (Response.CR, Response.PR, Response.SD, Response.PD, Response.NE)
"""Best first."""
RESPONSES = (Response.CR, Response.PR)


def best_response(assessments: Sequence[Assessment], rules: ResponseRules | None, first_dose: date) -> BestResponse:
    """The best response from first dose until progression; later recovery does not count.

    >>> seen = [Response.PR, Response.SD, Response.PD, Response.CR]
    >>> told = [Assessment(date(2005, month, 1), "", one) for month, one in enumerate(seen, 3)]
    >>> best_response(told, None, date(2005, 2, 1)).response
    <Response.PR: 'partial response'>
    """
    asked = rules or ResponseRules(id="response")
    counted = until_progression(assessments, first_dose)
    judged = [(_as_counted(one, asked, first_dose), one) for one in counted]
    best = min((response for response, _ in judged), key=ORDER.index, default=Response.NE)
    first = next((one for response, one in judged if response is best), None)
    pairs = {wanted: pair for wanted in RESPONSES if (pair := _confirmed_at(counted, wanted, asked))}
    confirmed, confirmed_on = _best_confirmed(counted, pairs, asked, first_dose)
    return BestResponse(
        response=best,
        on=first.on if first else None,
        confirmed=best not in RESPONSES or best is confirmed,
        confirmed_response=confirmed,
        why=_told(best, confirmed, first, asked),
        responded_on=pairs[Response.PR][0].on if Response.PR in pairs else None,
        confirmed_response_on=confirmed_on,
        seen_on=_first_seen(counted),
        confirmed_on={wanted: pair[0].on for wanted, pair in pairs.items()},
        confirmed_by={wanted: pair[1].on for wanted, pair in pairs.items()},
        not_evaluable=_why_none(counted, asked) if confirmed is Response.NE else "",
    )


def _first_seen(counted: Sequence[Assessment]) -> dict[Response, date]:
    """The first day of each kind of response, or a better one."""
    days = {wanted: [one.on for one in counted if _at_least(one.response, wanted)] for wanted in RESPONSES}
    return {wanted: found[0] for wanted, found in days.items() if found}


def until_progression(assessments: Sequence[Assessment], first_dose: date) -> list[Assessment]:
    """The assessments from the first dose to the first progression, that one included."""
    counted = []
    for one in sorted(assessments, key=lambda one: one.on):
        if one.on >= first_dose:
            counted.append(one)
            if one.response is Response.PD:
                break
    return counted


def progression_date(assessments: Iterable[Assessment]) -> date | None:
    """The day of the first progression; one that may be a flare is not one until it is confirmed (`settle_flares`)."""
    return min((day for one in assessments if (day := one.progressed_on)), default=None)


def _as_counted(one: Assessment, rules: ResponseRules, first_dose: date) -> Response:
    """Stable disease counts from a day of treatment on; before it nothing can be said."""
    early = study_day(one.on, first_dose) < rules.stable_from_day
    return Response.NE if one.response is Response.SD and early else one.response


def _at_least(one: Response, wanted: Response) -> bool:
    return ORDER.index(one) <= ORDER.index(wanted)


def _confirms(later: Assessment, first: Assessment, rules: ResponseRules) -> bool:
    return (later.on - first.on).days >= rules.confirm_after_days


Pair = tuple[Assessment, Assessment]
"""A response and the later assessment that confirmed it."""


def _confirmed_at(counted: Sequence[Assessment], wanted: Response, rules: ResponseRules) -> Pair | None:
    """The first response at least as good as the one wanted that was confirmed, with what confirmed it."""
    good = [(place, one) for place, one in enumerate(counted) if _at_least(one.response, wanted)]
    for place, first in good:
        by = next((one for later, one in good if later > place and _confirms(one, first, rules)), None)
        if by is not None:
            return first, by
    return None


def _best_confirmed(
    counted: Sequence[Assessment], pairs: Mapping[Response, Pair], rules: ResponseRules, first_dose: date
) -> tuple[Response, date | None]:
    """The best response that was confirmed, with its day; one that was not counts as stable disease if late enough."""
    for wanted, (first, _) in pairs.items():
        return wanted, first.on
    lowered = [replace(one, response=Response.SD) if one.response in RESPONSES else one for one in counted]
    judged = [(_as_counted(one, rules, first_dose), one.on) for one in lowered]
    return min(judged, key=lambda one: ORDER.index(one[0]), default=(Response.NE, None))


def _why_none(counted: Sequence[Assessment], rules: ResponseRules) -> str:
    """Why no response can be told of a subject."""
    judged = [one for one in counted if one.response is not Response.NE]
    if judged:
        days = f"before day {rules.stable_from_day}, too early to be stable disease"
        return f"{judged[-1].response.value} was seen only {days}, and no later assessment confirmed a response"
    if not counted:
        return "no assessment since the first dose"
    told = "the only assessment could not" if len(counted) == 1 else f"none of {len(counted)} assessments could"
    why = counted[-1].why
    return f"{told} be evaluated" + (f"; the last: {why}" if why else "")


def _told(best: Response, confirmed: Response, first: Assessment | None, rules: ResponseRules) -> str:
    if first is None:
        return "no assessment since the first dose"
    told = f"{best.value}, first seen on {first.on}"
    if best not in RESPONSES:
        return f"{told}: {first.why}" if first.why else told
    within = f"an assessment {rules.confirm_after_days} days or more later"
    if best is confirmed:
        return f"{told}, confirmed by {within}"
    return f"{told}, not confirmed by {within}; confirmed best is {confirmed.value}"


# --- flare ---------------------------------------------------------------------------------------------------------


def settle_flares(
    assessments: Sequence[Assessment], rules: ResponseRules | None, course_at: Callable[[date], int | None]
) -> tuple[Assessment, ...]:
    """Progression by score alone that may be a flare of an early course is not evaluable until it is confirmed.

    The next assessment that can be evaluated decides, once it is long enough after: progression there confirms the
    first one from its own day, anything better leaves it unconfirmed.
    """
    ordered = sorted(assessments, key=lambda one: one.on)
    return tuple(
        _unconfirmed(one, rules)
        if rules and _may_be_flare(one, rules, course_at) and not _flare_refuted(one, ordered[place + 1 :], rules)
        else one
        for place, one in enumerate(ordered)
    )


def _may_be_flare(one: Assessment, rules: ResponseRules, course_at: Callable[[date], int | None]) -> bool:
    course = course_at(one.on)
    early = course is not None and course <= rules.flare_courses
    return one.flare and one.response is Response.PD and not one.events and early


def _flare_refuted(one: Assessment, later: Sequence[Assessment], rules: ResponseRules) -> bool:
    """Whether progression was still there at the re-assessment, with nothing better between."""
    for next_one in later:
        if next_one.response is Response.NE:
            continue
        if next_one.response is not Response.PD:
            return False
        if next_one.events or not next_one.flare or (next_one.on - one.on).days >= rules.confirm_after_days:
            return (next_one.on - one.on).days >= rules.confirm_after_days
    return False


def _unconfirmed(one: Assessment, rules: ResponseRules) -> Assessment:
    why = f"progression not confirmed: flare suspected, to be assessed again after {rules.confirm_after_days} days"
    return replace(one, response=Response.NE, why=f"{why} ({one.why})", unconfirmed=True)

"""Response: best responses, the rate of responders on three denominators, and each participant's course for figures.

The response at each assessment and the best one come from `core`; here they are counted, as the endpoint counts them
(confirmed or as first seen) and the other way beside it. The rate has its exact interval (Clopper and Pearson). What
was assessed after another treatment of the disease was begun counts for nothing. Read `responses`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from trialwright.core.analysis.people import DAYS_A_MONTH, Gathered, Group, Person
from trialwright.core.endpoints import is_responder, new_therapy
from trialwright.core.estimation import Proportion, exact_binomial
from trialwright.core.protocol import Endpoint, Variable
from trialwright.core.response import until_progression
from trialwright.core.terms import PartialDate, Response

POPULATIONS = ("registered", "treated", "evaluable")


@dataclass(frozen=True)
class BestCounts:
    """How often each best response in a group of treated participants, as first seen and as confirmed."""

    label: str
    n: int
    seen: Mapping[Response, int]
    confirmed: Mapping[Response, int]


@dataclass(frozen=True)
class Rate:
    """Responders among one population of one group, confirmed or as first seen, as the endpoint counts them."""

    group: str
    population: str
    primary: bool
    rate: Proportion


@dataclass(frozen=True)
class Change:
    """The best change of the instrument's score from baseline, in percent, with the confirmed best response."""

    subject: str
    group: str
    percent: float
    best: Response


@dataclass(frozen=True)
class Lane:
    """One participant over time, in months from the first dose."""

    subject: str
    group: str
    courses: tuple[tuple[float, float, float, str], ...]
    """start, end, dose as a number, dose in words"""
    assessments: tuple[tuple[float, Response], ...]
    died: float | None
    ended: float | None
    end: float
    on_treatment: bool
    doses: str
    best: Response


@dataclass(frozen=True)
class ResponseAnalysis:
    """Everything about response; `without_ratio` counts the treated who have no change to draw.

    `rates` are of the responses that the endpoint counts, `other_rates` of the other kind (as first seen, confirmed).
    """

    endpoint: Endpoint
    best: tuple[BestCounts, ...]
    rates: tuple[Rate, ...]
    changes: tuple[Change, ...]
    without_ratio: int
    other_rates: tuple[Rate, ...] = ()
    first: bool = True
    """whether it is the first endpoint of response, which best responses and figures are told by"""

    @property
    def suffix(self) -> str:
        """What names of its tables and sections end in; those of the first have no end of their own."""
        return "" if self.first else f"-{self.endpoint.id.replace('_', '-')}"

    def rate(self, population: str) -> Proportion:
        """The rate of everyone together, of one population."""
        return self.row(population).rate

    def row(self, population: str) -> Rate:
        """The row of everyone together, of one population."""
        return next(one for one in reversed(self.rates) if one.population == population)


def responses(gathered: Gathered) -> tuple[ResponseAnalysis, ...]:
    """Every endpoint of response, in the protocol's order.

    Where only a duration asks for it, by what that counts as a response; none where nothing does.
    """
    asked = gathered.endpoints(Variable.RESPONSE) or gathered.endpoints(Variable.DURATION_OF_RESPONSE)[:1]
    if not asked:
        return ()
    best, changes = tuple(_best(group) for group in gathered.groups_and_all), _changes(gathered)
    return tuple(_analysed(gathered, endpoint, asked[0], best, changes) for endpoint in asked)


def _analysed(
    gathered: Gathered,
    endpoint: Endpoint,
    first: Endpoint,
    best: tuple[BestCounts, ...],
    changes: tuple[Change, ...],
) -> ResponseAnalysis:
    return ResponseAnalysis(
        endpoint=endpoint,
        best=best,
        rates=_rates(gathered, endpoint),
        changes=changes,
        without_ratio=len(gathered.treated) - len(changes),
        other_rates=_rates(gathered, replace(endpoint, confirmed=not endpoint.confirmed)),
        first=endpoint is first,
    )


def _rates(gathered: Gathered, endpoint: Endpoint) -> tuple[Rate, ...]:
    """On every denominator; a population that is none of the three has rows of its own."""
    shown = dict.fromkeys((*POPULATIONS, endpoint.population))
    return tuple(_rate(group, population, endpoint) for group in gathered.groups_and_all for population in shown)


def _best(group: Group) -> BestCounts:
    treated = group.where(treated=True)
    return BestCounts(
        label=group.label,
        n=len(treated),
        seen=Counter(one.best.response if one.best else Response.NE for one in treated),
        confirmed=Counter(one.best.confirmed_response if one.best else Response.NE for one in treated),
    )


def _rate(group: Group, population: str, endpoint: Endpoint) -> Rate:
    asked = group.of(population, endpoint.sites)
    responders = sum(is_responder(one.best, endpoint) for one in asked)
    return Rate(group.label, population, population == endpoint.population, exact_binomial(responders, len(asked)))


def _changes(gathered: Gathered) -> tuple[Change, ...]:
    """Best changes, the smallest decrease first, as a waterfall is read from left to right."""
    found = [
        change
        for group in gathered.groups
        for one in group.where(treated=True)
        if (change := _change(one, group.label)) is not None
    ]
    return tuple(sorted(found, key=lambda one: (-one.percent, one.subject)))


def other_treatment(one: Person) -> PartialDate | None:
    """When another treatment of the disease was begun."""
    return new_therapy(one.case, one.first_dose, one.judged_by.cut) if one.first_dose else None


def _change(one: Person, group: str) -> Change | None:
    if one.first_dose is None or one.best is None:
        return None
    new = one.ask(other_treatment)
    counted = [each for each in one.assessments if new is None or each.on <= new.earliest]
    ratios = [each.ratio for each in until_progression(counted, one.first_dose) if each.ratio is not None]
    if not ratios:
        return None
    return Change(one.subject, group, float((min(ratios) - 1) * 100), one.best.confirmed_response)


# ---- over time ----------------------------------------------------------------------------------------------------


def lanes(gathered: Gathered) -> tuple[Lane, ...]:
    """The treated, the longest observed first."""
    found = [_lane(one, group.label, gathered.cut) for group in gathered.groups for one in group.where(treated=True)]
    return tuple(sorted(found, key=lambda one: (-one.end, one.subject)))


def time_unit(lanes: Sequence[Lane]) -> tuple[str, float]:
    """Days where everyone is seen for less than two months, else months; and how many of them a month has."""
    return ("days", DAYS_A_MONTH) if max((one.end for one in lanes), default=0.0) < 2 else ("months", 1.0)


def _lane(one: Person, group: str, cut: date) -> Lane:
    start = one.first_dose or cut
    ended = one.off_treatment[0] if one.off_treatment else None
    until = one.off_study[0] if one.off_study else cut
    died = one.died[0] if one.died else None
    return Lane(
        subject=one.subject,
        group=group,
        courses=_bars(one, start, ended or until),
        assessments=tuple((_months(start, each.on), each.response) for each in one.assessments),
        died=_months(start, died) if died else None,
        ended=_months(start, ended) if ended else None,
        end=max(_months(start, died or until), 0.0),
        on_treatment=one.on_treatment,
        doses=dose_words([str(course.dose) for course in one.courses]),
        best=one.best.confirmed_response if one.best else Response.NE,
    )


def _bars(one: Person, start: date, until: date) -> tuple[tuple[float, float, float, str], ...]:
    """Each course from its day 1 to its last dose, or to the next course where that is not recorded."""
    bars = []
    for place, course in enumerate(one.courses):
        later = [each.day_1 for each in one.courses[place + 1 :] if each.drug == course.drug]
        end = max(min(course.last_dose or min([*later, until]), until), course.day_1)
        bars.append((_months(start, course.day_1), _months(start, end, 1), float(course.dose.value), str(course.dose)))
    return tuple(bars)


def dose_words(doses: Sequence[str]) -> str:
    """Doses in a row, equal neighbours once with their number.

    >>> dose_words(["10 mg", "15 mg", "15 mg"])
    '10 mg, 15 mg ×2'
    """
    runs: list[tuple[str, int]] = []
    for dose in doses:
        if runs and runs[-1][0] == dose:
            runs[-1] = (dose, runs[-1][1] + 1)
        else:
            runs.append((dose, 1))
    return ", ".join(dose if count == 1 else f"{dose} ×{count}" for dose, count in runs) or "no course recorded"


def _months(start: date, end: date, plus: int = 0) -> float:
    return ((end - start).days + plus) / DAYS_A_MONTH

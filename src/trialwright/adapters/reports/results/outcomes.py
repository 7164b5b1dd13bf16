"""Outcome measures for the registry: one for each endpoint of the protocol, or for each thing that it measures.

An endpoint whose time frame is not over is there without data, and says how many participants it waits for. The numbers
are those of the report. Read `outcomes_of`, then `MEASURED`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from trialwright.adapters.exchange.ctgov.results.choices import (
    Dispersion,
    MeasureParam,
    NonInferiority,
    OutcomeType,
    ReportingStatus,
    Sides,
)
from trialwright.adapters.exchange.ctgov.results.measures import Group, MeasureClass
from trialwright.adapters.exchange.ctgov.results.outcomes import Analysis, OutcomeMeasure
from trialwright.adapters.exchange.ctgov.results.values import Posted, PValue, Words
from trialwright.adapters.reports.analysis.response import response
from trialwright.adapters.reports.analysis.safety import WorstGrades, safety
from trialwright.adapters.reports.analysis.survival import times_to_event
from trialwright.adapters.reports.results.frames import longest
from trialwright.adapters.reports.results.numbers import (
    PARTICIPANTS,
    Arm,
    cell,
    columns,
    counts_row,
    denom,
    only_class,
    participants,
    posted,
    row,
)
from trialwright.adapters.reports.results.said import Said
from trialwright.adapters.reports.results.values import values_of
from trialwright.adapters.reports.text import listed, sentence
from trialwright.core.analysis import Gathered
from trialwright.core.endpoints import Readiness
from trialwright.core.estimation import Estimate, difference_of_proportions, estimable
from trialwright.core.protocol import Endpoint, Variable
from trialwright.core.terms import Finding, Response, Severity

TYPES: Mapping[str, OutcomeType] = {
    "primary": OutcomeType.PRIMARY,
    "secondary": OutcomeType.SECONDARY,
    "other": OutcomeType.OTHER_PRE_SPECIFIED,
    "added": OutcomeType.POST_HOC,
}
POPULATIONS: Mapping[str, str] = {
    "registered": "All registered participants.",
    "allocated": "All participants allocated to an arm.",
    "treated": "All participants who received at least one dose.",
    "evaluable": "All participants who received at least one dose and whose response could be evaluated afterwards.",
}
MONTHS = "months"


@dataclass(frozen=True)
class Asked:
    """What is to be told: the endpoint, of everyone gathered, in these groups."""

    endpoint: Endpoint
    gathered: Gathered
    arms: Sequence[Arm]
    said: Said


def outcomes_of(
    gathered: Gathered, arms: Sequence[Arm], said: Said
) -> tuple[tuple[OutcomeMeasure, ...], tuple[Finding, ...]]:
    """The outcome measures in the order of the protocol, and the endpoints that could not be told."""
    ready = {one.endpoint: one for one in gathered.readiness}
    made: list[OutcomeMeasure] = []
    findings: list[Finding] = []
    for endpoint in (*gathered.protocol.endpoints, *gathered.extra_endpoints):
        asked = Asked(endpoint, gathered, arms, said)
        waiting = ready.get(endpoint.id)
        if waiting is not None and not waiting.ready:
            made.append(_not_yet(asked, _waits_for(waiting)))
            findings += [] if endpoint.id in said.expected else [_no_date(endpoint, waiting)]
            continue
        told = list(MEASURED.get(endpoint.variable, _nothing)(asked))
        made += told or [_not_yet(asked, "The analysis of this endpoint is not made by this program.")]
        findings += [] if told else [_not_told(endpoint)]
    return tuple(made), tuple(findings)


def _written_out(text: str, description: str, said: Said) -> str:
    """The description, and after it what the abbreviations in the text stand for."""
    told = [
        f"{short}: {words}"
        for short, words in said.abbreviations.items()
        if re.search(rf"\b{re.escape(short)}\b", text)
    ]
    return f"{description} {'; '.join(told)}." if told else description


def _nothing(asked: Asked) -> Iterator[OutcomeMeasure]:
    yield from ()


def _headed(asked: Asked, title: str, description: str, frame: str = "") -> OutcomeMeasure:
    """What every outcome measure says of itself."""
    endpoint = asked.endpoint
    told = endpoint.time_frame.rstrip(".") or "From the first dose to the end of the study"
    return OutcomeMeasure(
        type=TYPES.get(endpoint.level, OutcomeType.OTHER_PRE_SPECIFIED),
        title=title,
        description=_written_out(f"{title} {description}", description, asked.said),
        reporting_status=ReportingStatus.POSTED,
        time_frame=f"{told}{frame or longest(asked.gathered)}",
    )


# ---- not yet -------------------------------------------------------------------------------------------------------


def _not_yet(asked: Asked, why: str) -> OutcomeMeasure:
    made = _headed(asked, asked.endpoint.label, sentence(asked.endpoint.variable.value) + ".")
    expected = asked.said.expected.get(asked.endpoint.id)
    return replace(
        made,
        reporting_status=ReportingStatus.NOT_POSTED,
        population_description=why,
        anticipated_posting_date=expected,
    )


def _waits_for(one: Readiness) -> str:
    """Whom the endpoint waits for, as of the cut-off."""
    told = []
    if one.waiting:
        told.append(f"{participants(len(one.waiting))} of {one.of} had not reached it")
    if one.to_accrue:
        told.append(f"{participants(one.to_accrue)} still to be registered")
    return f"The time frame is not over ({one.rule}): at the data cut-off {listed(told)}."


def _no_date(endpoint: Endpoint, one: Readiness) -> Finding:
    return Finding(
        about=endpoint.id,
        says=f"{endpoint.label} cannot be reported yet. {_waits_for(one)}",
        matters="The registry asks in which month the data are expected, and the study does not say.",
        do="Give the month under expected in registry.yaml.",
        clause=endpoint.id,
        severity=Severity.NOTE,
        where="resultsSection.outcomeMeasuresModule.outcomeMeasures[].anticipatedPostingDate",
    )


def _not_told(endpoint: Endpoint) -> Finding:
    return Finding(
        about=endpoint.id,
        says=f"{endpoint.label} has no analysis here ({endpoint.variable.value}).",
        matters="The registry asks for every primary and secondary outcome.",
        do="Analyse it by another program, and enter it in the registry's form.",
        clause=endpoint.id,
        severity=Severity.WARNING,
    )


# ---- response ------------------------------------------------------------------------------------------------------


def _response(asked: Asked) -> Iterator[OutcomeMeasure]:
    """The percentage of responders of the endpoint's population, with its exact interval."""
    found = response(asked.gathered)
    if found is None or found.endpoint.id != asked.endpoint.id:
        return
    population = asked.endpoint.population
    rates = [
        next(one.rate for one in found.rates if (one.group, one.population) == (arm.label, population))
        for arm in asked.arms
    ]
    groups = columns("OG", asked.arms)
    words = listed([Response[name].value for name in asked.endpoint.responders])
    standard = asked.gathered.protocol.standards.response
    kind = "confirmed response" if asked.endpoint.confirmed else "response"
    description = (
        f"Percentage of participants whose best {kind} was {words.replace(' and ', ' or ')}"
        f"{f', by {_in_words(standard)}' if standard else ''}. Interval: exact (Clopper-Pearson)."
    )
    cells = [cell(one.estimate, one.lower, one.upper, times=100) for one in rates]
    yield replace(
        _headed(asked, asked.endpoint.label, description),
        population_description=POPULATIONS.get(population, ""),
        param_type=MeasureParam.NUMBER,
        dispersion_type=Words(Dispersion.CONFIDENCE_95.value, Dispersion.CONFIDENCE_95),
        unit_of_measure="percentage of participants",
        groups=groups,
        denoms=denom(groups, [one.n for one in rates]),
        classes=only_class([row(groups, cells)]) if any(one.n for one in rates) else (),
        analyses=tuple(_rate_difference(groups, [(one.successes, one.n) for one in rates])),
    )


def _in_words(standard: str) -> str:
    """The name of an instrument without its family."""
    return standard.rpartition("/")[2].replace("-", " ")


def _rate_difference(groups: Sequence[Group], rates: Sequence[tuple[int, int]]) -> Iterator[Analysis]:
    """Between two groups, the difference of the rates."""
    if len(rates) != 2:
        return
    difference, limits = difference_of_proportions(rates[0], rates[1])
    if estimable(difference) and estimable(limits.lower) and estimable(limits.upper):
        yield Analysis(
            group_ids=tuple(group.id for group in groups),
            non_inferiority_type=NonInferiority.OTHER,
            non_inferiority_comment="Estimate of the difference; no hypothesis was tested.",
            param_type="Risk Difference (RD)",
            param_value=posted(100 * difference),
            ci_pct_value=Posted("95"),
            ci_num_sides=Sides.TWO_SIDED,
            ci_lower_limit=posted(100 * limits.lower),
            ci_upper_limit=posted(100 * limits.upper),
            estimate_comment="Percentage points, first group minus second; interval by Newcombe's method 10.",
        )


# ---- times ---------------------------------------------------------------------------------------------------------


def _times(asked: Asked) -> Iterator[OutcomeMeasure]:
    """The Kaplan-Meier median with its interval."""
    found = next((one for one in times_to_event(asked.gathered) if one.endpoint.id == asked.endpoint.id), None)
    if found is None:
        return
    curves = [next(one for one in found.curves if one.label == arm.label) for arm in asked.arms]
    groups = columns("OG", asked.arms)
    duration = asked.endpoint.variable is Variable.DURATION_OF_RESPONSE
    cells = [cell(one.median.estimate, one.median.lower, one.median.upper) for one in curves]
    yield replace(
        _headed(asked, asked.endpoint.label, _time_words(asked.endpoint, duration)),
        population_description="All responders." if duration else POPULATIONS.get(asked.endpoint.population, ""),
        param_type=MeasureParam.MEDIAN,
        dispersion_type=Words(Dispersion.CONFIDENCE_95.value, Dispersion.CONFIDENCE_95),
        unit_of_measure=MONTHS,
        groups=groups,
        denoms=denom(groups, [one.curve.n for one in curves]),
        classes=only_class([row(groups, cells)]) if any(one.curve.n for one in curves) else (),
        analyses=tuple(_log_rank(groups, found.test.p)) if found.test else (),
    )


def _time_words(endpoint: Endpoint, duration: bool) -> str:
    """From when to which event, and how the median was found."""
    events = " or ".join(
        {"progression": "progression", "death": "death from any cause"}.get(one, one) for one in endpoint.events
    )
    start = (
        "the first documented response"
        if duration
        else endpoint.since.replace("_", " ").replace("first dose", "the first dose")
    )
    return (
        f"Time from {start} to {events or 'progression or death from any cause'}; participants without it are "
        "censored. Median by the Kaplan-Meier method."
    )


def _log_rank(groups: Sequence[Group], p: Estimate) -> Iterator[Analysis]:
    if estimable(p):
        yield Analysis(
            group_ids=tuple(group.id for group in groups),
            non_inferiority_type=NonInferiority.SUPERIORITY,
            statistical_method="Log Rank",
            p_value=p_value(p),
        )


def p_value(p: float) -> PValue:
    """A p value as posted: four decimals, and a limit below them.

    >>> p_value(0.03125).text, p_value(0.00001).text
    ('0.0313', '<0.0001')
    """
    return PValue("<0.0001" if p < 0.0001 else f"{p:.4f}")


# ---- worst grades --------------------------------------------------------------------------------------------------


def _grades(asked: Asked) -> Iterator[OutcomeMeasure]:
    """Participants by their worst grade: of any adverse event, then of each term."""
    found = safety(asked.gathered)
    terms = dict.fromkeys(one.term for one in found.rows)
    told = [[_of(found.any_term, arm) for arm in asked.arms]]
    told += [[_of((one for one in found.rows if one.term == term), arm) for arm in asked.arms] for term in terms]
    groups = columns("OG", asked.arms)
    standard = found.standard.replace("/", " ").upper()
    description = f"Participants by worst grade under treatment, laboratory values among the terms, by {standard}."
    yield replace(
        _headed(asked, asked.endpoint.label, description),
        population_description=POPULATIONS.get(asked.endpoint.population, ""),
        param_type=MeasureParam.COUNT_OF_PARTICIPANTS,
        unit_of_measure=PARTICIPANTS,
        groups=groups,
        denoms=denom(groups, [one.n for one in told[0]]),
        classes=tuple(_by_grade(groups, ones) for ones in told) if any(one.n for one in told[0]) else (),
    )


def _of(rows: Iterable[WorstGrades], arm: Arm) -> WorstGrades:
    return next(one for one in rows if one.group == arm.label)


def _by_grade(groups: Sequence[Group], told: Sequence[WorstGrades]) -> MeasureClass:
    """One term: who did not have it, who had it at which grade, and whose grade is not known."""
    rows = [("Not reported", [one.n - one.any_grade for one in told])]
    rows += [(f"Grade {grade}", [one.grades.get(grade, 0) for one in told]) for grade in range(1, 6)]
    rows += [("Grade not known", [one.unknown for one in told])] if any(one.unknown for one in told) else []
    return MeasureClass(sentence(told[0].term), categories=tuple(counts_row(groups, n, title) for title, n in rows))


# ---- values --------------------------------------------------------------------------------------------------------


def _values(asked: Asked) -> Iterator[OutcomeMeasure]:
    for one in values_of(asked.gathered, asked.endpoint, asked.arms):
        head = _headed(asked, one.title, one.description, f"; {one.frame}")
        yield replace(
            head,
            population_description=one.population,
            param_type=MeasureParam.MEAN,
            dispersion_type=Words(Dispersion.STANDARD_DEVIATION.value, Dispersion.STANDARD_DEVIATION),
            unit_of_measure=one.unit,
            groups=one.groups,
            denoms=denom(one.groups, one.analysed),
            classes=one.classes if any(one.analysed) else (),
            analyses=one.analyses,
        )


Maker = Callable[[Asked], Iterator[OutcomeMeasure]]
MEASURED: Mapping[Variable, Maker] = {
    Variable.RESPONSE: _response,
    Variable.DURATION_OF_RESPONSE: _times,
    Variable.TIME_TO_EVENT: _times,
    Variable.WORST_GRADE: _grades,
    Variable.CHANGE: _values,
    Variable.VALUE: _values,
}
"""What makes the outcome measures of an endpoint, by what it measures."""

"""Outcome measures for the registry: one for each endpoint of the protocol, or for each thing that it measures.

An endpoint whose time frame is not over is there without data, and says how many participants it waits for. The numbers
are those of the report. Read `outcomes_of`, then `MEASURED`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from trialwright.adapters.exchange.ctgov.results.choices import (
    Dispersion,
    MeasureParam,
    ReportingStatus,
)
from trialwright.adapters.exchange.ctgov.results.outcomes import OutcomeMeasure
from trialwright.adapters.exchange.ctgov.results.values import Words
from trialwright.adapters.reports.results.asking import Analyses, Asked, headed
from trialwright.adapters.reports.results.grades import grades_of
from trialwright.adapters.reports.results.numbers import (
    Arm,
    denom,
    participants,
)
from trialwright.adapters.reports.results.proportions import proportions_of
from trialwright.adapters.reports.results.responses import responses_of
from trialwright.adapters.reports.results.said import Said
from trialwright.adapters.reports.results.times import times_of
from trialwright.adapters.reports.results.values import values_of
from trialwright.adapters.reports.text import listed, sentence
from trialwright.core.analysis import Gathered
from trialwright.core.endpoints import Readiness
from trialwright.core.protocol import Endpoint, Variable
from trialwright.core.terms import Finding, Severity


def outcomes_of(
    gathered: Gathered, arms: Sequence[Arm], said: Said
) -> tuple[tuple[OutcomeMeasure, ...], tuple[Finding, ...]]:
    """The outcome measures in the order of the protocol, and the endpoints that could not be told."""
    ready = {one.endpoint: one for one in gathered.readiness}
    analyses = Analyses(gathered)
    made: list[OutcomeMeasure] = []
    findings: list[Finding] = []
    for endpoint in (*gathered.protocol.endpoints, *gathered.extra_endpoints):
        asked = Asked(endpoint, gathered, arms, said, analyses)
        waiting = ready.get(endpoint.id)
        if waiting is not None and not waiting.ready:
            made.append(_not_yet(asked, _waits_for(waiting)))
            findings += [] if endpoint.id in said.expected else [_no_date(endpoint, waiting)]
            continue
        told = list(MEASURED.get(endpoint.variable, _nothing)(asked))
        made += told or [_not_yet(asked, "The analysis of this endpoint is not made by this program.")]
        findings += [] if told else [_not_told(endpoint)]
    return tuple(made), tuple(findings)


def _nothing(asked: Asked) -> Iterator[OutcomeMeasure]:
    yield from ()


# ---- not yet -------------------------------------------------------------------------------------------------------


def _not_yet(asked: Asked, why: str) -> OutcomeMeasure:
    made = headed(asked, asked.endpoint.label, sentence(asked.endpoint.variable.value) + ".")
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


# ---- values --------------------------------------------------------------------------------------------------------


def _values(asked: Asked) -> Iterator[OutcomeMeasure]:
    for one in values_of(asked.gathered, asked.made.measured, asked.endpoint, asked.arms):
        head = headed(asked, one.title, one.description, f"; {one.frame}")
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
    Variable.RESPONSE: responses_of,
    Variable.DURATION_OF_RESPONSE: times_of,
    Variable.TIME_TO_EVENT: times_of,
    Variable.WORST_GRADE: grades_of,
    Variable.CHANGE: _values,
    Variable.VALUE: _values,
    Variable.PROPORTION: proportions_of,
}
"""What makes the outcome measures of an endpoint, by what it measures."""

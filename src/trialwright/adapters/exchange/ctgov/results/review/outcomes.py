"""Outcome measures: what was measured, when, in whom, and statistical analyses that can be read. Read `RULES`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from trialwright.adapters.exchange.ctgov.results.choices import NonInferiority, OutcomeType, ReportingStatus, Sides
from trialwright.adapters.exchange.ctgov.results.outcomes import Analysis, OutcomeMeasure
from trialwright.adapters.exchange.ctgov.results.review.rule import (
    ARITHMETIC,
    CRITERIA,
    DEFINITIONS,
    REGULATION,
    Fault,
    Rule,
    all_started,
    at,
    counts,
    number,
)
from trialwright.adapters.exchange.ctgov.results.review.tables import Table
from trialwright.adapters.exchange.ctgov.results.section import Results

SPECIFIC = re.compile(
    r"\d|\b(baseline|screening|hour|day|week|month|year|minute|second|one|two|three|four|six|twelve|surgery|discharge|"
    r"delivery|death|progression|visit|cycle|course|enrolment|enrollment|randomi[sz]ation)\b",
    re.IGNORECASE,
)
ONLY_A_NUMBER = re.compile(r"[\d.,\s]+")
SCALE = re.compile(r"\b(scores?|units?|points?) (on|of) (a |the )?scale", re.IGNORECASE)
DIRECTION = re.compile(
    r"higher|lower|greater|better|worse|more severe|maximum|minimum|worst|best|best possible|increas|decreas", re.I
)
TO_AN_EVENT = re.compile(r"\b(time to|survival|duration of (response|overall response))\b", re.IGNORECASE)
TIME = re.compile(
    r"\b(second|minute|min|hour|hr|hrs|day|week|month|year)s?\b|percent|%|probab|proportion|rate|participants|events?",
    re.I,
)


def outcomes(results: Results) -> Iterator[tuple[str, OutcomeMeasure]]:
    """Every outcome measure with its place."""
    for place, one in enumerate(results.outcome_measures):
        yield at("outcomeMeasuresModule", "outcomeMeasures", place), one


def posted(results: Results) -> Iterator[tuple[str, OutcomeMeasure]]:
    """Those with data."""
    return ((where, one) for where, one in outcomes(results) if one.reporting_status is not ReportingStatus.NOT_POSTED)


def tables(results: Results) -> Iterator[Table]:
    """Every outcome with data as a table of numbers."""
    for where, one in posted(results):
        yield Table(
            where=where,
            title=one.title,
            unit=one.unit_of_measure,
            param=one.param_type,
            dispersion=one.dispersion_type.text if one.dispersion_type else "",
            groups=[each.id for each in one.groups],
            analysed=counts(one.denoms),
            classes=one.classes,
            units=one.denom_units_selected or one.type_units_analyzed,
        )


def analyses(results: Results) -> Iterator[tuple[str, OutcomeMeasure, Analysis]]:
    """Every statistical analysis with its place and outcome."""
    for where, one in outcomes(results):
        for place, each in enumerate(one.analyses):
            yield at(where, "analyses", place), one, each


# ---- what was measured ---------------------------------------------------------------------------------------------


def _primary(results: Results) -> Iterator[Fault]:
    if not any(one.type is OutcomeType.PRIMARY for one in results.outcome_measures):
        yield "outcomeMeasuresModule", "There is no primary outcome."


def _titled(results: Results) -> Iterator[Fault]:
    for where, one in outcomes(results):
        if not one.title:
            yield where, "The outcome has no title."


def _described(results: Results) -> Iterator[Fault]:
    for where, one in posted(results):
        if not one.description:
            yield where, f"{one.title}: nothing says how it was measured."


def _time_frame(results: Results) -> Iterator[Fault]:
    for where, one in outcomes(results):
        if not one.time_frame:
            yield at(where, "timeFrame"), f"{one.title}: there is no time frame."
        elif not SPECIFIC.search(one.time_frame) or ONLY_A_NUMBER.fullmatch(one.time_frame.strip()):
            yield at(where, "timeFrame"), f"{one.title}: {one.time_frame!r} names no point in time."


def _twice(results: Results) -> Iterator[Fault]:
    told = Counter((one.type, one.title.casefold(), one.time_frame.casefold()) for one in results.outcome_measures)
    for (_, title, frame), count in told.items():
        if count > 1:
            yield "outcomeMeasuresModule", f"{title!r} at {frame!r} is there {count} times."


def _scale(results: Results) -> Iterator[Fault]:
    for where, one in posted(results):
        if SCALE.search(one.unit_of_measure):
            text = f"{one.title} {one.description} {one.unit_of_measure}"
            if len(re.findall(r"\d+", text)) < 2:
                yield where, f"{one.title}: the lowest and highest score of the scale are not told."
            elif not DIRECTION.search(text):
                yield where, f"{one.title}: nothing says whether a higher score is better or worse."


def _time_unit(results: Results) -> Iterator[Fault]:
    for where, one in posted(results):
        if TO_AN_EVENT.search(one.title) and one.unit_of_measure and not TIME.search(one.unit_of_measure):
            yield where, f"{one.title}: a time is told in {one.unit_of_measure!r}."


# ---- in whom -------------------------------------------------------------------------------------------------------


def _analysed(results: Results) -> Iterator[Fault]:
    begun = all_started(results)
    for where, one in posted(results):
        told = counts(one.denoms)
        most = max(told.values(), default=Decimal(0))
        if begun and most > begun:
            yield at(where, "denoms"), f"{one.title}: {most} analysed in one group, and {begun} started the study."
        elif begun and told and sum(told.values()) < begun and not one.population_description:
            yield (
                at(where, "populationDescription"),
                (f"{one.title}: {sum(told.values())} analysed of {begun} who started, and nothing says why."),
            )


def _nobody(results: Results) -> Iterator[Fault]:
    for where, one in posted(results):
        told = counts(one.denoms)
        if told and not sum(told.values()):
            if one.classes:
                yield where, f"{one.title}: nobody was analysed, and there are data."
            if not one.population_description:
                yield where, f"{one.title}: nobody was analysed, and nothing says why."


def _numbers_told(results: Results) -> Iterator[Fault]:
    for where, one in posted(results):
        missing = {each.id for each in one.groups} - set(counts(one.denoms))
        if missing:
            yield at(where, "denoms"), f"{one.title}: no number analysed for {', '.join(sorted(missing))}."


def _groups_described(results: Results) -> Iterator[Fault]:
    for where, one in posted(results):
        for place, each in enumerate(one.groups):
            if not each.description:
                yield at(where, "groups", place), f"{one.title}: the group {each.title!r} has no description."


def _when(results: Results) -> Iterator[Fault]:
    for where, one in outcomes(results):
        asked = one.type in (OutcomeType.PRIMARY, OutcomeType.SECONDARY)
        without = one.reporting_status is ReportingStatus.NOT_POSTED and one.anticipated_posting_date is None
        if asked and without:
            yield where, f"{one.title}: no data, and nothing says in which month they are expected."


# ---- statistical analyses ------------------------------------------------------------------------------------------


def _method(results: Results) -> Iterator[Fault]:
    for where, outcome, one in analyses(results):
        if one.p_value and not one.statistical_method:
            yield where, f"{outcome.title}: p = {one.p_value} without the test it comes from."


def _p(results: Results) -> Iterator[Fault]:
    for where, outcome, one in analyses(results):
        value = number(one.p_value)
        if one.p_value is not None and (value is None or not 0 <= value <= 1):
            yield where, f"{outcome.title}: {one.p_value.text!r} is no p value."
        elif one.p_value is not None and value == 0 and not one.p_value.sign:
            yield where, f"{outcome.title}: a p value is never exactly {one.p_value.text}."


def _interval(results: Results) -> Iterator[Fault]:
    for where, outcome, one in analyses(results):
        limits = one.ci_lower_limit or one.ci_upper_limit
        if limits and one.ci_pct_value is None:
            yield where, f"{outcome.title}: a confidence interval without its level."
        if limits and one.ci_num_sides is None:
            yield where, f"{outcome.title}: nothing says whether the interval has one side or two."


def _limits(results: Results) -> Iterator[Fault]:
    for where, outcome, one in analyses(results):
        both = one.ci_lower_limit is not None and one.ci_upper_limit is not None
        told = both or one.ci_lower_limit or one.ci_upper_limit
        comment = one.ci_lower_limit_comment or one.ci_upper_limit_comment
        if one.ci_num_sides is Sides.TWO_SIDED and told and not both and not comment:
            yield where, f"{outcome.title}: a two-sided interval with one limit."


def _in_order(results: Results) -> Iterator[Fault]:
    for where, outcome, one in analyses(results):
        told = [
            each for each in map(number, (one.ci_lower_limit, one.param_value, one.ci_upper_limit)) if each is not None
        ]
        if told != sorted(told):
            yield where, f"{outcome.title}: {', '.join(map(str, told))} are not in order (limit, estimate, limit)."


def _estimate(results: Results) -> Iterator[Fault]:
    for where, outcome, one in analyses(results):
        if one.param_value is not None and not one.param_type:
            yield where, f"{outcome.title}: {one.param_value} without the name of what it estimates."
        if not (
            one.p_value or one.param_value or one.ci_lower_limit or one.ci_upper_limit or one.other_analysis_description
        ):
            yield where, f"{outcome.title}: the analysis has neither a p value nor an estimate."


def _compared(results: Results) -> Iterator[Fault]:
    for where, outcome, one in analyses(results):
        strange = set(one.group_ids) - {each.id for each in outcome.groups}
        if strange or not one.group_ids:
            yield where, f"{outcome.title}: compares {', '.join(sorted(strange)) or 'no groups'}."


def _margin(results: Results) -> Iterator[Fault]:
    asked = (NonInferiority.NON_INFERIORITY, NonInferiority.EQUIVALENCE, NonInferiority.NON_INFERIORITY_OR_EQUIVALENCE)
    for where, outcome, one in analyses(results):
        if one.non_inferiority_type in asked and not (one.non_inferiority_comment or one.group_description):
            yield where, f"{outcome.title}: {one.non_inferiority_type.value.lower()} without its margin."


def _ratio(results: Results) -> Iterator[Fault]:
    for where, outcome, one in analyses(results):
        if re.search(r"hazard ratio|odds ratio|risk ratio", one.param_type, re.IGNORECASE):
            low = [each for each in map(number, (one.param_value, one.ci_lower_limit)) if each is not None and each < 0]
            if low:
                yield where, f"{outcome.title}: a {one.param_type} of {low[0]} is below zero."


RULES = (
    Rule("outcome-primary", "There is a primary outcome.", REGULATION, "Enter it.", _primary),
    Rule("outcome-titled", "Every outcome has a title.", DEFINITIONS, "Enter it.", _titled),
    Rule("outcome-described", "Every outcome says how it was measured.", CRITERIA, "Describe it.", _described),
    Rule(
        "outcome-time-frame",
        "Every outcome has a specific time frame.",
        CRITERIA,
        "Say at which points in time, or over which period.",
        _time_frame,
    ),
    Rule("outcome-twice", "No outcome is there twice.", CRITERIA, "Take one out, or tell them apart.", _twice),
    Rule(
        "outcome-scale",
        "A score says the range of its scale and which end is better.",
        CRITERIA,
        "Add both to the description.",
        _scale,
        major=False,
    ),
    Rule(
        "outcome-time-unit",
        "A time to an event is told in a unit of time, or as a share of participants.",
        CRITERIA,
        "Correct the unit.",
        _time_unit,
    ),
    Rule(
        "outcome-analysed",
        "No more are analysed than started; where fewer are, the population is described.",
        CRITERIA,
        "Describe the population.",
        _analysed,
    ),
    Rule(
        "outcome-nobody",
        "Where nobody was analysed there are no data, and the reason is told.",
        CRITERIA,
        "Say why.",
        _nobody,
    ),
    Rule(
        "outcome-numbers", "Every group says how many were analysed.", DEFINITIONS, "Enter the number.", _numbers_told
    ),
    Rule(
        "outcome-groups", "Every group says what was done with it.", CRITERIA, "Describe the group.", _groups_described
    ),
    Rule(
        "outcome-when",
        "An outcome without data says when they are expected.",
        DEFINITIONS,
        "Enter the anticipated posting date.",
        _when,
        major=False,
    ),
    Rule("analysis-method", "A p value names its test.", DEFINITIONS, "Enter the method.", _method),
    Rule(
        "analysis-p",
        "A p value lies between 0 and 1 and is never 0.",
        CRITERIA,
        "Write it as a limit, such as <0.001.",
        _p,
    ),
    Rule(
        "analysis-interval",
        "A confidence interval says its level and its sides.",
        DEFINITIONS,
        "Enter them.",
        _interval,
        major=False,
    ),
    Rule(
        "analysis-limits",
        "A two-sided interval has two limits, or says why not.",
        DEFINITIONS,
        "Enter the other.",
        _limits,
    ),
    Rule(
        "analysis-order",
        "The estimate lies within its interval.",
        ARITHMETIC,
        "Look at the three numbers.",
        _in_order,
        from_memory=False,
    ),
    Rule(
        "analysis-estimate",
        "An estimate says what it estimates; an analysis has a p value or an estimate.",
        DEFINITIONS,
        "Enter it.",
        _estimate,
    ),
    Rule(
        "analysis-groups", "An analysis compares groups of its outcome.", DEFINITIONS, "Choose the groups.", _compared
    ),
    Rule(
        "analysis-margin", "Non-inferiority and equivalence have a margin.", DEFINITIONS, "Enter the margin.", _margin
    ),
    Rule(
        "analysis-ratio",
        "A ratio of hazards, odds or risks is not below zero.",
        ARITHMETIC,
        "Correct it.",
        _ratio,
        from_memory=False,
    ),
)

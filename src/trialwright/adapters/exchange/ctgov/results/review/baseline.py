"""Baseline characteristics: of everyone who started, with the measures that are asked for, adding up. Read `RULES`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from trialwright.adapters.exchange.ctgov.results.baseline import BaselineMeasure
from trialwright.adapters.exchange.ctgov.results.choices import MeasureParam, StandardMeasure
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

AGE = ("age", "birth", "gestation")
SEX = ("sex", "gender", "male")
OLDEST = 120
YEARS = ("years", "year", "years old", "years of age")


def measures(results: Results) -> Iterator[tuple[str, BaselineMeasure]]:
    """Every measure with its place."""
    for place, one in enumerate(results.baseline.measures):
        yield at("baselineCharacteristicsModule", "measures", place), one


def tables(results: Results) -> Iterator[Table]:
    """Every measure as a table of numbers."""
    overall = counts(results.baseline.denoms)
    groups = [one.id for one in results.baseline.groups]
    for where, one in measures(results):
        yield Table(
            where=where,
            title=str(one.title or ""),
            unit=one.unit_of_measure,
            param=one.param_type,
            dispersion=one.dispersion_type.value if one.dispersion_type else "",
            groups=groups,
            analysed={**overall, **counts(one.denoms)},
            classes=one.classes,
            units=one.denom_units_selected,
        )


def _equals_flow(results: Results) -> Iterator[Fault]:
    described, begun = sum(_own(results).values(), Decimal(0)), all_started(results)
    if begun and described != begun and not results.baseline.population_description:
        yield "baselineCharacteristicsModule.denoms", f"{described} are described, and {begun} started the study."


def _own(results: Results) -> Mapping[str, Decimal]:
    """The numbers of the groups, without that of all of them together."""
    total = {one.id for one in results.baseline.groups if one.title.casefold() in ("total", "all participants")}
    told = counts(results.baseline.denoms)
    return {group: value for group, value in told.items() if group not in total or len(told) == 1}


def _has(results: Results, words: tuple[str, ...]) -> bool:
    return any(word in str(one.title or "").casefold() for _, one in measures(results) for word in words)


def _asked(results: Results) -> Iterator[Fault]:
    for what, words in (("age", AGE), ("sex", SEX)):
        if not _has(results, words):
            yield "baselineCharacteristicsModule.measures", f"No measure tells the {what} of the participants."


def _race(results: Results) -> Iterator[Fault]:
    if not _has(results, ("race", "ethnic", "ancestry", "nationality")):
        yield (
            "baselineCharacteristicsModule.measures",
            "No measure tells race or ethnicity, or that they were not asked.",
        )


def _region(results: Results) -> Iterator[Fault]:
    if not _has(results, ("region of enrollment", "country", "countries")):
        yield (
            "baselineCharacteristicsModule.measures",
            "No measure tells in which countries participants were enrolled.",
        )


def _total(results: Results) -> Iterator[Fault]:
    """The column of all together holds the sum of the others, in tables of counts."""
    titles = {one.id: one.title for one in results.baseline.groups}
    total = next((group for group, title in titles.items() if title.casefold() == "total"), None)
    for table in tables(results) if total else ():
        if table.param not in (MeasureParam.COUNT_OF_PARTICIPANTS, MeasureParam.NUMBER):
            continue
        for where, row in table.rows():
            told = {one.group_id: number(one.value) for one in row.measurements}
            others = [value for group, value in told.items() if group != total and value is not None]
            whole = told.get(str(total))
            if whole is not None and len(others) == len(told) - 1 and sum(others) != whole and table.counts_people:
                yield where, f"{table.title}: the groups make {sum(others)}, the total says {whole}."


def _age_unit(results: Results) -> Iterator[Fault]:
    for where, one in measures(results):
        if one.title and one.title.known is StandardMeasure.AGE_CONTINUOUS:
            if one.unit_of_measure and not any(
                word in one.unit_of_measure.casefold() for word in ("year", "month", "week", "day", "hour")
            ):
                yield where, f"Age is told in {one.unit_of_measure!r}, which is no time."
            values = [
                number(each.value) for block in one.classes for row in block.categories for each in row.measurements
            ]
            for value in values:
                if value is not None and one.unit_of_measure.casefold() in YEARS and not 0 <= value <= OLDEST:
                    yield where, f"An age of {value} years is none."


RULES = (
    Rule(
        "baseline-flow",
        "As many are described as started, or the population description says why not.",
        CRITERIA,
        "Explain who is left out.",
        _equals_flow,
    ),
    Rule("baseline-asked", "Age and sex are told.", REGULATION, "Add the measure.", _asked),
    Rule(
        "baseline-race",
        "Race and ethnicity are told where they were asked, or that they were not.",
        REGULATION,
        "Add the measure, or the one that says they were not collected.",
        _race,
        major=False,
    ),
    Rule("baseline-region", "The region of enrolment is told.", DEFINITIONS, "Add the measure.", _region, major=False),
    Rule(
        "baseline-total",
        "The total column of counts is the sum of the groups.",
        ARITHMETIC,
        "Recount it.",
        _total,
        from_memory=False,
    ),
    Rule(
        "baseline-age",
        "Age is told as a time that people live to.",
        CRITERIA,
        "Correct the unit or the value.",
        _age_unit,
    ),
)

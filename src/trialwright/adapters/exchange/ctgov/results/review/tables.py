"""Tables of numbers, whether of a baseline characteristic or of an outcome: cells that can be what they say they are.

Read `RULES`, which are made twice: once for baseline tables and once for outcome tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from trialwright.adapters.exchange.ctgov.results.choices import MeasureParam
from trialwright.adapters.exchange.ctgov.results.measures import Category, MeasureClass, Measurement
from trialwright.adapters.exchange.ctgov.results.review.rule import (
    ARITHMETIC,
    COMMENTS,
    CRITERIA,
    DEFINITIONS,
    VALIDATION,
    Fault,
    Rule,
    at,
    counts,
    number,
    whole,
)
from trialwright.adapters.exchange.ctgov.results.section import Results
from trialwright.adapters.exchange.ctgov.results.values import Posted

COUNTS = (MeasureParam.COUNT_OF_PARTICIPANTS, MeasureParam.COUNT_OF_UNITS)
MIDDLES = (
    MeasureParam.MEAN,
    MeasureParam.MEDIAN,
    MeasureParam.GEOMETRIC_MEAN,
    MeasureParam.LEAST_SQUARES_MEAN,
    MeasureParam.GEOMETRIC_LEAST_SQUARES_MEAN,
    MeasureParam.LOG_MEAN,
)
PEOPLE = re.compile(r"\b(participants?|patients?|subjects?|people|persons?|individuals?|women|men)\b", re.IGNORECASE)
SHARE = re.compile(r"\b(percent|percentage|proportion|rate|fraction|per|ratio|probability)\b|%", re.IGNORECASE)
OF_PEOPLE = re.compile(r"(percent(age)?|%)\s+(of\s+)?(the\s+)?(participants?|patients?|subjects?)", re.IGNORECASE)
PLACEHOLDER = re.compile(r"[\d.,\s]+|n/?a|none|-+|unknown", re.IGNORECASE)
CHANGE = re.compile(r"change|difference|reduction|increase|decrease|improve", re.IGNORECASE)


@dataclass(frozen=True)
class Table:
    """One table: what its cells are, its columns, how many of each were analysed, and its rows."""

    where: str
    title: str
    unit: str
    param: MeasureParam | None
    dispersion: str
    groups: Sequence[str]
    analysed: Mapping[str, Decimal]
    classes: Sequence[MeasureClass]
    units: str = ""

    @property
    def counts_people(self) -> bool:
        """Whether a cell is a number of participants."""
        plain = PEOPLE.search(self.unit) is not None and SHARE.search(self.unit) is None
        return self.param is MeasureParam.COUNT_OF_PARTICIPANTS or (self.param is MeasureParam.NUMBER and plain)

    @property
    def of_units(self) -> bool:
        """Whether lesions, eyes or the like were analysed, not participants."""
        return bool(self.units) and self.units.casefold() != "participants"

    def analysed_in(self, block: MeasureClass) -> Mapping[str, Decimal]:
        """How many of each group were analysed for one block."""
        return {**self.analysed, **counts(block.denoms)}

    def blocks(self) -> Iterator[tuple[str, MeasureClass]]:
        """Every block with its place."""
        for place, one in enumerate(self.classes):
            yield at(self.where, "classes", place), one

    def rows(self) -> Iterator[tuple[str, Category]]:
        """Every row with its place."""
        for where, block in self.blocks():
            for place, one in enumerate(block.categories):
                yield at(where, "categories", place), one

    def cells(self) -> Iterator[tuple[str, Measurement]]:
        """Every cell with its place."""
        for where, row in self.rows():
            for place, one in enumerate(row.measurements):
                yield at(where, "measurements", place), one

    @property
    def has_data(self) -> bool:
        """Whether there is any cell."""
        return any(True for _ in self.cells())


Tables = Callable[[Results], Iterator[Table]]
OneTable = Callable[[Table], Iterator[Fault]]


def _unit(table: Table) -> Iterator[Fault]:
    if table.has_data and not table.unit:
        yield table.where, f"{table.title}: the numbers have no unit."


def _unit_in_words(table: Table) -> Iterator[Fault]:
    if PLACEHOLDER.fullmatch(table.unit.strip()):
        yield table.where, f"{table.title}: {table.unit!r} is no unit."


def _title_and_unit(table: Table) -> Iterator[Fault]:
    title, unit = table.title.casefold(), table.unit.casefold()
    share = "percent" in unit or "%" in unit or "proportion" in unit
    if title.startswith(("percentage of participants", "percent of participants")) and unit and not share:
        yield table.where, f"{table.title}: the title tells a percentage, the unit is {table.unit!r}."
    people = PEOPLE.search(unit) is not None and not share
    if title.startswith(("number of participants with", "number of participants who")) and unit and not people:
        yield table.where, f"{table.title}: the title tells a number of participants, the unit is {table.unit!r}."


def _param(table: Table) -> Iterator[Fault]:
    if table.has_data and table.param is None:
        yield table.where, f"{table.title}: nobody says whether the numbers are counts, means or medians."


def _dispersed(table: Table) -> Iterator[Fault]:
    if table.has_data and table.param in MIDDLES and not table.dispersion:
        yield table.where, f"{table.title}: a {table.param.value.lower()} has no measure of dispersion."


def _count_alone(table: Table) -> Iterator[Fault]:
    if table.param in COUNTS and table.dispersion:
        yield table.where, f"{table.title}: a count has a dispersion ({table.dispersion})."


def _spread(table: Table) -> Iterator[Fault]:
    """Each cell has the form of dispersion that the table says: one number, or two limits."""
    two = table.dispersion.endswith(("Interval", "Range"))
    for where, one in table.cells():
        if one.value is None or one.value.not_available or one.comment:
            continue
        if table.dispersion and two and (one.lower_limit is None or one.upper_limit is None):
            yield where, f"{table.title}: {table.dispersion} without both limits beside {one.value}."
        if table.dispersion and not two and one.spread is None:
            yield where, f"{table.title}: {table.dispersion} is missing beside {one.value}."


def _negative(table: Table) -> Iterator[Fault]:
    for where, one in table.cells():
        spread = number(one.spread)
        if spread is not None and spread < 0:
            yield where, f"{table.title}: {table.dispersion} of {spread} is below zero."


def _ordered(table: Table) -> Iterator[Fault]:
    for where, one in table.cells():
        told = [
            (what, value)
            for what, value in (
                ("lower", number(one.lower_limit)),
                ("value", number(one.value)),
                ("upper", number(one.upper_limit)),
            )
            if value is not None
        ]
        if any(a[1] > b[1] for a, b in pairwise(told)):
            yield where, f"{table.title}: {', '.join(f'{what} {value}' for what, value in told)} are not in order."


def _not_available(table: Table) -> Iterator[Fault]:
    for where, one in table.cells():
        parts: list[Posted | None] = [one.value, one.spread, one.lower_limit, one.upper_limit]
        if any(each is not None and each.not_available for each in parts) and not one.comment:
            yield where, f"{table.title}: NA without a comment that says why."


def _numeric(table: Table) -> Iterator[Fault]:
    for where, one in table.cells():
        for each in (one.value, one.spread, one.lower_limit, one.upper_limit):
            if each is not None and each.value is None and not each.not_available:
                yield where, f"{table.title}: {each.text!r} is no number."


def _whole(table: Table) -> Iterator[Fault]:
    if table.param in COUNTS:
        for where, one in table.cells():
            value = number(one.value)
            if value is not None and not whole(value):
                yield where, f"{table.title}: {value} is no count."


def _at_most(table: Table) -> Iterator[Fault]:
    if not table.counts_people or table.of_units:
        return
    for where, block in table.blocks():
        analysed = table.analysed_in(block)
        for row in block.categories:
            for one in row.measurements:
                value, of = number(one.value), analysed.get(one.group_id)
                if value is not None and of is not None and value > of:
                    yield where, f"{table.title}: {value} of {of} analysed ({one.group_id})."


def _exhaustive(table: Table) -> Iterator[Fault]:
    """Categories exclude each other: together they are everyone analysed, and never more."""
    if table.param is not MeasureParam.COUNT_OF_PARTICIPANTS or table.of_units:
        return
    for where, block in table.blocks():
        if len(block.categories) < 2:
            continue
        analysed = table.analysed_in(block)
        for group in table.groups:
            told = [number(one.value) for row in block.categories for one in row.measurements if one.group_id == group]
            total, of = sum((one for one in told if one is not None), Decimal(0)), analysed.get(group)
            if of is not None and told and None not in told and total != of:
                yield where, f"{table.title}: the categories make {total}, of {of} analysed ({group})."


def _percent(table: Table) -> Iterator[Fault]:
    if not OF_PEOPLE.search(table.unit) or CHANGE.search(table.unit) or CHANGE.search(table.title):
        return
    for where, one in table.cells():
        for each in (one.value, one.lower_limit, one.upper_limit):
            value = number(each)
            if value is not None and not 0 <= value <= 100:
                yield where, f"{table.title}: {value} is no {table.unit}."


def _whole_rows(table: Table) -> Iterator[Fault]:
    for where, row in table.rows():
        told = [one.group_id for one in row.measurements]
        analysed = {group for group in table.groups if table.analysed.get(group) != 0}
        missing = sorted(analysed - set(told))
        strange = sorted(set(told) - set(table.groups))
        if missing or strange:
            yield (
                where,
                f"{table.title}: no cell for {', '.join(missing)}."
                if missing
                else f"{table.title}: a cell for {', '.join(strange)}, which is no column.",
            )


def _unit_of_count(table: Table) -> Iterator[Fault]:
    if table.param is MeasureParam.COUNT_OF_PARTICIPANTS and table.has_data and not PEOPLE.search(table.unit):
        yield table.where, f"{table.title}: a count of participants in {table.unit!r}."


_EACH: tuple[tuple[str, str, str, str, OneTable, bool, bool], ...] = (
    ("unit", "Numbers have a unit.", DEFINITIONS, "Enter it.", _unit, True, True),
    ("kind", "Every table says what its numbers are.", DEFINITIONS, "Choose the measure type.", _param, True, True),
    (
        "dispersion",
        "A mean or median has a measure of dispersion or precision.",
        COMMENTS,
        "Add it, or say why not.",
        _dispersed,
        True,
        False,
    ),
    (
        "unit-words",
        "A unit is words: no number alone, and not NA.",
        VALIDATION,
        "Write what was counted or measured.",
        _unit_in_words,
        True,
        False,
    ),
    (
        "title-unit",
        "A title that tells a percentage or a number of participants has such a unit.",
        VALIDATION,
        "Correct the title or the unit.",
        _title_and_unit,
        True,
        False,
    ),
    ("count-alone", "A count has no dispersion.", DEFINITIONS, "Take it out.", _count_alone, True, True),
    (
        "spread",
        "Each cell has the dispersion that its table says.",
        DEFINITIONS,
        "Enter it, or NA with the reason.",
        _spread,
        True,
        True,
    ),
    (
        "spread-negative",
        "No standard deviation or error is below zero.",
        ARITHMETIC,
        "Correct it.",
        _negative,
        True,
        False,
    ),
    ("order", "The value lies between its limits.", ARITHMETIC, "Look at the three numbers.", _ordered, True, False),
    ("na", "What is not available says why.", DEFINITIONS, "Add the comment.", _not_available, True, True),
    ("numeric", "Cells are numbers.", DEFINITIONS, "Put words into the comment.", _numeric, True, True),
    ("whole", "Counts are whole numbers.", ARITHMETIC, "Correct the number or the measure type.", _whole, True, False),
    ("at-most", "No count is above the number analysed.", ARITHMETIC, "Recount it.", _at_most, True, False),
    (
        "exhaustive",
        "Categories that exclude each other make up everyone analysed.",
        CRITERIA,
        "Add the missing category, or the number analysed in the row.",
        _exhaustive,
        True,
        True,
    ),
    (
        "percent",
        "A percentage of participants is between 0 and 100.",
        ARITHMETIC,
        "Correct the value or the unit.",
        _percent,
        True,
        False,
    ),
    (
        "cells",
        "Every group that was analysed has its cell.",
        DEFINITIONS,
        "Enter it, or NA with the reason.",
        _whole_rows,
        True,
        True,
    ),
    (
        "unit-of-count",
        "A count of participants is told in participants.",
        DEFINITIONS,
        "Correct the unit.",
        _unit_of_count,
        False,
        True,
    ),
)


def rules_of(name: str, tables: Tables) -> tuple[Rule, ...]:
    """The rules of tables, for those of one part of the results."""
    return tuple(
        Rule(f"{name}-{id_}", words, source, do, _over(tables, check), major, memory)
        for id_, words, source, do, check, major, memory in _EACH
    )


def _over(tables: Tables, check: OneTable) -> Callable[[Results], Iterator[Fault]]:
    def faults(results: Results) -> Iterator[Fault]:
        for table in tables(results):
            yield from check(table)

    return faults

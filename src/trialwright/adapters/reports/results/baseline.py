"""Baseline characteristics for the registry: its standard measures, then the study's own, for everyone registered.

Age, sex, race, ethnicity and region are told in the registry's own categories; a value that is missing is counted as
unknown or leaves the number analysed smaller, never left out in silence. Laboratory values and vital signs stay in the
report, unless an endpoint is about them. Read `baseline_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from trialwright.adapters.exchange.ctgov.results.baseline import Baseline, BaselineMeasure
from trialwright.adapters.exchange.ctgov.results.choices import Dispersion, MeasureParam, StandardMeasure
from trialwright.adapters.exchange.ctgov.results.measures import Category, Denom, Group, MeasureClass, Measurement
from trialwright.adapters.exchange.ctgov.results.values import Words
from trialwright.adapters.reports.analysis.baseline import BaselineRow, NumberSummary, WordSummary, baseline
from trialwright.adapters.reports.results.numbers import (
    PARTICIPANTS,
    Arm,
    cell,
    columns,
    counts_row,
    denom,
    only_class,
    posted,
    row,
)
from trialwright.adapters.reports.results.region import country_of
from trialwright.adapters.reports.text import code_words, digits_for, sentence, unit
from trialwright.core.analysis import Gathered, Person
from trialwright.core.estimation import NotEstimable
from trialwright.core.protocol import Concept, Kind
from trialwright.core.terms import Quantity
from trialwright.standards.concepts import DOMAINS

UNKNOWN = "Unknown or Not Reported"
CATEGORIES: Mapping[str, tuple[StandardMeasure, Mapping[str, str]]] = {
    "sex": (StandardMeasure.SEX_FEMALE_MALE, {"female": "Female", "male": "Male"}),
    "race": (
        StandardMeasure.RACE,
        {
            "american_indian": "American Indian or Alaska Native",
            "asian": "Asian",
            "pacific": "Native Hawaiian or Other Pacific Islander",
            "black": "Black or African American",
            "white": "White",
            "more_than_one": "More than one race",
            "unknown": UNKNOWN,
        },
    ),
    "ethnicity": (
        StandardMeasure.ETHNICITY,
        {"hispanic": "Hispanic or Latino", "not_hispanic": "Not Hispanic or Latino", "unknown": UNKNOWN},
    ),
}
"""The registry's categories for each code of a standard concept, in its order."""
AGES: Mapping[str, Callable[[int], bool]] = {
    "<=18 years": lambda age: age <= 18,
    "Between 18 and 65 years": lambda age: 18 < age < 65,
    ">=65 years": lambda age: age >= 65,
}
"""The registry's categories of age: who is exactly 18 or 65 belongs to the outer ones, as their names say."""
FEW = 10
"""A scale of so many steps at most is told step by step."""
NOT_TOLD = frozenset(name for domain in ("laboratory", "vital signs") for name in DOMAINS[domain])


def baseline_of(gathered: Gathered, arms: Sequence[Arm]) -> Baseline:
    """The registry's table of baseline characteristics."""
    if not arms or not gathered.registered:
        groups = columns("BG", arms)
        return Baseline(groups=groups, denoms=denom(groups, [0 for _ in arms]))
    shown = _with_total(arms)
    groups = columns("BG", shown)
    rows = {one.concept: one for one in baseline(gathered)}
    return Baseline(
        population_description="All registered participants.",
        groups=groups,
        denoms=denom(groups, [len(arm.people) for arm in shown]),
        measures=tuple(_measures(gathered, shown, groups, rows)),
    )


def _with_total(arms: Sequence[Arm]) -> tuple[Arm, ...]:
    """The groups and all of them together, where there is more than one."""
    if len(arms) < 2:
        return tuple(arms)
    everyone = tuple(one for arm in arms for one in arm.people)
    return (*arms, Arm("total", "Total", "Total", "Total of all reporting groups", everyone))


def _measures(
    gathered: Gathered, shown: Sequence[Arm], groups: Sequence[Group], rows: Mapping[str, BaselineRow]
) -> Iterable[BaselineMeasure]:
    endpoint_concepts = {name for one in gathered.protocol.endpoints for name in one.concepts}
    if "age" in rows:
        yield _age_continuous(rows["age"], shown, groups)
        yield _age_categorical(shown, groups)
    for name, (standard, labels) in CATEGORIES.items():
        if name in rows:
            yield _standard(standard, labels, rows[name], shown, groups)
    if "race" not in rows and "ethnicity" not in rows:
        yield _not_collected(groups)
    yield _region(gathered, shown, groups)
    for name, one in rows.items():
        own = name not in CATEGORIES and name != "age" and not one.not_for_all
        if own and (name not in NOT_TOLD or name in endpoint_concepts):
            yield _own(one, shown, groups)


# ---- the registry's own --------------------------------------------------------------------------------------------


def _age_continuous(one: BaselineRow, shown: Sequence[Arm], groups: Sequence[Group]) -> BaselineMeasure:
    return BaselineMeasure(
        title=Words(StandardMeasure.AGE_CONTINUOUS.value, StandardMeasure.AGE_CONTINUOUS),
        description="Age in completed years at consent.",
        param_type=MeasureParam.MEDIAN,
        dispersion_type=Dispersion.FULL_RANGE,
        unit_of_measure="years",
        classes=_number_class(one, shown, groups, digits=0),
    )


def _age_categorical(shown: Sequence[Arm], groups: Sequence[Group]) -> BaselineMeasure:
    """The registry's three categories; whose age is not known is in none of them, and not among those analysed."""
    ages = [[age for one in arm.people if (age := whole_value(one, "age")) is not None] for arm in shown]
    told = [counts_row(groups, [sum(map(holds, each)) for each in ages], title) for title, holds in AGES.items()]
    known = [len(each) for each in ages]
    missing = known != [len(arm.people) for arm in shown]
    return BaselineMeasure(
        title=Words(StandardMeasure.AGE_CATEGORICAL.value, StandardMeasure.AGE_CATEGORICAL),
        param_type=MeasureParam.COUNT_OF_PARTICIPANTS,
        unit_of_measure=PARTICIPANTS,
        classes=(MeasureClass("", denom(groups, known) if missing else (), tuple(told)),),
    )


def whole_value(one: Person, concept: str) -> int | None:
    """The last whole number of a concept up to the first dose, or to registration where no dose was taken."""
    day = one.first_dose or one.registered
    readings = one.case.facts(day).readings(concept) if day else ()
    values = [each.value for each in readings if day and each.on.latest <= day and isinstance(each.value, Quantity)]
    found = values[-1].value if values else None
    return int(found) if found is not None and found == int(found) else None


def _standard(
    standard: StandardMeasure,
    labels: Mapping[str, str],
    one: BaselineRow,
    shown: Sequence[Arm],
    groups: Sequence[Group],
) -> BaselineMeasure:
    """The registry's categories; what is missing is unknown where the registry has such a category."""
    told = [_words(one, place) for place in range(len(shown))]
    categories = []
    for label in dict.fromkeys(labels.values()):
        codes = [code for code, name in labels.items() if name == label]
        counts = [sum(summary.counts.get(code, 0) for code in codes) for summary in told]
        if label == UNKNOWN:
            counts = [count + summary.missing for count, summary in zip(counts, told, strict=True)]
        categories.append(counts_row(groups, counts, label))
    known = UNKNOWN in labels.values() or not any(summary.missing for summary in told)
    denoms = () if known else denom(groups, [summary.n for summary in told])
    return BaselineMeasure(
        title=Words(standard.value, standard),
        param_type=MeasureParam.COUNT_OF_PARTICIPANTS,
        unit_of_measure=PARTICIPANTS,
        classes=(MeasureClass("", denoms, tuple(categories)),),
    )


def _not_collected(groups: Sequence[Group]) -> BaselineMeasure:
    """Race and ethnicity where the protocol does not ask for them."""
    standard = StandardMeasure.RACE_ETHNICITY_NOT_COLLECTED
    return BaselineMeasure(
        title=Words(standard.value, standard),
        population_description="Race and ethnicity were not collected from any participant.",
        param_type=MeasureParam.COUNT_OF_PARTICIPANTS,
        unit_of_measure=PARTICIPANTS,
        classes=(MeasureClass("", denom(groups, [0 for _ in groups]), (counts_row(groups, [0 for _ in groups]),)),),
    )


def _region(gathered: Gathered, shown: Sequence[Arm], groups: Sequence[Group]) -> BaselineMeasure:
    """By the country of the site that registered them; a site whose time zone names no country is unknown."""
    of_site = {site.id: country_of(site.time_zone) or "Unknown" for site in gathered.protocol.design.sites}
    countries = sorted({of_site.get(one.site, "Unknown") for one in gathered.registered})
    columns_of = [[of_site.get(one.site, "Unknown") for one in arm.people] for arm in shown]
    classes = tuple(
        MeasureClass(country, categories=(counts_row(groups, [told.count(country) for told in columns_of]),))
        for country in countries
    )
    return BaselineMeasure(
        title=Words(StandardMeasure.REGION.value, StandardMeasure.REGION),
        param_type=MeasureParam.COUNT_OF_PARTICIPANTS,
        unit_of_measure=PARTICIPANTS,
        classes=classes,
    )


# ---- the study's own -----------------------------------------------------------------------------------------------


def _own(one: BaselineRow, shown: Sequence[Arm], groups: Sequence[Group]) -> BaselineMeasure:
    if isinstance(one.groups[0], NumberSummary):
        return _steps(one, shown, groups) or BaselineMeasure(
            title=Words(one.label),
            param_type=MeasureParam.MEDIAN,
            dispersion_type=Dispersion.FULL_RANGE,
            unit_of_measure=_unit(one),
            classes=_number_class(one, shown, groups),
        )
    told = [_words(one, place) for place in range(len(shown))]
    categories = [
        counts_row(groups, [summary.counts.get(word, 0) for summary in told], sentence(code_words(word)))
        for word in one.words
    ]
    if any(summary.missing for summary in told):
        categories.append(counts_row(groups, [summary.missing for summary in told], UNKNOWN))
    return BaselineMeasure(
        title=Words(one.label),
        param_type=MeasureParam.COUNT_OF_PARTICIPANTS,
        unit_of_measure=PARTICIPANTS,
        classes=only_class(categories),
    )


def _steps(one: BaselineRow, shown: Sequence[Arm], groups: Sequence[Group]) -> BaselineMeasure | None:
    """A scale of few whole numbers, as a performance status, by its steps; None where it is no such scale."""
    known = (each.case.concepts.get(one.concept) for arm in shown for each in arm.people)
    ends = next((_ends(concept) for concept in known if concept), None)
    if ends is None or ends[1] - ends[0] > FEW:
        return None
    told = [[whole_value(each, one.concept) for each in arm.people] for arm in shown]
    steps = sorted({value for each in told for value in each if value is not None})
    rows = [counts_row(groups, [each.count(step) for each in told], str(step)) for step in steps]
    if any(None in each for each in told):
        rows.append(counts_row(groups, [each.count(None) for each in told], UNKNOWN))
    return BaselineMeasure(
        title=Words(one.label),
        description=f"A scale from {ends[0]} to {ends[1]}.",
        param_type=MeasureParam.COUNT_OF_PARTICIPANTS,
        unit_of_measure=PARTICIPANTS,
        classes=only_class(rows),
    )


def _ends(concept: Concept) -> tuple[int, int] | None:
    """The least and the greatest step of a scale of whole numbers."""
    ends = concept.value.possible
    if concept.repeats or concept.value.kind is not Kind.INTEGER or len(ends) != 2:
        return None
    return int(ends[0]), int(ends[1])


def _unit(one: BaselineRow) -> str:
    """The unit in words; a number of records counts them, any other without a unit is a score."""
    if unit(one.unit):
        return unit(one.unit)
    return "records" if one.label.endswith(": number") else "score on a scale"


def _number_class(
    one: BaselineRow, shown: Sequence[Arm], groups: Sequence[Group], digits: int | None = None
) -> tuple[MeasureClass, ...]:
    told = [_numbers(one, place) for place in range(len(shown))]
    values = [value for one in told for value in (one.low, one.high) if value is not None]
    own = digits if digits is not None else 0 if all(map(float.is_integer, values)) else digits_for(values)
    missing = any(summary.missing for summary in told)
    denoms: tuple[Denom, ...] = denom(groups, [summary.n for summary in told]) if missing else ()
    cells: Category = row(groups, [_number_cell(summary, own) for summary in told])
    return (MeasureClass("", denoms, (cells,)),)


def _number_cell(one: NumberSummary, digits: int) -> Measurement:
    if one.median is None or one.low is None or one.high is None:
        nobody = NotEstimable("no participant of the group has a value")
        return cell(nobody, nobody, nobody)
    half = digits if one.median == round(one.median, digits) else digits + 1
    return Measurement(
        value=posted(one.median, half), lower_limit=posted(one.low, digits), upper_limit=posted(one.high, digits)
    )


def _words(one: BaselineRow, place: int) -> WordSummary:
    found = one.groups[place]
    assert isinstance(found, WordSummary), one.concept
    return found


def _numbers(one: BaselineRow, place: int) -> NumberSummary:
    found = one.groups[place]
    assert isinstance(found, NumberSummary), one.concept
    return found

"""Numbers and groups as the registry takes them: plain digits, a decimal point, NA with the reason where there is none.

The registry counts participants by group; the groups of a study are its arms. Read `Arm`, then `posted`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from trialwright.adapters.exchange.ctgov.results.measures import (
    Category,
    Denom,
    DenomCount,
    Group,
    MeasureClass,
    Measurement,
)
from trialwright.adapters.exchange.ctgov.results.values import NOT_AVAILABLE, Posted
from trialwright.adapters.reports.text import counted, listed, sentence
from trialwright.core.analysis import Gathered, Person
from trialwright.core.estimation import Estimate, NotEstimable

PARTICIPANTS = "Participants"
NOBODY = "none"
"""The group of those whom no arm was allocated to yet."""
SIMULATED = "Simulated data: no person was treated."


@dataclass(frozen=True)
class Arm:
    """A group of participants with the title and description that every table of the registry repeats."""

    id: str
    label: str
    title: str
    description: str
    people: tuple[Person, ...]

    @property
    def treated(self) -> tuple[Person, ...]:
        """Those of it who took a first dose."""
        return tuple(one for one in self.people if one.treated)


def arms_of(gathered: Gathered) -> tuple[Arm, ...]:
    """The groups of the study, by what the registry calls them: the arm's label, and how the arm was treated."""
    groups = [one for one in gathered.groups if one.id != NOBODY]
    single = gathered.protocol.arms[0] if len(gathered.protocol.arms) == 1 else None
    return tuple(
        Arm(
            id=group.id,
            label=group.label,
            title=sentence(single.label if single else group.label),
            description=_treatment(gathered, single.id if single else group.id),
            people=group.people,
        )
        for group in groups
    )


def _treatment(gathered: Gathered, arm: str) -> str:
    """How an arm is treated, in the words of the record."""
    told = [
        f"{sentence(one.drug)}: {_in_row(one.quotes or (one.words,))}" for one in gathered.protocol.regimens_of(arm)
    ]
    return " ".join([*told, *([SIMULATED] if gathered.simulated else [])])


def _in_row(words: Iterable[str]) -> str:
    """Words of a record one after another: what begins with a small letter goes on where the last ended.

    >>> _in_row(["10 mg on days 1-21", "followed by 7 days rest", "Treatment repeats every 28 days."])
    '10 mg on days 1-21, followed by 7 days rest. Treatment repeats every 28 days.'
    """
    told = ""
    for one in words:
        plain = one.strip().rstrip(".")
        told += (", " if plain[:1].islower() else ". ") + plain if told else plain
    return f"{told}."


def not_in_an_arm(gathered: Gathered) -> int:
    """How many were registered and have no arm."""
    return sum(len(one) for one in gathered.groups if one.id == NOBODY)


# ---- columns -------------------------------------------------------------------------------------------------------


def column_ids(prefix: str, count: int) -> list[str]:
    """The registry's ids of columns.

    >>> column_ids("FG", 2)
    ['FG000', 'FG001']
    """
    return [f"{prefix}{place:03}" for place in range(count)]


def columns(prefix: str, arms: Sequence[Arm]) -> tuple[Group, ...]:
    """One column for each group."""
    ids = column_ids(prefix, len(arms))
    return tuple(Group(name, arm.title, arm.description) for name, arm in zip(ids, arms, strict=True))


def denom(groups: Sequence[Group], counts: Iterable[int]) -> tuple[Denom, ...]:
    """How many participants of each column."""
    told = tuple(DenomCount(group.id, Posted(str(count))) for group, count in zip(groups, counts, strict=True))
    return (Denom(PARTICIPANTS, told),)


def row(groups: Sequence[Group], cells: Iterable[Measurement], title: str = "") -> Category:
    """One row of cells, a column each; the cells come without the column's id."""
    made = (
        Measurement(group.id, cell.value, cell.spread, cell.lower_limit, cell.upper_limit, cell.comment)
        for group, cell in zip(groups, cells, strict=True)
    )
    return Category(title, tuple(made))


def counts_row(groups: Sequence[Group], counts: Iterable[int], title: str = "") -> Category:
    """One row of counts."""
    return row(groups, (Measurement(value=Posted(str(one))) for one in counts), title)


def only_class(categories: Iterable[Category]) -> tuple[MeasureClass, ...]:
    """A table of one block without a title."""
    return (MeasureClass(categories=tuple(categories)),)


# ---- cells ---------------------------------------------------------------------------------------------------------


def posted(value: float, digits: int = 1) -> Posted:
    """A number with so many decimals; there is no minus zero.

    >>> posted(-0.04).text, posted(28.125).text, posted(12345.6, 0).text
    ('0.0', '28.1', '12346')
    """
    text = f"{value:.{digits}f}"
    return Posted(text.lstrip("-") if not text.strip("-0.") else text)


def cell(value: Estimate, lower: Estimate, upper: Estimate, digits: int = 1, times: float = 1) -> Measurement:
    """An estimate with its limits; what cannot be estimated is NA, and the comment says why."""
    told = (value, lower, upper)
    reasons = list(dict.fromkeys(one.because for one in told if isinstance(one, NotEstimable)))
    texts = [_or_na(one, lambda number: posted(number * times, digits)) for one in told]
    comment = sentence(f"not estimable: {listed(reasons)}.") if reasons else ""
    return Measurement(value=texts[0], lower_limit=texts[1], upper_limit=texts[2], comment=comment)


def spread_cell(value: Estimate, spread: Estimate, digits: int) -> Measurement:
    """A mean with its standard deviation."""
    reasons = list(dict.fromkeys(one.because for one in (value, spread) if isinstance(one, NotEstimable)))
    texts = [_or_na(one, lambda number: posted(number, digits)) for one in (value, spread)]
    comment = sentence(f"not estimable: {listed(reasons)}.") if reasons else ""
    return Measurement(value=texts[0], spread=texts[1], comment=comment)


def _or_na(value: Estimate, written: Callable[[float], Posted]) -> Posted:
    return Posted(NOT_AVAILABLE) if isinstance(value, NotEstimable) else written(value)


def participants(count: int) -> str:
    """A count of participants in words."""
    return counted(count, "participant")

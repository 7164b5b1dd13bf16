"""What a review rule is, and how the rules read numbers and places. Read `Rule`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from trialwright.adapters.exchange.ctgov.results.choices import MilestoneType
from trialwright.adapters.exchange.ctgov.results.measures import Denom
from trialwright.adapters.exchange.ctgov.results.section import Results
from trialwright.adapters.exchange.ctgov.results.values import Posted

CRITERIA = "Results Quality Control Review Criteria (National Library of Medicine, 27 June 2018)"
DEFINITIONS = "Results Data Element Definitions (National Library of Medicine)"
REGULATION = "42 CFR 11.48"
COMMENTS = "Major Comments of the quality control review (National Library of Medicine)"
"""The list of what a reviewer may object to; it was at hand in part."""
VALIDATION = "validation messages of results (release notes of the registry's system, September 2018)"
ARITHMETIC = "follows from the definitions by arithmetic"

Fault = tuple[str, str]
"""Where, and what is wrong there."""


@dataclass(frozen=True)
class Rule:
    """What the registry's reviewers ask, as far as a program can see it.

    `major` issues keep a record from being posted, the others are advice. `from_memory` says that the document named
    was not at hand when the rule was written.
    """

    id: str
    words: str
    source: str
    do: str
    faults: Callable[[Results], Iterable[Fault]]
    major: bool = True
    from_memory: bool = True


def number(one: Posted | None) -> Decimal | None:
    """The number of a cell; None where there is none."""
    return one.value if one is not None else None


def counts(denoms: Iterable[Denom], units: str = "participants") -> Mapping[str, Decimal]:
    """How many participants of each group were analysed."""
    found = next((one for one in denoms if one.units.casefold() == units), None)
    return {one.group_id: value for one in (found.counts if found else ()) if (value := number(one.value)) is not None}


def started(results: Results) -> Mapping[str, Decimal]:
    """How many of each group started the first period that the group is in."""
    found: dict[str, Decimal] = {}
    for period in results.participant_flow.periods:
        for group in results.participant_flow.groups:
            value = number(period.count(MilestoneType.STARTED, group.id))
            if value and group.id not in found:
                found[group.id] = value
    return found


def all_started(results: Results) -> Decimal:
    """How many started the study, the groups together."""
    return sum(started(results).values(), Decimal(0))


def whole(value: Decimal) -> bool:
    """A count is a whole number and not below zero."""
    return value >= 0 and value == value.to_integral_value()


def at(*parts: object) -> str:
    """A place in words.

    >>> at("outcomeMeasures", 3, "denoms")
    'outcomeMeasures[3].denoms'
    """
    told = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in parts)
    return told.removeprefix(".")

"""Proportions: in how many an endpoint's condition held, in how many not, and of whom it is not known, and why.

Whether it held in a participant is told by `core.endpoints`. The rate is of those of whom it is known, with its exact
interval (Clopper and Pearson); unknown is neither yes nor no, and stands beside it with what the rate of all could be.
Two groups are compared by difference (Newcombe) and Fisher's exact test. Read `proportions`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trialwright.adapters.reports.analysis.response import POPULATIONS
from trialwright.core.analysis.people import Gathered, Group, Person
from trialwright.core.estimation import (
    Estimate,
    FisherTest,
    Interval,
    NotEstimable,
    Proportion,
    difference_of_proportions,
    exact_binomial,
    fisher_exact,
)
from trialwright.core.protocol import Endpoint, Variable
from trialwright.core.terms import Answer, Verdict

NO_ONE = "no participant is in this population"
NOT_KNOWN = "of no participant is it known"


@dataclass(frozen=True)
class Held:
    """One population of one group: in how many the condition held, in how many not, and of how many it is unknown.

    `rate` is of those of whom it is known.
    """

    group: str
    population: str
    primary: bool
    rate: Proportion
    unknown: int

    @property
    def yes(self) -> int:
        """In how many it held."""
        return self.rate.successes

    @property
    def no(self) -> int:
        """In how many it did not."""
        return self.rate.n - self.rate.successes

    @property
    def n(self) -> int:
        """How many they are, known or not."""
        return self.rate.n + self.unknown

    @property
    def known(self) -> int:
        """Of how many it is known."""
        return self.rate.n

    @property
    def estimate(self) -> Estimate:
        """The rate, or which kind of nobody there is none of."""
        return self.rate.estimate if self.known else NotEstimable(NOT_KNOWN if self.unknown else NO_ONE)

    @property
    def least(self) -> Estimate:
        """The rate of all of them if it held in none of whom it is not known."""
        return self.yes / self.n if self.n else NotEstimable(NO_ONE)

    @property
    def most(self) -> Estimate:
        """The rate of all of them if it held in everyone of whom it is not known."""
        return (self.yes + self.unknown) / self.n if self.n else NotEstimable(NO_ONE)


@dataclass(frozen=True)
class Unanswered:
    """One participant of whom it is not known, what was seen, and what is missing."""

    subject: str
    group: str
    why: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Compared:
    """Two groups of the endpoint's population, the first less the second, of those of whom it is known."""

    groups: tuple[str, str]
    counts: tuple[tuple[int, int], tuple[int, int]]
    """of each group in how many it held, and of how many it is known"""
    difference: Estimate
    limits: Interval
    fisher: FisherTest


@dataclass(frozen=True)
class ProportionAnalysis:
    """Everything about one endpoint of a proportion."""

    endpoint: Endpoint
    held: tuple[Held, ...]
    unanswered: tuple[Unanswered, ...]
    compared: tuple[Compared, ...] = ()

    def row(self, population: str = "", group: str = "") -> Held:
        """The row of one population, the endpoint's own where none is named; of everyone where no group is."""
        wanted = population or self.endpoint.population
        found = (one for one in reversed(self.held) if one.population == wanted)
        return next(one for one in found if not group or one.group == group)


def proportions(gathered: Gathered) -> tuple[ProportionAnalysis, ...]:
    """Every endpoint of a proportion, in the protocol's order."""
    return tuple(_analysed(gathered, one) for one in gathered.endpoints(Variable.PROPORTION))


def _analysed(gathered: Gathered, endpoint: Endpoint) -> ProportionAnalysis:
    shown = dict.fromkeys((*POPULATIONS, endpoint.population))
    return ProportionAnalysis(
        endpoint=endpoint,
        held=tuple(_held(group, name, endpoint) for group in gathered.groups_and_all for name in shown),
        unanswered=tuple(_unanswered(gathered.groups, endpoint)),
        compared=tuple(_compared(gathered, endpoint)),
    )


def answer_of(one: Person, endpoint: Endpoint) -> Answer:
    """Whether the condition held in a participant; unknown where the version it is on does not ask."""
    otherwise = Answer(Verdict.UNKNOWN, f"version {one.version} of the protocol, which it is on, does not ask for it")
    return one.answers.get(endpoint.id, otherwise)


def _held(group: Group, population: str, endpoint: Endpoint) -> Held:
    told = [answer_of(one, endpoint).verdict for one in group.of(population, endpoint.sites)]
    yes, no = (sum(one is verdict for one in told) for verdict in (Verdict.MET, Verdict.NOT_MET))
    rate = exact_binomial(yes, yes + no)
    return Held(group.label, population, population == endpoint.population, rate, len(told) - yes - no)


def _unanswered(groups: Sequence[Group], endpoint: Endpoint) -> Iterable[Unanswered]:
    for group in groups:
        for one in group.of(endpoint.population, endpoint.sites):
            told = answer_of(one, endpoint)
            if told.verdict is Verdict.UNKNOWN:
                yield Unanswered(one.subject, group.label, told.why or "nothing was recorded", told.missing)


def _compared(gathered: Gathered, endpoint: Endpoint) -> Iterable[Compared]:
    """Two arms, where there are just two and they are told apart."""
    arms = [group for group in gathered.groups if group.id in {one.id for one in gathered.protocol.arms}]
    if len(arms) != 2:
        return
    first, second = (_held(group, endpoint.population, endpoint) for group in arms)
    counts = (first.yes, first.known), (second.yes, second.known)
    difference, limits = difference_of_proportions(*counts)
    fisher = fisher_exact((first.yes, first.no), (second.yes, second.no))
    yield Compared((first.group, second.group), counts, difference, limits, fisher)

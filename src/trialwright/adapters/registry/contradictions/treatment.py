"""Treatment stated twice and differently: dose, days of dosing, cycle, frequency, route, courses, length, follow-up.

Two blocks of the record (a paragraph, an arm, an intervention) contradict each other where each of them states one
value and the values differ; a block that states several speaks of parts of the treatment. Read `STATED_ONCE` first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, product

from trialwright.adapters.registry.claims import Claim, Record
from trialwright.adapters.registry.claims.measures import Length, same
from trialwright.adapters.registry.claims.treatment import (
    courses,
    cycle_lengths,
    follow_up,
    one_treatment,
    treatment_claims,
    treatment_lengths,
)
from trialwright.adapters.registry.contradictions.finding import Contradiction, against

_WHY = "Patients are dosed by these words."
_ASK = "Ask the sponsor which one the protocol has, before a dose is given by it."


def _equal(first: object, second: object) -> bool:
    return first == second


def _same_length(first: object, second: object) -> bool:
    return isinstance(first, Length) and isinstance(second, Length) and same(first, second)


STATED_ONCE: tuple[tuple[str, Callable[[object, object], bool]], ...] = (
    ("length of a cycle", _same_length),
    ("days of dosing", _equal),
    ("days of rest", _same_length),
    ("dose", _equal),
    ("step of the dose", _equal),
    ("highest dose", _equal),
    ("frequency", _equal),
    ("route", _equal),
)


def regimen(record: Record) -> Iterator[Contradiction]:
    """Each attribute of `STATED_ONCE`, block against block."""
    claims = list(treatment_claims(record))
    for subject, (attribute, equal) in product(dict.fromkeys(one.subject for one in claims), STATED_ONCE):
        held = [one for one in claims if one.attribute == attribute and one.subject == subject]
        single = one_per_block(held, equal)
        clash = {one: None for pair in combinations(single, 2) if not equal(*_values(pair)) for one in pair}
        if clash:
            yield against(attribute, f"The {attribute} is stated differently", _WHY, _ASK, clash)


def _values(pair: tuple[Claim, Claim]) -> tuple[object, object]:
    return pair[0].value, pair[1].value


def one_per_block(claims: list[Claim], equal: Callable[[object, object], bool]) -> list[Claim]:
    """The first claim of every block whose claims agree among themselves."""
    blocks: dict[str, list[Claim]] = {}
    for one in claims:
        blocks.setdefault(one.block, []).append(one)
    return [held[0] for held in blocks.values() if all(equal(held[0].value, one.value) for one in held[1:])]


def dose_above_highest(record: Record) -> Iterator[Contradiction]:
    """A dose above the highest dose of the same block."""
    claims = list(treatment_claims(record))
    for top in (one for one in claims if one.attribute == "highest dose"):
        over = [one for one in claims if one.attribute == "dose" and one.block == top.block and _above(one, top)]
        if over:
            yield against("dose", "A dose is above the highest dose", _WHY, _ASK, [*over, top])


def _above(one: Claim, top: Claim) -> bool:
    return bool(one.value[1] == top.value[1] and one.value[0] > top.value[0])


def days_of_a_cycle(record: Record) -> Iterator[Contradiction]:
    """Days of dosing and rest that do not add up to the cycle they are said to fill."""
    claims = list(treatment_claims(record))
    for block in dict.fromkeys(one.block for one in claims):
        by = {
            name: [one for one in claims if one.attribute == name and one.block == block]
            for name in ("days of dosing", "days of rest", "length of a cycle")
        }
        if all(len(held) == 1 for name, held in by.items() if name != "days of rest"):
            yield from _filled(by["days of dosing"][0], by["days of rest"], by["length of a cycle"][0])


def _filled(dosing: Claim, rest: list[Claim], cycle: Claim) -> Iterator[Contradiction]:
    days = round(cycle.value.days)
    last = dosing.value[1]
    if cycle.value.unit in ("day", "week") and last > days:
        yield against("days of dosing", "Dosing goes on after the cycle has ended", _WHY, _ASK, [dosing, cycle])
    elif len(rest) == 1 and rest[0].value.unit in ("day", "week") and last + round(rest[0].value.days) != days:
        what = f"{last} days and the rest do not add up to the cycle of {days} days"
        yield against("days of dosing", what, _WHY, _ASK, [dosing, *rest, cycle])


def number_of_courses(record: Record) -> Iterator[Contradiction]:
    """The number of courses of the one treatment, block against block."""
    single = one_per_block(list(courses(record)), _equal)
    if one_treatment(record) and len({one.value for one in single}) > 1:
        yield against("number of courses", "The number of courses is stated differently", _WHY, _ASK, single)


def treatment_length(record: Record) -> Iterator[Contradiction]:
    """A number of courses that lasts much shorter or longer than the time treatment is said to last."""
    counted, timed = list(courses(record)), list(treatment_lengths(record))
    cycles = {one.value.days: one for one in cycle_lengths(record)}
    if len(cycles) == 1 and len({one.value for one in counted}) == 1 and len({one.value for one in timed}) == 1:
        cycle = next(iter(cycles.values()))
        told = Length(counted[0].value * cycle.value.days, "day")
        together = one_treatment(record) or counted[0].block == timed[0].block
        if together and not same(told, timed[0].value):
            what = f"{counted[0].value:g} courses of {cycle.value} are not {timed[0].value} of treatment"
            yield against("length of treatment", what, _WHY, _ASK, [counted[0], timed[0]])


def treatment_length_twice(record: Record) -> Iterator[Contradiction]:
    """How long the one treatment lasts, block against block."""
    timed = one_per_block(list(treatment_lengths(record)), _same_length)
    clash = {one: None for pair in combinations(timed, 2) if not _same_length(*_values(pair)) for one in pair}
    if one_treatment(record) and clash:
        yield against("length of treatment", "How long treatment lasts is stated differently", _WHY, _ASK, clash)


def follow_up_twice(record: Record) -> Iterator[Contradiction]:
    """How long and how often patients are followed, statement against statement."""
    claims = list(follow_up(record))
    for attribute in ("follow-up", "interval of follow-up"):
        held = one_per_block([one for one in claims if one.attribute == attribute], _same_length)
        clash = {one: None for pair in combinations(held, 2) if not _same_length(*_values(pair)) for one in pair}
        if clash:
            what = f"The {'length' if attribute == 'follow-up' else 'interval'} of follow-up is stated differently"
            yield against("follow-up", what, "Visits are planned by it.", _ASK, clash)

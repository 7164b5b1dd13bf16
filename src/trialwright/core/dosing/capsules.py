"""A dose put together from the strengths at hand: exactly, from the fewest units, and always in the same way.

Among ways of as few units the one with fewer different strengths counts, then the one with the larger strengths: two
of one strength are easier to count than one each of two. What cannot be put together is told, never rounded.
Read `compose`, then `doses_in_reach`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm

from trialwright.core.protocol import Regimen
from trialwright.core.terms import Finding, Quantity, Severity, UnitMismatch, UnitTable

Units = Mapping[Quantity, int]
"""How many of each strength."""
MOST_UNITS = 1000
"""No intake is looked for beyond so many of the smallest common part."""


def compose(dose: Quantity, strengths: Sequence[Quantity], units: UnitTable) -> Units | None:
    """The fewest units that make up a dose exactly, the larger strength first; None where none do, or no dose is given.

    Raises UnitMismatch for a strength that measures something else than the dose.
    """
    return _composed(dose, tuple(strengths), units)


@lru_cache(maxsize=4096)
def _composed(dose: Quantity, strengths: tuple[Quantity, ...], units: UnitTable) -> Units | None:
    sizes = {one: Fraction(one.in_unit(dose.unit, units)) for one in strengths}
    sizes = {one: size for one, size in sizes.items() if size > 0}
    amount = Fraction(dose.value)
    if amount <= 0 or not sizes:
        return None
    whole = lcm(amount.denominator, *(size.denominator for size in sizes.values()))
    numbers = {one: int(size * whole) for one, size in sizes.items()}
    step = gcd(*numbers.values())
    target, rest = divmod(int(amount * whole), step)
    if rest or target > MOST_UNITS:
        return None
    ordered = sorted(numbers, key=lambda one: (-numbers[one], one.unit, str(one)))
    counts = _fewest(tuple(numbers[one] // step for one in ordered), target)
    return None if counts is None else {one: count for one, count in zip(ordered, counts, strict=True) if count}


@lru_cache(maxsize=4096)
def _fewest(sizes: tuple[int, ...], target: int) -> tuple[int, ...] | None:
    """How many of each size, the largest first, make up the target: the fewest, of the fewest sizes, the largest."""
    if target == 0:
        return (0,) * len(sizes)
    if not sizes:
        return None
    ways = [
        (count, *rest)
        for count in range(target // sizes[0], -1, -1)
        if (rest := _fewest(sizes[1:], target - count * sizes[0])) is not None
    ]
    return min(ways, key=lambda way: (sum(way), sum(1 for count in way if count)), default=None)


def times(units: Units, count: int) -> Units:
    """So many times as many of each strength."""
    return {one: number * count for one, number in units.items()}


def in_words(units: Units) -> str:
    """How many of each strength, in words.

    >>> from decimal import Decimal
    >>> in_words({Quantity(Decimal(10), "mg"): 2, Quantity(Decimal(5), "mg"): 1})
    '2 x 10 mg + 1 x 5 mg'
    """
    return " + ".join(f"{count} x {one}" for one, count in units.items()) or "none"


# --- what a protocol needs -------------------------------------------------------------------------------------------


def doses_in_reach(regimen: Regimen) -> tuple[Quantity, ...]:
    """Every dose the plan and its rules can ask for, the least first."""
    plan = regimen.dose
    least, most, ups, downs = _limits(regimen)
    seen: set[Decimal] = set()
    waiting = [plan.start.value, *(rule.then.cap.value for rule in regimen.rules if rule.then.cap)]
    while waiting:
        now = waiting.pop()
        if now in seen or not least <= now <= most or now <= 0:
            continue
        seen.add(now)
        waiting += [*(min(now + up, most) for up in ups), *(now - down for down in downs)]
    return tuple(Quantity(each, plan.start.unit) for each in sorted(seen))


def _limits(regimen: Regimen) -> tuple[Decimal, Decimal, list[Decimal], list[Decimal]]:
    """The least and the most dose, the steps up and the steps down, in the unit of the start."""
    plan = regimen.dose
    least = plan.floor.value if plan.floor else Decimal(0)
    most = plan.maximum.value if plan.maximum else plan.start.value
    holds = [rule.then.hold for rule in regimen.rules if rule.then.hold]
    lower = [hold.resume_lower_by for hold in holds] + [rule.then.reduce_by for rule in regimen.rules]
    ups = [plan.step.value] if plan.step and plan.step.value > 0 else []
    return least, most, ups, [each.value for each in lower if each and each.value > 0]


def capsule_findings(regimen: Regimen, sites: Sequence[str], units: UnitTable) -> tuple[Finding, ...]:
    """Doses in reach that no strengths make up: never, or not at a site in some time; nothing where none is named."""
    if not regimen.strengths:
        return ()
    try:
        return tuple(_uncomposed(regimen, sites, units))
    except UnitMismatch:
        return ()  # a strength that measures something else is told where units are checked


def _uncomposed(regimen: Regimen, sites: Sequence[str], units: UnitTable) -> Iterator[Finding]:
    doses = doses_in_reach(regimen)
    never = [dose for dose in doses if compose(dose, regimen.strengths, units) is None]
    for dose in never:
        yield _finding(regimen, f"{dose} cannot be put together from {_listed(regimen.strengths)}", Severity.ERROR)
    for site in sites:
        for since, until, strengths in _times(regimen, site):
            lacking = [d for d in doses if d not in never and compose(d, strengths, units) is None]
            if lacking:
                when = f"{f'since {since}' if since else ''}{f' until {until}' if until else ''}".strip() or "at all"
                says = f"{_listed(lacking)} cannot be put together at {site} {when}: {_listed(strengths)} can be had"
                yield _finding(regimen, says, Severity.WARNING)


def _times(regimen: Regimen, site: str) -> Iterator[tuple[date | None, date | None, tuple[Quantity, ...]]]:
    """The times between which what can be had at a site changes, each with its strengths."""
    turns = {line.since for line in regimen.stock if line.since}
    turns |= {line.until + timedelta(days=1) for line in regimen.stock if line.until}
    starts = [None, *sorted(turns)]
    for since, following in zip(starts, [*starts[1:], None], strict=True):
        until = following - timedelta(days=1) if following else None
        yield since, until, regimen.strengths_at(site, since or (until or date.min))


def _listed(doses: Sequence[Quantity]) -> str:
    return ", ".join(str(one) for one in doses) or "nothing"


def _finding(regimen: Regimen, says: str, severity: Severity) -> Finding:
    return Finding(
        about=regimen.id,
        says=f"{regimen.drug}: {says}.",
        matters="The dose could be decided and not handed out.",
        do="Add the strength, or change the dose plan.",
        clause=regimen.id,
        severity=severity,
    )

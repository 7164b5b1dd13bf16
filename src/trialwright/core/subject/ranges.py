"""Which limits of normal hold for a subject on a day, where a laboratory has several ranges of one analyte.

The newest range that fits the sex and the age wins, and of ranges of one day the one made for fewer people. A range set
again for the same people replaces the earlier one. What is not known of the subject is not guessed: a limit is given
only where every sex and age that is possible has the same. Two ranges of one day that fit alike and disagree give none.
Read `limits_of`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from itertools import product

from trialwright.core.ledger import ReferenceRangeSet
from trialwright.core.terms import Quantity

Limits = tuple[Quantity | None, Quantity | None]
OLDEST = 200


def limits_of(
    ranges: Sequence[ReferenceRangeSet], analyte: str, on: date, sex: str | None, ages: Collection[int]
) -> Limits:
    """The lower and the upper limit of an analyte on a day; `ages` are all the subject can have had, none is any."""
    held = _in_force(ranges, analyte, on)
    people = product([sex] if sex else sorted({one.sex or "" for one in held} | {""}), ages or _ages_parted(held))
    found = {_one_of(_fitting(held, sex, age)) for sex, age in people}
    lows, highs = {low for low, _ in found}, {high for _, high in found}
    return (lows.pop() if len(lows) == 1 else None, highs.pop() if len(highs) == 1 else None)


def overlapping(
    ranges: Sequence[ReferenceRangeSet], analyte: str, on: date, sex: str | None, ages: Collection[int]
) -> tuple[ReferenceRangeSet, ...]:
    """Ranges of one day that fit the subject alike and disagree, so that nobody knows which holds."""
    held = _in_force(ranges, analyte, on)
    for age in ages or _ages_parted(held):
        fitting = _fitting(held, sex or "", age)
        if len({(one.low, one.high) for one in fitting}) > 1:
            return tuple(fitting)
    return ()


def _in_force(ranges: Sequence[ReferenceRangeSet], analyte: str, on: date) -> list[ReferenceRangeSet]:
    """The ranges of an analyte on a day; of those for the same people the one set last."""
    known = sorted((one for one in ranges if one.analyte == analyte and one.occurred <= on), key=_by_time)
    return list({(one.sex, one.age_from, one.age_to): one for one in known}.values())


def _by_time(one: ReferenceRangeSet) -> tuple[date, int]:
    return one.occurred, one.seq


def _fitting(held: Sequence[ReferenceRangeSet], sex: str | None, age: int) -> list[ReferenceRangeSet]:
    """Of the ranges that fit, those of the newest day, and of these the ones made for the fewest people."""
    fits = [one for one in held if one.sex in (None, sex) and _from(one) <= age <= _to(one)]
    newest = [one for one in fits if one.occurred == max(each.occurred for each in fits)]
    return [one for one in newest if _narrow(one) == max(_narrow(each) for each in newest)]


def _narrow(one: ReferenceRangeSet) -> int:
    return (one.sex is not None) + (one.age_from is not None or one.age_to is not None)


def _one_of(fitting: Sequence[ReferenceRangeSet]) -> Limits:
    """The limits of the ranges that fit, each where they agree on it."""
    lows, highs = {one.low for one in fitting}, {one.high for one in fitting}
    return (lows.pop() if len(lows) == 1 else None, highs.pop() if len(highs) == 1 else None)


def _from(one: ReferenceRangeSet) -> int:
    return 0 if one.age_from is None else one.age_from


def _to(one: ReferenceRangeSet) -> int:
    return OLDEST if one.age_to is None else one.age_to


def _ages_parted(held: Sequence[ReferenceRangeSet]) -> list[int]:
    """Ages that stand for all: one in every stretch that the ranges part."""
    return sorted({0, OLDEST} | {age for one in held for age in (_from(one), _to(one), _to(one) + 1) if age <= OLDEST})

"""What a table of baseline characteristics and one of an outcome have in common: groups, who was analysed, cells.

A measure has classes (rows that may overlap, as sites or visits), each with categories (which exclude each other), each
with one measurement for a group. Read `MeasureClass`.
"""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.adapters.exchange.ctgov.results.values import Posted


@dataclass(frozen=True)
class Group:
    """A column: an arm, a group of participants, or all of them."""

    id: str = ""
    title: str = ""
    description: str = ""


@dataclass(frozen=True)
class DenomCount:
    """How many of one group."""

    group_id: str = ""
    value: Posted | None = None


@dataclass(frozen=True)
class Denom:
    """Who or what was analysed, by group."""

    units: str = ""
    counts: tuple[DenomCount, ...] = ()


@dataclass(frozen=True)
class Measurement:
    """A cell: a value with its spread or limits, and the reason where it is not available."""

    group_id: str = ""
    value: Posted | None = None
    spread: Posted | None = None
    lower_limit: Posted | None = None
    upper_limit: Posted | None = None
    comment: str = ""


@dataclass(frozen=True)
class Category:
    """One of the values that exclude each other."""

    title: str = ""
    measurements: tuple[Measurement, ...] = ()


@dataclass(frozen=True)
class MeasureClass:
    """A row or a block of rows, with its own number analysed where that differs."""

    title: str = ""
    denoms: tuple[Denom, ...] = ()
    categories: tuple[Category, ...] = ()

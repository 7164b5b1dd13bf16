"""The shape of a grade table as data: terms, the grades each has, and the bound of each grade exactly as printed.

A bound says from which side and how far: "< 1500 /mm3", "> 2.5 x ULN". Where a table prints a bound in several units
each is kept as printed, since they are not exact conversions of each other. Baseline rules are bounds too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property

from trialwright.core.terms import Quantity

SIDES = ("", "ULN", "LLN", "BASELINE")
"""What a bound is a multiple of: nothing (an absolute value), a limit of normal, or the value before treatment."""

CONDITIONS = ("", "baseline normal", "baseline abnormal", "abnormal")
"""When a bound applies, as far as values tell: always, by the value before treatment, by the limit of normal."""


@dataclass(frozen=True)
class Bound:
    """A grade holds where the value is `sign` than `at`; `at` has one number per printed unit, or one factor.

    `plus` is added to the multiple: so much above a limit. `when` says what else must be so: one of CONDITIONS, which
    the values tell, or in words what only a person can tell ("there are signs or symptoms").
    """

    grade: int
    sign: str
    at: tuple[Fraction, ...]
    of: str = ""
    when: str = ""
    plus: Quantity | None = None


@dataclass(frozen=True)
class LaboratoryTerm:
    """A term graded from a laboratory value: the concept measured, the printed units, and the bounds of its grades.

    `grades` are all the grades the term has; those without a bound (death, consequences) only a person can report.
    """

    name: str
    category: str
    analyte: str
    direction: str
    units: tuple[str, ...]
    bounds: tuple[Bound, ...]
    grades: tuple[int, ...]
    also: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return hash((self.name, self.analyte))

    @cached_property
    def short(self) -> str:
        """The name without its explanations in brackets."""
        return short_name(self.name)

    @cached_property
    def question(self) -> str:
        """What a person must tell before every value has one grade; nothing where the numbers tell it all."""
        return next((bound.when for bound in self.bounds if bound.when not in CONDITIONS), "")


@dataclass(frozen=True)
class NamedTerm:
    """A term that is reported by a person, with the grades it has."""

    name: str
    category: str
    grades: tuple[int, ...]
    also: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """The name, which a table keeps short already."""
        return self.name


Term = LaboratoryTerm | NamedTerm


@dataclass(frozen=True)
class ToxicityTable:
    """One version of a grade table; a trial uses one and never two."""

    name: str
    version: str
    laboratory: tuple[LaboratoryTerm, ...]
    named: tuple[NamedTerm, ...]

    @cached_property
    def standard(self) -> str:
        """Name and version, as a grade is told to have been given under: "CTCAE 3.0"."""
        return f"{self.name} {self.version}"

    def term(self, reported: str) -> Term | None:
        """The term a person meant, by its full name, its short name, one of its parts or a synonym, in any case.

        "Rash" is "Rash/desquamation" where no other term has that part.
        A term with its site, "Pain - back", is the term before the dash where the whole is no term itself.
        """
        tried = (reported, short_name(reported), reported.rpartition(" - ")[0])
        return next((self._by_name[_key(name)] for name in tried if _key(name) in self._by_name), None)

    @cached_property
    def by_part(self) -> Mapping[str, str]:
        """The short name of a term by each of its parts, for offering the near miss."""
        return {part: term.short for term in self._terms for part in (*term.short.split("/"), *term.also)}

    @property
    def _terms(self) -> tuple[Term, ...]:
        return (*self.laboratory, *self.named)

    @cached_property
    def _by_name(self) -> Mapping[str, Term]:
        """Terms by every name they go by; a short name that stands for two terms stands for neither."""
        called: dict[str, dict[str, Term]] = {}
        for term in self._terms:
            for name in (term.short, *term.also, *term.short.split("/")):
                called.setdefault(_key(name), {}).setdefault(term.name, term)
        shorts = {key: next(iter(terms.values())) for key, terms in called.items() if len(terms) == 1}
        return {**shorts, **{_key(term.name): term for term in reversed(self._terms)}}


@dataclass(frozen=True)
class EarlierTable:
    """The table of a version the subject was on before it moved: until a day, and up to a place in the ledger."""

    table: ToxicityTable
    until: date
    seq: int


def short_name(name: str) -> str:
    """The name of a term without its explanations in brackets.

    >>> short_name("Fatigue (asthenia, lethargy, malaise)")
    'Fatigue'
    """
    bare = name
    while (shorter := re.sub(r"\s*\([^()]*\)", "", bare)) != bare:
        bare = shorter
    return " ".join(bare.split())


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()

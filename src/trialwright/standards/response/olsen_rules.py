"""Mycosis fungoides and Sezary syndrome, the rules alone: skin, nodes, viscera, blood -> category -> global score.

Source: Olsen et al., J Clin Oncol 2011;29:2598 (skin unchanged in Blood 2022;140:419). Limits marked `default` were
written from memory of the print. A category says where one compartment stands; relapse, which is recurrence after a
complete response of that compartment, is a category of its own here and progression in the response. What is missing
can only add, so progression that is certain is told even where something else was not measured. Read
`global_category`, then the four compartments.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from trialwright.standards.response.measuring import Limit, limit
from trialwright.standards.response.mswat import skin_response

PAPER = "Olsen 2011"
LIMITS: Mapping[str, Limit] = {
    "node_long": limit("1.5", "cm", "long axis above which a node is abnormal", f"{PAPER}, Table 7"),
    "node_long_least": limit("1", "cm", "long axis from which the short one counts", f"{PAPER}, Table 7", default=True),
    "node_short": limit("1", "cm", "short axis above which it is abnormal as well", f"{PAPER}, Table 7", default=True),
    "node_partial": limit("0.5", "1", "of the sum of products at baseline: partial up to it", f"{PAPER}, Table 7"),
    "node_progression": limit("1.5", "1", "of the sum of products at baseline: from it", f"{PAPER}, Table 7"),
    "node_loss": limit("1.5", "1", "of the smallest sum: beyond it the response is lost", f"{PAPER}, Table 7"),
    "organ_partial": limit("0.5", "1", "of the products at baseline: partial up to it", f"{PAPER}, Table 7"),
    "organ_progression": limit("1.5", "1", "of an organ's products at baseline: from it", f"{PAPER}, Table 7"),
    "organ_loss": limit("1.5", "1", "of an organ's smallest: beyond it lost", f"{PAPER}, Table 7", default=True),
    "b1": limit("250", "/uL", "Sezary cells from which the blood is B1", "EORTC 2018"),
    "b2": limit("1000", "/uL", "Sezary cells from which, with a clone, it is B2", "EORTC 2018; ISCL/EORTC 2007"),
    "blood_partial": limit("0.5", "1", "of the count at baseline: partial below it", f"{PAPER}, Table 7", default=True),
    "blood_progression": limit("1.5", "1", "of baseline or smallest: beyond it", f"{PAPER}, Table 7", default=True),
    "blood_least": limit("5000", "/uL", "count from which a rise is progression", f"{PAPER}, Table 7", default=True),
}


def of(name: str) -> Fraction:
    """The value of a limit."""
    return LIMITS[name].value


class Category(Enum):
    """Where one compartment stands; the first two of the list are told before any other."""

    PD = "progression"
    RELAPSE = "relapse after a complete response"
    NE = "not evaluable"
    CR = "complete response"
    PR = "partial response"
    SD = "stable disease"
    NI = "not involved"


CLEAR = (Category.CR, Category.NI)
RESPONDED = (Category.CR, Category.PR)


def global_category(skin: Category, others: Sequence[Category]) -> Category:
    """The global score: progression or relapse anywhere, then what could not be assessed, then the skin and the rest.

    Written from memory of Table 8; that what was not assessed comes before any response is the reading chosen here.

    >>> global_category(Category.CR, [Category.SD, Category.NI]).name, global_category(Category.PR, [Category.SD]).name
    ('PR', 'SD')
    """
    every = (skin, *others)
    for first in (Category.PD, Category.RELAPSE, Category.NE):
        if first in every:
            return first
    if skin is Category.CR:
        return Category.CR if all(one in CLEAR for one in others) else Category.PR
    involved = [one for one in others if one is not Category.NI]
    held = bool(involved) and not any(one in RESPONDED for one in involved)
    return Category.SD if held else skin


# --- skin ----------------------------------------------------------------------------------------------------------


def skin_category(baseline: Fraction, earlier: Sequence[Fraction], now: Fraction, new_tumor: bool) -> Category:
    """By mSWAT; any recurrence after complete clearance is a relapse."""
    if 0 in earlier and (now > 0 or new_tumor):
        return Category.RELAPSE
    return Category[skin_response(baseline, earlier, now, new_tumor).name]


# --- nodes ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Node:
    """A lymph node at one visit in cm, with the histology of a biopsy at that visit; None where it was not measured."""

    longest: Fraction | None
    perpendicular: Fraction | None
    histology: str = ""

    @property
    def product(self) -> Fraction | None:
        """Long times short axis, cm2."""
        known = self.longest is not None and self.perpendicular is not None
        return self.longest * self.perpendicular if known else None  # type: ignore[operator]

    @property
    def benign(self) -> bool:
        """Whether a biopsy found no lymphoma."""
        return self.histology == "benign"

    @property
    def long(self) -> bool:
        """Abnormal by its long axis."""
        return self.longest is not None and self.longest > of("node_long")

    @property
    def thick(self) -> bool:
        """Of normal length and abnormal by its short axis."""
        if self.longest is None or self.perpendicular is None:
            return False
        return of("node_long_least") <= self.longest <= of("node_long") and self.perpendicular > of("node_short")

    @property
    def abnormal(self) -> bool:
        """Abnormal by size, and no biopsy says otherwise."""
        return (self.long or self.thick) and not self.benign


Nodes = Mapping[str, Node]


def abnormal_nodes(nodes: Nodes) -> tuple[str, ...]:
    """The nodes of a baseline that are followed."""
    return tuple(name for name, node in nodes.items() if node.abnormal)


def node_sum(nodes: Nodes, followed: Collection[str]) -> tuple[Fraction, bool]:
    """The sum of products of the followed nodes that were measured, and whether all of them were."""
    products = [nodes[name].product if name in nodes else None for name in followed]
    return sum((one for one in products if one is not None), Fraction(0)), None not in products


def node_category(baseline: Nodes, lowest: Fraction, reached: Collection[Category], now: Nodes) -> Category:
    """`lowest` is the smallest sum so far, `reached` the categories so far; a node of unknown histology is none yet.

    A new abnormal node is progression once it is proven N3; one that was not biopsied leaves the nodes not evaluable,
    one of lesser histology only holds back a response.
    """
    followed = abnormal_nodes(baseline)
    fresh = [node for name, node in now.items() if name not in followed and node.abnormal]
    again = [now[name] for name in followed if name in now and now[name].abnormal]
    total, whole = node_sum(now, followed)
    first, _ = node_sum(baseline, followed)
    if any(node.histology == "N3" for node in (*fresh, *(again if Category.CR in reached else ()))):
        return Category.RELAPSE if Category.CR in reached else Category.PD
    if followed and (total >= of("node_progression") * first or _nodes_lost(total, lowest, reached, again)):
        return Category.PD
    if not whole or any(not node.histology for node in fresh):
        return Category.NE
    if not followed:
        return Category.SD if fresh else Category.NI
    if fresh:
        return Category.SD
    if all(_node_cleared(baseline[name], now[name]) for name in followed):
        return Category.CR
    return Category.PR if total <= of("node_partial") * first else Category.SD


def _nodes_lost(total: Fraction, lowest: Fraction, reached: Collection[Category], again: Sequence[Node]) -> bool:
    """A response is lost by the distance from the smallest sum; a complete one only if a node is abnormal again."""
    responded = Category.PR in reached or (Category.CR in reached and bool(again))
    return responded and total > of("node_loss") * lowest


def _node_cleared(baseline: Node, now: Node) -> bool:
    """Of normal length; a node that was abnormal by its short axis must be normal by that one as well."""
    return now.benign or not (now.long or (baseline.thick and now.thick))


# --- viscera -------------------------------------------------------------------------------------------------------

Organs = Mapping[str, Fraction | None]
"""The sum of products of an organ's lesions, cm2; None where not all were measured."""


@dataclass(frozen=True)
class Viscera:
    """The viscera at one visit: products by organ, whether an organ is newly involved, the size of liver and spleen."""

    organs: Organs
    new_organ: bool | None
    size: str = ""


def visceral_category(
    baseline: Mapping[str, Fraction], lowest: Mapping[str, Fraction], reached: Collection[Category], now: Viscera
) -> Category:
    """Organ by organ against baseline, and against the smallest after a response; all together for a response."""
    if now.new_organ:
        return Category.RELAPSE if Category.CR in reached else Category.PD
    if any(_organ_progressed(baseline[one], lowest[one], reached, now.organs.get(one)) for one in baseline):
        return Category.PD
    if now.new_organ is None:
        return Category.NE
    if not baseline:
        return Category.NI
    sums = [now.organs.get(one) for one in baseline]
    known = [one for one in sums if one is not None]
    if len(known) < len(sums) or not now.size:
        return Category.NE
    return _organs_responded(baseline, dict(zip(baseline, known, strict=True)), now.size)


def _organ_progressed(first: Fraction, lowest: Fraction, reached: Collection[Category], now: Fraction | None) -> bool:
    if now is None:
        return False
    lost = any(one in RESPONDED for one in reached) and now > of("organ_loss") * lowest
    return lost or now >= of("organ_progression") * first


def _organs_responded(first: Mapping[str, Fraction], now: Mapping[str, Fraction], size: str) -> Category:
    if not any(now.values()) and size == "normal":
        return Category.CR
    grown = size == "increased" or any(now[organ] > first[organ] for organ in first)
    halved = sum(now.values()) <= of("organ_partial") * sum(first.values())
    return Category.PR if halved and not grown else Category.SD


# --- blood ---------------------------------------------------------------------------------------------------------


def blood_class(count: Fraction, clone: bool | None) -> str | None:
    """B0, B1 or B2 by the absolute count of Sezary cells per uL; a high count without word of a clone is undetermined.

    >>> [blood_class(Fraction(count), True) for count in (249, 250, 999, 1000)], blood_class(Fraction(1000), None)
    (['B0', 'B1', 'B1', 'B2'], None)
    """
    if count < of("b1"):
        return "B0"
    if count < of("b2") or clone is False:
        return "B1"
    return "B2" if clone else None


@dataclass(frozen=True)
class Blood:
    """The Sezary cells per uL at one time, and whether there is a clone."""

    count: Fraction
    clone: bool | None = None

    @property
    def grade(self) -> str | None:
        """B0, B1, B2, or None where it is undetermined."""
        return blood_class(self.count, self.clone)


def blood_category(
    baseline: Blood | None, lowest: Fraction, reached: Collection[Category], now: Blood | None
) -> Category:
    """A partial response exists from B2 only; a rise is progression from 5,000 cells per uL, or from B0 to B2.

    Blood that was not involved and was not counted since stays not involved; a relapse needs no clone.
    """
    if baseline is None or baseline.grade is None:
        return Category.NE
    if now is None:
        return Category.NI if baseline.grade == "B0" else Category.NE
    if _blood_progressed(baseline, lowest, reached, now):
        return Category.PD
    if Category.CR in reached and now.grade != "B0":
        return Category.RELAPSE
    if baseline.grade == "B0":
        return {"B0": Category.NI, "B1": Category.SD}.get(now.grade or "", Category.NE)
    if now.grade == "B0":
        return Category.CR
    halved = baseline.grade == "B2" and now.count < of("blood_partial") * baseline.count
    return Category.PR if halved else Category.SD


def _blood_progressed(baseline: Blood, lowest: Fraction, reached: Collection[Category], now: Blood) -> bool:
    if baseline.grade == "B0" and now.grade == "B2":
        return True
    lost = baseline.grade == "B2" and Category.PR in reached
    reference = lowest if lost else baseline.count
    return now.count >= of("blood_least") and now.count > of("blood_progression") * min(reference, baseline.count)

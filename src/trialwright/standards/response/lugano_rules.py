"""Lymphoma, the Lugano classification, the rules alone: by PET (five-point score) and by CT (products of diameters).

Source: Cheson et al., J Clin Oncol 2014;32:3059, Table 3. Lengths in cm. By CT a single lesion that grows is
progression whatever the sum does; partial response is measured from the sum at baseline. Limits marked `default` are a
reading where the print leaves a choice. Read `pet_response` and `ct_response`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from trialwright.core.terms import Response
from trialwright.standards.response.measuring import Limit, limit

TABLE = "Cheson 2014, Table 3"
LIMITS: Mapping[str, Limit] = {
    "complete_score": limit("3", "1", "five-point score up to which the response is complete", TABLE),
    "node": limit("1.5", "cm", "longest diameter above which a node, or a growing lesion, is abnormal", TABLE),
    "extranodal": limit("1", "cm", "longest diameter above which an extranodal lesion has come back", TABLE),
    "partial": limit("0.5", "1", "of the sum of products at baseline: partial up to it", TABLE),
    "progression": limit("1.5", "1", "of a lesion's smallest product: progression from it", TABLE),
    "small": limit("2", "cm", "longest diameter at its smallest, up to which a lesion is small", TABLE, default=True),
    "step_small": limit("0.5", "cm", "growth of a small lesion, at least", TABLE),
    "step_large": limit("1", "cm", "growth of a larger lesion, at least", TABLE),
    "too_small": limit("0.5", "cm", "counted for each diameter that is too small to measure", TABLE),
    "spleen": limit("13", "cm", "length above which the spleen is enlarged", TABLE),
    "spleen_part": limit("0.5", "1", "of the excess over normal: a change beyond it counts", TABLE),
    "spleen_new": limit("2", "cm", "growth of a spleen that was normal, at least", TABLE),
    "most": limit("6", "1", "lesions that are measured, at most", TABLE),
}


def of(name: str) -> Fraction:
    """The value of a limit."""
    return LIMITS[name].value


def pet_response(score: int | None, uptake: str, new_lesion: bool | None, marrow_involved: bool = False) -> Response:
    """By PET: metabolic response, told as CR, PR, SD (no metabolic response) or PD.

    >>> pet_response(3, "", False).name, pet_response(4, "reduced", False).name, pet_response(4, "", False).name
    ('CR', 'PR', 'NE')
    """
    if new_lesion or (score is not None and score > of("complete_score") and uptake == "increased"):
        return Response.PD
    if score is None or new_lesion is None:
        return Response.NE
    if score <= of("complete_score"):
        return Response.PR if marrow_involved else Response.CR
    return {"reduced": Response.PR, "unchanged": Response.SD}.get(uptake, Response.NE)


@dataclass(frozen=True)
class Lesion:
    """A lesion at one visit, or its smallest so far; None where it was not measured."""

    longest: Fraction | None
    across: Fraction | None
    node: bool = True

    @property
    def product(self) -> Fraction | None:
        """The product of the diameters, cm2."""
        return None if self.longest is None or self.across is None else self.longest * self.across

    @property
    def cleared(self) -> bool:
        """A node of normal length; an extranodal lesion only when nothing is left."""
        if self.longest is None:
            return False
        return self.longest <= of("node") if self.node else self.longest == 0


@dataclass(frozen=True)
class Smallest:
    """The smallest product and diameters of one lesion so far, baseline included."""

    product: Fraction
    longest: Fraction
    across: Fraction


def lesion_progressed(smallest: Smallest, now: Lesion) -> bool:
    """Abnormal, half as large again as at its smallest, and longer by the step of its size; or it is back."""
    if now.longest is None or now.across is None or now.product is None:
        return False
    if smallest.longest == 0 and not now.node:
        return now.longest > of("extranodal")
    step = of("step_small" if smallest.longest <= of("small") else "step_large")
    grown = now.longest - smallest.longest >= step or now.across - smallest.across >= step
    return now.longest > of("node") and now.product >= of("progression") * smallest.product and grown


def spleen_progressed(baseline: Fraction, smallest: Fraction, now: Fraction) -> bool:
    """An enlarged spleen by more than half its excess, a normal one (or one normal since) by 2 cm to above normal.

    >>> [spleen_progressed(Fraction(15), Fraction(15), Fraction(now)) for now in (16, Fraction("16.1"))]
    [False, True]
    """
    excess = baseline - of("spleen")
    if excess > 0 and now > baseline + of("spleen_part") * excess:
        return True
    return smallest <= of("spleen") < now and now - smallest >= of("spleen_new")


def spleen_responded(baseline: Fraction, now: Fraction) -> bool:
    """An enlarged spleen has lost more than half of its excess; a normal one has none to lose."""
    excess = baseline - of("spleen")
    return excess <= 0 or now - of("spleen") < of("spleen_part") * excess


@dataclass(frozen=True)
class Ct:
    """One visit by CT: lesions, the spleen's length, what was assessed without measuring, marrow, new lesions."""

    lesions: Mapping[str, Lesion]
    spleen: Fraction | None
    unmeasured: str
    marrow: str
    new_lesion: bool | None

    @property
    def total(self) -> Fraction | None:
        """The sum of products; None where a lesion was not measured."""
        known = [one.product for one in self.lesions.values() if one.product is not None]
        return sum(known, Fraction(0)) if len(known) == len(self.lesions) else None


def ct_response(baseline: Ct, earlier: Sequence[Ct], now: Ct) -> Response:
    """By CT, against the baseline and the smallest so far; `earlier` are the visits since the baseline."""
    if _progressed(baseline, [baseline, *earlier], now):
        return Response.PD
    first, total = baseline.total, now.total
    unknown = now.new_lesion is None or now.unmeasured in ("", "unknown")
    if unknown or first is None or total is None or now.spleen is None or baseline.spleen is None:
        return Response.NE
    if _complete(baseline, now):
        return Response.CR
    halved = bool(baseline.lesions) and total <= of("partial") * first
    return Response.PR if halved and spleen_responded(baseline.spleen, now.spleen) else Response.SD


def _progressed(baseline: Ct, before: Sequence[Ct], now: Ct) -> bool:
    """Anything that is progression by itself: new, growing, an enlarged spleen, the marrow again."""
    smallest = {name: smallest_of(name, before) for name in baseline.lesions}
    grown = any(least and lesion_progressed(least, now.lesions[name]) for name, least in smallest.items())
    marrow = now.marrow == "involved" and any(one.marrow == "not_involved" for one in before)
    return bool(now.new_lesion) or now.unmeasured == "progressed" or grown or marrow or _spleen_grown(before, now)


def _spleen_grown(before: Sequence[Ct], now: Ct) -> bool:
    lengths = [one.spleen for one in before if one.spleen is not None]
    first = before[0].spleen
    return now.spleen is not None and first is not None and spleen_progressed(first, min(lengths), now.spleen)


def smallest_of(name: str, visits: Sequence[Ct]) -> Smallest | None:
    """The smallest of a lesion over the visits at which it was measured."""
    seen = [one.lesions[name] for one in visits if name in one.lesions]
    known = [(one.product, one.longest, one.across) for one in seen if one.product is not None]
    if not known:
        return None
    products, longest, across = zip(*known, strict=True)
    return Smallest(min(products), min(longest), min(across))


def _complete(baseline: Ct, now: Ct) -> bool:
    """Everything gone or normal; marrow that was involved, or never looked at, must have been looked at."""
    marrow = now.marrow == "not_involved" or (now.marrow != "involved" and baseline.marrow == "not_involved")
    spleen = now.spleen is not None and now.spleen <= of("spleen")
    return (
        marrow and spleen and now.unmeasured in ("none", "absent") and all(one.cleared for one in now.lesions.values())
    )

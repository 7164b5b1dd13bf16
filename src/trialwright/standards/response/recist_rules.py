"""RECIST 1.1, the rules alone: sums of diameters, non-target lesions and new lesions -> response at one visit.

Source: Eisenhauer et al., Eur J Cancer 2009;45:228-247. Progression is measured from the smallest sum on study, the
baseline's included; partial response from the baseline's. Read `target_response`, then `overall_response`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from trialwright.core.terms import Response
from trialwright.standards.response.measuring import Limit, limit

PAPER = "Eisenhauer 2009"
LIMITS: Mapping[str, Limit] = {
    "partial": limit("0.7", "1", "of the baseline sum: partial response up to it", f"{PAPER}, 4.3.1"),
    "progression": limit("1.2", "1", "of the smallest sum: progression from it", f"{PAPER}, 4.3.1"),
    "absolute": limit("5", "mm", "more than the smallest sum, at least, for progression", f"{PAPER}, 4.3.1"),
    "normal_node": limit("10", "mm", "short axis below which a node is normal", f"{PAPER}, 3.1.1 and 4.3.1"),
    "target_node": limit("15", "mm", "short axis of a target node at baseline, at least", f"{PAPER}, 3.1.1"),
    "target": limit("10", "mm", "longest diameter of a target lesion at baseline, at least", f"{PAPER}, 3.1.1"),
    "too_small": limit("5", "mm", "counted for a lesion present but too small to measure", f"{PAPER}, 4.3.2"),
    "most_targets": limit("5", "1", "target lesions in all, at most", f"{PAPER}, 4.2"),
    "most_per_organ": limit("2", "1", "target lesions in one organ, at most", f"{PAPER}, 4.2"),
    "baseline_days": limit("28", "days", "from baseline to the start of treatment, at most", f"{PAPER}, 4.2"),
}


class State(Enum):
    """What became of a non-target lesion; None stands for one that was not evaluated."""

    ABSENT = "absent"
    PRESENT = "present"
    PROGRESSION = "unequivocal_progression"


@dataclass(frozen=True)
class Target:
    """A target lesion at one visit: its diameter in mm, of a node the short axis; None where it was not measured."""

    name: str
    size: Fraction | None
    node: bool = False

    @property
    def cleared(self) -> bool:
        """Gone; a node is when its short axis is that of a normal one."""
        if self.size is None:
            return False
        return self.size < LIMITS["normal_node"].value if self.node else self.size == 0


def sum_of(lesions: Iterable[Target]) -> Fraction:
    """The sum of the diameters that were measured."""
    return sum((one.size for one in lesions if one.size is not None), Fraction(0))


def progressed(nadir: Fraction, now: Fraction) -> bool:
    """Whether a sum is progression from the smallest one: by ratio and by length, both.

    >>> [progressed(Fraction(20), Fraction(now)) for now in (24, 25)], progressed(Fraction(100), Fraction(119))
    ([False, True], False)
    """
    return now >= LIMITS["progression"].value * nadir and now - nadir >= LIMITS["absolute"].value


def target_response(
    baseline: Fraction, nadir: Fraction, now: Sequence[Target], after_complete: bool = False
) -> Response:
    """The response of the target lesions; sums in mm.

    A lesion that was not measured makes it not evaluable, unless the others alone are progression already: what is
    missing can only add. After a complete response a lesion that is there again is progression, whatever its size.
    """
    if progressed(nadir, sum_of(now)) or (after_complete and any(one.size and not one.cleared for one in now)):
        return Response.PD
    if any(one.size is None for one in now):
        return Response.NE
    if all(one.cleared for one in now):
        return Response.CR
    return Response.PR if sum_of(now) <= LIMITS["partial"].value * baseline else Response.SD


def nontarget_response(states: Sequence[State | None], after_complete: bool = False) -> Response:
    """The response of the non-target lesions; SD stands for non-CR/non-PD, which after a complete response is PD.

    >>> nontarget_response([State.ABSENT, State.PRESENT]).name, nontarget_response([State.ABSENT, None]).name
    ('SD', 'NE')
    """
    if State.PROGRESSION in states or (after_complete and State.PRESENT in states):
        return Response.PD
    if None in states:
        return Response.NE
    return Response.SD if State.PRESENT in states else Response.CR


WITH_TARGETS: Mapping[Response, Mapping[Response | None, Response]] = {
    Response.CR: {None: Response.CR, Response.CR: Response.CR, Response.SD: Response.PR, Response.NE: Response.PR},
    Response.PR: dict.fromkeys((None, Response.CR, Response.SD, Response.NE), Response.PR),
    Response.SD: dict.fromkeys((None, Response.CR, Response.SD, Response.NE), Response.SD),
    Response.NE: dict.fromkeys((None, Response.CR, Response.SD, Response.NE), Response.NE),
}
"""Table 1: target lesions, then non-target lesions (None: there were none), without progression or new lesion."""


def overall_response(target: Response | None, nontarget: Response | None, new_lesion: bool | None) -> Response:
    """Tables 1 and 2; None for lesions of a kind the patient did not have at baseline, or for a question not answered.

    Whether there is a new lesion must have been asked: unanswered, only progression can be said.
    """
    if new_lesion or Response.PD in (target, nontarget):
        return Response.PD
    if new_lesion is None or (target is None and nontarget is None):
        return Response.NE
    return WITH_TARGETS[target][nontarget] if target else nontarget or Response.NE

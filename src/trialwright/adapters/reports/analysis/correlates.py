"""Changes of a marker against response: responders and others, and along the response from progression to complete.

The groups are compared by the Mann-Whitney test with the Hodges-Lehmann shift, exact where they are small; the order of
response by Kendall's tau. P is adjusted by Holm over the markers of the endpoint. How small p could get with the
numbers there are is told beside it: with few participants even a marker that parts them wholly proves little. Read
`correlates`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb

from trialwright.adapters.reports.analysis.measures import Measure, change_at
from trialwright.core.analysis.people import Person
from trialwright.core.endpoints import is_responder
from trialwright.core.estimation import Estimate, NotEstimable, RankCorrelation, RankTest, holm, kendall, mann_whitney
from trialwright.core.protocol import Endpoint
from trialwright.core.terms import Response

ORDER: Mapping[Response, int] = {Response.PD: 0, Response.SD: 1, Response.PR: 2, Response.CR: 3}
"""The order of response, the worst first; who cannot be evaluated has no place in it."""


@dataclass(frozen=True)
class Correlate:
    """One measure's change from baseline at an encounter against the confirmed best response.

    `responders` and `others` are the changes of each group; `least_p` is the smallest p these numbers allow.
    """

    measure: Measure
    encounter: str
    responders: tuple[float, ...]
    others: tuple[float, ...]
    test: RankTest
    adjusted: Estimate
    least_p: Estimate
    ordered: RankCorrelation


def correlates(endpoint: Endpoint, people: Sequence[Person], measures: Sequence[Measure]) -> tuple[Correlate, ...]:
    """Every measure of an endpoint at each of its encounters; none where it is not compared by response."""
    if endpoint.against != "response" or endpoint.baseline is None:
        return ()
    found = [_correlate(endpoint, people, measure, at) for measure in measures for at in endpoint.at]
    adjusted = holm({str(place): one.test.p for place, one in enumerate(found)})
    return tuple(_adjusted(one, adjusted[str(place)]) for place, one in enumerate(found))


def _adjusted(one: Correlate, p: Estimate) -> Correlate:
    return Correlate(**{**vars(one), "adjusted": p})


def _correlate(endpoint: Endpoint, people: Sequence[Person], measure: Measure, at: str) -> Correlate:
    changed = [
        (one, change) for one in people if (change := change_at(one, measure, str(endpoint.baseline), at)) is not None
    ]
    responders = [change for one, change in changed if is_responder(one.best, endpoint)]
    others = [change for one, change in changed if not is_responder(one.best, endpoint)]
    test = mann_whitney(responders, others)
    return Correlate(
        measure=measure,
        encounter=at,
        responders=tuple(responders),
        others=tuple(others),
        test=test,
        adjusted=test.p,
        least_p=least_p(len(responders), len(others)),
        ordered=_along_the_response(changed),
    )


def _along_the_response(changed: Iterable[tuple[Person, float]]) -> RankCorrelation:
    """The changes against the order of the confirmed best response."""
    placed = [(change, ORDER.get(one.best.confirmed_response)) for one, change in changed if one.best]
    known = [(change, place) for change, place in placed if place is not None]
    return kendall([change for change, _ in known], [place for _, place in known])


def least_p(first: int, second: int) -> Estimate:
    """The smallest two-sided p that two groups of these sizes allow: that of groups which do not overlap.

    >>> round(least_p(2, 6), 4)
    0.0714
    """
    if not first or not second:
        return NotEstimable("one of the two groups is empty")
    return min(1.0, 2 / comb(first + second, first))

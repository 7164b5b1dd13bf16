"""The result of an endpoint in a few words, as synopsis and comparison tell it, and the section that has the whole.

Read `result_of`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialwright.adapters.reports.text import estimate, number, of, rate_interval, share, span
from trialwright.core.estimation import estimable
from trialwright.core.protocol import Endpoint, Variable

if TYPE_CHECKING:
    from trialwright.adapters.reports.analysis import Analysis
    from trialwright.adapters.reports.analysis.proportions import Held
    from trialwright.adapters.reports.analysis.survival import Curve
    from trialwright.adapters.reports.analysis.values import DifferenceAt, Measured

NOT_ASKED = "not estimable, because no participant has data for it by the cut-off"
NOT_RECKONED = "not reckoned in this report"
NO_RESULT = (NOT_ASKED, NOT_RECKONED)
TIMES = (Variable.TIME_TO_EVENT, Variable.DURATION_OF_RESPONSE)
VALUES = (Variable.VALUE, Variable.CHANGE)
MOST = 3
"""So many measures are told in a few words; the others are counted."""


def section_of(analysis: Analysis, endpoint: Endpoint) -> str:
    """The name of the section that has the endpoint's result."""
    slug = endpoint.id.replace("_", "-")
    if endpoint.variable in TIMES:
        return f"time-{slug}"
    if endpoint.variable in VALUES:
        return f"value-{slug}"
    if endpoint.variable is Variable.PROPORTION:
        return f"proportion-{slug}"
    if endpoint.variable is Variable.RESPONSE:
        return next(
            (f"response{one.suffix}" for one in analysis.responses if one.endpoint.id == endpoint.id), "response"
        )
    return "safety" if endpoint.variable is Variable.WORST_GRADE else "readiness"


def result_of(analysis: Analysis, endpoint: Endpoint) -> str:
    """The endpoint's result by group, or why there is none."""
    if endpoint.variable is Variable.RESPONSE:
        return _rates(analysis, endpoint)
    if endpoint.variable in TIMES:
        found = next((one for one in analysis.times if one.endpoint.id == endpoint.id), None)
        told = [f"{_named(one.label, len(found.curves))}{_median(one)}" for one in found.curves] if found else []
        return "; ".join(told) if found and found.members else NOT_ASKED
    if endpoint.variable is Variable.WORST_GRADE:
        return _severe(analysis)
    if endpoint.variable in VALUES:
        return next((_values(one) for one in analysis.measured if one.endpoint.id == endpoint.id), NOT_ASKED)
    if endpoint.variable is Variable.PROPORTION:
        return _held(analysis, endpoint)
    return NOT_RECKONED


def _named(label: str, groups: int) -> str:
    return f"{label}: " if groups > 1 else ""


def _rates(analysis: Analysis, endpoint: Endpoint) -> str:
    found = next((one for one in analysis.responses if one.endpoint.id == endpoint.id), None)
    rows = [one for one in found.rates if one.population == endpoint.population and one.rate.n] if found else []
    told = [
        f"{_named(one.group, len(rows))}{of(one.rate.successes, one.rate.n)}, 95% interval {rate_interval(one.rate)}"
        for one in rows
    ]
    return "; ".join(told) or NOT_ASKED


def _held(analysis: Analysis, endpoint: Endpoint) -> str:
    """The rate of those of whom it is known, and of how many it is not."""
    found = next((one for one in analysis.proportions if one.endpoint.id == endpoint.id), None)
    rows = [one for one in found.held if one.population == endpoint.population and one.n] if found else []
    return "; ".join(f"{_named(one.group, len(rows))}{_known(one)}" for one in rows) or NOT_ASKED


def _known(one: Held) -> str:
    if not one.known:
        return f"not estimable, because it is known of none of {one.n}"
    rate = f"{of(one.yes, one.known)}, 95% interval {rate_interval(one.rate)}"
    return f"{rate}; not known of {one.unknown}" if one.unknown else rate


def _median(one: Curve) -> str:
    counts = f"{one.events} events in {one.curve.n}"
    if not estimable(one.median.estimate):
        return f"{estimate(one.median.estimate)} ({counts})"
    limits = span(one.median.lower, one.median.upper)
    return f"median {number(one.median.estimate)} months, 95% interval {limits} ({counts})"


def _severe(analysis: Analysis) -> str:
    rows = [one for one in analysis.safety.any_term if one.n]
    told = [f"{_named(one.group, len(rows))}{share(one.severe, one.n)} with grade 3 or more" for one in rows]
    return "; ".join(told) or NOT_ASKED


def _values(one: Measured) -> str:
    if one.differences:
        return _several([_difference(each) for each in one.differences])
    paired = max((len(each.pairs) for each in one.pairs), default=0)
    if one.pairs:
        return f"up to {paired} pairs of before and after in {one.people} concerned" if paired else NOT_ASKED
    known = max((each.mean.n for each in one.means), default=0)
    return f"values of up to {known} in {one.people} concerned" if known else NOT_ASKED


def _difference(each: DifferenceAt) -> str:
    told = each.difference
    if not estimable(told.difference):
        return f"{each.measure.label}: {estimate(told.difference)}"
    limits = span(told.interval.lower, told.interval.upper)
    return f"{each.measure.label}, {' minus '.join(each.groups)}: {number(told.difference)}, 95% interval {limits}"


def _several(told: list[str]) -> str:
    more = f"; and {len(told) - MOST} more" if len(told) > MOST else ""
    return "; ".join(told[:MOST]) + more

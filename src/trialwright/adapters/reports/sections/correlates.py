"""Changes of markers against response: two tables, and in words how much so few participants can show."""

from __future__ import annotations

from statistics import median

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.analysis.correlates import Correlate
from trialwright.adapters.reports.analysis.values import Measured, encounter_label
from trialwright.adapters.reports.document import Block, Paragraph, Table
from trialwright.adapters.reports.text import digits_for, estimate, headed, number, p_value, sentence, span
from trialwright.adapters.reports.tied import References, Tied, tell
from trialwright.core.estimation import Estimate, RankCorrelation, RankTest, estimable


def correlate_blocks(analysis: Analysis, one: Measured) -> list[Block]:
    """Responders against others, the order of response, and what these numbers can show at best."""
    return [Paragraph(_how_little(analysis, one)), _two_groups(analysis, one), _ordered(analysis, one)]


def _how_little(analysis: Analysis, one: Measured) -> Tied:
    """How many are compared at most, and the smallest p that leaves."""
    place = max(range(len(one.correlates)), key=lambda each: _fewer(one.correlates[each]))
    path = f"measured.{analysis.measured.index(one)}.correlates.{place}"
    ref, table = References(analysis), _name(one)
    if not estimable(one.correlates[place].least_p):
        return tell("No change of a responder can be compared with one of another participant, so nothing is tested.")
    return tell(
        "At most {responders} responders are compared with {others} others. Two groups of these sizes that do not "
        "overlap at all have p {least}; no p can be smaller, and one above it does not show that there is no "
        "difference. These tests explore; nothing was planned to be shown by them.",
        responders=ref(f"{path}.responders.count", str, table),
        others=ref(f"{path}.others.count", str, table),
        least=ref(f"{path}.least_p", p_value, table),
    )


def _fewer(one: Correlate) -> tuple[int, int]:
    """How many the smaller group has, then both together."""
    sizes = len(one.responders), len(one.others)
    return min(sizes), sum(sizes)


def _name(one: Measured) -> str:
    return f"response-{one.endpoint.id.replace('_', '-')}"


def _two_groups(analysis: Analysis, one: Measured) -> Table:
    headings = (
        "To",
        "Measure",
        "Responders",
        "Median",
        "Others",
        "Median",
        "Shift, 95% interval",
        "p",
        "Holm",
        "Least p",
    )
    return Table(
        _name(one),
        f"{sentence(one.endpoint.label)}: changes of responders against those of others",
        headings,
        tuple(_group_row(analysis, each) for each in one.correlates),
        "llrrrrrrrr",
        (
            "Mann-Whitney test, two-sided; the shift is that of Hodges and Lehmann, responders minus others. Holm: "
            "adjusted over the rows of this table. Least p: the smallest that groups of these sizes allow.",
        ),
        stub=True,
    )


def _group_row(analysis: Analysis, each: Correlate) -> tuple[str, ...]:
    test, medians = each.test, [median(one) if one else None for one in (each.responders, each.others)]
    digits = _digits(test.shift, test.lower, test.upper, *(one for one in medians if one is not None))
    middle = ["nobody" if one is None else number(one, digits) for one in medians]
    limits = f" ({span(test.lower, test.upper, digits)})" if estimable(test.shift) else ""
    return (
        encounter_label(analysis.gathered.protocol, each.encounter),
        headed(each.measure.label, each.measure.unit),
        str(len(each.responders)),
        middle[0],
        str(len(each.others)),
        middle[1],
        f"{estimate(test.shift, digits)}{limits}",
        _p(test),
        p_value(each.adjusted),
        p_value(each.least_p),
    )


def _p(test: RankTest | RankCorrelation) -> str:
    """The p of a test with the way it was found, or why there is none."""
    told = p_value(test.p)
    return f"{told} ({test.method.split(',')[0]})" if estimable(test.p) else told


def _digits(*values: Estimate) -> int:
    return min(2, digits_for([one for one in values if estimable(one)]))


def _ordered(analysis: Analysis, one: Measured) -> Table:
    rows = tuple(
        (
            encounter_label(analysis.gathered.protocol, each.encounter),
            headed(each.measure.label, each.measure.unit),
            str(each.ordered.n),
            estimate(each.ordered.coefficient, 2),
            _p(each.ordered),
        )
        for each in one.correlates
    )
    return Table(
        f"order-{one.endpoint.id.replace('_', '-')}",
        f"{sentence(one.endpoint.label)}: changes along the confirmed best response",
        ("To", "Measure", "n", "Kendall's tau", "p"),
        rows,
        "llrrr",
        (
            "From progressive disease over stable disease and partial response to complete response; who cannot be "
            "evaluated is left out. Above nought the change is greater the better the response.",
        ),
        stub=True,
    )

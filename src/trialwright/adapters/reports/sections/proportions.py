"""Proportions: in how many an endpoint's condition held, the two arms compared, and of whom it is not known and why.

Read `proportion_sections`.
"""

from __future__ import annotations

from collections.abc import Callable

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.analysis.proportions import Compared, Held, ProportionAnalysis, Unanswered
from trialwright.adapters.reports.document import Block, Paragraph, Section, Table
from trialwright.adapters.reports.sections.responses import STANDS_ON
from trialwright.adapters.reports.text import (
    estimate,
    number,
    p_value,
    rate_interval,
    sentence,
    span,
    whole_percent,
)
from trialwright.adapters.reports.tied import Number, References, Tied, joined, label, tell
from trialwright.core.estimation import Estimate, NotEstimable, estimable

WHOM = {**STANDS_ON, "allocated": "allocated to an arm", "evaluable": "treated and evaluable"}
NO_NUMBER = "none"
KNOWN_ALONE = (
    "The rate is of those of whom it is known. Unknown is neither yes nor no: the last column tells what the rate of "
    "all could be, from unknown taken as no to unknown taken as yes."
)


def proportion_sections(analysis: Analysis) -> tuple[Section, ...]:
    """One section for each endpoint that is a proportion."""
    return tuple(_section(analysis, one) for one in analysis.proportions)


def _section(analysis: Analysis, one: ProportionAnalysis) -> Section:
    blocks: list[Block] = [Paragraph(proportion_words(analysis, one)), _rate_table(one)]
    blocks += [_comparison_table(one)] if one.compared else []
    blocks.append(_unknown_table(one))
    return Section(f"proportion-{slug_of(one)}", sentence(one.endpoint.label), tuple(blocks))


def slug_of(one: ProportionAnalysis) -> str:
    """The endpoint's id as names of tables have it."""
    return one.endpoint.id.replace("_", "-")


def proportion_words(analysis: Analysis, one: ProportionAnalysis) -> Tied:
    """In how many of the endpoint's population it held, in how many not, and of how many it is not known."""
    row = one.row()
    path = f"proportions.{analysis.proportions.index(one)}.held.{one.held.index(row)}"
    ref, whom = References(analysis), WHOM[row.population]

    def cell(part: str, told: Callable[..., str], column: str) -> Number:
        table = f"proportion-{slug_of(one)}"
        return ref(f"{path}.{part}".rstrip("."), told, table, (sentence(whom),), column, row.group)

    if not row.known:
        why = "it is known of none of them" if row.n else "nobody is among them"
        return tell("Not estimable, because {why} (of those {whom}).", why=why, whom=whom)
    return tell(
        "It held in {yes} of {known} of whom it is known ({rate}), of those {whom}; exact {level} interval {interval} "
        "(Clopper and Pearson). In {no} it did not, and of {unknown} it is not known.",
        yes=cell("yes", str, "Yes"),
        known=ref(f"{path}.known", str, f"proportion-{slug_of(one)}"),
        rate=cell("estimate", _percent, "Rate"),
        whom=whom,
        level=ref(f"{path}.rate.level", whole_percent, f"proportion-{slug_of(one)}"),
        interval=cell("rate", rate_interval, "interval"),
        no=cell("no", str, "No"),
        unknown=cell("unknown", str, "Not known"),
    )


def _percent(value: Estimate) -> str:
    return f"{number(100 * value)}%" if estimable(value) else _none(value)


def _none(value: Estimate) -> str:
    """Why there is no number."""
    return f"not estimable, because {value.because}" if isinstance(value, NotEstimable) else ""


def _rate_table(one: ProportionAnalysis) -> Table:
    return Table(
        f"proportion-{slug_of(one)}",
        f"{sentence(one.endpoint.label)}: in how many it held",
        ("Group", "Of whom", "Yes", "No", "Not known", "Rate", "Exact 95% interval", "Rate of all could be"),
        tuple(_rate_row(each) for each in one.held),
        "llrrrrrr",
        (KNOWN_ALONE,),
        stub=True,
    )


def _rate_row(one: Held) -> tuple[str, ...]:
    whom = f"{sentence(WHOM[one.population])}{' (primary)' if one.primary else ''}"
    limits = rate_interval(one.rate) if one.known else NO_NUMBER
    return (
        one.group,
        whom,
        str(one.yes),
        str(one.no),
        str(one.unknown),
        _percent(one.estimate),
        limits,
        _could_be(one),
    )


def _could_be(one: Held) -> str:
    if not estimable(one.least) or not estimable(one.most):
        return NO_NUMBER
    return span(100 * one.least, 100 * one.most, end="%") if one.unknown else _percent(one.least)


def _comparison_table(one: ProportionAnalysis) -> Table:
    rows = tuple(_comparison_row(each) for each in one.compared)
    headings = (
        "Compared",
        "Yes of known",
        "Difference",
        "95% interval",
        "Fisher's exact p",
        "Odds ratio",
        "95% limits",
    )
    notes = (
        "Of those of whom it is known. Interval by Newcombe, p two-sided, conditional odds ratio with exact limits.",
    )
    title = f"{sentence(one.endpoint.label)}: the arms compared"
    return Table(f"proportion-compared-{slug_of(one)}", title, headings, rows, "lrrrrrr", notes)


def _comparison_row(each: Compared) -> tuple[str, ...]:
    fisher = each.fisher
    low, high = (100 * one if estimable(one) else one for one in (each.limits.lower, each.limits.upper))
    return (
        " minus ".join(each.groups),
        " against ".join(f"{yes} of {known}" for yes, known in each.counts),
        f"{number(100 * each.difference)} points" if estimable(each.difference) else estimate(each.difference),
        span(low, high),
        p_value(fisher.p),
        estimate(fisher.odds_ratio, 2),
        span(fisher.lower, fisher.upper, 2),
    )


def _unknown_table(one: ProportionAnalysis) -> Table:
    rows = tuple(_unknown_row(each) for each in one.unanswered)
    title = f"{sentence(one.endpoint.label)}: of whom it is not known, and why"
    empty = "It is known of everyone of the endpoint's population."
    headings = ("Participant", "Group", "Why it is not known", "What is missing")
    return Table(f"proportion-unknown-{slug_of(one)}", title, headings, rows, "llll", empty=empty)


def _unknown_row(one: Unanswered) -> tuple[str, ...]:
    return one.subject, one.group, sentence(one.why), ", ".join(one.missing) or "not said"


def short_words(analysis: Analysis, one: ProportionAnalysis) -> Tied:
    """The endpoint by its label, and in how many it held."""
    title = label(sentence(one.endpoint.label), one.endpoint.id)
    return joined([tell("{title}:", title=title), proportion_words(analysis, one)])

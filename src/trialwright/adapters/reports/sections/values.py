"""Measured values: means by encounter and group, differences, and each marker before and after."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.analysis.values import DifferenceAt, MeanAt, Measured, Pairs, encounter_label
from trialwright.adapters.reports.document import Block, Drawing, Paragraph, Section, Table
from trialwright.adapters.reports.figures.values import means_figure, means_words, pairs_figure, pairs_words
from trialwright.adapters.reports.sections.correlates import correlate_blocks
from trialwright.adapters.reports.text import (
    counted,
    digits_for,
    estimate,
    headed,
    listed,
    p_value,
    sentence,
    span,
)
from trialwright.adapters.reports.tied import References, Tied, joined, label, tell
from trialwright.core.estimation import Estimate, estimable
from trialwright.core.protocol import Variable


def value_sections(analysis: Analysis) -> tuple[Section, ...]:
    """One section for each endpoint of values."""
    return tuple(_section(analysis, one) for one in analysis.measured)


def _section(analysis: Analysis, one: Measured) -> Section:
    change = one.endpoint.variable is Variable.CHANGE
    blocks: list[Block] = [Paragraph(_opening(analysis, one))]
    if any(each.mean.n for each in one.means):
        blocks += _change_blocks(analysis, one) if change else _value_blocks(analysis, one)
    else:
        blocks.append(Paragraph("No value has been recorded at these encounters by the cut-off."))
    return Section(f"value-{_slug(one)}", sentence(one.endpoint.label), tuple(blocks))


def _slug(one: Measured) -> str:
    return one.endpoint.id.replace("_", "-")


def _opening(analysis: Analysis, one: Measured) -> Tied:
    where = tell(", at {sites} only", sites=label(_sites(analysis, one), one.endpoint.id)) if one.endpoint.sites else ""
    by = {"response": " compared by confirmed response", "arm": " compared by arm"}.get(one.grouped_by, "")
    ref = References(analysis)
    return tell(
        "{people} concerned{where}{part}; values at: {encounters}{by}.",
        people=ref(f"measured.{analysis.measured.index(one)}.people", lambda n: counted(n, "treated participant")),
        where=where,
        part=tell(", of those who joined {part}", part=label(listed(one.joined), one.endpoint.id))
        if one.joined
        else "",
        encounters=joined([label(words, name) for name, words in one.encounters], ", ", " and "),
        by=by,
    )


def _sites(analysis: Analysis, one: Measured) -> str:
    named = [site.name for site in analysis.gathered.protocol.design.sites if site.id in one.endpoint.sites]
    return listed(named or list(one.endpoint.sites))


def _value_blocks(analysis: Analysis, one: Measured) -> list[Block]:
    blocks: list[Block] = [_means_drawing(analysis, one)]
    if one.differences:
        blocks.append(_difference_table(analysis, one))
    return blocks


def _change_blocks(analysis: Analysis, one: Measured) -> list[Block]:
    blocks: list[Block] = [Paragraph(_how_few(analysis, one)), _pairs_drawing(analysis, one)]
    if one.differences:
        blocks.append(_difference_table(analysis, one))
    if one.correlates:
        blocks += correlate_blocks(analysis, one)
    blocks.append(_means_table(analysis, one, f"means-{_slug(one)}"))
    return blocks


def _how_few(analysis: Analysis, one: Measured) -> Tied:
    """How many pairs there are at most, and how small p can be with them."""
    ref, path = References(analysis), f"measured.{analysis.measured.index(one)}"
    if not estimable(one.least_p):
        return tell("Nobody has both values of a measure, so no change is tested.")
    return tell(
        "At most {pairs} of before and after; were all of them to go one way, the signed-rank test would have p "
        "{least}, and none can be smaller.",
        pairs=ref(f"{path}.most_pairs", lambda n: counted(n, "pair"), f"before-after-{_slug(one)}"),
        least=ref(f"{path}.least_p", p_value, f"before-after-{_slug(one)}"),
    )


# ---- means ----------------------------------------------------------------------------------------------------------


def _means_drawing(analysis: Analysis, one: Measured) -> Drawing:
    name = f"means-{_slug(one)}"
    return Drawing(
        name=name,
        title=f"{sentence(one.endpoint.label)}: means with 95% intervals",
        alt=means_words(one),
        numbers=_means_table(analysis, one, name),
        draw=lambda: means_figure(one),
    )


def _means_table(analysis: Analysis, one: Measured, name: str) -> Table:
    rows = tuple(_mean_row(analysis, each) for each in one.means)
    headings = ("Measure", "Encounter", "Group", "n", "Mean", "SD", "95% interval of the mean")
    return Table(name, f"{sentence(one.endpoint.label)}, values", headings, rows, "lllrrrr", stub=True)


def _mean_row(analysis: Analysis, each: MeanAt) -> tuple[str, ...]:
    mean = each.mean
    digits = _digits(mean.mean, mean.standard_deviation)
    where = encounter_label(analysis.gathered.protocol, each.encounter)
    told = (estimate(mean.mean, digits), estimate(mean.standard_deviation, digits))
    label = headed(each.measure.label, each.measure.unit)
    return label, where, each.group, str(mean.n), *told, span(mean.lower, mean.upper, digits)


def _digits(*values: Estimate) -> int:
    return min(2, digits_for([one for one in values if estimable(one)]))


def _difference_table(analysis: Analysis, one: Measured) -> Table:
    first = one.differences[0]
    return Table(
        f"difference-{_slug(one)}",
        f"Difference of means, {first.groups[0]} minus {first.groups[1]}",
        ("Measure", "Encounter", "Of", "Difference", "95% interval", "p"),
        tuple(_difference_row(analysis, each) for each in one.differences),
        "lllrrr",
        ("Welch's interval and test, two-sided; the two variances need not be equal.",),
        stub=True,
    )


def _difference_row(analysis: Analysis, each: DifferenceAt) -> tuple[str, ...]:
    found = each.difference
    digits = _digits(found.difference, found.interval.lower, found.interval.upper)
    where = encounter_label(analysis.gathered.protocol, each.encounter)
    limits = span(found.interval.lower, found.interval.upper, digits)
    of = "changes from baseline" if each.of_change else "values"
    label = headed(each.measure.label, each.measure.unit)
    return label, where, of, estimate(found.difference, digits), limits, p_value(found.p)


# ---- before and after -----------------------------------------------------------------------------------------------


def _pairs_drawing(analysis: Analysis, one: Measured) -> Drawing:
    name = f"before-after-{_slug(one)}"
    return Drawing(
        name=name,
        title=f"{sentence(one.endpoint.label)}: before and after",
        alt=pairs_words(one),
        numbers=_pairs_table(analysis, one, name),
        draw=lambda: pairs_figure(one),
    )


def _pairs_table(analysis: Analysis, one: Measured, name: str) -> Table:
    return Table(
        name,
        f"{sentence(one.endpoint.label)}, change from baseline",
        ("Measure", "Group", "To", "Pairs", "Incomplete", "Mean change", "95% interval", "Signed-rank p"),
        tuple(_pair_rows(analysis, one)),
        "lllrrrrr",
        (
            "Wilcoxon signed-rank test, two-sided, exact where the pairs allow; not corrected for the number "
            "of comparisons.",
        ),
        stub=True,
    )


def _pair_rows(analysis: Analysis, one: Measured) -> Iterator[tuple[str, ...]]:
    for pair in one.pairs:
        change = pair.change
        digits = _digits(change.mean, change.standard_deviation)
        where = encounter_label(analysis.gathered.protocol, pair.encounter)
        told = (estimate(change.mean, digits), span(change.lower, change.upper, digits), _test(pair))
        label = headed(pair.measure.label, pair.measure.unit)
        yield label, pair.group, where, str(len(pair.pairs)), str(pair.missing), *told


def _test(pair: Pairs) -> str:
    if not estimable(pair.test.p):
        return p_value(pair.test.p)
    return f"{p_value(pair.test.p)} ({pair.test.method.split(',')[0]})"


def specimen_section(analysis: Analysis) -> Section | None:
    """Specimens taken against planned, where the protocol plans any."""
    if not analysis.gathered.protocol.specimens:
        return None
    rows = tuple(
        (one.specimen, one.encounter, one.site, *(str(n) for n in (one.planned, one.taken, one.missed, one.open)))
        for one in analysis.conduct.specimens
    )
    table = Table(
        "specimens",
        "Specimens taken against planned",
        ("Specimen", "Encounter", "Site", "Planned", "Taken", "Missed", "Still open"),
        rows,
        "lllrrrr",
        ("Planned are those whose time has come by the cut-off, for participants whom the specimen concerns.",),
        stub=True,
        empty="No specimen was planned by the cut-off.",
    )
    return Section("specimens", "Specimens", (table,))

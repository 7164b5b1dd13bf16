"""Participant flow, accrual and baseline characteristics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.analysis.accrual import Accrual, SiteAccrual
from trialwright.adapters.reports.analysis.baseline import BaselineRow, NumberSummary, WordSummary
from trialwright.adapters.reports.analysis.flow import Flow, FlowColumn
from trialwright.adapters.reports.document import Drawing, Paragraph, Section, Table
from trialwright.adapters.reports.figures.accrual import accrual_figure, accrual_words
from trialwright.adapters.reports.figures.flow import flow_figure, flow_words
from trialwright.adapters.reports.text import MONTHS, code_words, digits_for, headed, number, sentence, share, span
from trialwright.adapters.reports.tied import References, Tied, tell

NEVER = "none recorded"
MOST_COLUMNS = 8
"""So many sites have a column of their own; of more, only all together are told by month."""
NOBODY = "Nobody was registered by the cut-off."
UNBROKEN = "\u00a0"


def flow_section(analysis: Analysis) -> Section:
    """Who was screened, registered, treated and evaluable, and where the others went."""
    flow = analysis.flow
    drawing = Drawing(
        name="participant-flow",
        title="Participant flow",
        alt=flow_words(flow),
        numbers=_flow_table(flow),
        draw=lambda: flow_figure(flow),
    )
    return Section("flow", "Participants", (Paragraph(four_numbers(analysis)), drawing))


def four_numbers(analysis: Analysis) -> Tied:
    """Planned, registered, treated and evaluable, each by itself."""
    ref = References(analysis)
    table = "participant-flow"
    return tell(
        "{planned} planned, {registered} registered, {treated} treated with at least one dose, {evaluable} evaluable. "
        "These are four numbers, and each percentage in this report names the one it stands on.",
        planned=ref("flow.planned", str, table, ("Planned",), group="All"),
        registered=ref("flow.registered", str, table, ("Registered",), group="All"),
        treated=ref("flow.treated", str, table, ("Treated",), group="All"),
        evaluable=ref("flow.evaluable", str, table, ("Evaluable",), group="All"),
    )


def _flow_table(flow: Flow) -> Table:
    rows = [
        ("All", "Planned", str(flow.planned)),
        ("All", "Screened", str(flow.screened)),
        ("All", "Still in screening", str(flow.in_screening)),
        ("All", "Screen failures", str(flow.failed)),
        *(("All", f"Screen failure: {reason}", str(count)) for reason, count in flow.failures),
        ("All", "Registered", str(flow.registered)),
        *(_together(flow) if len(flow.columns) > 1 else ()),
        *(row for column in flow.columns for row in _column_rows(column, len(flow.columns) > 1)),
    ]
    notes = ("A screen failure counts once, and once more for each of its reasons.",) if flow.failures else ()
    written = dict.fromkeys(
        f"{reason} is also written as: {words}." for one in flow.columns for reason, words in one.written
    )
    return Table(
        "participant-flow",
        "Participant flow, numbers",
        ("Group", "Step", "Participants"),
        tuple(rows),
        "llr",
        (*notes, *written),
        stub=True,
    )


def _together(flow: Flow) -> Iterator[tuple[str, str, str]]:
    """What the sentences say of all arms together."""
    yield "All", "Treated with at least one dose", str(flow.treated)
    yield "All", "Evaluable", str(flow.evaluable)


def _column_rows(column: FlowColumn, allocated: bool) -> Iterator[tuple[str, str, str]]:
    label = column.label
    if allocated:
        yield label, "Registered in this arm", str(column.registered)
    yield label, "Treated with at least one dose", str(column.treated)
    yield label, "Registered, no dose taken", str(column.never_treated)
    for reason, count in column.untreated:
        yield label, f"No dose taken: {reason}", str(count)
    yield label, "Still on treatment", str(column.on_treatment)
    yield label, "Off treatment", str(column.stopped)
    for reason, count in column.off_treatment:
        yield label, f"Off treatment: {reason}", str(count)
    yield label, "In follow-up", str(column.in_follow_up)
    for reason, count in column.off_study:
        yield label, f"Off study: {reason}", str(count)
    yield label, "Evaluable", str(column.evaluable)
    for reason, count in column.not_evaluable:
        yield label, f"Not evaluable: {reason}", str(count)


# ---- accrual --------------------------------------------------------------------------------------------------------


def accrual_curve_section(analysis: Analysis) -> Section:
    """Registrations over time and by site, against the number planned."""
    told = analysis.accrual
    if not told.days:
        return Section("accrual-over-time", "Accrual over time", (Paragraph(NOBODY), _accrual_table(told)))
    drawing = Drawing(
        name="accrual",
        title="Registrations over time, by site",
        alt=accrual_words(told),
        numbers=_accrual_table(told),
        draw=lambda: accrual_figure(told),
    )
    return Section("accrual-over-time", "Accrual over time", (drawing,))


def _accrual_table(told: Accrual) -> Table:
    """Every month in which somebody was registered, at which sites, and how many there were by its end."""
    sites = told.sites if len(told.sites) <= MOST_COLUMNS else ()
    rows = tuple(_accrual_row(told, sites, *month) for month in _months(told))
    return Table(
        "accrual",
        "Registrations by month and site, numbers",
        ("Month", *(one.site for one in sites), "All sites", "By its end, of those planned"),
        rows,
        "l" + "r" * (len(sites) + 2),
        (
            "The protocol plans a number for all sites together and none for each. Months without a registration are "
            "left out.",
        ),
        empty=NOBODY,
    )


def _months(told: Accrual) -> list[tuple[int, int]]:
    return sorted({(on.year, on.month) for on in told.days})


def _accrual_row(told: Accrual, sites: Sequence[SiteAccrual], year: int, month: int) -> tuple[str, ...]:
    by_site = tuple(str(sum((on.year, on.month) == (year, month) for on in one.days)) for one in sites)
    here = sum((on.year, on.month) == (year, month) for on in told.days)
    by_then = sum((on.year, on.month) <= (year, month) for on in told.days)
    return f"{MONTHS[month - 1]} {year}", *by_site, str(here), share(by_then, told.planned)


# ---- baseline -------------------------------------------------------------------------------------------------------


def baseline_section(analysis: Analysis) -> Section:
    """Who they are, by arm where there are arms."""
    groups = analysis.gathered.groups_and_all
    headings = ("Characteristic", "Value", *(f"{group.label} (n{UNBROKEN}={UNBROKEN}{len(group)})" for group in groups))
    rows = tuple(row for each in analysis.baseline for row in _baseline_rows(each))
    notes = (
        "Registered participants; the last value up to the first dose, or up to registration where no dose was taken.",
        "Percentages are of the participants with a value; the missing are counted beside them.",
    )
    table = Table(
        "baseline",
        "Baseline characteristics",
        headings,
        rows if analysis.gathered.registered else (),
        "ll" + "r" * len(groups),
        notes,
        stub=True,
        empty="Nobody is registered, so there is nobody to describe.",
    )
    return Section("baseline", "Baseline", (table,))


def _baseline_rows(row: BaselineRow) -> Iterator[tuple[str, ...]]:
    label = headed(row.label, row.unit)
    numbers = [one for one in row.groups if isinstance(one, NumberSummary)]
    if numbers:
        yield (label, "Median (range)", *_medians(numbers))
    for word in row.words:
        yield (label, sentence(code_words(word)), *(_word_share(one, word) for one in row.groups))
    if not numbers and not row.words:
        yield (label, "Any value", *(NEVER for _ in row.groups))
    if any(one.missing for one in row.groups):
        yield (
            label,
            "Missing or does not apply" if row.not_for_all else "Missing",
            *(str(one.missing) for one in row.groups),
        )


def _medians(summaries: Sequence[NumberSummary]) -> list[str]:
    known = [value for one in summaries for value in (one.low, one.high) if value is not None]
    digits = 0 if all(value == int(value) for value in known) else digits_for(known)
    return [_median(one, digits) for one in summaries]


def _median(one: NumberSummary, digits: int) -> str:
    if one.median is None or one.low is None or one.high is None:
        return NEVER
    middle = digits if one.median == round(one.median, digits) else digits + 1
    return f"{number(one.median, middle)} ({span(one.low, one.high, digits)})"


def _word_share(one: NumberSummary | WordSummary, word: str) -> str:
    counts = one.counts if isinstance(one, WordSummary) else {}
    return share(counts.get(word, 0), one.n) if one.n else NEVER

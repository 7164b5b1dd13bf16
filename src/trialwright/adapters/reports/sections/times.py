"""Time to event: curve, medians, the steps of the curve, and where and why each participant's observation ended."""

from __future__ import annotations

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.analysis.survival import Curve, First, TimeAnalysis
from trialwright.adapters.reports.document import Block, Drawing, Paragraph, Section, Table
from trialwright.adapters.reports.figures.survival import median_words, survival_figure, survival_words
from trialwright.adapters.reports.text import day, estimate, number, p_value, sentence, span
from trialwright.adapters.reports.tied import References, Tied, joined, label, tell
from trialwright.core.endpoints import ROWS, TimeToEvent
from trialwright.core.endpoints.times import DAYS_PER_MONTH
from trialwright.core.estimation import Estimate, SurvivalAt, estimable

MONTH = References({"days": DAYS_PER_MONTH})
"""By which days are told in months."""
ADDED = "No endpoint of the protocol asks for this time; it is shown because the data for it are recorded."


def time_sections(analysis: Analysis) -> tuple[Section, ...]:
    """One section for each endpoint that is a time."""
    return tuple(_section(analysis, one) for one in analysis.times)


def _section(analysis: Analysis, one: TimeAnalysis) -> Section:
    title = sentence(one.endpoint.label)
    blocks: list[Block] = [Paragraph(ADDED, "notice")] if one.added else []
    blocks.append(Paragraph(counts_of(analysis, one)))
    if one.members:
        blocks += [_figure(one), _median_table(one), _landmark_table(one)]
        blocks += [_first_table(one)] if one.firsts else []
        blocks += [_variant_table(one)] if one.variants else []
        blocks.append(_listing(one))
    return Section(f"time-{one.endpoint.id.replace('_', '-')}", title, tuple(blocks))


def counts_of(analysis: Analysis, one: TimeAnalysis) -> Tied:
    """How many are followed, had the event and are censored, and the test between the arms."""
    events = label(listed_events(one), one.endpoint.id)
    if not one.members:
        return tell("Nobody has a time to tell by the cut-off ({events}).", events=events)
    ref, path = References(analysis), f"times.{analysis.times.index(one)}"
    slug = one.endpoint.id.replace("_", "-")
    listing, medians = f"listing-{slug}", (f"median-{slug}" if len(one.curves) == 1 else "")
    told = tell(
        "{n} followed, {had} with the event ({events}), {censored} censored.",
        n=ref(f"{path}.n", str, medians or listing, column="Followed" if medians else ""),
        had=ref(f"{path}.events", str, medians or listing, column="Events" if medians else ""),
        events=events,
        censored=ref(f"{path}.censored", str, listing),
    )
    if one.test is None:
        return told
    p = ref(f"{path}.test.p", p_value, listing)
    return joined([told, tell("Log-rank test between the arms: p {p}, two-sided.", p=p)])


def listed_events(one: TimeAnalysis) -> str:
    """What counts as the event."""
    return f"event: {' or '.join(one.endpoint.events) or 'as the protocol says'}"


def _figure(one: TimeAnalysis) -> Drawing:
    name = f"curve-{one.endpoint.id.replace('_', '-')}"
    return Drawing(
        name=name,
        title=f"{sentence(one.endpoint.label)} (Kaplan-Meier)",
        alt=survival_words(one),
        numbers=_steps(one, name),
        draw=lambda: survival_figure(one),
    )


def _steps(one: TimeAnalysis, name: str) -> Table:
    rows = tuple(row for curve in one.curves for row in _step_rows(curve))
    return Table(
        name,
        f"{sentence(one.endpoint.label)}, steps of the curve",
        ("Group", "Months", "At risk", "Events", "Censored", "Without event", "95% interval"),
        rows,
        "lrrrrrr",
        (f"Product limit; {_scale(one)}; a step where an event happened, and the last observation.",),
        stub=True,
    )


def _step_rows(one: Curve) -> list[tuple[str, ...]]:
    """A row where an event happened and at the end; the censorings since the row before are told with it."""
    rows: list[tuple[str, ...]] = []
    curve, left = one.curve, 0
    for place, time in enumerate(curve.time):
        left += int(curve.censored[place])
        if curve.events[place] or place == len(curve.time) - 1:
            at = curve.survival_at(float(time))
            counts = (str(curve.at_risk[place]), str(curve.events[place]), str(left))
            rows.append((one.label, number(float(time), 2), *counts, percent_of(at.survival), _limits(at)))
            left = 0
    return rows


def percent_of(value: Estimate) -> str:
    """A probability in percent."""
    return f"{number(100 * value)}%" if estimable(value) else estimate(value)


def _limits(at: SurvivalAt) -> str:
    low, high = (100 * one if estimable(one) else one for one in (at.lower, at.upper))
    return span(low, high, end="%")


def _median_table(one: TimeAnalysis) -> Table:
    rows = tuple((c.label, str(c.curve.n), str(c.events), median_words(c), *_quartiles(c)) for c in one.curves)
    return Table(
        f"median-{one.endpoint.id.replace('_', '-')}",
        f"{sentence(one.endpoint.label)}, median and quartiles",
        ("Group", "Followed", "Events", "Median", "25% by, months", "75% by, months"),
        rows,
        "lrrlll",
        (
            tell(
                "Months are days / {days}, the first day counting as one; {scale}.",
                days=MONTH("days", lambda days: f"{float(days):g}"),
                scale=_scale(one),
            ),
        ),
    )


def _scale(one: TimeAnalysis) -> str:
    return f"limits on the {one.endpoint.interval} scale"


def _quartiles(one: Curve) -> tuple[str, str]:
    first, third = (estimate(one.curve.quantile(p).estimate) for p in (0.25, 0.75))
    return first, third


def _landmark_table(one: TimeAnalysis) -> Table:
    rows = tuple(
        (
            c.label,
            number(at.time, 0 if at.time == int(at.time) else 1),
            str(at.at_risk),
            percent_of(at.survival),
            _limits(at),
        )
        for c in one.curves
        for at in c.landmarks
    )
    return Table(
        f"landmarks-{one.endpoint.id.replace('_', '-')}",
        f"{sentence(one.endpoint.label)} at round times",
        ("Group", "Months", "At risk", "Without event", "95% interval"),
        rows,
        "lrrrr",
        stub=True,
    )


def _first_table(one: TimeAnalysis) -> Table:
    """What came first, and how often by each landmark."""
    rows = tuple(
        (first.label, sentence(kind), str(count), *(_incidence(first, kind, at) for at in one.at))
        for first in one.firsts
        for kind, count in first.kinds
    )
    return Table(
        f"first-{one.endpoint.id.replace('_', '-')}",
        f"{sentence(one.endpoint.label)}: which event came first",
        ("Group", "First event", "Number", *(f"By {_month_words(at)}" for at in one.at)),
        rows,
        "llr" + "r" * len(one.at),
        (
            "Cumulative incidence with its interval (Aalen and Johansen): who had the other event first can have this "
            "one no more.",
        ),
        stub=True,
        empty="No event has been seen by the cut-off.",
    )


def _incidence(first: First, kind: str, at: float) -> str:
    found = first.incidence.at(kind, at)
    if not estimable(found.incidence):
        return estimate(found.incidence)
    limits = [100 * one if estimable(one) else one for one in (found.lower, found.upper)]
    told = f" ({span(limits[0], limits[1], end='%')})" if all(estimable(one) for one in limits) else ""
    return f"{percent_of(found.incidence)}{told}"


def _month_words(at: float) -> str:
    return counted_months(number(at, 0 if at == int(at) else 1))


def counted_months(told: str) -> str:
    """Months in words.

    >>> counted_months("1"), counted_months("6")
    ('1 month', '6 months')
    """
    return f"{told} month{'' if told == '1' else 's'}"


def _variant_table(one: TimeAnalysis) -> Table:
    """The endpoint and each variant side by side."""
    each = [("As planned", one.curves), *((sentence(other.endpoint.label), other.curves) for other in one.variants)]
    rows = tuple(
        (c.label, name, str(c.curve.n), str(c.events), _median_cell(c), *(_rate(at) for at in c.rates))
        for place in range(len(one.curves))
        for name, curves in each
        for c in [curves[place]]
    )
    return Table(
        f"variants-{one.endpoint.id.replace('_', '-')}",
        f"{sentence(one.endpoint.label)}: as planned and in variants",
        ("Group", "Variant", "Followed", "Events", MEDIAN, *(f"Without it at {_month_words(at)}" for at in one.at)),
        rows,
        "llrr" + "r" * (1 + len(one.at)),
        ("Each variant is the same endpoint with one choice otherwise; it shows how far the choice matters.",),
        stub=True,
    )


MEDIAN = "Median, months (95% interval)"


def _median_cell(curve: Curve) -> str:
    """The median in months with its limits, or why there is none."""
    found = curve.median
    if not estimable(found.estimate):
        return estimate(found.estimate)
    return f"{number(found.estimate)} ({span(found.lower, found.upper)})"


def _rate(at: SurvivalAt) -> str:
    if not estimable(at.survival):
        return estimate(at.survival)
    limits = f" ({_limits(at)})" if estimable(at.lower) and estimable(at.upper) else ""
    return f"{percent_of(at.survival)}{limits}"


def _listing(one: TimeAnalysis) -> Table:
    """Every participant's time with the row that ended it and the reason in words."""
    rows = tuple(
        (
            time.subject,
            group,
            day(time.start),
            day(time.end),
            str(time.days),
            number(time.months),
            "event" if time.event else "censored",
            _situation(time),
            sentence(time.why),
        )
        for group, time in sorted(one.members, key=lambda member: (member[1].days, member[1].subject))
    )
    rules = "Rows of tables A, B and C of the FDA guidance on endpoints, as the clause “{clause}” asks for them."
    return Table(
        f"listing-{one.endpoint.id.replace('_', '-')}",
        f"{sentence(one.endpoint.label)} of each participant",
        (
            "Participant",
            "Group",
            "From",
            "To",
            "Days",
            "Months",
            "Outcome",
            "Row of the guidance",
            "Why it ended there",
        ),
        rows,
        "llllrrlll",
        (tell(rules, clause=label(one.endpoint.id, one.endpoint.id)),),
    )


def _situation(time: TimeToEvent) -> str:
    """The situation of the row that decided, with the table of the guidance it stands in."""
    row = ROWS[time.row]
    return f"{row.table}: {row.situation}" if row.table else sentence(row.situation)

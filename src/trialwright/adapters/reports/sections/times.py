"""Time to event: curve, medians, the steps of the curve, and where and why each participant's observation ended."""

from __future__ import annotations

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.analysis.survival import Curve, TimeAnalysis
from trialwright.adapters.reports.document import Block, Drawing, Paragraph, Section, Table
from trialwright.adapters.reports.figures.survival import median_words, survival_figure, survival_words
from trialwright.adapters.reports.text import counted, estimate, number, p_value, sentence, span
from trialwright.adapters.reports.tied import References, Tied, joined, label, tell
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
        blocks += [_figure(one), _median_table(one), _landmark_table(one), _listing(one)]
    return Section(f"time-{one.endpoint.id.replace('_', '-')}", title, tuple(blocks))


def counts_of(analysis: Analysis, one: TimeAnalysis) -> Tied:
    """How many are followed, had the event and are censored, and the test between the arms."""
    events = label(listed_events(one), one.endpoint.id)
    if not one.members:
        return tell("Nobody has a time to tell by the cut-off ({events}).", events=events)
    ref, path = References(analysis), f"times.{analysis.times.index(one)}"
    listing = f"listing-{one.endpoint.id.replace('_', '-')}"
    told = tell(
        "{n} followed, {had} ({events}), {censored} censored.",
        n=ref(f"{path}.n", lambda n: counted(n, "participant"), listing),
        had=ref(f"{path}.events", lambda n: counted(n, "event"), listing),
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
        ("Product limit; limits by the log-log transform; a step where an event happened, and the last observation.",),
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
    return f"{number(100 * value)}%" if estimable(value) else str(value)


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
                "Months are days / {days}, the first day counting as one. Limits of the median by the log-log "
                "transform.",
                days=MONTH("days"),
            ),
        ),
    )


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


def _listing(one: TimeAnalysis) -> Table:
    rows = tuple(
        (
            time.subject,
            group,
            str(time.days),
            number(time.months),
            "event" if time.event else "censored",
            sentence(time.why),
        )
        for group, time in sorted(one.members, key=lambda member: (member[1].days, member[1].subject))
    )
    return Table(
        f"listing-{one.endpoint.id.replace('_', '-')}",
        f"{sentence(one.endpoint.label)} of each participant",
        ("Participant", "Group", "Days", "Months", "Outcome", "Why it ended there"),
        rows,
        "llrrll",
    )

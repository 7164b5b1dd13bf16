"""Waterfall of best changes, and every participant's course over time (swimmer plot)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trialwright.adapters.reports.analysis.response import Change, Lane, time_unit
from trialwright.adapters.reports.figures.palette import (
    INK,
    LINE,
    RESPONSE_LOOKS,
    SOFT,
    TEAL,
    new_figure,
)
from trialwright.adapters.reports.text import counted, number, sentence
from trialwright.core.analysis.people import DAYS_A_MONTH
from trialwright.core.terms import Response

MARKS: dict[Response, str] = {Response.CR: "*", Response.PR: "o", Response.SD: "s", Response.PD: "X", Response.NE: "."}
"""The marker of each response."""
TALLEST = 150.0
"""Percent; a bar beyond it is cut and its number is written on it."""


def waterfall_figure(changes: Sequence[Change], several_groups: bool) -> Any:
    """One bar for each participant, from the greatest increase to the greatest decrease."""
    figure, (axes,) = new_figure(3.3)
    for place, one in enumerate(changes):
        colour, hatch = RESPONSE_LOOKS[one.best.name]
        axes.bar(place, min(one.percent, TALLEST), color=colour, hatch=hatch, edgecolor=INK, linewidth=0.4, width=0.82)
        if one.percent > TALLEST:
            axes.text(place, TALLEST + 2, f"+{number(one.percent, 0)}", ha="center", fontsize=6.5)
    axes.axhline(0, color=SOFT, linewidth=0.8)
    axes.set(ylabel="Best change from baseline, %", xlim=(-0.7, max(len(changes), 1) - 0.3))
    axes.set_ylim(-105, max([15.0, *(min(one.percent, TALLEST) + 12 for one in changes)]))
    names = [f"{one.subject} ({one.group})" if several_groups else one.subject for one in changes]
    axes.set_xticks(range(len(changes)), names, rotation=90, fontsize=6.5 if len(changes) > 20 else 8)
    axes.tick_params(axis="x", length=0)
    _response_legend(axes, {one.best for one in changes}, "lower left")
    return figure


def waterfall_words(changes: Sequence[Change], without: int) -> str:
    """The waterfall in a sentence."""
    fell = sum(one.percent < 0 for one in changes)
    halved = sum(one.percent <= -50 for one in changes)
    best, worst = changes[-1].percent, changes[0].percent
    return (
        f"Best change of the score from baseline in {counted(len(changes), 'participant')}: from {_signed(worst)} to "
        f"{_signed(best)}; {fell} fell, {halved} of them to half or less. "
        f"{counted(without, 'treated participant has', 'treated participants have')} no change to draw."
    )


def _signed(percent: float) -> str:
    return f"{'+' if round(percent) > 0 else ''}{number(percent, 0)}%"


def _response_legend(axes: Any, seen: set[Response], place: str) -> None:
    from matplotlib.patches import Patch

    shown = [one for one in Response if one in seen]
    looks = [(RESPONSE_LOOKS[one.name], one.value) for one in shown]
    handles = [Patch(facecolor=c, hatch=h, edgecolor=INK, linewidth=0.4, label=label) for (c, h), label in looks]
    axes.legend(handles=handles, loc=place, fontsize=7.5, title="Confirmed best response", title_fontsize=7.5)


# ---- swimmer ------------------------------------------------------------------------------------------------------


def swimmer_figure(lanes: Sequence[Lane], several_groups: bool) -> Any:
    """One lane for each treated participant; the darker a course, the higher its dose."""
    figure, (axes,) = new_figure(max(1.9, 0.19 * len(lanes) + 1.3))
    highest = max((dose for one in lanes for _, _, dose, _ in one.courses), default=1.0) or 1.0
    for row, one in enumerate(lanes):
        _lane(axes, row, one, highest)
    _assessments(axes, lanes)
    names = [f"{one.subject} ({one.group})" if several_groups else one.subject for one in lanes]
    axes.set_yticks(range(len(lanes)), names, fontsize=7)
    axes.tick_params(axis="y", length=0)
    unit, _ = time_unit(lanes)
    longest = max((one.end for one in lanes), default=1.0)
    axes.set(ylim=(max(len(lanes), 1) - 0.4, -0.6), xlim=(0, max(longest * 1.03, 0.1)))
    axes.set_xlabel(f"{sentence(unit)} from first dose")
    if unit == "days":
        axes.xaxis.set_major_formatter(lambda month, _: number(month * DAYS_A_MONTH, 0))
        axes.xaxis.set_major_locator(_whole_days())
    _swimmer_legend(axes, lanes, highest)
    return figure


def swimmer_words(lanes: Sequence[Lane]) -> str:
    """The lanes in a sentence."""
    going = sum(one.on_treatment for one in lanes)
    died = sum(one.died is not None for one in lanes)
    unit, each = time_unit(lanes)
    longest = max((one.end for one in lanes), default=0.0) * each
    courses = sum(len(one.courses) for one in lanes)
    return (
        f"Course of {counted(len(lanes), 'treated participant')} over up to {number(longest)} {unit}: "
        f"{counted(courses, 'course')} of treatment, {going} still on treatment, {counted(died, 'death')}; a marker at "
        "each assessment."
    )


def _assessments(axes: Any, lanes: Sequence[Lane]) -> None:
    """A marker at each assessment; all of one response at once, which draws fast."""
    for seen, marker in MARKS.items():
        places = [(month, row) for row, one in enumerate(lanes) for month, each in one.assessments if each is seen]
        size = 38 if seen is Response.CR else 9 if seen is Response.NE else 17
        colour = RESPONSE_LOOKS[seen.name][0]
        x, y = [month for month, _ in places], [row for _, row in places]
        axes.scatter(x, y, marker=marker, s=size, color=colour, edgecolor=INK, linewidth=0.5, zorder=4)


def _whole_days() -> Any:
    """Ticks a week apart, or a day apart where it is about one week."""
    from matplotlib.ticker import MultipleLocator

    return MultipleLocator(7 / DAYS_A_MONTH)


def _lane(axes: Any, row: int, one: Lane, highest: float) -> None:
    axes.plot([0, one.end], [row, row], color=LINE, linewidth=1.2, zorder=1)
    for start, end, dose, _ in one.courses:
        shade = 0.25 + 0.6 * dose / highest
        axes.barh(row, end - start, left=start, height=0.62, color=TEAL, alpha=shade, linewidth=0, zorder=2)
    if one.died is not None:
        axes.scatter(one.died, row, marker="d", s=30, color=INK, zorder=5, clip_on=False)
    if one.on_treatment:
        axes.scatter(one.end, row, marker=">", s=24, color=INK, zorder=5, clip_on=False)
    elif one.ended is not None:
        axes.plot([one.ended] * 2, [row - 0.36, row + 0.36], color=INK, linewidth=1.4, zorder=3)


def _swimmer_legend(axes: Any, lanes: Sequence[Lane], highest: float) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    doses = sorted({(dose, words) for one in lanes for _, _, dose, words in one.courses})
    handles: list[Any] = [
        Patch(facecolor=TEAL, alpha=0.25 + 0.6 * dose / highest, label=words) for dose, words in doses[:8]
    ]
    for seen in (one for one in Response if any(one is each for lane in lanes for _, each in lane.assessments)):
        face = RESPONSE_LOOKS[seen.name][0]
        look: dict[str, Any] = {
            "markerfacecolor": face,
            "markeredgecolor": INK,
            "markeredgewidth": 0.5,
            "markersize": 5,
        }
        handles.append(Line2D([], [], linestyle="", marker=MARKS[seen], label=seen.value, **look))
    plain = (("|", "treatment ended"), (">", "still on treatment"), ("d", "death"))
    handles += [Line2D([], [], linestyle="", marker=m, color=INK, markersize=5, label=name) for m, name in plain]
    axes.figure.legend(handles=handles, loc="outside lower center", ncols=4, fontsize=7.5, handlelength=1.5)

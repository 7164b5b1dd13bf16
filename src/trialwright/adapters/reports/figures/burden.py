"""Each participant's disease over time against baseline (spider plot)."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from trialwright.adapters.reports.analysis.burden import Burden
from trialwright.adapters.reports.figures.palette import LINE, RESPONSE_LINES, RESPONSE_LOOKS, SOFT, new_figure
from trialwright.adapters.reports.text import counted, number
from trialwright.core.terms import Response

TALLEST = 150.0
"""Percent; what is above it is drawn at the edge."""
MANY, MOST_LINES = 60, 150
"""Beyond so many lines the markers stand only at their ends; beyond so many a median line tells each response."""
MONTHS_A_STEP = 2


def spider_figure(burdens: Sequence[Burden]) -> Any:
    """A line for each participant from baseline on, in the colour, dash and marker of the confirmed best response."""
    figure, (axes,) = new_figure(3.6)
    shown = [one for one in burdens if one.points]
    if len(shown) > MOST_LINES:
        _medians(axes, shown)
    else:
        for one in shown:
            _line(axes, one, len(shown) > MANY)
    axes.axhline(0, color=SOFT, linewidth=0.8, zorder=0)
    longest = max((month for one in shown for month, _, _ in one.points), default=1.0)
    highest = max((percent for one in shown for _, percent, _ in one.points), default=10.0)
    axes.set(xlim=(0, max(longest * 1.03, 0.1)), ylim=(-105, max(15.0, min(highest, TALLEST) + 8)))
    axes.set(xlabel="Months from first dose", ylabel="Change of the score from baseline, %")
    title = "Confirmed best response"
    _legend(figure, {one.best for one in shown}, f"{title}: median" if len(shown) > MOST_LINES else title)
    return figure


def _line(axes: Any, one: Burden, crowded: bool) -> None:
    colour = RESPONSE_LOOKS[one.best.name][0]
    line, marker = RESPONSE_LINES[one.best.name]
    x = [0.0, *(month for month, _, _ in one.points)]
    y = [0.0, *(min(percent, TALLEST) for _, percent, _ in one.points)]
    style = {"color": colour, "linestyle": line, "linewidth": 0.6 if crowded else 1.0, "alpha": 0.6 if crowded else 0.9}
    every = [len(x) - 1] if crowded else range(1, len(x))
    axes.plot(x, y, marker=marker, markersize=2.5 if crowded else 3.6, markevery=every, **style)


def _medians(axes: Any, shown: Sequence[Burden]) -> None:
    """Every line in pale grey, and for each best response the median of all scores within two months."""
    from matplotlib.collections import LineCollection

    lines = [[(0.0, 0.0), *((month, min(percent, TALLEST)) for month, percent, _ in one.points)] for one in shown]
    axes.add_collection(LineCollection(lines, colors=LINE, linewidths=0.4, rasterized=True, zorder=1))
    for best in (each for each in Response if any(one.best is each for one in shown)):
        steps: dict[int, list[float]] = {}
        for month, percent, _ in (point for one in shown if one.best is best for point in one.points):
            steps.setdefault(int(month // MONTHS_A_STEP), []).append(percent)
        x = [0.0, *((step + 0.5) * MONTHS_A_STEP for step in sorted(steps))]
        y = [0.0, *(min(median(steps[step]), TALLEST) for step in sorted(steps))]
        line, marker = RESPONSE_LINES[best.name]
        colour = RESPONSE_LOOKS[best.name][0]
        axes.plot(x, y, color=colour, linestyle=line, linewidth=1.6, marker=marker, markersize=5, zorder=3)


def _legend(figure: Any, seen: set[Response], title: str) -> None:
    from matplotlib.lines import Line2D

    handles = []
    for one in (each for each in Response if each in seen):
        line, marker = RESPONSE_LINES[one.name]
        colour = RESPONSE_LOOKS[one.name][0]
        handles.append(Line2D([], [], color=colour, linestyle=line, marker=marker, markersize=4, label=one.value))
    figure.legend(handles=handles, loc="outside lower center", ncols=5, fontsize=7.5, title=title, title_fontsize=7.5)


def spider_words(burdens: Sequence[Burden]) -> str:
    """How many lines, how far the last scores lie from baseline, and how many are left out."""
    shown = [one.points for one in burdens if one.points]
    if not shown:
        return "No assessment of a treated participant gave a score, so there is no course of the disease to draw."
    last = [points[-1][1] for points in shown]
    below = sum(percent < 0 for percent in last)
    return (
        f"Change of the score from baseline over time in {counted(len(shown), 'participant')}, "
        f"{counted(sum(map(len, shown)), 'assessment')}: at the last one {below} below baseline, from "
        f"{number(min(last), 0)}% to {number(max(last), 0)}%. "
        f"{counted(len(burdens) - len(shown), 'treated participant has', 'treated participants have')} no score."
    )

"""Kaplan-Meier curves with their limits, censorings and the numbers at risk beneath them."""

from __future__ import annotations

from typing import Any

import numpy as np

from trialwright.adapters.reports.analysis.survival import Curve, TimeAnalysis
from trialwright.adapters.reports.figures.palette import INK, LINE, SOFT, look, new_figure
from trialwright.adapters.reports.text import estimate, number, sentence, span


def survival_figure(analysis: TimeAnalysis) -> Any:
    """One panel with a curve for each group; times in months."""
    rows = len(analysis.curves)
    height = 0.36 + 0.17 * rows
    figure, (axes, beneath) = new_figure(3.0 + height + 0.16 * ((rows + 1) // 2), [2.75, height])
    for place, curve in enumerate(analysis.curves):
        _draw(axes, curve, place)
    axes.axhline(0.5, color=LINE, linewidth=0.8, zorder=0)
    axes.set(xlim=(0, analysis.ticks[-1]), ylim=(0, 1.03), xlabel="Months", ylabel="Probability without event")
    axes.set_xticks(analysis.ticks)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    figure.legend(loc="outside lower center", ncols=2, fontsize=7.5, handlelength=3)
    _numbers_beneath(beneath, analysis)
    return figure


def survival_words(analysis: TimeAnalysis) -> str:
    """The curves in a sentence."""
    told = [f"{_name(one)}{one.events} events in {one.curve.n}, median {median_words(one)}" for one in analysis.curves]
    return f"{sentence(analysis.endpoint.label)}, Kaplan-Meier: {'; '.join(told)}."


def median_words(curve: Curve) -> str:
    """The median with its limits, or why there is none."""
    median = curve.median
    limits = span(median.lower, median.upper)
    if not isinstance(median.estimate, float):
        return estimate(median.estimate)
    return f"{number(median.estimate)} months (95% interval {limits})"


def _name(curve: Curve) -> str:
    return f"{curve.label}: "


def _draw(axes: Any, one: Curve, place: int) -> None:
    colour, line, _, _ = look(place)
    curve = one.curve
    if curve.n == 0:
        axes.plot([], [], color=colour, linestyle=line, label=f"{one.label} (nobody followed)")
        return
    time = np.concatenate([[0.0], curve.time])
    survival = np.concatenate([[1.0], curve.survival])
    axes.step(time, survival, where="post", color=colour, linestyle=line, linewidth=1.6, label=_label(one))
    lower, upper = (np.repeat(np.concatenate([[np.nan], each]), 2)[:-1] for each in (curve.lower, curve.upper))
    known = np.isfinite(lower) & np.isfinite(upper)
    axes.fill_between(np.repeat(time, 2)[1:], lower, upper, where=known, color=colour, alpha=0.13, linewidth=0)
    for edge in (lower, upper):
        axes.plot(np.repeat(time, 2)[1:], edge, color=colour, linestyle=line, linewidth=0.5, alpha=0.7)
    left = curve.censored > 0
    axes.plot(curve.time[left], curve.survival[left], linestyle="", marker="|", markersize=6, color=INK, zorder=3)


def _label(one: Curve) -> str:
    return f"{one.label} ({one.events} events in {one.curve.n})"


def _numbers_beneath(axes: Any, analysis: TimeAnalysis) -> None:
    """At risk just before each time; one line for each group, in its colour and named."""
    axes.set(xlim=(0, analysis.ticks[-1]), ylim=(len(analysis.curves) + 0.6, -0.6))
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.set_xticks([])
    single = len(analysis.curves) == 1
    names = ["At risk" if single else one.label for one in analysis.curves]
    axes.set_yticks(range(len(names)), [_short(name) for name in names])
    axes.tick_params(axis="y", length=0, pad=14)
    axes.set_title("" if single else "Number at risk", loc="left", fontsize=8, color=SOFT, pad=2)
    for row, one in enumerate(analysis.curves):
        for under in one.at_risk:
            axes.text(
                under.time, row, str(under.at_risk), ha="center", va="center", fontsize=8, color=INK, clip_on=False
            )


def _short(name: str, most: int = 22) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"

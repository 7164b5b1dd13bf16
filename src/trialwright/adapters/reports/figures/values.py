"""Means with intervals by encounter and group, and before-and-after pairs, one small panel for each measure."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, nan
from statistics import mean
from textwrap import wrap
from typing import Any

from trialwright.adapters.reports.analysis.values import Measured, Pairs
from trialwright.adapters.reports.figures.palette import HIGHEST, INK, SOFT, WIDTH, look
from trialwright.adapters.reports.text import counted, digits_for, estimate, headed, p_value, sentence
from trialwright.core.estimation import estimable

PANELS_A_ROW = 4
A_LINE = 104
"""Characters of small print across the figure."""
MANY = 40
"""So many lines in a panel, and each is paler."""


def means_figure(one: Measured) -> Any:
    """A panel for each measure: each group's mean at each encounter, side by side so that intervals do not overlap."""
    measures = tuple(dict.fromkeys(each.measure for each in one.means))
    a_row = min(max(len(measures), 1), 2)
    figure, panels = _panels(len(measures), a_row, 2.6)
    groups = tuple(dict.fromkeys(each.group for each in one.means))
    for axes, measure in zip(panels, measures, strict=False):
        own = [each for each in one.means if each.measure == measure]
        for place, group in enumerate(groups):
            _means_of(axes, [each for each in own if each.group == group], one, place, len(groups))
        _encounters(axes, one, a_row)
        axes.set_title(_wrapped(headed(measure.label, measure.unit), A_LINE // a_row, 2), fontsize=8)
    _means_legend(figure, one, groups)
    return figure


def _encounters(axes: Any, one: Measured, a_row: int) -> None:
    """The encounters along the axis, each within its share of the panel's width."""
    share = max(A_LINE // a_row // max(len(one.encounters), 1) - 2, 8)
    axes.set_xticks(range(len(one.encounters)), [_wrapped(label, share, 3) for _, label in one.encounters])
    axes.tick_params(axis="x", labelsize=7.5)
    axes.set_xlim(-0.6, len(one.encounters) - 0.4)


def _means_of(axes: Any, means: list[Any], one: Measured, place: int, groups: int) -> None:
    colour, line, marker, _ = look(place)
    names = [name for name, _ in one.encounters]
    known = [(names.index(each.encounter), each.mean) for each in means if estimable(each.mean.mean)]
    x = [at + (place - (groups - 1) / 2) * 0.12 for at, _ in known]
    y = [mean.mean for _, mean in known]
    half = [mean.mean - mean.lower if estimable(mean.lower) else 0.0 for _, mean in known]
    style = {"color": colour, "linestyle": line, "marker": marker, "markersize": 5, "linewidth": 1.3, "capsize": 3}
    axes.errorbar(x, y, yerr=half, **style)


def _means_legend(figure: Any, one: Measured, groups: Sequence[str]) -> None:
    """The groups, with how many were measured where one number holds for every measure and encounter."""
    from matplotlib.lines import Line2D

    handles = []
    for place, group in enumerate(groups):
        counts = {each.mean.n for each in one.means if each.group == group}
        label = f"{group} (n {counts.pop()})" if len(counts) == 1 else group
        colour, line, marker, _ = look(place)
        handles.append(Line2D([], [], color=colour, linestyle=line, marker=marker, markersize=5, label=label))
    figure.legend(handles=handles, loc="outside lower center", ncols=3, fontsize=7.5, handlelength=3)


def means_words(one: Measured) -> str:
    """The means in a sentence."""
    digits = digits_for([e.mean.mean for e in one.means if estimable(e.mean.mean)])
    labels = dict(one.encounters)
    told = [
        f"{e.group}, {labels.get(e.encounter, e.encounter)}: {estimate(e.mean.mean, digits)} (n {e.mean.n})"
        for e in one.means[:12]
    ]
    more = f"; and {len(one.means) - 12} more" if len(one.means) > 12 else ""
    return f"{sentence(one.endpoint.label)}, means: {'; '.join(told)}{more}."


# ---- before and after ---------------------------------------------------------------------------------------------


def pairs_figure(one: Measured) -> Any:
    """A panel for each measure and encounter; each line is a participant, dark where the group is the second one."""
    keys = tuple(dict.fromkeys((pair.measure, pair.encounter) for pair in one.pairs))
    a_row = min(PANELS_A_ROW, max(len(keys), 1))
    figure, panels = _panels(len(keys), a_row, 1.75 if a_row > 2 else 2.4)
    for axes, key in zip(panels, keys, strict=False):
        groups = [pair for pair in one.pairs if (pair.measure, pair.encounter) == key]
        drawn = groups[1:] if one.grouped_by == "response" else groups
        for place, pair in enumerate(drawn):
            _lines(axes, pair, place)
        axes.set_xticks([0, 1], ["before", "after"])
        axes.set_xlim(-0.25, 1.25)
        axes.set_title(_wrapped(headed(key[0].label, key[0].unit), A_LINE // a_row, 2), fontsize=7.5)
        axes.tick_params(labelsize=7)
        if len({each.encounter for each in one.pairs}) > 1:
            axes.set_xlabel(_wrapped(dict(one.encounters).get(key[1], key[1]), A_LINE // a_row, 2), fontsize=7)
        if not any(pair.pairs for pair in groups):
            axes.text(0.5, 0.5, "no pairs", transform=axes.transAxes, ha="center", fontsize=7.5, color=SOFT)
            axes.set_yticks([])
    _group_legend(figure, one)
    return figure


def _lines(axes: Any, pair: Pairs, place: int) -> None:
    colour, line, marker, _ = look(place)
    style = {"color": colour, "linestyle": line, "marker": marker, "markersize": 2.8, "linewidth": 0.8}
    gaps = [value for _, before, after in pair.pairs for value in (before, after, nan)]  # one line with gaps draws fast
    axes.plot([0, 1, nan] * len(pair.pairs), gaps, alpha=0.8 if len(pair.pairs) <= MANY else 0.35, **style)
    if pair.pairs:
        means = [mean([before for _, before, _ in pair.pairs]), mean([after for _, _, after in pair.pairs])]
        axes.plot([-0.12, 1.12], means, linestyle="", marker="_", markersize=9, markeredgewidth=2, color=colour)


def _group_legend(figure: Any, one: Measured) -> None:
    from matplotlib.lines import Line2D

    names = list(dict.fromkeys(pair.group for pair in one.pairs))
    names = names[1:] if one.grouped_by == "response" else names
    handles = [
        Line2D([], [], color=look(place)[0], linestyle=look(place)[1], marker=look(place)[2], markersize=4, label=name)
        for place, name in enumerate(names)
    ]
    handles.append(Line2D([], [], color=INK, linestyle="", marker="_", markersize=9, markeredgewidth=2, label="mean"))
    figure.legend(handles=handles, loc="outside lower center", ncols=4, fontsize=7.5)


def pairs_words(one: Measured) -> str:
    """The pairs in a sentence."""
    told = [
        f"{pair.measure.label}{_whose(one, pair)} {estimate(change, digits_for([change]))} ({_n(pair)})"
        for pair in one.pairs
        if (one.grouped_by != "response" or pair.group == one.pairs[0].group) and estimable(change := pair.change.mean)
    ]
    return (
        f"{sentence(one.endpoint.label)}, before and after, mean changes: "
        f"{'; '.join(told) or 'none could be reckoned'}."
    )


def _whose(one: Measured, pair: Pairs) -> str:
    """To which encounter and in which group, where there are several."""
    several = len({each.encounter for each in one.pairs}) > 1
    where = f" to {dict(one.encounters).get(pair.encounter, pair.encounter)}" if several else ""
    return f"{where}, {pair.group}" if one.grouped_by == "arm" else where


def _n(pair: Pairs) -> str:
    return f"{counted(len(pair.pairs), 'pair')}, p {p_value(pair.test.p)}"


def _wrapped(text: str, width: int, lines: int) -> str:
    """A text in so many lines of this width; what does not fit is cut."""
    return "\n".join(wrap(text, width, max_lines=lines, placeholder=" …"))


def _panels(count: int, a_row: int, height: float) -> tuple[Any, list[Any]]:
    """So many panels in rows; places left over stay blank."""
    from matplotlib.figure import Figure

    rows = max(1, ceil(count / a_row))
    figure = Figure(figsize=(WIDTH, min(height * rows + 0.6, HIGHEST)), layout="constrained")
    panels = list(figure.subplots(rows, a_row, squeeze=False).ravel())
    for spare in panels[count:]:
        spare.set_axis_off()
    return figure, panels

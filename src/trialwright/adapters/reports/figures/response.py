"""Waterfall of best changes, and every participant's course over time (swimmer plot)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trialwright.adapters.reports.analysis.response import Change, Lane, time_unit
from trialwright.adapters.reports.figures.palette import (
    HIGHEST,
    INK,
    LINE,
    RESPONSE_LOOKS,
    SOFT,
    TEAL,
    WIDTH,
    new_figure,
)
from trialwright.adapters.reports.text import counted, number, sentence
from trialwright.core.analysis.people import DAYS_A_MONTH
from trialwright.core.terms import Response

MARKS: dict[Response, str] = {Response.CR: "*", Response.PR: "o", Response.SD: "s", Response.PD: "X", Response.NE: "."}
"""The marker of each response."""
TALLEST = 150.0
"""Percent; a bar beyond it is cut and its number is written on it."""
MOST_NAMED = 70
"""So many participants are named on an axis; of more, the table names them."""
MOST_MARKED, MOST_DRAWN = 150, 300
"""So many lanes have a marker at each assessment; so many are drawn as shapes, more as a picture inside the figure."""


def waterfall_figure(changes: Sequence[Change], several_groups: bool) -> Any:
    """One bar for each participant, from the greatest increase to the greatest decrease."""
    if len(changes) > MOST_NAMED:
        return _crowded_waterfall(changes)
    names = [f"{one.subject} ({one.group})" if several_groups else one.subject for one in changes]
    size = _name_size(WIDTH * 0.88, len(changes))
    figure, (axes,) = new_figure(2.9 + max((len(name) for name in names), default=0) * size * 0.6 / 72)
    for place, one in enumerate(changes):
        colour, hatch = RESPONSE_LOOKS[one.best.name]
        axes.bar(place, min(one.percent, TALLEST), color=colour, hatch=hatch, edgecolor=INK, linewidth=0.4, width=0.82)
        if one.percent > TALLEST:
            told = {"ha": "center", "va": "bottom", "rotation": 90, "fontsize": min(size, 6.5)}
            axes.text(place, TALLEST + 3, f"+{number(one.percent, 0)}", **told)
    _change_axis(axes, changes)
    axes.set_xlim(-0.7, max(len(changes), 4) - 0.3)
    axes.set_xticks(range(len(changes)), names, rotation=90, fontsize=size)
    axes.tick_params(axis="x", length=0)
    _response_legend(figure, {one.best for one in changes})
    return figure


def _change_axis(axes: Any, changes: Sequence[Change]) -> None:
    axes.axhline(0, color=SOFT, linewidth=0.8)
    axes.set_ylabel("Best change from baseline, %")
    axes.set_ylim(-105, max([15.0, *(min(one.percent + 12, TALLEST + 32) for one in changes)]))


def _name_size(inches: float, count: int) -> float:
    """Points of names that stand side by side within so many inches, at most 8."""
    return min(8.0, 72 * inches / max(count, 1) / 1.25)


def _crowded_waterfall(changes: Sequence[Change]) -> Any:
    """Bars without names, and beneath them a row for each response with a stroke under each of its bars."""
    seen = [one for one in Response if any(each.best is one for each in changes)]
    figure, (axes, beneath) = new_figure(3.0 + 0.2 * len(seen), [2.6, 0.2 * len(seen) + 0.2])
    heights = [min(one.percent, TALLEST) for one in changes]
    colours = [RESPONSE_LOOKS[one.best.name][0] for one in changes]
    axes.bar(range(len(changes)), heights, width=1.0, color=colours, linewidth=0, rasterized=len(changes) > MOST_DRAWN)
    _change_axis(axes, changes)
    axes.set_xticks([])
    for row, response in enumerate(seen):
        places = [place for place, one in enumerate(changes) if one.best is response]
        colour = RESPONSE_LOOKS[response.name][0]
        beneath.vlines(places, row - 0.35, row + 0.35, color=colour, linewidth=min(1.5, 400 / len(changes)))
    beneath.set_yticks(range(len(seen)), [one.value for one in seen], fontsize=7.5)
    beneath.set_xlabel("Participants, from the greatest increase to the greatest decrease")
    beneath.set_ylim(len(seen) - 0.4, -0.6)
    beneath.set_xticks([])
    beneath.spines[["left", "bottom"]].set_visible(False)
    beneath.tick_params(axis="y", length=0)
    for each in (axes, beneath):
        each.set_xlim(-0.7, len(changes) - 0.3)
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


def _response_legend(figure: Any, seen: set[Response]) -> None:
    from matplotlib.patches import Patch

    shown = [one for one in Response if one in seen]
    looks = [(RESPONSE_LOOKS[one.name], one.value) for one in shown]
    handles = [Patch(facecolor=c, hatch=h, edgecolor=INK, linewidth=0.4, label=label) for (c, h), label in looks]
    title = "Confirmed best response"
    figure.legend(handles=handles, loc="outside lower center", ncols=5, fontsize=7.5, title=title, title_fontsize=7.5)


# ---- swimmer ------------------------------------------------------------------------------------------------------


def swimmer_figure(lanes: Sequence[Lane], several_groups: bool) -> Any:
    """One lane for each treated participant; the darker a course, the higher its dose."""
    figure, (axes,) = new_figure(min(max(1.9, 0.19 * len(lanes) + 1.3), HIGHEST))
    highest = max((dose for one in lanes for _, _, dose, _ in one.courses), default=1.0) or 1.0
    _courses(axes, lanes, highest)
    if len(lanes) <= MOST_MARKED:
        _assessments(axes, lanes)
    _ends(axes, lanes)
    _lane_names(axes, lanes, several_groups)
    unit, _ = time_unit(lanes)
    longest = max((one.end for one in lanes), default=1.0)
    axes.set(ylim=(max(len(lanes), 1) - 0.4, -0.6), xlim=(0, max(longest * 1.03, 0.1)))
    axes.set_xlabel(f"{sentence(unit)} from first dose")
    if unit == "days":
        axes.xaxis.set_major_formatter(lambda month, _: number(month * DAYS_A_MONTH, 0))
        axes.xaxis.set_major_locator(_whole_days())
    _swimmer_legend(axes, lanes, highest)
    return figure


def _lane_names(axes: Any, lanes: Sequence[Lane], several_groups: bool) -> None:
    if len(lanes) > MOST_NAMED:
        axes.set_yticks([])
        axes.set_ylabel(f"{len(lanes)} participants, the longest observed first")
        return
    names = [f"{one.subject} ({one.group})" if several_groups else one.subject for one in lanes]
    axes.set_yticks(range(len(lanes)), names, fontsize=min(7.0, _name_size(HIGHEST - 1.5, len(lanes))))
    axes.tick_params(axis="y", length=0)


def _courses(axes: Any, lanes: Sequence[Lane], highest: float) -> None:
    """The time observed as a line and the courses as bars, those of one dose together, which draws fast."""
    from matplotlib.collections import LineCollection, PolyCollection

    thick, many = (0.31, False) if len(lanes) <= MOST_NAMED else (0.5, len(lanes) > MOST_DRAWN)
    observed = [[(0, row), (one.end, row)] for row, one in enumerate(lanes)]
    width = min(1.2, 300 / max(len(lanes), 1))
    axes.add_collection(LineCollection(observed, colors=LINE, linewidths=width, zorder=1, rasterized=many))
    for dose in sorted({dose for one in lanes for _, _, dose, _ in one.courses}):
        bars = [(row, *c[:2]) for row, one in enumerate(lanes) for c in one.courses if c[2] == dose]
        shapes = [[(a, r - thick), (b, r - thick), (b, r + thick), (a, r + thick)] for r, a, b in bars]
        look: dict[str, Any] = {"facecolors": TEAL, "alpha": _shade(dose, highest), "linewidths": 0, "rasterized": many}
        axes.add_collection(PolyCollection(shapes, zorder=2, **look))


def _shade(dose: float, highest: float) -> float:
    return 0.25 + 0.6 * dose / highest


def _ends(axes: Any, lanes: Sequence[Lane]) -> None:
    """Where treatment ended or goes on, and deaths."""
    small = min(1.0, 40 / max(len(lanes), 1))
    going = [(one.end, row) for row, one in enumerate(lanes) if one.on_treatment]
    ended = [(one.ended, row) for row, one in enumerate(lanes) if not one.on_treatment and one.ended is not None]
    died = [(one.died, row) for row, one in enumerate(lanes) if one.died is not None]
    marks = ((going, ">", 24, 5), (ended, "|", 60, 3), (died, "d", 30, 5))
    for places, marker, size, order in marks:
        look = {"marker": marker, "s": max(size * small, 1.5), "color": INK, "zorder": order, "clip_on": False}
        look["linewidth"] = 1.4 * max(small, 0.3) if marker == "|" else 0.5 * small
        axes.scatter([x for x, _ in places], [row for _, row in places], **look)


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
    small = min(1.0, 45 / max(len(lanes), 1))
    for seen, marker in MARKS.items():
        places = [(month, row) for row, one in enumerate(lanes) for month, each in one.assessments if each is seen]
        size = 38 if seen is Response.CR else 9 if seen is Response.NE else 17
        colour = RESPONSE_LOOKS[seen.name][0]
        x, y = [month for month, _ in places], [row for _, row in places]
        axes.scatter(x, y, marker=marker, s=size * small, color=colour, edgecolor=INK, linewidth=0.5 * small, zorder=4)


def _whole_days() -> Any:
    """Ticks a week apart, or a day apart where it is about one week."""
    from matplotlib.ticker import MultipleLocator

    return MultipleLocator(7 / DAYS_A_MONTH)


def _swimmer_legend(axes: Any, lanes: Sequence[Lane], highest: float) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    doses = sorted({(dose, words) for one in lanes for _, _, dose, words in one.courses})
    handles: list[Any] = [Patch(facecolor=TEAL, alpha=_shade(dose, highest), label=words) for dose, words in doses[:8]]
    marked = lanes if len(lanes) <= MOST_MARKED else ()
    for seen in (one for one in Response if any(one is each for lane in marked for _, each in lane.assessments)):
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

"""Registrations over time, all together and by site, against the number planned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from trialwright.adapters.reports.analysis.accrual import Accrual, steps
from trialwright.adapters.reports.figures.palette import INK, SERIES, SOFT, look, new_figure
from trialwright.adapters.reports.text import counted, day, listed, number

MOST_SITES = len(SERIES)
"""So many sites have a line of their own; of more, only the total is drawn."""


def accrual_figure(told: Accrual) -> Any:
    """A step at each registration; a site's line has its own colour, dash and marker."""
    figure, (axes,) = new_figure(3.0)
    start, end = _span(told)
    sites = [one for one in told.sites if one.days]
    axes.axhline(told.planned, color=SOFT, linewidth=0.9, linestyle=(0, (8, 3)), zorder=0)
    axes.text(start, told.planned, f" {told.planned} planned", va="bottom", fontsize=7.5, color=INK)
    if 1 < len(sites) <= MOST_SITES:
        for place, one in enumerate(sites):
            colour, line, marker, _ = look(place)
            style = {"color": colour, "linestyle": line, "linewidth": 1.2, "marker": marker, "markersize": 3.2}
            _steps(axes, one.days, start, end, f"{one.site} ({one.registered})", style)
    _steps(axes, told.days, start, end, f"All sites ({told.registered})", {"color": INK, "linewidth": 1.8})
    axes.set(xlim=(start, end), ylim=(0, max(told.planned, told.registered) * 1.1 + 0.5), ylabel="Registered")
    _dates(axes)
    figure.legend(loc="outside lower center", ncols=3, fontsize=7.5, handlelength=3)
    return figure


def _span(told: Accrual) -> tuple[date, date]:
    """From the first registration to a little after the last."""
    first, last = (told.days[0], told.days[-1]) if told.days else (told.cut, told.cut)
    more = max((last - first).days // 20, 3)
    return first - timedelta(days=more), last + timedelta(days=more)


def _steps(axes: Any, days: Sequence[date], start: date, end: date, label: str, style: dict[str, Any]) -> None:
    places = [(start, 0), *steps(days), (end, len(days))]
    axes.step(
        [on for on, _ in places],
        [count for _, count in places],
        where="post",
        label=label,
        markevery=range(1, len(places) - 1),
        **style,
    )


def _dates(axes: Any) -> None:
    from matplotlib import dates
    from matplotlib.ticker import MaxNLocator

    untyped: Any = dates
    locator = untyped.AutoDateLocator(minticks=3, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(untyped.ConciseDateFormatter(locator, show_offset=False))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=7))


def accrual_words(told: Accrual) -> str:
    """How many of those planned, from when to when, and at which sites."""
    if not told.days:
        return f"Nobody of {told.planned} planned was registered by {day(told.cut)}; there is no accrual to draw."
    sites = listed([f"{one.site} {one.registered}" for one in told.sites if one.days][:12])
    return (
        f"{told.registered} of {told.planned} planned registered from {day(told.days[0])} to {day(told.days[-1])} "
        f"({number(told.months)} months), at {counted(sum(bool(one.days) for one in told.sites), 'site')}: {sites}."
    )

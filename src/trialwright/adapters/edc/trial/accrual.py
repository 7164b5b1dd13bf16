"""Accrual against the plan: who was registered when and where, month by month, and what halted it.

The protocol plans a number for all sites together, and no pace; none is made up. Where registration is halted, by a
pause, a declaration or a rule of the protocol, is the core's answer. Read `accrual_table`, then `accrual_picture`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.utils.translation import gettext, ngettext

from trialwright.adapters.edc.trial.drawing import WIDEST, Picture, Shape, moved_apart, shape, shaped
from trialwright.core.ledger import AccrualResumed, AccrualSuspended
from trialwright.core.subject import StudyRecord, by_day

Month = tuple[int, int]
MOST_LINES = 4
"""So many sites have a line of their own in the picture; of more, the table tells."""


@dataclass(frozen=True)
class SiteLine:
    """One site with the days of its registrations, in order."""

    site: str
    name: str
    days: tuple[date, ...]


@dataclass(frozen=True)
class Pause:
    """Days on which nobody was registered: from, until (None: still), where and why."""

    since: date
    until: date | None
    site: str
    why: str


@dataclass(frozen=True)
class MonthRow:
    """One month: how many were registered at each site, all together, and by its end."""

    month: Month
    by_site: tuple[int, ...]
    registered: int
    so_far: int


@dataclass(frozen=True)
class AccrualTable:
    """Registrations of some sites by a day beside the number that is planned for all sites together."""

    planned: int
    on: date
    sites: tuple[SiteLine, ...]
    months: tuple[MonthRow, ...]
    pauses: tuple[Pause, ...] = ()
    whole: bool = True

    @property
    def days(self) -> tuple[date, ...]:
        """Every registration, in order."""
        return tuple(sorted(day for one in self.sites for day in one.days))

    @property
    def registered(self) -> int:
        """How many were registered."""
        return sum(len(one.days) for one in self.sites)

    @property
    def lately(self) -> int:
        """How many were registered in the half year that ends today."""
        return sum(half_a_year_before(self.on) < day <= self.on for day in self.days)


def half_a_year_before(on: date) -> date:
    """The day 182 days earlier."""
    return on - timedelta(days=182)


def accrual_table(
    study: StudyRecord, names: Mapping[str, str], planned: int, subjects: Iterable[str], on: date, whole: bool = True
) -> AccrualTable:
    """Registrations of these subjects by a day, at the sites named, in the order given."""
    records = [study.subjects[one] for one in subjects]
    entered = [(one.site, one.registered.occurred) for one in records if one.registered]
    entered = [(site, day) for site, day in entered if day <= on]
    sites = tuple(
        SiteLine(site, name, tuple(sorted(day for at, day in entered if at == site))) for site, name in names.items()
    )
    return AccrualTable(planned, on, sites, tuple(month_rows(sites)), tuple(pauses_of(study, names, on)), whole)


def month_rows(sites: Sequence[SiteLine]) -> list[MonthRow]:
    """Every month from the first registration to the last, also those without one."""
    days = sorted(day for one in sites for day in one.days)
    if not days:
        return []
    counts = [Counter((day.year, day.month) for day in one.days) for one in sites]
    rows: list[MonthRow] = []
    month, last, so_far = (days[0].year, days[0].month), (days[-1].year, days[-1].month), 0
    while month <= last:
        of_sites = tuple(count[month] for count in counts)
        so_far += sum(of_sites)
        rows.append(MonthRow(month, of_sites, sum(of_sites), so_far))
        month = (month[0] + month[1] // 12, month[1] % 12 + 1)
    return rows


def pauses_of(study: StudyRecord, sites: Iterable[str], on: date) -> Iterable[Pause]:
    """Every suspension of registration by a day, of the whole study and of these sites."""
    yield from _pauses("", study.pauses, on)
    for site in sites:
        record = study.sites.get(site)
        yield from _pauses(site, record.pauses if record else (), on)


def _pauses(site: str, told: Sequence[AccrualSuspended | AccrualResumed], on: date) -> Iterable[Pause]:
    begun: AccrualSuspended | None = None
    for one in sorted((each for each in told if each.occurred <= on), key=by_day):
        if isinstance(one, AccrualSuspended):
            begun = begun or one
        elif begun:
            yield Pause(begun.occurred, one.occurred, site, begun.why)
            begun = None
    if begun:
        yield Pause(begun.occurred, None, site, begun.why)


# --- the picture -----------------------------------------------------------------------------------------------------

HEIGHT, LEFT, PLOT, TOP, BOTTOM = 320, 40, 850, 18, 34
END = LEFT + PLOT
"""Where the lines end and their labels begin."""
LOOKS = (("var(--accent)", "7 3"), ("var(--unk)", "2 3"), ("var(--no)", "9 3 2 3"), ("var(--ok)", "1 4"))
"""Colour and dash of the line of each site in turn; the line of all sites is plain and thick."""


@dataclass(frozen=True)
class _Scale:
    """Where a day and a count are drawn."""

    first: date
    last: date
    most: int

    def x(self, day: date) -> float:
        """The place of a day."""
        days = max((self.last - self.first).days, 1)
        return LEFT + PLOT * (day - self.first).days / days

    def y(self, count: float) -> float:
        """The height of a count."""
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * count / max(self.most, 1)


def accrual_picture(table: AccrualTable) -> Picture:
    """A step at each registration, a line for each site and for all of them, beside the number planned."""
    first = table.days[0] if table.days else table.on - timedelta(days=90)
    scale = _Scale(first - timedelta(days=7), max(table.on, first), max(table.planned, table.registered, 1))
    lines = list(_lines(scale, table))
    labels = max((len(one.text) for one in lines if one.kind == "text"), default=0)
    shapes = [*_ground(scale, table), *_bands(scale, table), *lines]
    width = END + 24 + round(labels * WIDEST)
    return Picture("accrual", width, HEIGHT, accrual_words(table), tuple(shapes))


def accrual_words(table: AccrualTable) -> str:
    """The picture in a sentence."""
    if table.whole:
        said = gettext("%(registered)d of %(planned)d planned are registered.")
    else:
        said = gettext("%(registered)d are registered here; %(planned)d are planned at all sites together.")
    lately = ngettext("%(n)d in the last half year.", "%(n)d in the last half year.", table.lately)
    return f"{said % {'registered': table.registered, 'planned': table.planned}} {lately % {'n': table.lately}}"


def _ground(scale: _Scale, table: AccrualTable) -> Iterable[Shape]:
    """The axes: counts at the left, months below, and the number that is planned as a dashed line."""
    for count in ticks(scale.most):
        y = scale.y(count)
        yield shape("line", x1=LEFT, x2=END, y1=y, y2=y, stroke="var(--line)")
        yield shape("text", str(count), x=LEFT - 6, y=y + 4, text_anchor="end", class_="soft")
    for day in _month_ticks(scale):
        x = scale.x(day)
        yield shape("line", x1=x, x2=x, y1=HEIGHT - BOTTOM, y2=HEIGHT - BOTTOM + 4, stroke="var(--soft)")
        yield shape("text", f"{day:%m/%Y}", x=x, y=HEIGHT - 14, text_anchor="middle", class_="soft")
    y = scale.y(table.planned)
    yield shape("line", x1=LEFT, x2=END, y1=y, y2=y, stroke="var(--soft)", stroke_dasharray="10 4")


def ticks(most: int) -> list[int]:
    """Whole numbers for an axis, at most eight.

    >>> ticks(35), ticks(3)
    ([0, 5, 10, 15, 20, 25, 30, 35], [0, 1, 2, 3])
    """
    step = next(one * power for power in (1, 10, 100, 1000, 10000) for one in (1, 2, 5) if most / (one * power) <= 7.01)
    return list(range(0, most + 1, step))


def _month_ticks(scale: _Scale) -> list[date]:
    """First days of months, as many as their labels have room for."""
    months = (scale.last.year - scale.first.year) * 12 + scale.last.month - scale.first.month
    step = next((one for one in (1, 2, 3, 6, 12, 24, 60) if months / one <= 9), 120)
    found = [date(year, month, 1) for year in range(scale.first.year, scale.last.year + 1) for month in range(1, 13)]
    inside = [day for day in found if scale.first <= day <= scale.last]
    return [day for day in inside if (day.year * 12 + day.month - 1) % step == 0]


def _bands(scale: _Scale, table: AccrualTable) -> Iterable[Shape]:
    """Days without registration, shaded, with the reason for who asks."""
    for one in table.pauses:
        begin, end = max(one.since, scale.first), min(one.until or scale.last, scale.last)
        if begin <= end:
            x = scale.x(begin)
            width = max(scale.x(end) - x, 2)
            where = f"{one.site}: " if one.site else ""
            look = {"fill": "var(--unk-bg)", "stroke": "var(--unk)", "stroke_dasharray": "2 2"}
            size = {"x": x, "y": TOP, "width": width, "height": HEIGHT - TOP - BOTTOM}
            yield shaped("rect", {**size, **look}, title=f"{where}{one.why}")


def _lines(scale: _Scale, table: AccrualTable) -> Iterable[Shape]:
    """The lines, and their labels at the right, none over another."""
    apart = [one for one in table.sites if one.days]
    drawn = [(one.site, one.days) for one in apart] if 1 < len(apart) <= MOST_LINES else []
    labels = [(gettext("planned at all sites"), table.planned, "var(--soft)")]
    for (site, days), (colour, dash) in zip(drawn, LOOKS, strict=False):
        yield _steps(scale, days, stroke=colour, stroke_dasharray=dash, stroke_width=1.6)
        labels.append((site, len(days), colour))
    yield _steps(scale, table.days, stroke="var(--ink)", stroke_width=2.4)
    labels.append((_together(table, apart), table.registered, "var(--ink)"))
    wanted = [scale.y(count) for _, count, _ in labels]
    placed = moved_apart(wanted, 16, TOP, HEIGHT - BOTTOM)
    for (words, count, colour), at, y in zip(labels, wanted, placed, strict=True):
        yield shape("line", x1=END, x2=END + 12, y1=at, y2=y, stroke=colour)
        yield shape("text", f"{words}: {count}", x=END + 16, y=y + 4)


def _together(table: AccrualTable, apart: Sequence[SiteLine]) -> str:
    return apart[0].site if not table.whole and len(apart) == 1 else gettext("registered")


def _steps(scale: _Scale, days: Sequence[date], **look: str | float) -> Shape:
    """A line that rises with each registration; of those that fall on one place of the picture, once."""
    points, height = [(scale.x(scale.first), scale.y(0))], 0
    for x, some in groupby(days, key=lambda day: round(scale.x(day))):
        points.append((float(x), scale.y(height)))
        height += len(list(some))
        points.append((float(x), scale.y(height)))
    points.append((scale.x(scale.last), scale.y(height)))
    told = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return shaped("polyline", {"points": told, "fill": "none", **look})

"""Participant flow (CONSORT 2010) as boxes and arrows: the trunk above, one column for each arm below.

Who is where is counted by `reports.analysis.flow` from what the core says of each; here it is laid out. A box names the
most frequent reasons and leaves the rest to the table. Read `flow_picture`, then `flow_rows`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from django.utils.translation import gettext

from trialwright.adapters.edc.look.words import said
from trialwright.adapters.edc.trial.drawing import Picture, Shape, shape, shaped, wrapped
from trialwright.adapters.reports.analysis.flow import Flow, FlowColumn, Reasons

WIDTH, LINE, PAD, GAP, BOX = 1100.0, 17.0, 9.0, 26.0, 320.0
MOST_REASONS = 6
"""So many reasons are named in a box."""
MIDDLE = 330.0
"""Where the trunk stands where it has no arms to stand above."""


@dataclass(frozen=True)
class Box:
    """A box: its left upper corner, its width, its heading and the lines under it."""

    x: float
    y: float
    width: float
    head: tuple[str, ...]
    lines: tuple[str, ...] = ()
    aside: bool = False

    @property
    def height(self) -> float:
        """As high as its lines."""
        return LINE * (len(self.head) + len(self.lines)) + 2 * PAD

    @property
    def middle(self) -> float:
        """The x of its middle."""
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        """The y of its lower edge."""
        return self.y + self.height


def flow_picture(flow: Flow) -> Picture:
    """The whole flow, as wide as its boxes need."""
    width = max(WIDTH, 250.0 * len(flow.columns))
    boxes, arrows = _laid_out(flow, width)
    left, right = min(one.x for one in boxes) - 2, max(one.x + one.width for one in boxes) + 2
    boxes = [replace(one, x=one.x - left) for one in boxes]
    arrows = [tuple((x - left, y) for x, y in points) for points in arrows]
    height = max(one.bottom for one in boxes) + 4
    shapes = [*_arrow_shapes(arrows), *(part for box in boxes for part in _drawn(box))]
    return Picture("flow", int(right - left), int(height), flow_words(flow), tuple(shapes))


Line = tuple[tuple[float, float], ...]


def _laid_out(flow: Flow, width: float) -> tuple[list[Box], list[Line]]:
    """Every box in its place, and the arrows between them."""
    middle = width / 2 if len(flow.columns) > 1 else MIDDLE
    screened = _box(middle - BOX / 2, 2, BOX, f"{gettext('Screened')}: {flow.screened}", _waiting(flow))
    arrows: list[Line] = []
    boxes, y = [screened], screened.bottom + GAP
    if flow.failed:
        aside = replace(
            _box(middle + BOX / 2 + 60, y, BOX, f"{gettext('Not registered')}: {flow.failed}", flow.failures),
            aside=True,
        )
        at = aside.y + min(aside.height / 2, 20)
        boxes.append(aside)
        arrows.append(((screened.middle, at), (aside.x, at)))
        y = aside.bottom + GAP
    told = gettext("%(registered)d of %(planned)d planned") % {"registered": flow.registered, "planned": flow.planned}
    registered = _box(middle - BOX / 2, y, BOX, f"{gettext('Registered')}: {told}")
    boxes.append(registered)
    arrows.append(((screened.middle, screened.bottom), (registered.middle, registered.y)))
    return _with_columns(flow, width, registered, boxes, arrows)


def _waiting(flow: Flow) -> Reasons:
    return ((gettext("still in screening"), flow.in_screening),) if flow.in_screening else ()


def _with_columns(
    flow: Flow, width: float, registered: Box, boxes: list[Box], arrows: list[Line]
) -> tuple[list[Box], list[Line]]:
    """The boxes of each arm, level with those of the others."""
    each = width / max(len(flow.columns), 1)
    several = len(flow.columns) > 1
    y = registered.bottom + GAP
    columns: list[list[Box]] = [[] for _ in flow.columns]
    for step in range(3):
        row = []
        for place, column in enumerate(flow.columns):
            across = min(each - 16, BOX)
            x = place * each + (each - across) / 2 if several else registered.x
            row.append(_step(column, step, x, y, across, several))
        for boxes_of, box in zip(columns, row, strict=True):
            boxes_of.append(box)
        y = max((box.bottom for box in row), default=y) + GAP
    for column_boxes in columns:
        arrows.append(_elbow(registered, column_boxes[0]))
        arrows += [((a.middle, a.bottom), (b.middle, b.y)) for a, b in pairwise(column_boxes)]
        boxes += column_boxes
    return boxes, arrows


def _elbow(above: Box, under: Box) -> Line:
    level = above.bottom + GAP / 2
    points = ((above.middle, above.bottom), (above.middle, level), (under.middle, level), (under.middle, under.y))
    return points if above.middle != under.middle else (points[0], points[-1])


def _step(column: FlowColumn, step: int, x: float, y: float, width: float, several: bool) -> Box:
    """Treated, off treatment, analysed: one box of an arm."""
    if step == 0:
        untreated = tuple((f"{gettext('no dose taken')}: {why}", count) for why, count in column.untreated)
        if not several:
            return _box(x, y, width, f"{gettext('Treated')}: {column.treated}", untreated)
        treated = ((gettext("treated with at least one dose"), column.treated), *untreated)
        return _box(x, y, width, f"{column.label}: {column.registered}", treated)
    if step == 1:
        going = ((gettext("still on treatment"), column.on_treatment),) if column.on_treatment else ()
        return _box(x, y, width, f"{gettext('Off treatment')}: {column.stopped}", (*column.off_treatment, *going))
    after = tuple((f"{gettext('off study')}: {why}", count) for why, count in column.off_study)
    follow = ((gettext("in follow-up"), column.in_follow_up),) if column.in_follow_up else ()
    out = tuple((f"{gettext('not evaluable')}: {why}", count) for why, count in column.not_evaluable)
    return _box(x, y, width, f"{gettext('Evaluable')}: {column.evaluable}", (*out, *follow, *after))


def _box(x: float, y: float, width: float, head: str, reasons: Reasons = ()) -> Box:
    """A heading and its reasons with their counts; the rarest are left to the table."""
    shown = reasons if len(reasons) <= MOST_REASONS else reasons[: MOST_REASONS - 1]
    lines = [line for why, count in shown for line in _reason(why, count, width)]
    if len(shown) < len(reasons):
        lines.append(gettext("… and %(n)d more reasons: see the table") % {"n": len(reasons) - len(shown)})
    return Box(x, y, width, tuple(wrapped(head, width * 0.9)), tuple(lines))


def _reason(why: str, count: int, width: float) -> list[str]:
    first, *more = wrapped(said(why), width - 2 * PAD - 34)
    return [f"{count}  {first}", *(f"     {line}" for line in more)]


def _drawn(box: Box) -> Iterable[Shape]:
    ground = "var(--bg)" if box.aside else "var(--card)"
    look: dict[str, str | float] = {"rx": 4, "fill": ground, "stroke": "var(--soft)"}
    yield shaped("rect", {"x": box.x, "y": box.y, "width": box.width, "height": box.height, **look})
    for place, line in enumerate((*box.head, *box.lines)):
        bold = place < len(box.head)
        yield shape("text", line, bold=bold, x=box.x + 10, y=box.y + PAD + LINE * (place + 0.75))


def _arrow_shapes(arrows: Sequence[Line]) -> Iterable[Shape]:
    for points in arrows:
        told = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        yield shape("polyline", points=told, fill="none", stroke="var(--soft)")
        (_, y0), (x, y) = points[-2:]
        head = [(x, y), (x - 4, y - 7), (x + 4, y - 7)] if y0 != y else [(x, y), (x - 7, y - 4), (x - 7, y + 4)]
        yield shape("polygon", points=" ".join(f"{a:.1f},{b:.1f}" for a, b in head), fill="var(--soft)")


# --- the same as a table ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FlowRow:
    """One line of the table: of whom, what, how many; `level` 1 is a reason under the line before it."""

    group: str
    what: str
    count: int
    level: int = 0


def flow_rows(flow: Flow) -> list[FlowRow]:
    """Every number of the flow, every reason with its count."""
    rows = [FlowRow("", gettext("Screened"), flow.screened)]
    rows += _under("", _waiting(flow))
    rows += [FlowRow("", gettext("Not registered"), flow.failed), *_under("", flow.failures)]
    rows.append(FlowRow("", gettext("Registered"), flow.registered))
    for one in flow.columns:
        group = one.label if len(flow.columns) > 1 else ""
        rows += _column_rows(one, group)
    return rows


def _column_rows(one: FlowColumn, group: str) -> list[FlowRow]:
    own = [FlowRow(group, gettext("Registered"), one.registered)] if group else []
    return [
        *own,
        FlowRow(group, gettext("Treated"), one.treated),
        FlowRow(group, gettext("Registered and never treated"), one.never_treated),
        *_under(group, one.untreated),
        FlowRow(group, gettext("Still on treatment"), one.on_treatment),
        FlowRow(group, gettext("Off treatment"), one.stopped),
        *_under(group, one.off_treatment),
        FlowRow(group, gettext("In follow-up"), one.in_follow_up),
        FlowRow(group, gettext("Off study"), sum(count for _, count in one.off_study)),
        *_under(group, one.off_study),
        FlowRow(group, gettext("Evaluable"), one.evaluable),
        *_under(group, one.not_evaluable),
    ]


def _under(group: str, reasons: Reasons) -> list[FlowRow]:
    return [FlowRow(group, said(why), count, 1) for why, count in reasons]


def flow_words(flow: Flow) -> str:
    """The flow in a sentence."""
    told = {
        "planned": flow.planned,
        "screened": flow.screened,
        "failed": flow.failed,
        "registered": flow.registered,
        "treated": flow.treated,
        "off": sum(one.stopped for one in flow.columns),
        "on": sum(one.on_treatment for one in flow.columns),
        "evaluable": flow.evaluable,
    }
    return (
        gettext(
            "Participant flow: %(planned)s planned, %(screened)s screened, %(failed)s not registered, %(registered)s "
            "registered, %(treated)s treated, %(off)s off treatment, %(on)s still on treatment, %(evaluable)s "
            "evaluable for response."
        )
        % told
    )

"""Participant flow as boxes and arrows (CONSORT 2010): the trunk above, one column for each arm below."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap
from typing import Any

from trialwright.adapters.reports.analysis.flow import Flow, FlowColumn, Reasons
from trialwright.adapters.reports.figures.palette import CARD, HIGHEST, INK, PALE, SOFT, WIDTH, new_figure
from trialwright.adapters.reports.text import counted

LINE_HEIGHT, GAP, MARGIN = 0.165, 0.22, 0.1
CHARACTERS_PER_INCH = 13.5
BLANK = "\u00a0"
"""A blank that a page does not put together with the next one."""
MOST_REASONS = (8, 6, 4, 3, 2)
"""So many reasons are named in a box; the fewest where they would not fit on a page."""


@dataclass(frozen=True)
class Box:
    """A box with its lines, the first one bold; x, y and width in inches, y its top."""

    x: float
    y: float
    width: float
    lines: tuple[str, ...]

    @property
    def height(self) -> float:
        """As high as its lines."""
        return LINE_HEIGHT * len(self.lines) + 2 * MARGIN

    @property
    def middle(self) -> float:
        """The x of its middle."""
        return self.x + self.width / 2


def flow_figure(flow: Flow) -> Any:
    """The whole flow, as high as its boxes need; they name fewer reasons rather than leave the page."""
    for most in MOST_REASONS:
        trunk, side = _trunk(flow, most)
        columns = _columns(flow, _bottom([*trunk, *side]), most)
        boxes = [*trunk, *side, *(box for column in columns for box in column)]
        height = _bottom(boxes) + 0.05
        if height + 0.6 <= HIGHEST:
            break
    figure, (axes,) = new_figure(height + 0.3)
    axes.set_axis_off()
    axes.set(xlim=(0, WIDTH - 0.2), ylim=(height, 0))
    for box in boxes:
        _draw(axes, box, plain=box not in side)
    _arrows(axes, trunk, side, columns)
    return figure


def flow_words(flow: Flow) -> str:
    """The flow in a sentence."""
    stopped, going = sum(one.stopped for one in flow.columns), sum(one.on_treatment for one in flow.columns)
    return (
        f"Participant flow: {flow.planned} planned, {flow.screened} screened, "
        f"{counted(flow.failed, 'screen failure')}, {flow.registered} registered, {flow.treated} treated, "
        f"{stopped} off treatment, {going} still on treatment, {flow.evaluable} evaluable for response."
    )


def _bottom(boxes: list[Box]) -> float:
    return max(box.y + box.height for box in boxes)


def _box(x: float, y: float, width: float, head: str, reasons: Reasons = (), most: int = 8) -> Box:
    """A heading and its reasons, each wrapped to the width; the rarest are left to the table."""
    lines = wrap(head, int(width * CHARACTERS_PER_INCH * 0.92))
    shown = reasons if len(reasons) <= most else reasons[: most - 1]
    for reason, count in shown:
        characters = int(width * CHARACTERS_PER_INCH)
        under = BLANK * (len(str(count)) + 2)
        lines += wrap(f"{count}{BLANK * 2}{reason}", characters, max_lines=2, placeholder=" …", subsequent_indent=under)
    if len(shown) < len(reasons):
        lines.append(f"… and {len(reasons) - len(shown)} more reasons (see the table)")
    return Box(x, y, width, tuple(lines))


def _trunk(flow: Flow, most: int) -> tuple[list[Box], list[Box]]:
    """Screened, out to the side those who failed, then registered."""
    screened = _box(0.05, 0.05, 2.4, f"Screened: {flow.screened}")
    failed = _box(3.0, 0.1 + screened.height, 3.9, f"Screen failures: {flow.failed}", flow.failures, most)
    below = failed if flow.failed else screened
    waiting = (("still in screening", flow.in_screening),) if flow.in_screening else ()
    extra = LINE_HEIGHT if flow.in_screening else 0
    registered = _box(
        0.05, below.y + below.height + GAP, 2.4, f"Registered: {flow.registered} of {flow.planned} planned"
    )
    if waiting:
        screened = _box(0.05, 0.05, 2.4, f"Screened: {flow.screened}", waiting)
    registered = Box(registered.x, registered.y + extra, registered.width, registered.lines)
    return [screened, registered], [failed] if flow.failed else []


def _columns(flow: Flow, top: float, most: int) -> list[list[Box]]:
    """The boxes of each arm, level with those of the other arms."""
    each = (WIDTH - 0.3) / max(len(flow.columns), 1)
    width = min(each - 0.2, 3.9)
    columns: list[list[Box]] = [[] for _ in flow.columns]
    y = top + GAP
    for step in range(3):
        row = [
            _step(column, step, (0.05 + place * each, y, width), most, allocated=len(columns) > 1)
            for place, column in enumerate(flow.columns)
        ]
        for boxes, box in zip(columns, row, strict=True):
            boxes.append(box)
        y = _bottom(row) + GAP if row else y
    return columns


def _step(column: FlowColumn, step: int, at: tuple[float, float, float], most: int, *, allocated: bool) -> Box:
    if step == 0:
        untreated = tuple((f"no dose taken: {why}", count) for why, count in column.untreated)
        if not allocated:
            return _box(*at, f"Treated: {column.treated}", untreated, most)
        treated = ("treated with at least one dose", column.treated)
        return _box(*at, f"Allocated to {column.label}: {column.registered}", (treated, *untreated), most)
    if step == 1:
        going = (("still on treatment", column.on_treatment),) if column.on_treatment else ()
        head = f"Off treatment: {column.stopped} of {column.treated}"
        return _box(*at, head, (*column.off_treatment, *going), most)
    reasons = (("in follow-up", column.in_follow_up), *((f"off study: {why}", n) for why, n in column.off_study))
    out = tuple((f"not evaluable: {why}", n) for why, n in column.not_evaluable)
    head = f"Evaluable: {column.evaluable} of {column.treated}"
    return _box(*at, head, (*out, *(one for one in reasons if one[1])), most)


def _draw(axes: Any, box: Box, *, plain: bool) -> None:
    from matplotlib.patches import FancyBboxPatch

    style: dict[str, Any] = {
        "boxstyle": "round,pad=0,rounding_size=0.05",
        "facecolor": CARD if plain else PALE,
        "edgecolor": SOFT,
    }
    axes.add_patch(FancyBboxPatch((box.x, box.y), box.width, box.height, linewidth=0.8, **style))
    for place, line in enumerate(box.lines):
        y = box.y + MARGIN + LINE_HEIGHT * (place + 0.5)
        weight = "bold" if place == 0 else "normal"
        axes.text(box.x + 0.1, y, line, va="center", fontsize=8, color=INK, fontweight=weight)


def _arrows(axes: Any, trunk: list[Box], side: list[Box], columns: list[list[Box]]) -> None:
    first, registered = trunk
    _arrow(axes, (first.middle, first.y + first.height), (first.middle, registered.y))
    for box in side:
        y = box.y + min(0.2, box.height / 2)
        _arrow(axes, (first.middle, y), (box.x, y))
    below = registered.y + registered.height
    for column in columns:
        x = column[0].middle if len(columns) > 1 else registered.middle
        if len(columns) > 1:
            axes.plot([registered.middle, x], [below + GAP / 2] * 2, color=SOFT, linewidth=0.8)
            axes.plot([registered.middle] * 2, [below, below + GAP / 2], color=SOFT, linewidth=0.8)
        _arrow(axes, (x, below + (GAP / 2 if len(columns) > 1 else 0)), (x, column[0].y))
        for above, under in pairwise(column):
            _arrow(axes, (x, above.y + above.height), (x, under.y))


def _arrow(axes: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    look = {"arrowstyle": "-|>", "color": SOFT, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 7}
    axes.annotate("", end, start, arrowprops=look)

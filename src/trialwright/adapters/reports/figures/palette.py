"""How every figure looks: one palette safe for colour-blind eyes and in grey, fonts that come with the program.

Colours are Okabe and Ito's (2008), darkened where they meet white; whatever a colour tells, a hatch, a line style or
a marker tells too. A figure keeps its text as text and carries the mark of simulated data. Read `new_figure`, then
`drawn`.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from trialwright.adapters.reports.document import SIMULATED

INK, SOFT, LINE, CARD, PALE = "#1b2430", "#5b6776", "#d9dfe6", "#ffffff", "#e9edf1"
MARK_INK, MARK_GROUND = "#7a5b00", "#fdf3d7"
THEMED = {INK: "ink", SOFT: "soft", LINE: "line", CARD: "card", PALE: "pale", MARK_INK: "unk", MARK_GROUND: "unk-bg"}
"""The colours that follow the page from light to dark, by the name of their variable."""
TEAL, ORANGE, BLUE, RED, PURPLE, YELLOW, SKY, GREY = (
    "#0b7d84 #d97a00 #2a6fb0 #b8432f #a3558a #b59b00 #4f9fc9 #8b96a3".split()
)
SERIES: tuple[tuple[str, Any, str, str], ...] = (
    (TEAL, "-", "o", ""),
    (ORANGE, (0, (5, 2)), "s", "///"),
    (BLUE, (0, (1, 1.4)), "^", "..."),
    (PURPLE, (0, (6, 2, 1, 2)), "D", "xx"),
    (RED, (0, (11, 3)), "v", "\\\\"),
)
"""Colour, line, marker and hatch of each group in turn."""
RESPONSE_LOOKS: dict[str, tuple[str, str]] = {
    "CR": (TEAL, ""),
    "PR": (SKY, "///"),
    "SD": (YELLOW, "..."),
    "PD": (RED, "xxx"),
    "NE": (GREY, "\\\\"),
}
"""Colour and hatch of each response."""
RESPONSE_LINES: dict[str, tuple[Any, str]] = {
    "CR": ("-", "*"),
    "PR": ((0, (5, 2)), "o"),
    "SD": ((0, (1, 1.4)), "s"),
    "PD": ((0, (6, 2, 1, 2)), "X"),
    "NE": ((0, (2, 3)), "."),
}
"""Line and marker of each response."""
GRADE_LOOKS: dict[int, tuple[str, str]] = {
    0: ("#ffffff", ""),
    1: ("#bfdadd", ""),
    2: ("#8fc1c6", "..."),
    3: ("#d97a00", "///"),
    4: ("#8f2d1c", "xxx"),
    5: ("#1b2430", ""),
}
"""Colour and hatch of each grade, from pale to dark."""
SETTINGS: Any = {
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 8.5,
    "text.color": INK,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "figure.facecolor": CARD,
    "axes.facecolor": CARD,
    "savefig.facecolor": CARD,
    "hatch.linewidth": 0.5,
    "text.parse_math": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "trialwright",
    "path.simplify": False,
    "legend.frameon": False,
}
WIDTH = 7.2
"""Inches; the figures are drawn at the width at which they are read."""
HIGHEST = 9.4
"""Inches that a page has for a figure."""
DOTS_PER_INCH = 160


def look(place: int) -> tuple[str, Any, str, str]:
    """Colour, line, marker and hatch of the group at this place; no two of the first 25 share line and marker both."""
    colour, line, _, hatch = SERIES[place % len(SERIES)]
    return colour, line, SERIES[(place + place // len(SERIES)) % len(SERIES)][2], hatch


def new_figure(height: float, rows: Sequence[float] = (1.0,)) -> tuple[Any, list[Any]]:
    """A figure of the report's width with one set of axes for each row, in these shares of the height."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = figure.subplots(len(rows), 1, height_ratios=list(rows), squeeze=False)[:, 0]
    return figure, list(axes)


def drawn(draw: Callable[[], Any], simulated: bool) -> tuple[str, bytes]:
    """The figure as SVG and PNG, the same bytes for the same numbers; simulated data are marked in the picture."""
    from matplotlib import rc_context

    vector, raster = io.BytesIO(), io.BytesIO()
    with rc_context(SETTINGS), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # names from files may be in any script
        warnings.filterwarnings("ignore", message="constrained_layout not applied")  # and of any length
        figure = draw()
        if simulated:
            _mark(figure)
        figure.savefig(vector, format="svg", metadata={"Date": None, "Creator": None})
        figure.set_layout_engine("none")  # laid out already; the second picture is the same
        figure.savefig(raster, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    return vector.getvalue().decode("utf-8"), raster.getvalue()


def _mark(figure: Any) -> None:
    figure.get_layout_engine().set(rect=(0, 0, 1, 1 - 0.26 / figure.get_figheight()))
    box = {
        "boxstyle": "round,pad=0.35,rounding_size=0.9",
        "facecolor": MARK_GROUND,
        "edgecolor": MARK_INK,
        "linewidth": 0.7,
    }
    top = 1 - 0.13 / figure.get_figheight()
    figure.text(
        0.99, top, SIMULATED, ha="right", va="center", fontsize=7.5, fontweight="bold", color=MARK_INK, bbox=box
    )

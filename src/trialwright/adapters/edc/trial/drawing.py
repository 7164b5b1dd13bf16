"""A picture as plain shapes, drawn by the template: no script, no style that a strict page would refuse.

Labels at the ends of lines are moved apart here so that none covers another. Read `Picture`, then `moved_apart`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

LETTER = 6.6
"""About so many units is a letter wide at the size of a picture's labels."""
WIDEST = 7.6
"""No text of usual letters is wider than so many units a letter: what a label is given where nothing may be cut."""


@dataclass(frozen=True)
class Shape:
    """One element of the picture with its attributes; `text` is what stands in it, `title` what it says when asked."""

    kind: str
    attributes: Mapping[str, str]
    text: str = ""
    title: str = ""
    bold: bool = False


@dataclass(frozen=True)
class Picture:
    """A drawing with its size and, in a sentence, what it shows."""

    name: str
    width: int
    height: int
    says: str
    shapes: tuple[Shape, ...] = field(default=())


def shape(kind: str, text: str = "", title: str = "", bold: bool = False, **attributes: str | float) -> Shape:
    """A shape; an underscore in a name is a hyphen, and `class_` is the class.

    >>> shape("line", x1=1.25, stroke_width=2, class_="soft").attributes
    {'x1': '1.2', 'stroke-width': '2', 'class': 'soft'}
    """
    return shaped(kind, attributes, text, title, bold)


def shaped(
    kind: str, attributes: Mapping[str, str | float], text: str = "", title: str = "", bold: bool = False
) -> Shape:
    """The same with its attributes at hand."""
    named = {name.rstrip("_").replace("_", "-"): _told(value) for name, value in attributes.items()}
    return Shape(kind, named, text, title, bold)


def _told(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


def moved_apart(wanted: Sequence[float], gap: float, top: float, bottom: float) -> list[float]:
    """Where labels go that want these heights: in their order, at least `gap` apart, between top and bottom.

    >>> moved_apart([50, 52, 90], 14, 0, 100)
    [44.0, 58.0, 90.0]
    """
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    gap = min(gap, (bottom - top) / max(len(wanted) - 1, 1))
    groups: list[list[int]] = []
    for place in order:
        groups.append([place])
        while len(groups) > 1 and _reach(groups[-2], wanted, gap)[1] + gap > _reach(groups[-1], wanted, gap)[0]:
            groups[-2:] = [groups[-2] + groups[-1]]
    found = [0.0] * len(wanted)
    for group in groups:
        for step, place in enumerate(group):
            found[place] = _reach(group, wanted, gap)[0] + step * gap
    return _inside(found, order, gap, top, bottom)


def _reach(group: Sequence[int], wanted: Sequence[float], gap: float) -> tuple[float, float]:
    """The first and the last height of labels that stand together around the middle of what they want."""
    middle = sum(wanted[place] for place in group) / len(group)
    half = gap * (len(group) - 1) / 2
    return middle - half, middle + half


def _inside(found: list[float], order: Sequence[int], gap: float, top: float, bottom: float) -> list[float]:
    """The heights pushed down from the top and then up from the bottom, still apart."""
    least = top
    for place in order:
        found[place] = max(found[place], least)
        least = found[place] + gap
    most = bottom
    for place in reversed(order):
        found[place] = min(found[place], most)
        most = found[place] - gap
    return found


def wrapped(words: str, width: float, lines: int = 2) -> list[str]:
    """The words in lines that fit into a width; what does not fit ends in an ellipsis.

    >>> wrapped("Not eligible at the planned first dose", 100)
    ['Not eligible at', 'the planned …']
    """
    from textwrap import wrap

    return wrap(words, max(int(width / LETTER), 8), max_lines=lines, placeholder=" …") or [""]

"""The paper a course is drawn on: which day is where, how wide words are, and where labels go so that none overlap.

Days are laid out evenly; a long follow-up is drawn closer together than treatment, so that courses can be read. A label
that does not fit in its long form is shortened, moved to another row, or left to the table. Read `Scale`, `place`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

LETTER = 12.0
"""The size of letters, in the units of the drawing."""
WIDE, NARROW, CAPITAL, USUAL, SPACE = 1.0, 0.40, 0.75, 0.645, 0.36
WIDE_LETTERS = frozenset("mwMW%@—…")
NARROW_LETTERS = frozenset("iljtfrI.,:;'!|()[]-/ \N{THIN SPACE}\N{NARROW NO-BREAK SPACE}·")


def width(text: str, size: float = LETTER) -> float:
    """How wide a text is at most in any usual screen font; letters of other scripts count as wide.

    >>> width("course 1") < width("course 10") < width("COURSE 10")
    True
    """
    return size * sum(_share(letter) for letter in text)


def _share(letter: str) -> float:
    if letter in NARROW_LETTERS:
        return NARROW
    if letter in WIDE_LETTERS or (ord(letter) > 0x24F and ord(letter) not in range(0x2000, 0x2070)):
        return WIDE
    return CAPITAL if letter.isupper() else USUAL


def shortened(text: str, room: float, size: float = LETTER) -> str:
    """As much of a text as there is room for, with an ellipsis where something is cut.

    >>> shortened("neutrophils", 500), shortened("neutrophils", 40)
    ('neutrophils', 'neu…')
    """
    if width(text, size) <= room:
        return text
    kept = text
    while kept and width(kept + "…", size) > room:
        kept = kept[:-1]
    return kept.rstrip() + "…" if kept else ""


@dataclass(frozen=True)
class Box:
    """A rectangle: from (left, top) to (right, bottom)."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the two overlap; boxes that only touch do not."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


# --- days ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scale:
    """Days from left to right, in pieces: a first day, the day after the last one, and the two places."""

    pieces: tuple[tuple[date, date, float, float], ...]

    @property
    def left(self) -> float:
        """Where the first day begins."""
        return self.pieces[0][2]

    @property
    def right(self) -> float:
        """Where the last day ends."""
        return self.pieces[-1][3]

    def at(self, day: date) -> float:
        """Where a day begins; one that lies outside is drawn at the edge."""
        for first, end, left, right in self.pieces:
            if day < end:
                return max(left, left + (right - left) * (day - first).days / (end - first).days)
        return self.right

    def middle(self, day: date) -> float:
        """The middle of a day."""
        return (self.at(day) + self.at(day + timedelta(days=1))) / 2


LEAST_A_DAY, MOST_A_DAY, LATER_A_DAY = 1.15, 16.0, 0.32
"""How wide a day of treatment is at least and at most, and a day of follow-up at least."""
LONG = 150
"""Days of follow-up after which they are drawn closer together."""
AFTER = timedelta(days=42)
"""So long after the end of treatment is still drawn like treatment."""


def scale_of(first: date, last: date, settled: date | None, left: float, room: float) -> Scale:
    """A scale from the first to the last day: as wide as there is room, wider where days would be too narrow."""
    end = last + timedelta(days=max(2, (last - first).days // 60))
    turn = settled + AFTER if settled else None
    if turn is None or turn <= first or (end - turn).days < LONG:
        return Scale(((first, end, left, left + _between(room, (end - first).days)),))
    early, late = (turn - first).days, (end - turn).days
    of_early = max(early * LEAST_A_DAY, min(room * 0.72, early * 6.0))
    of_late = max(late * LATER_A_DAY, room - of_early)
    return Scale(((first, turn, left, left + of_early), (turn, end, left + of_early, left + of_early + of_late)))


def _between(room: float, days: int) -> float:
    return max(days * LEAST_A_DAY, min(room, max(days * MOST_A_DAY, room / 2)))


STEPS: tuple[tuple[int, str], ...] = (
    (1, "days"), (2, "days"), (7, "days"), (14, "days"), (1, "months"), (2, "months"), (3, "months"), (6, "months"),
    (12, "months"), (24, "months"), (60, "months"), (120, "months"),
)  # fmt: skip
"""What ticks can be apart."""


def ticks(scale: Scale, apart: float) -> tuple[date, ...]:
    """Days to name under the picture, in each piece as close as the room allows: weeks, months or years apart."""
    return tuple(day for piece in scale.pieces for day in _ticks(*piece, apart))


def _ticks(first: date, end: date, left: float, right: float, apart: float) -> Iterable[date]:
    days_apart = apart * (end - first).days / max(right - left, 1)
    count, unit = next(((n, u) for n, u in STEPS if n * (1 if u == "days" else 28) >= days_apart), STEPS[-1])
    if unit == "days":
        return [first + timedelta(days=n) for n in range(0, (end - first).days, count)]
    months = range(first.year * 12 + first.month - 1, end.year * 12 + end.month)
    starts = [date(n // 12, n % 12 + 1, 1) for n in months if n % count == 0]
    return [day for day in starts if first <= day < end]


# --- labels ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wish:
    """A label that should stand at a place: its forms from long to short, and whether x is its middle or its start."""

    x: float
    forms: tuple[str, ...]
    look: str = ""
    middle: bool = False
    weight: int = 0


@dataclass(frozen=True)
class Placed:
    """A label with the box it fills."""

    text: str
    box: Box
    look: str = ""

    @property
    def baseline(self) -> float:
        """Where the letters stand."""
        return self.box.bottom - 0.25 * (self.box.bottom - self.box.top)


def place(
    wishes: Sequence[Wish], rows: Sequence[float], edges: tuple[float, float], taken: Iterable[Box] = (),
    tall: float = 14.0, size: float = LETTER,
) -> tuple[Placed, ...]:  # fmt: skip
    """Labels where nothing overlaps, the weightiest first: long before short, upper row before lower; else left out."""
    filled, found = list(taken), []
    for wish in sorted(wishes, key=lambda one: (-one.weight, one.x)):
        placed = _first_fit(wish, rows, edges, filled, tall, size)
        if placed:
            filled.append(_with_margin(placed.box))
            found.append(placed)
    return tuple(sorted(found, key=lambda one: one.box.left))


def _first_fit(
    wish: Wish, rows: Sequence[float], edges: tuple[float, float], filled: Sequence[Box], tall: float, size: float
) -> Placed | None:
    for text in wish.forms:
        wide = width(text, size)
        start = wish.x - wide / 2 if wish.middle else wish.x
        left = max(edges[0], min(start, edges[1] - wide))
        for top in rows:
            box = Box(left, top, left + wide, top + tall)
            if text and wide <= edges[1] - edges[0] and not any(box.meets(other) for other in filled):
                return Placed(text, box, wish.look)
    return None


def _with_margin(box: Box) -> Box:
    return Box(box.left - 3, box.top, box.right + 3, box.bottom)


def packed(places: Sequence[float], wide: float, rows: int) -> list[int | None]:
    """The row of each mark, from left to right, so that none of this width meet; None where every row is used up.

    >>> packed([0, 1, 2, 30], 10, 2)
    [0, 1, None, 0]
    """
    ends = [float("-inf")] * rows
    found: list[int | None] = []
    for x in places:
        row = next((n for n, end in enumerate(ends) if x - wide / 2 >= end), None)
        if row is not None:
            ends[row] = x + wide / 2
        found.append(row)
    return found

"""The skin region by region (mSWAT): how much of each is typed so far, the weighted sum, and a figure of the body.

Regions, weights and the sum are the standard's (`standards.response.mswat`); the figure shows what the table holds, and
the table is where it is typed. A region that is not filled in is not counted as none. Read `skin_of`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from trialwright.adapters.edc.entry.rows import Block, Line, View
from trialwright.core.casebook import Unreadable, read_number
from trialwright.standards.response.mswat import REGIONS, WEIGHTS, skin_sum

Shape = tuple[float, float, float, float]
"""Left, top, width and height in the figure."""

BOTH_SIDES: Mapping[str, Sequence[Shape]] = {
    "head": ((50, 4, 20, 26),),
    "neck": ((55, 31, 10, 8),),
    "upper_arms": ((27, 42, 12, 34), (81, 42, 12, 34)),
    "forearms": ((23, 78, 11, 32), (86, 78, 11, 32)),
    "hands": ((20, 112, 11, 16), (89, 112, 11, 16)),
    "thighs": ((41, 118, 18, 44), (61, 118, 18, 44)),
    "lower_legs": ((42, 164, 15, 44), (63, 164, 15, 44)),
    "feet": ((38, 210, 19, 9), (63, 210, 19, 9)),
}
FRONT: Mapping[str, Sequence[Shape]] = {
    **BOTH_SIDES,
    "anterior_trunk": ((41, 41, 38, 66),),
    "genitalia": ((53, 108, 14, 9),),
}
BACK: Mapping[str, Sequence[Shape]] = {
    **BOTH_SIDES,
    "posterior_trunk": ((41, 41, 38, 58),),
    "buttocks": ((41, 100, 38, 17),),
}
BACK_FROM = 120
"""How far to the right the back stands."""


@dataclass(frozen=True)
class Region:
    """One region: how many percent of the body it is, what was typed of it, and how dark it is drawn."""

    id: str
    most: int
    shares: Mapping[str, Fraction]
    key: str
    problem: str = ""

    @property
    def label(self) -> str:
        """The region in words."""
        return self.id.replace("_", " ")

    @property
    def known(self) -> bool:
        """Whether everything that is asked of it was typed."""
        return len(self.shares) == len(WEIGHTS) and not self.problem

    @property
    def covered(self) -> Fraction:
        """How many percent of the body are covered in it."""
        return sum(self.shares.values(), Fraction(0))

    @property
    def too_much(self) -> bool:
        """More than the region has."""
        return self.covered > self.most

    @property
    def tone(self) -> str:
        """How it is drawn: not filled in, none, or by the worst of what covers it."""
        if not self.known:
            return "open"
        worst = [kind for kind, share in self.shares.items() if share > 0]
        return worst[-1] if worst else "none"

    @property
    def sum(self) -> str:
        """Its part of the weighted sum."""
        return number(skin_sum({self.id: self.shares}))


@dataclass(frozen=True)
class Drawn:
    """One shape of the figure with the region it belongs to."""

    region: Region
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Skin:
    """The whole skin as typed so far."""

    regions: tuple[Region, ...]
    weights: Mapping[str, int]

    @property
    def missing(self) -> tuple[Region, ...]:
        """Regions that are not filled in."""
        return tuple(one for one in self.regions if not one.known)

    @property
    def overfull(self) -> tuple[Region, ...]:
        """Regions of which more is covered than there is."""
        return tuple(one for one in self.regions if one.too_much)

    @property
    def sum(self) -> str:
        """The weighted sum of the regions that are filled in."""
        return number(skin_sum({one.id: one.shares for one in self.regions if one.known}))

    @property
    def figure(self) -> tuple[Drawn, ...]:
        """The shapes of the body, front and back."""
        named = {one.id: one for one in self.regions}
        sides = ((FRONT, 0), (BACK, BACK_FROM))
        return tuple(
            Drawn(named[name], x + right, y, width, height)
            for shapes, right in sides
            for name, found in shapes.items()
            if name in named
            for x, y, width, height in found
        )


def skin_of(view: View) -> Skin | None:
    """The skin, where a form asks for its regions."""
    block = next((one for one in view.blocks if is_skin(one)), None)
    if block is None:
        return None
    return Skin(tuple(_region(line) for line in block.lines), WEIGHTS)


def is_skin(block: Block) -> bool:
    """Whether the parts of a block are the regions of the instrument, with the kinds of lesion it weighs."""
    first = block.first.items[0].field if block.first.items else None
    names = {item.name for item in block.first.items}
    return block.kind == "parts" and first is not None and set(first.codes) == set(REGIONS) and set(WEIGHTS) <= names


def _region(line: Line) -> Region:
    typed = {row.item.name: row.typed.text for row in line.rows}
    shares, problem = {}, ""
    for kind in WEIGHTS:
        try:
            if typed[kind].strip():
                shares[kind] = Fraction(read_number(typed[kind]).value)
        except Unreadable as wrong:
            problem = wrong.says
    region = line.rows[0].item.fixed or line.section.part.replace(" ", "_")
    return Region(region, REGIONS.get(region, 0), shares, f"row-{line.rows[1].key}", problem)


def number(value: Fraction) -> str:
    """A sum as a person writes it, with two decimals at most."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")

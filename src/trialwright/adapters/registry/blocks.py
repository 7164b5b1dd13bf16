"""Where each block of the page begins and ends.

Decided here: every line that could open a block is a candidate, weighed by how many of the block's own labels follow
it closely; the blocks chosen are those in page order with the greatest weight together. So words such as "Study
Type:" inside a summary do not open a block, and a lost block is simply not there. Read first: `divide`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from trialwright.adapters.registry.labels import BLOCKS, Block
from trialwright.adapters.registry.reading import Span

_NEAR = 12
_ENOUGH = 3  # more signs than this do not make one opening better than an earlier one
_OPENS = tuple(re.compile(rf"\s*(?:{block.opens})") for block in BLOCKS)
_ANY = re.compile(rf"\s*(?:{'|'.join(block.opens for block in BLOCKS)})")
_SHOWS = tuple(re.compile(rf"\s*(?:{block.shows})") for block in BLOCKS)
_WHOLE = re.compile(r"[\s:]*\Z")


@dataclass(frozen=True)
class Line:
    """A line of the source with its place."""

    span: Span
    text: str

    @property
    def blank(self) -> bool:
        return not self.text.strip()


@dataclass(frozen=True)
class _Chain:
    """Block openings in page order, the last one first, with their weight together."""

    rank: int
    line: int
    weight: float
    before: _Chain | None = None


def lines_of(source: str, where: Span | None = None) -> list[Line]:
    """The lines of a stretch, without their line ends."""
    start, end = where or Span(0, len(source))
    lines, at = [], start
    for text in source[start:end].split("\n"):
        lines.append(Line(Span(at, at + len(text)), text))
        at += len(text) + 1
    return lines


def divide(source: str) -> dict[str, Span]:
    """The blocks found, by name, in page order; everything before the first is `top`."""
    lines = lines_of(source)
    chosen = _openings(lines)
    starts = [lines[line].span.start for _, line in chosen]
    ends = [*starts[1:], len(source)]
    blocks = {"top": Span(0, starts[0] if starts else len(source))}
    return blocks | {BLOCKS[rank].name: Span(s, e) for (rank, _), s, e in zip(chosen, starts, ends, strict=False)}


def _openings(lines: list[Line]) -> list[tuple[int, int]]:
    """Rank and line of each block in the heaviest chain; of two equal chains the one that opens earlier."""
    best: dict[int, _Chain] = {}
    for number, line in enumerate(lines):
        for longer in [_after(best, rank, number, lines) for rank in _ranks(line)]:
            if longer.rank not in best or longer.weight > best[longer.rank].weight:
                best[longer.rank] = longer
    chain = max(best.values(), key=lambda one: (one.weight, -one.line), default=None)
    found = []
    while chain:
        found.append((chain.rank, chain.line))
        chain = chain.before
    return found[::-1]


def _ranks(line: Line) -> Iterator[int]:
    """The blocks that this line could open."""
    if not _ANY.match(line.text):
        return
    for rank, block in enumerate(BLOCKS):
        found = _OPENS[rank].match(line.text)
        if found and _stands(block, line.text, found):
            yield rank


def _stands(block: Block, text: str, found: re.Match[str]) -> bool:
    """Opening words with a colon may be followed by their value; those without must be the whole line."""
    return ":" in found.group() or block.name == "header" or bool(_WHOLE.match(text, found.end()))


def _after(best: dict[int, _Chain], rank: int, number: int, lines: list[Line]) -> _Chain:
    """The heaviest chain so far that this opening can follow, with the opening added."""
    earlier = [chain for r, chain in sorted(best.items()) if r < rank]
    before = max(earlier, key=lambda one: one.weight, default=None)
    return _Chain(rank, number, (before.weight if before else 0.0) + _weight(rank, lines, number), before)


def _weight(rank: int, lines: list[Line], number: int) -> float:
    near = islice((one for one in lines[number : number + 3 * _NEAR] if not one.blank), _NEAR)
    signs = islice((one for one in near if _SHOWS[rank].match(one.text)), _ENOUGH)
    return 1.0 + sum(1 for _ in signs)

"""The eligibility text as a tree of single statements, each inclusion or exclusion.

Decided here: items, their level and parent (bullets by indentation), blocks (by blank lines), and what settles the
polarity: a heading; else the item's own words; else, where headings are lost and the blocks differ in kind, the
block. Not here: what a statement means clinically. Words that deny: `polarity`. Read first: `split_criteria`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from trialwright.adapters.registry.polarity import denies, heading_polarity, lean
from trialwright.adapters.registry.reading import Criterion, Polarity, Span
from trialwright.core.terms import Finding, Severity

ABOUT = "protocolSection.eligibilityModule.eligibilityCriteria"
_BULLET = re.compile(
    r"(?P<indent>\s*)(?P<bullet>[•*·▪◦●‣–—\-]\s*(?=\S)|o\s{1,3}(?=[A-Z])|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})\\?[.)]\s+)?"
)
_HEADLIKE = re.compile(r"[^.;]{3,110}:\s*\Z|[A-Z][A-Z /&,()-]{6,}:?\s*\Z")
_PLAIN_HEAD = re.compile(
    r"\W*(?:key\s+|main\s+|major\s+|general\s+|patient\s+|subject\s+)?(?:inclusions?|exclusions?|eligibility)"
    r"(?:\s*(?:/|and|&)\s*exclusions?)?(?:\s+criteri(?:a|on))?(?:\s+(?:include|are|for\b.{0,60}))?\W*\Z",
    re.IGNORECASE,
)
_REFERS = re.compile(r"\W*see\s+(?:also\s+)?(?:the\s+)?[A-Z\"“].{0,60}\Z", re.IGNORECASE)

_TWO_LISTS = 3


class _Item(NamedTuple):
    """A line of the list: its words, where they stand, how deep it is indented, and how many blank lines precede it."""

    text: str
    span: Span
    indent: int
    bulleted: bool
    blanks: int
    level: int = 0
    parent: int | None = None
    group: int = 0


def split_criteria(text: str, at: int = 0) -> tuple[tuple[Criterion, ...], tuple[Finding, ...]]:
    """Every statement of the text; spans count from `at`. Findings say where polarity rests on a guess."""
    items = _grouped(_levelled(_joined(list(_items(text)))))
    polarities, headed = _by_heading(items)
    kept = [n for n, item in enumerate(items) if not headed[n]]
    guessed = _by_block([items[n] for n in kept]) if "exclusion" not in polarities else {}
    polarities = [None if guessed.get(i.group) == "exclusion" else p for i, p in zip(items, polarities, strict=True)]
    criteria = _build(items, kept, polarities, headed, guessed, at)
    return tuple(criteria), tuple(_findings(items, kept, polarities, guessed))


def _items(text: str) -> Iterator[_Item]:
    at, blanks = 0, 0
    for line in text.split("\n"):
        found = _BULLET.match(line)
        words = line[found.end() :].rstrip() if found else line.strip()
        if words and found:
            start = at + found.end()
            bullet = bool(found["bullet"])
            yield _Item(words, Span(start, start + len(words)), len(found["indent"].expandtabs(4)), bullet, blanks)
        blanks = 0 if words else blanks + 1
        at += len(line) + 1


def _joined(items: list[_Item]) -> list[_Item]:
    """A line without a bullet, deeper than the bullet above it, goes on with that item's words."""
    joined: list[_Item] = []
    for item in items:
        above = joined[-1] if joined else None
        if above and above.bulleted and not item.bulleted and item.indent > above.indent and not _is_head(item):
            span = Span(above.span.start, item.span.end)
            joined[-1] = above._replace(text=f"{above.text}\n{item.text}", span=span)
        else:
            joined.append(item)
    return joined


def _is_head(item: _Item) -> bool:
    """A heading about polarity, with or without a bullet; other lines ending in a colon only without one."""
    if _PLAIN_HEAD.match(item.text):
        return True
    return bool(_HEADLIKE.match(item.text)) and (not item.bulleted or heading_polarity(item.text) is not None)


def _levelled(items: list[_Item]) -> list[_Item]:
    """Deeper bullets stand under the nearest shallower one above them; headings have nothing above them."""
    stack: list[tuple[int, int]] = []
    levelled = []
    for n, item in enumerate(items):
        head = _is_head(item)
        while stack and (stack[-1][0] >= item.indent or head or not item.bulleted):
            stack.pop()
        parent = stack[-1][1] if stack else None
        levelled.append(item._replace(level=len(stack), parent=parent))
        if not head:
            stack.append((item.indent, n))
    return levelled


def _grouped(items: list[_Item]) -> list[_Item]:
    """Blank lines before an item of the first level open a new block, if they are more than the usual space between
    items."""
    tops = [item.blanks for item in items[1:] if item.level == 0]
    usual = 1 if tops and sum(1 for b in tops if b >= 1) > 0.6 * len(tops) and len(tops) > 3 else 0
    group, grouped = 0, []
    for n, item in enumerate(items):
        opens = item.level == 0 and item.blanks > usual
        group += 1 if n and (opens or (_is_head(item) and not _is_head(items[n - 1]))) else 0
        grouped.append(item._replace(group=group))
    return grouped


def _by_heading(items: Sequence[_Item]) -> tuple[list[Polarity | None], list[str | None]]:
    """For each item the polarity its heading gives, and for headings themselves their words."""
    current: Polarity | None = None
    polarities: list[Polarity | None] = []
    headed: list[str | None] = []
    for item in items:
        said = heading_polarity(item.text) if _is_head(item) else None
        if said:
            current = "inclusion" if said == "inclusion" else "exclusion" if said == "exclusion" else None
        polarities.append(current)
        headed.append(item.text if _is_head(item) and (said or not item.bulleted) else None)
    return polarities, headed


def _by_block(items: Sequence[_Item]) -> dict[int, Polarity]:
    """Blocks from a certain one on are exclusions if their words are of that kind and those before are not."""
    texts: dict[int, list[str]] = {}
    for item in items:
        texts.setdefault(item.group, []).extend([item.text] if item.level == 0 else [])
    groups = sorted(texts)
    score = {g: (leaning := lean(texts[g])).rules_out - leaning.asks for g in groups}
    before = list(accumulate(score[g] for g in groups))
    gains = [(before[-1] - 2 * before[n - 1], -n) for n in range(1, len(groups))]
    top, place = max(gains, default=(-_TWO_LISTS, 0))
    tail = groups[-place:]
    # Two lists one after the other are most often inclusion and exclusion, if the second denies nothing by itself.
    prior = _TWO_LISTS if len(groups) == 2 and not any(denies(text) for g in tail for text in texts[g]) else 0
    if top + prior <= 0 or sum(score[g] for g in tail) + prior <= 0:
        return {}
    return {g: "exclusion" if g >= tail[0] else "inclusion" for g in groups}


def _build(
    items: Sequence[_Item],
    kept: Sequence[int],
    polarities: Sequence[Polarity | None],
    headed: Sequence[str | None],
    guessed: dict[int, Polarity],
    at: int,
) -> list[Criterion]:
    place = {n: where for where, n in enumerate(kept)}
    built: list[Criterion] = []
    above_all: list[str | None] = list(accumulate(headed, _last_said))
    for n in kept:
        item = items[n]
        parent = place.get(item.parent) if item.parent is not None else None
        above = built[parent] if parent is not None else None
        polarity, by = _settle(item, polarities[n], guessed, above)
        heading = above_all[n]
        level = above.level + 1 if above else 0
        span = Span(item.span.start + at, item.span.end + at)
        refers = bool(_REFERS.match(item.text))
        built.append(
            Criterion(item.text, span, level, parent, polarity, item.group, denies(item.text), by, heading, refers)
        )
    return built


def _last_said(last: str | None, one: str | None) -> str | None:
    return one or last


def _settle(
    item: _Item, headed: Polarity | None, guessed: dict[int, Polarity], above: Criterion | None
) -> tuple[Polarity, str]:
    """What settles the polarity of one item: heading, the item above, its own words, or its block."""
    rules: tuple[Callable[[], tuple[Polarity, str] | None], ...] = (
        lambda: (headed, "heading") if headed else None,
        lambda: ("exclusion", "words") if denies(item.text) else None,
        lambda: (above.polarity, "the item above") if above else None,
        lambda: (guessed[item.group], "block") if item.group in guessed else None,
    )
    return next((answer for rule in rules if (answer := rule())), ("inclusion", "words"))


def _findings(
    items: Sequence[_Item], kept: Sequence[int], polarities: Sequence[Polarity | None], guessed: dict[int, Polarity]
) -> Iterator[Finding]:
    sides = {side for side in polarities if side}
    if not kept or len(sides) == 2:
        return
    if sides:
        yield _one_side(min(sides), sum(1 for n in kept if polarities[n] is None))
        return
    how = "by the kind of words each block uses" if guessed else "item by item, by words such as “No” and “Not”"
    yield Finding(
        about=ABOUT,
        says=f"No heading parts inclusion from exclusion; the {len(kept)} statements were parted {how}.",
        matters="A statement taken for the wrong side turns eligible patients away, or lets others in.",
        do="Review the polarity of each statement before the protocol is used.",
        severity=Severity.WARNING if guessed else Severity.NOTE,
    )


def _one_side(side: Polarity, guessed: int) -> Finding:
    other = "exclusion" if side == "inclusion" else "inclusion"
    return Finding(
        about=ABOUT,
        says=f"A heading for {side} stands and none for {other}; {guessed} statements were parted by other signs.",
        matters="If the second heading was lost, statements of one side may be read as the other.",
        do="Review the polarity of each statement before the protocol is used.",
        severity=Severity.WARNING,
    )

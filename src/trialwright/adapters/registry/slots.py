"""Labels and what follows them: "Allocation: Randomized", two labels on one line, a value on the next line.

Decided here: where a labelled value ends. A `line` value ends with its line or at the next label on that line; a
`list` ends at a blank line; a `text` runs over lines until the next label that opens a line. Read first: `scan`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from trialwright.adapters.registry.reading import Span, trim

_GAP = re.compile(r"(?:^[^\S\n]*|[^\S\n]{2}|[\t\xa0])\Z", re.MULTILINE)


@dataclass(frozen=True)
class Label:
    """A label the page may print; `pattern` is a regular expression for its words.

    `expects` are the words that must follow when the label stands inside running text; else it is a sentence's own.
    """

    key: str
    pattern: str
    kind: Literal["line", "list", "text", "mark"] = "line"
    expects: str = ""


@dataclass(frozen=True)
class Slot:
    """A label found in the source, with the span of what it labels."""

    key: str
    label: Span
    value: Span
    qualifier: str | None = None


@cache
def _compiled(labels: tuple[Label, ...]) -> re.Pattern[str]:
    longest_first = sorted(labels, key=lambda one: len(one.pattern), reverse=True)
    return re.compile("|".join(f"(?P<{one.key}>(?<!\\S){one.pattern})" for one in longest_first))


def scan(source: str, where: Span, labels: Sequence[Label]) -> list[Slot]:
    """Every label in the stretch with its value, in order; a label counts once."""
    by_key = {one.key: one for one in labels}
    found = list(_accepted(source, where, tuple(labels), by_key))
    ends = [m.start() for m in found[1:]] + [where.end]
    return [_slot(source, m, end, by_key[str(m.lastgroup)].kind) for m, end in zip(found, ends, strict=False)]


def _accepted(
    source: str, where: Span, labels: tuple[Label, ...], by_key: Mapping[str, Label]
) -> Iterator[re.Match[str]]:
    """Labels that count, each once; inside running text only those that cannot be part of it."""
    open_kind, seen = "line", set()
    for found in _compiled(labels).finditer(source, where.start, where.end):
        label = by_key[str(found.lastgroup)]
        if label.key in seen or (open_kind == "text" and not _breaks(source, where.start, found, label)):
            continue
        seen.add(label.key)
        open_kind = label.kind
        yield found


def _breaks(source: str, start: int, found: re.Match[str], label: Label) -> bool:
    """A label ends running text if it opens a line or stands after a gap, and is followed by the words it expects."""
    expected = re.compile(rf"\s*(?:{label.expects})", re.IGNORECASE).match(source, found.end()) is not None
    return expected and _opens(source, start, found.start())


def _opens(source: str, start: int, at: int) -> bool:
    return _GAP.search(source[source.rfind("\n", start, at) + 1 : at]) is not None or at == start


def _slot(source: str, found: re.Match[str], end: int, kind: str) -> Slot:
    key = str(found.lastgroup)
    return Slot(key, Span(*found.span()), _value(source, Span(found.end(), end), kind))


def _value(source: str, rest: Span, kind: str) -> Span:
    whole = trim(source, rest)
    if kind == "mark":
        return Span(rest.start, rest.start)
    if kind == "text":
        return whole
    stop = re.compile(r"\n\s*?\n" if kind == "list" else r"\n").search(source, whole.start, whole.end)
    return trim(source, Span(whole.start, stop.start() if stop else whole.end))

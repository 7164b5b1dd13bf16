"""Where every character of the source went: value, label, furniture or unread, and only one of them.

Decided here: the order in which classes claim a character (value before label before furniture), that punctuation
left over between two claimed pieces of a line belongs to the label, and what is reported as unread. Read first:
`account`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from trialwright.adapters.registry.reading import Furniture, Sheet, Span, Unread

BLANK, VALUE, LABEL, FURNITURE, LEFT = range(5)
_WORD, _GAP = re.compile(r"[^\x00]+"), re.compile(r"[\s\x00]+")
_LINE = re.compile(r"[^\n]+\n?")


class Account(NamedTuple):
    """The classes of the source, disjoint."""

    labels: tuple[Span, ...]
    furniture: tuple[Furniture, ...]
    unread: tuple[Unread, ...]


def _left(words: re.Match[str]) -> str:
    return chr(LEFT) * len(words.group())


def _blank(gap: re.Match[str]) -> str:
    return chr(BLANK) * len(gap.group())


def account(sheet: Sheet) -> Account:
    """Class every character once, and list the runs that nobody claimed."""
    marks = bytearray(_WORD.sub(_left, _GAP.sub(_blank, sheet.source)), "latin-1")
    _claim(marks, (s for spans in sheet.spans.values() for s in spans), VALUE)
    _claim(marks, sheet.labels, LABEL)
    kept = [(piece, f.why) for f in sheet.furniture for piece in _claim_each(marks, f.span)]
    _punctuation(sheet.source, marks)
    return Account(
        tuple(_runs(marks, LABEL, 0, len(marks))),
        tuple(Furniture(span, why) for span, why in kept),
        tuple(_unread(sheet.source, marks)),
    )


def _claim(marks: bytearray, spans: Iterable[Span], kind: int) -> None:
    left, claimed = bytes([LEFT]), bytes([kind])
    for start, end in spans:
        marks[start:end] = marks[start:end].replace(left, claimed)


def _claim_each(marks: bytearray, span: Span) -> list[Span]:
    """Claim what is still free of a piece of furniture, as the runs that were free."""
    free = list(_runs(marks, LEFT, *span))
    _claim(marks, free, FURNITURE)
    return free


def _runs(marks: bytearray, kind: int, start: int, end: int) -> Iterator[Span]:
    """Runs of one class; blanks between two pieces of the same class do not part them."""
    wanted = bytes([kind])
    for found in re.finditer(wanted + b"(?:\x00*" + wanted + b")*", bytes(marks[start:end])):
        yield Span(start + found.start(), start + found.end())


def _lines(source: str) -> Iterator[Span]:
    for found in _LINE.finditer(source):
        if found.end() > found.start():
            yield Span(found.start(), found.end())


def _punctuation(source: str, marks: bytearray) -> None:
    """Commas, brackets and bullets beside something understood are part of its label."""
    for line in _lines(source):
        kinds = set(marks[line.start : line.end])
        if LEFT not in kinds or not kinds & {VALUE, LABEL, FURNITURE}:
            continue
        for run in _runs(marks, LEFT, *line):
            if not any(c.isalnum() for c in source[run.start : run.end]):
                _claim(marks, [run], LABEL)


def _unread(source: str, marks: bytearray) -> Iterator[Unread]:
    number, at = 1, 0
    for line in _lines(source):
        if LEFT in marks[line.start : line.end]:
            number, at = number + source.count("\n", at, line.start), line.start
            for run in _runs(marks, LEFT, *line):
                yield Unread(run, number, source[run.start : run.end])


def numbered(unread: Iterable[Unread], source: str) -> Iterator[Unread]:
    """The same with the line numbers of the source as it was received."""
    number, at = 1, 0
    for one in unread:
        number, at = number + source.count("\n", at, one.span.start), one.span.start
        yield Unread(one.span, number, one.text)

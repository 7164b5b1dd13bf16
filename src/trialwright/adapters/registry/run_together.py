"""Conditions that stand in one line without a divider: where one ends and the next begins.

Decided here: a condition is a term that the page names elsewhere on a line of its own (keywords, MeSH terms), or words
that end with a word for a disease; a new one never begins with a small word, a lower-case word or a number, nor inside
brackets; words that stand side by side in the page's sentences are parted with reluctance. Of all ways to part the
line the best is taken, and the reading is a guess unless the whole line is one named term. Read first: `part`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from trialwright.adapters.registry.disease_words import speaks

_SMALL = frozenset("of and the in for to or a with by due after on from without vs at as an".split())
_NUMBER = re.compile(r"[ivx]+|\d+|[a-c]")
_MARKS = re.compile(r"[^\w\-/'+]+")
_LONGEST, _WORDS = 20, 400  # words of one condition, and of a line that is parted at all

_ENDS_ONE, _IS_ONE = 2, 3  # how strongly a word must speak for a disease to end one, to be one by itself

# What speaks for a reading of a line (+) or against it (-); tried on records whose conditions are known.
_NAMED, _DISEASE, _NO_DISEASE, _EACH, _DISEASE_INSIDE, _NEIGHBOURS = 4, 1, -4, -2, -3, -3


class Parted(NamedTuple):
    """The conditions, and whether the page itself leaves no other reading."""

    conditions: list[str]
    sure: bool


class _Line(NamedTuple):
    """The words of the line, and for each: may a condition begin here, how does it speak for a disease, does it stand
    before the next word elsewhere."""

    words: list[str]
    begins: list[bool]
    disease: list[int]
    bound: list[bool]
    terms: frozenset[str]


def part(line: str, named: Sequence[str], sentences: str) -> Parted:
    """The conditions of one line, by the terms the page names and by the words of its sentences.

    >>> part("Asthma Lung Cancer", ["Asthma"], "").conditions
    ['Asthma', 'Lung Cancer']
    >>> part("Pain After Surgery", [], "").conditions
    ['Pain After Surgery']
    """
    words, terms = line.split(), _forms(named)
    if len(words) < 2 or line.lower() in terms:
        return Parted([line], True)
    if len(words) > _WORDS:
        return Parted([line], False)
    return Parted(_best(_line(words, terms, sentences)), False)


def _forms(named: Sequence[str]) -> frozenset[str]:
    """Each term in lower case, an inverted heading turned round, and its plural."""
    plain = {" ".join(one.lower().split()) for one in named}
    turned = {" ".join(reversed(one.split(", "))) for one in plain}
    return frozenset(form + end for form in plain | turned for end in ("", "s"))


def _line(words: list[str], terms: frozenset[str], sentences: str) -> _Line:
    bare = [_MARKS.sub("", word.lower()) for word in words]
    said = f" {' '.join(_MARKS.sub(' ', sentences.lower()).split())} "
    bound = [f" {a} {b} " in said for a, b in pairwise(bare)]
    begins = [n == 0 or _may_begin(words[n], words[n - 1], words[0]) for n in range(len(words))]
    return _Line(words, begins, [speaks(word) for word in bare], [*bound, False], terms)


def _may_begin(word: str, before: str, first: str) -> bool:
    small = word.lower() in _SMALL or before.lower() in _SMALL
    goes_on = before.endswith((",", "/", "-", "(")) or not word[0].isalnum()
    return not (small or goes_on or (word[0].islower() and first[0].isupper()) or _NUMBER.fullmatch(word.lower()))


def _best(line: _Line) -> list[str]:
    """The way to part the line that most speaks for, found from left to right."""
    best: list[tuple[int, int] | None] = [(0, 0), *[None] * len(line.words)]
    for end in range(1, len(best)):
        for start in range(max(0, end - _LONGEST), end):
            before = best[start]
            if before and line.begins[start] and _balanced(line.words[start:end]):
                weight = before[0] + _weight(line, start, end)
                now = best[end]
                best[end] = (weight, start) if now is None or weight > now[0] else now
    return _way(line.words, best)


def _way(words: list[str], best: Sequence[tuple[int, int] | None]) -> list[str]:
    conditions, end = [], len(words)
    while end:
        found = best[end]
        if found is None:
            return [" ".join(words)]
        conditions.append(" ".join(words[found[1] : end]))
        end = found[1]
    return conditions[::-1]


def _balanced(words: list[str]) -> bool:
    joined = "".join(words)
    return joined.count("(") == joined.count(")")


def _weight(line: _Line, start: int, end: int) -> int:
    """How much speaks for these words as one condition."""
    parted = _NEIGHBOURS if start and line.bound[start - 1] else 0
    if " ".join(line.words[start:end]).lower() in line.terms:
        return _EACH + parted + _NAMED + end - start - 1
    outside = [n for n in range(start, end) if not re.search(r"[()\[\]]", line.words[n])]
    last = outside[-1] if outside else end - 1
    inside = sum(
        1 for n in range(start, end - 1) if line.disease[n] >= _IS_ONE and line.begins[n + 1] and not line.bound[n]
    )
    return _EACH + parted + (_DISEASE if line.disease[last] >= _ENDS_ONE else _NO_DISEASE) + _DISEASE_INSIDE * inside

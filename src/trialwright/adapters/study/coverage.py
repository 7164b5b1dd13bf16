"""The words of a record against the quotes of a protocol: which sentence is bound, questioned, furniture or neither.

Decided here: what a sentence is, where a quote stands in the record (word for word, white space apart), and that a
sentence counts as bound only when every word of it is quoted by a clause that changes an answer, or is a label, and no
open question is about it. A quote covers one statement: one that runs over the end of a sentence covers nothing. Read
`classify`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from trialwright.core.terms import Finding

Span = tuple[int, int]
GLUE = frozenset("a an and are by for from in is of on or the to with be at as".split())
"""Words that say nothing by themselves; they may stand between quotes. No negation and no number is among them."""
_WORD = re.compile(r"[^\W_]+(?:[.,'’/:-][^\W_]+)*|[≥≤<>=%]")
_END = re.compile(r"(?<=[.!?])[)\"*]*[ \u00a0]+(?=[A-Z(*\"])")
_MARKER = re.compile(r"\s*(?:[•*-]\s*)?\d{1,2}\.")
_NUMBERED = re.compile(r"(?:^|(?<=[\s,;]))\d{1,2}[.)](?=\s)")
_ABBREVIATION = re.compile(r"(?:\b[A-Z]|\b(?:e\.g|i\.e|vs|Dr|St|No|U\.S|al|approx))\.$")


class SentenceClass(Enum):
    """How a sentence of the record is accounted for."""

    BOUND = "bound"
    QUESTIONED = "questioned"
    FURNITURE = "furniture"
    NEITHER = "neither"


@dataclass(frozen=True)
class Sentence:
    """One sentence of the record: characters start to end (the end not included), on a line counted from 1."""

    text: str
    start: int
    end: int
    line: int


@dataclass(frozen=True)
class ClassedSentence:
    """A sentence with its class, the clauses that quote it, and the words that nothing accounts for."""

    sentence: Sentence
    kind: SentenceClass
    clauses: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    words_left: tuple[str, ...] = ()


@dataclass(frozen=True)
class Quoted:
    """A stretch of the record that a clause or a question quotes."""

    by: str
    span: Span


def sentences(record: str) -> tuple[Sentence, ...]:
    """The sentences of a record, line by line; a line without an end of sentence is one."""
    found: list[Sentence] = []
    at = 0
    for number, line in enumerate(record.splitlines(keepends=True), 1):
        for start, end in _within(line):
            found.append(Sentence(line[start:end], at + start, at + end, number))
        at += len(line)
    return tuple(found)


def _within(line: str) -> Iterator[Span]:
    start = 0
    for stop in _END.finditer(line):
        before = line[start : stop.start()]
        if not _ABBREVIATION.search(before) and not _MARKER.fullmatch(before):
            yield from _trimmed(line, start, stop.start() + len(stop[0].rstrip(" \u00a0")))
            start = stop.end()
    yield from _trimmed(line, start, len(line))


def _trimmed(line: str, start: int, end: int) -> Iterator[Span]:
    part = line[start:end]
    if part.strip():
        yield start + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip()))


class Record:
    """A record's text in which quotes are found word for word, whatever the white space between the words."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.sentences = sentences(text)
        self._starts = [sentence.start for sentence in self.sentences]
        pieces = [(found.start(), found[0]) for found in re.finditer(r"\S+", text)]
        self._flat = " ".join(piece for _, piece in pieces)
        self._offsets: list[int] = []
        for start, piece in pieces:
            self._offsets.extend(range(start, start + len(piece)))
            self._offsets.append(start + len(piece))

    def places(self, quote: str) -> tuple[Span, ...]:
        """Every place where the quote stands, whole words only; none where it is not in the record."""
        wanted = " ".join(quote.split())
        if not wanted:
            return ()
        edge = r"(?<![^\W_])" if wanted[0].isalnum() else ""
        stop = r"(?![^\W_])" if wanted[-1].isalnum() else ""
        hits = re.finditer(edge + re.escape(wanted) + stop, self._flat)
        return tuple((self._offsets[hit.start()], self._offsets[hit.end() - 1] + 1) for hit in hits)

    def sentence_at(self, position: int) -> Sentence | None:
        """The sentence that holds a character."""
        index = bisect_right(self._starts, position) - 1
        if index < 0 or self.sentences[index].end <= position:
            return None
        return self.sentences[index]

    def within_one_sentence(self, span: Span) -> bool:
        """Whether a stretch lies inside one sentence."""
        sentence = self.sentence_at(span[0])
        return sentence is not None and span[1] <= sentence.end


def locate(record: Record, quotes: Iterable[tuple[str, str]]) -> tuple[list[Quoted], list[Finding]]:
    """Where each (id, quote) stands; a quote that is nowhere, or covers more than one sentence, is a finding."""
    found: list[Quoted] = []
    findings: list[Finding] = []
    for by, quote in quotes:
        places = record.places(quote)
        single = [span for span in places if record.within_one_sentence(span)]
        found.extend(Quoted(by, span) for span in single)
        if not single:
            findings.append(_not_quotable(by, quote, bool(places)))
    return found, findings


def _not_quotable(by: str, quote: str, present: bool) -> Finding:
    shown = quote if len(quote) <= 80 else quote[:77] + "…"
    says = "runs over the end of a sentence" if present else "is not in the record"
    return Finding(
        about=by,
        clause=by,
        says=f"The quote “{shown}” {says}.",
        matters="A quote covers one statement; this clause accounts for nothing of the record.",
        do="Quote each statement apart, word for word." if present else "Copy the words from record.txt.",
    )


def classify(
    record: Record, furniture: Sequence[Span], live: Sequence[Quoted], asked: Sequence[Quoted]
) -> tuple[ClassedSentence, ...]:
    """Every sentence in one class, in the order of the record.

    `furniture` are stretches the reader took for labels and page furniture, `live` the quotes of clauses that change an
    answer, `asked` the words that open questions are about, by themselves or through a clause that rests on them.
    """
    return tuple(_classed(sentence, furniture, live, asked) for sentence in record.sentences)


def _classed(
    sentence: Sentence, furniture: Sequence[Span], live: Sequence[Quoted], asked: Sequence[Quoted]
) -> ClassedSentence:
    words = [(text, sentence.start + start, sentence.start + end) for text, start, end in _words(sentence.text)]
    telling = [word for word in words if not _inside(word, furniture)]
    by_clause = _touching(sentence, live)
    by_question = _touching(sentence, asked)
    quoted = [one.span for one in (*by_clause, *by_question)]
    left = [word for word in telling if word[0].lower() not in GLUE and not _inside(word, quoted)]
    kind = _kind(bool(telling), bool(quoted) and not left, bool(by_question))
    return ClassedSentence(
        sentence,
        kind,
        tuple(dict.fromkeys(quoted.by for quoted in by_clause)),
        tuple(dict.fromkeys(quoted.by for quoted in by_question)),
        tuple(word[0] for word in left) if kind is SentenceClass.NEITHER else (),
    )


def _words(text: str) -> Iterator[tuple[str, int, int]]:
    """The words of a sentence; the number of an item in a list is none.

    >>> [word for word, _, _ in _words("2. Age 18, 3) no placebo")]
    ['Age', '18', 'no', 'placebo']
    """
    numbers = {found.start() for found in _NUMBERED.finditer(text)}
    yield from (
        (found[0], found.start(), found.end()) for found in _WORD.finditer(text) if found.start() not in numbers
    )


def _kind(telling: bool, accounted: bool, asked: bool) -> SentenceClass:
    if not telling:
        return SentenceClass.FURNITURE
    if not accounted:
        return SentenceClass.NEITHER
    return SentenceClass.QUESTIONED if asked else SentenceClass.BOUND


def _touching(sentence: Sentence, quoted: Sequence[Quoted]) -> list[Quoted]:
    return [one for one in quoted if one.span[0] < sentence.end and one.span[1] > sentence.start]


def _inside(word: tuple[str, int, int], spans: Sequence[Span]) -> bool:
    return any(start <= word[1] and word[2] <= end for start, end in spans)

"""A record as passages: statements of prose, each with its place in the source, and the claims that are read from them.

Decided here: what a claim is, where a statement begins and ends, and how a place in decoded text maps back to the file
(JSON writes some signs as escapes). Not here: which words claim what (`claims.design` and its neighbours).
Read first: `Claim`, then `Record`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from trialwright.adapters.registry.reading import RegistryReading, Span, steps, trim, words_of

_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)
_PARAGRAPH = re.compile(r"(?:(?!\n\s*\n).)+", re.DOTALL)
# A full stop ends a statement before a capital letter ("v. 3", "i.e. the", "1.5" do not); so does a bullet.
_ENDS = re.compile(r"(?<=[a-z0-9)*\]%])[.;][\"”)]*\s+(?=[A-Z*\[“•])|\n(?=\s*(?:[•*-]|\d+[.)])\s)")
PROTOCOL = "protocolSection."
DETAIL = "descriptionModule.detailedDescription"


@dataclass(frozen=True)
class Claim:
    """One thing the record says about the study: the attribute, its value, and the words it was read from.

    `subject` says of whom or of what (a drug, an analyte, a group of criteria); `where` the kind of passage; `block`
    the paragraph or field, so that two claims of one block are known as such.
    """

    attribute: str
    value: Any
    words: str
    span: Span
    where: str = ""
    block: str = ""
    subject: str = ""


@dataclass(frozen=True)
class Passage:
    """A statement of the record: its words, the kind of field and the paragraph it stands in, and its place."""

    where: str
    block: str
    text: str
    span: Span
    polarity: str = ""
    by: str = ""
    above: str = ""
    places: tuple[int, ...] = ()

    def claim(self, attribute: str, value: Any, found: re.Match[str] | None = None, subject: str = "") -> Claim:
        """A claim read from a match, or from the whole passage."""
        start, end = found.span() if found else (0, len(self.text))
        words = self.text[start:end]
        start, end = start + len(words) - len(words.lstrip()), start + len(words.rstrip())
        return Claim(attribute, value, words.strip(), self.spot(start, end), self.where, self.block, subject)

    def spot(self, start: int, end: int) -> Span:
        if self.places:
            return Span(self.places[start], self.places[end])
        return Span(self.span.start + start, self.span.start + end)


@dataclass(frozen=True)
class Record:
    """A reading, asked for fields and for statements."""

    reading: RegistryReading

    def get(self, path: str, default: Any = None) -> Any:
        """A field of the protocol section, or the default."""
        here: Any = self.reading.protocolSection
        for step in steps(path):
            try:
                here = here[step]
            except (KeyError, IndexError, TypeError):
                return default
        return here

    def entries(self, path: str) -> list[dict[str, Any]]:
        found = self.get(path, [])
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    def field(self, attribute: str, path: str, value: Any = None) -> Iterator[Claim]:
        """The claim a field makes; nothing where the record does not have the field."""
        said = self.get(path)
        span = self.span(path)
        if said is None or span is None:
            return
        words = self.reading.source[span.start : span.end]
        yield Claim(attribute, said if value is None else value, words, span, "field", path)

    def span(self, path: str) -> Span | None:
        found = self.reading.spans.get(PROTOCOL + path)
        return found[0] if found else None

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """Every statement of the record in prose, in the order of `PROSE`, then the criteria."""
        return (*self._prose(), *self._criteria())

    def of(self, *kinds: str) -> tuple[Passage, ...]:
        """The statements of some kinds of field."""
        return tuple(one for one in self.passages if one.where in kinds)

    def _prose(self) -> Iterator[Passage]:
        for path, spans in self.reading.spans.items():
            kind = next((kind for pattern, kind in _PROSE if pattern.fullmatch(path)), None)
            text = self.get(path.removeprefix(PROTOCOL)) if kind else None
            if kind and isinstance(text, str):
                yield from _statements(kind, path.removeprefix(PROTOCOL), text, spans[0], self.reading.source)

    def _criteria(self) -> Iterator[Passage]:
        for n, one in enumerate(self.reading.criteria):
            if one.span:
                places = _places(self.reading.source, one.span, one.text)
                above = self.reading.criteria[one.parent].text if one.parent is not None else ""
                where = ("criterion", f"criterion {n}")
                yield Passage(*where, one.text, one.span, one.polarity, one.by, above, places)


_PROSE = tuple(
    (re.compile(r"protocolSection\." + pattern), kind)
    for pattern, kind in (
        (r"identificationModule\.briefTitle", "title"),
        (r"identificationModule\.officialTitle", "official title"),
        (r"descriptionModule\.briefSummary", "summary"),
        (r"descriptionModule\.detailedDescription", "description"),
        (r"conditionsModule\.keywords\[\d+\]", "keyword"),
        (r"armsInterventionsModule\.armGroups\[\d+\]\.label", "arm label"),
        (r"armsInterventionsModule\.armGroups\[\d+\]\.description", "arm"),
        (r"armsInterventionsModule\.interventions\[\d+\]\.name", "intervention name"),
        (r"armsInterventionsModule\.interventions\[\d+\]\.otherNames\[\d+\]", "intervention name"),
        (r"armsInterventionsModule\.interventions\[\d+\]\.description", "intervention"),
        (r"outcomesModule\.\w+\[\d+\]\.measure", "outcome"),
        (r"outcomesModule\.\w+\[\d+\]\.description", "outcome description"),
        (r"outcomesModule\.\w+\[\d+\]\.timeFrame", "time frame"),
    )
)


def _statements(kind: str, path: str, text: str, span: Span, source: str) -> Iterator[Passage]:
    places = _places(source, span, text)
    for n, paragraph in enumerate(_PARAGRAPH.finditer(text)):
        block = f"{path}/{n}" if kind in ("description", "summary") else path
        for start, end in _parts(paragraph):
            at = tuple(places[start : end + 1])
            yield Passage(kind, block, text[start:end], Span(span.start + start, span.start + end), places=at)


def _parts(paragraph: re.Match[str]) -> Iterator[Span]:
    """Where the statements of a paragraph stand in its text."""
    ends = [one.end() for one in _ENDS.finditer(paragraph.string, *paragraph.span())]
    for start, end in pairwise((paragraph.start(), *ends, paragraph.end())):
        part = trim(paragraph.string, Span(start, end))
        if part.end > part.start:
            yield part


def _places(source: str, span: Span, text: str) -> tuple[int, ...]:
    """Where each character of decoded text stands in the source; empty where one follows the other without a gap."""
    raw = source[span.start : span.end]
    if raw == text:
        return ()
    starts = [span.start + one.start() for one in _ESCAPE.finditer(raw)] if "\\" in raw else []
    if len(starts) != len(text):
        starts = [min(span.start + n, span.end) for n in range(len(text))]
    return (*starts, span.end)


def plain(text: str) -> str:
    """Words without the marks that emphasis leaves, white space as one space."""
    return words_of(text.replace("\\", ""))

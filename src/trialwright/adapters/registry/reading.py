"""What a reading of a registry record is made of: the fields, where each was read, and what was left over.

Decided here: the shape of a reading (ClinicalTrials.gov API v2 names), and that every character of the source which
is not white space is in exactly one class: value, label, furniture or unread. Offsets count characters of the decoded
text. Not here: what a line means (`page`, `json_record` and the section readers). Read first: `RegistryReading`, then
`Sheet`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from trialwright.core.terms import Finding, Severity

_TRAILING = re.compile(r"(?<![^\S\n])[^\S\n]+\n")
Polarity = Literal["inclusion", "exclusion"]


class Span(NamedTuple):
    """A stretch of the source, [start, end) in characters."""

    start: int
    end: int


@dataclass(frozen=True)
class Furniture:
    """Words of the site, not of the study: a banner, a menu, a disclaimer."""

    span: Span
    why: str


@dataclass(frozen=True)
class Unread:
    """Words that were not understood, with the line they stand on."""

    span: Span
    line: int
    text: str


@dataclass(frozen=True)
class Criterion:
    """One statement of the eligibility list; `parent` is the place in the list of the item it stands under.

    `negated` says that the text itself denies something ("No prior transplantation"); `by` says what settled the
    polarity: a heading, the words of the item, the item above it, or the block it stands in. `refers` marks an item
    that only points to another part of the list ("See Disease Characteristics").
    """

    text: str
    span: Span | None
    level: int
    parent: int | None
    polarity: Polarity
    group: int
    negated: bool = False
    by: str = "words"
    heading: str | None = None
    refers: bool = False


@dataclass(frozen=True)
class OutlinePart:
    """One typed part of the description: objective, outline, note, follow-up, accrual, rationale or purpose."""

    kind: str
    text: str
    span: Span | None
    role: str | None = None
    by: str = "words"


@dataclass(frozen=True)
class Absent:
    """Something the record does not state, and how that was seen."""

    what: str
    because: str


@dataclass(frozen=True)
class RegistryReading:
    """A registry record as read: API v2 sections, spans by path, and everything that is not a field."""

    name: str
    kind: str
    source: str
    sha256: str
    protocolSection: dict[str, Any]  # noqa: N815  (the registry's own field name)
    derivedSection: dict[str, Any]  # noqa: N815
    hasResults: bool | None  # noqa: N815
    spans: dict[str, tuple[Span, ...]]
    labels: tuple[Span, ...]
    furniture: tuple[Furniture, ...]
    unread: tuple[Unread, ...]
    criteria: tuple[Criterion, ...]
    outline: tuple[OutlinePart, ...]
    stated_absent: tuple[Absent, ...]
    findings: tuple[Finding, ...]


@dataclass
class Sheet:
    """The working copy while a record is read: values, labels and furniture are put down as they are found."""

    source: str
    tree: dict[str, Any] = field(default_factory=dict)
    spans: dict[str, list[Span]] = field(default_factory=dict)
    labels: list[Span] = field(default_factory=list)
    furniture: list[Furniture] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    absent: list[Absent] = field(default_factory=list)
    held: dict[str, Span] = field(default_factory=dict)
    criteria: tuple[Criterion, ...] = ()
    outline: tuple[OutlinePart, ...] = ()

    def put(self, path: str, span: Span, value: Any = None) -> None:
        """Write a value at its path with the words it was read from; without `value`, the words themselves."""
        span = trim(self.source, span)
        if span.start == span.end:
            return
        value = _TRAILING.sub("\n", self.source[span.start : span.end]) if value is None else value
        if path not in self.spans:
            place(self.tree, path, value)
        elif words_of(str(self.get(path))) != words_of(str(value)):
            self.findings.append(two_answers(path, str(self.get(path)), str(value)))
            return
        if span not in self.spans.setdefault(path, []):
            self.spans[path].append(span)

    def label(self, span: Span) -> None:
        self.labels.append(trim(self.source, span))

    def furnish(self, span: Span, why: str) -> None:
        self.furniture.append(Furniture(trim(self.source, span), why))

    def get(self, path: str, default: Any = None) -> Any:
        """The value at a path, or the default."""
        here: Any = self.tree
        for step in steps(path):
            try:
                here = here[step]
            except (KeyError, IndexError, TypeError):
                return default
        return here

    def count(self, path: str) -> int:
        return len(self.get(path, []))


def two_answers(path: str, first: str, second: str) -> Finding:
    """One field, stated twice and differently."""
    return Finding(
        about=path,
        says=f"The record states this twice and differently: “{first[:80]}”, then “{second[:80]}”.",
        matters="The first is kept; one of the two is wrong, and the second is listed as unread.",
        do="Settle it with the registry.",
        severity=Severity.WARNING,
    )


def trim(source: str, span: Span) -> Span:
    """The span without white space at either end."""
    words = source[span.start : span.end]
    start = span.start + len(words) - len(words.lstrip())
    return Span(start, max(start, span.start + len(words.rstrip())))


def steps(path: str) -> list[str | int]:
    """A path as steps.

    >>> steps("conditionsModule.conditions[1]")
    ['conditionsModule', 'conditions', 1]
    """
    return [int(n) if n else key for key, n in re.findall(r"([A-Za-z]\w*)|\[(\d+)\]", path)]


def place(tree: dict[str, Any], path: str, value: Any) -> None:
    """Put a value into nested dicts and lists, making what is missing on the way."""
    here: Any = tree
    way = steps(path)
    for step, following in pairwise(way):
        here = _child(here, step, [] if isinstance(following, int) else {})
    _child(here, way[-1], value)


def _child(here: Any, step: str | int, fresh: Any) -> Any:
    if isinstance(step, str):
        return here.setdefault(step, fresh)
    while len(here) <= step:
        here.append(fresh)
    return here[step]


def words_of(text: str) -> str:
    """Text with every run of white space, non-breaking spaces included, as one space."""
    return " ".join(text.split())


def leaves(tree: Any, path: str = "") -> Iterable[tuple[str, Any]]:
    """Every value that is not a dict or list, with its path."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, f"{path}.{key}" if path else key)
    elif isinstance(tree, list):
        for n, value in enumerate(tree):
            yield from leaves(value, f"{path}[{n}]")
    else:
        yield path, tree

"""A YAML file as plain data in which every value knows its line and column; the traps of YAML are closed.

Refused, all at once: keys written twice, anchors and aliases (a rule is read where it stands), tags (a file from a
stranger must not name objects), more than one document, deep nesting, and files too large, binary or not UTF-8.
Plain words stay words: `no` is the word no, 2005-02-01 and 1.10 are text; only whole numbers, true, false and null
are read as such, and even these give their text back where text is wanted. Read `read_yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from trialwright.core.terms import Finding

Path = tuple[str | int, ...]
Mark = tuple[int, int]

LARGEST_FILE = 4_000_000
ENOUGH = 10
"""So many things that may not stand in a file are told of; a file built to hold thousands is not read on."""
HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
DEEPEST_NESTING = 40
_WHOLE_NUMBER = re.compile(r"[-+]?(?:0|[1-9]\d{0,17})")
_PLAIN_WORDS: Mapping[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}
_FOLD = "\a"  # the reader's own mark where a folded text was broken over lines
_UNSAFE = "The file could mean something else than a reader sees, so nothing of it is used."


@dataclass
class Document:
    """The data of one file, with the place of every value and key, and the text each scalar was written as."""

    name: str
    data: Any = None
    marks: dict[Path, Mark] = field(default_factory=dict)
    key_marks: dict[Path, Mark] = field(default_factory=dict)
    written: dict[Path, str] = field(default_factory=dict)

    def where(self, path: Path, *, key: bool = False) -> str:
        """The place "file:line:column" of a value (or of its key); of the nearest thing around it if it has none."""
        for end in range(len(path), -1, -1):
            part = path[:end]
            mark = self.key_marks.get(part) if key else self.marks.get(part)
            mark = mark or self.key_marks.get(part) or self.marks.get(part)
            if mark:
                return f"{self.name}:{mark[0]}:{mark[1]}"
        return f"{self.name}:1:1"

    def copied(self, data: Any) -> Document:
        """The same places over other data of the same shape."""
        return Document(self.name, data, dict(self.marks), dict(self.key_marks), dict(self.written))

    def at(self, path: Path) -> Any:
        """What stands at a path, None where nothing does."""
        node = self.data
        for step in path:
            try:
                node = node[step]
            except (KeyError, IndexError, TypeError):
                return None
        return node

    def take_out(self, path: Path) -> bool:
        """Remove what stands at a path; the places after it in its list move up. False where nothing stands there."""
        around, last = self.at(path[:-1]), path[-1]
        if isinstance(around, dict) and last in around:
            del around[last]
            return True
        if not isinstance(around, list) or not isinstance(last, int) or last >= len(around):
            return False
        del around[last]
        for places in (self.marks, self.key_marks, self.written):
            moved = {_moved_up(place, path, last): mark for place, mark in places.items() if place[: len(path)] != path}
            places.clear()
            places.update(moved)  # type: ignore[arg-type]
        return True


def _moved_up(place: Path, path: Path, last: int) -> Path:
    """The place after an element before it was taken out of its list."""
    end = len(path) - 1
    step = place[end] if len(place) > end else None
    if place[:end] != path[:end] or not isinstance(step, int) or step < last:
        return place
    return (*place[:end], step - 1, *place[end + 1 :])


def read_yaml(content: bytes, name: str) -> tuple[Document, list[Finding]]:
    """The file as data with positions; where there are findings the data are not to be used."""
    document = Document(name)
    text, problem = _as_text(content, name)
    if problem or text is None:
        return document, [problem] if problem else []
    events, findings = _events(text, name)
    if not findings:
        following = iter(events)
        document.data = _built(next(following, None), following, (), document, findings)
    return document, findings


def _as_text(content: bytes, name: str) -> tuple[str | None, Finding | None]:
    """The text of the file, or why it is none."""
    if len(content) > LARGEST_FILE:
        return None, _unreadable(name, f"The file has {len(content):,} bytes; {LARGEST_FILE:,} is the most.")
    if not content.strip():
        return None, _unreadable(name, "The file is empty.")
    if b"\0" in content:
        return None, _unreadable(name, "The file is binary, not text.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return None, _unreadable(name, f"Line {line} is not UTF-8 text.", f"{name}:{line}:1")
    return text, _hidden(text, name)


def _hidden(text: str, name: str) -> Finding | None:
    """A control character or a mark that reorders text on screen: what is read would not be what is seen."""
    found = HIDDEN.search(text)
    if found is None:
        return None
    line, column = text.count("\n", 0, found.start()) + 1, found.start() - text.rfind("\n", 0, found.start())
    says = f"A character that does not show (U+{ord(found[0]):04X}) stands here."
    return Finding(about=name, says=says, matters=_UNSAFE, do="Take it out.", where=f"{name}:{line}:{column}")


def _unreadable(name: str, says: str, where: str | None = None) -> Finding:
    return Finding(
        about=name,
        says=says,
        matters="Nothing can be read from it.",
        do="Save the file as YAML in UTF-8; docs/reference/protocol-file.md shows what it holds.",
        where=where or f"{name}:1:1",
    )


def _broken(error: YAMLError, name: str) -> Finding:
    mark = error.problem_mark or error.context_mark if isinstance(error, MarkedYAMLError) else None
    said = error.problem if isinstance(error, MarkedYAMLError) and error.problem else str(error).splitlines()[0]
    return Finding(
        about=name,
        says=f"This is not YAML: {said}.",
        matters="Nothing after this place can be read.",
        do="Look for a missing quote, colon or bracket, and for indentation by tabs, at or above this line.",
        where=f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else f"{name}:1:1",
    )


def _events(text: str, name: str) -> tuple[list[Event], list[Finding]]:
    """The file's marks and words in order, and what YAML allows and a protocol file does not."""
    events: list[Event] = []
    findings: list[Finding] = []
    depth = documents = 0
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            documents += isinstance(event, DocumentStartEvent)
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            says = _refusal(event, depth, documents)
            if says:
                findings.append(_not_allowed(name, says, event))
            if depth > DEEPEST_NESTING or documents > 1 or len(findings) >= ENOUGH:
                break
            if isinstance(event, NodeEvent | CollectionEndEvent):
                events.append(event)
    except YAMLError as error:
        findings.append(_broken(error, name))
    except ValueError as error:
        findings.append(_unreadable(name, f"This is not YAML: {error}."))
    return events, findings


def _refusal(event: Event, depth: int, documents: int) -> str | None:
    anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
    if isinstance(event, AliasEvent):
        return f"An alias (*{anchor}) stands here."
    if anchor or tag:
        return f"An anchor (&{anchor}) stands here." if anchor else f"A tag ({tag}) stands here."
    if depth > DEEPEST_NESTING:
        return f"The file nests deeper than {DEEPEST_NESTING} levels."
    return "A second document begins here." if isinstance(event, DocumentStartEvent) and documents > 1 else None


def _not_allowed(name: str, says: str, event: Event) -> Finding:
    mark = event.start_mark
    return Finding(
        about=name,
        says=says,
        matters=_UNSAFE,
        do="Write the words out where they are meant, one document to a file, without anchors, aliases and tags.",
        where=f"{name}:{mark.line + 1}:{mark.column + 1}",
    )


def _built(
    event: Event | None, following: Iterator[Event], path: Path, document: Document, findings: list[Finding]
) -> Any:
    """Plain data from an event and those that follow it, the places noted on the way."""
    if event is None:
        return None
    document.marks[path] = _mark(event)
    if isinstance(event, MappingStartEvent):
        return _mapping(following, path, document, findings)
    if isinstance(event, SequenceStartEvent):
        parts = enumerate(_parts(following))
        return [_built(part, following, (*path, number), document, findings) for number, part in parts]
    assert isinstance(event, ScalarEvent)
    document.written[path] = event.value
    return _scalar(event)


def _parts(following: Iterator[Event]) -> Iterator[Event]:
    """The events that begin a part of the collection under way; who takes one must read the part to its end."""
    for event in following:
        if isinstance(event, CollectionEndEvent):
            return
        yield event


def _mapping(following: Iterator[Event], path: Path, document: Document, findings: list[Finding]) -> dict[str, Any]:
    held: dict[str, Any] = {}
    for event in _parts(following):
        aside = Document(document.name)
        problem = _key_problem(event, path, document, held)
        if problem:
            findings.append(_bad_key(document.name, event, problem))
            _built(event, following, (), aside, [])
            _built(next(following), following, (), aside, [])
            continue
        key = str(getattr(event, "value", ""))
        document.key_marks[(*path, key)] = _mark(event)
        held[key] = _built(next(following), following, (*path, key), document, findings)
    return held


def _key_problem(event: Event, path: Path, document: Document, held: dict[str, Any]) -> str | None:
    if not isinstance(event, ScalarEvent):
        return "A key must be one word."
    if event.value not in held:
        return None
    first = document.key_marks[(*path, event.value)][0]
    return f"The key {event.value!r} stands twice, first on line {first}."


def _bad_key(name: str, event: Event, says: str) -> Finding:
    line, column = _mark(event)
    return Finding(
        about=name,
        says=says,
        matters="Only one of the two could be used, and a reader cannot see which.",
        do="Keep one of them.",
        where=f"{name}:{line}:{column}",
    )


def _mark(event: Event) -> Mark:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _scalar(event: ScalarEvent) -> Any:
    """Words stay words; a quoted or folded scalar is always text."""
    text: str = event.value
    if event.style in ("'", '"', "|", ">"):
        return text
    if text in _PLAIN_WORDS:
        return _PLAIN_WORDS[text]
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else text

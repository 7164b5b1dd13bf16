"""The protocol beside its record: each sentence in its class, each clause with what it says, quotes and rests on.

Whether a clause changes an answer takes seconds to find out, so the classes are made once for a protocol file and a
record, by another process, and kept; until then the page says that they are being made. Read `browser`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from trialwright import __version__
from trialwright.adapters.edc.trial.making import KEPT_FOR_ALL, place, write
from trialwright.adapters.edc.trial.telling import visit_words
from trialwright.adapters.registry import read
from trialwright.adapters.registry.fields_read import fields_of
from trialwright.adapters.study import Study, load_study
from trialwright.adapters.study.check import check_protocol
from trialwright.adapters.study.coverage import Record, classify, locate
from trialwright.adapters.study.difference import told_clauses
from trialwright.core.protocol import Clause, Encounter, StudyProtocol, clauses

BOUND, QUESTIONED, FURNITURE, NEITHER = "bound", "questioned", "furniture", "neither"
CLASSES = (BOUND, QUESTIONED, FURNITURE, NEITHER)


@dataclass(frozen=True)
class Statement:
    """A sentence of the record: where it stands, its class, who quotes it, and what asks about it."""

    id: str
    text: str
    line: int
    kind: str
    clauses: tuple[str, ...]
    questions: tuple[str, ...]
    left: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClauseCard:
    """A clause: what it is, its words and grounds, what it says, and the sentences it quotes."""

    id: str
    kind: str
    label: str
    clause: Clause
    says: tuple[tuple[str, str], ...]
    sentences: tuple[str, ...]
    where: str = ""

    @property
    def source(self) -> str:
        """Where it comes from, where it does not quote the record."""
        return self.clause.named if self.clause.source else ""


@dataclass(frozen=True)
class Asked:
    """An open or settled question of the record: what it asks, the reading chosen, and the clauses that rest on it."""

    id: str
    asks: str
    reading: str
    settled_by: str
    clauses: tuple[str, ...]


@dataclass(frozen=True)
class Browser:
    """Both sides of one protocol version; `ready` is whether the classes are known yet."""

    version: str
    statements: tuple[Statement, ...]
    cards: tuple[ClauseCard, ...]
    questions: tuple[Asked, ...]
    ready: bool
    idle: tuple[str, ...] = ()

    def count(self, kind: str) -> int:
        """How many sentences are of a class."""
        return sum(one.kind == kind for one in self.statements)

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """The classes with how many sentences each has."""
        return tuple((kind, self.count(kind)) for kind in CLASSES)


Sees = Callable[[Clause], bool]
"""Whether a person sees a clause: a sub-study's is not there for other sites."""


def browser(study: Study, version: str, sees: Sees = lambda clause: True) -> Browser:
    """The protocol's version beside the record, as far as the person sees it."""
    protocol, known = study.versions[version], classes_of(study, version)
    hidden = out_of_sight(protocol, sees)
    told = known["sentences"] if known else located(study.record_text, protocol)
    statements = tuple(_statement(number, one, hidden) for number, one in enumerate(told) if not _only(one, hidden))
    cards = tuple(one for one in _cards(study, version, statements) if one.id not in hidden)
    idle = tuple(known["idle"]) if known else ()
    return Browser(version, statements, cards, tuple(_questions(protocol, hidden)), known is not None, idle)


def out_of_sight(protocol: StudyProtocol, sees: Sees) -> set[str]:
    """The clauses a person does not see: those that are not for them, what stands within, what serves these alone."""
    paths = [(path, clause) for path, clause in clauses(protocol)]
    gone = [path for path, clause in paths if not sees(clause)]
    hidden = {clause.id for path, clause in paths if any(path[: len(one)] == one for one in gone)}
    served = (one.id for one in protocol.objectives if one.endpoints and {*one.endpoints} <= hidden)
    return hidden | {*served}


def _statement(number: int, one: Mapping[str, Any], hidden: set[str]) -> Statement:
    named = tuple(name for name in one["clauses"] if name not in hidden)
    return Statement(
        f"s{number}", one["text"], one["line"], one["kind"], named, tuple(one["questions"]), tuple(one["left"])
    )


def _only(one: Mapping[str, Any], hidden: set[str]) -> bool:
    """Whether nothing but what is hidden quotes a sentence: it is the sub-study's own."""
    return bool(one["clauses"]) and {*one["clauses"]} <= hidden


def _cards(study: Study, version: str, statements: Iterable[Statement]) -> Iterator[ClauseCard]:
    """Every clause in the order of the file."""
    protocol = study.versions[version]
    says = {one.id: one for one in told_clauses(protocol, study.documents[version])}
    quoted: dict[str, list[str]] = {}
    for one in statements:
        for name in one.clauses:
            quoted.setdefault(name, []).append(one.id)
    for _, clause in clauses(protocol):
        told = says.get(clause.id)
        label = str(getattr(clause, "label", "") or getattr(clause, "drug", "") or getattr(clause, "name", ""))
        rows = told.rows if told else ()
        kind = told.kind if told else type(clause).__name__.lower()
        where = visit_words(clause) if isinstance(clause, Encounter) else ""
        yield ClauseCard(clause.id, kind, label, clause, rows, tuple(quoted.get(clause.id, ())), where)


def _questions(protocol: StudyProtocol, hidden: set[str]) -> Iterator[Asked]:
    resting: dict[str, list[str]] = {}
    for _, clause in clauses(protocol):
        for name in clause.rests_on:
            if clause.id not in hidden:
                resting.setdefault(name, []).append(clause.id)
    for one in protocol.questions:
        yield Asked(one.id, one.asks, one.reading, one.settled_by or "", tuple(resting.get(one.id, ())))


# --- the classes ------------------------------------------------------------------------------------------------------


def classes_of(study: Study, version: str) -> dict[str, Any] | None:
    """The sentences in their classes, where somebody made them for this very file and record."""
    file = _file(study.hashes[version], study.record_text)
    try:
        known: dict[str, Any] = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return known


def _file(protocol: str, record: str) -> Path:
    named = sha256(f"{__version__} {protocol} {record}".encode()).hexdigest()
    return place() / KEPT_FOR_ALL / f"{named}.json"


def classed(folder: Path) -> dict[str, Any]:
    """Every version of a study held against its record; what was found is kept for all who ask later."""
    study = load_study(folder)
    reading = read(study.record_text)
    for version, protocol in study.versions.items():
        file = _file(study.hashes[version], study.record_text)
        if file.exists() or study.trial is None:
            continue
        standards = study.trial.standards[version]
        found = check_protocol(protocol, standards, study.record_text, fields_of(reading))
        told = [
            {
                "text": one.sentence.text, "line": one.sentence.line, "kind": one.kind.value, "clauses": one.clauses,
                "questions": one.questions, "left": one.words_left,
            }
            for one in found.sentences
        ]  # fmt: skip
        file.parent.mkdir(mode=0o700, exist_ok=True)
        write(file, {"sentences": told, "idle": found.idle})
    return {"versions": list(study.versions)}


def located(record: str, protocol: StudyProtocol) -> list[dict[str, Any]]:
    """The sentences with who quotes them, before it is known which clauses change an answer; their class is open."""
    text = Record(record)
    places, _ = locate(text, [(clause.id, quote) for _, clause in clauses(protocol) for quote in clause.quotes])
    asked, _ = locate(text, [(one.id, words) for one in protocol.questions for words in one.about])
    found = classify(text, (), places, asked)
    return [
        {"text": one.sentence.text, "line": one.sentence.line, "kind": "", "clauses": one.clauses,
         "questions": one.questions, "left": ()}
        for one in found
    ]  # fmt: skip

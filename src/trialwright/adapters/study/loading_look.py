"""One protocol under examination: the protocol, its places in the file, the record, and every name it may refer to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property

from trialwright.adapters.study.loading_shape import clause_at, near_miss
from trialwright.adapters.study.positions import Document, Path
from trialwright.core.bundle import Standards
from trialwright.core.conditions import All, AnyOf, AtLeast, Condition, FirstKnown, IfThen, Not
from trialwright.core.protocol import Clause, Concept, StudyProtocol, clauses
from trialwright.core.terms import Finding, Severity
from trialwright.standards import load_standards

USELESS = "What it refers to cannot be found, so the rule would never be followed."


@dataclass(frozen=True)
class Look:
    """A protocol with what is needed to examine it; `whole` is the file before anything was left out."""

    protocol: StudyProtocol
    document: Document
    whole: Document
    record: str | None

    def finding(
        self,
        path: Path,
        says: str,
        matters: str,
        do: str,
        clause: str | None = None,
        severity: Severity = Severity.ERROR,
    ) -> Finding:
        """A finding at a place of the file."""
        about = next((step for step in reversed(path) if isinstance(step, str)), self.document.name)
        named = clause or clause_at(self.document, path)
        return Finding(
            about=named or about,
            says=says,
            matters=matters,
            do=do,
            clause=named,
            severity=severity,
            where=self.document.where(path),
        )

    def unknown(self, path: Path, what: str, name: str, known: Collection[str], clause: str | None = None) -> Finding:
        """A name that refers to nothing, with the near miss."""
        listed = ", ".join(sorted(known)) if len(known) <= 12 else f"{len(known)} are known"
        return self.finding(
            path,
            f"{name!r} is no {what}.{near_miss(name, known)}",
            USELESS,
            f"Write the name of {'an' if what[0] in 'aeiou' else 'a'} {what} ({listed or 'there is none'}).",
            clause,
        )

    @cached_property
    def clauses(self) -> tuple[tuple[Path, Clause], ...]:
        """Every clause with its path."""
        return tuple(clauses(self.protocol))

    @cached_property
    def _first(self) -> Mapping[str, Path]:
        return {clause.id: path for path, clause in reversed(self.clauses)}

    def first_of_clause(self, clause_id: str) -> Path:
        """Where a clause id stands first."""
        return self._first[clause_id]

    def count_of_clause(self, clause_id: str) -> int:
        """How often a clause id stands in the file."""
        return sum(clause.id == clause_id for _, clause in self.clauses)

    def other_ids(self) -> Iterator[tuple[str, list[str]]]:
        """The ids of what is no clause: questions, concepts, sets, asks."""
        for section in ("questions", "concepts", "sets", "asks"):
            yield section, [one.id for one in getattr(self.protocol, section)]

    def ids(self, *path: str) -> frozenset[str]:
        """The ids listed at a path of the file as written, whether or not all of it could be read."""
        held = self.whole.at(path)
        listed = held if isinstance(held, list) else []
        return frozenset(str(one["id"]) for one in listed if isinstance(one, dict) and "id" in one)

    def partly_read(self, path: Path) -> bool:
        """Whether keys at a place were left out because they could not be read."""
        return set(self.whole.at(path) or ()) != set(self.document.at(path) or ())

    @cached_property
    def standards(self) -> Standards:
        """The standards the protocol names, with its own concepts and questions among the concepts."""
        return load_standards(self.protocol)

    @cached_property
    def concepts(self) -> Mapping[str, Concept]:
        """The standard concepts, the study's own, and its questions."""
        return self.standards.concepts

    @cached_property
    def asks(self) -> frozenset[str]:
        """The questions that only a person can answer."""
        return self.ids("asks")

    @cached_property
    def conditions(self) -> tuple[tuple[Path, Condition], ...]:
        """Every condition and everything within it, each with its path in the file."""
        return tuple(
            placed
            for path, condition in _conditions_within(self.protocol, ())
            for placed in _placed_parts(condition, path)
        )


def _conditions_within(node: object, path: Path) -> Iterator[tuple[Path, Condition]]:
    """Every outermost condition of the protocol."""
    if isinstance(node, Condition):
        yield path, node
    elif isinstance(node, tuple):
        for number, part in enumerate(node):
            yield from _conditions_within(part, (*path, number))
    elif is_dataclass(node) and not isinstance(node, type):
        for each in fields(node):
            yield from _conditions_within(getattr(node, each.name), (*path, each.name))


def _placed_parts(condition: Condition, path: Path) -> Iterator[tuple[Path, Condition]]:
    """The condition and everything within it, with the keys of the file that lead there."""
    yield path, condition
    for step, part in _steps(condition):
        yield from _placed_parts(part, (*path, *step))


def _steps(condition: Condition) -> list[tuple[Path, Condition]]:
    match condition:
        case All(of):
            return [(("all", number), part) for number, part in enumerate(of)]
        case AnyOf(of):
            return [(("any", number), part) for number, part in enumerate(of)]
        case AtLeast(_, of):
            return [(("of", number), part) for number, part in enumerate(of)]
        case FirstKnown(of):
            return [(("first_known", number), part) for number, part in enumerate(of)]
        case Not(of=part):
            return [(("not",), part)]
        case IfThen(when, then):
            return [(("if",), when), (("then",), then)]
        case _:
            return []

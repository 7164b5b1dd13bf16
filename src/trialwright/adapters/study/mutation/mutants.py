"""A protocol file -> everything in it that can be a step off, each with its clause, its words and its place.

Each clause is taken out; each part of it that may be absent is; each number, time, window and dose moves a step; each
flag turns, also one that is not written; each list loses each member; each condition changes (`conditions`). Words for
people, quotes and sources change no answer and are left alone, and so are `facts`, `objectives` and `questions`, which
`check` holds against the record. Read `SECTIONS`, then `mutants_of`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from dataclasses import Field as DataField
from enum import Enum
from typing import Any, get_args, get_origin

from trialwright.adapters.study.loading_shape import hints, wanted
from trialwright.adapters.study.mutation.conditions import changes_of, told, turned
from trialwright.adapters.study.mutation.values import neighbours
from trialwright.adapters.study.positions import Document, Path
from trialwright.core.conditions import Condition
from trialwright.core.conditions.constructs import ANCHORS
from trialwright.core.endpoints import POPULATIONS
from trialwright.core.protocol import (
    ENCOUNTER_ANCHORS,
    INTERCURRENT,
    INTERVALS,
    PROGRESSION_DAYS,
    READINESS,
    Clause,
    StudyProtocol,
)

SPOKEN = frozenset(
    {each.name for each in fields(Clause)}
    | {"label", "name", "time_frame", "reason", "stop", "warn", "then_stop", "off_treatment", "drug", "set", "of"}
    | {"time_zone", "matrix", "stored_for", "method", "unit", "commitment", "prohibits", "substudy", "variable"}
    | {"summary"}
)
"""Parts that are words for people, or names of other parts, which have no step."""
UNHEARD = ("facts", "objectives")
"""Words of the record that the trial's documents print; no answer about a patient comes from them."""
NOT_MUTATED = (*UNHEARD, "protocol", "version", "title", "record", "questions", "sources", "concepts")
"""These, what the record leaves open, and what is recorded."""
PREFIXED = ("sets", "asks")
"""Parts whose ids may be those of clauses as well, so they are told with the part's name."""
CLOSED: Mapping[str, tuple[str, ...]] = {
    "anchor": ENCOUNTER_ANCHORS,
    "since": ANCHORS,
    "ready_when": tuple(READINESS),
    "population": tuple(POPULATIONS),
    "event": tuple(INTERCURRENT),
    "progression_on": tuple(PROGRESSION_DAYS),
    "interval": INTERVALS,
}
"""Words of a closed list, by the key they stand under; each becomes the next one."""


class _Place(Enum):
    """What stands in the place of something that is taken out; one and the same in every process."""

    TAKEN_OUT = "taken out"


TAKEN_OUT = _Place.TAKEN_OUT


@dataclass(frozen=True)
class Mutant:
    """One place of a protocol a step off: the clause, the part of it, the change in words, where it stands."""

    clause: str
    part: str
    change: str
    where: str
    path: Path
    value: Any

    @property
    def name(self) -> str:
        """The mutation in words; no two of a protocol have the same."""
        return f"{self.clause}: {self.part}: {self.change}" if self.part else f"{self.clause}: {self.change}"

    def data(self, of: Any) -> Any:
        """The protocol's data with the change made; what does not change is shared with the original."""
        return _changed(of, self.path, self.value)


def mutants_of(document: Document) -> tuple[Mutant, ...]:
    """Every mutant of a protocol file, in the order of the file; the document holds it as the loader fitted it."""
    found: dict[str, Mutant] = {}
    for name, hint in hints(StudyProtocol).items():
        if name in document.data and name not in NOT_MUTATED and name not in SPOKEN:
            for path, value, change in _of(wanted(hint), document.data[name], (name,)):
                one = _mutant(document, path, value, change)
                found.setdefault(one.name, one)
    return tuple(found.values())


Place = tuple[Path, Any, str]


def _mutant(document: Document, path: Path, value: Any, change: str) -> Mutant:
    """The mutant of a place: the innermost thing around it that has an id is its clause."""
    clause, start, node = "", 0, document.data
    for place, step in enumerate(path, start=1):
        known = isinstance(node, list) or step in node
        node = node[step] if known else None
        if node is None:
            break
        if isinstance(node, dict) and "id" in node:
            clause, start = str(node["id"]), place
    kind = f"{path[0]} " if path[0] in PREFIXED else ""
    part = ".".join(str(one + 1) if isinstance(one, int) else one for one in path[start:])
    return Mutant(kind + (clause or str(path[0])), part, change, document.where(path), path, value)


def _changed(node: Any, path: Path, value: Any) -> Any:
    head, rest = path[0], path[1:]
    if isinstance(node, list):
        assert isinstance(head, int)
        middle = [_changed(node[head], rest, value)] if rest else [] if value is TAKEN_OUT else [value]
        return [*node[:head], *middle, *node[head + 1 :]]
    if rest:
        return {**node, head: _changed(node[head], rest, value)}
    return {key: one for key, one in {**node, head: value}.items() if one is not TAKEN_OUT}


# --- by the kind of value --------------------------------------------------------------------------------------------


def _of(hint: Any, value: Any, path: Path) -> Iterator[Place]:
    if hint is Condition:
        yield from _of_condition(value, path)
    elif isinstance(value, list):
        yield from _of_list(hint, value, path)
    elif is_dataclass(hint) and isinstance(value, dict):
        yield from _of_mapping(hint, value, path)
    else:
        words = _enum_words(hint) or CLOSED.get(str(path[-1]), ())
        others = (words[(words.index(value) + 1) % len(words)],) if value in words else neighbours(value)
        yield from ((path, other, f"{told(value)} becomes {told(other)}") for other in others)


def _enum_words(hint: Any) -> tuple[str, ...]:
    return tuple(one.value for one in hint) if isinstance(hint, type) and issubclass(hint, Enum) else ()


def _of_condition(value: Any, path: Path) -> Iterator[Place]:
    if path[-1] not in ("must", "must_not"):
        yield path, turned(value), "turned round"
    yield from (((*path, *place), other, words) for place, other, words in changes_of(value))


def _of_list(hint: Any, value: list[Any], path: Path) -> Iterator[Place]:
    inner = get_args(hint)[0] if get_origin(hint) is tuple else None
    spare = len(value) > 1 or is_dataclass(inner)
    for number, part in enumerate(value):
        here = (*path, number)
        if isinstance(part, dict) and "id" in part:
            yield here, TAKEN_OUT, "taken out"
        elif spare and not isinstance(part, int):
            yield path, [one for place, one in enumerate(value) if place != number], f"without {told(part)}"
        yield from _of(wanted(inner), part, here)


def _of_mapping(cls: Any, value: dict[str, Any], path: Path) -> Iterator[Place]:
    if "must" in value or "must_not" in value:
        yield path, _swapped(value), "must and must not are swapped"
    for each in fields(cls):
        hint, here = wanted(hints(cls).get(each.name)), (*path, each.name)
        if each.name in SPOKEN or hint is None:
            continue
        if each.name in value:
            yield from _of(hint, value[each.name], here)
            if _may_be_absent(each) and not _is_default(each, value[each.name]):
                yield here, TAKEN_OUT, _left_out(value[each.name])
        elif hint is bool and each.default is not None:
            yield here, not each.default, f"{told(each.default)} becomes {told(not each.default)}"


def _left_out(value: Any) -> str:
    """A clause, a list or a condition is left out as a whole; one value is told."""
    return "left out" if isinstance(value, dict | list) else f"without {told(value)}"


def _swapped(value: dict[str, Any]) -> dict[str, Any]:
    other = {"must": "must_not", "must_not": "must"}
    return {other.get(key, key): one for key, one in value.items()}


def _may_be_absent(each: DataField[Any]) -> bool:
    """What a clause can be without; a criterion without its condition is no criterion."""
    return each.name not in ("must", "must_not") and _has_default(each)


def _is_default(each: DataField[Any], value: Any) -> bool:
    """Whether a value says what holds where nothing is said; a flag is turned instead of left out."""
    default = list(each.default) if isinstance(each.default, tuple) else each.default
    return isinstance(value, bool) or value in (default, default.value if isinstance(default, Enum) else default)


def _has_default(each: DataField[Any]) -> bool:
    return each.default is not MISSING or each.default_factory is not MISSING

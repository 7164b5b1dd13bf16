"""What differs between two versions of a protocol, clause by clause, in words a committee reads.

A clause is the same one where it stands under the same id in the same place; each of its parts is compared by value,
so that a file written otherwise and meaning the same differs in nothing. Conditions are told in the words of the file.
Where a clause comes from (quotes, source, questions) is kept apart: it changes no answer. Read `difference`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from dataclasses import Field as DataField
from enum import Enum
from typing import Any

from trialwright.adapters.study.positions import Document, Path
from trialwright.core.conditions import ALWAYS, Condition
from trialwright.core.protocol import Clause, StudyProtocol

NONE = "none"
GROUNDS = ("quotes", "source", "rests_on", "departs_from", "note", "about", "settled_by")
"""The parts of a clause that say where it comes from."""
LEFT_OUT = ("id", "version", "named")
KINDS: Mapping[str, str] = {
    "eligibility": "criterion",
    "regimen": "treatment",
    "rules": "dose rule",
    "start_course_when": "condition of a course",
    "release_when": "condition of handing out",
    "limits": "limit of treatment",
    "encounters": "visit",
    "asks": "question to a person",
    "questions": "open question of the record",
    "specimens": "specimen",
    "assays": "assay",
    "endpoints": "endpoint",
    "concepts": "datum",
    "fields": "part of a datum",
    "sets": "list of codes",
    "medication": "rule of medication",
    "obligations": "duty",
    "objectives": "objective",
    "facts": "fact of the record",
    "sites": "site",
    "arms": "arm",
    "substudies": "sub-study",
    "reporting": "clock of serious events",
    "stopping": "stopping rule",
    "stages": "gate of the design",
    "deviations": "weight of deviations",
}
"""What a committee calls the parts of a protocol file; a part that is not here goes by its key."""
IN_WORDS: Mapping[str, str] = {
    "dose.start": "start dose",
    "dose.step": "step up each course",
    "dose.maximum": "maximum dose",
    "dose.floor": "least dose",
    "then.hold.until": "holds until",
    "then.hold.resume_lower_by": "resumes lower by",
    "then.stop": "stops for",
    "then.reduce_by": "lowers by",
    "then.no_step_up": "keeps the dose from rising",
    "then.cap": "caps at",
    "then.warn": "warns",
    "anchor": "counted from",
    "window": "window in days before and after",
    "collect": "collects",
    "offset": "so long after",
    "courses": "in courses",
    "must": "must hold",
    "must_not": "must not hold",
    "quotes": "words of the record",
    "rests_on": "rests on",
    "departs_from": "departs from the words",
}
"""Parts of a clause whose key alone does not read well."""


@dataclass(frozen=True)
class PartChange:
    """One part of a clause: from what to what; "none" is nothing."""

    part: str
    old: str
    new: str


@dataclass(frozen=True)
class ClauseChange:
    """A clause added, removed, changed or moved: its kind, id, words, reason and questions, and what of it differs."""

    change: str
    kind: str
    id: str
    words: str
    reason: str
    parts: tuple[PartChange, ...] = ()
    grounds: tuple[PartChange, ...] = ()
    rests_on: tuple[str, ...] = ()


Key = tuple[str, ...]


@dataclass
class _Piece:
    """One thing with an id, flattened: each part in words, and whether it is only what holds where nothing is said."""

    kind: str
    id: str
    clause: Clause | None
    rows: dict[str, str] = field(default_factory=dict)
    unsaid: set[str] = field(default_factory=set)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)


def difference(
    old: StudyProtocol, new: StudyProtocol, old_file: Document, new_file: Document
) -> tuple[ClauseChange, ...]:
    """Everything that differs, in the order of the new version; what was removed comes last."""
    before, after = _pieces(old, old_file), _pieces(new, new_file)
    changed = (
        _compared(before.get(key), piece, old, new, _out_of_order(key, before, after)) for key, piece in after.items()
    )
    removed = (_told("removed", piece, old) for key, piece in before.items() if key not in after)
    return tuple(one for one in (*changed, *removed) if one)


@dataclass(frozen=True)
class Told:
    """One clause as a committee reads it: what it is called, its id, and each part of what it says, in words."""

    kind: str
    id: str
    rows: tuple[tuple[str, str], ...]


def told_clauses(protocol: StudyProtocol, document: Document) -> tuple[Told, ...]:
    """Every clause in the order of the file, with what it says; where it comes from is the clause's own to tell."""
    pieces = (one for one in _pieces(protocol, document).values() if one.clause is not None)
    return tuple(Told(one.kind, one.id, tuple(_said(one))) for one in pieces)


def _said(piece: _Piece) -> Iterator[tuple[str, str]]:
    for name, words in piece.rows.items():
        if name not in GROUNDS and name not in piece.unsaid and words != NONE:
            yield IN_WORDS.get(name) or name.replace(".", " ").replace("_", " "), words


# --- a protocol in pieces ------------------------------------------------------------------------------------------


def _pieces(protocol: StudyProtocol, document: Document) -> dict[Key, _Piece]:
    found: dict[Key, _Piece] = {}
    _take(protocol, (), (), _Piece("protocol", protocol.protocol, None), "", (document, found))
    return found


def _take(
    node: Any, path: Path, key: Key, piece: _Piece, prefix: str, into: tuple[Document, dict[Key, _Piece]]
) -> None:
    """The fields of one dataclass into a piece; what has an id of its own becomes a piece."""
    into[1].setdefault(key, piece)
    for each in fields(node):
        if not each.compare or (each.name in LEFT_OUT and not prefix):
            continue
        value, here = getattr(node, each.name), (*path, each.name)
        owned = value if isinstance(value, tuple) else (value,)
        if owned and all(_has_id(one) for one in owned):
            for place, one in enumerate(owned):
                under = (*here, place) if isinstance(value, tuple) else here
                kind = KINDS.get(each.name, each.name)
                _take(one, under, (*key, each.name, one.id), _Piece(kind, one.id, _clause(one)), "", into)
        elif _is_structure(value):
            _take(value, here, key, piece, f"{prefix}{each.name}.", into)
        else:
            name = f"{prefix}{each.name}"
            piece.rows[name] = _words(value, into[0].at(here))
            if isinstance(value, tuple) and all(isinstance(one, str) for one in value):
                piece.lists[name] = value
            if value == _default(each):
                piece.unsaid.add(name)


def _has_id(value: Any) -> bool:
    return is_dataclass(value) and hasattr(value, "id")


def _clause(value: Any) -> Clause | None:
    return value if isinstance(value, Clause) else None


def _is_structure(value: Any) -> bool:
    """A dataclass that is told by its fields: no condition, and none that has words of its own."""
    return is_dataclass(value) and not isinstance(value, Condition) and "__str__" not in vars(type(value))


def _default(each: DataField[Any]) -> Any:
    return each.default if each.default is not MISSING else () if each.default_factory is MISSING else None


def _words(value: Any, written: Any) -> str:
    """A value in words; a condition in those of the file."""
    if isinstance(value, Condition):
        return "always" if value == ALWAYS else condition_words(written)
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_words(one, None)}" for key, one in value.items()) or NONE
    if isinstance(value, tuple):
        return ", ".join(_words(one, None) for one in value) or NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    return NONE if value is None or value == "" else str(value.value if isinstance(value, Enum) else value)


JOINED = {"all": " and ", "any": " or ", "first_known": ", else "}


def condition_words(written: Any) -> str:
    """A condition of a protocol file as a sentence.

    >>> condition_words({"all": [{"measure": "anc", "is": "< 1000 /mm3"}, {"not": {"ask": "fit", "within": "7 days"}}]})
    '(anc is < 1000 /mm3) and (not (ask fit, within 7 days))'
    """
    if not isinstance(written, Mapping):
        return str(written)
    for word, joint in JOINED.items():
        if isinstance(written.get(word), list):
            return joint.join(f"({condition_words(one)})" for one in written[word])
    return ", ".join(filter(None, (_phrase(word, told) for word, told in written.items()))).replace(", is ", " is ")


def _phrase(word: str, told: Any) -> str:
    if isinstance(told, list):
        inner = "; ".join(condition_words(one) for one in told)
        return f"{word} [{inner}]" if any(isinstance(one, Mapping) for one in told) else f"{word} {inner}"
    if isinstance(told, Mapping):
        return f"{word} ({condition_words(told)})"
    return str(told) if word == "measure" else f"{word} {told}"


# --- what differs --------------------------------------------------------------------------------------------------


def _compared(
    before: _Piece | None, piece: _Piece, old: StudyProtocol, new: StudyProtocol, moved: bool
) -> ClauseChange | None:
    if before is None:
        return _told("added", piece, new)
    names = dict.fromkeys((*piece.rows, *before.rows))
    parts, grounds = _apart(row for name in names for row in _rows(name, before, piece))
    if not parts and not grounds:
        return _change("moved", piece, new) if moved else None
    return _change("changed", piece, new, parts, grounds)


def _rows(name: str, before: _Piece, piece: _Piece) -> Iterator[tuple[str, str, str, str]]:
    """What differs in one part: from what to what; of a list, what is no longer in it and what is new."""
    old, new = before.rows.get(name, NONE), piece.rows.get(name, NONE)
    ones, others = before.lists.get(name, ()), piece.lists.get(name, ())
    lost, gained = [one for one in ones if one not in others], [one for one in others if one not in ones]
    if old == new:
        return
    if not (lost or gained):
        yield name, "", old, new
    if lost:
        yield name, ", no longer", ", ".join(lost), NONE
    if gained:
        yield name, ", now also" if ones else "", NONE, ", ".join(gained)


def _told(change: str, piece: _Piece, protocol: StudyProtocol) -> ClauseChange:
    """A piece that is in one version alone, with everything it says."""
    said = {name: told for name, told in piece.rows.items() if name not in piece.unsaid and told != NONE}
    added = change == "added"
    parts, grounds = _apart((name, "", NONE if added else told, told if added else NONE) for name, told in said.items())
    return _change(change, piece, protocol, parts, grounds)


def _change(
    change: str,
    piece: _Piece,
    protocol: StudyProtocol,
    parts: tuple[PartChange, ...] = (),
    grounds: tuple[PartChange, ...] = (),
) -> ClauseChange:
    clause = piece.clause
    words = clause.quotes[0] if clause and clause.quotes else ""
    rests_on = clause.rests_on if clause else ()
    return ClauseChange(change, piece.kind, piece.id, words, _reason(clause, protocol), parts, grounds, rests_on)


def _reason(clause: Clause | None, protocol: StudyProtocol) -> str:
    """The clause's note and its source; the questions it rests on are named apart."""
    if clause is None:
        return ""
    source = protocol.sources.get(clause.source, clause.source) if clause.source else ""
    return "; ".join(one.removesuffix(".") for one in (clause.note, source) if one)


def _apart(rows: Iterable[tuple[str, str, str, str]]) -> tuple[tuple[PartChange, ...], tuple[PartChange, ...]]:
    """What decides, and where it comes from."""
    both: tuple[list[PartChange], list[PartChange]] = ([], [])
    for name, how, old, new in rows:
        told = IN_WORDS.get(name) or name.replace(".", " ").replace("_", " ")
        both[name in GROUNDS].append(PartChange(told + how, old, new))
    return tuple(both[0]), tuple(both[1])


def _out_of_order(key: Key, before: Mapping[Key, _Piece], after: Mapping[Key, _Piece]) -> bool:
    """Whether a clause stands after another of its list that it stood before."""
    if len(key) < 2:
        return False
    ranks = [{one: place for place, one in enumerate(_siblings(key, keys))} for keys in (before, after)]
    common = [one for one in ranks[1] if one in ranks[0]]
    return any(ranks[0][one] > ranks[0].get(key, 0) for one in common[: common.index(key)]) if key in common else False


def _siblings(key: Key, keys: Iterable[Key]) -> Iterator[Key]:
    return (one for one in keys if len(one) == len(key) and one[:-1] == key[:-1])

"""An event as a list of changes and back, and values as canonical JSON: what the ledger keeps of an event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import date
from functools import lru_cache
from typing import Any, get_type_hints

from trialwright.core.ledger.events import Event
from trialwright.core.ledger.kinds import KINDS
from trialwright.core.ledger.system import SYSTEM_KINDS
from trialwright.core.ledger.values import Change, Missing, Said, Value
from trialwright.core.terms import PartialDate, Quantity, decimal_number

_COMMON = frozenset(each.name for each in fields(Event))
_CLINICAL = ("occurred", "time", "offset", "zone")
_STANDS = "stands/"
_ALL = {**KINDS, **SYSTEM_KINDS}
_LATER = {
    kind: {each.name: each.default for each in fields(kind) if each.metadata.get("later")} for kind in _ALL.values()
}
_HINTS = {name: get_type_hints(kind) for name, kind in _ALL.items()}
_OWN = {kind: tuple(each.name for each in fields(kind) if each.name not in _COMMON) for kind in _ALL.values()}
_NEEDED = {kind: {each.name for each in fields(kind) if each.default is MISSING} for kind in _ALL.values()}


def own_fields(kind: type[Event]) -> tuple[str, ...]:
    """The names of the fields that are this kind's own."""
    return _OWN[kind]


def to_changes(event: Event) -> list[Change]:
    """The payload of an event: its clinical date and own fields, then its items, each as a change.

    Own fields have one word as path ("version"), parts of what the program said two ("said/answer"), items three. What
    stands of an event that is redacted has the path it had there, after "stands/".
    """
    changes = [Change(name, None, _plain(getattr(event, name))) for name in _CLINICAL if getattr(event, name)]
    for name in own_fields(type(event)):
        value = getattr(event, name)
        if name == "items":
            changes.extend(value)
        elif name == "stands":
            changes.extend(Change(_STANDS + each.path, None, each.new) for each in value)
        elif isinstance(value, Said):
            changes.extend(_said_changes(value))
        elif value is not None and not _unsaid(type(event), name, value):
            changes.append(Change(name, None, _plain(value)))
    return changes


def _unsaid(kind: type[Event], name: str, value: Any) -> bool:
    """Whether a field that the kind gained later says nothing; then it is left out, as it was before it existed."""
    return name in _LATER[kind] and _LATER[kind][name] == value


def _said_changes(said: Said) -> list[Change]:
    parts = {
        "answer": said.answer,
        "clauses": " ".join(said.clauses),
        "protocol": said.protocol,
        "program": said.program,
    }
    return [Change(f"said/{name}", None, value) for name, value in parts.items() if value]


def _plain(value: Any) -> Value:
    if isinstance(value, tuple):
        return ", ".join(value)
    return value.isoformat() if isinstance(value, date) else value


def from_changes(kind: str, changes: Sequence[Change], common: Mapping[str, Any]) -> Event:
    """Build an event of this kind from its payload; `common` are the fields that the header carries.

    Raises KeyError for a kind nobody knows, and ValueError, naming no subject's value, for a payload that does not fit.
    """
    known = _ALL[kind]
    hints = _HINTS[kind]
    own = {change.path: change.new for change in changes if change.path.count("/") == 0}
    arguments = {name: _typed(hints[name], value) for name, value in own.items() if name in hints}
    if "items" in own_fields(known):
        arguments["items"] = tuple(change for change in changes if change.path.count("/") == 2)
    if "said" in own_fields(known):
        said = {change.path.split("/")[1]: change.new for change in changes if change.path.startswith("said/")}
        arguments["said"] = _said(said)
    if "stands" in own_fields(known):
        stands = [each for each in changes if each.path.startswith(_STANDS)]
        arguments["stands"] = tuple(Change(each.path.removeprefix(_STANDS), None, each.new) for each in stands)
    lacking = _NEEDED[known] - arguments.keys() - common.keys()
    unknown = own.keys() - hints.keys()
    if lacking or unknown:
        raise ValueError(
            f"{kind} lacks {', '.join(sorted(lacking)) or 'nothing'}; "
            f"unknown to it: {', '.join(sorted(unknown)) or 'nothing'}"
        )
    return known(**{**common, **arguments})


def _said(parts: Mapping[str, Value]) -> Said:
    text = {name: str(value) for name, value in parts.items()}
    return Said(
        answer=text.get("answer", ""),
        clauses=tuple(text.get("clauses", "").split()),
        protocol=text.get("protocol", ""),
        program=text.get("program", ""),
    )


def _typed(hint: Any, value: Value) -> Any:
    if value is None:
        return None
    if hint in (date, date | None):
        return date.fromisoformat(str(value))
    if hint == tuple[str, ...]:
        return tuple(part for part in str(value).split(", ") if part)
    return value


# --- values as canonical JSON ------------------------------------------------------------------------------------


def to_json(value: Value) -> Any:
    """A value as the ledger writes it: a number with its unit as {"v", "u"}, a missing one as {"missing"}."""
    match value:
        case Quantity():
            return {"v": str(value.value), "u": value.unit}
        case Missing(code):
            return {"missing": code}
        case _:
            return value


@lru_cache(maxsize=1 << 14)
def _quantity(typed: str, unit: str) -> Quantity | None:
    """A quantity as it was typed, held in memory once; None where it is no number."""
    number = decimal_number(typed)
    return None if number is None else Quantity(number, unit)


def from_json(data: Any) -> Value:
    """The value that the ledger wrote; a float is refused, since it does not keep what was typed."""
    if data is None or type(data) is str:
        return data
    if isinstance(data, dict):
        typed, unit, code = data.get("v"), data.get("u"), data.get("missing")
        if len(data) == 2 and isinstance(typed, str) and isinstance(unit, str):
            if (found := _quantity(typed, unit)) is not None:
                return found
        elif len(data) == 1 and isinstance(code, str):
            return Missing(code)
    elif isinstance(data, bool | int):
        return data
    raise ValueError(
        f"a value is a text, yes/no, a whole number, {{v, u}} or {{missing}}, not of the type {type(data).__name__}"
    )


def item_date(value: Value) -> PartialDate | None:
    """The date an item holds, or None where it holds none that can be read."""
    return _date_of(value) if isinstance(value, str) else None


@lru_cache(maxsize=2**16)
def _date_of(text: str) -> PartialDate | None:
    """A text read once: the same few days stand on every form."""
    try:
        return PartialDate.parse(text)
    except ValueError:
        return None

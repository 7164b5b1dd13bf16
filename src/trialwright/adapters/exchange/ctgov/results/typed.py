"""JSON <-> the typed model, by the types of the fields alone: a field is the API's name in snake case.

What has no place in the model (a field it does not know, a value that is not of its type, an empty text or list) is
carried with its path and written back where it stood, so that reading and writing lose nothing; it is counted. Read
`read_typed`, then `write_typed`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import fields
from enum import Enum
from functools import cache
from itertools import pairwise
from math import isfinite
from types import NoneType, UnionType
from typing import Any, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

from trialwright.adapters.exchange.ctgov.results.values import Carried, Path, Posted, Words, words_of
from trialwright.core.terms import PartialDate

T = TypeVar("T")
Kept: TypeAlias = list[Carried]
Reader: TypeAlias = Callable[[Any, Path, Kept], Any]

EMPTY = "it is empty, which says no more than its absence"
UNKNOWN = "the published API has no such field"
_EMPTIES: tuple[object, ...] = (None, "", [])


def read_typed(kind: type[T], value: Any, path: Path, kept: Kept) -> T | None:
    """A value as its type; what has no place is added to `kept`."""
    asked: Any = kind
    found: T | None = _reader(asked)(value, path, kept)
    return found


def write_typed(value: Any) -> Any:
    """A typed value as JSON data, without fields that hold nothing."""
    match value:
        case Enum():
            return value.name
        case Posted():
            return _bare(value.text) if value.bare else value.text
        case Words():
            return value.text
        case PartialDate():
            return str(value)
        case tuple():
            return [write_typed(one) for one in value]
        case str() | bool():
            return value
    held = ((json_name(one.name, one.metadata), getattr(value, one.name)) for one in fields(value))
    return {name: write_typed(one) for name, one in held if one is not None and one not in ("", ())}


def put_back(document: Any, carried: Sequence[Carried]) -> Any:
    """The document with everything carried where it stood; in a list what stood earlier first, so places hold."""
    for one in carried:
        if not one.path:
            return one.value
        holder = document
        for part, following in pairwise(one.path):
            holder = _within(holder, part, [] if isinstance(following, int) else {})
        last = one.path[-1]
        if isinstance(last, int):
            holder.insert(last, one.value)
        else:
            holder[last] = one.value
    return document


def _within(holder: Any, part: str | int, otherwise: Any) -> Any:
    return holder.setdefault(part, otherwise) if isinstance(part, str) else holder[part]


def json_name(name: str, metadata: Mapping[Any, Any]) -> str:
    """The API's name of a field.

    >>> json_name("num_at_risk", {})
    'numAtRisk'
    """
    first, *rest = name.split("_")
    return str(metadata.get("json") or first + "".join(part.capitalize() for part in rest))


# ---- one reader for each kind of type ------------------------------------------------------------------------------


@cache
def _reader(kind: Hashable) -> Reader:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _reader(next(one for one in arguments if one is not NoneType))
    if origin is tuple:
        return _list_of(_reader(arguments[0]))
    if origin is Words:
        choices = arguments[0]
        return _if(lambda value: isinstance(value, str), lambda value: words_of(value, choices), "it is no text")
    if isinstance(kind, type) and issubclass(kind, Enum):
        known = kind.__members__
        return _if(lambda value: isinstance(value, str) and value in known, known.__getitem__, _no_choice(known))
    if isinstance(kind, type) and issubclass(kind, Posted):
        return _if(_is_number, lambda value: _posted(kind, value), "it is neither a text nor a number")
    return _SIMPLE[kind] if kind in _SIMPLE else _object_of(kind)


def _no_choice(known: Mapping[str, Enum]) -> str:
    return f"it is none of {', '.join(known)}"


def _if(fits: Callable[[Any], bool], read: Callable[[Any], Any], otherwise: str) -> Reader:
    def reader(value: Any, path: Path, kept: Kept) -> Any:
        if value not in _EMPTIES and fits(value):
            return read(value)
        return _keep(value, path, kept, otherwise)

    return reader


def _keep(value: Any, path: Path, kept: Kept, why: str) -> None:
    empty = any(value is one or (type(value) is type(one) and value == one) for one in _EMPTIES)
    said = empty and bool(path)
    kept.append(Carried(path, json.dumps(value, ensure_ascii=False), EMPTY if said else why, understood=said))


def _is_number(value: Any) -> bool:
    """A text, or a bare number that is one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    return not isinstance(value, float) or isfinite(value)


def _posted(kind: type[Posted], value: Any) -> Posted:
    return kind(value) if isinstance(value, str) else kind(repr(value), bare=True)


def _bare(text: str) -> int | float:
    return int(text) if text.lstrip("-").isdecimal() else float(text)


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and str(PartialDate.parse(value)) == value
    except ValueError:
        return False


_SIMPLE: Mapping[Any, Reader] = {
    str: _if(lambda value: isinstance(value, str), str, "it is no text"),
    bool: _if(lambda value: isinstance(value, bool), bool, "it is neither true nor false"),
    PartialDate: _if(_is_date, PartialDate.parse, "it is no date such as 2025-03 or 2025-03-31"),
}


def _list_of(item: Reader) -> Reader:
    def reader(value: Any, path: Path, kept: Kept) -> Any:
        if not isinstance(value, list) or not value:
            _keep(value, path, kept, "it is no list")
            return ()
        read = [item(one, (*path, place), kept) for place, one in enumerate(value)]
        return tuple(one for one in read if one is not None)

    return reader


@cache
def _plan(kind: Hashable) -> Mapping[str, tuple[str, Reader]]:
    own: Any = kind
    hints = get_type_hints(own)
    return {json_name(one.name, one.metadata): (one.name, _reader(hints[one.name])) for one in fields(own)}


def _object_of(kind: Any) -> Reader:

    def reader(value: Any, path: Path, kept: Kept) -> Any:
        if not isinstance(value, Mapping):
            return _keep(value, path, kept, "it is no group of fields")
        plan, found = _plan(kind), {}
        for name, one in value.items():
            if name not in plan:
                _keep(one, (*path, name), kept, UNKNOWN)
                continue
            attribute, read = plan[name]
            if (told := read(one, (*path, name), kept)) is not None:
                found[attribute] = told
        return kind(**found)

    return reader

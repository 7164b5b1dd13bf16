"""JSON trees <-> frozen dataclasses: every field typed, nothing lost, and what no type takes is kept and counted.

A class is the shape of an object: its fields in camel case (or the `name` in their metadata) are the keys, None is a
key that is absent. A value that its type does not take (an unknown key, a code outside the closed list, a text where a
number belongs) is `Untyped`, with its path; `write_shape` puts it back, so that reading and writing lose nothing.
Read `read_shape`, then `_KINDS`.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any, Generic, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from trialwright.core.terms import PartialDate, Written

Path = tuple[str | int, ...]
T = TypeVar("T")


@dataclass(frozen=True)
class Untyped:
    """A value that is carried without being understood, and where it stood."""

    path: Path
    value: Any

    @property
    def where(self) -> str:
        """The path as the registry writes it.

        >>> Untyped(("locations", 0, "odd"), 1).where
        'locations[0].odd'
        """
        parts = (f"[{one}]" if isinstance(one, int) else f".{one}" for one in self.path)
        return "".join(parts).removeprefix(".")


@dataclass(frozen=True)
class RegistryTime(Written):
    """A time as the registry writes it: a whole number and a unit, such as 18 Years; as it was written.

    >>> str(RegistryTime.parse("18 Years"))
    '18 Years'
    """

    count: int
    unit: str

    @classmethod
    def parse(cls, text: object) -> RegistryTime:
        """Read "18 Years", "1 Day" or "6 Months"."""
        found = re.fullmatch(r"(\d+) ((?:Year|Month|Week|Day|Hour|Minute)s?)", str(text))
        if not found:
            raise ValueError(f"{text!r} is no time; write a whole number and a unit, such as 18 Years")
        return cls(int(found[1]), found[2])

    def __str__(self) -> str:
        return f"{self.count} {self.unit}"


@dataclass(frozen=True)
class Shaped(Generic[T]):
    """What was read: the typed value, and what no type took."""

    value: T
    untyped: tuple[Untyped, ...] = ()


def read_shape(kind: type[T], tree: object) -> Shaped[T]:
    """The tree as this kind; a tree that is no object at all is the empty one, and untyped as a whole."""
    left: list[Untyped] = []
    if isinstance(tree, Mapping):
        return Shaped(cast("T", _object(kind, tree, (), left)), tuple(left))
    return Shaped(kind(), (Untyped((), tree),))


def write_shape(value: object, untyped: Iterable[Untyped] = ()) -> Any:
    """The tree of a typed value, with what no type took in its place again."""
    tree = _written(value)
    for one in untyped:
        tree = _put(tree, one.path, one.value)
    return tree


# --- reading ---------------------------------------------------------------------------------------------------------

_MISFIT = object()
"""What a reader gives for a value it does not take."""


def _object(kind: Any, tree: Mapping[str, Any], path: Path, left: list[Untyped]) -> object:
    readers = _readers(kind)
    given: dict[str, Any] = {}
    for key, value in tree.items():
        name, hint = readers.get(key, ("", None))
        read = _value(hint, value, (*path, key), left) if name else _MISFIT
        if read is _MISFIT:
            left.append(Untyped((*path, key), value))
        else:
            given[name] = read
    return kind(**given)


@cache
def _readers(kind: Any) -> Mapping[str, tuple[str, Any]]:
    """The keys of a class, each with its field and type."""
    hints = get_type_hints(kind)
    return {_key(one): (one.name, _without_none(hints[one.name])) for one in fields(kind)}


@cache
def _camel(name: str) -> str:
    """
    >>> _camel("is_us_export")
    'isUsExport'
    """
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def _key(one: Any) -> str:
    return str(one.metadata.get("name") or _camel(one.name))


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        return next(one for one in get_args(hint) if one is not type(None))
    return hint


def _value(hint: Any, value: Any, path: Path, left: list[Untyped]) -> Any:
    if get_origin(hint) is tuple:
        return _list(get_args(hint)[0], value, path, left)
    if is_dataclass(hint) and not issubclass(cast("type", hint), Written):
        return _object(hint, value, path, left) if isinstance(value, Mapping) else _MISFIT
    return _scalar(hint, value)


def _list(hint: Any, value: Any, path: Path, left: list[Untyped]) -> Any:
    """The entries of a list; one that its type does not take is untyped at its place."""
    if not isinstance(value, list):
        return _MISFIT
    read = []
    for place, one in enumerate(value):
        entry = _value(hint, one, (*path, place), left)
        if entry is _MISFIT:
            left.append(Untyped((*path, place), one))
        else:
            read.append(entry)
    return tuple(read)


def _scalar(hint: Any, value: Any) -> Any:
    if get_origin(hint) is Literal:
        return value if value in get_args(hint) else _MISFIT
    if isinstance(hint, type) and issubclass(hint, Written):
        return _words(hint, value)
    takes = _KINDS.get(hint)
    return value if takes and takes(value) else _MISFIT


def _words(hint: type[Written], value: Any) -> Any:
    """A value that is written as words, where it is written back as the same words."""
    try:
        read = hint.parse(value) if isinstance(value, str) else _MISFIT
    except ValueError:
        return _MISFIT
    return read if str(read) == value else _MISFIT


_KINDS: Mapping[Any, Callable[[Any], bool]] = {
    str: lambda value: isinstance(value, str),
    bool: lambda value: isinstance(value, bool),
    int: lambda value: isinstance(value, int) and not isinstance(value, bool),
    float: lambda value: isinstance(value, int | float) and not isinstance(value, bool),
}
"""What each plain type takes."""


# --- writing ---------------------------------------------------------------------------------------------------------


def _written(value: Any) -> Any:
    if isinstance(value, Written | PartialDate):
        return str(value)
    if isinstance(value, tuple):
        return [_written(one) for one in value]
    if is_dataclass(value):
        found = ((_key(one), getattr(value, one.name)) for one in fields(value))
        return {key: _written(each) for key, each in found if each is not None}
    return value


def _put(tree: Any, path: Path, value: Any) -> Any:
    """The tree with the value at its path; places of a list come in their order, so that each finds its own."""
    if not path:
        return value
    key, *rest = path
    if isinstance(tree, list) and isinstance(key, int):
        if rest:
            tree[key] = _put(tree[key], tuple(rest), value)
        else:
            tree.insert(key, value)
    elif isinstance(tree, dict):
        tree[key] = _put(tree.get(key, {}), tuple(rest), value) if rest else value
    return tree

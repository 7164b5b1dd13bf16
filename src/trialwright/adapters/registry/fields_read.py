"""A reading of a record as the check of a protocol asks for it: the furniture, and every field as text by its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from trialwright.adapters.registry import RegistryReading
from trialwright.adapters.study.check import ReadFields


def fields_of(reading: RegistryReading) -> ReadFields:
    """The furniture and the fields of a reading, as the check asks for them."""
    furniture = (*(tuple(one.span) for one in reading.furniture), *(tuple(one) for one in reading.labels))
    values = dict(_leaves("protocolSection", reading.protocolSection))
    values |= dict(_leaves("derivedSection", reading.derivedSection))
    return ReadFields(tuple((start, end) for start, end in furniture), values)


def _leaves(path: str, node: Any) -> Iterator[tuple[str, str]]:
    """Every field with its path as text; a list or a structure also as all its values one after the other."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _leaves(f"{path}.{key}", value)
        yield path, " ".join(_values(node))
    elif isinstance(node, list):
        yield path, " ".join(_values(node))
    else:
        yield path, str(node).lower() if isinstance(node, bool) else str(node)


def _values(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for value in node.values():
            yield from _values(value)
    elif isinstance(node, list):
        for value in node:
            yield from _values(value)
    else:
        yield str(node)

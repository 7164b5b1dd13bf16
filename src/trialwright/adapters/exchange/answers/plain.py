"""Values of the core as plain JSON data: dates as ISO 8601, exact numbers as text. Read `as_data`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time
from enum import Enum
from typing import Any


def as_data(value: Any) -> Any:
    """Plain JSON data for what the core answers in: dates as ISO 8601, exact numbers as text, enumerations by value.

    >>> from decimal import Decimal
    >>> as_data({"dose": Decimal("7.50"), "on": date(2006, 3, 1)})
    {'dose': '7.50', 'on': '2006-03-01'}
    """
    if value is None or (isinstance(value, bool | int | float | str) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Mapping):
        return {str(as_data(key)): as_data(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [as_data(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted((as_data(each) for each in value), key=str)
    return scalar_as_data(value)


def scalar_as_data(value: Any) -> Any:
    """One value of the core's own kinds; a kind nobody foresaw stands as its text."""
    if isinstance(value, Enum):
        return as_data(value.value)
    if isinstance(value, date | time):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type) and "__str__" not in vars(type(value)):
        return {field.name: as_data(getattr(value, field.name)) for field in fields(value)}
    return str(value)

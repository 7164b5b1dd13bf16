"""The one spelling in which a header or a payload is hashed: RFC 8785 JSON without floating-point numbers.

Keys are sorted ASCII of letters, digits, `_`, `.`, `-`; no white space; text is UTF-8 and already NFC (Unicode
UAX 15), never with a NUL; whole numbers stay below 2^53; a measured number is text with its unit,
`{"v": "3.20", "u": "10*3/uL"}`, so that the digits a person typed survive. Under these rules `json.dumps` writes what
RFC 8785 asks, byte for byte. Nothing is repaired here: text that is not NFC is refused, and the caller says so at the
door. Read `canonical` first.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache
from typing import Any, NoReturn

LARGEST_WHOLE_NUMBER = 2**53 - 1
_KEY = re.compile(r"[A-Za-z0-9_.-]+")
_ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


class NotCanonical(ValueError):
    """A value has no canonical spelling; the message says where and why, and never the value itself."""


def canonical(value: object) -> str:
    """The canonical JSON text of a value.

    >>> canonical({"b": [True, None, "µg"], "a": {"v": "3.20", "u": "10*3/uL"}})
    '{"a":{"u":"10*3/uL","v":"3.20"},"b":[true,null,"µg"]}'
    >>> canonical({"dose": 0.1})
    Traceback (most recent call last):
    trialwright.store.canonical.NotCanonical: $.dose: a floating-point number is not exact; write {"v", "u"} as text
    """
    refuse_unsound(value)
    return spell(value)


def refuse_unsound(value: object) -> None:
    """Refuse a value that has no canonical spelling; where it is, is only looked for where there is something wrong."""
    if not _is_plain(value):
        _check(value, "$")


def spell(value: object) -> str:
    """Canonical text of a value that is already known to be sound."""
    return _ENCODE(value)


def read_canonical(text: str) -> Any:
    """The value of a canonical text; text in any other spelling (order, blanks, a doubled key) is refused."""
    try:
        value = json.loads(text, parse_float=_no_float, parse_constant=_no_float)
        respelt = canonical(value)
    except RecursionError:
        raise NotCanonical("$: nested too deeply") from None
    except json.JSONDecodeError as wrong:
        raise NotCanonical(f"not JSON at character {wrong.pos}: {wrong.msg}") from None
    if respelt != text:
        raise NotCanonical("JSON, but not in its canonical spelling (sorted keys, no blanks, each key once)")
    return value


def check_text(text: str, where: str = "$") -> None:
    """Text that can be hashed: valid UTF-8, NFC, no NUL."""
    problem = _text_problem(text)
    if problem:
        raise NotCanonical(f"{where}: {problem}")


def _is_plain(value: object) -> bool:
    """Whether a value is sound at a glance: its text is ASCII; any other is looked at closely."""
    kind = type(value)
    if kind is str:
        return value.isascii() and "\0" not in value  # type: ignore[attr-defined, operator]
    if kind is dict:
        return all(type(key) is str and is_key(key) and _is_plain(item) for key, item in value.items())  # type: ignore[attr-defined]
    if kind is list or kind is tuple:
        return all(map(_is_plain, value))  # type: ignore[call-overload]
    return value is None or kind is bool or (kind is int and abs(value) <= LARGEST_WHOLE_NUMBER)  # type: ignore[arg-type]


def _check(value: object, where: str) -> None:
    kind = type(value)
    if kind is str:
        if not value.isascii() or "\0" in value:  # type: ignore[attr-defined, operator]
            check_text(value, where)  # type: ignore[arg-type]
    elif kind is dict:
        _check_mapping(value, where)  # type: ignore[arg-type]
    elif kind is list or kind is tuple:
        for place, item in enumerate(value):  # type: ignore[arg-type, var-annotated]
            _check(item, f"{where}[{place}]")
    elif kind is int:
        _check_whole_number(value, where)  # type: ignore[arg-type]
    elif value is not None and kind is not bool:
        raise NotCanonical(f"{where}: {_refusal(kind)}")


def _refusal(kind: type) -> str:
    if kind is float:
        return 'a floating-point number is not exact; write {"v", "u"} as text'
    return f"a {kind.__name__} has no canonical spelling; use text, a whole number, true, false or null"


def _check_mapping(value: dict[object, object], where: str) -> None:
    for key, item in value.items():
        if not isinstance(key, str) or not is_key(key):
            raise NotCanonical(f"{where}: a key may hold letters, digits, '_', '.' and '-' only")
        _check(item, f"{where}.{key}")


def _check_whole_number(value: int, where: str) -> None:
    if abs(value) > LARGEST_WHOLE_NUMBER:
        raise NotCanonical(f"{where}: whole numbers stop at 2^53 - 1; write a larger one as text")


@lru_cache(maxsize=4096)
def is_key(key: str) -> bool:
    """Whether a name can be a key of canonical JSON."""
    return _KEY.fullmatch(key) is not None


def _text_problem(text: str) -> str | None:
    if "\0" in text:
        return "text holds a NUL character"
    if text.isascii():
        return None
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        return "text is not valid UTF-8 (half of a surrogate pair)"
    if not unicodedata.is_normalized("NFC", text):
        return "text is not in Unicode normal form C (NFC)"
    return None


def _no_float(_: str) -> NoReturn:
    raise NotCanonical("$: holds a floating-point number")

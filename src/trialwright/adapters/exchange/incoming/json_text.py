"""JSON of a stranger: every digit kept as typed, depth bounded, a key that stands twice refused. Read `read_json`."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

from trialwright.adapters.exchange.incoming.uploads import LIMITS, Limits
from trialwright.core.terms import Finding

MOST_DIGITS = 60
LARGE_POWER = re.compile(r"[eE][+-]?\d{3}")
QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*"')


class _Not(ValueError):
    """What is wrong with the text, in words."""


def read_json(content: bytes, limits: Limits = LIMITS) -> tuple[Any, list[Finding]]:
    """The data, numbers as exact decimals; or why there are none."""
    if _too_deep(content, limits.depth):
        return None, [_no(f"The JSON is nested deeper than {limits.depth} levels.")]
    try:
        text = content.decode("utf-8-sig")
        return json.loads(text, parse_float=_number, parse_int=_whole, parse_constant=_odd, object_pairs_hook=_once), []
    except UnicodeDecodeError as wrong:
        return None, [_no(f"The file is not UTF-8 text (byte {wrong.start + 1}).")]
    except json.JSONDecodeError as wrong:
        return None, [_no(f"The file is not JSON: {wrong.msg}.", f"line {wrong.lineno}, column {wrong.colno}")]
    except _Not as wrong:
        return None, [_no(str(wrong))]


def _too_deep(content: bytes, most: int) -> bool:
    """Whether brackets are nested beyond the limit, told before anything is built of them."""
    depth = 0
    for byte in QUOTED.sub(b"", content).translate(None, NO_BRACKETS):
        depth += 1 if byte in b"[{" else -1
        if depth > most:
            return True
    return False


NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")


def _number(text: str) -> Decimal:
    if len(text) > MOST_DIGITS or LARGE_POWER.search(text):
        raise _Not("A number in the file has more digits than any measurement.")
    return Decimal(text)


def _whole(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise _Not("A number in the file has more digits than any measurement.")
    return int(text)


def _odd(text: str) -> NoReturn:
    raise _Not(f"{text} is no number that can be recorded.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _Not(f"The key {twice[:60]!r} stands twice in one object, so that nobody knows which holds.")
    return found


def _no(says: str, where: str | None = None) -> Finding:
    return Finding(
        about="file",
        says=says,
        matters="Nothing of the file was read, and nothing was saved.",
        do="Export the file again, as JSON in UTF-8.",
        where=where,
    )

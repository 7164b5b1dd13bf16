"""Headers and payloads of the common shape, told to be sound at a glance: for verification of millions of events.

A text that a regular expression of `store.shapes` matches in full is what a parse, a check and a re-spelling would find
sound, at a fraction of their cost; any other text (an accent, an escape, a signature) goes the long way, which decides.
Nothing is found wrong here. Read `header_of` and `can_be_read`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from trialwright.store.chain import HEADER_KEYS, HEADER_VERSION
from trialwright.store.encoding import read_event
from trialwright.store.entry import read_instant
from trialwright.store.errors import LedgerError
from trialwright.store.shapes import BODY, HEADER, LIKE_ITEM, NEXT, ORDER


def header_of(text: str) -> dict[str, Any] | None:
    """The header of a text of the common shape, or None where the text must be read the long way."""
    found = HEADER.fullmatch(text)
    if found is None:
        return None
    header: dict[str, Any] = dict(zip(ORDER, found.groups()))  # noqa: B905 — as many as there are keys
    header["part"], header["seq"], header["sv"] = int(header["part"]), int(header["seq"]), int(header["sv"])
    header["v"] = HEADER_VERSION
    return header


def can_be_read(header: dict[str, Any], body: str) -> bool:
    """Whether a payload of the common shape reads as an event; False says only that it must be read the long way.

    Its items are values wherever they stand; what the kind's own fields hold is read once and remembered.
    """
    found = BODY.fullmatch(body)
    if found is None or None in (header["stream"], header["at"]):
        return False
    try:
        read_instant(header["at"])
    except ValueError:
        return False
    return reads(header["type"], found[1])


class Bodies:
    """Payloads like ones that were read before: the kind's own fields the same, the items but for their digits.

    `ends` has how the own fields of a kind end and the items begin, `heads` such beginnings of payloads in full.
    """

    ALIKE = bytes.maketrans(b"123456789", b"000000000")
    MOST = 2**14

    def __init__(self) -> None:
        self.ends: dict[str, str] = {}
        self.heads: set[tuple[str, str]] = set()
        self.items: set[bytes] = set()

    def can_be_read(self, kind: str, body: str) -> bool:
        """Whether a payload of the common shape reads as an event of a kind; what it is like is remembered."""
        found = BODY.fullmatch(body)
        if found is None or not reads(kind, found[1]):
            return False
        if body.startswith(NEXT, found.end(1)) and len(self.items) < self.MOST:
            self._remember(kind, found[1] + NEXT, body)
        return True

    def _remember(self, kind: str, head: str, body: str) -> None:
        if len(self.heads) >= self.MOST:
            self.heads.clear()
        self.heads.add((kind, head))
        self.ends[kind] = head[head.rindex(',"path":') :]
        items = body[len(head) : -1].encode().translate(self.ALIKE).split(NEXT.encode())
        self.items.update(item for item in items if LIKE_ITEM.fullmatch(item.decode()))


@lru_cache(maxsize=2**12)
def reads(kind: str, own: str) -> bool:
    """Whether a kind's own fields, the first group of `BODY`, can be read, whatever the items after them are."""
    common = dict.fromkeys(HEADER_KEYS, "")
    try:
        read_event(common | {"type": kind, "seq": 1, "stream": "study", "at": "2006-03-01T00:00:00Z"}, own + "]")
    except LedgerError:
        return False
    return True

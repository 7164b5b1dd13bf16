"""What a writer hands in, and what it gets back.

A submission is one save: a key minted when the form was rendered (kept across retries), the versions the person saw,
the events, and any protocol or form text they stand on. It is written whole or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from trialwright.core.ledger import Event
from trialwright.core.terms import Finding


@dataclass(frozen=True)
class Text:
    """A text that events stand on, kept once under its SHA-256: a protocol file or a form's definition."""

    kind: str
    text: str

    @cached_property
    def sha256(self) -> str:
        """The name of the text: the SHA-256 of its UTF-8 bytes, in hexadecimal."""
        return sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True)
class Submission:
    """One save, under a key that makes a retry harmless."""

    submission_id: str
    events: tuple[Event, ...]
    base_versions: Mapping[str, int] = field(default_factory=dict)
    texts: tuple[Text, ...] = ()
    session: str | None = None
    recorded_at: datetime | None = None


@dataclass(frozen=True)
class Receipt:
    """That a submission is in the ledger: where, under which ids, and the head after its last event."""

    submission_id: str
    seqs: tuple[int, ...]
    event_ids: tuple[str, ...]
    head: str
    replay: bool = False
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Head:
    """Where a chain ends: how many events, the hash of the last, and the root of the tree over all of them."""

    seq: int
    hash: str
    root: str

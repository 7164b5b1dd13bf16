"""What is said of the ledger itself, and of no subject: it stands in the database's own chain, `system`.

Its first event says whether the database holds real or simulated data, as the first event of a study's chain does. No
protocol governs these events, so they stand under none. Which chain an event belongs to is told by its kind: those in
`SYSTEM_KINDS` here, every other in the chain of its study.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trialwright.core.ledger.events import Event


@dataclass(frozen=True, kw_only=True)
class SystemOpened(Event):
    """The first event of the database's own chain: whether its data are real or simulated, for ever."""

    kind: str


@dataclass(frozen=True, kw_only=True)
class CheckpointKeyChanged(Event):
    """Checkpoints are signed with this key from here on: its label, and the public half of it in base64."""

    key: str
    public_key: str


@dataclass(frozen=True, kw_only=True)
class BackupMade(Event):
    """A copy was made and verified: where as a label, of which chain, how many events, and the root of their tree."""

    where: str
    chain: str
    size: int
    root: str


@dataclass(frozen=True, kw_only=True)
class LedgerRestored(Event):
    """The ledger was put back from a copy: from which, its last event of that chain, and in words what was lost."""

    restored_from: str
    chain: str
    last: int
    lost: str = ""


SYSTEM_KINDS: Mapping[str, type[Event]] = {
    kind.__name__: kind for kind in (SystemOpened, CheckpointKeyChanged, BackupMade, LedgerRestored)
}
"""Every kind of event of the database's own chain, by its name in the ledger."""

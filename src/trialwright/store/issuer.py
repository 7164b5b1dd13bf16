"""Who issues times, event ids and salts: the machine for real data, seed and simulated calendar for a rehearsal.

The issuer also says whether a ledger is real or simulated, so that a rehearsal cannot write as if it were real. A
seeded id or salt depends on the seed and the place in the chain alone: the same seed gives the same head hash however
the events were batched, and a rehearsal can be continued. Event ids are UUID version 7 (RFC 9562 §5.7).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Protocol
from uuid import UUID

from trialwright.store.chain import SYSTEM_CHAIN

REAL, SIMULATED = "real", "simulated"
KINDS = (REAL, SIMULATED)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Issuer(Protocol):
    """What a writer needs that no pure function can give."""

    @property
    def kind(self) -> str:
        """Whether what it issues is "real" or "simulated"."""

    def recorded_at(self, stated: datetime | None) -> datetime:
        """The instant an event is recorded; `stated` is the simulated calendar's, and only a rehearsal has one."""

    def event_id(self, seq: int, at: datetime) -> str:
        """A new event id."""

    def salt(self, seq: int) -> bytes:
        """32 bytes that make the payload's hash unguessable."""


class MachineIssuer:
    """The clock and the randomness of this machine, for real data."""

    kind = REAL

    def recorded_at(self, stated: datetime | None) -> datetime:
        """Now; nobody states when a real event was recorded."""
        if stated is not None:
            raise ValueError(
                f"A real event is recorded when it is recorded; its time is not stated by the caller, as {stated} was."
            )
        return datetime.now(UTC)

    def event_id(self, seq: int, at: datetime) -> str:
        """A UUID version 7 of this instant."""
        return uuid7(at, os.urandom(10))

    def salt(self, seq: int) -> bytes:
        """Fresh random bytes."""
        return os.urandom(32)


@dataclass(frozen=True)
class SeededIssuer:
    """The seed and the simulated calendar, for a rehearsal."""

    seed: int | str
    kind = SIMULATED

    def recorded_at(self, stated: datetime | None) -> datetime:
        """The simulated instant; a rehearsal has no other clock."""
        if stated is None or stated.tzinfo is None:
            raise ValueError(
                f"A rehearsal states when each submission was recorded, with its UTC offset, not {stated}."
            )
        return stated.astimezone(UTC)

    def event_id(self, seq: int, at: datetime) -> str:
        """A UUID version 7 of the simulated instant."""
        return uuid7(at, self._draw("event", seq)[:10])

    def salt(self, seq: int) -> bytes:
        """Bytes drawn from the seed: a rehearsal protects nobody."""
        return self._draw("salt", seq)

    def _draw(self, what: str, seq: int) -> bytes:
        return sha256(f"{self.seed}|{what}|{seq}".encode()).digest()


def of_chain(issuer: Issuer, chain_id: str) -> Issuer:
    """The same issuer for a chain; a seeded one draws anew for the database's own, so that no id is given twice."""
    if isinstance(issuer, SeededIssuer) and chain_id == SYSTEM_CHAIN:
        return SeededIssuer(f"{issuer.seed}|{chain_id}")
    return issuer


def uuid7(at: datetime, chance: bytes) -> str:
    """The UUID of version 7 for an instant (to the millisecond) and 10 bytes of chance.

    >>> uuid7(datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC), bytes.fromhex("0cc318c4dc0c0c07398f"))
    '017f22e2-79b0-7cc3-98c4-dc0c0c07398f'
    """
    milliseconds = (at - EPOCH) // timedelta(milliseconds=1)
    number = milliseconds << 80 | int.from_bytes(chance, "big")
    number = number & ~(0xF << 76) | 7 << 76
    return str(UUID(int=number & ~(0x3 << 62) | 2 << 62))

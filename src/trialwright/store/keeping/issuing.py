"""Who issues times and ids for what is done to a ledger: the machine for a real one; a rehearsal has its own calendar.

In a rehearsal the instant is the one after the last event of any chain, so that doing the same again gives the same.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from trialwright.store.entry import read_instant
from trialwright.store.issuer import SIMULATED, Issuer, MachineIssuer, SeededIssuer

if TYPE_CHECKING:
    from trialwright.store.ledger import Ledger

SEED = "kept"


def issuing(ledger: Ledger) -> tuple[Issuer, datetime | None]:
    """The issuer for a ledger, and the instant that is stated: none for real data."""
    if ledger.kind != SIMULATED:
        return MachineIssuer(), None
    return SeededIssuer(SEED), last_recorded(ledger) + timedelta(seconds=1)


def last_recorded(ledger: Ledger) -> datetime:
    """The instant of the last event of any chain."""
    with ledger._cursor() as cursor:
        cursor.execute(
            "SELECT e.header FROM ledger_event e JOIN ledger_head h ON h.chain_id = e.chain_id AND h.seq = e.seq"
        )
        told = [read_instant(json.loads(header)["at"]) for (header,) in cursor.fetchall()]
    return max(told, default=datetime(1970, 1, 1, tzinfo=UTC))

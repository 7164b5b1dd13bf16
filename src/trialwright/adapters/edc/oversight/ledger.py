"""Whether the ledger is what was written: where it stands, who outside knows of it, its backups, and its verification.

Read `ledger_page`; the verification itself is `checks`.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.oversight.checks import begin, check_of, ends_of
from trialwright.adapters.edc.oversight.saving import onwards
from trialwright.adapters.edc.oversight.telling import Telling, address
from trialwright.core.ledger import BackupMade, LedgerRestored
from trialwright.store.chain import SYSTEM_CHAIN
from trialwright.store.checkpoints.emitting import standings
from trialwright.store.errors import LedgerError


def ledger_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Where the ledger stands and what the last verification found; begins another."""
    if request.method == "POST":
        begin(desk.open, desk.person.name)
        return onwards(address("ledger", desk.open.id))
    reader, telling = desk.open.reader(), Telling(desk)
    head = reader.head()
    of_system = [*reader.events(chain_id=SYSTEM_CHAIN)] if desk.central else []
    kept = [one for one in of_system if isinstance(one, BackupMade | LedgerRestored)]
    check = check_of(desk.open)
    context: dict[str, Any] = {
        "head": head,
        "ends": ends_of(desk.open, reader),
        "check": check,
        "notes": _standings(reader),
        "kept": [(one, telling.person(one.actor), isinstance(one, BackupMade)) for one in reversed(kept)][:20],
        "may": desk.page is not None and desk.may(desk.page, write=True),
    }
    answer = render(request, desk, "edc/oversight/ledger.html", context)
    if check.going:
        answer["Refresh"] = "3"
    return answer


def _standings(reader: Any) -> tuple[Any, ...]:
    """The newest checkpoint of each chain; none where they cannot be read."""
    try:
        return standings(reader)
    except (LedgerError, ValueError):
        return ()

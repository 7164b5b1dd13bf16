"""Whether the ledger is what was written: where it stands, who outside knows of it, its backups, and its verification.

Verification recomputes every hash, which takes long; it is done by a process of its own, one at a time for a study, and
every process of the server tells how far it is. Nothing is written into the ledger by it. Read `ledger_page`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.oversight.checker import write
from trialwright.adapters.edc.oversight.saving import onwards
from trialwright.adapters.edc.oversight.telling import Telling, address
from trialwright.adapters.edc.trial.making import place
from trialwright.core.ledger import BackupMade, LedgerRestored
from trialwright.core.terms import Finding, Severity
from trialwright.store import Ledger
from trialwright.store.chain import STUDY_CHAIN, SYSTEM_CHAIN
from trialwright.store.checkpoints.emitting import standings
from trialwright.store.errors import LedgerError

CHECKER = "trialwright.adapters.edc.oversight.checker"
AT_MOST = timedelta(minutes=60)
"""A verification that says nothing for so long has come to grief."""
KNOWN: dict[Path, tuple[Path, tuple[int, int], bool]] = {}
"""Of each study's folder where its verification is told, which file was read last, and whether it found damage."""
CHILDREN: list[subprocess.Popen[bytes]] = []
"""Those that this process began, so that they are waited for when they end."""


@dataclass(frozen=True)
class Check:
    """A verification as it stands: waiting, working, done or failed; who asked, how far it is, what it found.

    `damaged` is of the last one that ended.
    """

    state: str = ""
    by: str = ""
    started: str = ""
    finished: str = ""
    events: int = 0
    checked: int = 0
    damaged: bool = False
    verification: Mapping[str, Any] = field(default_factory=dict)
    doctor: tuple[Mapping[str, str], ...] = ()

    @property
    def going(self) -> bool:
        """Whether it is still being made."""
        return self.state in ("waiting", "working")

    @property
    def share(self) -> int:
        """How much of it is done, in percent."""
        return min(100 * self.checked // self.events, 100) if self.events else 0

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found, for people."""
        told = self.verification.get("findings", ())
        weights = {True: Severity.ERROR, False: Severity.WARNING}
        return tuple(
            Finding("ledger", one["says"], one["matters"], one["do"], None, weights[one["wrong"]]) for one in told
        )

    @property
    def unsafe(self) -> tuple[Mapping[str, str], ...]:
        """What of the installation is not as it should be."""
        return tuple(one for one in self.doctor if one["state"] not in ("ok", "does not apply"))


def state_file(desk: Desk) -> Path:
    """Where the verification of this study says how far it is."""
    name = sha256(f"{desk.open.folder.resolve()}|{desk.open.study_id}".encode()).hexdigest()[:24]
    return place() / f"verification-{name}.json"


def check_of(desk: Desk) -> Check:
    """The last verification of this study, as it stands."""
    try:
        told = json.loads(state_file(desk).read_text("utf-8"))
    except (OSError, ValueError):
        return Check()
    known = {name: told[name] for name in Check.__dataclass_fields__ if name in told}
    check = Check(**{**known, "doctor": tuple(told.get("doctor", ()))})
    began = datetime.fromisoformat(check.started) if check.started else datetime.now(UTC)
    lost = check.going and (datetime.now(UTC) - began > AT_MOST or not _alive(told.get("pid")))
    return replace(check, state="failed", verification={}) if lost else check


def found_damaged(desk: Desk) -> bool:
    """Whether the last verification that ended found the ledger not as it was written; read again when it is anew."""
    known = desk.open.folder
    file, read, said = KNOWN.get(known) or (state_file(desk), (0, 0), False)
    try:
        there = file.stat()
    except OSError:
        return False
    now = (there.st_mtime_ns, there.st_ino)
    if now != read:
        said = check_of(desk).damaged
        KNOWN[known] = (file, now, said)
    return said


def _alive(pid: int | None) -> bool:
    """Whether the process is there; one that has not said its number yet is."""
    for child in CHILDREN:
        child.poll()
    if not pid:
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def asked(desk: Desk) -> dict[str, Any]:
    """What is written down when a verification is asked for; damage found before stays said until this one ends."""
    return {
        "state": "waiting",
        "by": desk.person.name,
        "started": datetime.now(UTC).isoformat(),
        "events": sum(dict(ends_of(desk, desk.open.reader())).values()),
        "damaged": found_damaged(desk),
    }


def begin(desk: Desk) -> None:
    """Begin a verification in a process of its own, unless one is under way."""
    if check_of(desk).going:
        return
    state = state_file(desk)
    write(state, asked(desk))
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    child = subprocess.Popen(  # noqa: S603 - our own module, and paths that we named
        [sys.executable, "-m", CHECKER, str(desk.open.folder), str(state)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    CHILDREN.append(child)


def ends_of(desk: Desk, reader: Ledger) -> list[tuple[str, int]]:
    """How many events the study's chain has and the database's own; other studies of a server are not told of."""
    chains = (STUDY_CHAIN + desk.open.study_id, SYSTEM_CHAIN)
    return [(name, size) for name, size in zip(chains, reader.sizes(*chains), strict=True) if size]


def ledger_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Where the ledger stands and what the last verification found; begins another."""
    if request.method == "POST":
        begin(desk)
        return onwards(address("ledger", desk.open.id))
    reader, telling = desk.open.reader(), Telling(desk)
    head = reader.head()
    of_system = [*reader.events(chain_id=SYSTEM_CHAIN)] if desk.central else []
    kept = [one for one in of_system if isinstance(one, BackupMade | LedgerRestored)]
    check = check_of(desk)
    context: dict[str, Any] = {
        "head": head,
        "ends": ends_of(desk, reader),
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

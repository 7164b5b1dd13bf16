"""The verification of a ledger by a process of its own: begun by a page or each night, told to every page.

It recomputes every hash, which takes long, so it is one process at a time for a study, at a low priority, and every
process of the server tells how far it is. Nothing is written into the ledger by it. Damage that was found is said on
every page until a later verification has ended without any. Read `begin` and `keep_verified`.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from trialwright.adapters.edc.oversight.checker import write
from trialwright.adapters.edc.trial.making import place
from trialwright.core.terms import Finding, Severity
from trialwright.store import Ledger
from trialwright.store.chain import STUDY_CHAIN, SYSTEM_CHAIN

if TYPE_CHECKING:
    from trialwright.adapters.edc.desk import OpenStudy

CHECKER = "trialwright.adapters.edc.oversight.checker"
AT_MOST = timedelta(minutes=60)
"""A verification that says nothing for so long has come to grief."""
HOUR = 2
"""The hour at the lead site at which a night's verification is due."""
EVERY = 600.0
"""Seconds between two looks whether one is due."""
KNOWN: dict[Path, tuple[Path, tuple[int, int], bool]] = {}
"""Of each study's folder where its verification is told, which file was read last, and whether it found damage."""
CHILDREN: list[subprocess.Popen[bytes]] = []
"""Those that this process began, so that they are waited for when they end."""


@dataclass(frozen=True)
class Check:
    """A verification as it stands: waiting, working, done or failed; who asked, how far it is, what it found.

    Nobody asked for one of the night. `damaged` is of the last one that ended.
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


def state_file(opened: OpenStudy) -> Path:
    """Where the verification of this study says how far it is."""
    name = sha256(f"{opened.folder.resolve()}|{opened.study_id}".encode()).hexdigest()[:24]
    return place() / f"verification-{name}.json"


def check_of(opened: OpenStudy) -> Check:
    """The last verification of this study, as it stands."""
    try:
        told = json.loads(state_file(opened).read_text("utf-8"))
    except (OSError, ValueError):
        return Check()
    known = {name: told[name] for name in Check.__dataclass_fields__ if name in told}
    check = Check(**{**known, "doctor": tuple(told.get("doctor", ()))})
    began = datetime.fromisoformat(check.started) if check.started else datetime.now(UTC)
    lost = check.going and (datetime.now(UTC) - began > AT_MOST or not _alive(told.get("pid")))
    return replace(check, state="failed", verification={}) if lost else check


def found_damaged(opened: OpenStudy) -> bool:
    """Whether the last verification that ended found the ledger not as it was written; read again when it is anew."""
    file, read, said = KNOWN.get(opened.folder) or (state_file(opened), (0, 0), False)
    try:
        there = file.stat()
    except OSError:
        return False
    now = (there.st_mtime_ns, there.st_ino)
    if now != read:
        said = check_of(opened).damaged
        KNOWN[opened.folder] = (file, now, said)
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


def asked(opened: OpenStudy, by: str = "") -> dict[str, Any]:
    """What is written down when a verification is asked for; damage found before stays said until this one ends."""
    return {
        "state": "waiting",
        "by": by,
        "started": datetime.now(UTC).isoformat(),
        "events": sum(dict(ends_of(opened, opened.reader())).values()),
        "damaged": found_damaged(opened),
    }


def begin(opened: OpenStudy, by: str = "") -> subprocess.Popen[bytes] | None:
    """Begin a verification in a process of its own; nothing where one is under way."""
    if check_of(opened).going:
        return None
    state = state_file(opened)
    write(state, asked(opened, by))
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    child = subprocess.Popen(  # noqa: S603 - our own module, and paths that we named
        [sys.executable, "-m", CHECKER, str(opened.folder), str(state)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    CHILDREN.append(child)
    return child


def ends_of(opened: OpenStudy, reader: Ledger) -> list[tuple[str, int]]:
    """How many events the study's chain has and the database's own; other studies of a server are not told of."""
    chains = (STUDY_CHAIN + opened.study_id, SYSTEM_CHAIN)
    return [(name, size) for name, size in zip(chains, reader.sizes(*chains), strict=True) if size]


# --- each night ------------------------------------------------------------------------------------------------------


def keep_verified(studies: Sequence[OpenStudy]) -> None:
    """Verify each study's ledger each night, one after another, for as long as the process serves."""
    Thread(target=_nights, args=(studies, datetime.now(UTC)), name="verification", daemon=True).start()


def _nights(studies: Sequence[OpenStudy], since: datetime) -> None:
    while True:
        time.sleep(EVERY)
        for opened in studies:
            try:
                child = tonights(opened, since, datetime.now(UTC))
                if child is not None:
                    child.wait()
            except Exception:
                logging.getLogger("trialwright").exception("A night's verification could not begin")


def tonights(opened: OpenStudy, since: datetime, now: datetime) -> subprocess.Popen[bytes] | None:
    """Begin the night's verification, where it is due and no other process of the server did.

    It is due when the hour has passed since the server looked at its ledgers at its start, and none was begun after.
    """
    due = last_hour(opened, now)
    began = check_of(opened).started
    if due <= since or (began and datetime.fromisoformat(began) >= due):
        return None
    mark = state_file(opened).with_suffix(f".{due:%Y-%m-%d}")
    for old in mark.parent.glob(f"{mark.stem}.????-??-??"):
        if old.name < mark.name:
            old.unlink(missing_ok=True)
    with suppress(FileExistsError):
        mark.open("x").close()
        return begin(opened)
    return None


def last_hour(opened: OpenStudy, now: datetime) -> datetime:
    """The last time that the clock of the lead site passed the hour."""
    there = now.astimezone(ZoneInfo(opened.zones.get(opened.lead) or "UTC"))
    at = there.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return (at if at <= there else at - timedelta(days=1)).astimezone(UTC)

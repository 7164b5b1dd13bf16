"""An older ledger is brought up to date, killed at every write on the way: nothing recorded changes, and it resumes.

A ledger with the tables of the first version is opened by this one; the process is killed (SIGKILL) at its first write,
its second, and so on, and the next opening finishes the work. Root, events and projections stay, verification passes,
the tables of events and payloads keep their definition, and the next save goes in. On a server the making of the
database is killed again and again, and finished. Control: a migration that touches an event is noticed.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from faults.engines import POSTGRESQL, place, running, unable
from faults.evidence import Evidence
from faults.forging import opened
from faults.injected import unable as unable_to_trace
from faults.power import environment, fast
from faults.restoring import dumped, projections
from faults.study import STUDY, opening, rehearsed, saves
from trialwright.store import Ledger, SeededIssuer, open_study, verify
from trialwright.store.database import FILE_NAME
from trialwright.store.engines.roles import initialise
from trialwright.store.errors import LedgerError
from trialwright.store.moving import load
from trialwright.store.open import connected

FIRST = [("ledger", "0002_triggers")]
EVENTS = 25
QUICK = {"kills": (1, 6)}
FULL = {"kills": tuple(range(1, 21))}


def prove(size: str, seed: int = 1) -> Evidence:
    """Each kill of an upgrade, on a file; kills while a server's database is made; the control."""
    kills = (FULL if size == "full" else QUICK)["kills"]
    evidence = Evidence("upgrade", size, seed)
    if lacking := unable_to_trace():
        evidence.not_run.append(f"upgrade: {lacking}")
        return evidence
    with tempfile.TemporaryDirectory(dir=fast()) as name:
        older = first_version(Path(name) / "older")
        before = state(older)
        killed = [upgraded(evidence, older, before, Path(name) / f"killed-{k}", k) for k in kills]
        evidence.check("openings were killed on the way", sum(killed) > 0, killed=sum(killed), of=len(killed))
        with opened(older / FILE_NAME) as connection:
            connection.execute("UPDATE ledger_event SET header = replace(header, '\"u1\"', '\"u2\"') WHERE seq = 5")
        finish(older)
        noticed = state(older) != before or not verify(older).ok
        evidence.control("a migration that touches an event is noticed", noticed)
        on_server(evidence, Path(name), len(kills), seed)
    return evidence


def first_version(folder: Path) -> Path:
    """A ledger whose tables are those of the first version."""
    folder.mkdir()
    with connected(folder, read_only=False) as alias:
        from django.db import connections
        from django.db.migrations.executor import MigrationExecutor

        MigrationExecutor(connections[alias]).migrate(FIRST)
        ledger = Ledger(alias, folder, study=STUDY)
        ledger.append_many([opening("simulated"), *saves(EVENTS)], SeededIssuer(1))
    return folder


def state(folder: Path) -> dict[str, Any]:
    """What an upgrade must leave alone."""
    with open_read_only(folder) as connection:
        events = connection.execute("SELECT * FROM ledger_event ORDER BY chain_id, seq").fetchall()
        payloads = connection.execute("SELECT * FROM ledger_payload ORDER BY event_id").fetchall()
        heads = connection.execute("SELECT * FROM ledger_head ORDER BY chain_id").fetchall()
        tables = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name IN ('ledger_event', 'ledger_payload')"
        ).fetchall()
    return {"events": events, "payloads": payloads, "heads": heads, "tables": tables, "streams": projections(folder)}


def open_read_only(folder: Path) -> Any:
    """The file as it is."""
    return closing(sqlite3.connect(f"file:{folder / FILE_NAME}?mode=ro", uri=True))


def upgraded(evidence: Evidence, older: Path, before: dict[str, Any], folder: Path, k: int) -> bool:
    """Open a copy, killed at its k-th write, then open it again; whether the first opening was killed."""
    shutil.copytree(older, folder)
    command = [
        "strace", "-f", "-qq", "-o", str(folder / "trace"), "-e", "trace=pwrite64", "-e",
        f"inject=pwrite64:signal=SIGKILL:when={k}", sys.executable, "-m", "faults.upgrading", str(folder),
    ]  # fmt: skip
    done = subprocess.run(command, env=environment(), capture_output=True, check=False, timeout=120)
    (folder / "trace").unlink()
    finish(folder)
    says = f"killed at write {k}"
    evidence.check(f"{says}: what was recorded is as it was", state(folder) == before)
    answer = verify(folder)
    evidence.check(f"{says}: it verifies, with every lock in place", answer.ok and not answer.warnings,
                   code=answer.code, warnings=answer.warnings)  # fmt: skip
    with open_study(folder, study=STUDY) as ledger:
        receipt = ledger.append(next(saves(1, first=900)), SeededIssuer(1))
    evidence.check(f"{says}: the next save goes in", receipt.seqs == (EVENTS + 2,))
    return done.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)


def finish(folder: Path) -> None:
    """Open it as any writer would, which brings it up to date."""
    with open_study(folder, study=STUDY):
        pass


def on_server(evidence: Evidence, where: Path, kills: int, seed: int) -> None:
    """The making of a server's database, killed at random moments, then finished: it holds the same study."""
    if lacking := unable(POSTGRESQL):
        evidence.not_run.append(f"upgrade, on a server: {lacking}")
        return
    chance, killed = random.Random(seed), 0
    root = dumped(rehearsed(where / "whole", EVENTS), where / "whole.jsonl")
    with running(POSTGRESQL) as server, place(server) as there:
        assert server is not None
        url = server.url("upgrade", "upgrade_app")
        for _ in range(kills):
            command = [sys.executable, "-m", "trialwright.cli", "database", "init", "--as", server.url()]
            making = subprocess.Popen(
                command, env=environment() | {"TRIALWRIGHT_DATABASE_URL": url}, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
            time.sleep(chance.uniform(0.3, 1.5))
            making.kill()
            killed += making.wait() == -signal.SIGKILL
        made_again(url, server.url())
        os.environ["TRIALWRIGHT_DATABASE_URL"] = url
        load(there.folder, where / "whole.jsonl")
        evidence.check("on a server: finished after kills, it holds the same study",
                       dumped(there.folder, where / "server.jsonl") == root, killed=killed)  # fmt: skip
        answer = verify(there.folder, study=STUDY)
        evidence.check("on a server: it verifies, with every lock in place", answer.ok and not answer.warnings)


def made_again(url: str, admin: str) -> None:
    """Make the rest, as an operator would: again, while the server still works off what the killed one had asked."""
    for left in reversed(range(20)):
        try:
            initialise(url, admin)
        except LedgerError:
            if not left:
                raise
            time.sleep(0.3)
        else:
            return


if __name__ == "__main__":
    finish(Path(sys.argv[1]))

"""An older ledger is brought up to date, killed at every write on the way: nothing recorded changes, and it resumes.

Each ledger that an earlier version left (tests/store/fixtures) is opened by this one; the process is killed (SIGKILL)
at its first write, its second, and so on, and the next opening finishes the work. Root, events and projections stay,
verification passes, the tables of events and payloads keep their definition, and the next save goes in. On a server the
making of the database is killed again and again, then finished, and the newest of the older dumps is loaded. Control: a
migration that touches an event is noticed.
"""

from __future__ import annotations

import gzip
import json
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
from faults.evidence import PROJECT, Evidence
from faults.forging import opened
from faults.injected import unable as unable_to_trace
from faults.power import environment, fast
from faults.restoring import dumped, projections
from faults.study import STUDY, saves
from trialwright.store import SeededIssuer, open_study, verify
from trialwright.store.database import FILE_NAME
from trialwright.store.engines.roles import initialise
from trialwright.store.errors import LedgerError
from trialwright.store.moving import load

FIXTURES = PROJECT / "tests" / "store" / "fixtures"
KEPT = sorted(FIXTURES.glob("*.sqlite.gz"))
DUMPS = sorted(FIXTURES.glob("*.jsonl.gz"))
QUICK = {"kills": (1, 6)}
FULL = {"kills": tuple(range(1, 21))}


def prove(size: str, seed: int = 1) -> Evidence:
    """Each kill of an upgrade, on a file; kills while a server's database is made; the control."""
    kills = (FULL if size == "full" else QUICK)["kills"]
    evidence = Evidence("upgrade", size, seed)
    if lacking := unable_to_trace():
        evidence.not_run.append(f"upgrade: {lacking}")
        return evidence
    killed = 0
    with tempfile.TemporaryDirectory(dir=fast()) as name:
        for kept in KEPT:
            older = opened_again(kept, Path(name) / kept.name)
            killed += sum(upgraded(evidence, older, Path(name) / f"{kept.name}-{k}", k) for k in kills)
            noticed(evidence, older)
        evidence.check("openings were killed on the way", killed > 0, killed=killed, of=len(kills) * len(KEPT))
        on_server(evidence, Path(name), len(kills), seed)
    return evidence


def opened_again(kept: Path, folder: Path) -> Path:
    """A folder with a ledger that an earlier version left."""
    folder.mkdir()
    (folder / FILE_NAME).write_bytes(gzip.decompress(kept.read_bytes()))
    return folder


def noticed(evidence: Evidence, older: Path) -> None:
    """The control: somebody's migration writes an event anew."""
    before = state(older)
    with opened(older / FILE_NAME) as connection:
        connection.execute("UPDATE ledger_event SET header = replace(header, '\"u1\"', '\"u2\"') WHERE seq = 5")
    finish(older)
    seen = state(older) != before and not verify(older).ok
    evidence.control(f"{older.name}: a migration that touches an event is noticed", seen)


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


def upgraded(evidence: Evidence, older: Path, folder: Path, k: int) -> bool:
    """Open a copy, killed at its k-th write, then open it again; whether the first opening was killed."""
    before, said = state(older), f"{older.name}, killed at write {k}"
    shutil.copytree(older, folder)
    command = [
        "strace", "-f", "-qq", "-o", str(folder / "trace"), "-e", "trace=pwrite64", "-e",
        f"inject=pwrite64:signal=SIGKILL:when={k}", sys.executable, "-m", "faults.upgrading", str(folder),
    ]  # fmt: skip
    done = subprocess.run(command, env=environment(), capture_output=True, check=False, timeout=120)
    (folder / "trace").unlink()
    finish(folder)
    evidence.check(f"{said}: what was recorded is as it was", state(folder) == before)
    answer = verify(folder)
    evidence.check(f"{said}: it verifies, with every lock in place", answer.ok and not answer.warnings,
                   code=answer.code, warnings=answer.warnings)  # fmt: skip
    with open_study(folder, study=STUDY) as ledger:
        head = ledger.head()
        receipt = ledger.append(next(saves(1, first=900)), SeededIssuer(1))
    evidence.check(f"{said}: the next save goes in", head is not None and receipt.seqs == (head.seq + 1,))
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
        for dump in DUMPS[-1:]:  # a database holds a study once
            holds_the_dump(evidence, there.folder, where, dump)
        evidence.check("on a server: it was killed on the way", killed > 0, killed=killed)


def holds_the_dump(evidence: Evidence, folder: Path, where: Path, dump: Path) -> None:
    """An older dump in the database that was made with kills: the same root, every lock in place."""
    whole = where / dump.name.removesuffix(".gz")
    whole.write_bytes(gzip.decompress(dump.read_bytes()))
    root = json.loads((FIXTURES / f"{dump.name.split('.jsonl')[0]}.json").read_text("utf-8"))["root"]
    load(folder, whole)
    evidence.check(f"on a server: {dump.name}: the same root", dumped(folder, where / f"server-{whole.name}") == root)
    answer = verify(folder, study=STUDY)
    evidence.check(f"on a server: {dump.name}: it verifies, every lock in place", answer.ok and not answer.warnings)


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

"""A minimal loopback HTTP save service over the real writer, to be killed, starved and crowded.

POST /save takes {key, subject, value, actor, base?} and answers 200 with the receipt, 409 stale with the differences,
422 where the key was used for something else, 507 where the disk is full, 503 where another writer holds the lock, 500
where the ledger refused otherwise; each but 200 means that nothing was saved. GET /version/SUBJECT answers with the
version of the subject's stream. Run: python -m faults.service; for each line it reads, a JSON document of `Wanted`, it
forks a serving process and prints its id and port; so a killed server is back as fast as a process forks.
`FAULTS` are the faults seeded for the negative controls.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from unittest import mock

from faults.settings import use_settings
from faults.study import STUDY, founded, from_wire
from trialwright.store import Ledger, Receipt, Submission, open_study
from trialwright.store.errors import DiskFull, LedgerBusy, LedgerError, StaleVersion, SubmissionConflict

Append = Callable[[Ledger, Submission], Receipt]
Answer = tuple[int, dict[str, Any]]


def answer(append: Append, ledger: Ledger, told: dict[str, Any]) -> Answer:
    """What the service says to one save."""
    try:
        receipt = append(ledger, from_wire(told))
    except StaleVersion as stale:
        changed = [{"path": each.path, "by": each.changed_by} for each in stale.differences]
        return 409, {"base": stale.base, "current": stale.current, "differences": changed}
    except SubmissionConflict as wrong:
        return 422, {"says": str(wrong)}
    except LedgerBusy as wrong:
        return 503, {"says": str(wrong)}
    except DiskFull as wrong:
        return 507, {"says": str(wrong)}
    except LedgerError as wrong:
        return 500, {"says": str(wrong)}
    return 200, {"seqs": receipt.seqs, "ids": receipt.event_ids, "head": receipt.head, "replay": receipt.replay}


class Handler(BaseHTTPRequestHandler):
    """One connection; `server` is the (ledger, append) of the serving thread."""

    protocol_version = "HTTP/1.1"
    server: Any

    def do_POST(self) -> None:
        """Save."""
        ledger, append = self.server
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._say(*answer(append, ledger, told))

    def do_GET(self) -> None:
        """Where a subject's stream stands."""
        ledger, _ = self.server
        self._say(200, {"version": ledger.version("subject:" + self.path.rpartition("/")[2])})

    def _say(self, status: int, what: dict[str, Any]) -> None:
        body = json.dumps(what).encode()
        self.send_response_only(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing: the client keeps the history."""


# --- faults, for the negative controls ------------------------------------------------------------------------------


def honest(ledger: Ledger, submission: Submission) -> Receipt:
    """Append, then answer."""
    return ledger.append(submission)


_waiting: queue.SimpleQueue[tuple[Path, Submission]] = queue.SimpleQueue()


def _append_later() -> None:
    while True:
        folder, submission = _waiting.get()
        time.sleep(0.005)
        with open_study(folder, study=STUDY) as ledger:
            ledger.append(submission)


def before_the_commit(ledger: Ledger, submission: Submission) -> Receipt:
    """Seeded fault: say yes first, and write when there is time."""
    if not any(thread.name == "later" for thread in threading.enumerate()):
        threading.Thread(target=_append_later, name="later", daemon=True).start()
    _waiting.put((ledger.folder, submission))
    return Receipt(submission.submission_id, (0,), ("",), "")


def without_the_version(ledger: Ledger, submission: Submission) -> Receipt:
    """Seeded fault: never mind which version the person saw."""
    return ledger.append(replace(submission, base_versions={}))


def without_the_key(ledger: Ledger, submission: Submission) -> Receipt:
    """Seeded fault: each request is a new submission, a retry too."""
    return ledger.append(replace(submission, submission_id=f"{submission.submission_id}-{os.urandom(4).hex()}"))


_last_actor = ["u0"]


def actor_of_the_process(ledger: Ledger, submission: Submission) -> Receipt:
    """Seeded fault: who saves is kept for the whole process, and another request may have set it."""
    actor, _last_actor[0] = _last_actor[0], submission.events[0].actor
    return ledger.append(replace(submission, events=(replace(submission.events[0], actor=actor),)))


def whatever_happens(ledger: Ledger, submission: Submission) -> Receipt:
    """Seeded fault: an error of the disk is nobody's business."""
    try:
        return ledger.append(submission)
    except LedgerError:
        return Receipt(submission.submission_id, (0,), ("",), "")


FAULTS: dict[str, Append] = {
    "none": honest,
    "acknowledges before the commit": before_the_commit,
    "ignores the version": without_the_version,
    "ignores the key": without_the_key,
    "keeps the actor for the process": actor_of_the_process,
    "says yes whatever happens": whatever_happens,
}


# --- processes ------------------------------------------------------------------------------------------------------


def serve(folder: Path, listening: socket.socket, threads: int, append: Append) -> None:
    """Serve until killed; each thread has its own opening of the ledger."""
    workers = [threading.Thread(target=_work, args=(folder, listening, append), daemon=True) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def _work(folder: Path, listening: socket.socket, append: Append) -> None:
    while True:
        try:
            with open_study(folder, study=STUDY) as ledger:
                while True:
                    _take_one(listening, ledger, append)
        except Exception:  # the database is not there yet
            time.sleep(0.02)


def _take_one(listening: socket.socket, ledger: Ledger, append: Append) -> None:
    connection, address = listening.accept()
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        Handler(connection, address, (ledger, append))  # type: ignore[arg-type]
    except (OSError, LedgerError):
        pass  # the client went away, or is told nothing and asks again
    finally:
        connection.close()


def _warm_up() -> None:
    """Load all that serving needs, on a folder that is thrown away, so that a fork serves at once."""
    with tempfile.TemporaryDirectory() as name, mock.patch.dict(os.environ):
        os.environ.pop("TRIALWRIGHT_DATABASE_URL", None)
        founded(Path(name))


@dataclass(frozen=True)
class Wanted:
    """A serving process: on which folder or server, how; `port` 0 is any that is free."""

    folder: str
    threads: int = 4
    fault: str = "none"
    settings: str = "WAL/FULL"
    url: str = ""
    port: int = 0


_listening: dict[
    int, socket.socket
] = {}  # kept open here: a client that asks a dead port may be given that port itself


def listening_at(port: int) -> socket.socket:
    """The socket of a port, or of a new one."""
    if port not in _listening:
        made = socket.create_server(("127.0.0.1", port), backlog=512)
        port = int(made.getsockname()[1])
        _listening[port] = made
    return _listening[port]


def fork(wanted: Wanted) -> tuple[int, int]:
    """The id and port of a new serving process."""
    listening = listening_at(wanted.port)
    child = os.fork()
    if not child:
        os.environ["TRIALWRIGHT_DATABASE_URL"] = wanted.url
        use_settings(*wanted.settings.split("/"))
        serve(Path(wanted.folder), listening, wanted.threads, FAULTS[wanted.fault])
    return child, int(listening.getsockname()[1])


def main() -> None:
    """A serving process for each line read, until the lines end."""
    _warm_up()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the killed
    for line in sys.stdin:
        print(*fork(Wanted(**json.loads(line))), flush=True)


if __name__ == "__main__":
    main()

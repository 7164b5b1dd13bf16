"""A failing disk under the web application: each so-manieth write or sync fails, and what was acknowledged is there.

On a file it is the serving process whose system calls fail (EIO, ENOSPC), ledger and accounts alike. On a server it is
every process of the database: it ends itself rather than go on with what it does not know to be written, and is started
again. The control says yes whatever happens.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from faults import injected
from faults.application.ground import Application, Ground, ground
from faults.application.people import DONE, FULL, STALE, Browser, Saved, compared, judge
from faults.disk import CALLS
from faults.engines import POSTGRESQL, SQLITE, children, start_again, unable
from faults.evidence import Evidence
from trialwright.store import open_study

Failing = Sequence[tuple[str, int, int]]
WRITES, SYNCS = "pwrite64,pwritev,write", "fdatasync,fsync,ftruncate"
FAILING: dict[str, dict[str, Failing]] = {
    SQLITE: {
        "quick": ((WRITES, 9, 61), (SYNCS, 2, 5)),
        "full": tuple((WRITES, first, 61) for first in range(1, 62, 3))
        + tuple((SYNCS, first, 7) for first in range(1, 8)),
    },
    POSTGRESQL: {
        "quick": (("pwrite64,pwritev", 2, 5), (SYNCS, 2, 5)),
        "full": tuple(("pwrite64,pwritev", first, 13) for first in range(1, 14, 2))
        + tuple((SYNCS, first, 7) for first in range(1, 8)),
    },
}
ERRORS = ("EIO", "ENOSPC")
EACH, REPLACED = 6, 1
TOLD = {DONE, STALE, 500, 503, FULL}


def on_sqlite(size: str, seed: int = 1) -> Evidence:
    """The proof on a file."""
    return prove(SQLITE, size, seed)


def on_postgresql(size: str, seed: int = 1) -> Evidence:
    """The proof on a server."""
    return prove(POSTGRESQL, size, seed)


def prove(engine: str, size: str, seed: int) -> Evidence:
    """Saves through errors, then the control."""
    evidence = Evidence(f"application-disk-errors-{engine}", size, seed)
    if lacking := unable(engine) or injected.unable():
        evidence.not_run.append(f"{evidence.proof}: {lacking}")
        return evidence
    with ground(engine) as made:
        with made.application() as application:
            saves = through_errors(application, made, FAILING[engine][size])
            found = compared(application.folder, application.study, saves)
        told = Counter(one.status for one in saves)
        evidence.figures |= {"answers": dict(told), "runs": len(ERRORS) * len(FAILING[engine][size])}
        judge(evidence, found)
        evidence.check("some saves met an error", any(told[status] for status in (500, 503, FULL)), answers=dict(told))
        evidence.check("each is told as saved or as not known to be", set(told) <= TOLD, answers=dict(told))
        fault = "says yes whatever happens"
        with made.application(fault) as application:
            saves = through_errors(application, made, FAILING[engine]["quick"])
            lost = compared(application.folder, application.study, saves)["lost"]
        evidence.control(f"{fault}: lost", bool(lost), lost=len(lost))
    return evidence


def through_errors(made: Application, on: Ground, failing: Failing) -> list[Saved]:
    """Save while calls fail, and once each time they have stopped to; on a server with the database started again."""
    saves = list[Saved]()
    for calls, first, apart in failing:
        for error in ERRORS:
            pids = made.pids if on.server is None else [on.server.pid, *children(on.server.pid)]
            with calls_fail(pids, f"{calls}:error={error}:when={first}+{apart}"):
                saves += saved_by(made, len(saves), EACH, patient=False, done=saves)
            if on.server is None:
                made.start(made.kill())
            elif not answers(on):
                start_again(on.server)
            saves += saved_by(made, len(saves), REPLACED, patient=True, done=saves)
    return saves


def answers(on: Ground) -> bool:
    """Whether the database is there, after whatever recovery it makes by itself."""
    import psycopg

    assert on.server is not None
    for _ in range(40):
        try:
            psycopg.connect(on.server.url(), connect_timeout=5).close()
        except psycopg.OperationalError as wrong:
            if "No such file" in str(wrong) or "refused" in str(wrong):
                return False
            time.sleep(0.25)
        else:
            return True
    return False


@contextmanager
def calls_fail(pids: Sequence[int], inject: str) -> Iterator[None]:
    """System calls of processes, and of those that they start, fail while the block lasts."""
    strace = shutil.which("strace")
    assert strace is not None
    attached = [part for pid in pids for part in ("-p", str(pid))]
    options = ["-f", "-q", "-e", f"trace={CALLS},pwritev", "-e", f"inject={inject}", "-o", "/dev/null"]
    tracer = subprocess.Popen([strace, *options, *attached], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1.0)
    try:
        yield
    finally:
        tracer.terminate()
        tracer.wait(timeout=30)


def saved_by(made: Application, first: int, number: int, *, patient: bool, done: Sequence[Saved] = ()) -> list[Saved]:
    """One person saves so often about one patient; one who is not patient takes the first answer."""
    person, saves = made.people[0], list[Saved]()
    browser, version = Browser(made, person, patient=patient), stands(made, done)
    for form in range(first + 100, first + 100 + number):
        one = browser.save(form, version, f"form-{form}")
        saves.append(one)
        version = version + 1 if one.status == DONE else max(version, one.told)
    return saves


def stands(made: Application, done: Sequence[Saved]) -> int:
    """The version the person saw last; where nobody knows what became of a save, as the ledger has it."""
    if done and done[-1].status == DONE:
        return done[-1].base + 1
    subject = made.people[0]["subject"]
    for _ in range(100):
        try:
            with open_study(made.folder, read_only=True, study=made.study) as ledger:
                return int(ledger.version(f"subject:{subject}"))
        except Exception:  # the database recovers
            time.sleep(0.2)
    return int(made.people[0]["version"])

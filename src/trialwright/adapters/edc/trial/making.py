"""What takes long is made by another process and waits there for whoever asked for it, a quarter of an hour.

A job is a folder with a name nobody can guess: what was asked (`job.json`), how far it is (`state.json`), the files. It
belongs to the person who asked; who may have it is asked again at each look, in `made`. Read `start`, then `Job`.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any


def gettext_noop(words: str) -> str:
    """Words that the page translates; the process that says them knows no web settings, so Django cannot mark them."""
    return words


KEPT = timedelta(minutes=15)
"""So long what was made can be fetched."""
AT_MOST = timedelta(minutes=30)
"""A job that is not done by then is given up."""
AT_ONCE, OF_ONE = 3, 2
"""So many are made at once on this machine, and so many for one person."""
KEPT_FOR_ALL = "classes"
"""Beside the jobs: what is made once for everybody, of no subject."""
WORKER = "trialwright.adapters.edc.trial.worker"
STOPPED = gettext_noop("It was stopped.")
PLACE = "TRIALWRIGHT_MADE"
"""The folder that a server's processes share for this, where it is not the machine's own for temporary files."""


class TooMany(Exception):
    """So many are being made already; the person waits for one to be done."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """What was asked: of which study, by whom in which role, of which sites (None: all), the arms told apart or not."""

    id: str
    kind: str
    study: str
    folder: str
    person: str
    role: str
    title: str
    asked_at: str
    sites: tuple[str, ...] | None = None
    arms: bool = False
    identifiers: bool = False
    cut: str = ""
    known_at: int | None = None
    language: str = "en"


@dataclass(frozen=True)
class MadeFile:
    """A file that was made: its name as downloaded, what it is in words, its kind and its size."""

    name: str
    says: str
    type: str
    size: int


@dataclass(frozen=True)
class State:
    """How far a job is: waiting, working, done or failed; which step of how many; the files once it is done."""

    state: str = "waiting"
    step: int = 0
    of: int = 0
    says: str = ""
    pid: int = 0
    finished: str = ""
    files: tuple[MadeFile, ...] = ()

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("done", "failed")


def place() -> Path:
    """The folder of all jobs, for this user's eyes alone."""
    root = Path(os.environ.get(PLACE) or Path(tempfile.gettempdir()) / f"trialwright-made-{os.getuid()}")
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = root.lstat()
    if not root.is_dir() or root.is_symlink() or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise PermissionError(f"{root} is not this user's own folder; name another in {PLACE}.")
    return root


def start(asked: Job) -> Job:
    """Begin a job in a process of its own; TooMany where as many are under way as may be."""
    tidy()
    going = [job for job, state in jobs() if not state.over]
    if len(going) >= AT_ONCE or sum(job.person == asked.person for job in going) >= OF_ONE:
        raise TooMany
    job = replace(asked, id=secrets.token_hex(16), asked_at=datetime.now(UTC).isoformat())
    folder = place() / job.id
    folder.mkdir(mode=0o700)
    write(folder / "job.json", asdict(job))
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(  # noqa: S603 - our own module, and a folder that we named
            [sys.executable, "-m", WORKER, str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            start_new_session=True,
        )
    say(job.id, State("waiting", pid=child.pid), unless_there=True)
    CHILDREN[job.id] = child
    return job


CHILDREN: dict[str, subprocess.Popen[bytes]] = {}
"""Those that this process began, so that they are waited for when they end."""


def write(file: Path, told: Mapping[str, Any]) -> None:
    """Write a file so that nobody ever reads half of it."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    draft.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    draft.replace(file)


def say(job: str, state: State, *, unless_there: bool = False) -> None:
    """Say how far a job is."""
    file = place() / job / "state.json"
    if not (unless_there and file.exists()):
        write(file, asdict(state))


def job_of(name: str) -> tuple[Job, State] | None:
    """A job by its name, as it stands; None where there is none, or its time is over."""
    if len(name) != len(secrets.token_hex(16)) or not name.isalnum():
        return None
    return _read(place() / name)


def jobs() -> Iterator[tuple[Job, State]]:
    """Every job there is."""
    for folder in sorted(place().iterdir()):
        found = _read(folder) if folder.is_dir() else None
        if found:
            yield found


def _read(folder: Path) -> tuple[Job, State] | None:
    try:
        told = json.loads((folder / "job.json").read_text("utf-8"))
        known = json.loads((folder / "state.json").read_text("utf-8")) if (folder / "state.json").exists() else {}
    except (OSError, ValueError):
        return None
    sites = None if told["sites"] is None else tuple(told["sites"])
    job = Job(**{**told, "sites": sites})
    state = State(**{**known, "files": tuple(MadeFile(**one) for one in known.get("files", ()))})
    if _expired(job, state):
        return None
    return job, state if state.over or _lives(job, state) else replace(state, state="failed", says=STOPPED)


def _expired(job: Job, state: State) -> bool:
    now = datetime.now(UTC)
    if state.finished:
        return now > datetime.fromisoformat(state.finished) + KEPT
    return now > datetime.fromisoformat(job.asked_at) + AT_MOST


def _lives(job: Job, state: State) -> bool:
    """Whether the process of a job is there; one that just began says so later."""
    child = CHILDREN.get(job.id)
    if child is not None and child.poll() is not None:
        CHILDREN.pop(job.id, None)
        return False
    if not state.pid:
        return True
    try:
        os.kill(state.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def until(state: State) -> datetime | None:
    """Until when what was made can be fetched."""
    return datetime.fromisoformat(state.finished) + KEPT if state.finished else None


def tidy() -> None:
    """Take away what nobody can fetch any more, and end what takes too long."""
    for folder in place().iterdir():
        if folder.name != KEPT_FOR_ALL and folder.is_dir() and _read(folder) is None and _old(folder):
            _end(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _old(folder: Path) -> bool:
    """Whether a folder is older than a moment: one that is being made has nothing in it yet."""
    with suppress(OSError):
        return datetime.now(UTC).timestamp() - folder.stat().st_mtime > 60
    return False


def _end(folder: Path) -> None:
    child = CHILDREN.pop(folder.name, None)
    if child is not None and child.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def discard(job: Job) -> None:
    """Take a job away at once, whatever it is doing."""
    folder = place() / job.id
    _end(folder)
    shutil.rmtree(folder, ignore_errors=True)

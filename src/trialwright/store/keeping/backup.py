"""A backup: a copy of one moment of a ledger, verified before it counts, with its checkpoint and the study's files.

How people sign in is a part of its own (`accounts`), which only the owner may read.

SQLite's own backup copies while others write; on a server the engine-neutral dump is taken. The copy gets its final
name only when every hash in it was computed again and its bytes are on the disk; what is not finished has a name that
begins with a dot and is no backup. That it was made is an event of the database's own chain. Read `backup`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from trialwright.core.ledger import BackupMade
from trialwright.core.terms import Finding, Severity
from trialwright.store.engines import engine_here
from trialwright.store.engines.sqlite import FILE_NAME
from trialwright.store.errors import LedgerError
from trialwright.store.keeping.accounts import OWN_FILES, copy_accounts
from trialwright.store.keeping.files import BESIDE, copy_online
from trialwright.store.keeping.issuing import issuing
from trialwright.store.open import open_study
from trialwright.store.submission import Head, Submission
from trialwright.store.verification import Verification, verify

if TYPE_CHECKING:
    from trialwright.store.ledger import Ledger

CHECKPOINT, MANIFEST, SUMS, STUDY, DUMP = "checkpoint.txt", "backup.json", "SHA256SUMS", "study", "ledger.jsonl"
LEFT_OUT = {FILE_NAME, *(FILE_NAME + end for end in BESIDE), *OWN_FILES}
"""Files of a study folder that a backup does not copy as files: the ledger, and what is of the accounts."""


class NotKept(LedgerError):
    """A copy was made and is not sound, or may not be put there; nothing counts as a backup or a restored ledger."""


class NotSound(NotKept):
    """The copy does not verify; `verification` says where."""

    def __init__(self, says: str, verification: Verification) -> None:
        super().__init__(says)
        self.verification = verification


@dataclass(frozen=True)
class Backup:
    """A copy that counts: where it is, and where the study's chain ends in it."""

    path: Path
    study: str
    kind: str
    events: int
    head: str
    root: str
    made: str
    accounts: int = 0
    findings: tuple[Finding, ...] = ()


def backup(folder: Path | str, to: Path | str, *, actor: str = "operator", role: str = "operator") -> Backup:
    """Copy the ledger of a study folder into a new folder under `to`, verify the copy, and record that it was made."""
    source, place = Path(folder), Path(to)
    place.mkdir(parents=True, exist_ok=True)
    _refuse_inside(source, place)
    with open_study(source) as ledger, _unfinished(place) as partial:
        if ledger.head() is None:
            raise NotKept(f"{source}: the ledger is empty; there is nothing to copy.")
        note, findings = checkpoint_of(ledger)
        copy_ledger(ledger, source, partial)
        made = replace(_checked(partial, place, note, findings), accounts=copy_accounts(source, partial))
        _copy_study(source, partial / STUDY)
        _describe(partial, made)
        final = settle(partial, made.path)
        record_copy(ledger, final.name, made.events, made.root, actor, role)
    return Backup(**{**vars(made), "path": final})


def checkpoint_of(ledger: Ledger) -> tuple[str, tuple[Finding, ...]]:
    """A checkpoint as things stand, made before the copy, so that the copy reaches it."""
    from trialwright.store.checkpoints.emitting import emit

    emission = emit(ledger, "a copy")
    return emission.whole, emission.findings


def copy_ledger(ledger: Ledger, source: Path, into: Path) -> None:
    """The ledger of one moment: the file by SQLite's own backup, or the dump of a server."""
    if engine_here().name == "SQLite":
        copy_online(source / FILE_NAME, into / FILE_NAME)
        return
    from trialwright.store.moving import dump, load

    dump(source, into / DUMP)
    with on_sqlite():
        load(into, into / DUMP)


def _checked(partial: Path, place: Path, note: str, findings: tuple[Finding, ...]) -> Backup:
    """What the copy is, by the copy itself, once every hash in it was computed again."""
    found = verify_copy(partial)
    with on_sqlite(), open_study(partial, read_only=True) as copy:
        head, study, kind = copy.head() or Head(0, "", ""), copy.study or "", copy.kind or ""
    if found.head != head.hash and found.events < head.seq:
        raise NotSound(f"{partial}: the copy does not end where its head row says.", found)
    now = datetime.now(UTC)
    (partial / CHECKPOINT).write_text(note or "No checkpoint was made.\n", encoding="utf-8")
    final = _free_name(place / f"{_plain(study)}-{now:%Y%m%dT%H%M%SZ}")
    return Backup(final, study, kind, head.seq, head.hash, head.root, f"{now:%Y-%m-%dT%H:%M:%SZ}", 0, findings)


def verify_copy(folder: Path) -> Verification:
    """Verify a copy; one that is not sound never counts."""
    with on_sqlite():
        found = verify(folder)
    if not found.ok:
        why = "; ".join(one.says for one in found.findings() if one.severity is Severity.ERROR)
        raise NotSound(f"The copy does not verify, so it was thrown away: {why}", found)
    return found


@contextmanager
def on_sqlite() -> Iterator[None]:
    """A copy is a file, whatever engine the environment asks for."""
    from trialwright.store.engines.values import URL_VARIABLE

    asked = os.environ.pop(URL_VARIABLE, None)
    try:
        yield
    finally:
        if asked is not None:
            os.environ[URL_VARIABLE] = asked


def _refuse_inside(source: Path, place: Path) -> None:
    if source.resolve() == place.resolve():
        raise NotKept(
            f"{place}: a backup in the study's own folder is lost with it. Name a place on another disk or machine."
        )


@contextmanager
def _unfinished(place: Path) -> Iterator[Path]:
    """A folder for a copy that does not count yet; it goes away unless the copy was given its final name."""
    partial = place / f".unfinished-{uuid4().hex[:12]}"
    partial.mkdir(mode=0o700)
    try:
        yield partial
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _copy_study(source: Path, into: Path) -> None:
    """The files around the ledger: protocol versions, the record, whatever else is in the study folder."""
    into.mkdir()
    for one in sorted(source.iterdir()):
        if one.name in LEFT_OUT or one.name.startswith(".") or one.is_symlink():
            continue
        if one.is_dir():
            shutil.copytree(one, into / one.name, ignore=shutil.ignore_patterns("__pycache__"))
        elif one.is_file():
            shutil.copy2(one, into / one.name)


def _describe(partial: Path, made: Backup) -> None:
    told = {key: value for key, value in asdict(made).items() if key not in ("path", "findings")}
    (partial / MANIFEST).write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    write_sums(partial)


def write_sums(folder: Path) -> None:
    """SHA256SUMS over every file of a folder, as `sha256sum -c` reads it."""
    files = sorted(one for one in folder.rglob("*") if one.is_file() and one.name != SUMS)
    lines = [f"{sha256_of(one)}  {one.relative_to(folder).as_posix()}\n" for one in files]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def settle(partial: Path, final: Path) -> Path:
    """Bytes onto the disk, then the final name, then the name onto the disk."""
    for one in sorted(partial.rglob("*")):
        sync(one)
    sync(partial)
    partial.rename(final)
    sync(final.parent)
    return final


def sync(path: Path) -> None:
    """Wait until a file or a folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _plain(study: str) -> str:
    """A study's id as part of a file name: it is whatever somebody opened the study with, and names no place."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", study).lstrip(".")[:80] or "study"


def _free_name(wanted: Path) -> Path:
    """A name nobody has yet: two backups of one second are two backups."""
    names = (wanted, *(wanted.with_name(f"{wanted.name}-{number}") for number in range(2, 1000)))
    return next(one for one in names if not one.exists())


def record_copy(ledger: Ledger, name: str, events: int, root: str, actor: str, role: str) -> None:
    """That a copy was made, in the database's own chain."""
    issuer, at = issuing(ledger)
    said = BackupMade(
        actor=actor, role=role, site=None, occurred=(at or issuer.recorded_at(None)).date(), where=name,
        chain=ledger.chain or "", size=events, root=root,
    )  # fmt: skip
    ledger.append(Submission(f"backup:{name}:{uuid4().hex}", (said,), recorded_at=at), issuer)

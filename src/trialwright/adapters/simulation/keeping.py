"""The rehearsal's ledger on disk: written beside, moved into place when it is whole, never over real data.

A ledger that is there is left untouched unless it is simulated and its replacement was asked for. What is interrupted
leaves the folder as it was. On a server the rehearsal is one transaction, and is never replaced: nothing is deleted
there. Read `keep`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from trialwright.core.terms import Finding
from trialwright.store import Head, SeededIssuer, Submission, holds_ledger, open_study
from trialwright.store.database import FILE_NAME, ledger_file, on_server
from trialwright.store.errors import LedgerError
from trialwright.store.issuer import SIMULATED

KIND = SIMULATED
SIDE_FILES = ("-wal", "-shm", "-journal")


def in_the_way(folder: Path, replace: bool) -> Finding | None:
    """Why no rehearsal may be written for the folder; None where it may."""
    if on_server():
        return _there_on_server(folder) if holds_ledger(folder) else None
    file = ledger_file(folder)
    if not _exists(file) or not (file.is_symlink() or holds_ledger(folder)):
        return None
    kind = _kind(folder)
    if kind == SIMULATED and replace and not file.is_symlink():
        return _opened_elsewhere(folder)
    return _there_already(folder, kind, replace)


def _exists(file: Path) -> bool:
    return file.exists() or file.is_symlink()


def _kind(folder: Path) -> str | None:
    """Whether the ledger is real or simulated; None where it cannot be told, which counts as real."""
    try:
        with open_study(folder, read_only=True) as ledger:
            return ledger.kind
    except LedgerError:
        return None


def _there_already(folder: Path, kind: str | None, replace: bool) -> Finding:
    told = {"real": "a ledger of real data", SIMULATED: "the ledger of an earlier rehearsal"}
    do = "Rehearse in a copy of the study folder without its trial.sqlite3."
    if kind == SIMULATED and not replace:
        do += " To write this rehearsal in the place of the earlier one, add --replace."
    return Finding(
        about=FILE_NAME,
        says=f"{folder.name or folder} already holds {told.get(str(kind), 'a ledger that cannot be read')}; "
        "nothing was touched.",
        matters="A ledger is never overwritten by accident, and simulated data are never mixed with real data.",
        do=do,
    )


def _there_on_server(folder: Path) -> Finding:
    told = {"real": "real data", SIMULATED: "an earlier rehearsal"}.get(str(_kind(folder)), "data that cannot be read")
    return Finding(
        about="ledger",
        says=f"The server's database already holds a ledger of this study, with {told}; nothing was touched.",
        matters="On a server nothing that was recorded is ever deleted, and a ledger is never written over.",
        do="Rehearse into another database, or unset TRIALWRIGHT_DATABASE_URL to rehearse in the study folder.",
    )


def _opened_elsewhere(folder: Path) -> Finding | None:
    """A ledger that another process has open is not replaced: what it still writes would be lost."""
    with open_study(folder):
        pass
    if not any(Path(f"{ledger_file(folder)}{end}").exists() for end in SIDE_FILES):
        return None
    return Finding(
        about=FILE_NAME,
        says="The earlier rehearsal's ledger is open in another process; nothing was touched.",
        matters="That process would go on writing to a file that is no longer there.",
        do="Close it, then rehearse again.",
    )


def keep(folder: Path, study: str, saves: Sequence[Submission], seed: int, replace: bool) -> Head:
    """Write all saves into a new ledger and move it into the folder; on any error nothing is left behind."""
    if on_server():
        return _write(folder, study, saves, seed)
    with _beside(folder) as place:
        head = _write(place, study, saves, seed)
        _move(place / FILE_NAME, ledger_file(folder), replace)
    return head


def _write(place: Path, study: str, saves: Sequence[Submission], seed: int) -> Head:
    """All saves in one transaction; ids are drawn anew for each study, so that several can share a database."""
    with open_study(place, KIND, study=study) as ledger:
        ledger.append_many(saves, SeededIssuer(f"{seed}|{study}"))
        head = ledger.head()
    assert head is not None
    return head


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A working folder on the same disk, gone afterwards whatever happens."""
    place = Path(tempfile.mkdtemp(prefix=".rehearsal-", dir=folder))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _move(made: Path, wanted: Path, replace: bool) -> None:
    """Into place in one step; without leave to replace, a file that has appeared meanwhile stays."""
    if any(Path(f"{made}{end}").exists() for end in SIDE_FILES):
        raise LedgerError(f"The new ledger {made.name} could not be closed; nothing was kept.")
    if replace:
        os.replace(made, wanted)
    else:
        _link(made, wanted)
    _settle(wanted.parent)


def _link(made: Path, wanted: Path) -> None:
    """A link never overwrites; where the disk knows none, a rename after a last look."""
    try:
        os.link(made, wanted)
    except FileExistsError:
        raise LedgerError(f"{wanted.name} has appeared meanwhile; it was left as it is.") from None
    except OSError:
        if wanted.exists():
            raise LedgerError(f"{wanted.name} has appeared meanwhile; it was left as it is.") from None
        made.rename(wanted)


def _settle(folder: Path) -> None:
    """The folder's entry reaches the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

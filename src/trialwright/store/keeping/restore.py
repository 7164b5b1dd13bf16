"""Putting a ledger back from a copy: always into a new place, and never quietly older than what was known outside.

In order: the copy's pages and every hash are checked; it is held against the newest anchor (a checkpoint kept
elsewhere); an older copy says which events are lost and is taken only where the loss is accepted; projections are
derived again; that it was restored, from what, by whom and what was lost is an event. Then the folder gets its name.
Read `restore`.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from trialwright.core.ledger import Event, LedgerRestored, ProtocolActivated
from trialwright.store.checks import CUT, Bad
from trialwright.store.engines.sqlite import FILE_NAME
from trialwright.store.keeping.accounts import PART, bring_accounts
from trialwright.store.keeping.backup import (
    CHECKPOINT,
    MANIFEST,
    STUDY,
    SUMS,
    NotKept,
    NotSound,
    _unfinished,
    on_sqlite,
    settle,
    sha256_of,
    verify_copy,
)
from trialwright.store.keeping.files import copy_online
from trialwright.store.keeping.issuing import issuing
from trialwright.store.open import check_file, open_study
from trialwright.store.submission import Submission
from trialwright.store.verification import Verification, verify

if TYPE_CHECKING:
    from trialwright.store.ledger import Ledger


class Loss(NotKept):
    """The copy is older than what was known outside; `verification` says since which event."""

    def __init__(self, says: str, verification: Verification) -> None:
        super().__init__(says)
        self.verification = verification


@dataclass(frozen=True)
class Restored:
    """A ledger put back: where, its end, and in words what was lost (empty where nothing was)."""

    path: Path
    events: int
    head: str
    root: str
    lost: str
    compared: bool


def restore(
    copy: Path | str,
    to: Path | str,
    *,
    anchors: Path | str | None = None,
    accept_loss: bool = False,
    operator: str = "operator",
) -> Restored:
    """Put a backup (its folder, or the ledger's file in it) into a new folder, checked and compared first."""
    source, place = _ledger_in(Path(copy)), Path(to)
    _refuse_taken(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    with on_sqlite(), _unfinished(place.parent) as partial:
        _check_sums(source.parent)
        _bring(source, partial)
        verify_copy(partial)
        lost = _lost(partial, anchors, accept_loss)
        with open_study(partial) as ledger:
            ledger.rebuild()
            _record(ledger, source, lost, operator)
            head = ledger.head()
            _write_protocols(ledger, partial)
        verify_copy(partial)
        _tidy(partial)
        if place.exists():
            place.rmdir()  # it is empty
        settle(partial, place)
    assert head is not None, "an empty ledger does not verify with a head"
    return Restored(place, head.seq, head.hash, head.root, lost, anchors is not None)


def _ledger_in(copy: Path) -> Path:
    """The ledger's file of a backup: named itself, or in the folder named."""
    file = copy / FILE_NAME if copy.is_dir() else copy
    if not file.is_file():
        raise NotKept(f"{copy}: holds no backup of a ledger ({FILE_NAME}).")
    if file.name == FILE_NAME:
        check_file(file.parent, must_exist=True)
    return file


def _refuse_taken(place: Path) -> None:
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise NotKept(
            f"{place}: is not empty. A ledger is restored into a new place, so that what is there can still be looked "
            "at. Name a folder that does not exist yet."
        )


def _check_sums(folder: Path) -> None:
    """Where the backup has SHA256SUMS, each file is the one that was backed up."""
    sums = folder / SUMS
    if not sums.is_file() or not (folder / MANIFEST).is_file():
        return
    for line in sums.read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        file = folder / name
        if name.startswith(f"{PART}/") and not file.exists():
            continue  # it is kept elsewhere, or was thrown away
        if file.name != FILE_NAME and (not file.is_file() or sha256_of(file) != digest):
            raise NotKept(f"{file}: is not the file that was backed up (see {SUMS}). Nothing was restored.")


def _bring(source: Path, into: Path) -> None:
    """The ledger, and the study's files beside it in a backup."""
    from sqlite3 import DatabaseError

    try:
        copy_online(source, into / FILE_NAME)
    except DatabaseError as wrong:
        raise NotKept(f"{source}: cannot be read as a database ({wrong}). Nothing was restored.") from None
    study = source.parent / STUDY
    if study.is_dir():
        shutil.copytree(study, into, dirs_exist_ok=True)
    bring_accounts(source.parent, into)
    if (source.parent / CHECKPOINT).is_file():
        shutil.copy2(source.parent / CHECKPOINT, into / CHECKPOINT)


def _lost(folder: Path, anchors: Path | str | None, accept: bool) -> str:
    """What the newest anchor knows and the copy does not, in words; more than that is refused whatever is accepted."""
    if anchors is None:
        return ""
    found = verify(folder, anchors=anchors)
    if found.ok:
        return ""
    bad = found.first_bad
    if bad is None or bad.code != CUT:
        raise NotSound(_why(found), found)
    lost = _in_words(bad)
    if not accept:
        raise Loss(f"The copy is older than what was known outside: {lost} Nothing was restored.", found)
    return lost


def _in_words(bad: Bad) -> str:
    return f"events from {bad.seq} on are lost ({bad.why.rstrip('.')})."


def _why(found: Verification) -> str:
    return "; ".join(finding.says for finding in found.findings()) or "The copy is not the ledger that was anchored."


def _record(ledger: Ledger, source: Path, lost: str, operator: str) -> None:
    issuer, at = issuing(ledger)
    head = ledger.head()
    said = LedgerRestored(
        actor=operator,
        role="operator",
        site=None,
        occurred=(at or issuer.recorded_at(None)).date(),
        restored_from=source.parent.name or source.name,
        chain=ledger.chain or "",
        last=head.seq if head else 0,
        lost=lost,
    )
    ledger.append(Submission(f"restored:{uuid4().hex}", (said,), recorded_at=at), issuer)


def _write_protocols(ledger: Ledger, folder: Path) -> None:
    """Each version that was put in force, from the ledger's own texts, where the copy brought no file of it."""
    for event in ledger.events():
        write_protocol(ledger, event, folder / "protocol")


def write_protocol(ledger: Ledger, event: Event, folder: Path) -> None:
    """The file of a version as it was activated; one that is there stays as it is."""
    if not isinstance(event, ProtocolActivated):
        return
    text, file = ledger.text(event.file_hash), folder / f"{event.version}.yaml"
    if text is not None and file.parent == folder and not file.exists():
        folder.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="")


def _tidy(folder: Path) -> None:
    """The log of the database goes into its file, so that the folder can be renamed as it is."""
    from trialwright.store.keeping.files import empty_log

    empty_log(folder / FILE_NAME)

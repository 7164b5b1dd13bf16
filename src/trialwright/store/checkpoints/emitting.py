"""When a checkpoint is made, signed, sent out and kept, for a ledger that is open.

After every 500 events, after a quarter of an hour with something new, after a signature or a lock, when the ledger is
closed, and when somebody asks: an export, a backup, `trialwright ledger checkpoint`. What a process that died left
undone is done at the next opening. All of it by itself only where a place for notes is set up (`sinks`). A note that
could not be sent never fails a save: it is a warning, and is tried again. Read `emit`, then `Emitter`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import trialwright
from trialwright.core.ledger import Event, LedgerRestored, Locked, Signed, Unlocked
from trialwright.core.terms import Finding, Severity
from trialwright.store import chain
from trialwright.store.checkpoints import kept
from trialwright.store.checkpoints.keys import SigningKey, own_key, record_key, recorded_keys, simulated_key
from trialwright.store.checkpoints.notes import Checkpoint, NoNote, Note, origin_of, parts_of, read_note, signed
from trialwright.store.checkpoints.sinks import Folder, NotSent, Sink, addresses, sinks
from trialwright.store.encoding import is_of_system
from trialwright.store.entry import instant_text, read_instant
from trialwright.store.errors import LedgerError
from trialwright.store.issuer import SIMULATED
from trialwright.store.reader import reading
from trialwright.store.submission import Receipt

if TYPE_CHECKING:
    from trialwright.store.ledger import Ledger

EVERY_EVENTS = 500
EVERY = timedelta(minutes=15)
AT_ONCE = (Signed, Locked, Unlocked)
"""Kinds of event after which a checkpoint is made at once."""
SECONDS_AFTER_A_FAILURE = 60
LOG = logging.getLogger("trialwright.checkpoints")
MATTERS = "Until a note is kept elsewhere, whoever owns the database could rewrite the newest events unseen."
CHECKPOINT_AGAIN = "Remove the cause; it is tried again by itself. To try now: trialwright ledger checkpoint."


@dataclass(frozen=True)
class Emission:
    """What became of a checkpoint: the notes, the places that took every one of them, and what went wrong."""

    notes: tuple[Note, ...] = ()
    sent: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def whole(self) -> str:
        """The notes as text, one after the other."""
        return "\n".join(note.whole for note in self.notes)


@dataclass(frozen=True)
class Standing:
    """Where a chain stands, and the newest checkpoint of it that the database holds."""

    chain_id: str
    origin: str
    size: int
    hash: str
    root: bytes
    recorded: str
    first: str
    last_note: Note | None = None
    sent_to: tuple[str, ...] = ()

    @property
    def open_events(self) -> int:
        """How many events no checkpoint covers yet."""
        return self.size - (self.last_note.checkpoint.size if self.last_note else 0)


def emit(ledger: Ledger, why: str, places: Sequence[Sink] | None = None) -> Emission:
    """Make, sign, send and keep a checkpoint of the ledger's chains as they stand; `why` is for the warnings.

    Without places those that are set up are taken. Where nothing is new the newest notes go where they were not sent.
    A ledger that is open for reading keeps no note of its own. Nothing is raised: what went wrong is in the findings.
    """
    try:
        return _emit(ledger, places if places is not None else sinks(ledger.folder))
    except (LedgerError, ValueError, OSError) as wrong:
        return Emission(findings=(_warning(f"The checkpoint of {why} was not made. {wrong}"),))


def standings(ledger: Ledger) -> tuple[Standing, ...]:
    """Where the study's chain and the database's own stand; a chain without an event is left out."""
    restored = _restored(ledger)
    named = (ledger.chain, chain.SYSTEM_CHAIN)
    return tuple(one for name in named if name and (one := _standing(ledger, name, restored)))


def _emit(ledger: Ledger, places: Sequence[Sink]) -> Emission:
    if ledger.chain is None:
        return Emission()
    simulated = ledger.kind == SIMULATED
    if simulated:
        places = [place for place in places if isinstance(place, Folder)]
    else:
        record_key(ledger, own_key(ledger.folder))
    told, findings, sent = [], list[Finding](), [place.label for place in places]
    for standing in standings(ledger):
        if contradiction := _contradiction(ledger, standing, places):
            findings.append(contradiction)
            continue
        note, taken, failed = _one(ledger, standing, places, simulated)
        told.append(note)
        findings += failed
        sent = [label for label in sent if label in taken]
    return Emission(tuple(told), tuple(sent), tuple(findings))


def _one(
    ledger: Ledger, standing: Standing, places: Sequence[Sink], simulated: bool
) -> tuple[Note, list[str], list[Finding]]:
    """One chain's note, new or as it was kept; where it was taken, and where not."""
    key = simulated_key(standing.first) if simulated else own_key(ledger.folder)
    note = standing.last_note if standing.last_note and not standing.open_events else _made(standing, key, simulated)
    taken, failed = [], [_warning(says) for place in places if (says := _emptied(place, standing))]
    for place in places:
        try:
            if note is not standing.last_note or isinstance(place, Folder) or place.label not in standing.sent_to:
                place.send(note, key.public)
            taken.append(place.label)
        except NotSent as wrong:
            failed.append(_warning(f"The checkpoint at event {standing.size} was not sent: {wrong}."))
    if note is not standing.last_note and not ledger.read_only and (taken or not places):
        _keep(ledger, standing, note, taken)
    return note, taken, failed


def _emptied(place: Sink, standing: Standing) -> str | None:
    """A folder that took the last note and holds none now: another disk may be mounted there, or none."""
    last = standing.last_note
    if not isinstance(place, Folder) or last is None or place.label not in standing.sent_to:
        return None
    if last.checkpoint.origin != standing.origin or place.newest(standing.origin) is not None:
        return None
    return f"{place.label} holds none of the notes of {standing.chain_id} that were sent there; is its disk mounted?"


def _made(standing: Standing, key: SigningKey, simulated: bool) -> Note:
    """The signed note; in a rehearsal its instant is that of the last event, so that it is the same each time."""
    at = standing.recorded if simulated else instant_text(datetime.now(UTC))
    app = trialwright.__version__ + (chain.SIMULATED if simulated else "")
    stated = Checkpoint(standing.origin, standing.size, standing.root, standing.hash, at, app)
    return signed(stated, key.private)


def _keep(ledger: Ledger, standing: Standing, note: Note, taken: Sequence[str]) -> None:
    """Keep the note in the database; another process may have kept one of the same size in the meantime."""
    at = note.checkpoint.at if taken else None
    kept.keep(ledger, standing.chain_id, standing.size, standing.root, note.whole, "\n".join(taken) or None, at)


def _contradiction(ledger: Ledger, standing: Standing, places: Iterable[Sink]) -> Finding | None:
    """A note kept in a folder that this ledger does not bear out: nothing is signed that contradicts what was."""
    keys = recorded_keys(ledger) or (simulated_key(standing.first).public,)
    for place in places:
        last = place.newest(standing.origin) if isinstance(place, Folder) else None
        if last is None or not any(last.signed_by(key) for key in keys):
            continue
        if root_at(ledger, standing, last.checkpoint.size) != last.checkpoint.root:
            return Finding(
                about="ledger",
                says=f"A note of {last.checkpoint.size} events of {standing.chain_id}, signed at {last.checkpoint.at}, "
                f"lies in {place.label}, and this ledger of {standing.size} events does not bear it out.",
                matters="The ledger was rolled back or rewritten since; no checkpoint was signed.",
                do=f"Run: trialwright ledger verify {ledger.folder} --anchors {place.label}",
                severity=Severity.WARNING,
            )
    return None


def root_at(ledger: Ledger, standing: Standing, size: int) -> bytes | None:
    """The root over the first events of a chain; None where it has not so many."""
    if size > standing.size:
        return None
    with reading(), ledger._cursor() as cursor:
        return kept.root_at(cursor, standing.chain_id, size)


def _standing(ledger: Ledger, chain_id: str, restored: int) -> Standing | None:
    with reading(), ledger._cursor() as cursor:
        end, newest = kept.end_of(cursor, chain_id), kept.newest(cursor, chain_id)
    if end is None:
        return None
    origin = origin_of(chain_id, end.first.hex(), ledger.kind == SIMULATED, restored)
    made = Standing(chain_id, origin, end.size, end.hash.hex(), end.root, end.recorded, end.first.hex())
    return made if newest is None else _with_kept(made, *newest)


def _with_kept(standing: Standing, note: str, sent_to: str | None) -> Standing:
    try:
        return replace(standing, last_note=read_note(note), sent_to=tuple(sent_to.split("\n")) if sent_to else ())
    except NoNote:
        return standing  # verification says that the row was altered


def _restored(ledger: Ledger) -> int:
    """How often the ledger was put back from a copy."""
    if ledger.head(chain.SYSTEM_CHAIN) is None:
        return 0
    return sum(isinstance(event, LedgerRestored) for event in ledger.events(chain_id=chain.SYSTEM_CHAIN))


def _warning(says: str) -> Finding:
    return Finding(about="ledger", says=says, matters=MATTERS, do=CHECKPOINT_AGAIN, severity=Severity.WARNING)


class Emitter:
    """Hung on an open ledger: makes a checkpoint when one is due."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.size, self.last, self.not_before = ledger, 0, datetime.now(UTC), 0.0

    def opened(self) -> Sequence[Finding]:
        """Catch up with what a process that died left undone."""
        return self._look_and_emit("the opening of the ledger")

    def __call__(self, receipt: Receipt, events: Sequence[Event]) -> Sequence[Finding]:
        """After a save: a checkpoint if one is due."""
        why = self._due(receipt, events)
        return () if why is None else self.emit(why)

    def closed(self) -> Sequence[Finding]:
        """Before the ledger is closed: nothing new stays without a note."""
        return self._look_and_emit("the closing of the ledger")

    def emit(self, why: str) -> Sequence[Finding]:
        """Make the checkpoint; after a failure the next one waits, so that saves are not held up by it each time."""
        made = emit(self.ledger, why)
        own = [note for note in made.notes if parts_of(note.checkpoint.origin)[1] == self.ledger.chain]
        if own and made.sent:
            self.size, self.last = own[0].checkpoint.size, datetime.now(UTC)
        else:
            self.not_before = time.monotonic() + SECONDS_AFTER_A_FAILURE
        return made.findings

    def _due(self, receipt: Receipt, events: Sequence[Event]) -> str | None:
        end = receipt.seqs[-1]
        if end <= self.size or time.monotonic() < self.not_before or any(map(is_of_system, events)):
            return None
        if any(isinstance(event, AT_ONCE) for event in events):
            return "a signature or a lock"
        if end - self.size >= EVERY_EVENTS:
            return f"{EVERY_EVENTS} events"
        return "a quarter of an hour" if datetime.now(UTC) - self.last >= EVERY else None

    def _look_and_emit(self, why: str) -> Sequence[Finding]:
        found = standings(self.ledger)
        if not found:
            return ()
        if note := found[0].last_note:
            self.size, self.last = note.checkpoint.size, read_instant(note.checkpoint.at)
        return self.emit(why) if any(one.open_events for one in found) else ()


@contextmanager
def anchored(ledger: Ledger) -> Iterator[None]:
    """The ledger with checkpoints made by themselves while it is open; nothing where no place for notes is set up."""
    if ledger.read_only or not addresses():
        yield
        return
    emitter = ledger.after_commit = Emitter(ledger)
    _quietly(emitter.opened)
    try:
        yield
    finally:
        _quietly(emitter.closed)


def _quietly(done: Callable[[], Sequence[Finding]]) -> None:
    """What went wrong where there is no receipt to say it in goes to the log; opening and closing go on."""
    try:
        findings = done()
    except LedgerError as wrong:
        findings = (_warning(f"No checkpoint was made. {wrong}"),)
    for finding in findings:
        LOG.warning("%s %s", finding.says, finding.matters)

"""The only way into the ledger: one submission, whole or not at all, in one transaction.

In order: take the write lock; a known key replays its receipt or is refused; a stale version is refused with the
difference; a decision the protocol does not allow is refused with its findings; then events, payloads, projections and
head are written, and only after the commit is there a receipt (reliability: an acknowledged save is durable). Nothing
is retried or merged here. Read `append_all` first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import trialwright
from trialwright.core.ledger import Event, ProtocolActivated, StudyOpened
from trialwright.core.terms import Finding, Severity
from trialwright.store import chain, rows
from trialwright.store.canonical import canonical
from trialwright.store.encoding import entry_of
from trialwright.store.entry import Entry, Place, header_text
from trialwright.store.errors import (
    LedgerBusy,
    LedgerDamaged,
    LedgerError,
    Refused,
    SubmissionConflict,
    UnknownText,
    WrongKind,
    WrongStudy,
)
from trialwright.store.issuer import SIMULATED, Issuer
from trialwright.store.reader import events_of
from trialwright.store.stale import refuse_stale
from trialwright.store.submission import Receipt, Submission

if TYPE_CHECKING:
    from trialwright.store.ledger import Ledger

Guard = Callable[["View", Event], Sequence[Finding]]


NOT_OPENED = Finding(
    about="ledger",
    says="The first event of a ledger opens the study (StudyOpened), and this is not one.",
    matters="Until then it is not known whether the data are real or simulated, and the two are never mixed.",
    do="Submit a StudyOpened event first, in the same submission or before.",
)
OPENED_BEFORE = Finding(
    about="ledger",
    says="The study is open already; it is opened once.",
    matters="What the ledger holds, and whether it is real, was fixed by its first event.",
    do="Leave the StudyOpened event out.",
)


@dataclass
class Tail:
    """The end of the chain while a transaction grows it."""

    chain: str
    seq: int
    hash: bytes
    frontier: tuple[bytes, ...]
    app: str
    founded: bool = False
    touched: dict[str, tuple[int, int, bytes]] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)

    def grow(self, stream: str, place: Place, digest: bytes) -> None:
        """One more event: the hash, the tree and the stream's version move on."""
        self.frontier = chain.grow(self.frontier, self.seq, digest)
        self.seq, self.hash = place.seq, digest
        self.touched[stream] = (place.stream_version, place.seq, digest)


class View:
    """What the ledger holds at this moment of the transaction, for a guard to judge by."""

    def __init__(self, cursor: Any, chain_id: str) -> None:
        self._cursor, self._chain = cursor, chain_id
        self._read: dict[str | None, list[Event]] = {}

    def events(self, stream: str | None = None) -> Sequence[Event]:
        """The events of one stream, or of the whole study, in ledger order; read once, then kept up to date."""
        if stream not in self._read:
            self._read[stream] = list(events_of(rows.event_rows(self._cursor, self._chain, stream=stream)))
        return self._read[stream]

    def add(self, event: Event, stream: str) -> None:
        """Take in an event that has just been appended."""
        for known in (stream, None):
            if known in self._read:
                self._read[known].append(event)


def append_all(ledger: Ledger, submissions: Iterable[Submission], issuer: Issuer, guard: Guard | None) -> list[Receipt]:
    """Write the submissions in one transaction, in their order; the chain is the same as one transaction for each."""
    receipts: list[Receipt] = []
    with _transaction(ledger.alias) as cursor:
        save: Save | None = None
        for submission in submissions:
            save = save or Save(cursor, open_tail(cursor, ledger, issuer, submission), issuer, guard)
            receipts.append(save.append(submission))
        if save is not None:
            save.finish(ledger)
    return receipts


@contextmanager
def _transaction(alias: str) -> Iterator[Any]:
    """BEGIN IMMEDIATE to COMMIT; what the database refuses is said in the ledger's words."""
    from django.db import connections, transaction
    from django.db.utils import DatabaseError, IntegrityError

    try:
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            yield cursor
    except IntegrityError as wrong:
        raise LedgerDamaged(f"The database refused the write: {wrong}. Run: trialwright ledger verify.") from wrong
    except (DatabaseError, UnicodeError) as wrong:
        if "locked" in str(wrong):
            raise LedgerBusy(
                f"Another process is writing to this ledger ({wrong}). Nothing was saved; try again."
            ) from wrong
        raise LedgerError(f"Nothing was saved: {wrong}.") from wrong


def open_tail(cursor: Any, ledger: Ledger, issuer: Issuer, first: Submission) -> Tail:
    """The end of the chain under the write lock, after checking that the head row is where the events end."""
    meta = rows.meta(cursor)
    for kind in (meta.get("kind"), ledger.wanted_kind):
        if kind not in (None, issuer.kind):
            raise WrongKind(f"This ledger is for {kind} data; {issuer.kind} data is refused, now and for ever.")
    study = meta.get("study") or founding(first, issuer, ledger.wanted_study).study
    chain_id = chain.STUDY_CHAIN + study
    head, last = rows.head(cursor, chain_id), rows.last_event(cursor, chain_id)
    if (head and head[:2]) != last:
        raise LedgerDamaged(
            f"The head row of {chain_id} is not at the last event. Nothing was saved. Run: trialwright ledger verify."
        )
    seq, digest, frontier = head or (0, b"", b"")
    app = trialwright.__version__ + (chain.SIMULATED if issuer.kind == SIMULATED else "")
    return Tail(chain_id, seq, digest, chain.unpack(frontier), app)


def founding(first: Submission, issuer: Issuer, wanted_study: str | None) -> StudyOpened:
    """The event that opens a study: it comes first, and says the kind of data that will ever be written."""
    opened = first.events[0] if first.events else None
    if not isinstance(opened, StudyOpened):
        raise Refused([NOT_OPENED])
    if opened.kind != issuer.kind:
        raise WrongKind(f"The study is opened for {opened.kind} data by a writer of {issuer.kind} data.")
    if wanted_study not in (None, opened.study):
        raise WrongStudy(f"The folder is for {wanted_study}; the event opens {opened.study}.")
    return opened


class Save:
    """Submissions being written in one transaction."""

    def __init__(self, cursor: Any, tail: Tail, issuer: Issuer, guard: Guard | None) -> None:
        self.cursor, self.tail, self.issuer, self.guard = cursor, tail, issuer, guard
        self.view = View(cursor, tail.chain)

    def append(self, submission: Submission) -> Receipt:
        """One submission: replayed, refused, or written."""
        if not submission.submission_id or not submission.events:
            raise ValueError("A submission has a key and at least one event.")
        entries = [entry_of(event) for event in submission.events]
        canonical([submission.submission_id, submission.session])
        replayed = replay(self.cursor, self.tail.chain, submission, entries)
        if replayed is not None:
            return replayed
        refuse_stale(self.cursor, self.tail.chain, submission, entries)
        if self.tail.seq == 0:
            self._found(submission)
        self._keep_texts(submission, entries)
        return self._write_all(submission, entries)

    def finish(self, ledger: Ledger) -> None:
        """Move the head and say where each stream now stands."""
        tail = self.tail
        if not tail.touched:
            return
        rows.move_head(self.cursor, tail.chain, tail.seq, tail.hash, chain.pack(tail.frontier), tail.founded)
        for stream, (version, seq, digest) in tail.touched.items():
            status = None if ledger.projection is None else ledger.projection(stream, self.view.events(stream))
            rows.project(self.cursor, tail.chain, stream, version, seq, digest, status)

    def _write_all(self, submission: Submission, entries: Sequence[Entry]) -> Receipt:
        findings: list[Finding] = []
        placed = []
        for part, (event, entry) in enumerate(zip(submission.events, entries, strict=True)):
            findings += self._judge(replace(event, recorded=self.issuer.recorded_at(submission.recorded_at)))
            place = self._write(submission, part, entry)
            self.view.add(replace(event, id=place.event_id, seq=place.seq, recorded=place.at), entry.stream)
            placed.append(place)
        return Receipt(
            submission.submission_id,
            tuple(place.seq for place in placed),
            tuple(place.event_id for place in placed),
            self.tail.hash.hex(),
            findings=tuple(findings),
        )

    def _judge(self, event: Event) -> list[Finding]:
        """What the guard finds; an error refuses the whole submission, anything less goes into the receipt."""
        if isinstance(event, StudyOpened) and self.tail.seq > 0:
            raise Refused([OPENED_BEFORE])
        found = [] if self.guard is None else list(self.guard(self.view, event))
        if any(finding.severity is Severity.ERROR for finding in found):
            raise Refused(found)
        return found

    def _write(self, submission: Submission, part: int, entry: Entry) -> Place:
        tail, seq = self.tail, self.tail.seq + 1
        at, salt = self.issuer.recorded_at(submission.recorded_at), self.issuer.salt(seq)
        place = Place(
            chain=tail.chain,
            seq=seq,
            event_id=self.issuer.event_id(seq, at),
            prev=tail.hash or chain.genesis(bytes.fromhex(entry.protocol_hash)),
            commitment=chain.payload_commitment(salt, entry.body),
            submission=submission.submission_id,
            part=part,
            stream_version=self._version(entry.stream) + 1,
            session=submission.session,
            at=at,
            app=tail.app,
        )
        header = header_text(entry, place)
        digest = chain.event_hash(header)
        rows.insert_event(self.cursor, place, entry.stream, header, digest)
        rows.insert_payload(self.cursor, place.event_id, salt, entry.body)
        tail.grow(entry.stream, place, digest)
        return place

    def _version(self, stream: str) -> int:
        if stream in self.tail.touched:
            return self.tail.touched[stream][0]
        return rows.stream_version(self.cursor, self.tail.chain, stream)

    def _found(self, submission: Submission) -> None:
        opened = founding(submission, self.issuer, None)
        self.tail.founded = True
        for key, value in (("study", opened.study), ("kind", opened.kind), ("format", str(chain.HEADER_VERSION))):
            rows.set_meta(self.cursor, key, value)

    def _keep_texts(self, submission: Submission, entries: Sequence[Entry]) -> None:
        """Store the texts that came along, and insist that the protocol each event stands on is stored."""
        for text in submission.texts:
            if not self._holds(text.sha256):
                rows.insert_text(self.cursor, text.sha256, text.kind, text.text)
        activated = {event.file_hash for event in submission.events if isinstance(event, ProtocolActivated)}
        for digest in sorted(activated | {entry.protocol_hash for entry in entries}):
            if not self._holds(digest):
                raise UnknownText(
                    f"An event stands on the protocol file {digest or '(none named)'}, which the ledger does not hold. "
                    "Hand its text in with the submission, so that the event can be read in years to come."
                )
            self.tail.texts.add(digest)

    def _holds(self, digest: str) -> bool:
        return digest in self.tail.texts or rows.holds_text(self.cursor, digest)


def rebuild(ledger: Ledger) -> None:
    """Derive every projection again from the events, in one transaction; nothing that was recorded is touched."""
    with _transaction(ledger.alias) as cursor:
        view = View(cursor, ledger.chain or "")
        rows.clear_projections(cursor)
        for stream, version, seq, digest in rows.stream_ends(cursor):
            status = None if ledger.projection is None else ledger.projection(stream, view.events(stream))
            rows.project(cursor, ledger.chain or "", stream, version, seq, digest, status)


def replay(cursor: Any, chain_id: str, submission: Submission, entries: Sequence[Entry]) -> Receipt | None:
    """The receipt of the same submission written before; the same key on other contents is refused."""
    stored = rows.submitted(cursor, chain_id, submission.submission_id)
    if not stored:
        return None
    if len(stored) != len(entries) or not all(
        entry.says_the_same(json.loads(header), body)
        for entry, (_, _, header, _, body) in zip(entries, stored, strict=True)
    ):
        raise SubmissionConflict(
            f"The submission key {submission.submission_id} was used before, for other contents. Nothing was saved. "
            "A new save needs a new key; a retry sends exactly what was sent before."
        )
    return Receipt(
        submission.submission_id,
        tuple(seq for seq, *_ in stored),
        tuple(event_id for _, event_id, *_ in stored),
        bytes(stored[-1][3]).hex(),
        replay=True,
    )

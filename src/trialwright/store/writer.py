"""The only way into the ledger: one submission, whole or not at all, in one transaction.

In order: take the chain's write lock; a known key replays its receipt or is refused; who saves is authorised again; a
stale version is refused with the difference; a decision the protocol does not allow is refused with its findings;
then events, payloads, projections and head are written; only after the commit is there a receipt, and then what
follows a save (`after_commit`). Nothing is retried or merged here. Read `append_all` first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from trialwright.core.ledger import Event, PayloadRedacted, ProtocolActivated, StudyOpened, SystemOpened
from trialwright.core.terms import Finding, Severity
from trialwright.store import chain, rows
from trialwright.store.canonical import refuse_unsound
from trialwright.store.encoding import SYSTEM_STREAM, entry_of, is_of_system
from trialwright.store.engines import engine_of
from trialwright.store.entry import Entry, Place, header_text
from trialwright.store.errors import LedgerError, Refused, SubmissionConflict, UnknownText
from trialwright.store.issuer import Issuer, of_chain
from trialwright.store.redaction import refuse_redaction
from trialwright.store.rows import Known
from trialwright.store.stale import refuse_stale
from trialwright.store.submission import Receipt, Submission
from trialwright.store.tail import (
    Tail,
    chain_for,
    founding,
    open_tail,
    streams_of,
    system_opening,
)
from trialwright.store.view import View

if TYPE_CHECKING:
    from trialwright.store.ledger import Ledger

Guard = Callable[[View, Event], Sequence[Finding]]
Authorise = Callable[[View, Submission], None]
"""Called inside the transaction, after the write lock is taken; raises `NotAuthorised`."""
AfterCommit = Callable[[Receipt, Sequence[Event]], Sequence[Finding] | None]
"""Called once a save is in the ledger; what it finds goes into the receipt, and nothing it does can undo the save."""

OPENED_BEFORE = Finding(
    about="ledger",
    says="The study is open already; it is opened once.",
    matters="What the ledger holds, and whether it is real, was fixed by its first event.",
    do="Leave the StudyOpened event out.",
)
NOT_DONE_AFTERWARDS = Finding(
    about="ledger",
    says="What follows a save, such as anchoring a checkpoint, was not done",
    matters="The save itself is in the ledger; until a later checkpoint is anchored, nobody outside has a note of it.",
    do="Run: trialwright ledger checkpoint.",
    severity=Severity.WARNING,
)


def append_all(
    ledger: Ledger,
    submissions: Iterable[Submission],
    issuer: Issuer,
    guard: Guard | None,
    authorise: Authorise | None = None,
) -> list[Receipt]:
    """Write the submissions in one transaction, in their order; the chain is the same as one transaction for each."""
    receipts: list[Receipt] = []
    said: list[tuple[Event, ...]] = []
    with transaction_on(ledger.alias) as cursor, engine_of(ledger.alias).together(cursor):
        book = Book(cursor, ledger, issuer, guard, authorise)
        for submission in submissions:
            receipts.append(book.append(submission))
            if ledger.after_commit is not None:
                said.append(submission.events)
        book.finish()
    book.remember()
    if any(receipt.replay for receipt in receipts):
        engine_of(ledger.alias).make_sure(ledger.folder)
    return receipts if ledger.after_commit is None else [*map(partial(_afterwards, ledger), receipts, said)]


def _afterwards(ledger: Ledger, receipt: Receipt, events: Sequence[Event]) -> Receipt:
    """What is done after a save is in the ledger; whatever becomes of it, the save stands and has its receipt."""
    if receipt.replay or ledger.after_commit is None:
        return receipt
    try:
        found = tuple(ledger.after_commit(receipt, events) or ())
    except Exception as wrong:
        found = (replace(NOT_DONE_AFTERWARDS, says=f"{NOT_DONE_AFTERWARDS.says} ({type(wrong).__name__})."),)
    return replace(receipt, findings=(*receipt.findings, *found)) if found else receipt


@contextmanager
def transaction_on(alias: str) -> Iterator[Any]:
    """BEGIN to COMMIT; what the database refuses is said in the ledger's words.

    A connection that was lost is opened afresh for the next save. One on which the disk failed is kept: it writes what
    did not become durable again, whereas a new one would take it over from the log as if it had.
    """
    from django.db import connections, transaction
    from django.db.utils import DatabaseError

    if not connections[alias].in_atomic_block:
        connections[alias].close_if_unusable_or_obsolete()
    try:
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            yield cursor
    except (DatabaseError, UnicodeError) as wrong:
        raise engine_of(alias).refusal(wrong) from wrong


class Book:
    """The chains that one transaction writes to, each locked when it is first needed."""

    def __init__(
        self, cursor: Any, ledger: Ledger, issuer: Issuer, guard: Guard | None, authorise: Authorise | None
    ) -> None:
        self.cursor, self.ledger, self.issuer, self.guard, self.authorise = cursor, ledger, issuer, guard, authorise
        self.saves: dict[str, Save] = {}

    def append(self, submission: Submission) -> Receipt:
        """One submission, to the chain its kinds of event tell; a server looks its end up while entries are made."""
        key, streams = submission.submission_id, streams_of(submission)
        if not key or not submission.events:
            raise ValueError("A submission has a key and at least one event.")
        refuse_unsound({"submission": key, "session": submission.session, "stream": streams})
        chain_id = self._known(submission) or chain_for(self.cursor, self.ledger, self.issuer, submission)
        if chain_id in self.saves:
            known = engine_of(self.ledger.alias).known(self.cursor, chain_id, key, streams)
            return self.saves[chain_id].append(submission, entries_of(submission), known)
        answer = engine_of(self.ledger.alias).end(self.cursor, chain_id, key, streams)
        entries = entries_of(submission)
        save, known = self._open(chain_id, submission, streams, answer())
        return save.append(submission, entries, known)

    def finish(self) -> None:
        """Move every head that was written past."""
        for save in self.saves.values():
            save.finish(self.ledger)

    def remember(self) -> None:
        """After the commit: what need not be asked again, since once it is said it stays."""
        several = engine_of(self.ledger.alias).several_studies
        for chain_id, save in self.saves.items():
            save.view.remember()
            self.ledger.known_texts |= save.tail.texts
            self.ledger.known_kind = self.issuer.kind if save.tail.seq else self.ledger.known_kind
            if chain_id != chain.SYSTEM_CHAIN and save.tail.seq:
                self.ledger.known_study = chain_id.removeprefix(chain.STUDY_CHAIN)
                self.ledger.wanted_study = self.ledger.known_study if several else self.ledger.wanted_study

    def _open(self, chain_id: str, submission: Submission, streams: Sequence[str], end: rows.End) -> tuple[Save, Known]:
        """The chain's save, and what the chain holds that its first submission is judged by."""
        tail, known = open_tail(self.cursor, self.ledger, self.issuer, chain_id, end), end.known
        guard = None if tail.is_of_system else self.guard
        save = Save(self.ledger, self.cursor, tail, of_chain(self.issuer, chain_id), guard, self.authorise)
        self.saves[chain_id] = save
        if tail.is_of_system and tail.seq == 0:
            opening = system_opening(submission, self.issuer)
            save.append(opening, entries_of(opening), Known((), {SYSTEM_STREAM: 0}))
            known = save.engine.known(self.cursor, chain_id, submission.submission_id, streams)
        return save, known

    def _known(self, submission: Submission) -> str | None:
        """The study's chain, once this transaction has found which it is, for a save that is of the study alone."""
        if any(is_of_system(event) for event in submission.events):
            return None
        return next((each for each in self.saves if each != chain.SYSTEM_CHAIN), None)


def entries_of(submission: Submission) -> list[Entry]:
    """What the ledger keeps of each event; what could not be read back as it was said is refused."""
    return [entry_of(event) for event in submission.events]


class Save:
    """Submissions to one chain being written in one transaction."""

    def __init__(
        self, ledger: Ledger, cursor: Any, tail: Tail, issuer: Issuer, guard: Guard | None, authorise: Authorise | None
    ) -> None:
        self.memory, self.engine = ledger.memory, engine_of(ledger.alias)
        self.cursor, self.pen, self.tail, self.issuer = cursor, cursor, tail, issuer
        self.guard, self.authorise = guard, authorise
        self.view = View(cursor, tail.chain, self.memory, tail.seq)
        self.known = Known((), {})

    def append(self, submission: Submission, entries: Sequence[Entry], known: Known) -> Receipt:
        """One submission: replayed, refused, or written."""
        self.known, self.pen = known, self.engine.pen(self.cursor)
        replayed = replay(known.written, submission, entries)
        if replayed is not None:
            return replayed
        if self.authorise is not None:
            self.authorise(self.view, submission)
        refuse_stale(self.tail.chain, submission, entries, known.versions)
        if self.tail.seq == 0:
            self._found(submission)
        self._keep_texts(submission, entries)
        return self._write_all(submission, entries)

    def finish(self, ledger: Ledger) -> None:
        """Move the head and say where each stream now stands."""
        tail = self.tail
        if not tail.touched:
            return
        moved = rows.Moved(tail.chain, tail.seq, tail.hash, chain.pack(tail.frontier), tail.founded)
        stands = [
            rows.Stand(stream, *stands, status_of(ledger, stream, self.view)) for stream, stands in tail.touched.items()
        ]
        self.engine.move(self.pen, moved, stands)

    def _write_all(self, submission: Submission, entries: Sequence[Entry]) -> Receipt:
        findings: list[Finding] = []
        placed = []
        for part, (event, entry) in enumerate(zip(submission.events, entries, strict=True)):
            findings += self._judge(replace(event, recorded=self.issuer.recorded_at(submission.recorded_at)))
            if isinstance(event, PayloadRedacted):
                refuse_redaction(self.cursor, self.tail.chain, submission, event)
            place = self._write(submission, part, entry)
            self.view.add(replace(event, id=place.event_id, seq=place.seq, recorded=place.at), entry.stream)
            if isinstance(event, PayloadRedacted):
                self._erase(event)
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
        if isinstance(event, StudyOpened | SystemOpened) and self.tail.seq > 0:
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
            prev=tail.hash or chain.genesis(entry.protocol_hash),
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
        self.engine.add(self.pen, rows.event_values(place, entry.stream, header, digest), salt, entry.body)
        tail.grow(entry.stream, place, digest)
        return place

    def _erase(self, event: PayloadRedacted) -> None:
        """What is redacted goes in the transaction that says so, and is read anew from here on."""
        self.engine.erase_payload(self.cursor, event.redacts)
        self.memory.forget()
        self.view = View(self.cursor, self.tail.chain, self.memory, self.tail.seq)

    def _version(self, stream: str) -> int:
        if stream in self.tail.touched:
            return self.tail.touched[stream][0]
        return self.known.versions[stream]

    def _found(self, submission: Submission) -> None:
        """The chain's first event says what the database is, where no other chain's has said so."""
        meta = {"kind": self.issuer.kind, "format": str(chain.HEADER_VERSION)}
        if not self.tail.is_of_system:
            opened = founding(submission, self.issuer, self.tail.chain.removeprefix(chain.STUDY_CHAIN))
            meta |= self.engine.meta_of(opened.study)
        self.tail.founded = True
        known = rows.meta(self.cursor)
        for key, value in meta.items():
            if key not in known:
                rows.set_meta(self.pen, key, value)

    def _keep_texts(self, submission: Submission, entries: Sequence[Entry]) -> None:
        """Store the texts that came along, and insist that the protocol each event stands on is stored."""
        for text in submission.texts:
            if "\0" in text.text:
                raise LedgerError(
                    f"The {text.kind} text {text.sha256[:12]} holds a NUL, which a server refuses to keep, so "
                    "that the ledger could never be carried to one. Nothing was saved. Take the character out."
                )
            if not self._holds(text.sha256):
                rows.insert_text(self.pen, text.sha256, text.kind, text.text)
            self.tail.texts.add(text.sha256)
        wanted = {event.file_hash for event in submission.events if isinstance(event, ProtocolActivated)}
        wanted |= {entry.protocol_hash for entry in entries if entry.protocol_hash or not self.tail.is_of_system}
        for digest in sorted(wanted):
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
    with transaction_on(ledger.alias) as cursor:
        for chain_id in rows.chains(cursor):
            engine_of(ledger.alias).lock(cursor, chain_id)
        rows.clear_projections(cursor)
        for chain_id, stream, version, seq, digest in rows.stream_ends(cursor):
            status = status_of(ledger, stream, View(cursor, chain_id))
            rows.project(cursor, chain_id, [rows.Stand(stream, version, seq, digest, status)])


def status_of(ledger: Ledger, stream: str, view: View) -> str | None:
    """The cached status of a stream, where the ledger was opened with a way to derive one; the system has none."""
    if ledger.projection is None or stream == SYSTEM_STREAM:
        return None
    return ledger.projection(stream, view.events(stream))


def replay(stored: Sequence[tuple[Any, ...]], submission: Submission, entries: Sequence[Entry]) -> Receipt | None:
    """The receipt of the same submission as it was stored; the same key on other contents is refused."""
    if not stored:
        return None
    if any(body is None for *_, body in stored):
        raise SubmissionConflict(
            f"What was saved under the key {submission.submission_id} has been redacted since, so whether this is the "
            "same cannot be told. Nothing was saved. A new save needs a new key."
        )
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

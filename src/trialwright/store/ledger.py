"""A study's ledger, opened: append to it, read it, ask where it stands.

One chain holds a study, `study:<id>`. Write with `append` (one save) or `append_many` (many in one transaction, with
one wait for the disk; the chain comes out the same). Verification is `store.verification`, which trusts none of this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from trialwright.core.ledger import Event
from trialwright.store import chain, rows
from trialwright.store.encoding import SUBJECT_STREAM
from trialwright.store.engines import engine_of
from trialwright.store.errors import LedgerDamaged, LedgerError, NoSuchPosition, StaleVersion
from trialwright.store.issuer import Issuer, MachineIssuer
from trialwright.store.reader import KnownAt, events_of, reading, refuse_a_cut_end, unbroken
from trialwright.store.stale import FirstSaid, differences, long_ago
from trialwright.store.submission import Head, Receipt, Submission
from trialwright.store.view import Memory
from trialwright.store.writer import AfterCommit, Authorise, Guard, append_all, rebuild

Projection = Callable[[str, Sequence[Event]], str | None]


class Ledger:
    """The ledger of one study folder, for as long as it is open."""

    def __init__(
        self,
        alias: str,
        folder: Path,
        *,
        study: str | None = None,
        kind: str | None = None,
        read_only: bool = False,
        projection: Projection | None = None,
    ) -> None:
        self.alias, self.folder, self.read_only, self.projection = alias, folder, read_only, projection
        self.wanted_study, self.wanted_kind = study, kind
        self.after_commit: AfterCommit | None = None
        self.known_kind: str | None = None  # what earlier saves found, and what cannot change
        self.known_study: str | None = None
        self.known_texts: set[str] = set()
        self.memory = Memory()

    def append(
        self,
        submission: Submission,
        issuer: Issuer | None = None,
        guard: Guard | None = None,
        authorise: Authorise | None = None,
    ) -> Receipt:
        """Write one submission, whole or not at all; a refusal is an exception of `store.errors`.

        `authorise` is asked inside the transaction whether whoever saves still may. `after_commit`, where one is set,
        is called with the receipt and the events once they are in the ledger.
        """
        return self.append_many([submission], issuer, guard, authorise)[0]

    def append_many(
        self,
        submissions: Iterable[Submission],
        issuer: Issuer | None = None,
        guard: Guard | None = None,
        authorise: Authorise | None = None,
        *,
        compares: bool = True,
    ) -> list[Receipt]:
        """Write submissions in one transaction, all or none; without an issuer the data are real.

        With `compares=False` a stale save is refused without its differences: who has others waiting asks for them
        afterwards, by `compare` of any ledger of the study.
        """
        if self.read_only:
            raise LedgerError(f"{self.folder}: this ledger was opened for reading.")
        try:
            return append_all(self, submissions, issuer or MachineIssuer(), guard, authorise)
        except StaleVersion as wrong:
            if compares:
                self.compare(wrong)
            raise

    def compare(self, stale: StaleVersion, first_said: FirstSaid = long_ago) -> None:
        """Tell a stale save what it differs in: `differences` is there afterwards.

        `first_said` tells the event that recorded a path first, so that nobody looks for it before that.
        """
        with reading(), self._cursor() as cursor:
            stale.differences = tuple(differences(cursor, stale, first_said))

    def rebuild(self) -> None:
        """Derive the projections again from the events, after verification found them to differ (exit code 14)."""
        rebuild(self)

    def events(
        self,
        *,
        subject: str | None = None,
        stream: str | None = None,
        after_seq: int = 0,
        known_at: KnownAt = None,
        chain_id: str | None = None,
    ) -> Iterator[Event]:
        """The events in ledger order, of the study, a subject or a stream, as known at a position or an instant.

        `chain_id` is another chain of the same database, such as "system".
        """
        wanted = SUBJECT_STREAM + subject if subject is not None else stream
        here = chain_id or self.chain or ""
        self._refuse_what_is_to_come(known_at, here)
        with reading(), self._cursor(long=wanted is None and not after_seq) as cursor:
            refuse_a_cut_end(cursor, here)
            found = rows.event_rows(cursor, here, stream=wanted, after=after_seq)
            yield from events_of(found if wanted else unbroken(found, after_seq), known_at)

    def _refuse_what_is_to_come(self, known_at: KnownAt, here: str) -> None:
        """A position after the end is no place in the ledger: the same question would be answered otherwise later."""
        if not isinstance(known_at, int):
            return
        head = self.head(here)
        end = head.seq if head else 0
        if known_at > end:
            raise NoSuchPosition(f"The ledger ends at event {end}; there is no event {known_at} yet.")

    def head(self, chain_id: str | None = None) -> Head | None:
        """Where the study's chain, or another, ends; None while it is empty."""
        with reading(), self._cursor() as cursor:
            found = rows.head(cursor, chain_id or self.chain or "")
        return found and Head(found[0], found[1].hex(), chain.root(chain.unpack(found[2])).hex())

    def ends(self) -> dict[str, int]:
        """How many events each chain of the database has."""
        with reading(), self._cursor() as cursor:
            return {str(row[0]): int(row[1]) for row in rows.heads(cursor)}

    def sizes(self, *chains: str) -> tuple[int, ...]:
        """How many events each of these chains has: one question, for who asks whether anything is new."""
        with reading(), self._cursor() as cursor:
            known = rows.sizes(cursor, chains)
        return tuple(known.get(each, 0) for each in chains)

    def streams(self, until: int | None = None) -> dict[str, int]:
        """Each stream of the study's chain with the number of its events up to a position, the whole being unbroken.

        For readers who take one stream after another: each has to find as many events as are told here.
        """
        with reading(), self._cursor() as cursor:
            refuse_a_cut_end(cursor, self.chain or "")
            found = rows.head(cursor, self.chain or "")
            end = found[0] if found else 0
            until = end if until is None else min(until, end)
            told = rows.streams(cursor, self.chain or "", until)
        if sum(told.values()) != until:
            raise LedgerDamaged(f"Of {until} events some are missing. Run: trialwright ledger verify.")
        return told

    def guessed_last_day(self, until: int) -> str | None:
        """The day of what happened last, read from the payloads unchecked: whoever reads the events has to confirm."""
        with reading(), self._cursor() as cursor:
            return rows.last_day(cursor, self.chain or "", until)

    def hash_at(self, seq: int) -> str | None:
        """The hash of the event at a position, on which a report of what was known by then stands."""
        with reading(), self._cursor() as cursor:
            found = rows.event_rows(cursor, self.chain or "", after=seq - 1)
            return next((bytes(row[2]).hex() for row in found if row[0] == seq), None)

    def root_at(self, size: int) -> str | None:
        """The root of the tree over the first events of the study's chain; None where it has not so many."""
        from trialwright.store.checkpoints import kept

        end = self.head()
        if end is None or not 0 < size <= end.seq:
            return None
        with reading(), self._cursor() as cursor:
            return kept.root_at(cursor, self.chain or "", size).hex()

    def version(self, stream: str, chain_id: str | None = None) -> int:
        """The version a stream is at: what a form remembers, and hands back in `base_versions`."""
        with reading(), self._cursor() as cursor:
            return rows.stream_version(cursor, chain_id or self.chain or "", stream)

    def written_under(self, submission: str) -> tuple[str, ...]:
        """The ids of the events that a save wrote under its key; none where the key is new."""
        with reading(), self._cursor() as cursor:
            return tuple(str(row[1]) for row in rows.submitted(cursor, self.chain or "", submission))

    def text(self, sha256: str) -> str | None:
        """A stored protocol file or form definition."""
        with reading(), self._cursor() as cursor:
            return rows.text(cursor, sha256)

    @property
    def kind(self) -> str | None:
        """ "real" or "simulated"; None while the ledger is empty."""
        return self._meta().get("kind")

    @property
    def study(self) -> str | None:
        """The id of the study the ledger belongs to; None while it is not opened."""
        with reading(), self._cursor() as cursor:
            return engine_of(self.alias).study(cursor, self.wanted_study)

    @property
    def chain(self) -> str | None:
        """The name of the study's chain; None while it is empty."""
        study = self.study
        return None if study is None else chain.STUDY_CHAIN + study

    def _meta(self) -> dict[str, str]:
        with reading(), self._cursor() as cursor:
            return rows.meta(cursor)

    def _cursor(self, long: bool = False) -> Any:
        """A cursor; for a long answer, such as a whole history, one that fetches it from a server piece by piece."""
        from django.db import connections

        connection = connections[self.alias]
        return connection.chunked_cursor() if long else connection.cursor()

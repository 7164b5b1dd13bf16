"""Whether the stored ledger is what was written: everything recomputed from the stored bytes, nothing trusted.

The walk goes chain by chain, the study's before the database's own, in ledger order, and stops at the first event that
is wrong, because everything after it is in doubt. On a server it is the folder's study that is verified, or every one.
An event is checked by itself (its hash, its columns against its header), then in its place (sequence, chain, stream),
then with its payload; at the end come the head row, the texts and the projections. A chain alone cannot show that its
end was cut off together with its head row: `expect` is a head that was noted elsewhere. Nothing is written.
Read `verify` first; `checks` holds the checks of one event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trialwright.core.terms import Finding, Severity
from trialwright.store import chain, checks, rows
from trialwright.store.alike import Alike
from trialwright.store.checkpoints.anchors import Anchors, read_anchors
from trialwright.store.checkpoints.watching import bad_notes, judged, summary
from trialwright.store.checks import ALTERED, CUT, FORKED, PAYLOAD, PROJECTION, UNREADABLE, Bad, Walk
from trialwright.store.encoding import SYSTEM_STREAM
from trialwright.store.engines import engine_of
from trialwright.store.errors import LedgerError
from trialwright.store.ledger import Projection
from trialwright.store.open import check_file, check_tables, connected
from trialwright.store.reader import events_of

Tap = Callable[[checks.Stored], None]
OK = 0
MOST_WARNINGS = 3
MATTERS = {
    ALTERED: "What the ledger says is no longer what was recorded; nothing after this place can be relied on.",
    CUT: "Events that were recorded are gone.",
    FORKED: "There are two histories of this trial, and this is not the one that was noted.",
    PAYLOAD: "What an event said is gone, and nobody redacted it.",
    PROJECTION: "What is shown as the present state is not what the recorded events give.",
    UNREADABLE: "Whether the ledger is what was written cannot be told.",
}
KEEP = (
    "Write nothing more to it. Keep the file and its -wal and -shm files as they are, compare with the last backup "
    "and with heads noted elsewhere, and tell whoever answers for the data."
)
DO = {
    UNREADABLE: "Check that this is the study's folder and that its files may be read; a damaged file is in the backup."
}


@dataclass(frozen=True)
class ChainEnd:
    """Where one chain ends, as its events give it: how many, the hash of the last, the root of the tree over all."""

    chain: str
    events: int
    head: str
    root: str


@dataclass(frozen=True)
class Verification:
    """What `ledger verify` answers; `code` is its exit code."""

    ok: bool
    events: int
    head: str | None
    first_bad: Bad | None = None
    warnings: tuple[str, ...] = ()
    chains: tuple[ChainEnd, ...] = ()
    anchors: dict[str, Any] | None = None
    sound_up_to: int = 0
    """The last event of the study before the first that is wrong; all to it are as they were written."""

    @property
    def code(self) -> int:
        """0 fine, 10 altered, 11 cut off or rolled back, 12 fork, 13 payload missing, 14 projection, 15 unreadable."""
        return OK if self.first_bad is None else self.first_bad.code

    def findings(self) -> list[Finding]:
        """The same in words, for people; of many warnings the first few."""
        shown, more = self.warnings[:MOST_WARNINGS], len(self.warnings) - MOST_WARNINGS
        left = (f"and {more} more like these; --json names each",) if more > 0 else ()
        found = [Finding(about="ledger", says=says, severity=Severity.WARNING) for says in (*shown, *left)]
        if self.first_bad is not None:
            bad, place = self.first_bad, "" if self.first_bad.seq is None else f" {self.first_bad.seq}"
            says = f"{'' if bad.what == 'file' else bad.what + ': '}{bad.why.rstrip('.')}."
            about = f"event{place}" if place else "ledger"
            found.append(Finding(about=about, says=says, matters=MATTERS[bad.code], do=DO.get(bad.code, KEEP)))
        return found

    def as_json(self) -> dict[str, Any]:
        """The answer as one document."""
        return {
            "ok": self.ok,
            "events": self.events,
            "head": self.head,
            "first_bad": self.first_bad and asdict(self.first_bad),
            "warnings": list(self.warnings),
            "chains": [asdict(each) for each in self.chains],
            "anchors": self.anchors,
        }


@dataclass(frozen=True)
class Expected:
    """A head noted elsewhere: its hash, and its position where that was noted too."""

    hash: str
    seq: int | None = None

    @classmethod
    def parse(cls, text: str) -> Expected:
        """Read "HASH" or "SEQ:HASH" (64 hexadecimal digits).

        >>> Expected.parse("12:" + "ab" * 32).seq
        12
        """
        place, _, digest = text.strip().lower().rpartition(":")
        if len(digest) != 64 or set(digest) - set("0123456789abcdef") or not (place or "1").isdecimal():
            raise ValueError(
                f"{text!r} is no head: 64 hexadecimal digits, with its position before it or not, such as 120:9f86d0…"
            )
        return cls(digest, int(place) if place else None)


def verify(
    folder: Path | str,
    expect: str | None = None,
    projection: Projection | None = None,
    *,
    study: str | None = None,
    whole: bool = False,
    anchors: Path | str | None = None,
    keys: Iterable[str] = (),
    tap: Tap | None = None,
) -> Verification:
    """Recompute the ledger of a study folder and say where it first is not what was written.

    On a server it is the chain of the folder's study (or of `study`) and the database's own; `whole` walks every chain.
    `anchors` is a file or folder of notes kept elsewhere, `keys` further keys of notes (NAME+ID+KEY). Each event
    that is found sound goes to `tap`, for whoever tells how far it is.
    """
    expected = None if expect is None else Expected.parse(expect)
    notes = None if anchors is None else read_anchors(Path(anchors), keys)
    try:
        check_file(Path(folder), must_exist=True)
        check_tables(Path(folder))
        with connected(Path(folder), read_only=True) as alias:
            named = study or engine_of(alias).default_study(Path(folder))
            return _verify(alias, expected, projection, named, whole, notes, tap)
    except LedgerError as wrong:
        return _unreadable(str(wrong))


def _verify(
    alias: str,
    expected: Expected | None,
    projection: Projection | None,
    study: str | None,
    whole: bool,
    anchors: Anchors | None,
    tap: Tap | None = None,
) -> Verification:
    """Read as a sound ledger is; where that ends in an error, anew, and slower, whatever the bytes of its text are."""
    from django.db.utils import DatabaseError

    wrong: Exception
    for damaged in (False, True):
        walk = Walk() if expected is None else Walk(expected_hash=expected.hash, expected_seq=expected.seq)
        walk.anchors, walk.wanted = anchors, anchors.sizes() if anchors else frozenset()
        try:
            return _examined(alias, walk, projection, study, whole, damaged, tap)
        except (DatabaseError, OverflowError, UnicodeError, TypeError, ValueError, LookupError) as error:
            wrong = error
    return _unreadable(f"The file cannot be read as a ledger: {_in_words(wrong)}.", walk.seq)


def _examined(
    alias: str,
    walk: Walk,
    projection: Projection | None,
    study: str | None,
    whole: bool,
    damaged: bool,
    tap: Tap | None = None,
) -> Verification:
    from django.db import connections, transaction

    engine = engine_of(alias)
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        engine.begin_reading(alias, damaged=damaged)
        bad = examine(alias, cursor, walk, study, whole=whole, projection=projection, tap=tap)
        warnings = engine.lost_locks(cursor)
    return _told(walk, bad, warnings)


def examine(
    alias: str,
    cursor: Any,
    walk: Walk,
    study: str | None,
    *,
    whole: bool = False,
    projection: Projection | None = None,
    tap: Tap | None = None,
) -> Bad | None:
    """The first thing that is wrong, inside the caller's transaction; each event found sound goes to `tap`."""
    from django.db import connections

    engine = engine_of(alias)
    walk.several_studies = engine.several_studies
    main = study if whole and walk.several_studies else engine.study(cursor, study) or study
    if walk.several_studies and not whole:
        walk.only = frozenset({chain.STUDY_CHAIN + (main or ""), chain.SYSTEM_CHAIN})
    walk.main = chain.STUDY_CHAIN + main if main else None
    walk.meta, walk.checkpoints = rows.meta(cursor), rows.checkpoints(cursor)
    walk.redactions = checks.redactions(cursor)
    with connections[alias].chunked_cursor() as long:
        bad = _first_bad(long, cursor, walk, projection, tap)
    return bad or next(_bad_pages(engine.damage(cursor)), None)


def _told(walk: Walk, bad: Bad | None, warnings: tuple[str, ...]) -> Verification:
    """The answer: of the study's chain, or of the one that the walk stopped in."""
    at = walk.ends.get(walk.main) or next((end for name, end in walk.ends.items() if name != chain.SYSTEM_CHAIN), None)
    chains = tuple(
        ChainEnd(checks.printable(name), end.seq, end.hash.hex(), chain.root(end.frontier).hex())
        for name, end in walk.ends.items()
    )
    found = walk.judged
    return Verification(
        bad is None,
        at.seq if at else 0,
        at.hash.hex() if at else None,
        bad,
        (*warnings, *(found.said if found else ())),
        chains,
        None if found is None else summary(found, walk),
        _sound_up_to(walk, bad),
    )


def _sound_up_to(walk: Walk, bad: Bad | None) -> int:
    """How far the study's events go before the first of them that is wrong by itself."""
    of_an_event = bad is not None and bad.event_id is not None and bad.seq == walk.seq + 1
    return walk.seq if of_an_event and walk.chain != chain.SYSTEM_CHAIN else 0


def _in_words(wrong: Exception) -> str:
    from django.db.utils import DatabaseError

    if isinstance(wrong, UnicodeError):
        return "its description of itself is damaged"
    if isinstance(wrong, DatabaseError):
        return checks.printable((str(wrong).splitlines() or [type(wrong).__name__])[0])
    return f"{type(wrong).__name__} at what is stored"


def _unreadable(why: str, events: int = 0) -> Verification:
    return Verification(False, events, None, Bad(UNREADABLE, None, None, "file", why))


def _first_bad(long: Any, cursor: Any, walk: Walk, projection: Projection | None, tap: Tap | None = None) -> Bad | None:
    """The first thing that is wrong, the events before everything that is derived from them."""
    alike = Alike(walk)
    for batch in rows.everything(long, walk.only):
        sound = 0
        while (end := alike.pass_over(batch, sound)) < len(batch):
            stored, sound = checks.Stored(*batch[end]), end + 1
            if bad := checks.first_bad(stored, walk):
                return bad
            alike.learn(stored)
        if tap is not None:
            for row in batch:
                tap(checks.Stored(*row))
    return next(_bad_around(cursor, walk, projection), None)


def _bad_around(cursor: Any, walk: Walk, projection: Projection | None) -> Iterator[Bad]:
    yield from _bad_heads(cursor, walk)
    yield from _bad_expectation(walk)
    yield from _bad_anchors(cursor, walk)
    yield from _bad_absence(walk)
    yield from _bad_meta(walk)
    yield from _bad_orphans(cursor)
    yield from _bad_texts(cursor, walk)
    yield from _bad_checkpoints(walk)
    yield from bad_notes(cursor, walk)
    yield from _bad_projections(cursor, walk, projection)


def _bad_heads(cursor: Any, walk: Walk) -> Iterator[Bad]:
    stored = [row for row in rows.heads(cursor) if walk.covers(row[0])]
    for chain_id, seq, digest, frontier in stored:
        end = walk.ends.get(chain_id)
        if end is None or not isinstance(seq, int) or seq > end.seq:
            last = end.seq if end else walk.last_of_study(chain_id)
            why = f"the head row stands at {checks.printable(seq)} and the events end at {last}"
            yield Bad(CUT, last + 1, None, "events", f"{why}: the end was cut off")
        elif (seq, digest) != (end.seq, end.hash):
            yield Bad(ALTERED, seq, None, "ledger_head", "the head row is not the last event's")
        elif frontier != chain.pack(end.frontier):
            yield Bad(ALTERED, seq, None, "ledger_head.frontier", "the tree's frontier is not that of the events")
    for chain_id in walk.ends.keys() - {row[0] for row in stored}:
        yield Bad(ALTERED, walk.ends[chain_id].seq, None, "ledger_head", "there are events and no head row")


def _bad_expectation(walk: Walk) -> Iterator[Bad]:
    if walk.expected_hash is None or walk.expected_hash in walk.seen_expected:
        return
    end = _told(walk, None, ()).events
    if walk.expected_seq is not None and walk.expected_seq <= end:
        why = "another event stands where the noted head was: the ledger was forked"
        yield Bad(FORKED, walk.expected_seq, None, "head", why)
    else:
        why = "the noted head is not in this ledger: it was rolled back, or another one was put in its place"
        yield Bad(CUT, end + 1, None, "head", why)


def _bad_anchors(cursor: Any, walk: Walk) -> Iterator[Bad]:
    """What notes that were kept elsewhere contradict."""
    if walk.anchors is not None:
        walk.judged = judged(cursor, walk, walk.anchors)
        if walk.judged.bad is not None:
            yield walk.judged.bad


def _bad_absence(walk: Walk) -> Iterator[Bad]:
    if walk.several_studies and walk.main not in walk.ends and not (walk.main is None and walk.ends):
        study = (walk.main or "").removeprefix(chain.STUDY_CHAIN)
        why = f"the database holds no ledger of {checks.printable(study)}" if study else "the database holds no study"
        yield Bad(UNREADABLE, None, None, "file", why)


def _bad_meta(walk: Walk) -> Iterator[Bad]:
    for key, found in walk.founding().items():
        if walk.meta.get(key) != found:
            yield Bad(ALTERED, 1, None, f"ledger_meta.{key}", "it is not what the first event says")
    for key in sorted(set(walk.meta) - set(walk.founding())):
        yield Bad(ALTERED, None, None, f"ledger_meta.{checks.printable(key)}", "the ledger never wrote this entry")


def _bad_orphans(cursor: Any) -> Iterator[Bad]:
    for event_id in rows.orphans(cursor):
        yield Bad(ALTERED, None, checks.printable(event_id), "ledger_payload", "a payload that belongs to no event")


def _bad_texts(cursor: Any, walk: Walk) -> Iterator[Bad]:
    held = set()
    for digest, kind, text in rows.texts(cursor):
        held.add(digest)
        if not checks.is_sha256_of(digest, text):
            yield Bad(ALTERED, None, None, "stored_text", "a text is not the one that was stored under its hash")
        if kind not in rows.TEXT_KINDS:
            yield Bad(ALTERED, None, None, "stored_text.kind", "a kind of text that is never stored")
    for digest, seq in walk.protocols.items():
        if digest not in held:
            yield Bad(PAYLOAD, seq, None, "stored_text", f"the protocol file {digest} that events stand on is missing")


def _bad_checkpoints(walk: Walk) -> Iterator[Bad]:
    for (chain_id, size), root in walk.checkpoints.items():
        end = walk.ends.get(chain_id)
        if not walk.covers(chain_id):
            continue
        if end is None or not isinstance(size, int) or size > end.seq:
            yield Bad(
                CUT, (end.seq if end else 0) + 1, None, "ledger_checkpoint", "a checkpoint reaches beyond the events"
            )
        elif walk.roots.get((chain_id, size)) != root:
            yield Bad(ALTERED, size, None, "ledger_checkpoint", "the root stated then is not that of these events")


def _bad_projections(cursor: Any, walk: Walk, projection: Projection | None) -> Iterator[Bad]:
    stored = {key: row for key, row in rows.projections(cursor).items() if walk.covers(key[0])}
    for key in sorted({*stored, *walk.streams}, key=str):
        expected = walk.streams.get(key)
        found = stored.get(key)
        if expected is None or found is None or found[:3] != expected:
            seq = None if expected is None else expected[1]
            yield Bad(PROJECTION, seq, None, "projection_subject", "it is not what the events give")
        elif found[3] != _status(cursor, key, projection):
            yield Bad(PROJECTION, expected[1], None, "projection_subject.status", "it is not what the events give")


def _status(cursor: Any, key: tuple[str, str], projection: Projection | None) -> str | None:
    if projection is None or key[1] == SYSTEM_STREAM:
        return None
    return projection(key[1], tuple(events_of(rows.event_rows(cursor, key[0], stream=key[1]))))


def _bad_pages(found: str | None) -> Iterator[Bad]:
    if found is not None:
        yield Bad(UNREADABLE, None, None, "file", f"the database file is damaged: {checks.printable(found)}")

"""The ledger held against notes that were kept elsewhere: rolled back, forked, rewritten, or borne out.

A note counts if its origin is a chain of this ledger and its signature is of a key that the ledger names, that lies
beside the notes, or that is handed in. Of those that count: one that reaches beyond the events means that the end was
cut off or an older state put back (11). One whose root is not that of as many events means another history: a fork
(12) if the events in its place were recorded after it was signed, or if both histories were signed; otherwise what had
been recorded was rewritten (10). What does not count is said and never taken for a pass; where nothing counts, or where
a note that cannot be verified speaks against the ledger, the answer is that it cannot be told (15). Read `judge`.
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from trialwright.store.checkpoints.keys import simulated_key
from trialwright.store.checkpoints.notes import (
    DASH,
    REAL_LOG,
    SIMULATED_LOG,
    Key,
    NoNote,
    Note,
    candidates,
    newest,
    parts_of,
    read_note,
)
from trialwright.store.checks import ALTERED, CUT, FORKED, UNREADABLE, Bad

LARGEST_FILE = 64 * 1024 * 1024
MAIL = ".eml"


@dataclass(frozen=True)
class Anchors:
    """What was found in a file or folder of notes: the notes, the keys beside them, and what could not be read."""

    notes: tuple[Note, ...] = ()
    keys: tuple[bytes, ...] = ()
    unread: tuple[str, ...] = ()

    def sizes(self) -> frozenset[tuple[str, int]]:
        """The chain and size of every note: where verification has to know the root."""
        return frozenset((parts_of(one.checkpoint.origin)[1], one.checkpoint.size) for one in self.notes)


@dataclass(frozen=True)
class Stood:
    """A chain at one size, as recomputed: the root, the last event's hash, and when that event was recorded."""

    root: bytes
    hash: str
    at: str


@dataclass
class Recomputed:
    """A chain as verification recomputed it: how many events, its first event's hash, its roots where they are asked.

    `signed` are the sizes of the checkpoints in the database that are signed and borne out by these events.
    """

    chain_id: str
    size: int
    first: str
    simulated: bool
    keys: tuple[bytes, ...] = ()
    stood: dict[int, Stood] = field(default_factory=dict)
    signed: tuple[int, ...] = ()


@dataclass(frozen=True)
class Judged:
    """What the anchors say of the ledger: what they contradict first, how many count, what does not, the newest."""

    bad: Bad | None
    counted: int
    newest: tuple[Note, ...] = ()
    said: tuple[str, ...] = ()

    def as_json(self, sizes: Mapping[str, int]) -> dict[str, Any]:
        """The same as one document; `sizes` has the events of each chain."""
        covered = {parts_of(one.checkpoint.origin)[1]: one.checkpoint for one in self.newest}
        return {
            "counted": self.counted,
            "newest": {
                chain_id: {"size": one.size, "at": one.at, "events_after": sizes.get(chain_id, one.size) - one.size}
                for chain_id, one in covered.items()
            },
            "not_counted": list(self.said),
        }


def read_anchors(place: Path, keys: Iterable[str] = ()) -> Anchors:
    """The notes and keys of a file, or of every file of a folder and those under it; nothing is trusted yet."""
    given = tuple(Key.read(text).public for text in keys)
    if not place.exists():
        raise FileNotFoundError(f"{place}: there is no such file or folder of anchors.")
    files = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
    found = [_read_file(file) for file in files]
    notes = {(one.text, one.signatures): one for part in found for one in part.notes}
    held = dict.fromkeys((*given, *(key for part in found for key in part.keys)))
    return Anchors(tuple(notes.values()), tuple(held), tuple(said for part in found for said in part.unread))


def _read_file(file: Path) -> Anchors:
    try:
        if file.stat().st_size > LARGEST_FILE:
            return Anchors(unread=(f"{file}: is larger than {LARGEST_FILE} bytes and was not read.",))
        content = _text_of(file)
    except OSError as wrong:
        return Anchors(unread=(f"{file}: could not be read ({wrong.strerror}).",))
    notes, unread = [], []
    for candidate in candidates(content):
        try:
            notes.append(read_note(candidate, str(file)))
        except NoNote as wrong:
            unread.append(f"{file}: a note in it cannot be read: {wrong}.")
    keys = tuple(_keys(content))
    loose = content.count(f"\n{DASH}") + content.startswith(DASH) - sum(len(one.signatures) for one in notes)
    if loose > 0 and not unread:
        unread.append(f"{file}: {loose} signatures in it belong to no note that can be read.")
    if not notes and not keys and not unread:
        unread.append(f"{file}: there is no note in it.")
    return Anchors(tuple(notes), keys, tuple(unread))


def _text_of(file: Path) -> str:
    """The text of a file; of a saved mail, its parts as they were before they were wrapped for sending."""
    content = file.read_bytes()
    if file.suffix != MAIL:
        return content.decode(errors="replace")
    mail = email.message_from_bytes(content, policy=email.policy.default)
    parts = (part.get_payload(decode=True) for part in mail.walk() if part.get_content_maintype() == "text")
    return "\n".join(part.decode(errors="replace") for part in parts if isinstance(part, bytes))


def _keys(content: str) -> Iterator[bytes]:
    """The keys that stand on lines of their own."""
    for line in content.splitlines():
        if line.startswith((REAL_LOG, SIMULATED_LOG)) and line.count("+") >= 2:
            try:
                yield Key.read(line).public
            except NoNote:
                continue


def judge(anchors: Anchors, chains: Sequence[Recomputed]) -> Judged:
    """Hold the chains of a ledger against the notes."""
    said, counted, contradicted = list(anchors.unread), list[Note](), list[Bad]()
    found: list[Bad] = []
    for one in chains:
        own = [note for note in anchors.notes if _is_of(note, one)]
        keys = (simulated_key(one.first).public,) if one.simulated else (*one.keys, *anchors.keys)
        counting = [note for note in own if _verified(note, keys)]
        for note in own:
            if note not in counting:
                said.append(f"{_named(note)}: {_why_not(note, keys)}; it counts for nothing.")
                contradicted += _unverified(note, one)
        found += _bad_of(counting, one) or _unrecorded(counting, one)
        counted += counting
    others = [note for note in anchors.notes if not any(_is_of(note, one) for one in chains)]
    said += [f"{_named(note)}: is of another ledger; it counts for nothing." for note in others]
    found += _replaced(others, counted, chains, anchors.keys) if chains else _emptied(others, anchors.keys)
    found += contradicted
    if not counted and not found:
        found.append(Bad(UNREADABLE, None, None, "anchors", "none of the anchors is a verified note of this ledger"))
    per_chain = (newest(note for note in counted if _is_of(note, one)) for one in chains)
    return Judged(found[0] if found else None, len(counted), tuple(note for note in per_chain if note), tuple(said))


def misstated(one: Recomputed, size: int, root: bytes, note: object) -> str | None:
    """Why the note of a checkpoint that the database holds is not the one that was signed then, or None."""
    if not isinstance(note, str):
        return "its note is not text"
    try:
        read = read_note(note)
    except NoNote as wrong:
        return f"its note cannot be read: {wrong}"
    keys = (simulated_key(one.first).public,) if one.simulated else one.keys
    if not _is_of(read, one) or (read.checkpoint.size, read.checkpoint.root) != (size, root):
        return "its note is of something else"
    return None if _verified(read, keys) else _why_not(read, keys)


def _is_of(note: Note, one: Recomputed) -> bool:
    """Whether a note's origin is this chain with this first event, however often it was restored since."""
    log, chain_id, first = parts_of(note.checkpoint.origin)
    return log + "/" == _log(one) and chain_id == one.chain_id and bool(first) and one.first.startswith(first)


def _log(one: Recomputed) -> str:
    return SIMULATED_LOG if one.simulated else REAL_LOG


def _verified(note: Note, keys: Iterable[bytes]) -> bool:
    """Whether a known key signed it, and none that says it did not."""
    answers = [answer for key in keys if (answer := note.signed_by(key)) is not None]
    return bool(answers) and all(answers)


def _why_not(note: Note, keys: Iterable[bytes]) -> str:
    if any(note.signed_by(key) is False for key in keys):
        return "its signature is not that of its text"
    return "it is signed by no key that is known here"


def _named(note: Note) -> str:
    return f"{note.source}: the note of {note.checkpoint.size} events of {note.checkpoint.origin}"


def _bears_out(note: Note, one: Recomputed) -> bool:
    stood = one.stood.get(note.checkpoint.size)
    return stood is not None and (stood.root, stood.hash) == (note.checkpoint.root, note.checkpoint.head)


def _unverified(note: Note, one: Recomputed) -> list[Bad]:
    """A note that cannot be verified and speaks against the ledger: it cannot be told which of the two is right."""
    if _bears_out(note, one):
        return []
    why = f"a note of {note.checkpoint.size} events that cannot be verified speaks against this ledger"
    return [Bad(UNREADABLE, None, None, "anchors", why)]


def _bad_of(counting: Sequence[Note], one: Recomputed) -> list[Bad]:
    """What the notes of one chain contradict: another history before a shorter one."""
    ordered = sorted(counting, key=lambda note: (note.checkpoint.size, note.checkpoint.at))
    wrong = [note for note in ordered if note.checkpoint.size <= one.size and not _bears_out(note, one)]
    if wrong:
        return [_other_history(wrong, ordered, one)]
    beyond = [note for note in ordered if note.checkpoint.size > one.size]
    if beyond:
        last = beyond[-1].checkpoint
        why = f"the newest anchor, signed at {last.at}, is of {last.size} events, and {one.size} are there: {_cut(one)}"
        return [Bad(CUT, one.size + 1, None, "events", why)]
    return []


def _cut(one: Recomputed) -> str:
    return f"the end of {one.chain_id} was cut off, or an older state put back"


def _other_history(wrong: Sequence[Note], ordered: Sequence[Note], one: Recomputed) -> Bad:
    """A root that these events do not give: forked, or rewritten; the place is the first event no note bears out."""
    note = wrong[0].checkpoint
    place = max((each.checkpoint.size for each in ordered if each.checkpoint.size < note.size), default=0) + 1
    between = f"between events {place} and {note.size} of {one.chain_id}"
    if _forked(wrong, ordered, one):
        why = f"there are two histories: {between} others stand than when the anchor was signed at {note.at}"
        return Bad(FORKED, place, None, "events", why)
    why = f"what was recorded {between} was rewritten, and hashed again, after the anchor was signed at {note.at}"
    return Bad(ALTERED, place, None, "events", why)


def _forked(wrong: Sequence[Note], ordered: Sequence[Note], one: Recomputed) -> bool:
    """Both histories were signed, or the present one was recorded after the anchor of the other."""
    first = wrong[0].checkpoint.size
    later = any(one.stood[note.checkpoint.size].at > note.checkpoint.at for note in wrong)
    two = any(a.checkpoint.size == b.checkpoint.size and _states(a) != _states(b) for a, b in pairwise(ordered))
    borne_out = (note.checkpoint.size for note in ordered if _bears_out(note, one))
    return later or two or any(size >= first for size in (*one.signed, *borne_out))


def _states(note: Note) -> tuple[bytes, str]:
    return note.checkpoint.root, note.checkpoint.head


def _replaced(
    others: Iterable[Note], counted: Sequence[Note], chains: Sequence[Recomputed], keys: Sequence[bytes]
) -> list[Bad]:
    """Notes of a chain of this name that began with another event, and none of this one: the ledger was replaced."""
    for note in others:
        log, chain_id, _ = parts_of(note.checkpoint.origin)
        for one in chains:
            same = (log + "/", chain_id) == (_log(one), one.chain_id) and not any(_is_of(each, one) for each in counted)
            if same and not one.simulated and _verified(note, keys):
                why = f"the anchors are of a ledger of {chain_id} that began with another event"
                return [Bad(FORKED, 1, None, "events", why)]
    return []


def _emptied(others: Iterable[Note], keys: Sequence[bytes]) -> list[Bad]:
    """Verified notes, and not one event."""
    for note in others:
        if _verified(note, keys):
            why = f"the ledger holds no event, and {_named(note)} was signed at {note.checkpoint.at}"
            return [Bad(CUT, 1, None, "events", why)]
    return []


def _unrecorded(counting: Sequence[Note], one: Recomputed) -> list[Bad]:
    """A key is recorded in the database's own chain before it signs; where it is not, that chain was cut off."""
    if one.simulated or not counting or any(_verified(note, one.keys) for note in counting[-1:]):
        return []
    why = "the key that signed the newest anchor is not recorded in the database's own chain, whose end was cut off"
    return [Bad(CUT, None, None, "system", why)]

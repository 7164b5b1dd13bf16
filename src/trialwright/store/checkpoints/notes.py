"""A checkpoint as a signed note: how many events a chain has, and the root of the tree over them.

The form is C2SP's (c2sp.org/signed-note, c2sp.org/tlog-checkpoint): origin, size and root, a line each; then the last
event's hash, the instant and the program; a blank line; Ed25519 signatures. The origin names the chain and its first
event, so that a note of another ledger is told apart; that of a rehearsal begins otherwise, and its key is one that
anybody can work out. A note holds no word about a subject. Read `Checkpoint`, then `signed` and `read_notes`.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from urllib.parse import quote, unquote

from trialwright.store.chain import HASH_BYTES

ED25519 = b"\x01"
KEY_ID_BYTES, SIGNATURE_BYTES = 4, 64
DASH = "\u2014 "
LOGS = REAL_LOG, SIMULATED_LOG = "trialwright/", "trialwright-simulated/"
FIRST_EVENT_DIGITS = 16
LONGEST = 16_384
LINE = re.compile(r"\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})")
SIZE = re.compile(r"[1-9][0-9]{0,17}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
KEY_NAME = re.compile(r"[^\s+]+")


class NoNote(ValueError):
    """A text is no checkpoint; the message says why."""


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint states, in the order of its lines."""

    origin: str
    size: int
    root: bytes
    head: str
    at: str
    app: str

    @property
    def text(self) -> str:
        """The text that is signed."""
        root = b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\nhead {self.head}\nat {self.at}\napp {self.app}\n"

    @property
    def simulated(self) -> bool:
        """Whether it states something of a rehearsal."""
        return self.origin.startswith(SIMULATED_LOG)


@dataclass(frozen=True)
class Key:
    """A public key under a name; signatures say it by the name and four bytes."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that stand in each signature."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:KEY_ID_BYTES]

    @property
    def text(self) -> str:
        """The key as one line, as other verifiers of notes read it: name, id and key, with plus signs between."""
        return f"{self.name}+{self.id.hex()}+{b64encode(ED25519 + self.public).decode()}"

    @classmethod
    def read(cls, text: str) -> Key:
        """The key of such a line; one whose id is not its own is refused.

        >>> Key.read("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").name
        'PeterNeumann'
        """
        name, _, rest = text.strip().partition("+")
        digits, _, coded = rest.partition("+")
        stored = _decoded(coded)
        key = cls(name, stored[1:])
        if not KEY_NAME.fullmatch(name) or stored[:1] != ED25519 or len(stored) != 1 + HASH_BYTES:
            raise NoNote(f"{text.strip()[:80]!r} is no Ed25519 key of a note (NAME+ID+KEY).")
        if key.id.hex() != digits:
            raise NoNote(f"The key of {name} has the id {key.id.hex()}, and the line says {digits[:16]!r}.")
        return key


@dataclass(frozen=True)
class Note:
    """A checkpoint with its signatures; `source` says where it was read."""

    checkpoint: Checkpoint
    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]
    source: str = field(default="", compare=False)

    @property
    def whole(self) -> str:
        """The note as it is kept and sent."""
        lines = (f"{DASH}{name} {b64encode(key_id + made).decode()}\n" for name, key_id, made in self.signatures)
        return f"{self.text}\n{''.join(lines)}"

    def signed_by(self, public: bytes) -> bool | None:
        """Whether this key signed it; None where no signature says it is this key's."""
        key = Key(self.checkpoint.origin, public)
        made = [one for name, key_id, one in self.signatures if (name, key_id) == (key.name, key.id)]
        return all(verifies(public, one, self.text) for one in made) if made else None


def origin_of(chain_id: str, first_event: str, simulated: bool, restored: int = 0) -> str:
    """The name of a chain's log: its chain, the beginning of its first event's hash, and how often it was restored.

    A log never signs two histories; what goes on after a restore may be another one, so it goes on under another name.

    >>> origin_of("study:TRIAL 1", "3f9a" * 16, simulated=False)
    'trialwright/study:TRIAL%201/3f9a3f9a3f9a3f9a'
    >>> origin_of("system", "3f9a" * 16, simulated=True, restored=2)
    'trialwright-simulated/system/3f9a3f9a3f9a3f9a/restored-2'
    """
    log = SIMULATED_LOG if simulated else REAL_LOG
    again = f"/restored-{restored}" if restored else ""
    return f"{log}{quote(chain_id, safe=':')}/{first_event[:FIRST_EVENT_DIGITS]}{again}"


def parts_of(origin: str) -> tuple[str, str, str]:
    """The log, chain and first event that an origin names; whatever follows is left out.

    >>> parts_of("trialwright/study:TRIAL%201/3f9a3f9a3f9a3f9a/restored-1")
    ('trialwright', 'study:TRIAL 1', '3f9a3f9a3f9a3f9a')
    """
    log, chain_id, first, *_ = (*origin.split("/"), "", "")
    return log, unquote(chain_id), first


def signed(checkpoint: Checkpoint, private: bytes) -> Note:
    """The note of a checkpoint, signed with a private key (32 bytes) under the origin's name."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(private)
    made = key.sign(checkpoint.text.encode())
    public = Key(checkpoint.origin, key.public_key().public_bytes_raw())
    return Note(checkpoint, checkpoint.text, ((public.name, public.id, made),))


def verifies(public: bytes, made: bytes, text: str) -> bool:
    """Whether a signature is this key's, over this text."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(made, text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def read_note(whole: str, source: str = "") -> Note:
    """The note of a text; anything that is not exactly one is refused with the reason."""
    if len(whole) > LONGEST:
        raise NoNote(f"it has {len(whole)} characters; a checkpoint has a few hundred")
    text, blank, signatures = whole.rpartition("\n\n")
    if not blank:
        raise NoNote("it has no blank line before its signatures")
    text += "\n"
    return Note(read_checkpoint(text), text, tuple(_signature(line) for line in _lines(signatures)), source)


def read_checkpoint(text: str) -> Checkpoint:
    """What the lines of a checkpoint state."""
    lines = _lines(text)
    if len(lines) != 6:
        raise NoNote(f"a checkpoint has 6 lines before its signatures, and this has {len(lines)}")
    origin, size, root, *said = lines
    words = [line.partition(" ") for line in said]
    if (
        not KEY_NAME.fullmatch(origin)
        or not SIZE.fullmatch(size)
        or [key for key, _, _ in words] != ["head", "at", "app"]
    ):
        raise NoNote("its lines are not origin, size, root, head, at and app")
    head, at, app = (value for _, _, value in words)
    if len(_decoded(root)) != HASH_BYTES or not re.fullmatch(r"[0-9a-f]{64}", head) or not INSTANT.fullmatch(at):
        raise NoNote("its root, head or instant is not one")
    made = Checkpoint(origin, int(size), _decoded(root), head, at, app)
    if made.text != text:
        raise NoNote("it is not spelt as a checkpoint is")
    return made


def candidates(content: str) -> Iterator[str]:
    """What may be notes in a text of any kind: a file of them, a saved mail, a file whose last note was torn off.

    Each begins with an origin of this program and ends with its last signature, or where no signature follows.
    """
    lines = content.replace("\r\n", "\n").splitlines(keepends=True)
    starts = [place for place, line in enumerate(lines) if line.startswith(LOGS) and "+" not in line]  # a key has one
    for start, following in pairwise([*starts, len(lines)]):
        end = next((place for place in range(start, following) if not lines[place].strip()), following) + 1
        while end < following and lines[end].startswith(DASH):
            end += 1
        yield "".join(lines[start:end])


def newest(notes: Iterable[Note]) -> Note | None:
    """The note of the most events, of equal ones the later."""
    return max(notes, key=lambda note: (note.checkpoint.size, note.checkpoint.at), default=None)


def _lines(text: str) -> list[str]:
    if not text.endswith("\n"):
        raise NoNote("its last line is cut off")
    lines = text[:-1].split("\n")
    if any(character < " " for line in lines for character in line):
        raise NoNote("it holds a control character")
    return lines


def _signature(line: str) -> tuple[str, bytes, bytes]:
    found = LINE.fullmatch(line)
    if found is None:
        raise NoNote("a line after the blank line is no signature")
    stored = _decoded(found[2])
    if len(stored) <= KEY_ID_BYTES:
        raise NoNote("a signature is too short")
    return found[1], stored[:KEY_ID_BYTES], stored[KEY_ID_BYTES:]


def _decoded(coded: str) -> bytes:
    """The bytes of base64 text in its one spelling; nothing where it is none."""
    try:
        found = b64decode(coded, validate=True)
    except ValueError:
        return b""
    return found if b64encode(found).decode() == coded else b""

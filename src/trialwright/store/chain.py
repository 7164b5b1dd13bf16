"""The hash chain: what a header holds, what is hashed, and the Merkle tree that grows with it.

An event's hash is SHA-256(0x00 || header), which is also a leaf of RFC 9162 (Certificate Transparency 2.0), so one
hash serves the chain and the tree. The payload enters by a salted commitment, SHA-256(0x02 || salt || body): without
the salt a sex, a date or a grade could be guessed from its hash, and with it a payload can be erased and the chain
still holds. The first event follows SHA-256("genesis" || protocol hash). docs/reference/ledger-format.md says the same
to whoever writes a second verifier. Read `header_of` first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

HEADER_VERSION = 1
HASH_BYTES = 32
HEADER_KEYS = (
    "v", "chain", "seq", "id", "prev", "pc", "sub", "part", "stream", "sv", "type", "actor", "role", "site",
    "session-hash", "at", "tz", "reason", "proto-hash", "app",
)  # fmt: skip
SIGNATURE_KEY = "signature-meaning"
STUDY_CHAIN, SYSTEM_CHAIN = "study:", "system"
SIMULATED = "+simulated"  # the local label of the program version in every header of a rehearsal

HeaderValue = str | int | None
EMPTY_TREE = sha256(b"").digest()


def event_hash(header: str) -> bytes:
    """The hash of an event: a leaf of the tree and the `prev` of the event after it."""
    return sha256(b"\x00" + header.encode()).digest()


def payload_commitment(salt: bytes, body: str) -> bytes:
    """What the header says of the payload, so that erasing the payload breaks nothing."""
    return sha256(b"\x02" + salt + body.encode()).digest()


def genesis(protocol_hash: str | None) -> bytes:
    """What the first event of a chain follows: the protocol under which it was recorded, or none."""
    return sha256(b"genesis" + bytes.fromhex(protocol_hash or "")).digest()


def header_problem(header: Mapping[str, object]) -> str | None:
    """Why a header is not one of this format, or None."""
    missing = [key for key in HEADER_KEYS if key not in header]
    unknown = [key for key in header if key not in HEADER_KEYS and key != SIGNATURE_KEY]
    if missing or unknown:
        return f"header lacks {missing} and has unknown {unknown}"
    if header["v"] != HEADER_VERSION:
        return f"header version {header['v']!r} is not known to this program (it knows {HEADER_VERSION})"
    return None


def is_simulated(app: object) -> bool:
    """Whether the program version in a header marks a rehearsal.

    >>> is_simulated("0.1.0+simulated"), is_simulated("0.1.0")
    (True, False)
    """
    return str(app).endswith(SIMULATED)


def node(left: bytes, right: bytes) -> bytes:
    """An inner node of the tree."""
    return sha256(b"\x01" + left + right).digest()


def grow(frontier: Sequence[bytes], size: int, leaf: bytes) -> tuple[bytes, ...]:
    """The frontier after one more leaf: the roots of the full subtrees, largest first.

    Each full subtree is a set bit of the size; a new leaf closes as many of them as the size has trailing ones.

    >>> [len(grow((b"",) * bin(size).count("1"), size, b"")) for size in range(4)]
    [1, 1, 2, 1]
    """
    stack = list(frontier)
    closing, size_left = leaf, size
    while size_left & 1:
        closing = node(stack.pop(), closing)
        size_left >>= 1
    return (*stack, closing)


def grow_by(frontier: Sequence[bytes], size: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """The frontier after many more leaves, a level of the tree at a time.

    >>> len(grow_by((b"",) * 2, 3, (b"",) * 4))
    3
    """
    stack, left_open, row = list(frontier), list[bytes](), list(leaves)
    while row:
        if size & 1:
            row.insert(0, stack.pop())
        if len(row) & 1:
            left_open.append(row.pop())
        row = [sha256(b"\x01" + left + right).digest() for left, right in zip(row[::2], row[1::2], strict=True)]
        size >>= 1
    return (*stack, *reversed(left_open))


def root(frontier: Sequence[bytes]) -> bytes:
    """The Merkle tree hash of RFC 9162 §2.1.1 from its frontier."""
    if not frontier:
        return EMPTY_TREE
    *larger, top = frontier
    for subtree in reversed(larger):
        top = node(subtree, top)
    return top


def pack(frontier: Sequence[bytes]) -> bytes:
    """The frontier as stored: 32 bytes for each full subtree, largest first."""
    return b"".join(frontier)


def unpack(stored: bytes) -> tuple[bytes, ...]:
    """The frontier from its stored bytes."""
    return tuple(stored[at : at + HASH_BYTES] for at in range(0, len(stored), HASH_BYTES))

"""Proofs from the tree over a chain's events: that one event is in it, and that a later state holds an earlier one.

The tree is that of RFC 9162 §2.1 over the events' hashes (`store.chain`). An inclusion proof (§2.1.3) shows one event
without showing the others; a consistency proof (§2.1.4) shows that nothing before an earlier checkpoint was changed.
Whoever checks a proof needs the two roots and nothing of the ledger. Read `consistency_proof`, then `is_consistent`.
"""

from __future__ import annotations

from collections.abc import Sequence

from trialwright.store.chain import grow, node, root

Proof = tuple[bytes, ...]


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaves; of one leaf, the leaf.

    >>> root_of([b"the only event"])
    b'the only event'
    """
    frontier: tuple[bytes, ...] = ()
    for size, leaf in enumerate(leaves):
        frontier = grow(frontier, size, leaf)
    return root(frontier)


def inclusion_proof(leaves: Sequence[bytes], index: int) -> Proof:
    """PATH(index, leaves) of RFC 9162 §2.1.3.1: what is needed beside the event's hash to reach the root.

    >>> [leaf.decode() for leaf in inclusion_proof([b"first", b"second"], 0)]
    ['second']
    """
    _refuse_outside(index, 0, len(leaves) - 1, "event")
    if len(leaves) == 1:
        return ()
    half = _half(len(leaves))
    if index < half:
        return (*inclusion_proof(leaves[:half], index), root_of(leaves[half:]))
    return (*inclusion_proof(leaves[half:], index - half), root_of(leaves[:half]))


def is_included(leaf: bytes, index: int, size: int, proof: Proof, tree: bytes) -> bool:
    """Whether the proof shows the event at this index, counted from 0, in the tree (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node(step, found)
            place, last = _past_zeros(place, last)
        else:
            found = node(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == tree


def consistency_proof(leaves: Sequence[bytes], earlier: int) -> Proof:
    """PROOF(earlier, leaves) of RFC 9162 §2.1.4.1: that the tree of these leaves begins with its earlier self."""
    _refuse_outside(earlier, 1, len(leaves), "size")
    return _subproof(leaves, earlier, whole=True)


def is_consistent(earlier: int, later: int, proof: Proof, earlier_root: bytes, later_root: bytes) -> bool:
    """Whether the proof shows that the later tree begins with the earlier one (RFC 9162 §2.1.4.2)."""
    if not 0 < earlier <= later:
        return False
    if earlier == later:
        return not proof and earlier_root == later_root
    path = (earlier_root, *proof) if earlier & (earlier - 1) == 0 else proof
    place, last = _past_ones(earlier - 1, later - 1)
    if not path:
        return False
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node(step, old), node(step, new)
            place, last = _past_zeros(place, last)
        else:
            new = node(new, step)
        place, last = place >> 1, last >> 1
    return last == 0 and (old, new) == (earlier_root, later_root)


def _subproof(leaves: Sequence[bytes], earlier: int, whole: bool) -> Proof:
    """SUBPROOF of RFC 9162 §2.1.4.1; `whole` says that the earlier root is known to whoever checks."""
    if earlier == len(leaves):
        return () if whole else (root_of(leaves),)
    half = _half(len(leaves))
    if earlier <= half:
        return (*_subproof(leaves[:half], earlier, whole), root_of(leaves[half:]))
    return (*_subproof(leaves[half:], earlier - half, whole=False), root_of(leaves[:half]))


def _half(size: int) -> int:
    """The largest power of two below the size.

    >>> [_half(size) for size in (2, 3, 4, 5, 8, 9)]
    [1, 2, 2, 4, 4, 8]
    """
    return 1 << (size - 1).bit_length() - 1


def _past_zeros(place: int, last: int) -> tuple[int, int]:
    """Up the tree until the node is a right child, or the left edge is reached."""
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def _past_ones(place: int, last: int) -> tuple[int, int]:
    while place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def _refuse_outside(value: int, first: int, last: int, what: str) -> None:
    if not first <= value <= last:
        raise ValueError(f"There is no {what} {value} in this tree; it has {first} to {last}.")

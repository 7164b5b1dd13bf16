"""The Merkle tree of the chain, against the recursive definition of RFC 9162 §2.1.1."""

from __future__ import annotations

from hashlib import sha256

import pytest

from trialwright.store import chain


def tree_by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162: split at the largest power of two below n; leaves here are the entries themselves."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + tree_by_definition(leaves[:split]) + tree_by_definition(leaves[split:])).digest()


# The eight entries of the test tree that Certificate Transparency implementations share.
SHARED_ENTRIES = [
    bytes.fromhex(entry)
    for entry in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
SHARED_ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


@pytest.mark.parametrize("size", range(70))
def test_the_frontier_gives_the_root_of_the_definition(size):
    entries = [str(number) for number in range(size)]
    frontier: tuple[bytes, ...] = ()
    for place, entry in enumerate(entries):
        frontier = chain.grow(frontier, place, chain.event_hash(entry))
    assert chain.root(chain.unpack(chain.pack(frontier))) == tree_by_definition([e.encode() for e in entries])
    assert len(frontier) == bin(size).count("1")


@pytest.mark.parametrize(("size", "root"), SHARED_ROOTS.items())
def test_the_root_of_the_shared_test_tree_is_the_published_one(size, root):
    frontier: tuple[bytes, ...] = ()
    for place, entry in enumerate(SHARED_ENTRIES[:size]):
        frontier = chain.grow(frontier, place, sha256(b"\x00" + entry).digest())
    assert chain.root(frontier).hex() == root


def test_the_empty_tree_is_the_hash_of_nothing():
    assert chain.root(()).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

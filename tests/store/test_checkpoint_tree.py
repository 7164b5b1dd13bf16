"""Proofs against a tree built by brute force from the definition, and against published values.

The roots and proofs of seven leaves are those of the example in RFC 9162 §2.1.5, built here node by node by hand; the
roots of eight leaves are those that the reference implementations of Certificate Transparency test with.
"""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.store.checkpoints.tree import (
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    root_of,
)

REFERENCE_INPUTS = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip
REFERENCE_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaf(data: bytes) -> bytes:
    return sha256(b"\0" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def brute(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162 §2.1.1, word for word: split at the largest power of two below n."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node(brute(leaves[:k]), brute(leaves[k:]))


def leaves_of(size: int) -> list[bytes]:
    return [leaf(b"event %d" % number) for number in range(size)]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_those_of_the_reference_implementations(size):
    leaves = [leaf(bytes.fromhex(one)) for one in REFERENCE_INPUTS[:size]]
    assert root_of(leaves).hex() == REFERENCE_ROOTS[size - 1]


def test_the_example_of_seven_leaves():
    a, b, c, d, e, f, j = leaves = leaves_of(7)
    g, h, i = node(a, b), node(c, d), node(e, f)
    k, ell = node(g, h), node(i, j)
    assert root_of(leaves) == node(k, ell)
    assert inclusion_proof(leaves, 0) == (b, h, ell)
    assert inclusion_proof(leaves, 3) == (c, g, ell)
    assert inclusion_proof(leaves, 4) == (f, j, k)
    assert inclusion_proof(leaves, 6) == (i, k)
    assert consistency_proof(leaves, 3) == (c, d, g, ell)
    assert consistency_proof(leaves, 4) == (ell,)
    assert consistency_proof(leaves, 6) == (i, j, k)


@pytest.mark.parametrize("size", range(1, 34))
def test_every_event_and_every_earlier_size_is_proved_up_to_33_events(size):
    leaves = leaves_of(size)
    tree = brute(leaves)
    assert root_of(leaves) == tree
    for index in range(size):
        proof = inclusion_proof(leaves, index)
        assert is_included(leaves[index], index, size, proof, tree)
        assert [n for n in range(size) if is_included(leaves[index], n, size, proof, tree)] == [index]
    for earlier in range(1, size + 1):
        proof = consistency_proof(leaves, earlier)
        assert is_consistent(earlier, size, proof, brute(leaves[:earlier]), tree)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_proof_with_anything_changed_proves_nothing(data):
    size = data.draw(st.integers(2, 40))
    leaves = leaves_of(size)
    tree, index = brute(leaves), data.draw(st.integers(0, size - 1))
    earlier = data.draw(st.integers(1, size - 1))
    proofs = [list(inclusion_proof(leaves, index)), list(consistency_proof(leaves, earlier))]
    for proof, holds in zip(
        proofs,
        (
            lambda changed: is_included(leaves[index], index, size, tuple(changed), tree),
            lambda changed: is_consistent(earlier, size, tuple(changed), brute(leaves[:earlier]), tree),
        ),
        strict=True,
    ):
        place = data.draw(st.integers(0, len(proof) - 1))
        swapped = [*proof[:place], leaf(b"another"), *proof[place + 1 :]]
        shorter, longer = [*proof[:place], *proof[place + 1 :]], [*proof, leaf(b"more")]
        assert [holds(one) for one in (proof, swapped, shorter, longer)] == [True, False, False, False]


@settings(max_examples=100, deadline=None)
@given(st.integers(2, 60), st.data())
def test_a_tree_whose_past_was_rewritten_is_never_consistent(size, data):
    leaves = leaves_of(size)
    earlier = data.draw(st.integers(1, size - 1))
    changed = data.draw(st.integers(0, earlier - 1))
    rewritten = [*leaves[:changed], leaf(b"rewritten"), *leaves[changed + 1 :]]
    for honest in (leaves, rewritten):
        proof = consistency_proof(honest, earlier)
        assert not is_consistent(earlier, size, proof, brute(leaves[:earlier]), brute(rewritten))


@pytest.mark.parametrize(("earlier", "later"), [(0, 5), (6, 5), (-1, 5)])
def test_sizes_that_cannot_be_prove_nothing_and_are_refused(earlier, later):
    leaves = leaves_of(later)
    assert not is_consistent(earlier, later, (), brute([]), brute(leaves))
    with pytest.raises(ValueError, match=f"no size {earlier} "):
        consistency_proof(leaves, earlier)


@pytest.mark.parametrize("index", [-1, 5])
def test_an_event_outside_the_tree_has_no_proof(index):
    leaves = leaves_of(5)
    assert not is_included(leaves[0], index, 5, inclusion_proof(leaves, 0), brute(leaves))
    with pytest.raises(ValueError, match=f"no event {index} "):
        inclusion_proof(leaves, index)

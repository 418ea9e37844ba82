"""The tree: emptiness, batches, proofs, snapshots, refusals."""

from __future__ import annotations

import pytest

from prover.errors import IndexOutOfRange, NotAFieldElement, WrongLength
from prover.reference.field import R
from prover.types import Crypto, Proof

TAG = 3


def test_tree_without_leaves_has_the_root_of_empty_nodes(crypto: Crypto) -> None:
    node = 0
    for depth in range(1, 22):
        node = crypto.poseidon([node] * 8, TAG)
        assert crypto.tree(depth, TAG).root == node


def test_tree_of_depth_one_is_one_hash(crypto: Crypto) -> None:
    tree = crypto.tree(1, TAG, {i: i + 10 for i in range(8)})
    assert tree.root == crypto.poseidon(range(10, 18), TAG)
    assert (tree.depth, tree.tag) == (1, TAG)
    assert [tree.leaf(i) for i in range(8)] == list(range(10, 18))
    assert tree.proof(2) == Proof(2, 12, ((10, 11, 13, 14, 15, 16, 17),))


def test_node_at_each_height_is_the_hash_of_its_children(crypto: Crypto) -> None:
    tree = crypto.tree(3, TAG, {0: 1, 9: 2, 100: 3, 511: R - 1})
    for height in (1, 2, 3):
        for index in range(8 ** (3 - height)):
            children = [tree.node(height - 1, 8 * index + digit) for digit in range(8)]
            assert tree.node(height, index) == crypto.poseidon(children, TAG)
    assert tree.node(3, 0) == tree.root
    assert tree.node(0, 511) == tree.leaf(511) == R - 1


def test_update_with_zero_empties_the_leaf(crypto: Crypto) -> None:
    tree = crypto.tree(2, TAG, {5: 1, 6: 2})
    tree.update({5: 0, 6: 0})
    assert tree.root == crypto.tree(2, TAG).root
    assert tree.leaf(5) == 0


def test_update_in_one_batch_or_many_gives_the_same_root(crypto: Crypto) -> None:
    changes = {i * 7 % 64: i for i in range(20)}
    together, apart = crypto.tree(2, TAG), crypto.tree(2, TAG)
    together.update(changes)
    for index, leaf in changes.items():
        apart.update({index: leaf})
    apart.update({})
    assert together.root == apart.root == crypto.tree(2, TAG, changes).root


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({1: 5, 64: 5}, IndexOutOfRange),
        ({1: 5, -1: 5}, IndexOutOfRange),
        ({1: 5, 2**70: 5}, IndexOutOfRange),
        ({1: 5, 2: R}, NotAFieldElement),
        ({1: 5, 2: -1}, NotAFieldElement),
    ],
)
def test_update_with_one_bad_change_raises_and_changes_nothing(
    crypto: Crypto, changes: dict[int, int], error: type[Exception]
) -> None:
    tree = crypto.tree(2, TAG, {1: 1})
    before = tree.root
    with pytest.raises(error):
        tree.update(changes)
    assert tree.root == before
    assert tree.leaf(1) == 1


def test_snapshot_and_original_do_not_see_each_others_updates(crypto: Crypto) -> None:
    tree = crypto.tree(2, TAG, {1: 1})
    before = tree.root
    snapshot = tree.snapshot()
    tree.update({1: 2})
    assert (snapshot.root, snapshot.leaf(1)) == (before, 1)
    after = tree.root
    snapshot.update({1: 3})
    assert (tree.root, tree.leaf(1)) == (after, 2)
    assert snapshot.root == crypto.tree(2, TAG, {1: 3}).root
    assert (snapshot.depth, snapshot.tag) == (2, TAG)


@pytest.mark.parametrize("index", [-1, 64, 2**64, 2**300])
def test_access_beyond_the_leaves_raises_with_the_index(crypto: Crypto, index: int) -> None:
    tree = crypto.tree(2, TAG)
    for refuse in (tree.leaf, tree.proof, lambda bad: tree.proofs([0, bad]), lambda bad: tree.node(0, bad)):
        with pytest.raises(IndexOutOfRange) as raised:
            refuse(index)
        assert (raised.value.index, raised.value.bound) == (index, 64)


@pytest.mark.parametrize(
    ("height", "index", "bad", "bound"), [(3, 0, 3, 3), (-1, 0, -1, 3), (2, 1, 1, 1), (1, 8, 8, 8)]
)
def test_node_outside_the_tree_raises(crypto: Crypto, height: int, index: int, bad: int, bound: int) -> None:
    with pytest.raises(IndexOutOfRange) as raised:
        crypto.tree(2, TAG).node(height, index)
    assert (raised.value.index, raised.value.bound) == (bad, bound)


def test_root_of_a_proof_with_anything_changed_is_another_root(crypto: Crypto) -> None:
    tree = crypto.tree(2, TAG, {i: i + 1 for i in range(0, 64, 5)})
    proof = tree.proof(10)
    assert crypto.root_of(proof, TAG) == tree.root
    lowest, highest = proof.siblings
    changed = [
        proof._replace(leaf=proof.leaf + 1),
        proof._replace(index=11),
        proof._replace(siblings=((lowest[0] + 1, *lowest[1:]), highest)),
        proof._replace(siblings=(lowest, (*highest[:-1], highest[-1] + 1))),
    ]
    for other in changed:
        assert crypto.root_of(other, TAG) != tree.root
    assert crypto.root_of(proof, TAG + 1) != tree.root


@pytest.mark.parametrize("depth", [-1, 0, 22, 100])
def test_tree_of_impossible_depth_raises_with_the_depth(crypto: Crypto, depth: int) -> None:
    with pytest.raises(WrongLength) as raised:
        crypto.tree(depth, TAG)
    assert raised.value.actual == depth

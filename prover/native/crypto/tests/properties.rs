//! Properties over random and adversarial inputs: fast ways equal slow ways.

use std::collections::BTreeMap;

use ark_ff::{AdditiveGroup, PrimeField};
use proptest::prelude::*;
use zkclear_crypto::curve::{BASE8, GENERATOR, IDENTITY, Point, SUBGROUP_ORDER};
use zkclear_crypto::eddsa::{PublicKey, Signature, SigningKey, verify, verify_many};
use zkclear_crypto::tree::{ARITY, Tree, root_of};
use zkclear_crypto::{Error, Fr, Integer, poseidon};

fn elements() -> impl Strategy<Value = Fr> {
    prop_oneof![
        1 => Just(Fr::ZERO),
        1 => Just(-Fr::from(1u64)),
        6 => any::<[u8; 32]>().prop_map(|bytes| Fr::from_le_bytes_mod_order(&bytes)),
    ]
}

fn integers() -> impl Strategy<Value = Integer> {
    any::<[u64; 4]>().prop_map(Integer::new)
}

/// Points of the whole curve, most of them outside the subgroup.
fn points() -> impl Strategy<Value = Point> {
    prop_oneof![1 => (0u64..8).prop_map(torsion), 6 => integers().prop_map(|scalar| GENERATOR.multiply(&scalar))]
}

/// The eight points of small order.
fn torsion(multiple: u64) -> Point {
    GENERATOR
        .multiply(&SUBGROUP_ORDER)
        .multiply(&Integer::from(multiple))
}

fn signed(seed: u64) -> (PublicKey, Fr, Signature) {
    let mut secret = [0u8; 32];
    secret[..8].copy_from_slice(&seed.to_le_bytes());
    let key = SigningKey::new(&secret).unwrap();
    let message = Fr::from(seed) * Fr::from(u128::MAX);
    (
        PublicKey::new(*key.public_key()).unwrap(),
        message,
        key.sign(&message),
    )
}

/// What can be wrong with a signature that is well-formed.
#[derive(Clone, Debug)]
enum Spoil {
    Nothing,
    Message,
    Scalar,
    /// R8 moved by a point of small order.
    NonceTorsion(u64),
    /// R8 is a point of small order.
    NonceSmall(u64),
    /// A key moved by a point of small order: the challenge changes with it.
    KeyTorsion(u64),
    ForeignNonce(Point),
}

fn spoils() -> impl Strategy<Value = Spoil> {
    prop_oneof![
        6 => Just(Spoil::Nothing),
        1 => Just(Spoil::Message),
        1 => Just(Spoil::Scalar),
        3 => (1u64..8).prop_map(Spoil::NonceTorsion),
        1 => (0u64..8).prop_map(Spoil::NonceSmall),
        1 => (1u64..8).prop_map(Spoil::KeyTorsion),
        1 => points().prop_map(Spoil::ForeignNonce),
    ]
}

fn spoilt(
    (key, message, signature): (PublicKey, Fr, Signature),
    spoil: &Spoil,
) -> (PublicKey, Fr, Signature) {
    let with_nonce = |r8| Signature::new(r8, *signature.s()).unwrap();
    match spoil {
        Spoil::Nothing => (key, message, signature),
        Spoil::Message => (key, message + Fr::from(1u64), signature),
        Spoil::Scalar => (
            key,
            message,
            Signature::new(*signature.r8(), Integer::from(5u64)).unwrap(),
        ),
        Spoil::NonceTorsion(multiple) => (
            key,
            message,
            with_nonce(signature.r8().add(&torsion(*multiple))),
        ),
        Spoil::NonceSmall(multiple) => (key, message, with_nonce(torsion(*multiple))),
        Spoil::KeyTorsion(multiple) => (
            PublicKey::new(key.point().add(&torsion(*multiple))).unwrap(),
            message,
            signature,
        ),
        Spoil::ForeignNonce(point) => (key, message, with_nonce(*point)),
    }
}

/// S·B8 = R8 + h·8A, by the book.
fn verify_by_the_book(key: &PublicKey, message: &Fr, signature: &Signature) -> bool {
    let (r8, a) = (signature.r8(), key.point());
    let challenge = poseidon::hash(&[r8.x(), r8.y(), a.x(), a.y(), *message], Fr::ZERO).unwrap();
    let right = r8.add(
        &a.multiply(&Integer::from(8u64))
            .multiply(&challenge.into_bigint()),
    );
    BASE8.multiply(signature.s()) == right
}

#[test]
fn verify_many_refuses_torsion_that_cancels() {
    // Two and more nonces whose parts of small order sum to nothing: a plain random sum would let them pass.
    for multiples in [
        vec![4, 4],
        vec![1, 7],
        vec![2, 6],
        vec![4; 8],
        vec![1; 8],
        vec![2, 2, 4],
        (1..8).collect(),
    ] {
        for repeat in [1, 2, 40] {
            let mut items: Vec<_> = (0..64).map(signed).collect();
            let mut expected = vec![true; items.len()];
            for (i, multiple) in multiples
                .iter()
                .cycle()
                .take(repeat * multiples.len())
                .enumerate()
            {
                let position = i * 7 % 64;
                items[position] = spoilt(signed(position as u64), &Spoil::NonceTorsion(*multiple));
                expected[position] = false;
            }
            assert_eq!(verify_many(&items), expected, "{multiples:?}");
        }
    }
}

#[test]
fn verify_many_finds_pairs_of_wrong_scalars_that_cancel() {
    // S₁ + δ and S₂ - δ: equal coefficients would hide them.
    let mut items: Vec<_> = (0..32).map(signed).collect();
    let mut up = *items[3].2.s();
    let mut down = *items[9].2.s();
    (up.0[0], down.0[0]) = (up.0[0] ^ 1, down.0[0] ^ 1);
    items[3].2 = Signature::new(*items[3].2.r8(), up).unwrap();
    items[9].2 = Signature::new(*items[9].2.r8(), down).unwrap();
    let answers = verify_many(&items);
    assert_eq!(answers.iter().filter(|valid| !**valid).count(), 2);
    assert!(!answers[3] && !answers[9]);
}

#[test]
fn verify_many_of_nothing_is_nothing() {
    assert!(verify_many(&[]).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn verify_many_equals_single_verification(spoils in prop::collection::vec(spoils(), 1..70), repeat in any::<bool>()) {
        let seed = |i: usize| if repeat { i as u64 % 3 } else { i as u64 };
        let items: Vec<_> = spoils.iter().enumerate().map(|(i, spoil)| spoilt(signed(seed(i)), spoil)).collect();
        let single: Vec<bool> = items.iter().map(|(key, message, signature)| verify(key, message, signature)).collect();
        prop_assert_eq!(&verify_many(&items), &single);
        for ((key, message, signature), valid) in items.iter().zip(&single) {
            prop_assert_eq!(verify_by_the_book(key, message, signature), *valid);
        }
    }

    #[test]
    fn sign_gives_what_verifies(secret in any::<[u8; 32]>(), message in elements()) {
        let key = SigningKey::new(&secret).unwrap();
        let signature = key.sign(&message);
        let public = PublicKey::new(*key.public_key()).unwrap();
        prop_assert!(verify(&public, &message, &signature));
        prop_assert!(!verify(&public, &(message + Fr::from(1u64)), &signature));
    }

    #[test]
    fn addition_is_a_group_and_multiplication_its_powers(a in points(), b in points(), c in points(), m in any::<u64>(), n in any::<u64>()) {
        prop_assert_eq!(a.add(&b), b.add(&a));
        prop_assert_eq!(a.add(&b).add(&c), a.add(&b.add(&c)));
        prop_assert_eq!(a.add(&IDENTITY), a);
        prop_assert_eq!(a.add(&Point::new(-a.x(), a.y()).unwrap()), IDENTITY);
        let (m, n) = (u128::from(m), u128::from(n));
        let wide = |k: u128| Integer::new([k as u64, (k >> 64) as u64, 0, 0]);
        prop_assert_eq!(a.multiply(&wide(m)).add(&a.multiply(&wide(n))), a.multiply(&wide(m + n)));
        prop_assert_eq!(a.multiply(&wide(m)).multiply(&wide(n)), a.multiply(&wide(m * n)));
    }

    #[test]
    fn keys_of_small_order_are_those_that_eight_kills(point in points()) {
        let small = point.multiply(&Integer::from(8u64)) == IDENTITY;
        prop_assert_eq!(point.check_key().is_err(), small);
        prop_assert_eq!(point.is_in_subgroup(), point.multiply(&SUBGROUP_ORDER) == IDENTITY);
    }

    #[test]
    fn unpack_undoes_pack(point in points()) {
        prop_assert_eq!(Point::unpack(&point.pack()).unwrap(), point);
    }

    #[test]
    fn unpack_accepts_only_what_pack_gives(bytes in any::<[u8; 32]>()) {
        if let Ok(point) = Point::unpack(&bytes) {
            prop_assert_eq!(point.pack(), bytes);
        }
    }

    #[test]
    fn tree_equals_naive_recomputation(
        depth in 1usize..4,
        batches in prop::collection::vec(prop::collection::vec((any::<u64>(), elements()), 0..90), 1..5),
        tag in elements(),
    ) {
        let mut tree = Tree::new(depth, tag).unwrap();
        let mut leaves = BTreeMap::new();
        for batch in batches {
            let (before, root_before) = (tree.clone(), tree.root());
            let batch: Vec<_> = batch.into_iter().map(|(index, leaf)| (index % tree.capacity(), leaf)).collect();
            tree.update(&batch).unwrap();
            leaves.extend(batch);

            let rows = naive(&leaves, depth, tag);
            prop_assert_eq!(tree.root(), rows[depth][0]);
            for (height, row) in rows.iter().enumerate() {
                for (index, node) in row.iter().enumerate() {
                    prop_assert_eq!(tree.node(height, index as u64).unwrap(), *node);
                }
            }
            for index in [0, tree.capacity() - 1, tree.capacity() / 3] {
                let proof = tree.proof(index).unwrap();
                prop_assert_eq!(proof.leaf, tree.leaf(index).unwrap());
                prop_assert_eq!(root_of(&proof, tag).unwrap(), tree.root());
            }
            prop_assert_eq!(before.root(), root_before);
        }
    }

    #[test]
    fn update_with_an_error_changes_nothing(index in any::<u64>(), leaf in elements()) {
        let mut tree = Tree::new(2, Fr::ZERO).unwrap();
        tree.update(&[(5, Fr::from(9u64))]).unwrap();
        let root = tree.root();
        let outside = index.max(64);
        prop_assert_eq!(tree.update(&[(1, leaf), (outside, leaf)]), Err(Error::IndexOutOfRange { index: outside, bound: 64 }));
        prop_assert_eq!(tree.root(), root);
        prop_assert_eq!(tree.leaf(1).unwrap(), Fr::ZERO);
    }
}

#[test]
fn tree_emptied_again_is_the_empty_tree() {
    let empty = Tree::new(4, Fr::from(3u64)).unwrap();
    let mut tree = empty.clone();
    let indices: Vec<u64> = (0..300).map(|i| i * 13).collect();
    tree.update(
        &indices
            .iter()
            .map(|index| (*index, Fr::from(index + 1)))
            .collect::<Vec<_>>(),
    )
    .unwrap();
    assert_ne!(tree.root(), empty.root());
    tree.update(
        &indices
            .iter()
            .map(|index| (*index, Fr::ZERO))
            .collect::<Vec<_>>(),
    )
    .unwrap();
    assert_eq!(tree.root(), empty.root());
}

/// Every row of the tree, leaves first.
fn naive(leaves: &BTreeMap<u64, Fr>, depth: usize, tag: Fr) -> Vec<Vec<Fr>> {
    let mut rows = vec![
        (0..1 << (3 * depth))
            .map(|i| leaves.get(&i).copied().unwrap_or(Fr::ZERO))
            .collect::<Vec<_>>(),
    ];
    for height in 0..depth {
        rows.push(
            rows[height]
                .chunks(ARITY)
                .map(|children| poseidon::hash(children, tag).unwrap())
                .collect(),
        );
    }
    rows
}

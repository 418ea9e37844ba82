//! What each verb costs: `RAYON_NUM_THREADS=1 cargo run --release -p zkclear-crypto --example measure`.

use std::hint::black_box;
use std::time::Instant;

use zkclear_crypto::curve::{BASE8, Point};
use zkclear_crypto::eddsa::{PublicKey, SigningKey, verify, verify_many};
use zkclear_crypto::tree::Tree;
use zkclear_crypto::{Fr, Integer, ethereum, lists, poseidon};

/// The best round within a second, in microseconds an item.
fn measure<Result>(name: &str, items: u32, mut work: impl FnMut() -> Result) {
    black_box(work());
    let (begin, mut best) = (Instant::now(), f64::INFINITY);
    while begin.elapsed().as_secs_f64() < 1.0 {
        let start = Instant::now();
        black_box(work());
        best = best.min(start.elapsed().as_secs_f64() * 1e6 / f64::from(items));
    }
    println!("{name:<44} {best:>9.2} µs {:>12.0} /s", 1e6 / best);
}

fn main() {
    let element = |i: u64| Fr::from(i) * Fr::from(u128::MAX) + Fr::from(17u64);
    for arity in [1usize, 2, 5, 8, 16] {
        let inputs: Vec<Fr> = (0..arity as u64).map(element).collect();
        measure(&format!("poseidon, {arity} inputs"), 1000, || {
            (0..1000)
                .map(|_| poseidon::hash(black_box(&inputs), Fr::from(1u64)).unwrap())
                .sum::<Fr>()
        });
    }
    let rows: Vec<[Fr; 2]> = (0..10_000).map(|i| [element(i), element(i + 1)]).collect();
    measure("poseidon_many, 10,000 rows of 2", 10_000, || {
        poseidon::hash_many(&rows, Fr::from(1u64))
    });
    let list: Vec<Fr> = (0..256).map(element).collect();
    measure("hash_list, 256 elements (a list)", 1, || {
        lists::hash_list(&list, 1)
    });

    let keys: Vec<SigningKey> = (0..1024u32)
        .map(|i| SigningKey::new(&ethereum::keccak256(&i.to_be_bytes())).unwrap())
        .collect();
    measure("public key", 64, || {
        (0..64u8)
            .map(|i| SigningKey::new(&[i; 32]).unwrap().public_key().x())
            .sum::<Fr>()
    });
    measure("sign, key expanded", 64, || {
        (0..64).map(|i| *keys[0].sign(&element(i)).s()).max()
    });
    let items: Vec<_> = keys
        .iter()
        .enumerate()
        .map(|(i, key)| {
            (
                PublicKey::new(*key.public_key()).unwrap(),
                element(i as u64),
                key.sign(&element(i as u64)),
            )
        })
        .collect();
    measure("verify", 256, || {
        items[..256]
            .iter()
            .all(|(key, message, signature)| verify(key, message, signature))
    });
    for count in [16, 64, 256, 1024] {
        measure(
            &format!("verify_many, {count} signatures and keys"),
            count,
            || verify_many(&items[..count as usize]),
        );
    }
    let many: Vec<_> = (0..16_384).map(|i| items[i % 1024]).collect();
    measure("verify_many, 16,384 by 1,024 keys", 16_384, || {
        verify_many(&many)
    });
    let mut bad = items.clone();
    bad[500].1 = element(0);
    measure("verify_many, 1,024, one misfit", 1024, || verify_many(&bad));
    bad.iter_mut().for_each(|item| item.1 = element(0));
    measure("verify_many, 1,024, all misfits", 1024, || {
        verify_many(&bad)
    });

    let scalar = Integer::new([0x1234_5678_9abc_def0; 4]);
    measure("multiply", 16, || {
        (0..16)
            .map(|_| BASE8.multiply(black_box(&scalar)).x())
            .sum::<Fr>()
    });
    measure("unpack_point", 16, || {
        (0..16)
            .map(|_| Point::unpack(black_box(&BASE8.pack())).unwrap().x())
            .sum::<Fr>()
    });
    measure("is_in_subgroup", 16, || {
        (0..16).all(|_| black_box(BASE8).is_in_subgroup())
    });

    let mut tree = Tree::new(7, Fr::from(3u64)).unwrap();
    let random = |i: u64| i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 43;
    tree.update(
        &(0..200_000)
            .map(|i| (random(i), element(i)))
            .collect::<Vec<_>>(),
    )
    .unwrap();
    let mut round = 0;
    measure("tree, depth 7, updates in batches of 1,024", 1024, || {
        round += 1024;
        tree.update(
            &(round..round + 1024)
                .map(|i| (random(i * 7), element(i)))
                .collect::<Vec<_>>(),
        )
    });
    measure("tree, the same onto a snapshot", 1024, || {
        round += 1024;
        tree.clone().update(
            &(round..round + 1024)
                .map(|i| (random(i * 7), element(i)))
                .collect::<Vec<_>>(),
        )
    });
    measure("tree, snapshot", 1000, || {
        (0..1000).map(|_| tree.clone().depth()).sum::<usize>()
    });
    measure("tree, proof", 100, || {
        (0..100)
            .map(|i| tree.proof(random(i)).unwrap().leaf)
            .sum::<Fr>()
    });

    measure("keccak256, 64 bytes", 1000, || {
        (0..1000)
            .map(|_| ethereum::keccak256(black_box(&[7; 64]))[0])
            .max()
    });
    let digest = ethereum::keccak256(b"digest");
    let mut signature = [1u8; 65];
    signature[64] = 27;
    while ethereum::recover(&digest, &signature).is_err() {
        signature[0] += 1;
    }
    measure("recover", 16, || {
        (0..16)
            .map(|_| ethereum::recover(&digest, &signature).unwrap()[0])
            .max()
    });
}

//! Figures of the engine, beside arkworks'.
//!
//! `cargo run --release -p zkclear-engine --example bench [-- WORD…]` prints microseconds a point
//! for both groups and nanoseconds a butterfly of the quotient's six transforms, on one thread and
//! on all. Words narrow it down: `g1`, `g2`, `fft`, `ifma`, `portable`, `ark`, `one` (thread), and
//! logarithms of sizes (16, 17 and 18 where none is given). Wall time is the least of several
//! runs, processor time their mean.

use ark_bn254::{Fr, G1Projective, G2Projective};
use ark_ec::{PrimeGroup, ScalarMul, VariableBaseMSM};
use ark_ff::{PrimeField, UniformRand};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use rand::SeedableRng;
use std::time::Instant;
use zkclear_engine::{Domain, Engine, G1Bases, G2Bases, Simd, msm_g1, msm_g2};

/// What was asked for.
struct Wishes(Vec<String>);

impl Wishes {
    /// True where the word, or none of its kind, was given.
    fn include(&self, word: &str, kind: &[&str]) -> bool {
        let given = |word: &str| self.0.iter().any(|w| w == word);
        given(word) || !kind.iter().any(|other| given(other))
    }
}

/// Seconds on the wall and seconds of processor time.
#[derive(Clone, Copy)]
struct Seconds {
    wall: f64,
    processor: f64,
}

/// Processor time of the process so far, where Linux tells it, in its ticks of 10 ms; else zero.
fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Fields are counted behind the name, which is in parentheses: user and system time.
    let fields = text
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    let ticks: f64 = fields
        .skip(11)
        .take(2)
        .filter_map(|f| f.parse::<f64>().ok())
        .sum();
    ticks * 0.01
}

/// The least of several runs on the wall and their mean in processor time, on the given number of
/// threads.
fn fastest<R: Send>(threads: usize, runs: usize, work: impl Fn() -> R + Sync) -> Seconds {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.expect("threads").install(|| {
        let before = processor_seconds();
        let mut wall = f64::MAX;
        for _ in 0..runs {
            let start = Instant::now();
            std::hint::black_box(work());
            wall = wall.min(start.elapsed().as_secs_f64());
        }
        let processor = (processor_seconds() - before) / runs as f64;
        Seconds { wall, processor }
    })
}

fn report(what: &str, log: u32, engine: &str, threads: usize, least: Seconds, scale: f64) {
    let unit = if what == "FFT" {
        "ns a butterfly"
    } else {
        "µs a point"
    };
    let Seconds { wall, processor } = least;
    println!(
        "{what:3} 2^{log}  {engine:8}  threads {threads}  wall {:8.3}  processor {:8.3}  {unit}",
        wall * scale,
        processor * scale
    );
}

fn main() {
    let wishes = Wishes(std::env::args().skip(1).collect());
    let logs: Vec<u32> = wishes.0.iter().filter_map(|w| w.parse().ok()).collect();
    let logs = if logs.is_empty() {
        vec![16, 17, 18]
    } else {
        logs
    };
    let part = |word| wishes.include(word, &["g1", "g2", "fft"]);
    let engine = |word| wishes.include(word, &["ifma", "portable", "ark"]);
    let all = std::thread::available_parallelism().map_or(1, |n| n.get());
    let threads = match wishes.0.iter().any(|w| w == "one") || all == 1 {
        true => vec![1],
        false => vec![1, all],
    };
    let engines: Vec<Engine> = [Simd::Ifma, Simd::Portable]
        .into_iter()
        .filter_map(|simd| Engine::forced(simd).ok())
        .filter(|e| engine(e.name()))
        .collect();
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);

    for log in logs {
        let n = 1usize << log;
        let multipliers: Vec<Fr> = (0..n).map(|_| Fr::rand(&mut rng)).collect();
        let scalars: Vec<Fr> = (0..n).map(|_| Fr::rand(&mut rng)).collect();
        let canonical: Vec<[u64; 4]> = scalars.iter().map(|s| s.into_bigint().0).collect();
        macro_rules! msm {
            ($name:literal, $word:literal, $group:ty, $bases:ty, $msm:ident) => {
                if part($word) {
                    let points = <$group>::generator().batch_mul(&multipliers);
                    let scale = 1e6 / n as f64;
                    for engine in &engines {
                        let bases = <$bases>::new(*engine, &points);
                        for &t in &threads {
                            let best = fastest(t, 8, || $msm(&bases, &canonical));
                            report($name, log, engine.name(), t, best, scale);
                        }
                    }
                    if engine("ark") {
                        let best = fastest(1, 2, || <$group>::msm_unchecked(&points, &scalars));
                        report($name, log, "ark", 1, best, scale);
                    }
                }
            };
        }
        msm!("G1", "g1", G1Projective, G1Bases, msm_g1);
        msm!("G2", "g2", G2Projective, G2Bases, msm_g2);
        if part("fft") {
            let butterflies = f64::from(log) * (n / 2) as f64;
            for engine in &engines {
                let domain = Domain::new(*engine, n).expect("a power of two");
                for &t in &threads {
                    let best = fastest(t, 30, || domain.quotient(&multipliers, &scalars));
                    report(
                        "FFT",
                        log,
                        engine.name(),
                        t,
                        best,
                        1e9 / (6.0 * butterflies),
                    );
                }
            }
            if engine("ark") {
                let domain = Radix2EvaluationDomain::<Fr>::new(n).expect("small enough");
                let best = fastest(1, 8, || domain.fft(&scalars));
                report("FFT", log, "ark", 1, best, 1e9 / butterflies);
            }
        }
    }
}

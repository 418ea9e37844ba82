//! From digits to bucket sums: a counting sort, then a tree inside every bucket.
//!
//! Bucket k of a window collects the points whose digit is k or −k, the latter negated. Its points
//! are summed as a tree: neighbours are added in pairs, then the sums in pairs, until one is left.
//! Pairs never depend on each other, so all buckets advance together, level by level, in the
//! batches of [`super::add`]; a bucket of any size is as good as many small ones.
//!
//! Buckets are worked off in blocks of some thousand points, so that all levels above the first
//! stay in the core's own cache.

use super::add::{Adder, Tasks};
use super::coordinate::Coordinate;
use super::digits::{Recoded, Window};
use crate::lanes::{Lanes, Line};
use ark_ff::{BigInt, PrimeField};
use std::ops::Range;

/// Points that a block of buckets aims to hold.
const BLOCK: usize = 16_384;

/// The codes of all points of a window, bucket after bucket.
pub struct Sorted {
    codes: Vec<u32>,
    /// Where bucket k + 1 starts; one more entry marks the end.
    starts: Vec<u32>,
}

/// Sorts the scalars' points by their digit in a window.
pub fn sort(window: &Window, recoded: &Recoded) -> Sorted {
    let buckets = window.buckets();
    let count = recoded.reaching(window);
    let words = &recoded.words[..count];
    // Bucket times two, plus one where the point is to be negated; bucket 0 is dropped.
    let mut keys = Vec::with_capacity(count);
    let mut counts = vec![0u32; buckets + 1];
    keys.extend(words.iter().map(|words| {
        let digit = window.digit(words);
        let bucket = digit.unsigned_abs();
        counts[bucket as usize] += 1;
        let negative = u32::from(digit < 0) ^ (words[3] >> 63) as u32;
        bucket << 1 | negative
    }));
    let mut starts = Vec::with_capacity(buckets + 1);
    let mut total = 0;
    for count in &counts[1..] {
        starts.push(total);
        total += count;
    }
    starts.push(total);
    // Bucket 0 is written too, behind the others: no branch in the loop.
    let mut codes = vec![0u32; count];
    let mut next = vec![total];
    next.extend_from_slice(&starts[..buckets]);
    for (key, point) in keys.iter().zip(&recoded.points) {
        let slot = &mut next[(key >> 1) as usize];
        codes[*slot as usize] = point << 1 | key & 1;
        *slot += 1;
    }
    // Pairing reads a few codes too many.
    codes.truncate(total as usize);
    codes.resize(total as usize + 8, 0);
    Sorted { codes, starts }
}

impl Sorted {
    /// Cuts the buckets into ranges of about a block's points each.
    pub fn blocks(&self) -> Vec<Range<usize>> {
        let mut blocks = Vec::new();
        let mut first = 0;
        for bucket in 0..self.starts.len() - 1 {
            let points = (self.starts[bucket + 1] - self.starts[first]) as usize;
            if points >= BLOCK || bucket + 2 == self.starts.len() {
                blocks.push(first..bucket + 1);
                first = bucket + 1;
            }
        }
        blocks
    }
}

/// The memory of one worker.
pub struct Workspace<C: Coordinate> {
    pub adder: Adder<C>,
    pub tasks: Tasks,
    /// Sums of the levels, taking turns; the last point of each is scratch space.
    levels: [Vec<Line>; 2],
    lengths: Vec<u32>,
    /// Points without a partner.
    left: Tasks,
}

impl<C: Coordinate> Default for Workspace<C> {
    fn default() -> Self {
        Self {
            adder: Adder::default(),
            tasks: Tasks::default(),
            levels: [Vec::new(), Vec::new()],
            lengths: Vec::new(),
            left: Tasks::default(),
        }
    }
}

impl<C: Coordinate> Workspace<C> {
    /// Sums a range of buckets into `sums`, one point a bucket, all zero where it is empty.
    pub fn sum_buckets(
        &mut self,
        bases: &[Line],
        sorted: &Sorted,
        range: Range<usize>,
        sums: &mut [Line],
    ) {
        let starts = &sorted.starts[range.start..=range.end];
        let codes = &sorted.codes[starts[0] as usize..];
        self.adder.seen_infinity = false;
        self.lengths.clear();
        self.lengths.extend(starts.windows(2).map(|s| s[1] - s[0]));
        let [even, odd] = &mut self.levels;
        reserve::<C>(even, &self.lengths, 1);
        reserve::<C>(odd, &self.lengths, 2);

        let mut more = pair_up(&mut self.lengths, &mut self.tasks, &mut self.left, |k| {
            codes[k]
        });
        copy_left::<C>(bases, even, &self.left);
        self.adder.run(bases, even, &mut self.tasks);
        let (mut source, mut target) = (even, odd);
        while more {
            let code = |k: usize| (k as u32) << 1;
            more = pair_up(&mut self.lengths, &mut self.tasks, &mut self.left, code);
            copy_left::<C>(source, target, &self.left);
            self.adder.run(source, target, &mut self.tasks);
            (source, target) = (target, source);
        }
        let mut next = source.chunks_exact(C::LINES);
        for (length, sum) in self.lengths.iter().zip(sums.chunks_exact_mut(C::LINES)) {
            match length {
                0 => sum.fill(Line::default()),
                _ => sum.copy_from_slice(next.next().expect("one sum a bucket")),
            }
        }
    }
}

/// Makes room for all sums that the given halving of the buckets can leave.
fn reserve<C: Coordinate>(level: &mut Vec<Line>, lengths: &[u32], halvings: u32) {
    let points: usize = lengths
        .iter()
        .map(|&length| length.div_ceil(1 << halvings) as usize)
        .sum();
    let lines = (points + 1) * C::LINES;
    // `run` takes the end of the vector for scratch space, wherever it is.
    if level.len() < lines {
        level.resize(lines, Line::default());
    }
}

/// Pairs up every bucket's points, names those that are left over, halves the lengths; true where
/// some bucket still holds more than one.
///
/// Four pairs are written at a time, whether a bucket has so many left or not, and overwritten by
/// the next bucket's: the number of rounds is then nearly always what the processor expects.
#[inline(always)]
fn pair_up(
    lengths: &mut [u32],
    tasks: &mut Tasks,
    left: &mut Tasks,
    code: impl Fn(usize) -> u32,
) -> bool {
    const ROUND: usize = 4;
    left.clear();
    let total: usize = lengths.iter().map(|&length| length as usize / 2).sum();
    tasks.pairs.resize(total + ROUND, [0; 2]);
    tasks.out.resize(total + ROUND, 0);
    let (mut read, mut write, mut task) = (0, 0, 0);
    let mut longest = 0;
    for length in lengths {
        let count = (*length / 2) as usize;
        for start in (0..count).step_by(ROUND) {
            let round = task + start..task + start + ROUND;
            let pairs = tasks.pairs[round.clone()].iter_mut();
            for (k, (pair, out)) in pairs.zip(&mut tasks.out[round]).enumerate() {
                let first = read + 2 * (start + k);
                *pair = [code(first), code(first + 1)];
                *out = (write + start + k) as u32;
            }
        }
        task += count;
        read += 2 * count;
        write += count;
        if *length % 2 == 1 {
            left.push([code(read); 2], write as u32);
            read += 1;
            write += 1;
        }
        *length -= count as u32;
        longest = longest.max(*length);
    }
    tasks.pairs.truncate(total);
    tasks.out.truncate(total);
    longest > 1
}

/// Copies the points that have no partner, with their signs.
fn copy_left<C: Coordinate>(source: &[Line], target: &mut [Line], left: &Tasks) {
    const AHEAD: usize = 16;
    C::Lanes::vectorize(
        #[inline(always)]
        || {
            for (k, (pair, &out)) in left.pairs.iter().zip(&left.out).enumerate() {
                if let Some(later) = left.pairs.get(k + AHEAD) {
                    C::prefetch(source, &[*later]);
                }
                copy_signed::<C>(source, pair[0], target, out);
            }
        },
    );
}

/// Copies a point, negated where its code says so.
fn copy_signed<C: Coordinate>(source: &[Line], code: u32, target: &mut [Line], out: u32) {
    let from = (code >> 1) as usize * C::LINES;
    let to = out as usize * C::LINES;
    let target = &mut target[to..to + C::LINES];
    target.copy_from_slice(&source[from..from + C::LINES]);
    if code & 1 == 1 {
        // y is the second half of one line, or both halves of the second.
        let last = &mut target[C::LINES - 1].0;
        for half in last.chunks_exact_mut(4).skip(2 - C::LINES) {
            negate(half);
        }
    }
}

/// p − y for canonical y; zero stays zero.
fn negate(words: &mut [u64]) {
    if words == [0; 4] {
        return;
    }
    let BigInt(p) = ark_bn254::Fq::MODULUS;
    let mut borrow = false;
    for (word, p) in words.iter_mut().zip(p) {
        let (d, first) = p.overflowing_sub(*word);
        let (d, second) = d.overflowing_sub(u64::from(borrow));
        (*word, borrow) = (d, first | second);
    }
}

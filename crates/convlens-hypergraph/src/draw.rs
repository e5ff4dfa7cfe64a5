//! Seeded draws whose algorithms are our own, so that a new version of `rand` cannot change
//! results.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Uniform in [0, 1), a multiple of 2^-53.
pub(crate) fn unit(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

/// Uniform in `0..bound` (`bound >= 1`), without bias (Lemire 2019, algorithm 5).
pub(crate) fn below(bound: usize, rng: &mut ChaCha8Rng) -> usize {
    let bound = bound as u64;
    let reject_under = bound.wrapping_neg() % bound;
    loop {
        let product = u128::from(rng.next_u64()) * u128::from(bound);
        if product as u64 >= reject_under {
            return (product >> 64) as usize;
        }
    }
}

/// Fisher-Yates from the back.
pub(crate) fn shuffle<T>(items: &mut [T], rng: &mut ChaCha8Rng) {
    for i in (1..items.len()).rev() {
        items.swap(i, below(i + 1, rng));
    }
}

/// Fills `order` with permutation number `index` of `0..order.len()`: a function of seed, index and
/// length alone, so every layer of a network sees the same permutations.
pub(crate) fn permutation(order: &mut [u32], seed: u64, index: u64) {
    for (i, slot) in order.iter_mut().enumerate() {
        *slot = i as u32;
    }
    shuffle_u32(order, &mut stream(seed, index));
}

/// Fills `into` with `from` in the order of permutation number `index`: item i is that at
/// `order[i]` of [`permutation`].
pub(crate) fn permuted<T: Copy>(from: &[T], into: &mut [T], seed: u64, index: u64) {
    into.copy_from_slice(from);
    shuffle_u32(into, &mut stream(seed, index));
}

fn stream(seed: u64, index: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(index + 1);
    rng
}

/// As [`shuffle`], by 32-bit draws: the streams of permutations and splits.
pub(crate) fn shuffle_u32<T>(order: &mut [T], rng: &mut ChaCha8Rng) {
    for i in (1..order.len()).rev() {
        let j = below_u32(i as u32 + 1, rng);
        order.swap(i, j as usize);
    }
}

/// Uniform in `0..bound`, without bias (Lemire 2019, "Fast random integer generation in an
/// interval", algorithm 5).
fn below_u32(bound: u32, rng: &mut ChaCha8Rng) -> u32 {
    loop {
        let product = u64::from(rng.next_u32()) * u64::from(bound);
        // The remainder is below the bound: a division is seldom needed.
        let low = product as u32;
        if low >= bound || low >= bound.wrapping_neg() % bound {
            return (product >> 32) as u32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_uniform() {
        // 5 and 24 cells, 24,000 draws each. Chi-squared exceeds 24.5 (4 degrees of freedom) and
        // 58.6 (23) with probability 6e-5 each.
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let (mut fifths, mut orders) = ([0.0; 5], std::collections::HashMap::new());
        let mut sum = 0.0;
        for _ in 0..24_000 {
            fifths[below(5, &mut rng)] += 1.0;
            let mut order = [0, 1, 2, 3];
            shuffle(&mut order, &mut rng);
            *orders.entry(order).or_insert(0.0) += 1.0;
            let u = unit(&mut rng);
            assert!((0.0..1.0).contains(&u));
            sum += u;
        }
        let chi2 = |seen: &mut dyn Iterator<Item = f64>, expected: f64| -> f64 {
            seen.map(|n| (n - expected).powi(2) / expected).sum()
        };
        assert!(chi2(&mut fifths.into_iter(), 4800.0) < 24.5);
        assert_eq!(orders.len(), 24);
        assert!(chi2(&mut orders.into_values(), 1000.0) < 58.6);
        // Mean of 24,000 uniforms: four standard deviations are 4 / sqrt(12 x 24,000) = 0.0075.
        assert!((sum / 24_000.0 - 0.5).abs() < 0.0075);
    }

    #[test]
    fn permutations_are_uniform() {
        // 24 orders of 4 items, 24,000 draws: chi-squared with 23 degrees of freedom exceeds 58.6
        // with probability 6e-5 under uniformity.
        let mut seen = std::collections::HashMap::new();
        let mut order = [0; 4];
        for index in 0..24_000 {
            permutation(&mut order, 5, index);
            *seen.entry(order).or_insert(0.0) += 1.0;
        }
        assert_eq!(seen.len(), 24);
        let chi2: f64 = seen
            .values()
            .map(|n| (n - 1000.0_f64).powi(2) / 1000.0)
            .sum();
        assert!(chi2 < 58.6, "{chi2}");
    }

    #[test]
    fn items_move_as_their_indices_do() {
        let items: Vec<u8> = (0..200).map(|i| (i * 7 % 256) as u8).collect();
        let (mut order, mut moved) = ([0; 200], vec![0; 200]);
        for index in 0..20 {
            permutation(&mut order, 3, index);
            permuted(&items, &mut moved, 3, index);
            for (&from, &item) in order.iter().zip(&moved) {
                assert_eq!(item, items[from as usize]);
            }
        }
    }

    #[test]
    fn streams_are_frozen() {
        // Kept so that a change of generator or algorithm is noticed: published seeds must repeat.
        let mut order = [0; 8];
        permutation(&mut order, 0, 0);
        assert_eq!(order, [7, 0, 1, 4, 3, 2, 5, 6]);
        permutation(&mut order, 42, 998);
        assert_eq!(order, [2, 3, 6, 0, 7, 5, 1, 4]);
    }
}

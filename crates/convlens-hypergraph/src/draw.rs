//! Seeded draws whose algorithms are our own, so that a new version of `rand` cannot change results.

use rand::Rng;
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

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

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
}

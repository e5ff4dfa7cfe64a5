//! The test of a set of vectors.

use rand_chacha::ChaCha8Rng;

use super::haar_null::{direction, p_value, stream};
use super::statistics::{dot, ks_distance, normalised};
use super::{HaarNull, SetNull, VectorSetOutcome, VectorSetTest, VectorTest};
use crate::error::RmtError;

/// Sets draw from streams of their own, beyond those of single vectors.
const SET_STREAMS: u64 = 1 << 63;

impl HaarNull {
    /// Tests a set of vectors, one after the other in `vectors`: each alone, with p-values adjusted for their number, and all
    /// entries pooled against simulated sets of the same size.
    ///
    /// # Errors
    ///
    /// [`RmtError::VectorLength`] when `vectors` is empty or no multiple of `n` long, [`RmtError::NonFinite`] on NaN or an infinity.
    ///
    /// # Complexity
    ///
    /// `O(B k n (k + log(k n)))` for `k` orthonormal vectors: 0.1 s for 8 of 256 entries and 999 replicates. Pass the leading ones.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{HaarNull, SetNull, VectorSetOutcome};
    ///
    /// // Two rows of a Hadamard matrix: all moduli equal, far too even for chance.
    /// let null = HaarNull::new(16, 199, 3)?;
    /// let rows: Vec<f64> = (0..32).map(|i| if i < 16 || i % 2 == 0 { 0.25 } else { -0.25 }).collect();
    /// let VectorSetOutcome::Test(set) = null.test_set(&rows, SetNull::Orthonormal)? else {
    ///     panic!("two vectors of 16 entries");
    /// };
    /// assert_eq!(set.pooled_p_value, 0.005);
    /// assert_eq!(set.adjusted_p_values, [0.01, 0.01]);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn test_set(&self, vectors: &[f64], null: SetNull) -> Result<VectorSetOutcome, RmtError> {
        let fits = !vectors.is_empty() && vectors.len().is_multiple_of(self.n);
        self.check(vectors, fits)?;
        let count = vectors.len() / self.n;
        if null == SetNull::Orthonormal && count > self.n {
            return Ok(VectorSetOutcome::TooManyVectors { count, n: self.n });
        }
        let mut units = Vec::with_capacity(vectors.len());
        for (index, row) in vectors.chunks_exact(self.n).enumerate() {
            match normalised(row) {
                Some(unit) => units.extend(unit),
                None => return Ok(VectorSetOutcome::ZeroVector { index }),
            }
        }
        let tests: Vec<VectorTest> = units
            .chunks_exact(self.n)
            .map(|unit| self.test_unit(unit))
            .collect();
        let observed = self.pooled(&mut units);
        let extreme = (0..self.replicates() as u64)
            .filter(|b| {
                let mut set = frame(self.n, count, null, &mut stream(self.seed, SET_STREAMS + b));
                self.pooled(&mut set) >= observed
            })
            .count();
        Ok(VectorSetOutcome::Test(VectorSetTest {
            adjusted_p_values: holm(&tests),
            vectors: tests,
            pooled_ks_distance: observed,
            pooled_p_value: p_value(extreme, self.replicates()),
            null,
            replicates: self.replicates(),
            seed: self.seed,
        }))
    }

    /// Distance of all entries together; they are overwritten by `sqrt(n) |v|`, ascending.
    fn pooled(&self, entries: &mut [f64]) -> f64 {
        let root = (self.n as f64).sqrt();
        for v in &mut *entries {
            *v = root * v.abs();
        }
        ks_distance(entries, &self.table)
    }
}

/// `count` random directions, made orthonormal by Gram and Schmidt's process, twice, if so asked: Haar on the frames.
fn frame(n: usize, count: usize, null: SetNull, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let mut rows: Vec<f64> = Vec::with_capacity(n * count);
    while rows.len() < n * count {
        let mut new = direction(n, rng);
        if null == SetNull::Orthonormal {
            for _ in 0..2 {
                for row in rows.chunks_exact(n) {
                    let overlap = dot(row, &new);
                    for (x, y) in new.iter_mut().zip(row) {
                        *x -= overlap * y;
                    }
                }
                match normalised(&new) {
                    Some(unit) => new = unit,
                    None => break,
                }
            }
        }
        rows.extend(new);
    }
    rows
}

/// Holm's step-down adjustment of the Kolmogorov-Smirnov p-values.
fn holm(tests: &[VectorTest]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..tests.len()).collect();
    order.sort_by(|&a, &b| tests[a].ks_p_value.total_cmp(&tests[b].ks_p_value));
    let mut adjusted = vec![0.0; tests.len()];
    let mut least = 0.0_f64;
    for (rank, &i) in order.iter().enumerate() {
        least = least.max((tests.len() - rank) as f64 * tests[i].ks_p_value);
        adjusted[i] = least.min(1.0);
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_orthonormal() {
        let rows = frame(12, 12, SetNull::Orthonormal, &mut stream(1, 0));
        for (i, a) in rows.chunks_exact(12).enumerate() {
            for (j, b) in rows.chunks_exact(12).enumerate() {
                let expected = if i == j { 1.0 } else { 0.0 };
                // Twelve roundings of products under 1.
                assert!((dot(a, b) - expected).abs() < 1e-14);
            }
        }
    }
}

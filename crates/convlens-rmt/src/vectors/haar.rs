//! Singular vectors against random directions, simulated once for every vector of a length.

use std::fmt;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::Distribution;
use rand_distr::StandardNormal;
use statrs::function::gamma::digamma;

use crate::error::{MOST_REPLICATES, RmtError, require};
use crate::vectors::porter_thomas::{CdfTable, PorterThomas};

/// The end of the test of one vector.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Outcome {
    /// The statistics and their p-values.
    Test(Test),
    /// All entries are zero: there is no direction.
    ZeroVector,
}

impl Outcome {
    /// The test, if there is one.
    #[must_use]
    pub fn value(&self) -> Option<&Test> {
        match self {
            Outcome::Test(test) => Some(test),
            Outcome::ZeroVector => None,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Test(test) => write!(
                f,
                "participation ratio {:.1}, where a random direction has {:.1} (p = {:.3})",
                test.participation_ratio,
                test.expected_participation_ratio,
                test.participation_p_value
            ),
            Self::ZeroVector => f.write_str("the vector is zero and has no direction"),
        }
    }
}

/// One vector against random directions.
///
/// Every p-value is `(1 + number of replicates at least as extreme) / (B + 1)`, by simulation of
/// `B` Haar vectors of the same length, so that the dependence between entries of a unit vector is
/// in it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Test {
    /// Number of entries.
    pub n: usize,
    /// Kolmogorov-Smirnov distance (supremum) of the `n v_i^2` to the exact
    /// [`PorterThomas`](crate::vectors::PorterThomas) law.
    pub ks_distance: f64,
    /// Its p-value: small for entries of another law, localized or too even.
    pub ks_p_value: f64,
    /// `1 / sum v_i^4`: `n` for equal moduli, 1 for a coordinate axis.
    pub participation_ratio: f64,
    /// `(n + 2) / 3`, what random directions give: `E[sum v_i^4] = 3 / (n + 2)`.
    pub expected_participation_ratio: f64,
    /// One-sided p-value of a participation ratio as small: localization.
    pub participation_p_value: f64,
    /// `-sum v_i^2 log v_i^2`, in nats.
    pub entropy: f64,
    /// `psi(n/2 + 1) - psi(3/2)`, its mean for random directions.
    pub expected_entropy: f64,
    /// One-sided p-value of an entropy as small: localization.
    pub entropy_p_value: f64,
    /// Number of replicates `B`.
    pub replicates: usize,
    /// Seed of the simulation.
    pub seed: u64,
}

/// How the vectors of a set depend on each other under the null.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SetNull {
    /// Orthonormal frames, as the singular vectors of one matrix. The default.
    #[default]
    Orthonormal,
    /// Independent directions, as those of several matrices.
    Independent,
}

/// The end of the test of a set of vectors.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SetOutcome {
    /// The tests, one by one and pooled.
    Test(SetTest),
    /// All entries of a vector are zero.
    ZeroVector {
        /// Position of the vector.
        index: usize,
    },
    /// More vectors than entries cannot be orthonormal.
    TooManyVectors {
        /// Number of vectors.
        count: usize,
        /// Number of entries.
        n: usize,
    },
}

impl SetOutcome {
    /// The test, if there is one.
    #[must_use]
    pub fn value(&self) -> Option<&SetTest> {
        match self {
            SetOutcome::Test(test) => Some(test),
            _ => None,
        }
    }
}

impl fmt::Display for SetOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Test(set) => write!(
                f,
                "{} vectors lie {:.3} from random directions (p = {:.3})",
                set.vectors.len(),
                set.pooled_ks_distance,
                set.pooled_p_value
            ),
            Self::ZeroVector { index } => write!(f, "vector {index} is zero and has no direction"),
            Self::TooManyVectors { count, n } => {
                write!(f, "{count} vectors of {n} entries cannot be orthonormal")
            }
        }
    }
}

/// A set of vectors against random directions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SetTest {
    /// The test of each vector, in the order given.
    pub vectors: Vec<Test>,
    /// `ks_p_value` of each, adjusted by Holm (1979): the chance that any is as small, whatever
    /// their dependence. Never under `count / (B + 1)` for the least: a larger set needs more
    /// replicates.
    pub adjusted_p_values: Vec<f64>,
    /// Kolmogorov-Smirnov distance of all entries together.
    pub pooled_ks_distance: f64,
    /// Its p-value, by simulation of whole sets.
    pub pooled_p_value: f64,
    /// How the simulated sets depend.
    pub null: SetNull,
    /// Number of replicates `B`.
    pub replicates: usize,
    /// Seed of the simulation.
    pub seed: u64,
}

/// The reference of the tests of singular vectors: `B` Haar vectors of `n` entries, with the
/// statistics of each.
///
/// A singular vector of a matrix of independent Gaussian entries is spread evenly over the sphere;
/// learned structure shows as localized or otherwise unlikely entries (Thamm, Staats and Rosenow
/// 2022, arXiv 2203.14661). The entries of one unit vector are not independent, so that tables of
/// the Kolmogorov-Smirnov statistic do not hold: p-values here come from the simulation alone, and
/// are exact but for its size, whatever the statistic.
///
/// # Complexity
///
/// `O(B n log n)` to build, once for a length; a test is `O(n log n)`.
///
/// # Example
///
/// ```
/// use convlens_rmt::{vectors, HaarNull};
///
/// let null = HaarNull::new(64, 999, 7)?;
/// let mut axis = vec![0.0; 64];
/// axis[5] = 1.0;
/// let vectors::Outcome::Test(test) = null.test(&axis)? else {
///     panic!("not a zero vector");
/// };
/// assert_eq!((test.participation_ratio, test.entropy), (1.0, 0.0));
/// assert_eq!(test.expected_participation_ratio, 22.0);
/// assert_eq!(test.participation_p_value, 0.001);
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[doc(alias = "singular_vectors")]
#[doc(alias = "participation_ratio")]
#[doc(alias = "localization")]
#[derive(Debug, Clone)]
pub struct HaarNull {
    pub(super) n: usize,
    pub(super) seed: u64,
    pub(super) table: CdfTable,
    /// Each ascending.
    ks: Vec<f64>,
    inverse_participation: Vec<f64>,
    entropy: Vec<f64>,
}

impl HaarNull {
    /// The fewest entries: below, a vector says nothing about a law.
    pub const MIN_ENTRIES: usize = 8;

    /// Simulates `replicates` vectors of `n` entries; replicate `b` draws from stream `b` of
    /// ChaCha8 seeded with `seed`. 999 replicates make 0.001 the least p-value.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] unless `8 <= n <= 10^7` and `1 <= replicates <= 10^6`.
    pub fn new(n: usize, replicates: usize, seed: u64) -> Result<Self, RmtError> {
        require(
            (Self::MIN_ENTRIES..=10_000_000).contains(&n),
            "n",
            n as f64,
            "from 8 to 10^7",
        )?;
        require(
            (1..=MOST_REPLICATES).contains(&replicates),
            "replicates",
            replicates as f64,
            "from 1 to 10^6",
        )?;
        let table = CdfTable::new(PorterThomas::of_dimension(n)?);
        let (mut ks, mut inverse_participation, mut entropy) = (
            Vec::with_capacity(replicates),
            Vec::with_capacity(replicates),
            Vec::with_capacity(replicates),
        );
        let mut scratch = Vec::with_capacity(n);
        for b in 0..replicates as u64 {
            let vector = direction(n, &mut stream(seed, b));
            let statistics = of_unit(&vector, &table, &mut scratch);
            ks.push(statistics.ks);
            inverse_participation.push(statistics.inverse_participation);
            entropy.push(statistics.entropy);
        }
        for statistic in [&mut ks, &mut inverse_participation, &mut entropy] {
            statistic.sort_by(f64::total_cmp);
        }
        Ok(Self {
            n,
            seed,
            table,
            ks,
            inverse_participation,
            entropy,
        })
    }

    /// Number of entries.
    #[must_use]
    pub fn n(&self) -> usize {
        self.n
    }

    /// Number of replicates.
    #[must_use]
    pub fn replicates(&self) -> usize {
        self.ks.len()
    }

    /// Seed of the simulation.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Tests one vector, which is scaled to unit length first.
    ///
    /// # Errors
    ///
    /// [`RmtError::VectorLength`] when it has not `n` entries, [`RmtError::NonFinite`] on NaN or an
    /// infinity.
    pub fn test(&self, vector: &[f64]) -> Result<Outcome, RmtError> {
        self.check(vector, vector.len() == self.n)?;
        Ok(match normalized(vector) {
            Some(unit) => Outcome::Test(self.test_unit(&unit)),
            None => Outcome::ZeroVector,
        })
    }

    pub(super) fn check(&self, entries: &[f64], fits: bool) -> Result<(), RmtError> {
        if !fits {
            return Err(RmtError::VectorLength {
                given: entries.len(),
                n: self.n,
            });
        }
        match entries.iter().position(|v| !v.is_finite()) {
            Some(index) => Err(RmtError::NonFinite {
                index,
                value: entries[index],
            }),
            None => Ok(()),
        }
    }

    pub(super) fn test_unit(&self, unit: &[f64]) -> Test {
        let statistics = of_unit(unit, &self.table, &mut Vec::with_capacity(self.n));
        let n = self.n as f64;
        let replicates = self.replicates();
        Test {
            n: self.n,
            ks_distance: statistics.ks,
            ks_p_value: p_value(at_least(&self.ks, statistics.ks), replicates),
            participation_ratio: 1.0 / statistics.inverse_participation,
            expected_participation_ratio: (n + 2.0) / 3.0,
            participation_p_value: p_value(
                at_least(
                    &self.inverse_participation,
                    statistics.inverse_participation,
                ),
                replicates,
            ),
            entropy: statistics.entropy,
            expected_entropy: digamma(0.5 * n + 1.0) - digamma(1.5),
            entropy_p_value: p_value(
                self.entropy.partition_point(|&e| e <= statistics.entropy),
                replicates,
            ),
            replicates,
            seed: self.seed,
        }
    }
}

/// Number of values that are at least `observed`.
fn at_least(sorted: &[f64], observed: f64) -> usize {
    sorted.len() - sorted.partition_point(|&v| v < observed)
}

pub(super) fn p_value(extreme: usize, replicates: usize) -> f64 {
    (1 + extreme) as f64 / (1 + replicates) as f64
}

pub(super) fn stream(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}

/// A direction spread evenly over the sphere: a Gaussian vector, scaled.
pub(super) fn direction(n: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
    loop {
        let vector: Vec<f64> = (0..n).map(|_| StandardNormal.sample(rng)).collect();
        // A Gaussian vector of zeros has probability 0.
        if let Some(unit) = normalized(&vector) {
            return unit;
        }
    }
}

/// Sets draw from streams of their own, beyond those of single vectors.
const SET_STREAMS: u64 = 1 << 63;

impl HaarNull {
    /// Tests a set of vectors, one after the other in `vectors`: each alone, with p-values adjusted
    /// for their number, and all entries pooled against simulated sets of the same size.
    ///
    /// # Errors
    ///
    /// [`RmtError::VectorLength`] when `vectors` is empty or no multiple of `n` long,
    /// [`RmtError::NonFinite`] on NaN or an infinity.
    ///
    /// # Complexity
    ///
    /// `O(B k n (k + log(k n)))` for `k` orthonormal vectors: 0.1 s for 8 of 256 entries and 999
    /// replicates. Pass the leading ones.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{HaarNull, vectors::{self, SetNull}};
    ///
    /// // Two rows of a Hadamard matrix: all moduli equal, far too even for chance.
    /// let null = HaarNull::new(16, 199, 3)?;
    /// let rows: Vec<f64> = (0..32).map(|i| if i < 16 || i % 2 == 0 { 0.25 } else { -0.25 }).collect();
    /// let vectors::SetOutcome::Test(set) = null.test_set(&rows, SetNull::Orthonormal)? else {
    ///     panic!("two vectors of 16 entries");
    /// };
    /// assert_eq!(set.pooled_p_value, 0.005);
    /// assert_eq!(set.adjusted_p_values, [0.01, 0.01]);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn test_set(&self, vectors: &[f64], null: SetNull) -> Result<SetOutcome, RmtError> {
        let fits = !vectors.is_empty() && vectors.len().is_multiple_of(self.n);
        self.check(vectors, fits)?;
        let count = vectors.len() / self.n;
        if null == SetNull::Orthonormal && count > self.n {
            return Ok(SetOutcome::TooManyVectors { count, n: self.n });
        }
        let mut units = Vec::with_capacity(vectors.len());
        for (index, row) in vectors.chunks_exact(self.n).enumerate() {
            match normalized(row) {
                Some(unit) => units.extend(unit),
                None => return Ok(SetOutcome::ZeroVector { index }),
            }
        }
        let tests: Vec<Test> = units
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
        Ok(SetOutcome::Test(SetTest {
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

/// `count` random directions, made orthonormal by Gram and Schmidt's process, twice, if so asked:
/// Haar on the frames.
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
                match normalized(&new) {
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
fn holm(tests: &[Test]) -> Vec<f64> {
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

/// Distance to the law and two measures of localization.
#[derive(Debug, Clone, Copy)]
pub(super) struct Statistics {
    pub(super) ks: f64,
    /// `sum v_i^4`.
    pub(super) inverse_participation: f64,
    /// `-sum v_i^2 log v_i^2`.
    pub(super) entropy: f64,
}

/// Of a unit vector; `scratch` is left with `sqrt(n) |v_i|`, ascending.
pub(super) fn of_unit(vector: &[f64], table: &CdfTable, scratch: &mut Vec<f64>) -> Statistics {
    let (mut inverse_participation, mut entropy) = (0.0, 0.0);
    for v in vector {
        let weight = v * v;
        inverse_participation += weight * weight;
        if weight > 0.0 {
            entropy -= weight * weight.ln();
        }
    }
    let root = (vector.len() as f64).sqrt();
    scratch.clear();
    scratch.extend(vector.iter().map(|v| root * v.abs()));
    Statistics {
        ks: ks_distance(scratch, table),
        inverse_participation,
        entropy,
    }
}

/// Supremum distance to the table's law; sorts.
pub(super) fn ks_distance(values: &mut [f64], table: &CdfTable) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let n = values.len() as f64;
    values
        .iter()
        .enumerate()
        .map(|(i, &u)| {
            let f = table.cdf(u);
            (f - i as f64 / n).abs().max(((i + 1) as f64 / n - f).abs())
        })
        .fold(0.0, f64::max)
}

/// The vector scaled to unit length, or `None` for a zero vector. Two steps, so that nothing over-
/// or underflows.
pub(super) fn normalized(vector: &[f64]) -> Option<Vec<f64>> {
    let largest = vector.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    if largest == 0.0 {
        return None;
    }
    let mut unit: Vec<f64> = vector.iter().map(|v| v / largest).collect();
    let norm = dot(&unit, &unit).sqrt();
    for v in &mut unit {
        *v /= norm;
    }
    Some(unit)
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
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

//! Random directions, simulated once for every vector of a length.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use statrs::function::gamma::digamma;

use super::statistics::{normalised, of_unit};
use super::table::CdfTable;
use super::{PorterThomas, VectorOutcome, VectorTest};
use crate::error::{MOST_REPLICATES, RmtError, require};

/// The reference of the tests of singular vectors: `B` Haar vectors of `n` entries, with the statistics of each.
///
/// A singular vector of a matrix of independent Gaussian entries is spread evenly over the sphere; learned structure shows
/// as localised or otherwise unlikely entries (Thamm, Staats and Rosenow 2022, arXiv 2203.14661). The entries of one unit
/// vector are not independent, so that tables of the Kolmogorov-Smirnov statistic do not hold: p-values here come from the
/// simulation alone, and are exact but for its size, whatever the statistic.
///
/// # Complexity
///
/// `O(B n log n)` to build, once for a length; a test is `O(n log n)`.
///
/// # Example
///
/// ```
/// use convlens_rmt::{HaarNull, VectorOutcome};
///
/// let null = HaarNull::new(64, 999, 7)?;
/// let mut axis = vec![0.0; 64];
/// axis[5] = 1.0;
/// let VectorOutcome::Test(test) = null.test(&axis)? else {
///     panic!("not a zero vector");
/// };
/// assert_eq!((test.participation_ratio, test.entropy), (1.0, 0.0));
/// assert_eq!(test.expected_participation_ratio, 22.0);
/// assert_eq!(test.participation_p_value, 0.001);
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
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

    /// Simulates `replicates` vectors of `n` entries; replicate `b` draws from stream `b` of ChaCha8 seeded with `seed`.
    /// 999 replicates make 0.001 the least p-value.
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
    /// [`RmtError::VectorLength`] when it has not `n` entries, [`RmtError::NonFinite`] on NaN or an infinity.
    pub fn test(&self, vector: &[f64]) -> Result<VectorOutcome, RmtError> {
        self.check(vector, vector.len() == self.n)?;
        Ok(match normalised(vector) {
            Some(unit) => VectorOutcome::Test(self.test_unit(&unit)),
            None => VectorOutcome::ZeroVector,
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

    pub(super) fn test_unit(&self, unit: &[f64]) -> VectorTest {
        let statistics = of_unit(unit, &self.table, &mut Vec::with_capacity(self.n));
        let n = self.n as f64;
        let replicates = self.replicates();
        VectorTest {
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
        if let Some(unit) = normalised(&vector) {
            return unit;
        }
    }
}

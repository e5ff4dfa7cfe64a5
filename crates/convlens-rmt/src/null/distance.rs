//! The distance between a spectrum and its randomized self.

use crate::error::{RmtError, require_non_negative};
use crate::esd::Esd;
use crate::null::spectra::NullSpectra;

/// Which two distributions the Jensen-Shannon distance is taken between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum RandDistanceConvention {
    /// The densities: histograms over bins that hold equal shares of all spectra pooled,
    /// `ceil(sqrt(M))` of them, 4 at least and 64 at most. The default.
    #[default]
    Histogram,
    /// The eigenvalues themselves, ascending, each list divided by its sum and paired by rank: the
    /// `rand_distance` of WeightWatcher 0.7.7. It is no distance of densities: a spectrum's largest
    /// values weigh the most.
    RankPaired,
}

/// How far a spectrum is from its randomized selves.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RandDistance {
    /// Jensen-Shannon distance, the root of the divergence in nats: 0 to `sqrt(ln 2) = 0.8326`.
    /// With [`RankPaired`](RandDistanceConvention::RankPaired) the mean over the replicates.
    pub distance: f64,
    /// The median distance of one null from the rest, by the same rule: what the finite number of
    /// eigenvalues makes.
    pub null_median: f64,
    /// `(1 + #{nulls as far from the rest}) / (1 + B)`; exact, as each takes the place of the
    /// spectrum in turn.
    pub p_value: f64,
    /// Number of null spectra.
    pub replicates: usize,
    /// Seed they were drawn with.
    pub seed: u64,
    /// Which distributions were compared.
    pub convention: RandDistanceConvention,
}

impl NullSpectra {
    /// The distance of a spectrum from these nulls.
    ///
    /// # Errors
    ///
    /// [`RmtError::WrongLength`] when the shapes differ.
    ///
    /// # Complexity
    ///
    /// `O(B M log(B M))`, rank-paired `O(B^2 M)`.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{Esd, NullSpectra, null::RandDistanceConvention};
    ///
    /// let nulls = NullSpectra::gaussian(60, 40, 1.0, 11, 99)?;
    /// let values: Vec<f64> = (0..40).map(|k| 0.9_f64.powi(k)).collect();
    /// let esd = Esd::from_eigenvalues(&values, 60, 40)?;
    /// let found = nulls.rand_distance(&esd, RandDistanceConvention::Histogram)?;
    /// assert_eq!(found.p_value, 0.01);
    /// assert!(found.distance > 2.0 * found.null_median);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn rand_distance(
        &self,
        esd: &Esd,
        convention: RandDistanceConvention,
    ) -> Result<RandDistance, RmtError> {
        let null = &self.esds()[0];
        if (esd.n(), esd.m()) != (null.n(), null.m()) {
            return Err(RmtError::WrongLength {
                given: esd.m(),
                expected: null.m(),
                rows: null.n(),
                cols: null.m(),
            });
        }
        // The spectrum first, then the nulls: all are treated alike.
        let all: Vec<&[f64]> = std::iter::once(esd)
            .chain(self.esds())
            .map(Esd::eigenvalues)
            .collect();
        let mut from_rest = match convention {
            RandDistanceConvention::Histogram => by_histogram(&all),
            RandDistanceConvention::RankPaired => by_rank(&all),
        };
        let distance = from_rest.remove(0);
        let as_far = from_rest.iter().filter(|&&d| d >= distance).count();
        from_rest.sort_by(f64::total_cmp);
        Ok(RandDistance {
            distance,
            null_median: from_rest[from_rest.len() / 2],
            p_value: (1 + as_far) as f64 / (1 + from_rest.len()) as f64,
            replicates: from_rest.len(),
            seed: self.seed(),
            convention,
        })
    }
}

/// The `rand_distance` of WeightWatcher 0.7.7 for two lists of eigenvalues of equal length, in any
/// order.
///
/// ```text
/// sqrt((KL(p, m) + KL(q, m)) / 2),    m = (p + q) / 2,
/// ```
///
/// each of the three divided by its sum first, and `p`, `q` ascending.
///
/// # Errors
///
/// [`RmtError::NonFinite`] and [`RmtError::Negative`] on such a value; [`RmtError::WrongEntries`]
/// when the lengths differ.
///
/// # Example
///
/// ```
/// let distance = convlens_rmt::null::rank_paired_distance(&[1.0, 3.0], &[2.0, 2.0])?;
/// assert!((distance - 0.184).abs() < 1e-3);
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
pub fn rank_paired_distance(eigenvalues: &[f64], randomized: &[f64]) -> Result<f64, RmtError> {
    require_non_negative(eigenvalues)?;
    require_non_negative(randomized)?;
    if eigenvalues.len() != randomized.len() {
        return Err(RmtError::WrongEntries {
            given: randomized.len(),
            rows: eigenvalues.len(),
            cols: 1,
        });
    }
    let sorted = |values: &[f64]| {
        let mut values = values.to_vec();
        values.sort_by(f64::total_cmp);
        values
    };
    Ok(jensen_shannon(&sorted(eigenvalues), &sorted(randomized)))
}

/// Distance of each from the mean histogram of the others.
fn by_histogram(all: &[&[f64]]) -> Vec<f64> {
    let m = all[0].len();
    let bins = ((m as f64).sqrt().ceil() as usize).clamp(4, 64);
    let mut pool: Vec<f64> = all
        .iter()
        .flat_map(|values| values.iter().copied())
        .collect();
    pool.sort_by(f64::total_cmp);
    let edges: Vec<f64> = (1..bins).map(|k| pool[k * pool.len() / bins]).collect();
    let counts: Vec<Vec<f64>> = all.iter().map(|values| histogram(values, &edges)).collect();
    let total: Vec<f64> = (0..bins)
        .map(|bin| counts.iter().map(|count| count[bin]).sum())
        .collect();
    counts
        .iter()
        .map(|own| {
            let rest: Vec<f64> = total.iter().zip(own).map(|(t, o)| t - o).collect();
            let scale = rest.iter().sum::<f64>() / m as f64;
            let rest: Vec<f64> = rest.iter().map(|x| x / scale).collect();
            jensen_shannon(own, &rest)
        })
        .collect()
}

fn histogram(values: &[f64], edges: &[f64]) -> Vec<f64> {
    let mut counts = vec![0.0; edges.len() + 1];
    for &x in values {
        counts[edges.partition_point(|&edge| edge <= x)] += 1.0;
    }
    counts
}

/// Mean distance of each from the others; 0 when there is no other.
fn by_rank(all: &[&[f64]]) -> Vec<f64> {
    let mut sums = vec![0.0; all.len()];
    for i in 0..all.len() {
        for j in 0..i {
            let distance = jensen_shannon(all[i], all[j]);
            sums[i] += distance;
            sums[j] += distance;
        }
    }
    let others = (all.len() - 1).max(1) as f64;
    sums.iter().map(|sum| sum / others).collect()
}

/// Root of the Jensen-Shannon divergence in nats, with each list and their mean divided by its own
/// sum. 0 where a list sums to 0.
fn jensen_shannon(p: &[f64], q: &[f64]) -> f64 {
    // In units of the largest value, so that no sum overflows.
    let unit = p.iter().chain(q).fold(f64::MIN_POSITIVE, |a, &b| a.max(b));
    let sum = |values: &[f64]| values.iter().map(|x| x / unit).sum::<f64>();
    let (sum_p, sum_q) = (sum(p), sum(q));
    if sum_p <= 0.0 || sum_q <= 0.0 {
        return 0.0;
    }
    let sum_m = 0.5 * (sum_p + sum_q);
    let divergence: f64 = p
        .iter()
        .zip(q)
        .map(|(&p, &q)| {
            let (p, q) = (p / unit, q / unit);
            let m = 0.5 * (p + q) / sum_m;
            relative(p / sum_p, m) + relative(q / sum_q, m)
        })
        .sum();
    (0.5 * divergence).max(0.0).sqrt()
}

/// `p ln(p / m)`, 0 at `p = 0`.
fn relative(p: f64, m: f64) -> f64 {
    if p > 0.0 { p * (p / m).ln() } else { 0.0 }
}

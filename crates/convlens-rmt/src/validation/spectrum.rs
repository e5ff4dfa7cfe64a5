//! The spectrum of a kernel under one definition of its singular values, and its distance from the
//! law.

use std::fmt;

use crate::error::{RmtError, require, require_non_negative};
use crate::esd::{Esd, common_shape, squares_over};
use crate::law::marchenko_pastur::MarchenkoPastur;

/// What the singular values of a convolution are taken to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Definition {
    /// Those of the one `c_out x (c_in prod k)` matrix of filters (Praggastis et al. 2022,
    /// DeepDataProfiler).
    Unfolding,
    /// Those of the `prod k` matrices `c_out x c_in`, one for each position, pooled
    /// (WeightWatcher).
    Slices,
    /// Those of the operator on periodic images: of the symbols at all frequencies (Sedghi, Gupta
    /// and Long 2019).
    Operator,
}

impl Definition {
    pub(super) fn name(self) -> &'static str {
        match self {
            Definition::Unfolding => "unfolding",
            Definition::Slices => "slices",
            Definition::Operator => "operator",
        }
    }
}

impl fmt::Display for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why statistics of independent draws are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SampleRefusal {
    /// All `values` are functions of `matrices` weight matrices: symbols at neighboring frequencies
    /// are nearly the same, and those at conjugate ones have the same singular values. Only
    /// simulation of the whole pipeline has a p-value.
    NotASample {
        /// Number of eigenvalues, repeated ones included.
        values: usize,
        /// Number of weight matrices that they come from.
        matrices: usize,
    },
}

impl fmt::Display for SampleRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotASample { values, matrices } => write!(
                f,
                "the {values} eigenvalues all come from {matrices} weight matrices and are not \
                 independent draws"
            ),
        }
    }
}

/// Eigenvalues as a sample, for analytic and bootstrap p-values, or why they are none.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Sample<'a> {
    /// The eigenvalues, ascending. Those of one matrix repel: a bootstrap overstates their spread,
    /// as all of this field's do.
    Values(&'a [f64]),
    /// There is no sample.
    Refused(SampleRefusal),
}

/// The eigenvalues of a kernel under one definition, each with its multiplicity, in the unit in
/// which entries of variance `v` have mean `v`.
///
/// # Example
///
/// ```
/// use convlens_rmt::validation::{self, Sample};
///
/// // A 3 x 1 kernel with 2 output and 1 input channel: its symbols on three frequencies, two of
/// // them conjugate.
/// let operator = validation::Spectrum::operator(&[3.0, 1.5], &[1, 2], 2, 1, 3)?;
/// // sigma^2 / (N prod k), N = 2.
/// assert_eq!(operator.eigenvalues(), [0.375, 1.5]);
/// assert_eq!(operator.multiplicities(), [2, 1]);
/// assert!(matches!(operator.sample(), Sample::Refused(_)));
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Spectrum {
    definition: Definition,
    eigenvalues: Vec<f64>,
    multiplicities: Vec<u32>,
    n: usize,
    m: usize,
    matrices: usize,
}

impl Spectrum {
    /// The spectrum of the unfolded kernel, one matrix.
    #[must_use]
    pub fn unfolding(esd: &Esd) -> Self {
        Self {
            definition: Definition::Unfolding,
            eigenvalues: esd.eigenvalues().to_vec(),
            multiplicities: vec![1; esd.m()],
            n: esd.n(),
            m: esd.m(),
            matrices: 1,
        }
    }

    /// The pooled spectra of the slices. `Q` is that of one slice, which is what each of them is
    /// compared by; pooling is WeightWatcher's choice.
    ///
    /// # Errors
    ///
    /// [`RmtError::NoSlices`], and [`RmtError::SliceShape`] when their shapes differ.
    ///
    /// # Complexity
    ///
    /// `O(n log n)` for `n` values in all.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{validation, Esd};
    ///
    /// let slices = [
    ///     Esd::from_singular_values(&[3.0, 1.0], 4, 2)?,
    ///     Esd::from_singular_values(&[2.0, 0.0], 4, 2)?,
    /// ];
    /// let pooled = validation::Spectrum::slices(&slices)?;
    /// assert_eq!(pooled.eigenvalues(), [0.0, 0.25, 1.0, 2.25]);
    /// assert_eq!((pooled.n(), pooled.m(), pooled.matrices()), (4, 2, 2));
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn slices(slices: &[Esd]) -> Result<Self, RmtError> {
        let (n, m) = common_shape(slices)?;
        let mut eigenvalues: Vec<f64> = slices.iter().flat_map(Esd::eigenvalues).copied().collect();
        eigenvalues.sort_by(f64::total_cmp);
        Ok(Self {
            definition: Definition::Slices,
            multiplicities: vec![1; eigenvalues.len()],
            eigenvalues,
            n,
            m,
            matrices: slices.len(),
        })
    }

    /// The spectrum of the stride-1 symbols of a kernel with `rows x cols` channels (outputs by
    /// inputs of a group) and `positions = prod k` weights for each pair of them: singular values
    /// with their multiplicities (2 at a frequency whose conjugate was left out, else 1), in any
    /// order.
    ///
    /// ```text
    /// lambda = sigma^2 / (N positions),   N = max(rows, cols),   Q = N / min(rows, cols).
    /// ```
    ///
    /// # Errors
    ///
    /// [`RmtError::EmptyShape`] when a side is 0 or there is no value,
    /// [`RmtError::ParameterOutOfRange`] for no positions or a multiplicity of 0,
    /// [`RmtError::WrongEntries`] unless each value has a multiplicity, [`RmtError::NonFinite`],
    /// [`RmtError::Negative`], [`RmtError::SquareOverflows`] on such a value.
    ///
    /// # Complexity
    ///
    /// `O(n log n)` for `n` values.
    pub fn operator(
        singular_values: &[f64],
        multiplicities: &[u32],
        rows: usize,
        cols: usize,
        positions: usize,
    ) -> Result<Self, RmtError> {
        let (n, m) = (rows.max(cols), rows.min(cols));
        if m == 0 || singular_values.is_empty() {
            return Err(RmtError::EmptyShape { rows, cols });
        }
        require(positions >= 1, "positions", positions as f64, "at least 1")?;
        if multiplicities.len() != singular_values.len() {
            return Err(RmtError::WrongEntries {
                given: multiplicities.len(),
                rows: singular_values.len(),
                cols: 1,
            });
        }
        require(
            multiplicities.iter().all(|&count| count > 0),
            "multiplicity",
            0.0,
            "at least 1",
        )?;
        require_non_negative(singular_values)?;
        let scale = n as f64 * positions as f64;
        let eigenvalues = squares_over(singular_values, scale, f64::is_finite)?;
        let mut pairs: Vec<(f64, u32)> = eigenvalues
            .into_iter()
            .zip(multiplicities.iter().copied())
            .collect();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let (eigenvalues, multiplicities) = pairs.into_iter().unzip();
        Ok(Self {
            definition: Definition::Operator,
            eigenvalues,
            multiplicities,
            n,
            m,
            matrices: positions,
        })
    }

    /// Which definition it is.
    #[must_use]
    pub fn definition(&self) -> Definition {
        self.definition
    }

    /// The distinct entries of the spectrum, ascending.
    #[must_use]
    pub fn eigenvalues(&self) -> &[f64] {
        &self.eigenvalues
    }

    /// How often each counts.
    #[must_use]
    pub fn multiplicities(&self) -> &[u32] {
        &self.multiplicities
    }

    /// `N`, the larger side of one matrix.
    #[must_use]
    pub fn n(&self) -> usize {
        self.n
    }

    /// `M`, its smaller side.
    #[must_use]
    pub fn m(&self) -> usize {
        self.m
    }

    /// The number of weight matrices that the spectrum comes from: 1, the number of slices, or
    /// `prod k`.
    #[must_use]
    pub fn matrices(&self) -> usize {
        self.matrices
    }

    /// Whether a null spectrum may stand beside this one.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let shape = |s: &Self| (s.definition, s.n, s.m, s.matrices, s.eigenvalues.len());
        shape(self) == shape(other)
    }

    /// The eigenvalues as a sample, for [`PowerLaw::fit`](crate::tail::PowerLaw::fit) and the like;
    /// an operator has none.
    #[must_use]
    pub fn sample(&self) -> Sample<'_> {
        match self.definition {
            Definition::Unfolding | Definition::Slices => Sample::Values(&self.eigenvalues),
            Definition::Operator => Sample::Refused(SampleRefusal::NotASample {
                values: self
                    .multiplicities
                    .iter()
                    .map(|&count| count as usize)
                    .sum(),
                matrices: self.matrices,
            }),
        }
    }
}

/// A spectrum against the law fitted to it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Statistic {
    /// Standard deviation of the noise, in the unit of a weight.
    pub sigma: f64,
    /// Kolmogorov-Smirnov distance of the bulk to its law.
    pub ks_distance: f64,
    /// Eigenvalues past the simulated edge, multiplicities counted.
    pub spikes: usize,
    /// Their share of all eigenvalues.
    pub spike_share: f64,
    /// The largest eigenvalue over the mean of all, the statistic that the edge is simulated for.
    pub largest_over_mean: f64,
}

/// The largest eigenvalue over the mean; `None` where all are zero.
pub(super) fn largest_over_mean(spectrum: &Spectrum) -> Option<f64> {
    let (eigenvalues, counts) = (spectrum.eigenvalues(), spectrum.multiplicities());
    let largest = *eigenvalues.last()?;
    if largest <= 0.0 {
        return None;
    }
    // In units of the largest, so that no sum overflows.
    let (sum, count) = sums(eigenvalues, counts, largest);
    Some(count / sum)
}

/// Removes what is past `edge` times the mean of the rest until nothing is, at most half of all;
/// then the distance.
///
/// With `r` eigenvalues removed for each matrix, the rest is compared with the law of an `(N - r) x
/// (M - r)` one.
pub(super) fn measure(spectrum: &Spectrum, edge: f64) -> Option<Statistic> {
    let (eigenvalues, counts) = (spectrum.eigenvalues(), spectrum.multiplicities());
    let largest_over_mean = largest_over_mean(spectrum)?;
    let total: f64 = counts.iter().map(|&count| f64::from(count)).sum();
    let (n, m) = (spectrum.n() as f64, spectrum.m() as f64);
    let mut kept = eigenvalues.len();
    // sigma^2 in units of the largest eigenvalue kept, so that nothing overflows or vanishes.
    let (mut sigma2, mut unit, mut left) = (0.0, 1.0, 1.0);
    while kept > 0 && eigenvalues[kept - 1] > 0.0 {
        let next_unit = eigenvalues[kept - 1];
        let (sum, count) = sums(&eigenvalues[..kept], &counts[..kept], next_unit);
        if count < 0.5 * total {
            break;
        }
        (unit, left) = (next_unit, count / total);
        // The mean of the bulk is sigma^2 (N - r) / N.
        sigma2 = sum / count * n / (n - (1.0 - left) * m);
        let next = eigenvalues[..kept].partition_point(|&x| x / unit <= edge * sigma2);
        if next == kept {
            break;
        }
        kept = next;
    }
    let removed = (1.0 - left) * m;
    let q = ((n - removed) / (m - removed)).max(1.0);
    let law = MarchenkoPastur::from_fit(q, sigma2 * (n - removed) / n);
    let kept = kept_for(counts, left * total);
    let spikes: u64 = counts[kept..].iter().map(|&count| u64::from(count)).sum();
    Some(Statistic {
        sigma: sigma2.sqrt() * unit.sqrt(),
        ks_distance: distance(&eigenvalues[..kept], &counts[..kept], unit, &law),
        spikes: spikes as usize,
        spike_share: spikes as f64 / total,
        largest_over_mean,
    })
}

/// The number of leading entries whose multiplicities add up to `count`.
fn kept_for(counts: &[u32], count: f64) -> usize {
    let mut sum = 0.0;
    counts
        .iter()
        .take_while(|&&own| {
            sum += f64::from(own);
            sum <= count + 0.5
        })
        .count()
}

fn sums(eigenvalues: &[f64], counts: &[u32], unit: f64) -> (f64, f64) {
    let mut sum = (0.0, 0.0);
    for (&value, &count) in eigenvalues.iter().zip(counts) {
        sum.0 += value / unit * f64::from(count);
        sum.1 += f64::from(count);
    }
    sum
}

/// Supremum distance between a weighted empirical distribution and a law.
fn distance(eigenvalues: &[f64], counts: &[u32], unit: f64, law: &MarchenkoPastur) -> f64 {
    let total: f64 = counts.iter().map(|&count| f64::from(count)).sum();
    let (mut below, mut distance) = (0.0, 0.0_f64);
    for (&value, &count) in eigenvalues.iter().zip(counts) {
        let f = law.cdf(value / unit);
        let above = below + f64::from(count);
        distance = distance.max(f - below / total).max(above / total - f);
        below = above;
    }
    distance
}

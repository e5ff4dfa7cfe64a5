//! Randomized matrices: the same entries without their order, or Gaussian ones of the same
//! variance; and whether the entries allow the Tracy-Widom law at the edge.

use std::f64::consts::PI;
use std::fmt;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_distr::Distribution;
use rand_distr::StandardNormal;

use crate::error::RmtError;
use crate::esd::Esd;
use crate::null::spectra::{CorrelationTraps, Kind, MeanTreatment, NullSpectra};

/// The direction `mu 1 1^T` that the mean of the entries is.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MeanComponent {
    /// The mean of the entries.
    pub mean: f64,
    /// `|mu| sqrt(rows cols)`.
    pub singular_value: f64,
    /// That over `sigma (N M)^(1/4)`, from 1 on a visible spike (Baik, Ben Arous and Peche 2005);
    /// `None` if all entries are equal.
    pub strength: Option<f64>,
}

/// A source of randomized matrices for one matrix of weights.
///
/// # Example
///
/// ```
/// use convlens_rmt::{null, NullModel};
///
/// let weights = [1.0, 2.0, 3.0, 4.0, 5.0, 9.0];
/// let model = NullModel::new(&weights, 2, 3, null::Kind::Permutation)?;
/// assert_eq!(model.mean_component().mean, 4.0);
/// let mut drawn = model.draw(7, 0);
/// drawn.sort_by(f64::total_cmp);
/// assert_eq!(drawn, [-3.0, -2.0, -1.0, 0.0, 1.0, 5.0]);
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[doc(alias = "shuffle")]
#[doc(alias = "permutation_test")]
#[doc(alias = "randomize")]
#[derive(Debug, Clone, PartialEq)]
pub struct NullModel {
    /// Less their mean.
    centered: Vec<f64>,
    rows: usize,
    cols: usize,
    kind: Kind,
    treatment: MeanTreatment,
    mean: f64,
    sigma: f64,
}

impl NullModel {
    /// The null of a `rows x cols` matrix in row-major order. Of a permutation the order is of no
    /// account.
    ///
    /// # Errors
    ///
    /// [`RmtError::EmptyShape`] when a side is 0, [`RmtError::WrongEntries`] unless there are
    /// `rows * cols` weights, [`RmtError::NonFinite`], and [`RmtError::SquareOverflows`] for an entry
    /// past 1e150.
    pub fn new(weights: &[f64], rows: usize, cols: usize, kind: Kind) -> Result<Self, RmtError> {
        check(weights, rows, cols)?;
        let count = weights.len() as f64;
        let mean = weights.iter().sum::<f64>() / count;
        let centered: Vec<f64> = weights.iter().map(|w| w - mean).collect();
        let largest = centered.iter().fold(0.0_f64, |a, w| a.max(w.abs()));
        // The power of two under the largest: dividing by it rounds nothing, and no square
        // vanishes.
        let unit =
            f64::from_bits(largest.to_bits() & f64::INFINITY.to_bits()).max(f64::MIN_POSITIVE);
        let squares = centered.iter().map(|w| (w / unit) * (w / unit));
        let sigma = unit * (squares.sum::<f64>() / count).sqrt();
        Ok(Self {
            centered,
            rows,
            cols,
            kind,
            treatment: MeanTreatment::default(),
            mean,
            sigma,
        })
    }

    /// Sets what becomes of the mean.
    #[must_use]
    pub fn mean_treatment(mut self, treatment: MeanTreatment) -> Self {
        self.treatment = treatment;
        self
    }

    /// Which null it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Standard deviation of the entries, over their number.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        self.sigma
    }

    /// The entries less their mean.
    pub(super) fn centered(&self) -> &[f64] {
        &self.centered
    }

    /// `(rows, cols)`.
    #[must_use]
    pub fn shape(&self) -> (usize, usize) {
        (self.rows, self.cols)
    }

    /// The direction that the mean of the entries is.
    #[must_use]
    pub fn mean_component(&self) -> MeanComponent {
        let entries = self.centered.len() as f64;
        let singular_value = self.mean.abs() * entries.sqrt();
        MeanComponent {
            mean: self.mean,
            singular_value,
            strength: Some(singular_value / (self.sigma * entries.powf(0.25)))
                .filter(|strength| strength.is_finite()),
        }
    }

    /// Matrix `replicate`, row-major: ChaCha8 seeded with `seed`, on the stream of that number.
    ///
    /// # Complexity
    ///
    /// `O(rows cols)`.
    #[must_use]
    pub fn draw(&self, seed: u64, replicate: u64) -> Vec<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(replicate);
        let mut drawn = match self.kind {
            Kind::Permutation => {
                let mut entries = self.centered.clone();
                entries.shuffle(&mut rng);
                entries
            }
            Kind::Gaussian => (0..self.centered.len())
                .map(|_| {
                    let z: f64 = StandardNormal.sample(&mut rng);
                    self.sigma * z
                })
                .collect(),
        };
        if self.treatment == MeanTreatment::Kept {
            for entry in &mut drawn {
                *entry += self.mean;
            }
        }
        drawn
    }

    /// Draws `replicates` matrices and has the caller decompose them: `decompose` gets a row-major
    /// matrix, its rows and columns, and returns its `min(rows, cols)` singular values in any
    /// order.
    ///
    /// # Errors
    ///
    /// What `decompose` returns, and those of [`Esd::from_singular_values`] on its values;
    /// [`RmtError::ParameterOutOfRange`] for no replicates.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{null, NullModel, RmtError};
    ///
    /// // One row: its singular value is its norm.
    /// let model = NullModel::new(&[3.0, -3.0, 1.0, -1.0], 1, 4, null::Kind::Permutation)?;
    /// let nulls = model.spectra(1, 20, |row, _, _| {
    ///     Ok::<_, RmtError>(vec![row.iter().map(|w| w * w).sum::<f64>().sqrt()])
    /// })?;
    /// assert_eq!(nulls.esds().len(), 20);
    /// assert!((nulls.largest_quantile(0.5)? - 5.0).abs() < 1e-12);
    /// # Ok::<(), RmtError>(())
    /// ```
    pub fn spectra<E: From<RmtError>>(
        &self,
        seed: u64,
        replicates: usize,
        mut decompose: impl FnMut(&[f64], usize, usize) -> Result<Vec<f64>, E>,
    ) -> Result<NullSpectra, E> {
        let mut esds = Vec::new();
        for replicate in 0..replicates {
            let matrix = self.draw(seed, replicate as u64);
            let values = decompose(&matrix, self.rows, self.cols)?;
            esds.push(Esd::from_singular_values(&values, self.rows, self.cols)?);
        }
        Ok(NullSpectra::new(self.kind, self.treatment, seed, esds)?)
    }
}

fn check(weights: &[f64], rows: usize, cols: usize) -> Result<(), RmtError> {
    if rows == 0 || cols == 0 {
        return Err(RmtError::EmptyShape { rows, cols });
    }
    if rows.checked_mul(cols) != Some(weights.len()) {
        let given = weights.len();
        return Err(RmtError::WrongEntries { given, rows, cols });
    }
    for (index, &value) in weights.iter().enumerate() {
        if !value.is_finite() {
            return Err(RmtError::NonFinite { index, value });
        }
        if value.abs() > 1e150 {
            return Err(RmtError::SquareOverflows { index, value });
        }
    }
    Ok(())
}

/// The probability under which evidence against the law counts, for each kind of it.
const LEVEL: f64 = 0.01;

/// The tails of the entries of one matrix, less their mean.
///
/// The largest eigenvalue of a matrix of independent entries follows the Tracy-Widom law if and
/// only if `s^4 P(|w| > s)` tends to 0 (Lee and Yin 2014, "A necessary and sufficient condition for
/// edge universality of Wigner matrices", for Wishart matrices Ding and Yang 2018): nearly, if
/// there is a fourth moment. One entry `w` is a direction of singular value `|w|`, and shows as a
/// spike from the BBP threshold `sigma (N M)^(1/4)` on, which Gaussian entries do not reach.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct EntryTails {
    /// `mean w^4 / (mean w^2)^2`: 3 for a Gaussian. `None` if all entries are equal.
    pub kurtosis: Option<f64>,
    /// Its standard deviation over samples of as many Gaussian entries, `sqrt(24 / count)`.
    pub kurtosis_deviation: f64,
    /// The share of the largest entry in the sum of fourth powers: does not fall with the size of
    /// the matrix where there is no fourth moment.
    pub largest_share: f64,
    /// The largest entry over `sigma (N M)^(1/4)`: from 1 on it is a spike by itself.
    pub largest_strength: f64,
    /// An upper bound of the probability of an entry as large among as many Gaussian ones,
    /// `count sqrt(2 / pi) exp(-x^2 / 2) / x`.
    pub largest_p_value: f64,
}

/// Whether the Tracy-Widom law can be relied on at the edge of this matrix.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum EdgeLaw {
    /// Nothing speaks against it.
    TracyWidom,
    /// The fourth moment is suspect: eigenvalues past the edge may be nothing but large entries,
    /// and false-alarm rates do not hold. Compare with the permutation null
    /// ([`NullSpectra::largest_quantile`](crate::null::NullSpectra::largest_quantile)).
    FourthMomentSuspect {
        /// The largest entry is a spike by itself, and no Gaussian sample has one so large.
        largest_entry: bool,
        /// The permuted matrices pass the edge more often than their rate allows.
        permuted_edge: bool,
    },
}

impl fmt::Display for EdgeLaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TracyWidom => {
                f.write_str("nothing speaks against the Tracy-Widom law at the edge")
            }
            Self::FourthMomentSuspect {
                largest_entry,
                permuted_edge,
            } => {
                let reason = match (largest_entry, permuted_edge) {
                    (true, false) => "one entry is a spike by itself",
                    (false, _) => "shuffled matrices pass the edge too often",
                    (true, true) => {
                        "one entry is a spike by itself, and shuffled matrices pass the edge too often"
                    }
                };
                write!(
                    f,
                    "the Tracy-Widom law cannot be relied on at the edge: {reason}"
                )
            }
        }
    }
}

impl NullModel {
    /// The tails of the entries.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{NullModel, null::{self, EdgeLaw}};
    ///
    /// let mut weights = vec![0.1, -0.1, 0.05, -0.05];
    /// weights.extend_from_slice(&weights.clone().repeat(24));
    /// weights[17] = 5.0;
    /// let tails = NullModel::new(&weights, 10, 10, null::Kind::Permutation)?.entry_tails();
    /// assert!(tails.kurtosis.expect("they differ") > 50.0);
    /// let suspect = tails.edge_law(None);
    /// assert!(matches!(suspect, EdgeLaw::FourthMomentSuspect { largest_entry: true, .. }));
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    #[must_use]
    pub fn entry_tails(&self) -> EntryTails {
        let count = self.centered().len() as f64;
        let largest = self.centered().iter().fold(0.0_f64, |a, w| a.max(w.abs()));
        // In units of the largest entry: no power of it overflows or vanishes.
        let unit = |w: f64| if largest > 0.0 { w / largest } else { 0.0 };
        let squares = self
            .centered()
            .iter()
            .map(|&w| unit(w).powi(2))
            .sum::<f64>();
        let fourths = self
            .centered()
            .iter()
            .map(|&w| unit(w).powi(4))
            .sum::<f64>();
        let x = if squares > 0.0 {
            (count / squares).sqrt()
        } else {
            0.0
        };
        let bound = count * (2.0 / PI).sqrt() * (-0.5 * x * x).exp() / x;
        EntryTails {
            kurtosis: Some(fourths * count / (squares * squares)).filter(|k| k.is_finite()),
            kurtosis_deviation: (24.0 / count).sqrt(),
            largest_share: if fourths > 0.0 { 1.0 / fourths } else { 0.0 },
            largest_strength: x / count.powf(0.25),
            largest_p_value: bound.min(1.0),
        }
    }
}

impl EntryTails {
    /// The verdict, from these tails and, where they are known, the traps of the permutation null:
    /// each kind of evidence counts at 1%.
    #[must_use]
    pub fn edge_law(&self, permuted: Option<&CorrelationTraps>) -> EdgeLaw {
        let largest_entry = self.largest_strength >= 1.0 && self.largest_p_value <= LEVEL;
        let permuted_edge = permuted.is_some_and(|traps| traps.p_value <= LEVEL);
        if largest_entry || permuted_edge {
            EdgeLaw::FourthMomentSuspect {
                largest_entry,
                permuted_edge,
            }
        } else {
            EdgeLaw::TracyWidom
        }
    }
}

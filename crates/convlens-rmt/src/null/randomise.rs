//! Randomised matrices: the same entries without their order, or Gaussian ones of the same variance.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use super::spectra::NullSpectra;
use crate::error::RmtError;
use crate::esd::Esd;

/// What a matrix is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum NullKind {
    /// The same entries in random order: keeps their distribution, heavy tails included.
    Permutation,
    /// Independent Gaussian entries of the same variance: the null of the limit laws.
    Gaussian,
}

/// What becomes of the mean of the entries.
///
/// A matrix whose entries have mean `mu` is noise plus `mu 1 1^T`, a direction of singular value
/// `|mu| sqrt(rows cols)`, which no permutation removes: it would stand out of every null as a spike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum MeanTreatment {
    /// Subtracted, and reported as a direction of its own ([`MeanComponent`]). The default.
    #[default]
    Subtracted,
    /// Left in, as WeightWatcher does.
    Kept,
}

/// The direction `mu 1 1^T` that the mean of the entries is.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MeanComponent {
    /// The mean of the entries.
    pub mean: f64,
    /// `|mu| sqrt(rows cols)`.
    pub singular_value: f64,
    /// That over `sigma (N M)^(1/4)`, from 1 on a visible spike (Baik, Ben Arous and Peche 2005); `None` if all entries
    /// are equal.
    pub strength: Option<f64>,
}

/// A source of randomised matrices for one matrix of weights.
///
/// # Example
///
/// ```
/// use convlens_rmt::{NullKind, NullModel};
///
/// let weights = [1.0, 2.0, 3.0, 4.0, 5.0, 9.0];
/// let model = NullModel::new(&weights, 2, 3, NullKind::Permutation)?;
/// assert_eq!(model.mean_component().mean, 4.0);
/// let mut drawn = model.draw(7, 0);
/// drawn.sort_by(f64::total_cmp);
/// assert_eq!(drawn, [-3.0, -2.0, -1.0, 0.0, 1.0, 5.0]);
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct NullModel {
    /// Less their mean.
    centred: Vec<f64>,
    rows: usize,
    cols: usize,
    kind: NullKind,
    treatment: MeanTreatment,
    mean: f64,
    sigma: f64,
}

impl NullModel {
    /// The null of a `rows x cols` matrix in row-major order. Of a permutation the order is of no account.
    ///
    /// # Errors
    ///
    /// [`RmtError::EmptyShape`] when a side is 0, [`RmtError::WrongEntries`] unless there are `rows * cols` weights,
    /// [`RmtError::NonFinite`], and [`RmtError::SquareOverflows`] for an entry past 1e150.
    pub fn new(
        weights: &[f64],
        rows: usize,
        cols: usize,
        kind: NullKind,
    ) -> Result<Self, RmtError> {
        check(weights, rows, cols)?;
        let count = weights.len() as f64;
        let mean = weights.iter().sum::<f64>() / count;
        let centred: Vec<f64> = weights.iter().map(|w| w - mean).collect();
        let largest = centred.iter().fold(0.0_f64, |a, w| a.max(w.abs()));
        // The power of two under the largest: dividing by it rounds nothing, and no square vanishes.
        let unit =
            f64::from_bits(largest.to_bits() & f64::INFINITY.to_bits()).max(f64::MIN_POSITIVE);
        let squares = centred.iter().map(|w| (w / unit) * (w / unit));
        let sigma = unit * (squares.sum::<f64>() / count).sqrt();
        Ok(Self {
            centred,
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
    pub fn kind(&self) -> NullKind {
        self.kind
    }

    /// Standard deviation of the entries, over their number.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        self.sigma
    }

    /// The entries less their mean.
    pub(super) fn centred(&self) -> &[f64] {
        &self.centred
    }

    /// `(rows, cols)`.
    #[must_use]
    pub fn shape(&self) -> (usize, usize) {
        (self.rows, self.cols)
    }

    /// The direction that the mean of the entries is.
    #[must_use]
    pub fn mean_component(&self) -> MeanComponent {
        let entries = self.centred.len() as f64;
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
            NullKind::Permutation => {
                let mut entries = self.centred.clone();
                entries.shuffle(&mut rng);
                entries
            }
            NullKind::Gaussian => (0..self.centred.len())
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

    /// Draws `replicates` matrices and has the caller decompose them: `decompose` gets a row-major matrix, its rows and
    /// columns, and returns its `min(rows, cols)` singular values in any order.
    ///
    /// # Errors
    ///
    /// What `decompose` returns, and those of [`Esd::from_singular_values`] on its values;
    /// [`RmtError::ParameterOutOfRange`] for no replicates.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{NullKind, NullModel, RmtError};
    ///
    /// // One row: its singular value is its norm.
    /// let model = NullModel::new(&[3.0, -3.0, 1.0, -1.0], 1, 4, NullKind::Permutation)?;
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

//! An exponent without the bias of the aspect ratio: fixed-aspect-ratio matrix subsampling (FARMS).
//!
//! [`LayerMatrices`] views the weights of a layer, [`Options`] says which windows are taken of
//! them, and [`Farms::analyze`] pools their spectra and fits the exponent.

use std::error::Error;
use std::fmt;
use std::ops::Range;

use crate::error::{RmtError, require};

pub use crate::error::DecompositionError;

use crate::esd::Esd;
use crate::tail;
use crate::tail::hill::{Hill, HillOutcome, HillThreshold};
use crate::tail::power_law::PowerLaw;

/// The end of a FARMS analysis.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Outcome {
    /// Windows were taken and their eigenvalues pooled.
    Pooled(Box<Farms>),
    /// No window of the ratio fits.
    TooSmall {
        /// Rows of the layer's matrix.
        rows: usize,
        /// Its columns.
        cols: usize,
    },
}

impl Outcome {
    /// The result, if a window fits.
    #[must_use]
    pub fn value(&self) -> Option<&Farms> {
        match self {
            Outcome::Pooled(farms) => Some(farms),
            Outcome::TooSmall { .. } => None,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pooled(farms) => write!(
                f,
                "{} eigenvalues of {} windows: {}",
                farms.eigenvalues.len(),
                farms.windows.len() * farms.matrices,
                farms.hill
            ),
            Self::TooSmall { rows, cols } => {
                write!(f, "no window of the ratio fits a {rows} x {cols} matrix")
            }
        }
    }
}

/// The pooled spectrum of sub-matrices of one ratio, and its exponent.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Farms {
    /// The windows, the same in every matrix of the layer.
    pub windows: Vec<Window>,
    /// Number of matrices: 1, or that of kernel positions.
    pub matrices: usize,
    /// `max(height, width) / min(height, width)` of a window: the ratio that was kept.
    pub q: f64,
    /// The eigenvalues `sigma^2 / max(height, width)` of all windows, ascending. Windows overlap,
    /// so they are not independent.
    pub eigenvalues: Vec<f64>,
    /// Hill's estimate from the upper half of the positive eigenvalues (`PL_Alpha_Hill`: Zhou et
    /// al., "Temperature Balancing", NeurIPS 2023; used by Hu et al.). The authors' code counts its
    /// threshold among the values, as
    /// [`HillThreshold::TempBalance`] does.
    pub hill: HillOutcome,
    /// The fit of Clauset et al. on the same eigenvalues.
    pub power_law: tail::Outcome,
    /// The options.
    pub options: Options,
}

/// How windows follow one another, down and across.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Steps {
    /// At most this many along each side, the step between them `floor((side - window) / (count -
    /// 1))` or 1: the number of windows does not depend on the matrix. The authors'
    /// `sampling_ops_per_dim`.
    PerSide(usize),
    /// Every so many rows and columns as long as a window fits. The authors' `step_size`.
    Stride(usize),
}

/// What is done with a matrix that holds no window of the size asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SmallMatrix {
    /// The window shrinks to the largest of the same ratio that fits. The default. (The authors'
    /// code cuts it off at the border, which gives up the ratio.)
    #[default]
    Shrink,
    /// The matrix is refused, see [`Outcome::TooSmall`].
    Refuse,
}

/// Options of FARMS.
///
/// Defaults are those of the authors' published code (function `net_esd_estimator_farms`, June
/// 2025): windows of 100 x 200, 10 along each side. The paper treats size, ratio and step as
/// hyperparameters.
///
/// # Example
///
/// ```
/// use convlens_rmt::metrics::farms::{self, Steps};
///
/// let options = farms::Options::default().rows(4).ratio(1.5).steps(Steps::PerSide(3));
/// let windows = options.windows(10, 8)?;
/// assert_eq!(windows.len(), 9);
/// assert_eq!((&windows[8].rows, &windows[8].cols), (&(6..10), &(2..8)));
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Options {
    /// Rows of a window. Default 100.
    pub rows: usize,
    /// Columns over rows of a window, `floor(rows ratio)` columns. Default 2.
    pub ratio: f64,
    /// How windows follow one another. Default 10 along each side.
    pub steps: Steps,
    /// What is done with smaller matrices. Default [`SmallMatrix::Shrink`].
    pub small: SmallMatrix,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            rows: 100,
            ratio: 2.0,
            steps: Steps::PerSide(10),
            small: SmallMatrix::default(),
        }
    }
}

/// A sub-matrix: a range of rows and one of columns.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Window {
    /// Its rows.
    pub rows: Range<usize>,
    /// Its columns.
    pub cols: Range<usize>,
}

impl Options {
    /// Sets the rows of a window.
    #[must_use]
    pub fn rows(mut self, rows: usize) -> Self {
        self.rows = rows;
        self
    }

    /// Sets columns over rows of a window.
    #[must_use]
    pub fn ratio(mut self, ratio: f64) -> Self {
        self.ratio = ratio;
        self
    }

    /// Sets how windows follow one another.
    #[must_use]
    pub fn steps(mut self, steps: Steps) -> Self {
        self.steps = steps;
        self
    }

    /// Sets what is done with smaller matrices.
    #[must_use]
    pub fn small(mut self, small: SmallMatrix) -> Self {
        self.small = small;
        self
    }

    /// The windows of a `rows x cols` matrix, row by row; none where no window fits.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] for a bad option.
    ///
    /// # Complexity
    ///
    /// Linear in the number of windows.
    pub fn windows(&self, rows: usize, cols: usize) -> Result<Vec<Window>, RmtError> {
        self.check()?;
        let Some((height, width)) = self.size(rows, cols) else {
            return Ok(Vec::new());
        };
        let down = self.starts(rows, height);
        let across = self.starts(cols, width);
        let at = |&row: &usize| {
            across.iter().map(move |&col| Window {
                rows: row..row + height,
                cols: col..col + width,
            })
        };
        Ok(down.iter().flat_map(at).collect())
    }

    /// Rows and columns of a window in a `rows x cols` matrix.
    fn size(&self, rows: usize, cols: usize) -> Option<(usize, usize)> {
        // A product that is 2 up to rounding is 2.
        let width = |height: usize| (height as f64 * self.ratio * (1.0 + 1e-12)).floor() as usize;
        let tallest = match self.small {
            SmallMatrix::Refuse => self.rows,
            SmallMatrix::Shrink => {
                let by_width = ((cols as f64 + 1.0) / self.ratio).ceil();
                self.rows.min(rows).min(by_width as usize)
            }
        };
        let least = match self.small {
            SmallMatrix::Refuse => tallest,
            // Two steps undo the rounding up; below that the width only falls.
            SmallMatrix::Shrink => tallest.saturating_sub(2).max(1),
        };
        let mut heights = (least..=tallest).rev();
        heights
            .find(|&height| height <= rows && (1..=cols).contains(&width(height)))
            .map(|height| (height, width(height)))
    }

    fn starts(&self, side: usize, window: usize) -> Vec<usize> {
        let room = side - window;
        let (step, most) = match self.steps {
            Steps::Stride(step) => (step, usize::MAX),
            Steps::PerSide(1) => (1, 1),
            Steps::PerSide(count) => ((room / (count - 1)).max(1), count),
        };
        (0..=room).step_by(step).take(most).collect()
    }

    pub(super) fn check(&self) -> Result<(), RmtError> {
        require(
            self.ratio.is_finite() && self.ratio > 0.0,
            "ratio",
            self.ratio,
            "finite and above 0",
        )?;
        require(self.rows >= 1, "rows", self.rows as f64, "at least 1")?;
        let steps = match self.steps {
            Steps::PerSide(steps) | Steps::Stride(steps) => steps,
        };
        require(steps >= 1, "steps", steps as f64, "at least 1")
    }
}

/// How a convolution becomes matrices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ConvTreatment {
    /// One `c_out x c_in` matrix for each kernel position, windows of all pooled: the later of the
    /// two ways in the authors' published code. The default.
    #[default]
    Slices,
    /// One `c_out x (c_in positions)` matrix: the other way in that code.
    Unfold,
}

/// The weights of a layer as one matrix or several of the same shape.
#[derive(Debug, Clone, Copy)]
pub struct LayerMatrices<'a> {
    weights: &'a [f64],
    rows: usize,
    cols: usize,
    count: usize,
}

impl<'a> LayerMatrices<'a> {
    /// A dense layer, row-major.
    ///
    /// # Errors
    ///
    /// [`RmtError::EmptyShape`] or [`RmtError::WrongEntries`] where the shape is empty or not that
    /// of the weights, [`RmtError::NonFinite`] for such a weight.
    pub fn dense(weights: &'a [f64], rows: usize, cols: usize) -> Result<Self, RmtError> {
        Self::new(weights, rows, cols, 1)
    }

    /// A convolution, row-major `[c_out, c_in, positions]`, where `positions` is the product of the
    /// kernel's sides.
    ///
    /// # Errors
    ///
    /// As [`dense`](LayerMatrices::dense).
    pub fn conv(
        weights: &'a [f64],
        c_out: usize,
        c_in: usize,
        positions: usize,
        treatment: ConvTreatment,
    ) -> Result<Self, RmtError> {
        match treatment {
            ConvTreatment::Slices => Self::new(weights, c_out, c_in, positions),
            ConvTreatment::Unfold => {
                let layer = Self::new(weights, c_out, c_in, positions)?;
                Ok(Self {
                    cols: c_in * positions,
                    count: 1,
                    ..layer
                })
            }
        }
    }

    fn new(weights: &'a [f64], rows: usize, cols: usize, count: usize) -> Result<Self, RmtError> {
        if rows == 0 || cols == 0 || count == 0 {
            return Err(RmtError::EmptyShape {
                rows,
                cols: cols.saturating_mul(count),
            });
        }
        let expected = rows.checked_mul(cols).and_then(|n| n.checked_mul(count));
        if expected != Some(weights.len()) {
            return Err(RmtError::WrongEntries {
                given: weights.len(),
                rows,
                cols: cols.saturating_mul(count),
            });
        }
        if let Some(index) = weights.iter().position(|w| !w.is_finite()) {
            return Err(RmtError::NonFinite {
                index,
                value: weights[index],
            });
        }
        Ok(Self {
            weights,
            rows,
            cols,
            count,
        })
    }

    /// Rows of each matrix.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns of each matrix.
    #[must_use]
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Number of matrices.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The entries of a window of one of the matrices, row-major.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] if the matrix or the window is out of range.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::metrics::farms::{ConvTreatment, LayerMatrices, Window};
    ///
    /// // Two filters of two channels and two positions.
    /// let weights = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
    /// let slices = LayerMatrices::conv(&weights, 2, 2, 2, ConvTreatment::Slices)?;
    /// let all = Window { rows: 0..2, cols: 0..2 };
    /// assert_eq!(slices.gather(1, &all)?, [1.0, 3.0, 5.0, 7.0]);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn gather(&self, matrix: usize, window: &Window) -> Result<Vec<f64>, RmtError> {
        let known = matrix < self.count;
        require(
            known,
            "matrix",
            matrix as f64,
            "under the number of matrices",
        )?;
        let end = window.rows.end.max(window.cols.end) as f64;
        let inside = window.rows.end <= self.rows && window.cols.end <= self.cols;
        require(inside, "end of the window", end, "inside the matrix")?;
        let entry =
            |row: usize, col: usize| self.weights[(row * self.cols + col) * self.count + matrix];
        let cols = &window.cols;
        let entries = window.rows.clone();
        Ok(entries
            .flat_map(|row| cols.clone().map(move |col| entry(row, col)))
            .collect())
    }
}

impl Farms {
    /// The exponent of a layer without the bias of its aspect ratio: fixed-aspect-ratio matrix
    /// subsampling (Hu, Goel, Killiakov and Yang, "Eigenspectrum analysis of neural networks
    /// without aspect ratio bias", ICML 2025, arXiv 2506.06280).
    ///
    /// The spectrum of even a random matrix depends on its aspect ratio, and so does an exponent
    /// fitted to it. So overlapping windows of one ratio are taken from every matrix of the layer,
    /// their eigenvalues pooled (the mean of their spectral densities), and the exponent is that of
    /// the pool.
    ///
    /// # Conventions
    ///
    /// `tail_options` are those of the fit of Clauset et al., which stands beside Hill's estimate
    /// in the result.
    ///
    /// Rows are output channels and are not swapped with columns, whichever is larger.
    /// `singular_values` is given a window's entries (row-major), rows and columns, and returns all
    /// `min(rows, cols)` singular values in any order: this crate runs no decomposition.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] for a bad option; [`RmtError::Decomposition`] where the
    /// closure fails; [`RmtError::WrongLength`], [`RmtError::NonFinite`], [`RmtError::Negative`] or
    /// [`RmtError::SquareOverflows`] for what it returns.
    ///
    /// # Complexity
    ///
    /// One decomposition for each window of each matrix, 100 of 100 x 200 by default.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::metrics::farms::{self, Farms, LayerMatrices};
    /// use convlens_rmt::tail;
    ///
    /// // A 20 x 3 matrix in windows of one row: the singular value of a row is its length.
    /// let weights: Vec<f64> = (1..=60).map(f64::from).collect();
    /// let layer = LayerMatrices::dense(&weights, 20, 3)?;
    /// let length = |row: &[f64], _: usize, _: usize| {
    ///     Ok::<_, String>(vec![row.iter().map(|x| x * x).sum::<f64>().sqrt()])
    /// };
    /// let options = farms::Options::default().rows(1).ratio(3.0);
    /// let outcome = Farms::analyze(&layer, &options, &tail::Options::default(), length)?;
    /// let farms = outcome.value().expect("a row fits");
    /// assert_eq!((farms.windows.len(), farms.q), (10, 3.0));
    /// assert!((farms.eigenvalues[0] - (1.0 + 4.0 + 9.0) / 3.0).abs() < 1e-12);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn analyze<E: Into<Box<dyn Error + Send + Sync>>>(
        layer: &LayerMatrices<'_>,
        options: &Options,
        tail_options: &tail::Options,
        mut singular_values: impl FnMut(&[f64], usize, usize) -> Result<Vec<f64>, E>,
    ) -> Result<Outcome, RmtError> {
        let (rows, cols) = (layer.rows(), layer.cols());
        let windows = options.windows(rows, cols)?;
        // Options of the fit are checked before any decomposition.
        PowerLaw::fit(&[], tail_options)?;
        let Some(first) = windows.first() else {
            return Ok(Outcome::TooSmall { rows, cols });
        };
        let (height, width) = (first.rows.len(), first.cols.len());
        let mut eigenvalues = Vec::new();
        for matrix in 0..layer.count() {
            for window in &windows {
                let entries = layer.gather(matrix, window)?;
                let values = singular_values(&entries, height, width).map_err(|error| {
                    RmtError::Decomposition {
                        matrix,
                        row: window.rows.start,
                        col: window.cols.start,
                        source: DecompositionError::new(error),
                    }
                })?;
                let esd = Esd::from_singular_values(&values, height, width)?;
                eigenvalues.extend_from_slice(esd.eigenvalues());
            }
        }
        eigenvalues.sort_by(f64::total_cmp);
        let positive = eigenvalues.len() - eigenvalues.partition_point(|&v| v <= 0.0);
        let half = HillThreshold::Count((positive / 2).max(1));
        Ok(Outcome::Pooled(Box::new(Farms {
            q: height.max(width) as f64 / height.min(width) as f64,
            matrices: layer.count(),
            power_law: PowerLaw::fit(&eigenvalues, tail_options)?,
            hill: Hill::estimate(&eigenvalues, half)?,
            windows,
            eigenvalues,
            options: options.clone(),
        })))
    }
}

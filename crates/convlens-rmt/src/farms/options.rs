//! Which windows are taken of a matrix.

use std::ops::Range;

use crate::error::{RmtError, require};
use crate::power_law::PowerLawOptions;

/// How windows follow one another, down and across.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Steps {
    /// At most this many along each side, the step between them `floor((side - window) / (count - 1))` or 1: the number of
    /// windows does not depend on the matrix. The authors' `sampling_ops_per_dim`.
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
    /// The window shrinks to the largest of the same ratio that fits. The default. (The authors' code cuts it off at
    /// the border, which gives up the ratio.)
    #[default]
    Shrink,
    /// The matrix is refused, see [`FarmsOutcome::TooSmall`](crate::FarmsOutcome::TooSmall).
    Refuse,
}

/// Options of FARMS.
///
/// Defaults are those of the authors' published code (function `net_esd_estimator_farms`, June 2025): windows of 100 x 200,
/// 10 along each side. The paper treats size, ratio and step as hyperparameters.
///
/// # Example
///
/// ```
/// use convlens_rmt::{FarmsOptions, Steps};
///
/// let options = FarmsOptions::default().rows(4).ratio(1.5).steps(Steps::PerSide(3));
/// let windows = options.windows(10, 8)?;
/// assert_eq!(windows.len(), 9);
/// assert_eq!((&windows[8].rows, &windows[8].cols), (&(6..10), &(2..8)));
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FarmsOptions {
    /// Rows of a window. Default 100.
    pub rows: usize,
    /// Columns over rows of a window, `floor(rows ratio)` columns. Default 2.
    pub ratio: f64,
    /// How windows follow one another. Default 10 along each side.
    pub steps: Steps,
    /// What is done with smaller matrices. Default [`SmallMatrix::Shrink`].
    pub small: SmallMatrix,
    /// The fit of Clauset et al. beside the Hill estimate.
    pub power_law: PowerLawOptions,
}

impl Default for FarmsOptions {
    fn default() -> Self {
        Self {
            rows: 100,
            ratio: 2.0,
            steps: Steps::PerSide(10),
            small: SmallMatrix::default(),
            power_law: PowerLawOptions::default(),
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

impl FarmsOptions {
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

    /// Sets the fit of Clauset et al.
    #[must_use]
    pub fn power_law(mut self, power_law: PowerLawOptions) -> Self {
        self.power_law = power_law;
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

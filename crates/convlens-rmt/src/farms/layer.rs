//! The matrices of a layer, as views of its weights.

use super::options::Window;
use crate::error::RmtError;

/// How a convolution becomes matrices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ConvTreatment {
    /// One `c_out x c_in` matrix for each kernel position, windows of all pooled: the later of the two ways in the authors'
    /// published code. The default.
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
    /// [`RmtError::EmptyShape`] or [`RmtError::WrongEntries`] where the shape is empty or not that of the weights,
    /// [`RmtError::NonFinite`] for such a weight.
    pub fn dense(weights: &'a [f64], rows: usize, cols: usize) -> Result<Self, RmtError> {
        Self::new(weights, rows, cols, 1)
    }

    /// A convolution, row-major `[c_out, c_in, positions]`, where `positions` is the product of the kernel's sides.
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
    /// # Panics
    ///
    /// If the matrix or the window is out of range.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{ConvTreatment, LayerMatrices, Window};
    ///
    /// // Two filters of two channels and two positions.
    /// let weights = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
    /// let slices = LayerMatrices::conv(&weights, 2, 2, 2, ConvTreatment::Slices)?;
    /// let all = Window { rows: 0..2, cols: 0..2 };
    /// assert_eq!(slices.gather(1, &all), [1.0, 3.0, 5.0, 7.0]);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    #[must_use]
    pub fn gather(&self, matrix: usize, window: &Window) -> Vec<f64> {
        assert!(matrix < self.count, "matrix {matrix} of {}", self.count);
        assert!(
            window.rows.end <= self.rows && window.cols.end <= self.cols,
            "{window:?} in a {} x {} matrix",
            self.rows,
            self.cols
        );
        let entry =
            |row: usize, col: usize| self.weights[(row * self.cols + col) * self.count + matrix];
        let cols = &window.cols;
        window
            .rows
            .clone()
            .flat_map(|row| cols.clone().map(move |col| entry(row, col)))
            .collect()
    }
}

//! A dense matrix, row-major.

use super::jacobi;

/// A dense real matrix, row-major.
///
/// # Example
/// ```
/// use convlens_fixtures::oracle::Dense;
///
/// let a = Dense { rows: 2, cols: 2, data: vec![0.0, 3.0, 4.0, 0.0] };
/// assert_eq!(a.singular_values(), [4.0, 3.0]);
/// assert_eq!(a.apply(&[1.0, 2.0]), [6.0, 4.0]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Dense {
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub cols: usize,
    /// `rows * cols` entries.
    pub data: Vec<f64>,
}

impl Dense {
    /// A matrix of zeros.
    pub fn zeros(rows: usize, cols: usize) -> Self {
        Self {
            rows,
            cols,
            data: vec![0.0; rows * cols],
        }
    }

    /// The transpose.
    #[must_use]
    pub fn transposed(&self) -> Self {
        let mut t = Self::zeros(self.cols, self.rows);
        for i in 0..self.rows {
            for j in 0..self.cols {
                t.data[j * self.rows + i] = self.data[i * self.cols + j];
            }
        }
        t
    }

    /// The product with a vector.
    pub fn apply(&self, x: &[f64]) -> Vec<f64> {
        self.data
            .chunks(self.cols)
            .map(|row| row.iter().zip(x).map(|(a, b)| a * b).sum())
            .collect()
    }

    /// The sum of the squares of the entries.
    pub fn squares(&self) -> f64 {
        self.data.iter().map(|a| a * a).sum()
    }

    /// All `min(rows, cols)` singular values, descending, by one-sided Jacobi on the smaller side:
    /// small ones are as accurate, relatively, as the columns determine them (Demmel and Veselic
    /// 1992). Any scale.
    pub fn singular_values(&self) -> Vec<f64> {
        if self.rows >= self.cols {
            jacobi::singular_values(self.transposed().data, self.rows)
        } else {
            jacobi::singular_values(self.data.clone(), self.cols)
        }
    }

    /// The columns (the rows, where there are fewer) rotated until they are orthogonal: `sigma u`
    /// (`sigma v`) for each singular value, in no order.
    pub fn rotated(&self) -> Vec<Vec<f64>> {
        if self.rows >= self.cols {
            jacobi::orthogonal_columns(self.transposed().data, self.rows)
        } else {
            jacobi::orthogonal_columns(self.data.clone(), self.cols)
        }
    }

    /// The largest singular value; 0 for a matrix without entries.
    pub fn norm(&self) -> f64 {
        self.singular_values().first().copied().unwrap_or(0.0)
    }
}

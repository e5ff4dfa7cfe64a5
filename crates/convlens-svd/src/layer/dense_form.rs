//! The layer as a matrix: for small layers, where every singular value is wanted whatever the padding and the stride.

use super::ConvLayer;
use crate::dense::singular_values;
use crate::parallel::map_ordered;
use crate::{SvdError, scale};
use faer::Mat;

/// Entries of a dense matrix at most: 512 MiB.
const LARGEST: u64 = 1 << 26;

impl ConvLayer {
    /// The layer's matrix, row-major `output_len x input_len`, so that `y = A x` for signals as in [`ConvLayer::apply`].
    ///
    /// All padding modes, and strides that do not divide the grid.
    ///
    /// # Errors
    /// [`SvdError::TooLarge`] for more than `2^26` entries.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{ConvKernel, ConvLayer, Geometry, PaddingMode};
    ///
    /// let geometry = Geometry::new(1).with_padding(&[(1, 1)]).with_padding_mode(PaddingMode::Replicate);
    /// let kernel = ConvKernel::new(vec![1.0, 10.0, 100.0], &[1, 1, 3], geometry)?;
    /// let matrix = ConvLayer::new(&kernel, &[3])?.to_dense()?;
    /// assert_eq!(matrix, [11.0, 100.0, 0.0, 1.0, 10.0, 100.0, 0.0, 1.0, 110.0]);
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn to_dense(&self) -> Result<Vec<f64>, SvdError> {
        let (rows, cols) = (self.output_len(), self.input_len());
        refuse_large(rows as u64, cols as u64, 1)?;
        let (nx, ny) = (self.fine_plane(), self.coarse_plane());
        let mut matrix = vec![0.0; rows * cols];
        for row in 0..self.groups * self.rows {
            let group = row / self.rows;
            for col in 0..self.cols {
                let (to, from) = (row * ny, (group * self.cols + col) * nx);
                self.for_each_entry(row, col, |w, i, j| {
                    let (i, j) = (to + i, from + j);
                    matrix[if self.is_transposed() {
                        j * cols + i
                    } else {
                        i * cols + j
                    }] += w;
                });
            }
        }
        Ok(matrix)
    }

    /// All singular values of the layer, descending, `min(output_len, input_len)` of them, by dense SVD of the block of
    /// each group.
    ///
    /// The exact path for what [`OperatorSpectrum`](crate::OperatorSpectrum) does not cover: zero, reflect and replicate
    /// padding, and a stride that does not divide the grid.
    ///
    /// # Errors
    /// [`SvdError::TooLarge`] where the blocks of all groups have more than `2^26` entries; [`SvdError::NoConvergence`],
    /// [`SvdError::Overflow`].
    ///
    /// # Complexity
    /// Cubic: per group `O(m n min(m, n))` for an `m x n` block.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{ConvKernel, ConvLayer, Geometry};
    ///
    /// // A moving sum of three on 5 samples, zero-padded: |1 + 2 cos(pi j / 6)|, j = 1 ..= 5.
    /// let same = Geometry::new(1).with_padding(&[(1, 1)]);
    /// let layer = ConvLayer::new(&ConvKernel::new(vec![1.0; 3], &[1, 1, 3], same)?, &[5])?;
    /// let values = layer.singular_values()?;
    /// let exact = [1.0 + 3f64.sqrt(), 2.0, 1.0, 3f64.sqrt() - 1.0, 0.0];
    /// assert!(values.iter().zip(exact).all(|(found, exact)| (found - exact).abs() < 1e-14));
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn singular_values(&self) -> Result<Vec<f64>, SvdError> {
        let (nx, ny) = (self.fine_plane(), self.coarse_plane());
        let (rows, cols) = (self.rows * ny, self.cols * nx);
        refuse_large(rows as u64, cols as u64, self.groups as u64)?;
        let (scaled, exponent) = self.normalized();
        let of_group = |group: usize| {
            let mut block = Mat::<f64>::zeros(rows, cols);
            for row in 0..self.rows {
                for col in 0..self.cols {
                    scaled.for_each_entry(group * self.rows + row, col, |w, i, j| {
                        block[(row * ny + i, col * nx + j)] += w;
                    });
                }
            }
            singular_values(block.as_ref())
        };
        let mut values = Vec::with_capacity(self.groups * rows.min(cols));
        for found in map_ordered(self.groups, of_group) {
            values.extend(found?.0);
        }
        values.sort_by(|a, b| b.total_cmp(a));
        let restored = |value| scale::restored(value, exponent, "a singular value");
        values.into_iter().map(restored).collect()
    }

    /// Calls `f(weight, coarse position, fine position)` for all that a pair of channels shares.
    fn for_each_entry(&self, row: usize, col: usize, mut f: impl FnMut(f64, usize, usize)) {
        self.for_each_run(row, col, |w, to, from, run| {
            for i in 0..run.len {
                let from = (from as isize + run.step * i as isize) as usize;
                f(w, to + i, from);
            }
        });
    }
}

fn refuse_large(rows: u64, cols: u64, blocks: u64) -> Result<(), SvdError> {
    let needed = rows.saturating_mul(cols).saturating_mul(blocks);
    if needed > LARGEST {
        return Err(SvdError::TooLarge {
            what: "the number of entries of the dense matrix",
            needed,
            limit: LARGEST,
        });
    }
    Ok(())
}

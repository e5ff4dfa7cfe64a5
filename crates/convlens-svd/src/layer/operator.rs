//! Apply and adjoint of a layer on a grid; for small layers its matrix and all singular values.

use super::axis::{Axis, Steps, taps};
use crate::dense::singular_values;
use crate::error::SvdError;
use crate::geometry::{Geometry, PaddingMode};
use crate::kernel::{ConvKernel, checked_product};
use crate::numeric;
use crate::parallel::map_ordered;
use faer::Mat;

/// Entries of a signal at most: 16 GiB of them.
const MOST_ENTRIES: usize = 1 << 31;

/// A layer on a grid as a linear operator without bias, as PyTorch defines it: `apply` and
/// `adjoint`.
///
/// `y[o, j] = sum_{i, p} W[o, i, p] x[i, s j + dilation p - begin]`: a cross-correlation, with the
/// padding mode of the kernel's geometry. A transposed layer is the adjoint of the forward one
/// (zero padding only), with its output padding.
///
/// # Conventions
/// Signals are row-major `[channel, position_1, .., position_d]`.
///
/// # Complexity
/// One multiply-add per weight and output position (input position for a transposed layer), as
/// products of matrices over ranges of positions (groups of fewer than four channels: direct sums).
/// Nothing but the kernel is stored; each thread holds about 2 MiB while it works.
///
/// # Example
/// ```
/// use convlens_svd::{ConvKernel, LayerOperator, Geometry};
///
/// let same = Geometry::new(1).with_padding(&[(1, 1)]);
/// let kernel = ConvKernel::new(vec![1.0, 10.0, 100.0], &[1, 1, 3], same)?;
/// let layer = LayerOperator::new(&kernel, &[3])?;
/// assert_eq!(layer.apply(&[1.0, 2.0, 3.0])?, [210.0, 321.0, 32.0]);
/// assert_eq!(layer.adjoint(&[1.0, 0.0, 0.0])?, [10.0, 100.0, 0.0]);
/// # Ok::<(), convlens_svd::SvdError>(())
/// ```
#[doc(alias = "ConvLayer")]
#[derive(Debug, Clone)]
pub struct LayerOperator {
    pub(super) weights: Vec<f64>,
    transposed: bool,
    geometry: Geometry,
    kernel_size: Vec<usize>,
    pub(super) groups: usize,
    /// Rows and columns of the kernel's stored channel axes, per group.
    pub(super) rows: usize,
    pub(super) cols: usize,
    /// Grid that the forward reading of the kernel reads, and the one that it writes.
    fine: Vec<usize>,
    coarse: Vec<usize>,
    /// The same by axis, leading ones trivial, with what each tap reads.
    pub(super) axes: [Axis; 3],
}

impl LayerOperator {
    /// Lays a kernel over an input grid.
    ///
    /// # Errors
    /// Those of [`Geometry::output_size`](crate::Geometry::output_size), [`SvdError::TooLarge`]
    /// past 2^31 entries of an input or output, and [`SvdError::Unsupported`] for a transposed
    /// layer whose padding mode is not zeros (no framework defines one).
    pub fn new(kernel: &ConvKernel, grid: &[usize]) -> Result<Self, SvdError> {
        let geometry = kernel.geometry();
        let transposed = geometry.is_transposed();
        let mode = geometry.padding_mode();
        if transposed && mode != PaddingMode::Zeros {
            let (operation, what) = (
                "the matrix-free layer",
                "transposed layers unless zero-padded",
            );
            return Err(SvdError::Unsupported { operation, what });
        }
        let output = geometry.output_size(kernel.kernel_size(), grid)?;
        check_signal(kernel.c_in(), grid)?;
        check_signal(kernel.c_out(), &output)?;
        let (fine, coarse) = if transposed {
            (output, grid.to_vec())
        } else {
            (grid.to_vec(), output)
        };
        let size = kernel.kernel_size();
        let mut axes = [(); 3].map(|()| Axis::trivial());
        for (axis, out) in axes[3 - size.len()..].iter_mut().enumerate() {
            let steps = Steps {
                stride: geometry.stride()[axis],
                dilation: geometry.dilation()[axis],
                begin: geometry.padding()[axis].0,
            };
            *out = Axis::new(fine[axis], coarse[axis], size[axis], steps, mode);
        }
        Ok(Self {
            weights: kernel.weights().to_vec(),
            transposed,
            geometry: geometry.clone(),
            kernel_size: size.to_vec(),
            groups: kernel.groups(),
            rows: kernel.shape()[0] / kernel.groups(),
            cols: kernel.shape()[1],
            fine,
            coarse,
            axes,
        })
    }

    /// Spatial size of the input.
    pub fn input_size(&self) -> &[usize] {
        if self.transposed {
            &self.coarse
        } else {
            &self.fine
        }
    }

    /// Spatial size of the output.
    pub fn output_size(&self) -> &[usize] {
        if self.transposed {
            &self.fine
        } else {
            &self.coarse
        }
    }

    /// `[c_in, positions..]`.
    pub(crate) fn input_shape(&self) -> Vec<usize> {
        let size = self.input_size();
        let positions: usize = size.iter().product();
        [&[self.input_len() / positions], size].concat()
    }

    /// `[c_out, positions..]`.
    pub(crate) fn output_shape(&self) -> Vec<usize> {
        let size = self.output_size();
        let positions: usize = size.iter().product();
        [&[self.output_len() / positions], size].concat()
    }

    /// Entries of an input signal.
    pub fn input_len(&self) -> usize {
        if self.transposed {
            self.coarse_len()
        } else {
            self.fine_len()
        }
    }

    /// Entries of an output signal.
    pub fn output_len(&self) -> usize {
        if self.transposed {
            self.fine_len()
        } else {
            self.coarse_len()
        }
    }

    /// The layer's output, without bias.
    ///
    /// # Errors
    /// [`SvdError::SignalLength`].
    pub fn apply(&self, x: &[f64]) -> Result<Vec<f64>, SvdError> {
        check(x, self.input_len())?;
        let mut y = vec![0.0; self.output_len()];
        self.apply_into(x, &mut y)?;
        Ok(y)
    }

    /// [`LayerOperator::apply`] into a buffer, whatever it held.
    ///
    /// # Errors
    /// [`SvdError::SignalLength`], of the input or of the buffer.
    pub fn apply_into(&self, x: &[f64], y: &mut [f64]) -> Result<(), SvdError> {
        check(x, self.input_len())?;
        check(y, self.output_len())?;
        if self.transposed {
            self.scatter(x, y);
        } else {
            self.gather(x, y);
        }
        Ok(())
    }

    /// The transpose of [`LayerOperator::apply`].
    ///
    /// # Errors
    /// [`SvdError::SignalLength`].
    pub fn adjoint(&self, y: &[f64]) -> Result<Vec<f64>, SvdError> {
        check(y, self.output_len())?;
        let mut x = vec![0.0; self.input_len()];
        self.adjoint_into(y, &mut x)?;
        Ok(x)
    }

    /// [`LayerOperator::adjoint`] into a buffer, whatever it held.
    ///
    /// # Errors
    /// [`SvdError::SignalLength`], of the output signal or of the buffer.
    pub fn adjoint_into(&self, y: &[f64], x: &mut [f64]) -> Result<(), SvdError> {
        check(y, self.output_len())?;
        check(x, self.input_len())?;
        if self.transposed {
            self.gather(y, x);
        } else {
            self.scatter(y, x);
        }
        Ok(())
    }

    /// From the fine grid to the coarse one: the forward reading of the kernel.
    fn gather(&self, x: &[f64], y: &mut [f64]) {
        if self.has_blocks() {
            self.gather_by_patches(x, y);
        } else {
            self.gather_directly(x, y);
        }
    }

    /// From the coarse grid to the fine one: the adjoint of [`Self::gather`].
    fn scatter(&self, y: &[f64], x: &mut [f64]) {
        if self.has_blocks() {
            self.scatter_by_patches(y, x);
        } else {
            self.scatter_directly(y, x);
        }
    }

    /// The layer with its weights divided by `2^e`, and `e`.
    pub(crate) fn normalized(&self) -> (Self, i32) {
        let exponent = numeric::exponent(&self.weights);
        let weights = numeric::normalized(&self.weights, exponent);
        let scaled = Self {
            weights,
            ..self.clone()
        };
        (scaled, exponent)
    }

    /// The kernel that the layer was made of.
    pub(crate) fn kernel(&self) -> Result<ConvKernel, SvdError> {
        let shape = [&[self.groups * self.rows, self.cols], &self.kernel_size[..]].concat();
        ConvKernel::new(self.weights.clone(), &shape, self.geometry.clone())
    }

    pub(super) fn is_transposed(&self) -> bool {
        self.transposed
    }

    pub(super) fn taps(&self) -> usize {
        taps(&self.axes)
    }

    pub(super) fn fine_plane(&self) -> usize {
        self.fine.iter().product()
    }

    pub(super) fn coarse_plane(&self) -> usize {
        self.coarse.iter().product()
    }

    fn fine_len(&self) -> usize {
        self.groups * self.cols * self.fine_plane()
    }

    fn coarse_len(&self) -> usize {
        self.groups * self.rows * self.coarse_plane()
    }
}

/// Refuses signals that would not fit in memory.
fn check_signal(channels: usize, grid: &[usize]) -> Result<(), SvdError> {
    let entries = checked_product(&[&[channels], grid].concat())?;
    if entries > MOST_ENTRIES {
        return Err(SvdError::TooLarge {
            what: "the number of entries of a signal",
            needed: entries as u64,
            limit: MOST_ENTRIES as u64,
        });
    }
    Ok(())
}

fn check(signal: &[f64], expected: usize) -> Result<(), SvdError> {
    if signal.len() == expected {
        Ok(())
    } else {
        Err(SvdError::SignalLength {
            expected,
            got: signal.len(),
        })
    }
}

/// Entries of a dense matrix at most: 512 MiB.
const LARGEST: u64 = 1 << 26;

impl LayerOperator {
    /// The layer's matrix, row-major `output_len x input_len`, so that `y = A x` for signals as in
    /// [`LayerOperator::apply`].
    ///
    /// All padding modes, and strides that do not divide the grid.
    ///
    /// # Errors
    /// [`SvdError::TooLarge`] for more than `2^26` entries.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{ConvKernel, LayerOperator, Geometry, PaddingMode};
    ///
    /// let geometry = Geometry::new(1)
    ///     .with_padding(&[(1, 1)])
    ///     .with_padding_mode(PaddingMode::Replicate);
    /// let kernel = ConvKernel::new(vec![1.0, 10.0, 100.0], &[1, 1, 3], geometry)?;
    /// let matrix = LayerOperator::new(&kernel, &[3])?.to_dense()?;
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

    /// All singular values of the layer, descending, `min(output_len, input_len)` of them, by dense
    /// SVD of the block of each group.
    ///
    /// The exact path for what [`OperatorSpectrum`](crate::OperatorSpectrum) does not cover: zero,
    /// reflect and replicate padding, and a stride that does not divide the grid.
    ///
    /// # Errors
    /// [`SvdError::TooLarge`] where the blocks of all groups have more than `2^26` entries;
    /// [`SvdError::NoConvergence`], [`SvdError::Overflow`].
    ///
    /// # Complexity
    /// Cubic: per group `O(m n min(m, n))` for an `m x n` block.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{ConvKernel, LayerOperator, Geometry};
    ///
    /// // A moving sum of three on 5 samples, zero-padded: |1 + 2 cos(pi j / 6)|, j = 1 ..= 5.
    /// let same = Geometry::new(1).with_padding(&[(1, 1)]);
    /// let layer = LayerOperator::new(&ConvKernel::new(vec![1.0; 3], &[1, 1, 3], same)?, &[5])?;
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
        let restored = |value| numeric::restored(value, exponent, "a singular value");
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

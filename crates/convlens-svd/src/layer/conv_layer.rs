//! Apply and adjoint of a layer on a grid.

use super::runs::{Run, runs};
use crate::kernel::checked_product;
use crate::parallel::for_each_chunk;
use crate::{ConvKernel, PaddingMode, SvdError};

/// A layer on a grid as a linear operator without bias, as PyTorch defines it: `apply` and `adjoint`, by direct sums.
///
/// `y[o, j] = sum_{i, p} W[o, i, p] x[i, s j + dilation p - begin]`: a cross-correlation, with the padding mode of the
/// kernel's geometry. A transposed layer is the adjoint of the forward one (zero padding only), with its output padding.
///
/// # Conventions
/// Signals are row-major `[channel, position_1, .., position_d]`.
///
/// # Complexity
/// One multiply-add per weight and output position (input position for a transposed layer). Nothing but the kernel is
/// stored.
///
/// # Example
/// ```
/// use convlens_svd::{ConvKernel, ConvLayer, Geometry};
///
/// let same = Geometry::new(1).with_padding(&[(1, 1)]);
/// let kernel = ConvKernel::new(vec![1.0, 10.0, 100.0], &[1, 1, 3], same)?;
/// let layer = ConvLayer::new(&kernel, &[3])?;
/// assert_eq!(layer.apply(&[1.0, 2.0, 3.0])?, [210.0, 321.0, 32.0]);
/// assert_eq!(layer.adjoint(&[1.0, 0.0, 0.0])?, [10.0, 100.0, 0.0]);
/// # Ok::<(), convlens_svd::SvdError>(())
/// ```
#[derive(Debug, Clone)]
pub struct ConvLayer {
    weights: Vec<f64>,
    transposed: bool,
    groups: usize,
    /// Rows and columns of the kernel's stored channel axes, per group.
    rows: usize,
    cols: usize,
    /// Grid that the forward reading of the kernel reads, and the one that it writes.
    fine: Vec<usize>,
    coarse: Vec<usize>,
    /// For each tap, the runs along each of three axes (leading ones trivial).
    taps: Vec<[Vec<Run>; 3]>,
}

impl ConvLayer {
    /// Lays a kernel over an input grid.
    ///
    /// # Errors
    /// Those of [`Geometry::output_size`](crate::Geometry::output_size), and [`SvdError::Unsupported`] for a transposed
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
        checked_product(&[&[kernel.c_in()], grid].concat())?;
        checked_product(&[&[kernel.c_out()], &output[..]].concat())?;
        let (fine, coarse) = if transposed {
            (output, grid.to_vec())
        } else {
            (grid.to_vec(), output)
        };
        let size = kernel.kernel_size();
        let axes: Vec<Vec<Vec<Run>>> = (0..size.len())
            .map(|axis| {
                let (stride, begin) = (geometry.stride()[axis], geometry.padding()[axis].0);
                let offset = |p| geometry.dilation()[axis] as i128 * p as i128 - begin as i128;
                (0..size[axis])
                    .map(|p| runs(fine[axis], coarse[axis], stride, offset(p), mode))
                    .collect()
            })
            .collect();
        let trivial = vec![Run {
            to: 0,
            from: 0,
            len: 1,
            step: 0,
        }];
        let taps = (0..kernel.taps()).map(|mut tap| {
            let mut along = [trivial.clone(), trivial.clone(), trivial.clone()];
            for (axis, runs) in axes.iter().enumerate().rev() {
                along[3 - size.len() + axis] = runs[tap % size[axis]].clone();
                tap /= size[axis];
            }
            along
        });
        Ok(Self {
            weights: kernel.weights().to_vec(),
            transposed,
            groups: kernel.groups(),
            rows: kernel.shape()[0] / kernel.groups(),
            cols: kernel.shape()[1],
            taps: taps.collect(),
            fine,
            coarse,
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
        Ok(if self.transposed {
            self.scatter(x)
        } else {
            self.gather(x)
        })
    }

    /// The transpose of [`ConvLayer::apply`].
    ///
    /// # Errors
    /// [`SvdError::SignalLength`].
    pub fn adjoint(&self, y: &[f64]) -> Result<Vec<f64>, SvdError> {
        check(y, self.output_len())?;
        Ok(if self.transposed {
            self.gather(y)
        } else {
            self.scatter(y)
        })
    }

    fn fine_len(&self) -> usize {
        self.groups * self.cols * self.fine.iter().product::<usize>()
    }

    fn coarse_len(&self) -> usize {
        self.groups * self.rows * self.coarse.iter().product::<usize>()
    }

    /// From the fine grid to the coarse one: the forward reading of the kernel.
    fn gather(&self, x: &[f64]) -> Vec<f64> {
        let (nx, ny) = (
            self.fine.iter().product::<usize>(),
            self.coarse.iter().product::<usize>(),
        );
        let mut y = vec![0.0; self.coarse_len()];
        for_each_chunk(&mut y, ny, |row, y| {
            let group = row / self.rows;
            for col in 0..self.cols {
                let x = &x[(group * self.cols + col) * nx..][..nx];
                self.for_each_run(row, col, |w, to, from, run| {
                    let y = &mut y[to..to + run.len];
                    if run.step == 1 {
                        let x = &x[from..from + run.len];
                        y.iter_mut().zip(x).for_each(|(y, x)| *y += w * x);
                    } else {
                        let at = |i: usize| (from as isize + run.step * i as isize) as usize;
                        y.iter_mut()
                            .enumerate()
                            .for_each(|(i, y)| *y += w * x[at(i)]);
                    }
                });
            }
        });
        y
    }

    /// From the coarse grid to the fine one: the adjoint of [`Self::gather`].
    fn scatter(&self, y: &[f64]) -> Vec<f64> {
        let (nx, ny) = (
            self.fine.iter().product::<usize>(),
            self.coarse.iter().product::<usize>(),
        );
        let mut x = vec![0.0; self.fine_len()];
        for_each_chunk(&mut x, nx, |channel, x| {
            let (group, col) = (channel / self.cols, channel % self.cols);
            for row in group * self.rows..(group + 1) * self.rows {
                let y = &y[row * ny..][..ny];
                self.for_each_run(row, col, |w, to, from, run| {
                    let y = &y[to..to + run.len];
                    if run.step == 1 {
                        let x = &mut x[from..from + run.len];
                        x.iter_mut().zip(y).for_each(|(x, y)| *x += w * y);
                    } else {
                        let at = |i: usize| (from as isize + run.step * i as isize) as usize;
                        y.iter().enumerate().for_each(|(i, y)| x[at(i)] += w * y);
                    }
                });
            }
        });
        x
    }

    /// Calls `f(weight, offset in the coarse plane, offset in the fine plane, run)` for all that a pair of channels
    /// shares.
    fn for_each_run(&self, row: usize, col: usize, mut f: impl FnMut(f64, usize, usize, &Run)) {
        let last = |grid: &[usize], axis: usize| match (grid.len() + axis).checked_sub(3) {
            Some(axis) => grid[axis],
            None => 1,
        };
        let (coarse, fine) = (
            [1, 2].map(|a| last(&self.coarse, a)),
            [1, 2].map(|a| last(&self.fine, a)),
        );
        let weights = &self.weights[(row * self.cols + col) * self.taps.len()..][..self.taps.len()];
        for (&w, [outer, middle, inner]) in weights.iter().zip(&self.taps) {
            if w == 0.0 {
                continue;
            }
            for (a_to, a_from) in points(outer) {
                for (b_to, b_from) in points(middle) {
                    let to = (a_to * coarse[0] + b_to) * coarse[1];
                    let from = (a_from * fine[0] + b_from) * fine[1];
                    for run in inner {
                        f(w, to + run.to, from + run.from, run);
                    }
                }
            }
        }
    }
}

/// The pairs (output, input) of runs, one by one.
fn points(runs: &[Run]) -> impl Iterator<Item = (usize, usize)> + '_ {
    runs.iter().flat_map(|run| {
        (0..run.len).map(|i| {
            (
                run.to + i,
                (run.from as isize + run.step * i as isize) as usize,
            )
        })
    })
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

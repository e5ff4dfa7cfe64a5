//! The record of a layer: the singular values of its unfolding and what follows from them.

use crate::accuracy::{Accuracy, Algorithm, ConditionNumber};
use crate::dense::{hermitian_eigenvalues, singular_values};
use crate::error::SvdError;
use crate::kernel::{ConvKernel, Unfolding};
use crate::numeric;
use crate::numeric::scaled;
use crate::parallel::for_each_chunk;
use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par};

/// The singular values of a layer's unfolded weights, those of all groups merged, and the numbers
/// that follow from them. [`LayerSvd`](crate::LayerSvd) says what they mean, and adds vectors.
///
/// # Conventions
/// The unfolding of each group is a `rows x cols` matrix. Under [`Accuracy::Gram`] a value whose
/// square is at most `8 eps max(m, n) sigma_max^2` cannot be told from zero: the rank counts what
/// is above, and there is no condition number.
///
/// # Complexity
/// `O(m n min(m, n))` per group for an `m x n` unfolding, group after group. Memory beyond the
/// kernel: two copies of one group for [`Accuracy::Exact`]; two squares of its smaller side and 256
/// vectors of that length for [`Accuracy::Gram`].
///
/// # Example
/// ```
/// use convlens_svd::{Accuracy, ConvKernel, LayerValues};
///
/// let kernel = ConvKernel::from_slice(&[3.0, 0.0, 4.0, 6.0, 0.0, 8.0], &[2, 1, 3])?;
/// for accuracy in [Accuracy::Exact, Accuracy::Gram] {
///     let values = LayerValues::new(&kernel, accuracy)?;
///     assert!((values.singular_values[0] - 125f64.sqrt()).abs() < 1e-12);
///     assert_eq!((values.rows, values.cols, values.rank), (2, 3, 1));
///     assert!((values.frobenius_norm - 125f64.sqrt()).abs() < 1e-12);
/// }
/// # Ok::<(), convlens_svd::SvdError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[doc(alias = "singular values")]
#[non_exhaustive]
pub struct LayerValues {
    /// Rows of each group's unfolding: `c_out / g`.
    pub rows: usize,
    /// Columns of each group's unfolding: `c_in / g * k_1 * .. * k_d`.
    pub cols: usize,
    /// Number of channel groups.
    pub groups: usize,
    /// Number of spatial axes of the kernel, 0 for a dense layer.
    pub spatial_dims: usize,
    /// The singular values of all groups, descending.
    pub singular_values: Vec<f64>,
    /// Number of values that differ from zero: over `max(m, n) eps sigma_max` for `m x n`
    /// unfoldings, the cut of numpy's and MATLAB's `rank`; under [`Accuracy::Gram`], over
    /// `sqrt(8 eps max(m, n)) sigma_max`.
    pub rank: usize,
    /// `|W|_F^2 / sigma_max^2`, between 1 and the rank (Rudelson and Vershynin 2007); 0 for an
    /// all-zero kernel.
    pub stable_rank: f64,
    /// `|W|_F`, from the singular values.
    pub frobenius_norm: f64,
    /// What the values promise.
    pub accuracy: Accuracy,
    /// The worst algorithm that any group needed; [`Algorithm::Gram`] where that was asked for.
    pub algorithm: Algorithm,
}

impl LayerValues {
    /// Computes the values of a kernel; no vectors.
    ///
    /// # Errors
    /// [`SvdError::NoConvergence`] if no algorithm converges; [`SvdError::Overflow`] if a singular
    /// value or the Frobenius norm exceeds the range of `f64`.
    pub fn new(kernel: &ConvKernel, accuracy: Accuracy) -> Result<Self, SvdError> {
        let exponent = numeric::exponent(kernel.weights());
        let (mut merged, mut algorithm) = (Vec::new(), Algorithm::Direct);
        for group in 0..kernel.groups() {
            let at = Unfolding::of(kernel, group);
            let (values, taken) = of_group(kernel.weights(), at, exponent, accuracy)?;
            algorithm = algorithm.max(taken);
            for value in values {
                merged.push(numeric::restored(value, exponent, "a singular value")?);
            }
        }
        merged.sort_by(|a, b| b.total_cmp(a));
        Self::of_values(kernel, merged, accuracy, algorithm)
    }

    /// The record of a kernel whose values are known, descending.
    pub(super) fn of_values(
        kernel: &ConvKernel,
        singular_values: Vec<f64>,
        accuracy: Accuracy,
        algorithm: Algorithm,
    ) -> Result<Self, SvdError> {
        let at = Unfolding::of(kernel, 0);
        let mut values = Self {
            rows: at.rows,
            cols: at.cols(),
            groups: kernel.groups(),
            spatial_dims: kernel.spatial_dims(),
            singular_values,
            rank: 0,
            stable_rank: 0.0,
            frobenius_norm: 0.0,
            accuracy,
            algorithm,
        };
        let error = values.longer() * f64::EPSILON;
        values.rank = values.rank_at(match accuracy {
            Accuracy::Exact => error,
            Accuracy::Gram => (8.0 * error).sqrt(),
        });
        values.stable_rank = values.relative_energies().sum();
        values.frobenius_norm = values.largest() * values.stable_rank.sqrt();
        if values.frobenius_norm.is_finite() {
            Ok(values)
        } else {
            Err(SvdError::Overflow {
                what: "the Frobenius norm",
            })
        }
    }

    /// The largest value, `sigma_max`.
    pub fn largest(&self) -> f64 {
        self.singular_values.first().copied().unwrap_or(0.0)
    }

    /// Number of values over `relative_tolerance * sigma_max`.
    pub fn rank_at(&self, relative_tolerance: f64) -> usize {
        let cut = relative_tolerance * self.largest();
        self.singular_values.iter().filter(|&&s| s > cut).count()
    }

    /// `sigma_max / sigma_min` over all groups, or [`ConditionNumber::Infinite`] where the least
    /// value is at most `max(m, n) eps sigma_max` for an `m x n` unfolding; none under
    /// [`Accuracy::Gram`], which does not know the smallest value.
    pub fn condition_number(&self) -> Option<ConditionNumber> {
        let smallest = self.singular_values.last().copied()?;
        let number = ConditionNumber::new(self.largest(), smallest, (self.rows, self.cols));
        (self.accuracy == Accuracy::Exact).then_some(number)
    }

    /// The share of `|W|_F^2` in the first `r` directions, in `[0, 1]`; 1 for an all-zero kernel,
    /// which has none to lose. An `r` over the number of directions means all of them.
    #[doc(alias = "explained variance")]
    pub fn energy(&self, r: usize) -> f64 {
        if self.stable_rank == 0.0 {
            1.0
        } else {
            self.relative_energies().take(r).sum::<f64>() / self.stable_rank
        }
    }

    /// `|W - W_r|_F / |W|_F` for the best approximation `W_r` with `r` directions,
    /// [`LayerSvd::reconstruct`](crate::LayerSvd::reconstruct): exact, from the values that it
    /// leaves out (Eckart and Young 1936), in `[0, 1]`; 0 for an all-zero kernel. An `r` over the
    /// number of directions means all of them.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{Accuracy, ConvKernel, LayerValues};
    ///
    /// let kernel = ConvKernel::from_slice(&[3.0, 0.0, 0.0, 4.0], &[2, 2])?;
    /// let values = LayerValues::new(&kernel, Accuracy::Exact)?;
    /// assert!((values.reconstruction_error(1) - 0.6).abs() < 1e-15);
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn reconstruction_error(&self, r: usize) -> f64 {
        let left: f64 = self.relative_energies().skip(r).sum();
        if self.stable_rank == 0.0 {
            0.0
        } else {
            (left / self.stable_rank).sqrt()
        }
    }

    /// How far `sigma_max` may be from the computed one, relative to it: the contract of its
    /// [`Accuracy`].
    pub(crate) fn relative_error(&self) -> f64 {
        match self.accuracy {
            Accuracy::Exact => 50.0 * f64::EPSILON * self.longer().sqrt(),
            // Half of the bound on the square.
            Accuracy::Gram => 4.0 * f64::EPSILON * self.longer(),
        }
    }

    /// `(sigma_i / sigma_max)^2`; zeros for an all-zero kernel.
    fn relative_energies(&self) -> impl Iterator<Item = f64> + '_ {
        let top = self.largest();
        let share = move |&s: &f64| if top == 0.0 { 0.0 } else { (s / top).powi(2) };
        self.singular_values.iter().map(share)
    }

    fn longer(&self) -> f64 {
        self.rows.max(self.cols) as f64
    }
}

fn of_group(
    weights: &[f64],
    at: Unfolding,
    exponent: i32,
    accuracy: Accuracy,
) -> Result<(Vec<f64>, Algorithm), SvdError> {
    match accuracy {
        Accuracy::Gram => Ok((values_by_gram(weights, at, exponent)?, Algorithm::Gram)),
        Accuracy::Exact => {
            let w = Mat::from_fn(at.rows, at.cols(), |i, j| {
                numeric::scaled(weights[at.index(i, j)], -exponent)
            });
            singular_values(w.as_ref())
        }
    }
}

/// Vectors of the longer side that are added at once, and columns of the Gram matrix that are one
/// task: products of this size run at full speed, and a block of side 8192 takes 16 MiB.
const BLOCK: usize = 256;

/// The singular values of one group's unfolding, descending; the weights are divided by
/// `2^exponent` first.
pub(super) fn values_by_gram(
    weights: &[f64],
    at: Unfolding,
    exponent: i32,
) -> Result<Vec<f64>, SvdError> {
    let gram = gram(weights, at, exponent);
    let n = at.rows.min(at.cols());
    let gram = MatRef::from_column_major_slice(&gram, n, n);
    let eigenvalues = hermitian_eigenvalues(gram).ok_or(SvdError::NoConvergence {
        rows: at.rows,
        cols: at.cols(),
    })?;
    let mut values: Vec<f64> = eigenvalues.iter().map(|l| l.max(0.0).sqrt()).collect();
    values.sort_by(|a, b| b.total_cmp(a));
    Ok(values)
}

/// The lower triangle of `X X^T`, column-major, for the reading `X` of the unfolding that has fewer
/// rows than columns. What is above the diagonal blocks stays zero.
fn gram(weights: &[f64], at: Unfolding, exponent: i32) -> Vec<f64> {
    let (n, m) = (at.rows.min(at.cols()), at.rows.max(at.cols()));
    let wide = at.rows <= at.cols();
    let mut gram = vec![0.0; n * n];
    for begin in (0..m).step_by(BLOCK) {
        let block = Mat::from_fn(n, BLOCK.min(m - begin), |short, long| {
            let long = begin + long;
            let (row, col) = if wide { (short, long) } else { (long, short) };
            scaled(weights[at.index(row, col)], -exponent)
        });
        for_each_chunk(&mut gram, n * BLOCK, |task, columns| {
            let (first, width) = (task * BLOCK, columns.len() / n);
            let below = MatMut::from_column_major_slice_mut(columns, n, width);
            let below = below.subrows_mut(first, n - first);
            let left = block.as_ref().subrows(first, n - first);
            let right = block.as_ref().subrows(first, width).transpose();
            matmul(below, Accum::Add, left, right, 1.0, Par::Seq);
        });
    }
    gram
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Geometry;

    #[test]
    fn blocks_and_tasks_sum_to_the_gram_matrix_of_the_smaller_side() {
        // Over one block and one task on both sides, in both readings; small integers sum exactly.
        for shape in [[300, 530], [530, 300]] {
            let weights: Vec<f64> = (0..300 * 530).map(|i| f64::from(i % 7 - 3)).collect();
            let kernel = ConvKernel::new(weights, &shape, Geometry::new(0)).unwrap();
            let at = Unfolding::of(&kernel, 0);
            let entry = |short: usize, long: usize| {
                let wide = shape[0] < shape[1];
                let (row, col) = if wide { (short, long) } else { (long, short) };
                kernel.weights()[at.index(row, col)]
            };
            let found = gram(kernel.weights(), at, 0);
            for (i, j) in [(0, 0), (299, 0), (299, 299), (260, 255), (256, 256)] {
                let expected: f64 = (0..530).map(|l| entry(i, l) * entry(j, l)).sum();
                assert_eq!(found[j * 300 + i], expected, "{shape:?} at ({i}, {j})");
            }
        }
    }
}

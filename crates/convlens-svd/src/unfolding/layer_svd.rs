//! The SVD of a layer by unfolding.

use super::layer_values::relative_energies;
use super::matrix::Unfolding;
use super::{GroupSvd, LayerValues, RightFilter};
use crate::parallel::map_ordered;
use crate::{Accuracy, ConditionNumber, ConvKernel, Geometry, Rung, SvdError, scale};

/// The thin SVD of a layer's unfolded weights, group by group.
///
/// Each filter is flattened to a row: `W` in `R^{c_out x (c_in / g * prod k)}`, `W = U S V^T` (Praggastis, Brown, Ortiz
/// Marrero, Purvine, Shapiro, Wang 2022, arXiv 2208.06894). Row `i` of `V^T`, reshaped, is a filter; the
/// layer is "convolve with the right filters, scale by `S`, mix with the 1 x 1 convolution `U`".
///
/// # Conventions
/// Rows of the unfolding are output channels, columns are `(input channel, tap)`. A transposed kernel is unfolded after
/// its two channel axes are swapped within each group. A grouped layer's unfolding is block-diagonal: each group is
/// decomposed by itself, and the directions of all groups are merged in descending order of their values (lower group
/// first among equals). These values are **not** those of the layer as an operator on images: see
/// [`OperatorSpectrum`](crate::OperatorSpectrum).
///
/// # Complexity
/// `O(m n min(m, n))` per group for an `m x n` unfolding; memory of the kernel three times over.
///
/// # Example
/// ```
/// use convlens_svd::{ConvKernel, LayerSvd};
///
/// // Two filters of one channel: the second is twice the first, so the layer has one direction only.
/// let kernel = ConvKernel::from_slice(&[3.0, 0.0, 4.0, 6.0, 0.0, 8.0], &[2, 1, 3])?;
/// let svd = LayerSvd::new(&kernel)?;
/// assert!((svd.singular_values()[0] - 125f64.sqrt()).abs() < 1e-12);
/// assert_eq!(svd.numerical_rank(), 1);
/// let filter = svd.right_filter(0);
/// assert!((filter.weights[0] - 0.6).abs() < 1e-12 && (filter.weights[2] - 0.8).abs() < 1e-12);
/// # Ok::<(), convlens_svd::SvdError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LayerSvd {
    shape: Vec<usize>,
    geometry: Geometry,
    c_out: usize,
    groups: Vec<GroupSvd>,
    singular_values: Vec<f64>,
    /// (group, index in the group) of each merged direction.
    order: Vec<(usize, usize)>,
}

impl LayerSvd {
    /// Decomposes a kernel.
    ///
    /// # Errors
    /// [`SvdError::NoConvergence`] if no rung of the ladder converges; [`SvdError::Overflow`] if a singular value
    /// or the Frobenius norm exceeds the range of `f64`.
    pub fn new(kernel: &ConvKernel) -> Result<Self, SvdError> {
        let exponent = scale::exponent(kernel.weights());
        let scaled = scale::normalized(kernel.weights(), exponent);
        let groups = map_ordered(kernel.groups(), |g| {
            GroupSvd::decompose(&scaled, Unfolding::of(kernel, g), exponent)
        })
        .into_iter()
        .collect::<Result<Vec<_>, _>>()?;
        let mut order: Vec<(usize, usize)> = groups
            .iter()
            .enumerate()
            .flat_map(|(g, group)| (0..group.singular_values().len()).map(move |l| (g, l)))
            .collect();
        let value = |&(g, l): &(usize, usize)| groups[g].singular_values()[l];
        order.sort_by(|a, b| value(b).total_cmp(&value(a)));
        let singular_values = order.iter().map(value).collect();
        let svd = Self {
            shape: kernel.shape().to_vec(),
            geometry: kernel.geometry().clone(),
            c_out: kernel.c_out(),
            groups,
            singular_values,
            order,
        };
        if svd.frobenius_norm().is_finite() {
            Ok(svd)
        } else {
            Err(SvdError::Overflow {
                what: "the Frobenius norm",
            })
        }
    }

    /// The merged singular values alone, descending: no vectors are computed.
    ///
    /// # Errors
    /// As [`LayerSvd::new`].
    pub fn singular_values_only(kernel: &ConvKernel) -> Result<Vec<f64>, SvdError> {
        LayerValues::new(kernel, Accuracy::Exact).map(|values| values.singular_values().to_vec())
    }

    /// The singular values of all groups, descending.
    pub fn singular_values(&self) -> &[f64] {
        &self.singular_values
    }

    /// The decomposition of each group.
    pub fn groups(&self) -> &[GroupSvd] {
        &self.groups
    }

    /// Shape of the kernel, in its own layout.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Geometry of the kernel.
    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// Rows and columns of one group's unfolding: `(c_out / g, c_in / g * prod k)`.
    pub fn unfolded_shape(&self) -> (usize, usize) {
        (self.groups[0].rows(), self.groups[0].cols())
    }

    /// The group of the `i`-th direction.
    ///
    /// # Panics
    /// If `i >= singular_values().len()`.
    pub fn group_of(&self, i: usize) -> usize {
        self.order[i].0
    }

    /// The `i`-th left vector over all `c_out` output channels: zero outside its group, of unit norm.
    ///
    /// # Panics
    /// If `i >= singular_values().len()`.
    pub fn left_vector(&self, i: usize) -> Vec<f64> {
        let (g, l) = self.order[i];
        let group = &self.groups[g];
        let mut vector = vec![0.0; self.c_out];
        let block = &mut vector[g * group.rows()..(g + 1) * group.rows()];
        block
            .iter_mut()
            .zip(group.left(l))
            .for_each(|(x, u)| *x = u);
        vector
    }

    /// The `i`-th right vector as a filter over the input channels of its group.
    ///
    /// # Panics
    /// If `i >= singular_values().len()`.
    pub fn right_filter(&self, i: usize) -> RightFilter {
        let (g, l) = self.order[i];
        let group = &self.groups[g];
        let kernel_size = self.shape[2..].to_vec();
        RightFilter {
            group: g,
            channels: group.cols() / kernel_size.iter().product::<usize>(),
            kernel_size,
            weights: group.right(l).to_vec(),
        }
    }

    /// Number of values over `relative_tolerance * sigma_max`.
    pub fn rank(&self, relative_tolerance: f64) -> usize {
        let cut = relative_tolerance * self.singular_values[0];
        self.singular_values.iter().filter(|&&s| s > cut).count()
    }

    /// [`LayerSvd::rank`] at `max(m, n) * eps` for an `m x n` unfolding: the cut of numpy's and MATLAB's `rank`.
    pub fn numerical_rank(&self) -> usize {
        let (rows, cols) = self.unfolded_shape();
        self.rank(rows.max(cols) as f64 * f64::EPSILON)
    }

    /// `sigma_max / sigma_min` over all groups, or [`ConditionNumber::Infinite`] where the least value is at most
    /// `max(m, n) eps sigma_max` for an `m x n` unfolding.
    pub fn condition_number(&self) -> ConditionNumber {
        let values = &self.singular_values;
        ConditionNumber::new(values[0], values[values.len() - 1], self.unfolded_shape())
    }

    /// `|W|_F^2 / sigma_max^2`, between 1 and the rank (Rudelson and Vershynin 2007); 0 for an all-zero kernel.
    pub fn stable_rank(&self) -> f64 {
        self.relative_energies().sum()
    }

    /// `|W|_F`, from the singular values.
    pub fn frobenius_norm(&self) -> f64 {
        self.singular_values[0] * self.stable_rank().sqrt()
    }

    /// The share of `|W|_F^2` in the first `r` directions, in `[0, 1]`; 1 for an all-zero kernel, which has none to lose.
    /// An `r` over the number of directions means all of them.
    pub fn energy(&self, r: usize) -> f64 {
        let total = self.stable_rank();
        if total == 0.0 {
            1.0
        } else {
            self.relative_energies().take(r).sum::<f64>() / total
        }
    }

    /// The weights of the best approximation with `r` directions in Frobenius norm (Eckart and Young 1936, group by
    /// group), row-major in the kernel's own shape. The squared error is the sum of the other values' squares. An `r`
    /// over the number of directions means all of them.
    ///
    /// # Complexity
    /// `O(r)` times the size of one group.
    pub fn reconstruct(&self, r: usize) -> Vec<f64> {
        let mut weights = vec![0.0; self.shape.iter().product()];
        for (i, &(g, l)) in self.order.iter().enumerate().take(r) {
            let (group, at) = (&self.groups[g], self.unfolding(g));
            for (row, u) in group.left(l).enumerate() {
                let factor = self.singular_values[i] * u;
                for (col, v) in group.right(l).iter().enumerate() {
                    weights[at.index(row, col)] += factor * v;
                }
            }
        }
        weights
    }

    /// `|W - W_r|_F / |W|_F` for the best approximation `W_r` with `r` directions, [`LayerSvd::reconstruct`]: exact, from
    /// the values that it leaves out (Eckart and Young 1936), in `[0, 1]`; 0 for an all-zero kernel. An `r` over the
    /// number of directions means all of them.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{ConvKernel, LayerSvd};
    ///
    /// let svd = LayerSvd::new(&ConvKernel::from_slice(&[3.0, 0.0, 0.0, 4.0], &[2, 2])?)?;
    /// assert!((svd.reconstruction_error(1) - 0.6).abs() < 1e-15);
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn reconstruction_error(&self, r: usize) -> f64 {
        let total = self.stable_rank();
        let left: f64 = self.relative_energies().skip(r).sum();
        if total == 0.0 {
            0.0
        } else {
            (left / total).sqrt()
        }
    }

    /// The worst rung that any group needed.
    pub fn rung(&self) -> Rung {
        self.groups
            .iter()
            .map(GroupSvd::rung)
            .max()
            .unwrap_or(Rung::Direct)
    }

    /// `(sigma_i / sigma_max)^2`; zeros for an all-zero kernel.
    fn relative_energies(&self) -> impl Iterator<Item = f64> + '_ {
        relative_energies(&self.singular_values)
    }

    /// The group of the `i`-th direction, and its index there.
    pub(super) fn place(&self, i: usize) -> (usize, usize) {
        self.order[i]
    }

    fn unfolding(&self, group: usize) -> Unfolding {
        Unfolding::of_shape(&self.shape, &self.geometry, group)
    }
}

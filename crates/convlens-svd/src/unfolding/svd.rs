//! The SVD of a layer by unfolding: its filters, the channels that they mix to, the two
//! convolutions that a decomposition is, and what an image excites.

use super::values::LayerValues;
use crate::accuracy::{Accuracy, Algorithm};
use crate::dense::{Thin, thin_svd};
use crate::error::SvdError;
use crate::geometry::Geometry;
use crate::kernel::{ConvKernel, Unfolding};
use crate::layer::LayerOperator;
use crate::numeric;
use crate::numeric::sign_of;
use crate::parallel::map_ordered;
use faer::Mat;

/// The thin SVD of a layer's unfolded weights, group by group.
///
/// Each filter is flattened to a row: `W` in `R^{c_out x (c_in / g * prod k)}`, `W = U S V^T`
/// (Praggastis, Brown, Ortiz Marrero, Purvine, Shapiro, Wang 2022, arXiv 2208.06894). Row `i` of
/// `V^T`, reshaped, is a filter; the layer is "convolve with the right filters, scale by `S`, mix
/// with the 1 x 1 convolution `U`".
///
/// # Conventions
/// Rows of the unfolding are output channels, columns are `(input channel, tap)`. A transposed
/// kernel is unfolded after its two channel axes are swapped within each group. A grouped layer's
/// unfolding is block-diagonal: each group is decomposed by itself, and the directions of all
/// groups are merged in descending order of their values (lower group first among equals). These
/// values are **not** those of the layer as an operator on images: see
/// [`OperatorSpectrum`](crate::OperatorSpectrum).
///
/// # Complexity
/// `O(m n min(m, n))` per group for an `m x n` unfolding; memory of the kernel three times over.
///
/// # Example
/// ```
/// use convlens_svd::{ConvKernel, LayerSvd};
///
/// // Two filters of one channel, the second twice the first: the layer has one direction.
/// let kernel = ConvKernel::from_slice(&[3.0, 0.0, 4.0, 6.0, 0.0, 8.0], &[2, 1, 3])?;
/// let svd = LayerSvd::new(&kernel)?;
/// assert!((svd.singular_values()[0] - 125f64.sqrt()).abs() < 1e-12);
/// assert_eq!(svd.values().rank, 1);
/// let filter = svd.right_filter(0);
/// assert!((filter.weights[0] - 0.6).abs() < 1e-12 && (filter.weights[2] - 0.8).abs() < 1e-12);
/// # Ok::<(), convlens_svd::SvdError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[doc(alias = "truncated svd")]
pub struct LayerSvd {
    shape: Vec<usize>,
    geometry: Geometry,
    values: LayerValues,
    groups: Vec<GroupSvd>,
    /// (group, index in the group) of each merged direction.
    order: Vec<(usize, usize)>,
}

impl LayerSvd {
    /// Decomposes a kernel.
    ///
    /// # Errors
    /// [`SvdError::NoConvergence`] if no algorithm converges; [`SvdError::Overflow`] if a singular
    /// value or the Frobenius norm exceeds the range of `f64`.
    pub fn new(kernel: &ConvKernel) -> Result<Self, SvdError> {
        let exponent = numeric::exponent(kernel.weights());
        let scaled = numeric::normalized(kernel.weights(), exponent);
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
        let merged = order.iter().map(value).collect();
        let worst = groups.iter().map(GroupSvd::algorithm).max();
        let algorithm = worst.unwrap_or(Algorithm::Direct);
        Ok(Self {
            values: LayerValues::of_values(kernel, merged, Accuracy::Exact, algorithm)?,
            shape: kernel.shape().to_vec(),
            geometry: kernel.geometry().clone(),
            groups,
            order,
        })
    }

    /// The record without vectors: singular values, rank, stable rank, norms, energies.
    pub fn values(&self) -> &LayerValues {
        &self.values
    }

    /// The singular values of all groups, descending.
    pub fn singular_values(&self) -> &[f64] {
        &self.values.singular_values
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

    /// The group of the `i`-th direction.
    ///
    /// # Panics
    /// If `i >= singular_values().len()`.
    pub fn group_of(&self, i: usize) -> usize {
        self.order[i].0
    }

    /// The `i`-th left vector over all `c_out` output channels: zero outside its group, of unit
    /// norm.
    ///
    /// # Panics
    /// If `i >= singular_values().len()`.
    pub fn left_vector(&self, i: usize) -> Vec<f64> {
        let (g, l) = self.order[i];
        let group = &self.groups[g];
        let mut vector = vec![0.0; self.values.rows * self.values.groups];
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

    /// The weights of the best approximation with `r` directions in Frobenius norm (Eckart and
    /// Young 1936, group by group), row-major in the kernel's own shape. The squared error is the
    /// sum of the other values' squares. `r` counts directions over all groups; more than there are
    /// means all.
    ///
    /// # Complexity
    /// `O(r)` times the size of one group.
    pub fn reconstruct(&self, r: usize) -> Vec<f64> {
        let mut weights = vec![0.0; self.shape.iter().product()];
        for (i, &(g, l)) in self.order.iter().enumerate().take(r) {
            let (group, at) = (&self.groups[g], self.unfolding(g));
            for (row, u) in group.left(l).enumerate() {
                let factor = self.values.singular_values[i] * u;
                for (col, v) in group.right(l).iter().enumerate() {
                    weights[at.index(row, col)] += factor * v;
                }
            }
        }
        weights
    }

    /// The group of the `i`-th direction, and its index there.
    pub(super) fn place(&self, i: usize) -> (usize, usize) {
        self.order[i]
    }

    fn unfolding(&self, group: usize) -> Unfolding {
        Unfolding::of_shape(&self.shape, &self.geometry, group)
    }
}

/// The thin SVD `W = U S V^T` of one group's unfolding, `rows x cols`, with `r = min(rows, cols)`
/// values.
///
/// # Conventions
/// `U` is `rows x r` and `V^T` is `r x cols`, both row-major. Values descend. In each column of `U`
/// the entry of largest magnitude is positive; among entries within 1e-8 (relative) of the largest,
/// the one of lowest index decides. Where values repeat, only the subspace they span is determined.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GroupSvd {
    rows: usize,
    cols: usize,
    u: Vec<f64>,
    singular_values: Vec<f64>,
    v_t: Vec<f64>,
    algorithm: Algorithm,
}

impl GroupSvd {
    /// Decomposes one group of weights that were scaled by `2^-e`.
    pub(super) fn decompose(
        scaled: &[f64],
        at: Unfolding,
        exponent: i32,
    ) -> Result<Self, SvdError> {
        let (rows, cols) = (at.rows, at.cols());
        let w = Mat::from_fn(rows, cols, |i, j| scaled[at.index(i, j)]);
        let Thin { u, s, v, algorithm } = thin_svd(w.as_ref())?;
        let r = s.len();
        let signs: Vec<f64> = (0..r)
            .map(|l| sign_of(&u.col(l).iter().copied().collect::<Vec<_>>()))
            .collect();
        let singular_values = s
            .iter()
            .map(|&value| numeric::restored(value.abs(), exponent, "a singular value"))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            rows,
            cols,
            u: (0..rows * r)
                .map(|e| signs[e % r] * u[(e / r, e % r)])
                .collect(),
            singular_values,
            v_t: (0..r * cols)
                .map(|e| signs[e / cols] * v[(e % cols, e / cols)])
                .collect(),
            algorithm,
        })
    }

    /// Rows of the unfolding: `c_out / groups`.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns of the unfolding: `c_in / groups * k_1 * .. * k_d`.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// `U`, row-major `rows x r`.
    pub fn u(&self) -> &[f64] {
        &self.u
    }

    /// The singular values, descending.
    pub fn singular_values(&self) -> &[f64] {
        &self.singular_values
    }

    /// `V^T`, row-major `r x cols`.
    pub fn v_t(&self) -> &[f64] {
        &self.v_t
    }

    /// Column `l` of `U`.
    pub(super) fn left(&self, l: usize) -> impl Iterator<Item = f64> + '_ {
        self.u
            .iter()
            .skip(l)
            .step_by(self.singular_values.len())
            .copied()
    }

    /// Row `l` of `V^T`.
    pub(super) fn right(&self, l: usize) -> &[f64] {
        &self.v_t[l * self.cols..(l + 1) * self.cols]
    }

    /// The algorithm that gave this decomposition.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

/// Row `i` of `V^T`, reshaped: a filter over the input channels of one group, of unit Euclidean
/// norm.
///
/// # Conventions
/// `weights` is row-major `[channels, k_1, .., k_d]`, whatever the layout of the kernel's file. Its
/// channels are the layer's input channels `group * channels .. (group + 1) * channels`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RightFilter {
    /// The group that the direction belongs to; 0 without groups.
    pub group: usize,
    /// Input channels of the group.
    pub channels: usize,
    /// Spatial size `[k_1, .., k_d]`; empty for a dense layer.
    pub kernel_size: Vec<usize>,
    /// The entries.
    pub weights: Vec<f64>,
}

impl LayerSvd {
    /// `S V^T` of the first `r` directions of each group, in the layer's own geometry: from `c_in`
    /// channels to `g r`, direction `l` of group `i` being channel `i r + l`.
    ///
    /// Forward: row `l` of `V^T` is a filter, and the layer reads its input through filters only.
    /// Transposed: output position `o` of the layer is `sum W[:, o, p] x[q]` over the pairs with
    /// `s q + dilation p = o + begin`, the unfolding times the column of those inputs; so the
    /// factorization of the unfolding holds here too, with the strides in its first factor and the
    /// 1 x 1 mixing last.
    pub(crate) fn right_kernel(&self, r: usize) -> Result<ConvKernel, SvdError> {
        let (geometry, groups) = (self.geometry().clone(), self.groups());
        let mut shape = self.shape().to_vec();
        if geometry.is_transposed() {
            shape[1] = r;
        } else {
            shape[0] = groups.len() * r;
        }
        let mut weights = vec![0.0; shape.iter().product()];
        for (g, group) in groups.iter().enumerate() {
            let at = Unfolding::of_shape(&shape, &geometry, g);
            for (l, s) in group.singular_values().iter().enumerate().take(r) {
                for (col, v) in group.right(l).iter().enumerate() {
                    weights[at.index(l, col)] = s * v;
                }
            }
        }
        ConvKernel::new(weights, &shape, geometry)
    }

    /// `U` of the first `r` directions of each group as a 1 x 1 convolution, `[c_out, r, 1, ..]`.
    pub(crate) fn left_kernel(&self, r: usize) -> Result<ConvKernel, SvdError> {
        let (groups, dims) = (self.groups(), self.geometry().spatial_dims());
        let rows = self.values.rows;
        let mut weights = vec![0.0; groups.len() * rows * r];
        for (group, block) in groups.iter().zip(weights.chunks_exact_mut(rows * r)) {
            for l in 0..r {
                for (row, u) in group.left(l).enumerate() {
                    block[row * r + l] = u;
                }
            }
        }
        let mut shape = vec![1; dims + 2];
        (shape[0], shape[1]) = (groups.len() * rows, r);
        let geometry = Geometry::new(dims).with_groups(groups.len());
        ConvKernel::new(weights, &shape, geometry)
    }
}

impl LayerSvd {
    /// The signals of an activation, `U^T (y - b)`: one map for each singular direction, from the
    /// layer's output.
    ///
    /// Praggastis et al. 2022 (arXiv 2208.06894). They equal [`LayerSvd::input_signals`] of the
    /// layer's input, as `y - b = U (S V^T * x)` and `U` has orthonormal columns; for every padding
    /// mode, and for transposed layers.
    ///
    /// # Conventions
    /// `y` is row-major `[c_out, positions..]`, the layer's output before its nonlinearity; `bias`
    /// has one entry for each output channel. The result is `[direction, positions..]`, the
    /// directions in the order of [`LayerSvd::singular_values`]. A grouped layer's direction reads
    /// the channels of its group only.
    ///
    /// # Errors
    /// [`SvdError::SignalChannels`] if the length of `y` is no multiple of `c_out`,
    /// [`SvdError::FieldLength`] for the bias.
    ///
    /// # Complexity
    /// `c_out / g` multiply-adds for each direction and position.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{ConvKernel, LayerOperator, LayerSvd};
    ///
    /// let kernel = ConvKernel::from_slice(&[1.0, 2.0, -1.0, 0.5, 3.0, 1.0], &[2, 1, 3])?;
    /// let x = [1.0, -2.0, 0.0, 4.0];
    /// let mut y = LayerOperator::new(&kernel, &[4])?.apply(&x)?;
    /// y.iter_mut().for_each(|y| *y += 7.0);
    /// let svd = LayerSvd::new(&kernel)?;
    /// let of_output = svd.output_signals(&y, Some(&[7.0, 7.0]))?;
    /// let of_input = svd.input_signals(&x, &[4])?;
    /// assert_eq!(of_output.len(), 2 * 2);
    /// assert!(of_output.iter().zip(&of_input).all(|(a, b)| (a - b).abs() < 1e-13));
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn output_signals(&self, y: &[f64], bias: Option<&[f64]>) -> Result<Vec<f64>, SvdError> {
        let (rows, groups) = (self.values.rows, self.groups());
        let c_out = rows * groups.len();
        if !y.len().is_multiple_of(c_out) {
            return Err(SvdError::SignalChannels {
                channels: c_out,
                got: y.len(),
            });
        }
        if let Some(bias) = bias.filter(|b| b.len() != c_out) {
            return Err(SvdError::FieldLength {
                field: "bias",
                expected: c_out,
                got: bias.len(),
            });
        }
        let positions = y.len() / c_out;
        let maps = map_ordered(self.singular_values().len(), |i| {
            let (g, l) = self.place(i);
            let mut map = vec![0.0; positions];
            for (row, u) in groups[g].left(l).enumerate() {
                let channel = g * rows + row;
                let b = bias.map_or(0.0, |b| b[channel]);
                let y = &y[channel * positions..][..positions];
                map.iter_mut().zip(y).for_each(|(m, y)| *m += u * (y - b));
            }
            map
        });
        Ok(maps.concat())
    }

    /// The signals of an input, `S V^T * x`: the layer with its right filters, scaled by the
    /// singular values.
    ///
    /// # Conventions
    /// `x` is row-major `[c_in, grid..]`. The result is that of [`LayerSvd::output_signals`] on the
    /// layer's output without bias, `[direction, output positions..]`.
    ///
    /// # Errors
    /// Those of [`LayerOperator::new`] on the grid, and [`SvdError::SignalLength`].
    ///
    /// # Complexity
    /// That of [`LayerOperator::apply`] for a layer with as many output channels as there are
    /// directions.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{ConvKernel, LayerSvd};
    ///
    /// // One filter of norm 5: the signal is the layer's output, as U = [1].
    /// let svd = LayerSvd::new(&ConvKernel::from_slice(&[3.0, 4.0], &[1, 1, 2])?)?;
    /// let signals = svd.input_signals(&[1.0, 0.0, 2.0], &[3])?;
    /// assert!((signals[0] - 3.0).abs() < 1e-14 && (signals[1] - 8.0).abs() < 1e-14);
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn input_signals(&self, x: &[f64], grid: &[usize]) -> Result<Vec<f64>, SvdError> {
        let r = self.values.rows.min(self.values.cols);
        let layer = LayerOperator::new(&self.right_kernel(r)?, grid)?;
        let maps = layer.apply(x)?;
        let positions: usize = layer.output_size().iter().product();
        let mut signals = Vec::with_capacity(maps.len());
        for i in 0..self.singular_values().len() {
            let (g, l) = self.place(i);
            signals.extend_from_slice(&maps[(g * r + l) * positions..][..positions]);
        }
        Ok(signals)
    }
}

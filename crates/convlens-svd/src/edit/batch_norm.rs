//! A batch norm folded into the layer before it or behind it.

use crate::error::SvdError;
use crate::geometry::{Direction, PaddingMode};
use crate::kernel::{ConvKernel, with_weights};
use std::fmt;

/// A batch norm at inference: `y = gamma (x - mean) / sqrt(variance + eps) + beta`, channel by
/// channel.
///
/// # Example
/// ```
/// use convlens_svd::edit::BatchNorm;
///
/// let norm = BatchNorm::new(vec![0.5], vec![4.0]).gamma(vec![2.0]).eps(0.0);
/// assert_eq!((norm.gamma[0], norm.beta[0], norm.eps), (2.0, 0.0, 0.0));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct BatchNorm {
    /// Scale of each channel (PyTorch's `weight`). Default 1.
    pub gamma: Vec<f64>,
    /// Shift of each channel (PyTorch's `bias`). Default 0.
    pub beta: Vec<f64>,
    /// Running mean of each channel.
    pub mean: Vec<f64>,
    /// Running variance of each channel.
    pub variance: Vec<f64>,
    /// Added to the variance. Default 1e-5, as in PyTorch and ONNX.
    pub eps: f64,
}

impl BatchNorm {
    /// Running mean and variance, without an affine part.
    pub fn new(mean: Vec<f64>, variance: Vec<f64>) -> Self {
        Self {
            gamma: vec![1.0; mean.len()],
            beta: vec![0.0; mean.len()],
            mean,
            variance,
            eps: 1e-5,
        }
    }

    /// Sets the scale of each channel.
    #[must_use]
    pub fn gamma(mut self, gamma: Vec<f64>) -> Self {
        self.gamma = gamma;
        self
    }

    /// Sets the shift of each channel.
    #[must_use]
    pub fn beta(mut self, beta: Vec<f64>) -> Self {
        self.beta = beta;
        self
    }

    /// Sets what is added to the variance.
    #[must_use]
    pub fn eps(mut self, eps: f64) -> Self {
        self.eps = eps;
        self
    }

    /// What [`ConvKernel::fold_batch_norm`] reports, without the kernel: the factors of a layer
    /// with so many output channels, and its bias.
    ///
    /// # Errors
    /// As there.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::edit::BatchNorm;
    ///
    /// let norm = BatchNorm::new(vec![1.0], vec![4.0]).eps(0.0);
    /// assert_eq!(norm.fold(Some(&[3.0]), 1)?.bias, [1.0]);
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn fold(&self, bias: Option<&[f64]>, channels: usize) -> Result<BatchNormFold, SvdError> {
        let factors = self.factors(channels)?;
        let bias = bias_or_zeros(bias, channels)?;
        let bias = (0..channels).map(|o| self.beta[o] + (bias[o] - self.mean[o]) * factors[o]);
        let bias = finite(bias.collect())?;
        Ok(BatchNormFold { factors, bias })
    }

    /// `gamma / sqrt(variance + eps)` for a layer side of `channels` channels, everything checked.
    pub(super) fn factors(&self, channels: usize) -> Result<Vec<f64>, SvdError> {
        let lists = [
            ("gamma", &self.gamma),
            ("beta", &self.beta),
            ("mean", &self.mean),
            ("variance", &self.variance),
        ];
        for (field, list) in lists {
            check_list(field, list, channels)?;
        }
        let spread = |v: f64| v + self.eps;
        let positive = |v: f64| spread(v) > 0.0 && spread(v).is_finite();
        if let Some(channel) = self.variance.iter().position(|&v| !positive(v)) {
            return Err(SvdError::ChannelValue {
                field: "variance + eps",
                channel,
                value: spread(self.variance[channel]),
                bound: "positive and finite",
            });
        }
        let pairs = self.gamma.iter().zip(&self.variance);
        finite(pairs.map(|(g, &v)| g / spread(v).sqrt()).collect())
    }
}

/// Checks that a list has one finite number for each channel.
pub(super) fn check_list(
    field: &'static str,
    list: &[f64],
    channels: usize,
) -> Result<(), SvdError> {
    if list.len() != channels {
        return Err(SvdError::FieldLength {
            field,
            expected: channels,
            got: list.len(),
        });
    }
    match list.iter().position(|x| !x.is_finite()) {
        None => Ok(()),
        Some(channel) => Err(SvdError::ChannelValue {
            field,
            channel,
            value: list[channel],
            bound: "finite",
        }),
    }
}

/// The list, refused where a number left the range of `f64`.
pub(super) fn finite(list: Vec<f64>) -> Result<Vec<f64>, SvdError> {
    if list.iter().all(|x| x.is_finite()) {
        Ok(list)
    } else {
        Err(SvdError::Overflow {
            what: "a folded batch norm",
        })
    }
}

/// The bias or zeros, checked.
pub(super) fn bias_or_zeros(bias: Option<&[f64]>, channels: usize) -> Result<Vec<f64>, SvdError> {
    match bias {
        None => Ok(vec![0.0; channels]),
        Some(bias) => check_list("bias", bias, channels).map(|()| bias.to_vec()),
    }
}

/// What folding a batch norm into the layer before it gave.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct BatchNormFold {
    /// What the weights of each output channel were multiplied by, `gamma / sqrt(variance + eps)`.
    pub factors: Vec<f64>,
    /// Bias of the folded layer, `beta + (b - mean) * factor`.
    pub bias: Vec<f64>,
}

impl ConvKernel {
    /// The layer and the batch norm that follows it, as one layer with a bias.
    ///
    /// `gamma (W x + b - mean) / sqrt(variance + eps) + beta = W' x + b'` with
    /// `W'[o] = factor_o W[o]` and `b'_o = beta_o + (b_o - mean_o) factor_o`,
    /// `factor = gamma / sqrt(variance + eps)`: exact for every geometry, the factors going to
    /// output channels also where the kernel's layout has them second (transposed layers). No
    /// `bias` means zeros.
    ///
    /// # Errors
    /// [`SvdError::FieldLength`] and [`SvdError::ChannelValue`] for the lists;
    /// [`SvdError::Overflow`] where a result leaves the range of `f64`.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::edit::BatchNorm;
    /// use convlens_svd::ConvKernel;
    ///
    /// let kernel = ConvKernel::from_slice(&[1.0, 2.0], &[2, 1])?;
    /// let norm = BatchNorm::new(vec![1.0, 0.0], vec![4.0, 1.0]).eps(0.0);
    /// let (folded, report) = kernel.fold_batch_norm(Some(&[3.0, 0.0]), &norm)?;
    /// assert_eq!(folded.weights(), [0.5, 2.0]);
    /// assert_eq!((&report.factors[..], &report.bias[..]), (&[0.5, 1.0][..], &[1.0, 0.0][..]));
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn fold_batch_norm(
        &self,
        bias: Option<&[f64]>,
        norm: &BatchNorm,
    ) -> Result<(Self, BatchNormFold), SvdError> {
        let fold = norm.fold(bias, self.c_out())?;
        let kernel = scale_channels(self, &fold.factors, Side::Output)?;
        Ok((kernel, fold))
    }
}

/// A side of the layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Input,
    Output,
}

/// Multiplies the weights of each channel of one side.
pub(super) fn scale_channels(
    kernel: &ConvKernel,
    factors: &[f64],
    side: Side,
) -> Result<ConvKernel, SvdError> {
    let (rows, cols, taps) = (kernel.shape()[0], kernel.shape()[1], kernel.taps());
    // The kernel's first axis counts channels over all groups, its second those of one group.
    let first = (side == Side::Output) != kernel.geometry().is_transposed();
    let channel = |row: usize, col: usize| {
        if first {
            row
        } else {
            row / (rows / kernel.groups()) * cols + col
        }
    };
    let weights = kernel.weights().iter().enumerate().map(|(i, w)| {
        let pair = i / taps;
        w * factors[channel(pair / cols, pair % cols)]
    });
    with_weights(kernel, weights.collect())
}

/// The bias of a layer into which a batch norm on its input was folded.
///
/// The shift of the batch norm is a constant image, and the layer's answer to it is a bias. Where
/// that answer is the same at every position, one number for each channel is exact. Zero padding is
/// not shifted, so positions that read it answer less.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum FoldedBias {
    /// Exact at every position: no zero padding, or no shift. One entry for each output channel.
    Exact(Vec<f64>),
    /// Exact where every tap reads input; wrong at the border, where some read zeros. One entry for
    /// each output channel.
    InteriorOnly(Vec<f64>),
    /// A transposed layer with a stride: positions of different phase meet different taps, so no
    /// bias for each channel is right even inside.
    PositionDependent,
}

impl FoldedBias {
    /// The bias, one entry for each output channel, where it is exact at every position.
    pub fn value(&self) -> Option<&[f64]> {
        match self {
            Self::Exact(bias) => Some(bias),
            Self::InteriorOnly(_) | Self::PositionDependent => None,
        }
    }
}

impl fmt::Display for FoldedBias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exact(_) => "the bias is exact at every position",
            Self::InteriorOnly(_) => {
                "the bias is exact inside; at the border, where taps read zero padding, it is not"
            }
            Self::PositionDependent => {
                "no bias per channel is exact: the layer's stride makes it depend on the position"
            }
        })
    }
}

/// What folding a batch norm into the layer after it gave.
///
/// Where the bias is not exact, the exact one is a map: the original layer's answer
/// ([`LayerOperator::apply`](crate::LayerOperator::apply)) to the image whose channel `i` is
/// `shifts[i]` everywhere, plus the original bias.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct BatchNormBeforeFold {
    /// What the weights of each input channel were multiplied by, `gamma / sqrt(variance + eps)`.
    pub factors: Vec<f64>,
    /// The shift of each input channel, `beta - mean * factor`.
    pub shifts: Vec<f64>,
    /// The bias.
    pub bias: FoldedBias,
}

impl ConvKernel {
    /// The batch norm before a layer and the layer, as one layer: the kernel is exact always, the
    /// bias where the type says so.
    ///
    /// `W (factor x + shift) + b = W' x + (W shift + b)` with `W'[:, i] = factor_i W[:, i]`,
    /// `factor = gamma / sqrt(variance + eps)` and `shift = beta - mean factor` for each input
    /// channel. `W shift` has the entry `sum_{i, p} W[o, i, p] shift_i` at positions that read
    /// input through every tap. Those are all: for dense layers; for forward layers without
    /// padding, or with circular, reflect or replicate padding (a constant image stays constant);
    /// for transposed layers of stride 1 whose padding crops away the whole border. No `bias` means
    /// zeros.
    ///
    /// # Errors
    /// [`SvdError::FieldLength`] and [`SvdError::ChannelValue`] for the lists;
    /// [`SvdError::Overflow`] where a result leaves the range of `f64`.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::edit::{BatchNorm, FoldedBias};
    /// use convlens_svd::{ConvKernel, Geometry};
    ///
    /// let norm = BatchNorm::new(vec![-6.0], vec![4.0]).eps(0.0);
    /// let kernel = ConvKernel::from_slice(&[1.0, 2.0], &[1, 1, 2])?;
    /// let (folded, report) = kernel.fold_batch_norm_before(None, &norm)?;
    /// assert_eq!(folded.weights(), [0.5, 1.0]);
    /// assert_eq!(report.bias, FoldedBias::Exact(vec![9.0]));
    ///
    /// let causal = Geometry::new(1).with_padding(&[(1, 0)]);
    /// let padded = ConvKernel::new(vec![1.0, 2.0], &[1, 1, 2], causal)?;
    /// let (_, report) = padded.fold_batch_norm_before(None, &norm)?;
    /// assert_eq!(report.bias, FoldedBias::InteriorOnly(vec![9.0]));
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn fold_batch_norm_before(
        &self,
        bias: Option<&[f64]>,
        norm: &BatchNorm,
    ) -> Result<(Self, BatchNormBeforeFold), SvdError> {
        let factors = norm.factors(self.c_in())?;
        let bias = bias_or_zeros(bias, self.c_out())?;
        let shifts = (0..factors.len()).map(|i| norm.beta[i] - norm.mean[i] * factors[i]);
        let shifts = finite(shifts.collect())?;
        let kernel = scale_channels(self, &factors, Side::Input)?;
        let answer = || finite(answer_to_constant(self, &shifts, bias.clone()));
        let bias = if shifts.iter().all(|&d| d == 0.0) {
            FoldedBias::Exact(bias)
        } else {
            match uniformity(self) {
                Uniformity::Everywhere => FoldedBias::Exact(answer()?),
                Uniformity::Interior => FoldedBias::InteriorOnly(answer()?),
                Uniformity::Nowhere => FoldedBias::PositionDependent,
            }
        };
        let report = BatchNormBeforeFold {
            factors,
            shifts,
            bias,
        };
        Ok((kernel, report))
    }
}

/// Where a layer answers a constant image with a constant one.
enum Uniformity {
    Everywhere,
    Interior,
    Nowhere,
}

fn uniformity(kernel: &ConvKernel) -> Uniformity {
    let geometry = kernel.geometry();
    let axes = 0..kernel.spatial_dims();
    let everywhere = match geometry.direction() {
        Direction::Forward => {
            geometry.padding_mode() != PaddingMode::Zeros
                || geometry.padding().iter().all(|&p| p == (0, 0))
        }
        // Some of the strided positions, or of the dilated ones, meet fewer taps.
        Direction::Transposed { .. } if geometry.stride().iter().any(|&s| s > 1) => {
            return Uniformity::Nowhere;
        }
        // Output `o` reads the inputs `o + begin - dilation p`, which lie in `0..n` for all taps
        // and outputs if and only if `begin >= D` and `end >= D + output_padding`,
        // `D = dilation (k - 1)`.
        Direction::Transposed { output_padding } => axes.into_iter().all(|axis| {
            let (begin, end) = geometry.padding()[axis];
            let taps = kernel.kernel_size()[axis] as u128;
            let reach = geometry.dilation()[axis] as u128 * (taps - 1);
            begin as u128 >= reach && end as u128 >= reach + output_padding[axis] as u128
        }),
    };
    if everywhere {
        Uniformity::Everywhere
    } else {
        Uniformity::Interior
    }
}

/// `b_o + sum_{i, p} W[o, i, p] shift_i`.
fn answer_to_constant(kernel: &ConvKernel, shifts: &[f64], mut bias: Vec<f64>) -> Vec<f64> {
    let (groups, taps) = (kernel.groups(), kernel.taps());
    let (rows, cols) = (kernel.shape()[0] / groups, kernel.shape()[1]);
    for (pair, weights) in kernel.weights().chunks_exact(taps).enumerate() {
        let (row, col) = (pair / cols, pair % cols);
        let in_group = row / rows * cols + col;
        let (output, input) = if kernel.geometry().is_transposed() {
            (in_group, row)
        } else {
            (row, in_group)
        };
        bias[output] += weights.iter().sum::<f64>() * shifts[input];
    }
    bias
}

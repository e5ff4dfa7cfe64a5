//! A batch norm before the layer, folded into it.

use super::BatchNorm;
use super::batch_norm::{Side, bias_or_zeros, finite, scale_channels};
use crate::{ConvKernel, Direction, PaddingMode, SvdError};

/// The bias of a layer into which a batch norm on its input was folded.
///
/// The shift of the batch norm is a constant image, and the layer's answer to it is a bias. Where that answer is
/// the same at every position, one number for each channel is exact. Zero padding is not shifted, so positions that
/// read it answer less.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum FoldedBias {
    /// Exact at every position: no zero padding, or no shift. One entry for each output channel.
    Exact(Vec<f64>),
    /// Exact where every tap reads input; wrong at the border, where some read zeros. One entry for each output channel.
    InteriorOnly(Vec<f64>),
    /// A transposed layer with a stride: positions of different phase meet different taps, so no bias for each channel
    /// is right even inside.
    PositionDependent,
}

/// What folding a batch norm into the layer after it gave.
///
/// Where the bias is not exact, the exact one is a map: the original layer's answer
/// ([`ConvLayer::apply`](crate::ConvLayer::apply)) to the image whose channel `i` is `shifts[i]` everywhere, plus the original bias.
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
    /// The batch norm before a layer and the layer, as one layer: the kernel is exact always, the bias where the type
    /// says so.
    ///
    /// `W (factor x + shift) + b = W' x + (W shift + b)` with `W'[:, i] = factor_i W[:, i]`, `factor = gamma / sqrt(variance +
    /// eps)` and `shift = beta - mean factor` for each input channel. `W shift` has the entry `sum_{i, p} W[o, i, p] shift_i`
    /// at positions that read input through every tap. Those are all: for dense layers; for forward layers without padding, or with circular, reflect or
    /// replicate padding (a constant image stays constant); for transposed layers of stride 1 whose padding crops
    /// away the whole border. No `bias` means zeros.
    ///
    /// # Errors
    /// [`SvdError::FieldLength`] and [`SvdError::ChannelValue`] for the lists; [`SvdError::Overflow`] where a result leaves the
    /// range of `f64`.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{BatchNorm, ConvKernel, FoldedBias, Geometry};
    ///
    /// let norm = BatchNorm::new(vec![-6.0], vec![4.0]).eps(0.0);
    /// let kernel = ConvKernel::from_slice(&[1.0, 2.0], &[1, 1, 2])?;
    /// let (folded, report) = kernel.fold_batch_norm_before(None, &norm)?;
    /// assert_eq!(folded.weights(), [0.5, 1.0]);
    /// assert_eq!(report.bias, FoldedBias::Exact(vec![9.0]));
    ///
    /// let padded = ConvKernel::new(vec![1.0, 2.0], &[1, 1, 2], Geometry::new(1).with_padding(&[(1, 0)]))?;
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
        // Output `o` reads the inputs `o + begin - dilation p`, which lie in `0..n` for all taps and outputs if and only if
        // `begin >= D` and `end >= D + output_padding`, `D = dilation (k - 1)`.
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

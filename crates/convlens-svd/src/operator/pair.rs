//! Singular vectors as images.

use super::transfer::{Transfer, turn};
use super::{FrequencySvd, OperatorSvd, frequency::unravel};
use crate::SvdError;
use num_complex::Complex64;
use std::f64::consts::TAU;

/// Which of the two real images of a complex singular vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum WavePart {
    /// The real part; the default, and the only one where `f = -f`.
    #[default]
    Cosine,
    /// The imaginary part: the same wave, a quarter of a period later. It has the same singular value.
    Sine,
}

/// A singular value of a layer under periodic padding with its two vectors as images, each of unit norm: the layer takes
/// `right` to `singular_value * left`, and its adjoint `left` to `singular_value * right`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SingularPair {
    /// The value.
    pub singular_value: f64,
    /// Output image, row-major `[c_out, m_1, .., m_d]`, zero outside of the pair's group.
    pub left: Vec<f64>,
    /// Input image, row-major `[c_in, n_1, .., n_d]`, zero outside of the pair's group.
    pub right: Vec<f64>,
    /// Which part of the complex wave these are.
    pub part: WavePart,
}

impl OperatorSvd {
    /// The `index`-th pair at a frequency as real images.
    ///
    /// The complex right vector is the wave `x[i, s q + a] = v[i, a] exp(2 pi i <f, q> / m) / sqrt(prod m)`, the left one
    /// `u[o] exp(2 pi i <f, j> / m) / sqrt(prod m)`. The layer is real, so it maps the real and the imaginary parts
    /// likewise. Where `f` is not `-f` both parts have norm `1 / sqrt(2)` and are orthogonal: times `sqrt(2)` they
    /// are the two pairs that `f` and `-f` share.
    ///
    /// # Conventions
    /// The layer is `y[j] = sum_p W[p] x[s j + d p - b]` with positions modulo `n`, `b` the padding's beginning: PyTorch's
    /// with `padding_mode='circular'`, on a geometry whose output is `n / s`; [`ConvLayer`](crate::ConvLayer) with
    /// [`PaddingMode::Circular`](crate::PaddingMode::Circular). For a transposed layer, the adjoint of that.
    ///
    /// # Errors
    /// [`SvdError::PairRange`]; [`SvdError::Unsupported`] for the sine part where `f = -f`; [`SvdError::SignalLength`],
    /// [`SvdError::GridDims`] or [`SvdError::FrequencyRange`] for a decomposition of another operator.
    ///
    /// # Complexity
    /// The size of the images.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{ConvKernel, ConvLayer, Geometry, OperatorSvd, PaddingMode, WavePart};
    ///
    /// let circular = Geometry::new(1)
    ///     .with_padding(&[(1, 1)])
    ///     .with_padding_mode(PaddingMode::Circular);
    /// let kernel = ConvKernel::new(vec![1.0, 2.0, 4.0], &[1, 1, 3], circular)?;
    /// let svd = OperatorSvd::new(&kernel, &[5])?;
    /// let pair = svd.pair(&svd.at(&[2])?, 0, WavePart::Sine)?;
    /// let image = ConvLayer::new(&kernel, &[5])?.apply(&pair.right)?;
    /// for (y, u) in image.iter().zip(&pair.left) {
    ///     assert!((y - pair.singular_value * u).abs() < 1e-14);
    /// }
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn pair(
        &self,
        at: &FrequencySvd,
        index: usize,
        part: WavePart,
    ) -> Result<SingularPair, SvdError> {
        let count = self.values_per_frequency();
        for (side, len) in [(&at.u, self.left_len()), (&at.v, self.right_len())] {
            if side.len() != count * len || at.singular_values.len() != count {
                let (expected, got) = (count * len, side.len());
                return Err(SvdError::SignalLength { expected, got });
            }
        }
        self.check(&at.frequency)?;
        let group = at.groups.get(index).copied();
        let Some(group) = group.filter(|&g| index < count && g < self.transfer.groups) else {
            return Err(SvdError::PairRange { index, count });
        };
        if part == WavePart::Sine && self.transfer.is_self_conjugate(&at.frequency) {
            let (operation, what) = ("the sine part", "a frequency that is its own negative");
            return Err(SvdError::Unsupported { operation, what });
        }
        let (left, right) = (at.left(index), at.right(index));
        let wave = wave(&self.transfer, &at.frequency, part);
        let (left, right) = if self.transfer.transposed {
            (
                self.transfer.fine_image(left, group, &wave),
                self.transfer.coarse_image(right, group, &wave),
            )
        } else {
            (
                self.transfer.coarse_image(left, group, &wave),
                self.transfer.fine_image(right, group, &wave),
            )
        };
        Ok(SingularPair {
            singular_value: at.singular_values[index],
            left,
            right,
            part,
        })
    }
}

/// The wave on the coarse grid, such that the real part of its product with an amplitude is the image asked for.
fn wave(at: &Transfer, frequency: &[usize], part: WavePart) -> Vec<Complex64> {
    let points = at.points();
    let both = 2.0 - f64::from(u8::from(at.is_self_conjugate(frequency)));
    let size = (both / points as f64).sqrt();
    let of = match part {
        WavePart::Cosine => Complex64::new(size, 0.0),
        // Re(-i z) = Im(z).
        WavePart::Sine => Complex64::new(0.0, -size),
    };
    (0..points)
        .map(|q| {
            let angle = TAU * turn(frequency, &unravel(q, &at.coarse), &at.coarse);
            of * Complex64::from_polar(1.0, angle)
        })
        .collect()
}

impl Transfer {
    fn coarse_image(&self, u: &[Complex64], group: usize, wave: &[Complex64]) -> Vec<f64> {
        let mut image = vec![0.0; self.groups * self.rows * wave.len()];
        let planes = image.chunks_exact_mut(wave.len()).skip(group * self.rows);
        for (plane, amplitude) in planes.zip(u) {
            for (y, w) in plane.iter_mut().zip(wave) {
                *y = (amplitude * w).re;
            }
        }
        image
    }

    fn fine_image(&self, v: &[Complex64], group: usize, wave: &[Complex64]) -> Vec<f64> {
        let (phases, plane) = (self.phases(), wave.len() * self.phases());
        let places = self.fine_places();
        let mut image = vec![0.0; self.groups * self.channels * plane];
        let planes = image.chunks_exact_mut(plane).skip(group * self.channels);
        for (plane, amplitudes) in planes.zip(v.chunks_exact(phases)) {
            for (places, amplitude) in places.iter().zip(amplitudes) {
                for (&at, w) in places.iter().zip(wave) {
                    plane[at] = (amplitude * w).re;
                }
            }
        }
        image
    }
}

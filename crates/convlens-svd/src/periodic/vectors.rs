//! Singular values and vectors of a layer on a grid under periodic padding, as images too.

use super::decomposer::{Decomposer, FrequencySvd, Scratch};
use super::frequency::{negated, unravel};
use super::symbol::{Transfer, ravel, turns};
use crate::error::SvdError;
use crate::kernel::ConvKernel;
use crate::parallel::map_with;
use num_complex::Complex64;
use std::f64::consts::TAU;

/// Bytes of decompositions that are held at once, where one alone is not more.
const BLOCK_BYTES: usize = 1 << 26;
const BLOCK: std::ops::RangeInclusive<usize> = 8..=4096;

/// The singular value decomposition of a layer as an operator on images with periodic padding,
/// frequency by frequency, computed when asked for.
///
/// With circular padding of `b` samples at the beginning, output `n / s`, PyTorch's layer is
/// `y[j] = sum_p W[p] x[s j + d p - b]`. On the coarse grid `m = n / s` its input is `prod(s)`
/// phase images per channel, `x_a[q] = x[s q + a]`, and it takes the wave
/// `x_a[q] = v_a exp(2 pi i <f, q> / m)` to `y[j] = (P(f) v) exp(2 pi i <f, j> / m)`. `P(f)` is the
/// symbol that is decomposed: `P(f) = U S V^H`. (Sedghi, Gupta, Long, ICLR 2019, theorem 6;
/// Vaidyanathan 1993, *Multirate Systems and Filter Banks*, section 4.3, for strides.)
///
/// # Conventions
/// - **Angle.** The frequency index `f_j` in `0..m_j` is the angle `2 pi f_j / m_j` per step of the
///   coarse grid; over `m_j / 2` it is the negative angle `2 pi (f_j - m_j) / m_j`. With a stride,
///   the waves of the fine grid that alias to it have the angles `2 pi (f_j + l m_j) / n_j`,
///   `l < s_j`, per sample.
/// - **Columns.** A right vector is row-major `[c_in / g, s_1, .., s_d]`: entry `(i, a)` is the
///   amplitude at input channel `i` of the samples at `s q + a`. Phases that no tap reads have
///   amplitude 0, unless a null vector needs one. A left vector is `[c_out / g]`. The image of a
///   pair is [`OperatorSvd::pair`].
/// - **Transposed** layers are the adjoint: their left vectors are `[c_out / g, s_1, .., s_d]` on
///   the output grid `s n`, the right ones `[c_in / g]`; output padding plays no part.
/// - `P(f)` is `conj A(f)` of [`OperatorSpectrum`](crate::OperatorSpectrum) with the phases of the
///   padding: the values are the same. Frameworks' convolution is a cross-correlation, hence the
///   conjugate.
/// - `P(-f) = conj P(f)`: [`OperatorSvd::iter`] gives the canonical half (row-major index at most
///   that of `-f`).
/// - A kernel longer than the grid wraps, as everywhere under periodic padding. A dense layer has
///   the grid `[]` and one frequency, `[]`.
///
/// # Complexity
/// Per frequency `O(m n min(m, n))` for `m x n` symbols: small ones many at a time by one-sided
/// Jacobi in the lanes of vectors, others by the eigenvectors of Gram matrices, repaired to full
/// accuracy (the defects of `U^H U`, `V^H V` and `U S V^H` are at the level of rounding, for small
/// values too). Memory: the kernel.
///
/// # Example
/// ```
/// use convlens_svd::{ConvKernel, OperatorSvd};
///
/// // The second difference on 4 points: |2 - 2 cos(2 pi f / 4)| = 0, 2, 4, 2.
/// let kernel = ConvKernel::from_slice(&[-1.0, 2.0, -1.0], &[1, 1, 3])?;
/// let svd = OperatorSvd::new(&kernel, &[4])?;
/// let at = svd.at(&[1])?;
/// assert!((at.singular_values[0] - 2.0).abs() < 1e-14);
/// assert_eq!(at.multiplicity, 2);
/// // No padding, so the layer looks one sample ahead: u = 1, and v turns by a quarter of a period.
/// assert!((at.left(0)[0].re - 1.0).abs() < 1e-14);
/// assert!((at.right(0)[0].im + 1.0).abs() < 1e-14);
/// # Ok::<(), convlens_svd::SvdError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct OperatorSvd {
    pub(super) transfer: Transfer,
}

impl OperatorSvd {
    /// Lays a kernel over an input grid; decomposes nothing yet.
    ///
    /// # Errors
    /// [`SvdError::GridDims`], [`SvdError::ZeroGrid`], [`SvdError::StrideDoesNotDivideGrid`] and
    /// [`SvdError::SizeOverflow`].
    pub fn new(kernel: &ConvKernel, grid: &[usize]) -> Result<Self, SvdError> {
        Ok(Self {
            transfer: Transfer::new(kernel, grid)?,
        })
    }

    /// The grid of frequencies: `n / s`, or `n` for a transposed layer.
    pub fn frequency_grid(&self) -> &[usize] {
        &self.transfer.coarse
    }

    /// Singular values per frequency, over all groups: `g min(rows, cols)`.
    pub fn values_per_frequency(&self) -> usize {
        self.transfer.groups * self.transfer.rank()
    }

    /// Entries of a left vector: `c_out / g`, times `prod(s)` for a transposed layer.
    pub fn left_len(&self) -> usize {
        if self.transfer.transposed {
            self.transfer.all_columns()
        } else {
            self.transfer.rows
        }
    }

    /// Entries of a right vector: `c_in / g`, times `prod(s)` unless the layer is transposed.
    pub fn right_len(&self) -> usize {
        if self.transfer.transposed {
            self.transfer.rows
        } else {
            self.transfer.all_columns()
        }
    }

    /// The decomposition at one frequency, any of the grid.
    ///
    /// # Errors
    /// [`SvdError::GridDims`], [`SvdError::FrequencyRange`], [`SvdError::NoConvergence`], and
    /// [`SvdError::Overflow`] where a value exceeds the range of `f64`.
    pub fn at(&self, frequency: &[usize]) -> Result<FrequencySvd, SvdError> {
        self.check(frequency)?;
        let grid = &self.transfer.coarse;
        let flat = ravel(frequency, grid);
        let canonical = flat.min(negated(flat, grid));
        let decomposer = Decomposer::new(&self.transfer);
        let svd = decomposer.one(canonical)?;
        if canonical == flat {
            Ok(svd)
        } else {
            Ok(svd.conjugate(frequency))
        }
    }

    /// The decompositions of the canonical half of the frequencies, in row-major order, computed in
    /// parallel a block at a time. The bits do not depend on the number of threads.
    ///
    /// Each item may fail as [`OperatorSvd::at`]; the others follow all the same.
    ///
    /// # Complexity
    /// Peak memory: one block, of 64 MiB or 8 decompositions, whichever is more (at most 4096
    /// decompositions); and for each thread about eight matrices of the symbol's size, or 1 MiB for
    /// small ones.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{ConvKernel, OperatorSvd};
    ///
    /// // Parseval: the squares sum to the points of the grid times |W|^2.
    /// let kernel = ConvKernel::from_slice(&[1.0, 2.0, 3.0, 4.0], &[2, 1, 2])?;
    /// let mut sum = 0.0;
    /// for at in OperatorSvd::new(&kernel, &[6])?.iter() {
    ///     let at = at?;
    ///     let squares: f64 = at.singular_values.iter().map(|s| s * s).sum();
    ///     sum += at.multiplicity as f64 * squares;
    /// }
    /// assert!((sum - 6.0 * 30.0).abs() < 1e-12);
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = Result<FrequencySvd, SvdError>> + '_ {
        let grid = &self.transfer.coarse;
        let mut rest = (0..self.transfer.points()).filter(move |&f| f <= negated(f, grid));
        let lengths = self.left_len().saturating_add(self.right_len());
        let bytes = lengths.saturating_mul(16 * self.values_per_frequency());
        let block = (BLOCK_BYTES / bytes.max(1)).clamp(*BLOCK.start(), *BLOCK.end());
        let decomposer = Decomposer::new(&self.transfer);
        std::iter::from_fn(move || {
            let frequencies: Vec<usize> = rest.by_ref().take(block).collect();
            let chunk = (block / 16).clamp(1, 8);
            (!frequencies.is_empty()).then(|| decompose(&decomposer, &frequencies, chunk))
        })
        .flatten()
    }

    /// Checks that a frequency lies on the grid.
    pub(super) fn check(&self, frequency: &[usize]) -> Result<(), SvdError> {
        let grid = &self.transfer.coarse;
        if frequency.len() != grid.len() {
            let (expected, got) = (grid.len(), frequency.len());
            return Err(SvdError::GridDims { expected, got });
        }
        for (axis, (&frequency, &grid)) in frequency.iter().zip(grid).enumerate() {
            if frequency >= grid {
                return Err(SvdError::FrequencyRange {
                    axis,
                    frequency,
                    grid,
                });
            }
        }
        Ok(())
    }
}

/// The decompositions at some frequencies, a task for each chunk of them.
fn decompose(
    decomposer: &Decomposer<'_>,
    frequencies: &[usize],
    chunk: usize,
) -> Vec<Result<FrequencySvd, SvdError>> {
    let chunks: Vec<&[usize]> = frequencies.chunks(chunk).collect();
    let found = map_with(0..chunks.len(), Scratch::default, |scratch, i| {
        decomposer.decompose(chunks[i], scratch)
    });
    found.into_iter().flatten().collect()
}

/// Which of the two real images of a complex singular vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum WavePart {
    /// The real part; the default, and the only one where `f = -f`.
    #[default]
    Cosine,
    /// The imaginary part: the same wave, a quarter of a period later. It has the same singular
    /// value.
    Sine,
}

/// A singular value of a layer under periodic padding with its two vectors as images, each of unit
/// norm: the layer takes `right` to `singular_value * left`, and its adjoint `left` to
/// `singular_value * right`.
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
    /// The complex right vector is the wave
    /// `x[i, s q + a] = v[i, a] exp(2 pi i <f, q> / m) / sqrt(prod m)`, the left one
    /// `u[o] exp(2 pi i <f, j> / m) / sqrt(prod m)`. The layer is real, so it maps the real and the
    /// imaginary parts likewise. Where `f` is not `-f` both parts have norm `1 / sqrt(2)` and are
    /// orthogonal: times `sqrt(2)` they are the two pairs that `f` and `-f` share.
    ///
    /// # Conventions
    /// The layer is `y[j] = sum_p W[p] x[s j + d p - b]` with positions modulo `n`, `b` the
    /// padding's beginning: PyTorch's with `padding_mode='circular'`, on a geometry whose output is
    /// `n / s`; [`LayerOperator`](crate::LayerOperator) with
    /// [`PaddingMode::Circular`](crate::PaddingMode::Circular). For a transposed layer, the adjoint
    /// of that.
    ///
    /// # Errors
    /// [`SvdError::PairRange`]; [`SvdError::Unsupported`] for the sine part where `f = -f`;
    /// [`SvdError::SignalLength`], [`SvdError::GridDims`] or [`SvdError::FrequencyRange`] for a
    /// decomposition of another operator.
    ///
    /// # Complexity
    /// The size of the images.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::periodic::WavePart;
    /// use convlens_svd::{ConvKernel, LayerOperator, Geometry, OperatorSvd, PaddingMode};
    ///
    /// let circular = Geometry::new(1)
    ///     .with_padding(&[(1, 1)])
    ///     .with_padding_mode(PaddingMode::Circular);
    /// let kernel = ConvKernel::new(vec![1.0, 2.0, 4.0], &[1, 1, 3], circular)?;
    /// let svd = OperatorSvd::new(&kernel, &[5])?;
    /// let pair = svd.pair(&svd.at(&[2])?, 0, WavePart::Sine)?;
    /// let image = LayerOperator::new(&kernel, &[5])?.apply(&pair.right)?;
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

/// The wave on the coarse grid, such that the real part of its product with an amplitude is the
/// image asked for.
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
            let angle = TAU * turns(frequency, &unravel(q, &at.coarse), &at.coarse);
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

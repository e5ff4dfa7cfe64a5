//! Apply, adjoint and pseudo-inverse of a layer under periodic padding, by Fourier transform.

use super::fft::Planes;
use super::frequency::unravel;
use super::spectrum::OperatorSpectrum;
use super::symbol::Transfer;
use crate::accuracy::Algorithm;
use crate::dense::ThinSolver;
use crate::error::SvdError;
use crate::kernel::{ConvKernel, checked_product};
use crate::numeric;
use crate::parallel::map_ordered;
use num_complex::Complex64;
use std::sync::OnceLock;

/// Frequencies of one task.
const CHUNK: usize = 16;

/// A layer under periodic padding as a linear operator without bias: `apply`, `adjoint` and
/// `pseudo_inverse`, by Fourier transform.
///
/// The layer is `y[j] = sum_p W[p] x[s j + d p - b]`, positions modulo `n`, `b` the beginning of
/// the padding: PyTorch's with `padding_mode='circular'`, on a geometry whose output is `n / s`;
/// [`LayerOperator`](crate::LayerOperator) with
/// [`PaddingMode::Circular`](crate::PaddingMode::Circular). A transposed layer is the adjoint of
/// that, on the output grid `s n`. Between frequencies nothing mixes, so that each is a product
/// with the symbol of [`OperatorSvd`](crate::OperatorSvd).
///
/// # Conventions
/// Signals are row-major `[channel, position_1, .., position_d]`. The stride must divide the grid.
/// The padding mode of the geometry is not read: the operator is the periodic one.
///
/// # Complexity
/// Two real planes to one complex FFT, half of the frequencies. Symbols are computed as they are
/// needed: a call costs the multiply-adds of the direct sum, and does not grow with dilation.
/// Memory: the weights twice; in a call, three times the input and the output, and a symbol per
/// thread.
///
/// # Example
/// ```
/// use convlens_svd::periodic::PseudoInverseOptions;
/// use convlens_svd::{ConvKernel, PeriodicOperator};
///
/// // A blur that can be undone.
/// let kernel = ConvKernel::from_slice(&[3.0, 1.0], &[1, 1, 2])?;
/// let blur = PeriodicOperator::new(&kernel, &[3])?;
/// let blurred = blur.apply(&[1.0, 2.0, 4.0])?;
/// for (y, expected) in blurred.iter().zip([5.0, 10.0, 13.0]) {
///     assert!((y - expected).abs() < 1e-14);
/// }
/// let back = blur.pseudo_inverse(&blurred, &PseudoInverseOptions::default())?;
/// for (x, expected) in back.signal.iter().zip([1.0, 2.0, 4.0]) {
///     assert!((x - expected).abs() < 1e-14);
/// }
/// # Ok::<(), convlens_svd::SvdError>(())
/// ```
#[derive(Debug, Clone)]
#[doc(alias = "circulant")]
pub struct PeriodicOperator {
    pub(super) transfer: Transfer,
    places: Vec<Vec<usize>>,
    /// With the weights divided by `2^transfer.exponent`.
    scaled: ConvKernel,
    grid: Vec<usize>,
    norm: OnceLock<f64>,
}

/// Which side of the kernel's forward reading a signal enters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Enters {
    /// The grid that the kernel reads.
    Fine,
    /// The grid that it writes.
    Coarse,
}

impl PeriodicOperator {
    /// Lays a kernel over an input grid.
    ///
    /// # Errors
    /// [`SvdError::GridDims`], [`SvdError::ZeroGrid`], [`SvdError::StrideDoesNotDivideGrid`] and
    /// [`SvdError::SizeOverflow`].
    pub fn new(kernel: &ConvKernel, grid: &[usize]) -> Result<Self, SvdError> {
        let transfer = Transfer::new(kernel, grid)?;
        let weights = numeric::normalized(kernel.weights(), transfer.exponent);
        Ok(Self {
            places: transfer.fine_places(),
            scaled: ConvKernel::new(weights, kernel.shape(), kernel.geometry().clone())?,
            grid: grid.to_vec(),
            norm: OnceLock::new(),
            transfer,
        })
    }

    /// Spatial size of the input.
    pub fn input_size(&self) -> &[usize] {
        &self.grid
    }

    /// Spatial size of the output.
    pub fn output_size(&self) -> &[usize] {
        if self.transfer.transposed {
            &self.transfer.fine
        } else {
            &self.transfer.coarse
        }
    }

    /// Entries of an input signal.
    pub fn input_len(&self) -> usize {
        self.len(self.input_side())
    }

    /// Entries of an output signal.
    pub fn output_len(&self) -> usize {
        self.len(self.output_side())
    }

    /// The layer's output, without bias.
    ///
    /// # Errors
    /// [`SvdError::SignalLength`], [`SvdError::NonFiniteSignal`], and [`SvdError::Overflow`] where
    /// an output exceeds the range of `f64`.
    pub fn apply(&self, x: &[f64]) -> Result<Vec<f64>, SvdError> {
        self.multiply(x, self.input_side())
    }

    /// The transpose of [`PeriodicOperator::apply`].
    ///
    /// # Errors
    /// As [`PeriodicOperator::apply`].
    pub fn adjoint(&self, y: &[f64]) -> Result<Vec<f64>, SvdError> {
        self.multiply(y, self.output_side())
    }

    /// The largest singular value of the scaled weights.
    pub(super) fn scaled_norm(&self) -> Result<f64, SvdError> {
        if let Some(&norm) = self.norm.get() {
            return Ok(norm);
        }
        let norm = OperatorSpectrum::new(&self.scaled, &self.grid)?.norm();
        Ok(*self.norm.get_or_init(|| norm))
    }

    pub(super) fn input_side(&self) -> Enters {
        if self.transfer.transposed {
            Enters::Coarse
        } else {
            Enters::Fine
        }
    }

    pub(super) fn output_side(&self) -> Enters {
        match self.input_side() {
            Enters::Fine => Enters::Coarse,
            Enters::Coarse => Enters::Fine,
        }
    }

    fn len(&self, side: Enters) -> usize {
        let at = &self.transfer;
        let channels = match side {
            Enters::Fine => at.channels * at.phases(),
            Enters::Coarse => at.rows,
        };
        at.groups * channels * at.points()
    }

    fn multiply(&self, signal: &[f64], enters: Enters) -> Result<Vec<f64>, SvdError> {
        let shift = self.transfer.exponent;
        let (out, ()) = self.pass(
            signal,
            enters,
            shift,
            || (),
            |(), frequency, group, x, y| {
                let symbol = self.transfer.complex_symbol(group, frequency);
                for j in 0..symbol.ncols() {
                    let column = symbol.col_as_slice(j);
                    match enters {
                        Enters::Fine => y.iter_mut().zip(column).for_each(|(y, a)| *y += a * x[j]),
                        Enters::Coarse => {
                            y[j] = column.iter().zip(x).map(|(a, x)| a.conj() * x).sum();
                        }
                    }
                }
                Ok(())
            },
            |(), ()| (),
        )?;
        Ok(out)
    }

    /// Takes a signal through its half spectrum: `act(memory, frequency, group, input, output)`
    /// fills the output coefficients, zero at first, of one group at one frequency; what it returns
    /// is folded in order of frequency. The result is multiplied by `2^shift`.
    pub(super) fn pass<M, R: Default + Send>(
        &self,
        signal: &[f64],
        enters: Enters,
        shift: i32,
        memory: impl Fn() -> M + Sync + Send,
        act: impl Fn(&mut M, &[usize], usize, &[Complex64], &mut [Complex64]) -> Result<R, SvdError>
        + Sync
        + Send,
        fold: impl Fn(R, R) -> R + Sync + Send,
    ) -> Result<(Vec<f64>, R), SvdError> {
        check(signal, self.len(enters))?;
        let leaves = match enters {
            Enters::Fine => Enters::Coarse,
            Enters::Coarse => Enters::Fine,
        };
        let exponent = numeric::exponent(signal);
        let planes = Planes::new(&self.transfer.coarse);
        let (from, to) = (self.planes(enters), self.planes(leaves));
        checked_product(&[from.max(to), planes.half.len()])?;
        let input = self.analyze(signal, exponent, enters, &planes);
        let (per_group_in, per_group_out) =
            (from / self.transfer.groups, to / self.transfer.groups);
        let chunks: Vec<_> = planes.half.chunks(CHUNK).collect();
        let found = map_ordered(chunks.len(), |chunk| {
            let mut memory = memory();
            let mut result = R::default();
            let mut out = vec![Complex64::ZERO; to * chunks[chunk].len()];
            for (i, (&(f, _), out)) in chunks[chunk].iter().zip(out.chunks_mut(to)).enumerate() {
                let frequency = unravel(f, &self.transfer.coarse);
                let at = chunk * CHUNK + i;
                let x: Vec<Complex64> = input.iter().map(|plane| plane[at]).collect();
                let groups = x
                    .chunks_exact(per_group_in)
                    .zip(out.chunks_exact_mut(per_group_out));
                for (group, (x, y)) in groups.enumerate() {
                    result = fold(result, act(&mut memory, &frequency, group, x, y)?);
                }
            }
            Ok((out, result))
        });
        drop(input);
        let mut result = R::default();
        let mut half = Vec::with_capacity(found.len());
        for chunk in found {
            let (out, of_chunk) = chunk?;
            half.push(out);
            result = fold(result, of_chunk);
        }
        let out = self.synthesize(&half, exponent + shift, leaves, &planes)?;
        Ok((out, result))
    }

    /// Planes of the coarse grid that a side has, without those that no tap reads.
    fn planes(&self, side: Enters) -> usize {
        let at = &self.transfer;
        at.groups
            * match side {
                Enters::Fine => at.columns.len(),
                Enters::Coarse => at.rows,
            }
    }

    /// The position in a signal of each point of a plane.
    fn plane(&self, side: Enters, plane: usize) -> impl Fn(usize) -> usize + '_ {
        let (at, points) = (&self.transfer, self.transfer.points());
        let (start, places) = match side {
            Enters::Coarse => (plane * points, None),
            Enters::Fine => {
                let (group, k) = (plane / at.columns.len(), plane % at.columns.len());
                let (channel, phase) = (at.columns[k] / at.phases(), at.columns[k] % at.phases());
                let channel = group * at.channels + channel;
                (channel * points * at.phases(), Some(&self.places[phase]))
            }
        };
        move |q| start + places.map_or(q, |places| places[q])
    }

    fn analyze(
        &self,
        signal: &[f64],
        exponent: i32,
        side: Enters,
        planes: &Planes,
    ) -> Vec<Vec<Complex64>> {
        let count = self.planes(side);
        let pairs = map_ordered(count.div_ceil(2), |pair| {
            let (a, b) = (2 * pair, (2 * pair + 1).min(count - 1));
            let (a, b) = (self.plane(side, a), self.plane(side, b));
            let read = |at: usize| numeric::scaled(signal[at], -exponent);
            let z = (0..self.transfer.points()).map(|q| Complex64::new(read(a(q)), read(b(q))));
            planes.analyze(z.collect())
        });
        let mut half: Vec<_> = pairs.into_iter().flatten().collect();
        half.truncate(count);
        half
    }

    /// From chunks of frequencies, each `[frequency, plane]`.
    fn synthesize(
        &self,
        half: &[Vec<Complex64>],
        exponent: i32,
        side: Enters,
        planes: &Planes,
    ) -> Result<Vec<f64>, SvdError> {
        let count = self.planes(side);
        let spectrum = |plane: usize| -> Vec<Complex64> {
            let chunks = half.iter().flat_map(|chunk| chunk.chunks_exact(count));
            chunks.map(|at| at[plane]).collect()
        };
        let pairs = map_ordered(count.div_ceil(2), |pair| {
            let (a, b) = (2 * pair, 2 * pair + 1);
            let b = (b < count).then(|| spectrum(b));
            planes.synthesize(&spectrum(a), b.as_deref())
        });
        let mut signal = vec![0.0; self.len(side)];
        for (pair, z) in pairs.iter().enumerate() {
            for (plane, of) in [
                (2 * pair, (|z| z.re) as fn(&Complex64) -> f64),
                (2 * pair + 1, |z| z.im),
            ] {
                if plane < count {
                    let place = self.plane(side, plane);
                    for (q, z) in z.iter().enumerate() {
                        signal[place(q)] = numeric::restored(of(z), exponent, "an output")?;
                    }
                }
            }
        }
        Ok(signal)
    }
}

fn check(signal: &[f64], expected: usize) -> Result<(), SvdError> {
    if signal.len() != expected {
        let got = signal.len();
        return Err(SvdError::SignalLength { expected, got });
    }
    match signal.iter().position(|x| !x.is_finite()) {
        Some(index) => Err(SvdError::NonFiniteSignal {
            index,
            value: signal[index],
        }),
        None => Ok(()),
    }
}

/// Which singular values a pseudo-inverse treats as zero.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PseudoInverseOptions {
    /// Values of at most this share of the operator's norm are not inverted; in `[0, 1)`. Default
    /// `None`: `max(m, n) * eps` for `m x n` symbols, the cut of numpy's and MATLAB's `rank`.
    pub relative_cutoff: Option<f64>,
}

impl PseudoInverseOptions {
    /// Sets the share of the norm at which values count as zero.
    #[must_use]
    pub fn relative_cutoff(mut self, relative_cutoff: f64) -> Self {
        self.relative_cutoff = Some(relative_cutoff);
        self
    }

    fn check(&self) -> Result<(), SvdError> {
        match self.relative_cutoff {
            Some(value) if !(0.0..1.0).contains(&value) => Err(SvdError::InvalidOption {
                option: "relative_cutoff",
                value,
                bound: "at least 0 and under 1",
            }),
            _ => Ok(()),
        }
    }
}

/// What the pseudo-inverse made of a signal.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PseudoInverse {
    /// The input of least norm among those whose output is nearest to the signal, row-major
    /// `[c_in, n_1, .., n_d]`.
    pub signal: Vec<f64>,
    /// The cutoff that was used, as a share of the operator's norm.
    pub relative_cutoff: f64,
    /// Rank of the operator at this cutoff: how many of its singular values were inverted.
    pub rank: usize,
    /// The worst algorithm that a frequency needed.
    pub algorithm: Algorithm,
}

/// Rank and worst algorithm, of some frequencies.
#[derive(Default)]
struct Seen(usize, Option<Algorithm>);

impl PeriodicOperator {
    /// `A^+ y`: the Moore-Penrose inverse, by the thin SVD of each frequency (Penrose 1955; Golub
    /// and Van Loan 2013, section 5.5.2).
    ///
    /// # Errors
    /// [`SvdError::InvalidOption`], [`SvdError::SignalLength`], [`SvdError::NonFiniteSignal`],
    /// [`SvdError::NoConvergence`], [`SvdError::SizeOverflow`], and [`SvdError::Overflow`] where an
    /// entry exceeds the range of `f64`.
    ///
    /// # Complexity
    /// One thin SVD for each of half of the frequencies and each group; before the first call, an
    /// [`OperatorSpectrum`](crate::OperatorSpectrum) for the norm, which is then kept. Nothing is
    /// kept of the SVDs.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::periodic::PseudoInverseOptions;
    /// use convlens_svd::{ConvKernel, PeriodicOperator};
    ///
    /// // A difference loses the mean and nothing else.
    /// let kernel = ConvKernel::from_slice(&[-1.0, 1.0], &[1, 1, 2])?;
    /// let difference = PeriodicOperator::new(&kernel, &[4])?;
    /// let y = difference.apply(&[1.0, 2.0, 4.0, 9.0])?;
    /// let back = difference.pseudo_inverse(&y, &PseudoInverseOptions::default())?;
    /// assert_eq!(back.rank, 3);
    /// for (x, expected) in back.signal.iter().zip([-3.0, -2.0, 0.0, 5.0]) {
    ///     assert!((x - expected).abs() < 1e-13);
    /// }
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn pseudo_inverse(
        &self,
        y: &[f64],
        options: &PseudoInverseOptions,
    ) -> Result<PseudoInverse, SvdError> {
        options.check()?;
        let at = &self.transfer;
        let side = at.rows.max(at.all_columns()) as f64;
        let relative_cutoff = options.relative_cutoff.unwrap_or(side * f64::EPSILON);
        let cut = relative_cutoff * self.scaled_norm()?;
        let enters = self.output_side();
        let solver = || ThinSolver::<Complex64>::new(at.rows, at.columns.len());
        let act = |solver: &mut ThinSolver<Complex64>,
                   frequency: &[usize],
                   group: usize,
                   y: &[Complex64],
                   x: &mut [Complex64]| {
            let algorithm = solver.solve(at.complex_symbol(group, frequency).as_ref())?;
            let multiplicity = 2 - usize::from(at.is_self_conjugate(frequency));
            let rank = invert(solver, at.rank(), cut, enters, y, x);
            Ok(Seen(multiplicity * rank, Some(algorithm)))
        };
        let fold = |a: Seen, b: Seen| Seen(a.0 + b.0, a.1.max(b.1));
        let (signal, Seen(rank, algorithm)) =
            self.pass(y, enters, -at.exponent, solver, act, fold)?;
        Ok(PseudoInverse {
            signal,
            relative_cutoff,
            rank,
            algorithm: algorithm.unwrap_or(Algorithm::Direct),
        })
    }

    /// The largest singular value, up to rounding: the norm to which the cutoff is relative.
    ///
    /// # Errors
    /// [`SvdError::NoConvergence`], [`SvdError::SizeOverflow`], and [`SvdError::Overflow`] where it
    /// exceeds the range of `f64`.
    pub fn norm(&self) -> Result<f64, SvdError> {
        numeric::restored(self.scaled_norm()?, self.transfer.exponent, "the norm")
    }
}

/// Adds `sum_i q_i <p_i, y> / s_i` over the values over `cut` to `x`; their number.
fn invert(
    solver: &ThinSolver<Complex64>,
    count: usize,
    cut: f64,
    enters: Enters,
    y: &[Complex64],
    x: &mut [Complex64],
) -> usize {
    let rank = (0..count).take_while(|&i| solver.value(i) > cut).count();
    for i in 0..rank {
        // The forward reading is P = U S V^H. From its output: V S^-1 U^H. Into it, for the
        // adjoint: U S^-1 V^H.
        let (p, q) = match enters {
            Enters::Coarse => (solver.left(i), solver.right(i)),
            Enters::Fine => (solver.right(i), solver.left(i)),
        };
        let c: Complex64 = p.iter().zip(y).map(|(p, y)| p.conj() * y).sum();
        let c = c / solver.value(i);
        x.iter_mut().zip(q).for_each(|(x, q)| *x += c * q);
    }
    rank
}

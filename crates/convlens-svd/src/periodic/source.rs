//! Where the values at a frequency come from: options, a cost model, and the algorithms.

use super::fft::Slabs;
use super::frequency::Angles;
use super::symbol::Polyphase;
use super::taps::{DirectSum, gram_taps, symbol_taps};
use crate::accuracy::{Accuracy, Algorithm};
use crate::dense::{hermitian_eigenvalues, is_positive_definite, singular_values};
use crate::error::SvdError;
use crate::kernel::checked_product;
use crate::lanes::{GramTaps, Instructions, Solver, SymbolSolver, SymbolTaps, Workspace};
use faer::{MatMut, MatRef};
use num_complex::Complex64;

/// How to compute a spectrum.
///
/// # Example
/// ```
/// use convlens_svd::periodic::SpectrumOptions;
/// use convlens_svd::{Accuracy, ConvKernel, OperatorSpectrum};
///
/// let kernel = ConvKernel::from_slice(&[-1.0, 2.0, -1.0], &[1, 1, 3])?;
/// let options = SpectrumOptions::default().accuracy(Accuracy::Gram);
/// let spectrum = OperatorSpectrum::with_options(&kernel, &[4], &options)?;
/// assert!((spectrum.norm() - 4.0).abs() < 1e-14);
/// assert_eq!(spectrum.options(), &options);
/// # Ok::<(), convlens_svd::SvdError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SpectrumOptions {
    /// What the values promise. Default [`Accuracy::Exact`].
    pub accuracy: Accuracy,
    /// Which instructions the lane kernels use. Default [`Instructions::Detected`].
    pub instructions: Instructions,
}

impl SpectrumOptions {
    /// Sets what the values promise.
    #[must_use]
    pub fn accuracy(mut self, accuracy: Accuracy) -> Self {
        self.accuracy = accuracy;
        self
    }

    /// Sets which instructions the lane kernels use.
    #[must_use]
    pub fn instructions(mut self, instructions: Instructions) -> Self {
        self.instructions = instructions;
        self
    }
}

/// How the values at a frequency are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// Gram matrices of many frequencies in the lanes of vectors.
    GramLanes,
    /// Gram matrices of a few frequencies in lanes, each decomposed by itself.
    GramMatrices,
    /// Symbols of many frequencies in the lanes of vectors.
    SymbolLanes,
    /// Each symbol by itself, its taps summed directly.
    Symbols,
    /// Each symbol by itself, slab by slab through a fast Fourier transform.
    Transforms,
}

/// The smaller side up to which Gram matrices go in lanes. Measured (AVX-512): above it a batch
/// outgrows the caches, and blocked algorithms on one matrix are faster.
const MOST_GRAM_LANES: usize = 512;

/// Entries of a symbol up to which symbols go in lanes, likewise.
const MOST_SYMBOL_LANES: usize = 320 * 320;

/// Frequencies from which lanes pay, as a task computes all its lanes.
const LEAST_LANES: usize = 2;

/// Taps up to which a direct sum is cheaper than the transform of a slab, whose price is about
/// `5 log2` of the grid and three passes through memory.
const MOST_DIRECT: usize = 64;

/// Coefficients of Gram matrices that are held at most: 128 MiB of them.
const MOST_COEFFICIENTS: usize = 1 << 24;

impl Method {
    /// For the Gram matrices of symbols at so many frequencies.
    ///
    /// The taps of the Gram matrix are worth their making unless the kernel is nearly as large as
    /// the grid: `T^2 / 2` real products, against one complex product (four real ones) at each
    /// frequency.
    pub(super) fn for_gram(taps: &Polyphase, frequencies: usize) -> Self {
        let (most, n) = (taps.most_taps(), taps.rows.min(taps.cols));
        let pairs = most.saturating_mul(most);
        let coefficients = (n * n).saturating_mul(pairs.saturating_mul(taps.groups.len()));
        let worth = pairs <= frequencies.saturating_mul(8).saturating_add(64);
        if !worth || coefficients > MOST_COEFFICIENTS.max(n * n * 81) || frequencies < LEAST_LANES {
            Self::for_symbols(taps, frequencies)
        } else if n <= MOST_GRAM_LANES {
            Self::GramLanes
        } else {
            Self::GramMatrices
        }
    }

    /// For the symbols themselves.
    pub(super) fn for_symbols(taps: &Polyphase, frequencies: usize) -> Self {
        let small = taps.rows.saturating_mul(taps.cols) <= MOST_SYMBOL_LANES;
        match taps.most_taps() {
            most if most > MOST_DIRECT => Self::Transforms,
            _ if small && frequencies >= LEAST_LANES => Self::SymbolLanes,
            _ => Self::Symbols,
        }
    }
}

/// What takes the values of one frequency, descending: `put(place among the frequencies, values)`.
type Put<'p> = &'p mut dyn FnMut(usize, &[f64]);

/// Row-major indices of frequencies, and the roots of unity of their grid.
type Places<'p> = (&'p [usize], &'p Angles);

/// One of the ways of [`Method`], with what it needs for each group.
#[derive(Debug)]
pub(super) enum Source<'a> {
    /// Gram matrices, many in lanes or each by itself.
    Gram {
        groups: Vec<GramTaps>,
        lanes: bool,
        instructions: Instructions,
    },
    /// Symbols in lanes, and how to make one that a lane failed on.
    SymbolLanes {
        groups: Vec<(SymbolTaps, DirectSum<'a>)>,
        instructions: Instructions,
    },
    /// Symbols one by one.
    Symbols(Vec<DirectSum<'a>>),
    /// Symbols one by one, from slabs.
    Slabs(Slabs),
}

impl<'a> Source<'a> {
    pub(super) fn new(
        taps: &'a Polyphase,
        grid: &[usize],
        options: &SpectrumOptions,
    ) -> Result<Self, SvdError> {
        let frequencies = grid.iter().product::<usize>() / 2 + 1;
        let method = match options.accuracy {
            Accuracy::Gram => Method::for_gram(taps, frequencies),
            Accuracy::Exact => Method::for_symbols(taps, frequencies),
        };
        let instructions = options.instructions;
        Ok(match method {
            Method::GramLanes | Method::GramMatrices => {
                let grid = &grid[..taps.dims().min(grid.len())];
                let groups = taps.groups.iter().map(|g| gram_taps(taps, g, grid));
                Self::Gram {
                    groups: groups.collect(),
                    lanes: method == Method::GramLanes,
                    instructions,
                }
            }
            Method::SymbolLanes => {
                let groups = taps.groups.iter();
                let groups = groups.map(|g| (symbol_taps(taps, g), DirectSum::new(g)));
                Self::SymbolLanes {
                    groups: groups.collect(),
                    instructions,
                }
            }
            Method::Symbols => Self::symbols(taps),
            Method::Transforms => {
                checked_product(&[checked_product(&grid[1..])?, taps.rows, taps.cols])?;
                Self::Slabs(Slabs::new(grid))
            }
        })
    }

    pub(super) fn symbols(taps: &'a Polyphase) -> Self {
        Self::Symbols(taps.groups.iter().map(DirectSum::new).collect())
    }

    /// Frequencies that are computed together.
    pub(super) fn frequencies_per_task(&self) -> usize {
        match self {
            Self::Gram {
                groups,
                instructions,
                ..
            } => Solver::new(&groups[0], *instructions).frequencies_per_task(),
            Self::SymbolLanes {
                groups,
                instructions,
            } => SymbolSolver::new(&groups[0].0, *instructions).frequencies_per_task(),
            Self::Symbols(_) | Self::Slabs(_) => 1,
        }
    }

    /// The values of one group at some frequencies; the worst algorithm.
    pub(super) fn values(
        &self,
        taps: &Polyphase,
        group: usize,
        places: Places<'_>,
        work: &mut Workspace,
        put: Put<'_>,
    ) -> Result<Algorithm, SvdError> {
        let shape = (taps.rows, taps.cols);
        match self {
            Self::Gram {
                groups,
                lanes,
                instructions,
            } => {
                let solver = Solver::new(&groups[group], *instructions);
                by_gram(&solver, *lanes, places, work, put)
            }
            Self::SymbolLanes {
                groups,
                instructions,
            } => {
                let (taps, sum) = &groups[group];
                let solver = SymbolSolver::new(taps, *instructions);
                by_lanes(&solver, sum, shape, places, work, put)
            }
            Self::Symbols(sums) => {
                let (frequencies, angles) = places;
                by_symbols(frequencies, |f| sums[group].at(f, angles), shape, put)
            }
            Self::Slabs(slabs) => {
                let (slab, mut worst, mut start) = (slabs.len(), Algorithm::Direct, 0);
                for part in places.0.chunk_by(|a, b| a / slab == b / slab) {
                    let symbols =
                        slabs.symbols(&taps.groups[group], part[0] / slab, shape.0 * shape.1);
                    let symbol = |f: usize| symbols.iter().skip(f % slab).step_by(slab);
                    let put = &mut |i: usize, values: &[f64]| put(start + i, values);
                    let symbol = |f| symbol(f).copied().collect();
                    worst = worst.max(by_symbols(part, symbol, shape, put)?);
                    start += part.len();
                }
                Ok(worst)
            }
        }
    }

    /// Whether `theta2 I - G` is positive definite for all groups and frequencies; false where
    /// there are no Gram matrices.
    pub(super) fn all_below(
        &self,
        theta2: f64,
        (frequencies, angles): Places<'_>,
        work: &mut Workspace,
    ) -> bool {
        let Self::Gram {
            groups,
            lanes,
            instructions,
        } = self
        else {
            return false;
        };
        groups.iter().all(|taps| {
            let solver = Solver::new(taps, *instructions);
            let at =
                |i: usize, out: &mut [[f64; 2]]| angles.factors(frequencies[i], &taps.offsets, out);
            if *lanes {
                return solver.all_below(theta2, frequencies.len(), &at, work);
            }
            let mut below = true;
            solver.matrices(frequencies.len(), &at, work, &mut |_, g| {
                below = below && shifted_is_definite(theta2, g, taps.n);
            });
            below
        })
    }
}

/// Square roots of the eigenvalues of Gram matrices.
fn by_gram(
    solver: &Solver<'_>,
    lanes: bool,
    (frequencies, angles): Places<'_>,
    work: &mut Workspace,
    put: Put<'_>,
) -> Result<Algorithm, SvdError> {
    let (n, per_task) = (solver.taps().n, solver.frequencies_per_task());
    let mut memory = vec![0.0; per_task * n];
    for (task, part) in frequencies.chunks(per_task).enumerate() {
        let at =
            |i: usize, out: &mut [[f64; 2]]| angles.factors(part[i], &solver.taps().offsets, out);
        let found = &mut memory[..part.len() * n];
        if !(lanes && solver.eigenvalues(part.len(), &at, work, found)) {
            let mut converged = true;
            solver.matrices(
                part.len(),
                &at,
                work,
                &mut |i, g| match hermitian_eigenvalues(MatRef::from_row_major_slice(g, n, n)) {
                    Some(values) => found[i * n..(i + 1) * n].copy_from_slice(&values),
                    None => converged = false,
                },
            );
            if !converged {
                return Err(SvdError::NoConvergence { rows: n, cols: n });
            }
        }
        for (i, values) in found.chunks_exact_mut(n).enumerate() {
            values.reverse();
            values.iter_mut().for_each(|l| *l = l.max(0.0).sqrt());
            put(task * per_task + i, values);
        }
    }
    Ok(Algorithm::Gram)
}

/// Singular values of symbols in lanes; one by one where a lane of a task failed.
fn by_lanes(
    solver: &SymbolSolver<'_>,
    sum: &DirectSum<'_>,
    shape: (usize, usize),
    (frequencies, angles): Places<'_>,
    work: &mut Workspace,
    put: Put<'_>,
) -> Result<Algorithm, SvdError> {
    let (n, per_task) = (solver.taps().cols, solver.frequencies_per_task());
    let mut memory = vec![0.0; per_task * n];
    let mut worst = Algorithm::Direct;
    for (task, part) in frequencies.chunks(per_task).enumerate() {
        let at =
            |i: usize, out: &mut [[f64; 2]]| angles.factors(part[i], &solver.taps().positions, out);
        let found = &mut memory[..part.len() * n];
        let mut put = |i: usize, values: &[f64]| put(task * per_task + i, values);
        if solver.singular_values(part.len(), &at, work, found) {
            for (i, values) in found.chunks_exact(n).enumerate() {
                put(i, values);
            }
        } else {
            let algorithm = by_symbols(part, |f| sum.at(f, angles), shape, &mut put)?;
            worst = worst.max(algorithm);
        }
    }
    Ok(worst)
}

/// Singular values of symbols one by one.
fn by_symbols(
    frequencies: &[usize],
    symbol: impl Fn(usize) -> Vec<Complex64>,
    (rows, cols): (usize, usize),
    put: Put<'_>,
) -> Result<Algorithm, SvdError> {
    let mut worst = Algorithm::Direct;
    for (i, &f) in frequencies.iter().enumerate() {
        let (values, algorithm) =
            singular_values(MatRef::from_row_major_slice(&symbol(f), rows, cols))?;
        put(i, &values);
        worst = worst.max(algorithm);
    }
    Ok(worst)
}

/// Whether `theta2 I - g` is positive definite.
fn shifted_is_definite(theta2: f64, g: &[Complex64], n: usize) -> bool {
    let mut shifted: Vec<Complex64> = g.iter().map(|z| -z).collect();
    shifted.iter_mut().step_by(n + 1).for_each(|z| *z += theta2);
    is_positive_definite(MatMut::from_row_major_slice_mut(&mut shifted, n, n))
}

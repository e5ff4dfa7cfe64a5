//! The Moore-Penrose inverse of a layer under periodic padding.

use super::PeriodicOperator;
use super::periodic::Enters;
use crate::dense::ThinSolver;
use crate::{Rung, SvdError, scale};
use num_complex::Complex64;

/// Which singular values a pseudo-inverse takes for zero.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PseudoInverseOptions {
    /// Values of at most this share of the operator's norm are not inverted; in `[0, 1)`. Default `None`:
    /// `max(m, n) * eps` for `m x n` symbols, the cut of numpy's and MATLAB's `rank`.
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
    /// The input of least norm among those whose output is nearest to the signal, row-major `[c_in, n_1, .., n_d]`.
    pub signal: Vec<f64>,
    /// The cutoff that was used, as a share of the operator's norm.
    pub relative_cutoff: f64,
    /// Rank of the operator at this cutoff: how many of its singular values were inverted.
    pub rank: usize,
    /// The worst algorithm that a frequency needed.
    pub rung: Rung,
}

/// Rank and worst rung, of some frequencies.
#[derive(Default)]
struct Seen(usize, Option<Rung>);

impl PeriodicOperator {
    /// `A^+ y`: the Moore-Penrose inverse, by the thin SVD of each frequency (Penrose 1955; Golub and Van Loan 2013,
    /// section 5.5.2).
    ///
    /// # Errors
    /// [`SvdError::InvalidOption`], [`SvdError::SignalLength`], [`SvdError::NonFiniteSignal`],
    /// [`SvdError::NoConvergence`], [`SvdError::SizeOverflow`], and [`SvdError::Overflow`] where an entry exceeds the
    /// range of `f64`.
    ///
    /// # Complexity
    /// One thin SVD for each of half of the frequencies and each group; before the first call, an
    /// [`OperatorSpectrum`](crate::OperatorSpectrum) for the norm, which is then kept. Nothing is kept of the SVDs.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{ConvKernel, PeriodicOperator, PseudoInverseOptions};
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
            let rung = solver.solve(at.complex_symbol(group, frequency).as_ref())?;
            let multiplicity = 2 - usize::from(at.is_self_conjugate(frequency));
            let rank = invert(solver, at.rank(), cut, enters, y, x);
            Ok(Seen(multiplicity * rank, Some(rung)))
        };
        let fold = |a: Seen, b: Seen| Seen(a.0 + b.0, a.1.max(b.1));
        let (signal, Seen(rank, rung)) = self.pass(y, enters, -at.exponent, solver, act, fold)?;
        Ok(PseudoInverse {
            signal,
            relative_cutoff,
            rank,
            rung: rung.unwrap_or(Rung::Direct),
        })
    }

    /// The largest singular value, up to rounding: the norm to which the cutoff is relative.
    ///
    /// # Errors
    /// [`SvdError::NoConvergence`], [`SvdError::SizeOverflow`], and [`SvdError::Overflow`] where it exceeds the range of
    /// `f64`.
    pub fn norm(&self) -> Result<f64, SvdError> {
        scale::restored(self.scaled_norm()?, self.transfer.exponent, "the norm")
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
        // The forward reading is P = U S V^H. From its output: V S^-1 U^H. Into it, for the adjoint: U S^-1 V^H.
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

//! Golub-Kahan-Lanczos bidiagonalisation with full reorthogonalisation and thick restarts.

use super::basis::Basis;
use super::operator::Oriented;
use super::random::uniform;
use crate::SvdError;
use crate::dense::{Thin, thin_svd};
use crate::vector::{norm, normalise};
use faer::Mat;

/// What is left of a vector after orthogonalisation is rounding below this share of the operator.
const ROUNDING: f64 = 1e-14;

/// Orthonormal bases `U` (wide side) and `V` (narrow side) with `A V = U B`, and `A^T U = V B^T + beta v e^T` for the next
/// vector `v`.
///
/// `B` is bidiagonal at first, an arrow beside a bidiagonal matrix after a restart (Baglama and Reichel 2005, section 3).
/// Here its entries are the coefficients that orthogonalisation took out, so `A V = U B` holds to rounding throughout.
#[derive(Debug)]
pub(super) struct Bidiagonal<'a> {
    operator: Oriented<'a>,
    u: Basis,
    v: Basis,
    b: Mat<f64>,
    /// The next right vector, a unit vector or rounding, and what it was divided by (0 for rounding).
    next: Vec<f64>,
    beta: f64,
    /// The largest `|A v|` or `|A^T u|` so far.
    scale: f64,
    seed: u64,
    draws: u64,
    wide: Vec<f64>,
}

impl<'a> Bidiagonal<'a> {
    pub(super) fn new(operator: Oriented<'a>, basis: usize, seed: u64) -> Self {
        let mut new = Self {
            operator,
            u: Basis::new(operator.wide(), basis),
            v: Basis::new(operator.narrow(), basis),
            b: Mat::zeros(basis, basis),
            next: vec![0.0; operator.narrow()],
            beta: 0.0,
            scale: 0.0,
            seed,
            draws: 0,
            wide: vec![0.0; operator.wide()],
        };
        new.advance();
        new
    }

    /// Vectors in either basis after a step.
    pub(super) fn size(&self) -> usize {
        self.u.count()
    }

    pub(super) fn is_full(&self) -> bool {
        self.size() == self.b.ncols()
    }

    /// The right basis spans the whole narrow side: the decomposition is complete.
    pub(super) fn is_complete(&self) -> bool {
        self.size() == self.operator.narrow()
    }

    /// The span of the basis is invariant.
    pub(super) fn is_invariant(&self) -> bool {
        self.beta == 0.0
    }

    /// One application of the operator and one of its transpose.
    pub(super) fn step(&mut self) -> Result<(), SvdError> {
        let j = self.size();
        self.v.read(j, &mut self.next);
        self.operator.forward(&self.next, &mut self.wide)?;
        self.scale = self.scale.max(norm(&self.wide));
        let taken = self.u.orthogonalise(&mut self.wide);
        for (i, &c) in taken.iter().enumerate() {
            self.b[(i, j)] = c;
        }
        let mut alpha = norm(&self.wide);
        if alpha <= ROUNDING * self.scale {
            // A v lies in the span of U: any further left vector will do.
            alpha = 0.0;
            self.wide = fresh(&self.u, self.operator.wide(), self.seed, &mut self.draws);
        }
        normalise(&mut self.wide);
        self.b[(j, j)] = alpha;
        self.u.push(&self.wide);
        self.operator.backward(&self.wide, &mut self.next)?;
        self.scale = self.scale.max(norm(&self.next));
        self.v.orthogonalise(&mut self.next);
        self.beta = norm(&self.next);
        if self.is_complete() || self.beta <= ROUNDING * self.scale {
            self.beta = 0.0;
        }
        Ok(())
    }

    /// Takes up the next right vector: the one that the step left, or after an invariant subspace a fresh one.
    pub(super) fn advance(&mut self) {
        if self.is_invariant() {
            self.next = fresh(&self.v, self.operator.narrow(), self.seed, &mut self.draws);
        }
        normalise(&mut self.next);
        self.v.push(&self.next);
    }

    /// Takes up a fresh right vector, whatever the step left.
    pub(super) fn advance_afresh(&mut self) {
        self.beta = 0.0;
        self.advance();
    }

    /// The SVD of `B`, and `|A^T u - sigma v|` of each of its triplets.
    pub(super) fn ritz(&self) -> Result<(Thin<f64>, Vec<f64>), SvdError> {
        let size = self.size();
        let thin = thin_svd(self.b.submatrix(0, 0, size, size))?;
        let residuals = (0..size).map(|i| self.beta * thin.u[(size - 1, i)].abs());
        let residuals = residuals.collect();
        Ok((thin, residuals))
    }

    /// Keeps the leading Ritz vectors only (Baglama and Reichel 2005, algorithm 3.1; Hernandez, Roman, Tomas 2008).
    pub(super) fn compress(&mut self, ritz: &Thin<f64>, kept: usize) {
        self.u.combine(ritz.u.subcols(0, kept));
        self.v.combine(ritz.v.subcols(0, kept));
        let size = self.b.ncols();
        self.b = Mat::zeros(size, size);
        for (i, &s) in ritz.s.iter().take(kept).enumerate() {
            self.b[(i, i)] = s;
        }
    }

    /// Vector `index` of the wide and of the narrow side.
    pub(super) fn vectors(&self, ritz: &Thin<f64>, index: usize) -> (Vec<f64>, Vec<f64>) {
        let mut wide = self.u.combination(ritz.u.subcols(index, 1));
        let mut narrow = self.v.combination(ritz.v.subcols(index, 1));
        normalise(&mut wide);
        normalise(&mut narrow);
        (wide, narrow)
    }
}

/// A random unit vector orthogonal to a basis that does not span the space.
fn fresh(basis: &Basis, len: usize, seed: u64, draws: &mut u64) -> Vec<f64> {
    loop {
        let mut x = uniform(len, seed, *draws);
        *draws += 1;
        normalise(&mut x);
        basis.orthogonalise(&mut x);
        // Of a random vector about sqrt((len - count) / len) is left; less is bad luck, or rounding.
        if normalise(&mut x) > 1e-9 {
            basis.orthogonalise(&mut x);
            normalise(&mut x);
            return x;
        }
    }
}

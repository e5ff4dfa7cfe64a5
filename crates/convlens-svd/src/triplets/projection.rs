//! The projection of a layer on a space of right vectors that grows, Golub-Kahan-Davidson.

use super::basis::Basis;
use super::operator::Oriented;
use super::random::uniform;
use crate::SvdError;
use crate::dense::{Thin, thin_svd};
use crate::vector::{norm, normalise};
use faer::Mat;

/// What is left of a vector after orthogonalisation is rounding below this share of the operator.
const ROUNDING: f64 = 1e-14;

/// What is left of a unit vector after orthogonalisation is rounding below this: a direction is lost.
const LOST: f64 = 1e-9;

/// Orthonormal bases `U` (wide side) and `V` (narrow side) with `A V = U B`.
///
/// `B` is upper triangular at first, diagonal beside a triangular matrix after a restart (Goldenberg, Stathopoulos, Romero
/// 2019, section 3). Its entries are the coefficients that orthogonalisation took out, so `A V = U B` holds to rounding
/// throughout, and singular values do not pass through their squares.
#[derive(Debug)]
pub(super) struct Projection<'a> {
    operator: Oriented<'a>,
    u: Basis,
    v: Basis,
    b: Mat<f64>,
    /// The largest `|A v|` so far.
    scale: f64,
    seed: u64,
    draws: u64,
    wide: Vec<f64>,
}

/// A Ritz triplet's right residual `A^T u - sigma v`.
#[derive(Debug)]
pub(super) struct Residual {
    pub(super) vector: Vec<f64>,
    /// Its norm, 0 for rounding.
    pub(super) size: f64,
}

impl<'a> Projection<'a> {
    pub(super) fn new(operator: Oriented<'a>, basis: usize, seed: u64) -> Self {
        Self {
            operator,
            u: Basis::new(operator.wide(), basis),
            v: Basis::new(operator.narrow(), basis),
            b: Mat::zeros(basis, basis),
            scale: 0.0,
            seed,
            draws: 0,
            wide: vec![0.0; operator.wide()],
        }
    }

    pub(super) fn narrow(&self) -> usize {
        self.operator.narrow()
    }

    /// Vectors in either basis.
    pub(super) fn size(&self) -> usize {
        self.v.count()
    }

    pub(super) fn is_full(&self) -> bool {
        self.size() == self.b.ncols()
    }

    /// The right basis spans the whole narrow side: the decomposition is complete.
    pub(super) fn is_complete(&self) -> bool {
        self.size() == self.operator.narrow()
    }

    /// The next seeded random vector.
    pub(super) fn random(&mut self) -> Vec<f64> {
        self.draws += 1;
        uniform(self.operator.narrow(), self.seed, self.draws - 1)
    }

    /// Takes up a direction, or a random one where the basis spans it: one application of the layer.
    pub(super) fn expand(&mut self, mut x: Vec<f64>) -> Result<(), SvdError> {
        let j = self.size();
        normalise(&mut x);
        self.v.orthogonalise(&mut x);
        if normalise(&mut x) <= LOST {
            x = fresh(&self.v, x.len(), self.seed, &mut self.draws);
        }
        self.v.push(&x);
        self.operator.forward(&x, &mut self.wide)?;
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
        Ok(())
    }

    /// The SVD of `B`.
    pub(super) fn ritz(&self) -> Result<Thin<f64>, SvdError> {
        let size = self.size();
        thin_svd(self.b.submatrix(0, 0, size, size))
    }

    /// The right residual of a Ritz triplet (the left one is 0): one application of the transpose.
    pub(super) fn residual(&self, ritz: &Thin<f64>, index: usize) -> Result<Residual, SvdError> {
        let wide = self.u.combination(ritz.u.subcols(index, 1));
        let narrow = self.v.combination(ritz.v.subcols(index, 1));
        let mut vector = vec![0.0; narrow.len()];
        self.operator.backward(&wide, &mut vector)?;
        let sigma = ritz.s[index];
        let both = vector.iter_mut().zip(&narrow);
        both.for_each(|(x, v)| *x -= sigma * v);
        let mut size = norm(&vector);
        if size <= ROUNDING * self.scale || self.is_complete() {
            size = 0.0;
        }
        Ok(Residual { vector, size })
    }

    /// Keeps the leading Ritz vectors only.
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
        if normalise(&mut x) > LOST {
            basis.orthogonalise(&mut x);
            normalise(&mut x);
            return x;
        }
    }
}

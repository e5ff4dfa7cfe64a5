//! The projection of a layer on a space of right vectors that grows, Golub-Kahan-Davidson: the
//! layer turned to its narrow side, bases of long vectors, seeded starts.

use super::operator::LayerOperator;
use crate::dense::{Thin, product, thin_svd};
use crate::error::SvdError;
use crate::kernel::ConvKernel;
use crate::numeric::{norm, normalize};
use crate::parallel::{for_each_chunk, map_chunks};
use faer::{Accum, Mat, MatMut, MatRef};

/// What is left of a vector after orthogonalization is rounding below this share of the operator.
const ROUNDING: f64 = 1e-14;

/// What is left of a unit vector after orthogonalization is rounding below this: a direction is
/// lost.
const LOST: f64 = 1e-9;

/// Orthonormal bases `U` (wide side) and `V` (narrow side) with `A V = U B`.
///
/// `B` is upper triangular at first, diagonal beside a triangular matrix after a restart
/// (Goldenberg, Stathopoulos, Romero 2019, section 3). Its entries are the coefficients that
/// orthogonalization took out, so `A V = U B` holds to rounding throughout, and singular values do
/// not pass through their squares.
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

    /// Takes up a direction, or a random one where the basis spans it: one application of the
    /// layer.
    pub(super) fn expand(&mut self, mut x: Vec<f64>) -> Result<(), SvdError> {
        let j = self.size();
        normalize(&mut x);
        self.v.orthogonalize(&mut x);
        if normalize(&mut x) <= LOST {
            x = fresh(&self.v, x.len(), self.seed, &mut self.draws);
        }
        self.v.push(&x);
        self.operator.forward(&x, &mut self.wide)?;
        self.scale = self.scale.max(norm(&self.wide));
        let taken = self.u.orthogonalize(&mut self.wide);
        for (i, &c) in taken.iter().enumerate() {
            self.b[(i, j)] = c;
        }
        let mut alpha = norm(&self.wide);
        if alpha <= ROUNDING * self.scale {
            // A v lies in the span of U: any further left vector will do.
            alpha = 0.0;
            self.wide = fresh(&self.u, self.operator.wide(), self.seed, &mut self.draws);
        }
        normalize(&mut self.wide);
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
        normalize(&mut wide);
        normalize(&mut narrow);
        (wide, narrow)
    }
}

/// A random unit vector orthogonal to a basis that does not span the space.
fn fresh(basis: &Basis, len: usize, seed: u64, draws: &mut u64) -> Vec<f64> {
    loop {
        let mut x = uniform(len, seed, *draws);
        *draws += 1;
        normalize(&mut x);
        basis.orthogonalize(&mut x);
        // Of a random vector about sqrt((len - count) / len) is left; less is bad luck, or
        // rounding.
        if normalize(&mut x) > LOST {
            basis.orthogonalize(&mut x);
            normalize(&mut x);
            return x;
        }
    }
}

/// Maps from the narrow side (no more unknowns than the other) to the wide side and back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Oriented<'a> {
    layer: &'a LayerOperator,
    narrow_is_output: bool,
}

impl<'a> Oriented<'a> {
    pub(crate) fn new(layer: &'a LayerOperator) -> Self {
        Self {
            layer,
            narrow_is_output: layer.output_len() < layer.input_len(),
        }
    }

    pub(crate) fn narrow_is_output(&self) -> bool {
        self.narrow_is_output
    }

    pub(super) fn kernel(&self) -> Result<ConvKernel, SvdError> {
        self.layer.kernel()
    }

    /// Spatial size of the narrow side.
    pub(super) fn narrow_size(&self) -> &[usize] {
        if self.narrow_is_output {
            self.layer.output_size()
        } else {
            self.layer.input_size()
        }
    }

    pub(crate) fn narrow(&self) -> usize {
        self.layer.input_len().min(self.layer.output_len())
    }

    pub(crate) fn wide(&self) -> usize {
        self.layer.input_len().max(self.layer.output_len())
    }

    pub(crate) fn forward(&self, x: &[f64], y: &mut [f64]) -> Result<(), SvdError> {
        if self.narrow_is_output {
            self.layer.adjoint_into(x, y)
        } else {
            self.layer.apply_into(x, y)
        }
    }

    pub(crate) fn backward(&self, y: &[f64], x: &mut [f64]) -> Result<(), SvdError> {
        if self.narrow_is_output {
            self.layer.apply_into(y, x)
        } else {
            self.layer.adjoint_into(y, x)
        }
    }
}

/// Rows to a chunk: with twenty vectors, 320 KiB.
const CHUNK: usize = 2048;

/// What is left in the span of the basis, relative, that counts as rounding.
const ORTHOGONAL: f64 = 4e-15;

/// Up to `capacity` vectors of `len` entries. A chunk holds its rows of all vectors, column-major,
/// so that each pass over the basis reads memory once, in order.
#[derive(Debug)]
pub(super) struct Basis {
    len: usize,
    chunk: usize,
    capacity: usize,
    count: usize,
    data: Vec<f64>,
}

impl Basis {
    pub(super) fn new(len: usize, capacity: usize) -> Self {
        let chunk = CHUNK.min(len);
        Self {
            len,
            chunk,
            capacity,
            count: 0,
            data: vec![0.0; len.div_ceil(chunk) * chunk * capacity],
        }
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Adds a vector, which the caller has made orthonormal to the others.
    pub(super) fn push(&mut self, x: &[f64]) {
        let (chunk, at) = (self.chunk, self.count * self.chunk);
        let blocks = self.data.chunks_mut(self.capacity * chunk);
        for (block, part) in blocks.zip(x.chunks(chunk)) {
            block[at..][..part.len()].copy_from_slice(part);
        }
        self.count += 1;
    }

    /// The first `rows` rows of chunk `index`.
    fn rows(&self, index: usize, rows: usize) -> MatRef<'_, f64> {
        let block = &self.data[index * self.capacity * self.chunk..][..self.count * self.chunk];
        MatRef::from_column_major_slice(block, self.chunk, self.count).subrows(0, rows)
    }

    /// Makes `x` orthogonal to the basis, and returns what was taken out.
    ///
    /// Classical Gram-Schmidt, twice: enough for working precision (Giraud, Langou, Rozloznik, van
    /// den Eshof 2005). The second time only where the first left more than rounding.
    pub(super) fn orthogonalize(&self, x: &mut [f64]) -> Vec<f64> {
        let first = self.pass(x, None);
        let second = self.pass(x, Some(&first));
        if norm(&second) > ORTHOGONAL * norm(x) {
            self.pass(x, Some(&second));
        }
        first.iter().zip(&second).map(|(a, b)| a + b).collect()
    }

    /// `x -= V minus`, then `V^T x`, chunk by chunk in one pass.
    fn pass(&self, x: &mut [f64], minus: Option<&[f64]>) -> Vec<f64> {
        let parts = map_chunks(x, self.chunk, |index, part| {
            let (v, len) = (self.rows(index, part.len()), part.len());
            if let Some(c) = minus {
                let c = MatRef::from_column_major_slice(c, self.count, 1);
                let x = MatMut::from_column_major_slice_mut(part, len, 1);
                product(x, Accum::Add, v, c, -1.0);
            }
            let mut dots = vec![0.0; self.count];
            let out = MatMut::from_column_major_slice_mut(&mut dots, self.count, 1);
            let x = MatRef::from_column_major_slice(part, len, 1);
            product(out, Accum::Replace, v.transpose(), x, 1.0);
            dots
        });
        let mut sums = vec![0.0; self.count];
        for part in parts {
            sums.iter_mut().zip(part).for_each(|(sum, dot)| *sum += dot);
        }
        sums
    }

    /// Replaces the vectors by their combinations, one for each column of `by`.
    pub(super) fn combine(&mut self, by: MatRef<'_, f64>) {
        let (chunk, count, kept) = (self.chunk, self.count, by.ncols());
        for_each_chunk(&mut self.data, self.capacity * chunk, |_, block| {
            let mut out = Mat::zeros(chunk, kept);
            let v = MatRef::from_column_major_slice(&block[..count * chunk], chunk, count);
            product(out.as_mut(), Accum::Replace, v, by, 1.0);
            for (j, column) in block.chunks_mut(chunk).take(kept).enumerate() {
                column
                    .iter_mut()
                    .zip(out.col(j).iter())
                    .for_each(|(x, y)| *x = *y);
            }
        });
        self.count = kept;
    }

    /// One combination of the vectors.
    pub(super) fn combination(&self, by: MatRef<'_, f64>) -> Vec<f64> {
        let mut x = vec![0.0; self.len];
        for_each_chunk(&mut x, self.chunk, |index, part| {
            let len = part.len();
            let out = MatMut::from_column_major_slice_mut(part, len, 1);
            product(out, Accum::Replace, self.rows(index, len), by, 1.0);
        });
        x
    }
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Entries uniform in `[-1, 1)` from SplitMix64 (Steele, Lea, Flood 2014). Draw 0 starts at the
/// seed; the streams of later draws start at mixed states, far from it.
pub(super) fn uniform(len: usize, seed: u64, draw: u64) -> Vec<f64> {
    let mut state = match draw {
        0 => seed,
        draw => mix(seed ^ mix(draw)),
    };
    let mut next = || {
        state = state.wrapping_add(GOLDEN);
        (mix(state) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    (0..len).map(|_| next()).collect()
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

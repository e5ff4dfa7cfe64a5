//! An orthonormal basis of long vectors, by chunks of rows.

use crate::dense::product;
use crate::parallel::{for_each_chunk, map_chunks};
use crate::vector::norm;
use faer::{Accum, Mat, MatMut, MatRef};

/// Rows to a chunk: with twenty vectors, 320 KiB.
const CHUNK: usize = 2048;

/// What is left in the span of the basis, relative, that counts as rounding.
const ORTHOGONAL: f64 = 4e-15;

/// Up to `capacity` vectors of `len` entries. A chunk holds its rows of all vectors, column-major, so that each pass over
/// the basis reads memory once, in order.
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
    /// Classical Gram-Schmidt, twice: enough for working precision (Giraud, Langou, Rozloznik, van den Eshof 2005). The second
    /// time only where the first left more than rounding.
    pub(super) fn orthogonalise(&self, x: &mut [f64]) -> Vec<f64> {
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

//! The largest eigenpairs of a large operator with eigenvalues in [0, 1].

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::dense;
use super::vector::{add_scaled, dot, norm, scale};
use crate::draw::unit;

/// Residual at which a pair is taken: eigenvalue errors are its square over the gap.
const TOLERANCE: f64 = 1e-9;
const MAX_RESTARTS: usize = 60;

/// Block size for `count` pairs: a multiplicity up to this is found at once.
fn block(count: usize) -> usize {
    count + 2
}

/// Basis vectors held for `count` pairs.
pub(super) fn capacity(count: usize) -> usize {
    (5 * block(count)).max(60)
}

/// Block Lanczos with full reorthogonalisation and thick restarts (Wu and Simon 2000): the largest
/// `count` eigenpairs, descending. `apply(x, y)` sets y to A x. Asks for `n >= 2 capacity(count)`.
pub(super) fn largest_eigenpairs(
    apply: impl Fn(&[f64], &mut [f64]),
    n: usize,
    count: usize,
    seed: u64,
) -> (Vec<f64>, Vec<Vec<f64>>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (block, capacity) = (block(count), capacity(count));
    let mut basis = Basis::default();
    let mut next = vec![vec![0.0; n]; block];
    basis.orthonormalise(&mut next, &mut rng);
    for _ in 0..MAX_RESTARTS {
        while basis.vectors.len() + block <= capacity {
            next = basis.extend(next, &apply, &mut rng);
        }
        basis.rotate(2 * block);
        if basis.residual(count, &apply) <= TOLERANCE {
            break;
        }
    }
    basis.vectors.truncate(count);
    basis.values.truncate(count);
    (basis.values, basis.vectors)
}

/// Orthonormal vectors V and T = V^T A V: after a rotation, the leading part of T is diagonal.
#[derive(Default)]
struct Basis {
    vectors: Vec<Vec<f64>>,
    /// Row i holds T_ij for j <= i.
    t: Vec<Vec<f64>>,
    /// Ritz values of the vectors, as of the last rotation.
    values: Vec<f64>,
}

impl Basis {
    /// Appends the block and returns the next one, which is orthonormal to all.
    fn extend(
        &mut self,
        block: Vec<Vec<f64>>,
        apply: impl Fn(&[f64], &mut [f64]),
        rng: &mut ChaCha8Rng,
    ) -> Vec<Vec<f64>> {
        let mut images = Vec::with_capacity(block.len());
        for q in block {
            let mut image = vec![0.0; q.len()];
            apply(&q, &mut image);
            self.vectors.push(q);
            self.t
                .push(self.vectors.iter().map(|v| dot(v, &image)).collect());
            images.push(image);
        }
        self.orthonormalise(&mut images, rng);
        images
    }

    /// Makes `block` orthonormal and orthogonal to the basis; a vector with nothing left is
    /// replaced by a random one.
    fn orthonormalise(&self, block: &mut [Vec<f64>], rng: &mut ChaCha8Rng) {
        for i in 0..block.len() {
            let (done, rest) = block.split_at_mut(i);
            let x = &mut rest[0];
            loop {
                // Three times: the second removes what rounding left, the third is for vectors
                // that almost vanished.
                for _ in 0..3 {
                    let before = norm(x);
                    for v in self.vectors.iter().chain(done.iter()) {
                        let along = dot(v, x);
                        add_scaled(x, -along, v);
                    }
                    if norm(x) > 0.7 * before {
                        break;
                    }
                }
                let length = norm(x);
                if length > 1e-13 {
                    scale(x, 1.0 / length);
                    break;
                }
                x.iter_mut().for_each(|x| *x = unit(rng) - 0.5);
            }
        }
    }

    /// Rayleigh-Ritz: turns the basis to the `keep` leading Ritz vectors.
    fn rotate(&mut self, keep: usize) {
        let p = self.vectors.len();
        let mut t = vec![0.0; p * p];
        for (i, row) in self.t.iter().enumerate() {
            for (j, &x) in row.iter().enumerate() {
                (t[i * p + j], t[j * p + i]) = (x, x);
            }
        }
        let (values, rotation) = dense::largest_eigenpairs(t, p, keep);
        let n = self.vectors[0].len();
        self.vectors = rotation
            .iter()
            .map(|s| {
                let mut x = vec![0.0; n];
                for (s, v) in s.iter().zip(&self.vectors) {
                    add_scaled(&mut x, *s, v);
                }
                x
            })
            .collect();
        self.t = (0..values.len())
            .map(|i| {
                let mut row = vec![0.0; i + 1];
                row[i] = values[i];
                row
            })
            .collect();
        self.values = values;
    }

    /// The largest |A x - value x| among the first `count`.
    fn residual(&self, count: usize, apply: impl Fn(&[f64], &mut [f64])) -> f64 {
        let mut image = vec![0.0; self.vectors[0].len()];
        let pairs = self.vectors.iter().zip(&self.values).take(count);
        pairs.fold(0.0, |worst, (x, &value)| {
            apply(x, &mut image);
            add_scaled(&mut image, -value, x);
            norm(&image).max(worst)
        })
    }
}

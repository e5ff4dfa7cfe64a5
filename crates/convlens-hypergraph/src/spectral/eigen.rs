//! The leading eigenpairs of B B^T: of its Gram matrix where that is small, else by Lanczos.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::dense::{self, add_scaled, dot, norm, scale};
use super::incidence::{ScaledIncidence, Side};
use crate::draw::unit;

/// Up to this order the Gram matrix is made and solved densely.
const DENSE_LIMIT: usize = 400;
/// Below this an eigenvalue of B B^T is rounding: its vector through B would be noise.
const NEGLIGIBLE: f64 = 1e-10;

/// How eigenpairs were computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum EigenMethod {
    /// Householder tridiagonalization and QL of the Gram matrix on the smaller side.
    Dense,
    /// Block Lanczos with thick restarts on the smaller side.
    BlockLanczos,
}

/// Smallest eigenvalues of a [`Laplacian`](crate::spectral::Laplacian), with vectors.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Eigenpairs {
    /// Eigenvalues in [0, 1), ascending. Fewer than requested if B has a lower rank: all further
    /// eigenvalues are 1, and no basis of their space is preferred.
    pub values: Vec<f64>,
    /// Orthonormal eigenvectors, one entry per node; 0 at isolated nodes.
    pub vectors: Vec<Vec<f64>>,
    /// The largest |Delta u - lambda u| over the pairs: around 1e-15 (dense) or below 1e-9
    /// (Lanczos), more only if Lanczos stopped at its limit of 60 restarts.
    pub residual: f64,
    /// How they were computed.
    pub method: EigenMethod,
}

pub(super) fn smallest(b: &ScaledIncidence<'_>, count: usize, seed: u64) -> Eigenpairs {
    let side = Side::smaller(b.h);
    let order = side.len(b.h);
    let count = count.min(order);
    let small = order <= DENSE_LIMIT || order < 2 * capacity(count);
    let (method, (thetas, vectors)) = if small {
        let gram = b.gram(side);
        (
            EigenMethod::Dense,
            dense::largest_eigenpairs(gram, order, count),
        )
    } else {
        (EigenMethod::BlockLanczos, by_lanczos(b, side, count, seed))
    };
    let kept = thetas.iter().take_while(|&&t| t > NEGLIGIBLE).count();
    let vectors = match side {
        Side::Nodes => vectors.into_iter().take(kept).collect(),
        Side::Edges => carry_to_nodes(b, &vectors[..kept]),
    };
    let values: Vec<f64> = thetas[..kept]
        .iter()
        .map(|t| (1.0 - t).clamp(0.0, 1.0))
        .collect();
    Eigenpairs {
        residual: residual(b, &values, &vectors),
        values,
        vectors,
        method,
    }
}

fn by_lanczos(
    b: &ScaledIncidence<'_>,
    side: Side,
    count: usize,
    seed: u64,
) -> (Vec<f64>, Vec<Vec<f64>>) {
    let apply = |x: &[f64], y: &mut [f64]| match side {
        Side::Nodes => {
            let mut middle = vec![0.0; b.h.n_edges()];
            b.to_edges(x, &mut middle);
            b.to_nodes(&middle, y);
        }
        Side::Edges => {
            let mut middle = vec![0.0; b.h.n_nodes()];
            b.to_nodes(x, &mut middle);
            b.to_edges(&middle, y);
        }
    };
    block_lanczos(apply, side.len(b.h), count, seed)
}

/// B v / |B v|; Gram-Schmidt takes away what rounding over a small eigenvalue left.
fn carry_to_nodes(b: &ScaledIncidence<'_>, vectors: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut carried: Vec<Vec<f64>> = Vec::with_capacity(vectors.len());
    for v in vectors {
        let mut x = vec![0.0; b.h.n_nodes()];
        b.to_nodes(v, &mut x);
        scale_to_unit(&mut x);
        for _ in 0..2 {
            for u in &carried {
                let along = dot(u, &x);
                add_scaled(&mut x, -along, u);
            }
        }
        scale_to_unit(&mut x);
        carried.push(x);
    }
    carried
}

fn scale_to_unit(x: &mut [f64]) {
    let length = norm(x);
    if length > 0.0 {
        scale(x, 1.0 / length);
    }
}

fn residual(b: &ScaledIncidence<'_>, values: &[f64], vectors: &[Vec<f64>]) -> f64 {
    let mut middle = vec![0.0; b.h.n_edges()];
    let mut image = vec![0.0; b.h.n_nodes()];
    values.iter().zip(vectors).fold(0.0, |worst, (value, x)| {
        b.to_edges(x, &mut middle);
        b.to_nodes(&middle, &mut image);
        add_scaled(&mut image, -(1.0 - value), x);
        norm(&image).max(worst)
    })
}

/// Residual at which a pair is taken: eigenvalue errors are its square over the gap.
const TOLERANCE: f64 = 1e-9;
const MAX_RESTARTS: usize = 60;

/// Block size for `count` pairs: a multiplicity up to this is found at once.
fn block(count: usize) -> usize {
    count + 2
}

/// Basis vectors held for `count` pairs.
fn capacity(count: usize) -> usize {
    (5 * block(count)).max(60)
}

/// Block Lanczos with full reorthogonalization and thick restarts (Wu and Simon 2000): the largest
/// `count` eigenpairs, descending. `apply(x, y)` sets y to A x. Asks for `n >= 2 capacity(count)`.
fn block_lanczos(
    apply: impl Fn(&[f64], &mut [f64]),
    n: usize,
    count: usize,
    seed: u64,
) -> (Vec<f64>, Vec<Vec<f64>>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (block, capacity) = (block(count), capacity(count));
    let mut basis = Basis::default();
    let mut next = vec![vec![0.0; n]; block];
    basis.orthonormalize(&mut next, &mut rng);
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
        self.orthonormalize(&mut images, rng);
        images
    }

    /// Makes `block` orthonormal and orthogonal to the basis; a vector with nothing left is
    /// replaced by a random one.
    fn orthonormalize(&self, block: &mut [Vec<f64>], rng: &mut ChaCha8Rng) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Hypergraph;
    use crate::draw::{below, unit};
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    /// Four planted groups; most incidences of a hyperedge are in its group.
    fn planted(n: usize, m: usize, seed: u64) -> Hypergraph {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let pairs: Vec<(u32, u32)> = (0..m * 8)
            .map(|i| {
                let (e, v) = (i % m, below(n / 4, &mut rng) * 4);
                let group = if unit(&mut rng) < 0.8 { e % 4 } else { i % 3 };
                ((v + group) as u32, e as u32)
            })
            .collect();
        Hypergraph::from_incidences(n, m, pairs).unwrap()
    }

    #[test]
    fn lanczos_agrees_with_dense() {
        for (n, m) in [(300, 400), (500, 280)] {
            let h = planted(n, m, 9);
            let b = ScaledIncidence::new(&h, None).unwrap();
            let side = Side::smaller(&h);
            let order = side.len(&h);
            let (slow, _) = dense::largest_eigenpairs(b.gram(side), order, 5);
            let (fast, vectors) = by_lanczos(&b, side, 5, 1);
            for (slow, fast) in slow.iter().zip(&fast) {
                // Residuals of 1e-9 give eigenvalue errors of 1e-18 over the gap: rounding rules.
                assert!((slow - fast).abs() < 1e-12, "{slow} {fast}");
            }
            assert_eq!(vectors.len(), 5);
        }
    }

    #[test]
    fn lanczos_finds_every_copy_of_a_repeated_eigenvalue() {
        // Seven components of 60 nodes: eigenvalue 1 of B B^T seven times.
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        let edges: Vec<Vec<u32>> = (0..7 * 90u32)
            .map(|e| {
                let group = e / 90;
                let own = e % 60;
                let mut nodes = vec![group * 60 + own, group * 60 + (own + 1) % 60];
                nodes.push(group * 60 + below(60, &mut rng) as u32);
                nodes
            })
            .collect();
        let h = Hypergraph::from_edges(420, &edges).unwrap();
        let b = ScaledIncidence::new(&h, None).unwrap();
        let (values, _) = by_lanczos(&b, Side::Nodes, 8, 0);
        assert!(values[..7].iter().all(|v| (v - 1.0).abs() < 1e-12));
        assert!(values[7] < 0.9999);
    }
}

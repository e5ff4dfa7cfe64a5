//! Zhou's normalized Laplacian of a hypergraph.

use super::eigen::{self, Eigenpairs};
use super::incidence::{ScaledIncidence, Side};
use crate::checks::{check_length, check_room, square};
use crate::error::HypergraphError;
use crate::structure::hypergraph::Hypergraph;

/// The normalized hypergraph Laplacian (Zhou, Huang and Schölkopf 2006, "Learning with
/// hypergraphs", section 5):
///
/// Delta = I - Dv^-1/2 H W De^-1 H^T Dv^-1/2,
///
/// with H the n x m incidence matrix, W the hyperedge weights, Dv the weighted node degrees
/// d(v) = sum over e with v of w(e), and De the hyperedge sizes.
///
/// # Conventions
///
/// It is stored as the factor B of I - B B^T, B = Dv^-1/2 H (W De^-1)^1/2, never as a matrix. A
/// node of degree 0 is *isolated*: its row and column are 0, as Chung (1997) has it for graphs.
/// Eigenvalues are in [0, 1]; 0 once for each connected component (isolated nodes left aside). The
/// Laplacian does not change when all weights are multiplied by the same number. A hyperedge of
/// weight 0 has no effect.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{Hypergraph, spectral};
///
/// // Two hyperedges that share nothing: two components, so eigenvalue 0 twice.
/// let h = Hypergraph::from_edges(5, &[vec![0, 1], vec![2, 3, 4]])?;
/// let laplacian = spectral::Laplacian::new(&h, None)?;
/// let pairs = laplacian.eigenpairs(5, 0);
/// // B has rank 2: the other three eigenvalues are 1.
/// assert_eq!(pairs.values.len(), 2);
/// assert!(pairs.values.iter().all(|v| v.abs() < 1e-14));
/// assert!((laplacian.apply(&[1.0, 0.0, 0.0, 0.0, 0.0])?[1] + 0.5).abs() < 1e-15);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone)]
#[doc(alias = "zhou")]
#[doc(alias = "normalized laplacian")]
pub struct Laplacian<'a> {
    pub(super) b: ScaledIncidence<'a>,
}

impl<'a> Laplacian<'a> {
    /// The Laplacian of `h` with one weight per hyperedge (1 each if `None`).
    ///
    /// # Errors
    ///
    /// [`LengthMismatch`](HypergraphError::LengthMismatch) unless there is one weight per
    /// hyperedge, [`BadWeight`](HypergraphError::BadWeight) for a negative or non-finite one.
    ///
    /// # Complexity
    ///
    /// O(nodes + hyperedges + incidences).
    pub fn new(h: &'a Hypergraph, edge_weights: Option<&[f64]>) -> Result<Self, HypergraphError> {
        let b = ScaledIncidence::new(h, edge_weights)?;
        Ok(Self { b })
    }

    /// The weighted degrees d(v), relative to the largest hyperedge weight.
    pub fn degrees(&self) -> &[f64] {
        &self.b.degrees
    }

    /// Delta x, for one value per node. 0 at isolated nodes.
    ///
    /// # Errors
    ///
    /// [`LengthMismatch`](HypergraphError::LengthMismatch) unless there is one value per node.
    ///
    /// # Complexity
    ///
    /// O(nodes + hyperedges + incidences).
    pub fn apply(&self, x: &[f64]) -> Result<Vec<f64>, HypergraphError> {
        check_length("values at nodes", x.len(), self.b.h.n_nodes())?;
        let mut middle = vec![0.0; self.b.h.n_edges()];
        let mut image = vec![0.0; x.len()];
        self.b.to_edges(x, &mut middle);
        self.b.to_nodes(&middle, &mut image);
        for ((y, x), d) in image.iter_mut().zip(x).zip(&self.b.degrees) {
            *y = if *d > 0.0 { x - *y } else { 0.0 };
        }
        Ok(image)
    }

    /// The smallest `count` eigenvalues and their eigenvectors. `seed` starts the Lanczos method,
    /// where that is used.
    ///
    /// # Complexity
    ///
    /// With r = min(nodes, hyperedges): up to r = 400 the Gram matrix of the smaller side, O(sum of
    /// squared degrees (or sizes) + r³). Above, block Lanczos: some hundred products with B and
    /// B^T, and (5 count + 10) vectors of r numbers of memory. Without groups, the eigenvalues of a
    /// large hypergraph are crowded, and the restarts may end before they are resolved: check the
    /// residual.
    pub fn eigenpairs(&self, count: usize, seed: u64) -> Eigenpairs {
        eigen::smallest(&self.b, count, seed)
    }

    /// The eigenpairs of the random-walk Laplacian I - P, P = Dv^-1 H W De^-1 H^T: the values of
    /// [`eigenpairs`](Self::eigenpairs), and vectors u = Dv^-1/2 phi, the generalized eigenvectors
    /// (Dv - H W De^-1 H^T) u = lambda Dv u, with u^T Dv u = 1.
    pub fn random_walk_eigenpairs(&self, count: usize, seed: u64) -> Eigenpairs {
        let mut pairs = self.eigenpairs(count, seed);
        for vector in &mut pairs.vectors {
            for (x, s) in vector.iter_mut().zip(&self.b.node_scale) {
                *x *= s;
            }
        }
        pairs
    }

    /// Delta as a dense matrix, row-major: for small hypergraphs.
    ///
    /// # Errors
    ///
    /// [`OutOfMemory`](HypergraphError::OutOfMemory) if nodes² numbers are more than the allocator
    /// gives.
    pub fn to_dense(&self) -> Result<Vec<f64>, HypergraphError> {
        let n = self.b.h.n_nodes();
        check_room::<f64>("matrix entries", square("matrix entries", n)?)?;
        let mut dense = self.b.gram(Side::Nodes);
        for v in 0..n {
            for (u, x) in dense[v * n..(v + 1) * n].iter_mut().enumerate() {
                let one = u == v && self.b.degrees[v] > 0.0;
                *x = f64::from(u8::from(one)) - *x;
            }
        }
        Ok(dense)
    }
}

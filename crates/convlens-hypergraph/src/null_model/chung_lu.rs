//! The bipartite Chung-Lu model.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::draw::unit;
use crate::weights::check_weights;
use crate::{Hypergraph, HypergraphError};

/// Draws a hypergraph whose nodes have the given degrees and whose hyperedges the given sizes *on
/// average*: node v is in hyperedge e with probability
///
/// ```text
/// min(1, degrees[v] sizes[e] / S),    S = sum of sizes,
/// ```
///
/// independently of all others (Aksoy, Kolda and Pinar 2017, "Measuring and modeling bipartite graphs
/// with community structure"; Chung and Lu 2002).
///
/// # Conventions
///
/// Means are those given if both lists have the sum S and no probability is cut at 1; with another
/// sum of degrees, degrees keep their means and sizes are scaled by the ratio of the sums.
///
/// # Errors
///
/// [`BadWeight`](HypergraphError::BadWeight) for a degree or size that is negative, NaN or
/// infinite; [`TooMany`](HypergraphError::TooMany) if `u32` cannot name all nodes or hyperedges.
///
/// # Complexity
///
/// O(nodes log nodes + hyperedges + incidences drawn), by skipping (Miller and Hagberg 2011).
///
/// # Example
///
/// ```
/// use convlens_hypergraph::chung_lu;
///
/// let h = chung_lu(&[3.0; 200], &[6.0; 100], 1)?;
/// // 600 incidences are expected, give or take 24.
/// assert!(h.n_incidences().abs_diff(600) < 100);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
pub fn chung_lu(degrees: &[f64], sizes: &[f64], seed: u64) -> Result<Hypergraph, HypergraphError> {
    check_weights("expected degrees", degrees, degrees.len())?;
    check_weights("expected sizes", sizes, sizes.len())?;
    let total: f64 = sizes.iter().sum();
    let mut order: Vec<u32> = (0..degrees.len() as u32).collect();
    order.sort_by(|&a, &b| {
        degrees[b as usize]
            .total_cmp(&degrees[a as usize])
            .then(a.cmp(&b))
    });
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut pairs = Vec::new();
    for (e, &size) in sizes.iter().enumerate() {
        let chance = |at: usize| (degrees[order[at] as usize] * (size / total)).min(1.0);
        let mut at = 0;
        // Chances fall along `order`: jump as if all had that of the last, and keep by the ratio.
        let mut bound = if order.is_empty() || size == 0.0 {
            0.0
        } else {
            chance(0)
        };
        while at < order.len() && bound > 0.0 {
            if bound < 1.0 {
                let u = unit(&mut rng);
                // 1 - u is in (0, 1]; the jump may be infinite.
                let jump = ((1.0 - u).ln() / (-bound).ln_1p()).floor();
                if jump >= (order.len() - at) as f64 {
                    break;
                }
                at += jump as usize;
            }
            let here = chance(at);
            if unit(&mut rng) * bound < here {
                pairs.push((order[at], e as u32));
            }
            bound = here;
            at += 1;
        }
    }
    Hypergraph::from_incidences(degrees.len(), sizes.len(), pairs)
}

//! Random hypergraphs with the same degrees and sizes, by switching.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::Hypergraph;
use crate::draw::below;

/// The outcome of [`swap_incidences`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SwappedHypergraph {
    /// A hypergraph with the degree of every node and the size of every hyperedge as before.
    pub hypergraph: Hypergraph,
    /// Steps that changed the hypergraph.
    pub accepted: u64,
    /// Steps tried.
    pub tried: u64,
    /// The seed.
    pub seed: u64,
}

/// Runs the bipartite switching chain for `steps` steps (Gotelli and Entsminger 2001; Fosdick,
/// Larremore, Nishimura and Ugander 2018, "Configuring random graph models with fixed degree
/// sequences"): two incidences (u, e), (v, f) are drawn uniformly and become (u, f), (v, e), unless
/// one of these is there already; then the step leaves all as it is.
///
/// # Conventions
///
/// Rejected steps count as steps, so the chain is symmetric and aperiodic and its stationary
/// distribution is uniform over all hypergraphs (with numbered nodes and hyperedges, no node twice
/// in a hyperedge) of these degrees and sizes. How many steps suffice is not known in general; ten
/// per incidence are customary. Nothing moves below two incidences.
///
/// # Complexity
///
/// O(incidences + steps): 3 s for 10^6 incidences and 10^7 steps.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{Hypergraph, swap_incidences};
///
/// let h = Hypergraph::from_edges(4, &[vec![0, 1], vec![2, 3], vec![1, 2, 3]])?;
/// let swapped = swap_incidences(&h, 70, 1);
/// for v in 0..4 {
///     assert_eq!(swapped.hypergraph.degree(v), h.degree(v));
/// }
/// assert!(swapped.accepted > 0 && swapped.accepted < swapped.tried);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
pub fn swap_incidences(h: &Hypergraph, steps: u64, seed: u64) -> SwappedHypergraph {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut pairs: Vec<(u32, u32)> = h.incidences().collect();
    let steps = if pairs.len() < 2 { 0 } else { steps };
    let key = |v: u32, e: u32| u64::from(v) << 32 | u64::from(e);
    let mut present: HashSet<u64, BuildHasherDefault<Mix>> =
        pairs.iter().map(|&(v, e)| key(v, e)).collect();
    let mut accepted = 0;
    for _ in 0..steps {
        let (i, j) = (below(pairs.len(), &mut rng), below(pairs.len(), &mut rng));
        let ((u, e), (v, f)) = (pairs[i], pairs[j]);
        if present.contains(&key(u, f)) || present.contains(&key(v, e)) {
            continue;
        }
        present.remove(&key(u, e));
        present.remove(&key(v, f));
        present.insert(key(u, f));
        present.insert(key(v, e));
        (pairs[i], pairs[j]) = ((u, f), (v, e));
        accepted += 1;
    }
    SwappedHypergraph {
        hypergraph: super::build(h.n_nodes(), h.n_edges(), pairs),
        accepted,
        tried: steps,
        seed,
    }
}

/// Hash of one `u64` by the finalizer of SplitMix64 (Steele, Lea and Flood 2014): the standard
/// hasher is proof against attackers and several times slower. Only membership is asked of the
/// set, so the hash cannot show in a result.
#[derive(Debug, Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u64(&mut self, x: u64) {
        let mut z = (self.0 ^ x).wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        self.0 = z ^ (z >> 31);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

//! Swaps that keep every degree and every size.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::Hypergraph;
use crate::draw::below;
use crate::hypergraph::Csr;

/// A hypergraph after a number of swaps.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Swapped {
    /// The hypergraph.
    pub hypergraph: Hypergraph,
    /// Swaps that were tried.
    pub proposed: usize,
    /// Swaps that were made; the others would have put a node into a hyperedge twice.
    pub accepted: usize,
}

impl Hypergraph {
    /// A random hypergraph with the same degree for every node and the same size for every hyperedge:
    /// pairs of incidences (v, e), (w, f) are drawn and become (v, f), (w, e), unless one of these is
    /// there already.
    ///
    /// The chain stays where it is for a swap that cannot be made; its limit is uniform over all
    /// hypergraphs (without repeated incidences, hyperedges told apart) with these degrees and sizes
    /// (Besag and Clifford 1989; Carstens 2015). Ten proposals for each incidence are usual.
    ///
    /// # Complexity
    ///
    /// O(incidences log incidences + proposals).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_edges(6, &[vec![0, 1, 2], vec![2, 3], vec![3, 4, 5]])?;
    /// let null = h.swapped(100, 1);
    /// for v in 0..6 {
    ///     assert_eq!(null.hypergraph.degree(v), h.degree(v));
    /// }
    /// assert!(null.accepted > 0 && null.accepted <= null.proposed);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn swapped(&self, proposals: usize, seed: u64) -> Swapped {
        let mut pairs: Vec<(u32, u32)> = self.incidences().collect();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut accepted = 0;
        if pairs.len() > 1 {
            let mut present: HashSet<u64, BuildHasherDefault<Mix>> =
                pairs.iter().map(|&pair| key(pair)).collect();
            for _ in 0..proposals {
                let (i, j) = (below(pairs.len(), &mut rng), below(pairs.len(), &mut rng));
                let ((v, e), (w, f)) = (pairs[i], pairs[j]);
                let (a, b) = ((v, f), (w, e));
                if v == w || e == f || present.contains(&key(a)) || present.contains(&key(b)) {
                    continue;
                }
                present.remove(&key((v, e)));
                present.remove(&key((w, f)));
                present.insert(key(a));
                present.insert(key(b));
                (pairs[i], pairs[j]) = (a, b);
                accepted += 1;
            }
        }
        pairs.sort_unstable_by_key(|&(v, e)| (e, v));
        let by_edge = || pairs.iter().map(|&(v, e)| (e, v));
        let edges = Csr::group(self.n_edges(), pairs.len(), by_edge);
        Swapped {
            hypergraph: Self::from_edge_rows(self.n_nodes(), edges),
            proposed: proposals,
            accepted,
        }
    }
}

fn key((v, e): (u32, u32)) -> u64 {
    u64::from(v) << 32 | u64::from(e)
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014): pairs of indices need no more.
#[derive(Debug, Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        let mut z = self.0 ^ value;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        self.0 = z ^ (z >> 31);
    }
}

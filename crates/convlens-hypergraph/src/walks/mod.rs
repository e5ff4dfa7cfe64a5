//! Walks between hyperedges that share at least s nodes, and what follows from their lengths.

mod betweenness;
mod bits;
mod closeness;
mod distance;
mod search;

pub use betweenness::BetweennessScale;
pub use closeness::HarmonicScale;
pub use distance::SDiameter;

use bits::BitMatrix;

use crate::hypergraph::Csr;
use crate::{Hypergraph, Overlaps, SLineGraph};

/// The s-walks of a hypergraph: its s-line graph made ready for searches (Aksoy, Joslyn, Ortiz
/// Marrero, Praggastis and Purvine 2020, "Hypernetwork science via high-order hypergraph walks").
///
/// An s-walk is a sequence of hyperedges of which consecutive ones share at least s nodes. Its length
/// is the number of steps, so that hyperedges that share s nodes are at s-distance 1.
///
/// # Conventions
///
/// - Every result has one entry for each hyperedge of the hypergraph, in its order. Hyperedges with
///   fewer than s nodes, or that share s nodes with no other, are alone in their component.
/// - For s-walks between *nodes* (which meet in at least s hyperedges), take those of the
///   [`dual`](Hypergraph::dual).
/// - Values are those of HyperNetX 2.4.3 (`s_betweenness_centrality` and so on); each method says how
///   hyperedges that no s-walk joins count.
/// - The same bits at any number of threads.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{BetweennessScale, Hypergraph};
///
/// // A chain of three hyperedges, and one apart.
/// let h = Hypergraph::from_edges(7, &[vec![0, 1, 2], vec![1, 2, 3, 4], vec![3, 4, 5], vec![6]])?;
/// let walks = h.s_walks(2);
/// assert_eq!(walks.distance(0, 2), Some(2));
/// assert_eq!(walks.distance(0, 3), None);
/// assert_eq!(walks.betweenness(BetweennessScale::Pairs), [0.0, 1.0, 0.0, 0.0]);
/// assert_eq!(walks.diameter().largest, 2);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone)]
pub struct SWalks {
    s: usize,
    neighbours: Csr,
    bits: Option<BitMatrix>,
}

impl Hypergraph {
    /// The s-walks between hyperedges.
    ///
    /// # Panics
    ///
    /// Unless `s >= 1`.
    ///
    /// # Complexity
    ///
    /// As [`s_line_graph`](Self::s_line_graph).
    pub fn s_walks(&self, s: usize) -> SWalks {
        let line = self.s_line_graph(s);
        SWalks::new(&line, self.n_edges())
    }
}

impl Overlaps {
    /// The s-walks, as [`Hypergraph::s_walks`] gives them.
    ///
    /// # Panics
    ///
    /// Unless `s >= 1`.
    ///
    /// # Complexity
    ///
    /// O(hyperedges + pairs).
    pub fn s_walks(&self, s: usize) -> SWalks {
        SWalks::new(&self.s_line_graph(s), self.sizes.len())
    }
}

impl SWalks {
    fn new(line: &SLineGraph, n_edges: usize) -> Self {
        let both = || line.edges.iter().flat_map(|e| [(e.a, e.b), (e.b, e.a)]);
        // Pairs come in lexicographic order, so that every row is sorted.
        let neighbours = Csr::group(n_edges, 2 * line.edges.len(), both);
        let bits = BitMatrix::if_worth_it(&neighbours);
        Self {
            s: line.s,
            neighbours,
            bits,
        }
    }

    /// The least overlap of consecutive hyperedges.
    pub fn s(&self) -> usize {
        self.s
    }

    /// Number of hyperedges.
    pub fn n_edges(&self) -> usize {
        self.neighbours.n_rows()
    }

    /// The hyperedges at s-distance 1, ascending.
    ///
    /// # Panics
    ///
    /// Unless `edge < n_edges()`.
    pub fn neighbours(&self, edge: usize) -> &[u32] {
        self.neighbours.row(edge)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_walks() -> impl Strategy<Value = SWalks> {
        let edges = prop::collection::vec(prop::collection::vec(0u32..12, 0..6), 0..70);
        (edges, 1usize..4).prop_map(|(edges, s)| {
            Hypergraph::from_edges(12, &edges)
                .expect("nodes are in range")
                .s_walks(s)
        })
    }

    proptest! {
        /// Words and lists are two ways to the same numbers; sums of at most some thousand terms in
        /// another order differ by some 1e-13 of them.
        #[test]
        fn words_and_lists_agree(walks in any_walks()) {
            let lists = SWalks { bits: None, ..walks.clone() };
            let words = SWalks { bits: Some(BitMatrix::new(&walks.neighbours)), ..walks };
            prop_assert_eq!(lists.distances(), words.distances());
            let scale = BetweennessScale::Pairs;
            for (a, b) in lists.betweenness(scale).into_iter().zip(words.betweenness(scale)) {
                prop_assert!((a - b).abs() <= 1e-12 * (1.0 + a), "{} {}", a, b);
            }
        }
    }
}

//! The overlaps of all pairs of hyperedges: the s-line graphs of all s at once.

use super::{Hypergraph, LineEdge, SLineGraph};

/// How many nodes hyperedges share, for every pair that shares any: the s-line graphs of all s from one
/// pass over the incidences.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::Hypergraph;
///
/// let h = Hypergraph::from_edges(5, &[vec![0, 1, 2], vec![1, 2, 3], vec![3, 4], vec![4]])?;
/// let overlaps = h.overlaps();
/// assert_eq!(overlaps.largest(), 2);
/// assert_eq!(overlaps.joined_pairs(), [3, 1]); // for s = 1 and s = 2
/// for s in 1..=3 {
///     assert_eq!(overlaps.s_line_graph(s), h.s_line_graph(s));
/// }
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Overlaps {
    /// The number of nodes of each hyperedge.
    pub sizes: Vec<u32>,
    /// Pairs with `a < b` that share a node, in lexicographic order. 12 bytes each.
    pub pairs: Vec<LineEdge>,
}

impl Hypergraph {
    /// The overlaps of all pairs of hyperedges that share a node.
    ///
    /// # Complexity
    ///
    /// As [`s_line_graph`](Self::s_line_graph) with s = 1.
    pub fn overlaps(&self) -> Overlaps {
        Overlaps {
            sizes: (0..self.n_edges()).map(|e| self.size(e) as u32).collect(),
            pairs: self.s_line_graph(1).edges,
        }
    }
}

impl Overlaps {
    /// The largest s whose s-line graph has an edge; 0 if no two hyperedges meet.
    pub fn largest(&self) -> usize {
        self.pairs
            .iter()
            .map(|p| p.overlap as usize)
            .max()
            .unwrap_or(0)
    }

    /// The number of edges of the s-line graphs for s = 1, 2, .. up to [`largest`](Self::largest).
    ///
    /// # Complexity
    ///
    /// O(pairs).
    pub fn joined_pairs(&self) -> Vec<usize> {
        let mut counts = vec![0; self.largest()];
        for pair in &self.pairs {
            counts[pair.overlap as usize - 1] += 1;
        }
        for s in (1..counts.len()).rev() {
            counts[s - 1] += counts[s];
        }
        counts
    }

    /// The s-line graph, as [`Hypergraph::s_line_graph`] gives it.
    ///
    /// # Panics
    ///
    /// Unless `s >= 1`.
    ///
    /// # Complexity
    ///
    /// O(hyperedges + pairs).
    pub fn s_line_graph(&self, s: usize) -> SLineGraph {
        assert!(s >= 1, "the s-line graph needs s >= 1");
        let of_size = |e: &u32| self.sizes[*e as usize] as usize >= s;
        SLineGraph {
            s,
            vertices: (0..self.sizes.len() as u32).filter(of_size).collect(),
            edges: self
                .pairs
                .iter()
                .filter(|p| p.overlap as usize >= s)
                .copied()
                .collect(),
        }
    }
}

//! The s-line graph.

use super::Hypergraph;

/// Two hyperedges that share nodes: an edge of an [`SLineGraph`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LineEdge {
    /// The lower hyperedge index.
    pub a: u32,
    /// The higher hyperedge index.
    pub b: u32,
    /// How many nodes the two share.
    pub overlap: u32,
}

/// The s-line graph of a hypergraph (Aksoy, Joslyn, Ortiz Marrero, Praggastis and Purvine 2020,
/// "Hypernetwork science via high-order hypergraph walks", section 3).
///
/// Its vertices are the hyperedges with at least s nodes (smaller ones cannot share s); two are
/// joined if they share at least s nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SLineGraph {
    /// The least overlap that joins two hyperedges.
    pub s: usize,
    /// Hyperedges with at least `s` nodes, ascending.
    pub vertices: Vec<u32>,
    /// Joined pairs with `a < b`, in lexicographic order.
    pub edges: Vec<LineEdge>,
}

impl Hypergraph {
    /// The s-line graph, with the overlap of each joined pair.
    ///
    /// # Panics
    ///
    /// Unless `s >= 1`: with s = 0 every pair would be joined.
    ///
    /// # Complexity
    ///
    /// O(sum over nodes of degree²) plus the sort of each hyperedge's neighbours, from sparse
    /// overlap counts: pairs that share no node are never looked at. Where nodes have so many
    /// hyperedges that bitsets cost less, O(hyperedges² × nodes / 64).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{Hypergraph, LineEdge};
    ///
    /// let h = Hypergraph::from_edges(5, &[vec![0, 1, 2], vec![1, 2, 3], vec![3, 4], vec![4]])?;
    /// let line = h.s_line_graph(2);
    /// assert_eq!(line.vertices, [0, 1, 2]); // hyperedge 3 has one node only
    /// assert_eq!(line.edges, [LineEdge { a: 0, b: 1, overlap: 2 }]);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn s_line_graph(&self, s: usize) -> SLineGraph {
        assert!(s >= 1, "the s-line graph needs s >= 1");
        let mut edges = Vec::new();
        self.for_each_overlap(s, |a, b, overlap| edges.push(LineEdge { a, b, overlap }));
        SLineGraph {
            s,
            vertices: self.edges_of_size(s).collect(),
            edges,
        }
    }

    /// Hyperedges with at least `s` nodes, ascending.
    pub(crate) fn edges_of_size(&self, s: usize) -> impl Iterator<Item = u32> + '_ {
        (0..self.n_edges())
            .filter(move |&e| self.size(e) >= s)
            .map(|e| e as u32)
    }
}

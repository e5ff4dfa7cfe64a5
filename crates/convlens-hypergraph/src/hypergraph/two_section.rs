//! The 2-section: which nodes meet, and how often.

use super::Hypergraph;
use super::sorted::merge;

/// Two nodes that are in hyperedges together: an edge of a [`TwoSection`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NodePair {
    /// The lower node.
    pub a: u32,
    /// The higher node.
    pub b: u32,
    /// In how many hyperedges both are: the pair degree.
    pub multiplicity: u32,
}

/// The 2-section, or clique expansion, of a hypergraph: the graph on its nodes in which two are
/// joined if a hyperedge holds both (Berge 1989, "Hypergraphs", chapter 1), with the number of such
/// hyperedges.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct TwoSection {
    /// Number of nodes, isolated ones included.
    pub n_nodes: usize,
    /// Joined pairs with `a < b`, in lexicographic order.
    pub pairs: Vec<NodePair>,
}

impl Hypergraph {
    /// The 2-section with multiplicities. It is the 1-line graph of the dual.
    ///
    /// # Complexity
    ///
    /// O(sum over hyperedges of size²) time, one [`NodePair`] for each pair that meets.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_edges(4, &[vec![0, 1, 2], vec![1, 2], vec![3]])?;
    /// let pairs: Vec<_> =
    ///     h.two_section().pairs.iter().map(|p| (p.a, p.b, p.multiplicity)).collect();
    /// assert_eq!(pairs, [(0, 1, 1), (0, 2, 1), (1, 2, 2)]);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn two_section(&self) -> TwoSection {
        let line = self.dual().s_line_graph(1);
        let pair = |edge: super::LineEdge| NodePair {
            a: edge.a,
            b: edge.b,
            multiplicity: edge.overlap,
        };
        TwoSection {
            n_nodes: self.n_nodes(),
            pairs: line.edges.into_iter().map(pair).collect(),
        }
    }

    /// In how many hyperedges both `u` and `v` are: their pair degree, which is the degree if they
    /// are the same node.
    ///
    /// # Panics
    ///
    /// Unless both are below `n_nodes()`.
    ///
    /// # Complexity
    ///
    /// O(degree of u + degree of v). For all pairs see [`two_section`](Self::two_section).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_edges(3, &[vec![0, 1, 2], vec![1, 2]])?;
    /// assert_eq!((h.pair_degree(1, 2), h.pair_degree(0, 1)), (2, 1));
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn pair_degree(&self, u: usize, v: usize) -> usize {
        let mut common = 0;
        merge(self.node(u), self.node(v), |_, order| {
            common += usize::from(order.is_eq());
        });
        common
    }
}

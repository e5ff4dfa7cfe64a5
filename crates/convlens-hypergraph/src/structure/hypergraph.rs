//! A hypergraph as compact incidence, both ways.

use super::csr::Csr;
#[cfg(feature = "serde")]
use crate::error::HypergraphError;

/// A hypergraph: nodes `0..n_nodes`, hyperedges `0..n_edges`, and which node is in which hyperedge.
///
/// # Conventions
///
/// - Incidence is held both ways as sorted `u32` index arrays: [`edge`](Self::edge) gives the nodes
///   of a hyperedge, [`node`](Self::node) the hyperedges of a node, both ascending without repeats.
/// - A node is in a hyperedge or not: duplicate incidences are merged when building.
/// - Isolated nodes and empty hyperedges are kept, since both sizes are given explicitly.
///   Hyperedges with the same nodes stay apart.
/// - Labels and attributes stay apart: keep [`Names`](crate::Names) beside it, and weights in a
///   [`WeightedHypergraph`](crate::WeightedHypergraph).
///
/// # Memory
///
/// 8 bytes per incidence, and 8 bytes per node and per hyperedge. Building takes more for a while.
/// Measured on Linux (peak resident memory above what was resident before, consumed input
/// included) for 10⁷ incidences at 100 per node and per hyperedge, in bytes per incidence, with the
/// seconds on one core of a two-core server:
///
/// | built from | peak | in the end | seconds |
/// |---|---|---|---|
/// | an iterator of incidences | 12.2 | 8.2 | 0.3 |
/// | a vector of incidences, consumed | 16.1 | 8.2 | 0.3 |
/// | hyperedges or compressed rows, kept by the caller | 8.2 | 8.2 | 0.2 |
///
/// The seconds of the iterator include its random draws. To measure again:
/// `cargo run --release -p convlens-benches --bin hypergraph-memory`. No thread is started, so the
/// result is the same at any number of them.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::Hypergraph;
///
/// // Node 3 is isolated, hyperedge 2 is empty.
/// let h = Hypergraph::from_edges(4, &[vec![0, 1], vec![2, 1, 0], vec![]])?;
/// assert_eq!((h.n_nodes(), h.n_edges(), h.n_incidences()), (4, 3, 5));
/// assert_eq!(h.edge(1), &[0, 1, 2]);
/// assert_eq!(h.node(0), &[0, 1]);
/// assert_eq!((h.degree(3), h.size(2)), (0, 0));
/// assert_eq!(h.dual().dual(), h);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Edges", into = "Edges"))]
#[doc(alias = "incidence matrix")]
pub struct Hypergraph {
    pub(super) edges: Csr,
    pub(super) nodes: Csr,
}

impl Hypergraph {
    /// Number of nodes, isolated ones included.
    pub fn n_nodes(&self) -> usize {
        self.nodes.n_rows()
    }

    /// Number of hyperedges, empty ones included.
    pub fn n_edges(&self) -> usize {
        self.edges.n_rows()
    }

    /// Number of distinct (node, hyperedge) incidences.
    pub fn n_incidences(&self) -> usize {
        self.edges.len()
    }

    /// The nodes of hyperedge `edge`, ascending.
    ///
    /// # Panics
    ///
    /// Unless `edge < n_edges()`.
    pub fn edge(&self, edge: usize) -> &[u32] {
        self.edges.row(edge)
    }

    /// The hyperedges that hold `node`, ascending.
    ///
    /// # Panics
    ///
    /// Unless `node < n_nodes()`.
    pub fn node(&self, node: usize) -> &[u32] {
        self.nodes.row(node)
    }

    /// In how many hyperedges `node` is.
    ///
    /// # Panics
    ///
    /// Unless `node < n_nodes()`.
    pub fn degree(&self, node: usize) -> usize {
        self.node(node).len()
    }

    /// How many nodes hyperedge `edge` has.
    ///
    /// # Panics
    ///
    /// Unless `edge < n_edges()`.
    pub fn size(&self, edge: usize) -> usize {
        self.edge(edge).len()
    }

    /// Where the incidences of hyperedge `edge` lie in the order of
    /// [`incidences`](Self::incidences), and so in any list of weights in that order.
    ///
    /// # Panics
    ///
    /// Unless `edge < n_edges()`.
    pub fn incidence_range(&self, edge: usize) -> std::ops::Range<usize> {
        self.edges.range(edge)
    }

    /// The place of an incidence in that order; `None` if `node` is not in `edge`.
    pub(crate) fn incidence_index(&self, node: u32, edge: usize) -> Option<usize> {
        let within = self.edge(edge).binary_search(&node).ok()?;
        Some(self.incidence_range(edge).start + within)
    }

    /// All incidences as `(node, edge)`, hyperedge by hyperedge, nodes ascending.
    pub fn incidences(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.edges.pairs().map(|(edge, node)| (node, edge))
    }

    /// The dual hypergraph: hyperedges become nodes and nodes hyperedges. An involution.
    ///
    /// # Complexity
    ///
    /// O(nodes + hyperedges + incidences): one copy.
    #[must_use]
    #[doc(alias = "transpose")]
    pub fn dual(&self) -> Self {
        Self {
            edges: self.nodes.clone(),
            nodes: self.edges.clone(),
        }
    }

    /// As [`dual`](Self::dual), without the copy: the two incidence arrays change places.
    ///
    /// # Complexity
    ///
    /// O(1).
    #[must_use]
    pub fn into_dual(self) -> Self {
        Self {
            edges: self.nodes,
            nodes: self.edges,
        }
    }
}

/// A [`Hypergraph`] in a file: the nodes of each hyperedge, checked again when read.
#[cfg(feature = "serde")]
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
#[serde(rename = "Hypergraph")]
struct Edges {
    n_nodes: usize,
    edges: Vec<Vec<u32>>,
}

#[cfg(feature = "serde")]
impl From<Hypergraph> for Edges {
    fn from(h: Hypergraph) -> Self {
        Self {
            n_nodes: h.n_nodes(),
            edges: (0..h.n_edges()).map(|e| h.edge(e).to_vec()).collect(),
        }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Edges> for Hypergraph {
    type Error = HypergraphError;

    fn try_from(edges: Edges) -> Result<Self, HypergraphError> {
        // Sorting here would part the nodes from weights that come beside them.
        let ascends = |nodes: &Vec<u32>| nodes.is_sorted_by(|a, b| a < b);
        if let Some(edge) = edges.edges.iter().position(|nodes| !ascends(nodes)) {
            return Err(HypergraphError::EdgeOrder { edge });
        }
        Self::from_edges(edges.n_nodes, &edges.edges)
    }
}

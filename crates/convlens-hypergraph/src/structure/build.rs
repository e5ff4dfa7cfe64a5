//! Hypergraphs from incidence lists, from hyperedges and from bipartite graphs.

use super::csr::Csr;
use super::hypergraph::Hypergraph;
use crate::checks::check_count;
use crate::error::HypergraphError;

impl Hypergraph {
    /// Builds a hypergraph from `(node, edge)` pairs in any order. Duplicate pairs are merged.
    ///
    /// # Errors
    ///
    /// [`NodeOutOfRange`](HypergraphError::NodeOutOfRange) or
    /// [`EdgeOutOfRange`](HypergraphError::EdgeOutOfRange) for the first pair that breaks a bound;
    /// [`TooMany`](HypergraphError::TooMany) if `u32` cannot name all nodes or hyperedges.
    ///
    /// # Complexity
    ///
    /// O(nodes + hyperedges + pairs): three counting sorts, no comparison. Memory: see
    /// [`Hypergraph`].
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_incidences(3, 2, [(2, 0), (0, 0), (1, 1), (2, 0)])?;
    /// assert_eq!(h.edge(0), &[0, 2]); // sorted, and the second (2, 0) is merged
    /// assert_eq!(h.n_incidences(), 3);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    #[doc(alias = "from_coo")]
    #[doc(alias = "edge list")]
    pub fn from_incidences(
        n_nodes: usize,
        n_edges: usize,
        incidences: impl IntoIterator<Item = (u32, u32)>,
    ) -> Result<Self, HypergraphError> {
        check_count("nodes", n_nodes)?;
        check_count("hyperedges", n_edges)?;
        let mut pairs = Chunks::default();
        for (node, edge) in incidences {
            check_incidence(node, n_nodes, edge, n_edges)?;
            pairs.push((node, edge));
        }
        // Grouped by node, then by edge: the second pass walks the nodes in order, so each edge
        // comes out sorted with its duplicates side by side.
        let by_node = Csr::group(n_nodes, pairs.len(), || pairs.iter());
        drop(pairs);
        let mut edges = by_node.transpose(n_edges);
        drop(by_node);
        edges.merge_duplicates();
        let nodes = edges.transpose(n_nodes);
        Ok(Self { edges, nodes })
    }

    /// Builds a hypergraph from the nodes of each hyperedge (vectors, arrays or slices), in any
    /// order. A node named twice in one hyperedge counts once; an empty list is an empty hyperedge.
    ///
    /// # Errors
    ///
    /// As [`from_incidences`](Self::from_incidences).
    ///
    /// # Complexity
    ///
    /// O(nodes + hyperedges + incidences), plus the sort of each list that does not ascend.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_edges(3, &[vec![2, 0, 2], vec![]])?;
    /// assert_eq!(h.edge(0), &[0, 2]);
    /// assert_eq!(h.size(1), 0);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn from_edges<E: AsRef<[u32]>>(
        n_nodes: usize,
        edges: &[E],
    ) -> Result<Self, HypergraphError> {
        let rows = edges.iter().map(AsRef::as_ref);
        Self::from_rows(n_nodes, rows.clone().map(<[u32]>::len).sum(), rows)
    }

    /// From the nodes of each hyperedge, in any order, `len` of them in all.
    pub(crate) fn from_rows<'a>(
        n_nodes: usize,
        len: usize,
        rows: impl ExactSizeIterator<Item = &'a [u32]> + Clone,
    ) -> Result<Self, HypergraphError> {
        check_count("nodes", n_nodes)?;
        check_count("hyperedges", rows.len())?;
        let outside = |&&v: &&u32| v as usize >= n_nodes;
        if let Some(&node) = rows.clone().flatten().find(outside) {
            return Err(HypergraphError::NodeOutOfRange { node, n_nodes });
        }
        Ok(Self::from_edge_rows(n_nodes, Csr::from_rows(len, rows)))
    }

    /// From checked hyperedges.
    pub(crate) fn from_edge_rows(n_nodes: usize, edges: Csr) -> Self {
        let nodes = edges.transpose(n_nodes);
        Self { edges, nodes }
    }
}

/// A list that grows by blocks, so that it never holds more than a block beyond what is in it: a
/// `Vec` of unknown length ends with up to twice the room it needs, and three times while it moves.
#[derive(Debug)]
pub(crate) struct Chunks<T> {
    full: Vec<Vec<T>>,
    last: Vec<T>,
}

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self {
            full: Vec::new(),
            last: Vec::new(),
        }
    }
}

impl<T: Copy> Chunks<T> {
    const BLOCK: usize = 1 << 16;

    pub(crate) fn push(&mut self, item: T) {
        if self.last.len() == Self::BLOCK {
            let next = Vec::with_capacity(Self::BLOCK);
            self.full.push(std::mem::replace(&mut self.last, next));
        }
        self.last.push(item);
    }

    pub(crate) fn len(&self) -> usize {
        self.full.len() * Self::BLOCK + self.last.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = T> + '_ {
        let blocks = self.full.iter().chain(std::iter::once(&self.last));
        blocks.flat_map(|block| block.iter().copied())
    }
}

/// Both indices of an incidence are below their bounds.
pub(crate) fn check_incidence(
    node: u32,
    n_nodes: usize,
    edge: u32,
    n_edges: usize,
) -> Result<(), HypergraphError> {
    if node as usize >= n_nodes {
        return Err(HypergraphError::NodeOutOfRange { node, n_nodes });
    }
    if edge as usize >= n_edges {
        return Err(HypergraphError::EdgeOutOfRange { edge, n_edges });
    }
    Ok(())
}

/// What a vertex of a bipartite graph stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Side {
    /// A node of the hypergraph.
    Node,
    /// A hyperedge of the hypergraph.
    Edge,
}

/// The hypergraph of a bipartite graph, and which vertices became what.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FromBipartite {
    /// Its nodes and hyperedges are in the order of their vertices.
    pub hypergraph: Hypergraph,
    /// The vertex of each node, ascending.
    pub nodes: Vec<u32>,
    /// The vertex of each hyperedge, ascending.
    pub edges: Vec<u32>,
}

impl Hypergraph {
    /// Builds a hypergraph from a bipartite graph: `sides` says what each vertex stands for, and
    /// each edge joins a node and a hyperedge, in either order. Parallel edges are merged.
    ///
    /// If nodes and hyperedges are numbered apart, the edge list is what
    /// [`from_incidences`](Self::from_incidences) takes.
    ///
    /// # Errors
    ///
    /// For the first edge that breaks a rule,
    /// [`VertexOutOfRange`](HypergraphError::VertexOutOfRange) or, if both of its ends are on one
    /// side, [`SameSide`](HypergraphError::SameSide); [`TooMany`](HypergraphError::TooMany) beyond
    /// `u32` vertices.
    ///
    /// # Complexity
    ///
    /// O(vertices + edges).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{Hypergraph, structure::Side};
    ///
    /// let sides = [Side::Node, Side::Edge, Side::Node];
    /// let graph = Hypergraph::from_bipartite(&sides, &[(0, 1), (1, 2)])?;
    /// assert_eq!(graph.hypergraph, Hypergraph::from_edges(2, &[vec![0, 1]])?);
    /// assert_eq!((&graph.nodes[..], &graph.edges[..]), (&[0, 2][..], &[1][..]));
    /// assert!(Hypergraph::from_bipartite(&sides, &[(0, 2)]).is_err());
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn from_bipartite(
        sides: &[Side],
        edges: &[(u32, u32)],
    ) -> Result<FromBipartite, HypergraphError> {
        check_count("vertices", sides.len())?;
        let (mut node_vertices, mut edge_vertices) = (Vec::new(), Vec::new());
        let mut number = Vec::with_capacity(sides.len());
        for (vertex, side) in sides.iter().enumerate() {
            let own = match side {
                Side::Node => &mut node_vertices,
                Side::Edge => &mut edge_vertices,
            };
            number.push(own.len() as u32);
            own.push(vertex as u32);
        }
        let mut pairs = Vec::with_capacity(edges.len());
        for &(a, b) in edges {
            let (side_a, side_b) = (side_of(sides, a)?, side_of(sides, b)?);
            let (a_number, b_number) = (number[a as usize], number[b as usize]);
            pairs.push(match (side_a, side_b) {
                (Side::Node, Side::Edge) => (a_number, b_number),
                (Side::Edge, Side::Node) => (b_number, a_number),
                _ => return Err(HypergraphError::SameSide { a, b }),
            });
        }
        Ok(FromBipartite {
            hypergraph: Self::from_incidences(node_vertices.len(), edge_vertices.len(), pairs)?,
            nodes: node_vertices,
            edges: edge_vertices,
        })
    }
}

fn side_of(sides: &[Side], vertex: u32) -> Result<Side, HypergraphError> {
    let n_vertices = sides.len();
    let error = HypergraphError::VertexOutOfRange { vertex, n_vertices };
    sides.get(vertex as usize).copied().ok_or(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_checked_and_named() {
        let error = Hypergraph::from_incidences(2, 2, [(0, 0), (2, 1)]).unwrap_err();
        assert_eq!(
            error,
            HypergraphError::NodeOutOfRange {
                node: 2,
                n_nodes: 2
            }
        );
        let error = Hypergraph::from_incidences(2, 2, [(0, 5)]).unwrap_err();
        assert_eq!(
            error,
            HypergraphError::EdgeOutOfRange {
                edge: 5,
                n_edges: 2
            }
        );
        let error = Hypergraph::from_incidences(usize::MAX, 1, []).unwrap_err();
        assert!(matches!(
            error,
            HypergraphError::TooMany { what: "nodes", .. }
        ));
    }

    #[test]
    fn the_empty_hypergraph_exists() {
        let h = Hypergraph::from_edges::<[u32; 0]>(0, &[]).unwrap();
        assert_eq!((h.n_nodes(), h.n_edges(), h.n_incidences()), (0, 0, 0));
        assert_eq!(h.dual(), h);
    }
}

//! Hypergraphs from bipartite graphs.

use super::{Hypergraph, check_count};
use crate::HypergraphError;

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
    /// use convlens_hypergraph::{Hypergraph, Side};
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

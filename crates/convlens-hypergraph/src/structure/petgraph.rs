//! Conversions to `petgraph` graphs: the only file that names its types.

use ::petgraph::EdgeType;
use ::petgraph::graph::{Graph, IndexType, NodeIndex, UnGraph};

use super::build::{FromBipartite, Side};
use super::hypergraph::Hypergraph;
use super::line_graph::{SLineGraph, TwoSection};
use crate::checks::{check_at_most, check_count};
use crate::error::HypergraphError;

/// petgraph's indices are `u32` below `u32::MAX`.
const MAX_INDEX: usize = u32::MAX as usize - 1;

/// A vertex of the bipartite graph of a hypergraph: one of its nodes, or one of its hyperedges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Incident {
    /// A node of the hypergraph.
    Node(u32),
    /// A hyperedge of the hypergraph.
    Edge(u32),
}

impl From<Incident> for Side {
    fn from(vertex: Incident) -> Self {
        match vertex {
            Incident::Node(_) => Self::Node,
            Incident::Edge(_) => Self::Edge,
        }
    }
}

impl Hypergraph {
    /// Builds a hypergraph from a bipartite petgraph graph: `side` says what each vertex stands
    /// for. Directions and weights of edges are ignored, parallel edges merged; nodes and
    /// hyperedges are numbered in the order of their vertices.
    ///
    /// # Errors
    ///
    /// As [`from_bipartite`](Self::from_bipartite).
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
    /// let h = Hypergraph::from_edges(3, &[vec![0, 1], vec![1, 2]])?;
    /// let back = Hypergraph::from_petgraph(&h.to_bipartite()?, |_, &vertex| Side::from(vertex))?;
    /// assert_eq!(back.hypergraph, h);
    /// assert_eq!(back.edges, [3, 4]);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn from_petgraph<N, E, Ty: EdgeType, Ix: IndexType>(
        graph: &Graph<N, E, Ty, Ix>,
        side: impl Fn(NodeIndex<Ix>, &N) -> Side,
    ) -> Result<FromBipartite, HypergraphError> {
        check_count("vertices", graph.node_count())?;
        let sides: Vec<Side> = graph.node_indices().map(|v| side(v, &graph[v])).collect();
        let ends = |edge: &::petgraph::graph::Edge<E, Ix>| {
            (edge.source().index() as u32, edge.target().index() as u32)
        };
        let edges: Vec<(u32, u32)> = graph.raw_edges().iter().map(ends).collect();
        Self::from_bipartite(&sides, &edges)
    }

    /// The bipartite incidence graph: vertices `0..n_nodes` are the nodes, the next `n_edges` the
    /// hyperedges, joined where the node is in the hyperedge.
    ///
    /// # Errors
    ///
    /// [`TooMany`](HypergraphError::TooMany) if `n_nodes + n_edges` or the number of incidences
    /// reaches `u32::MAX`, petgraph's index limit.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{Hypergraph, structure::Incident};
    ///
    /// let h = Hypergraph::from_edges(3, &[vec![0, 1], vec![1, 2]])?;
    /// let g = h.to_bipartite()?;
    /// assert_eq!((g.node_count(), g.edge_count()), (5, 4));
    /// assert_eq!(g[petgraph::graph::NodeIndex::new(3)], Incident::Edge(0));
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn to_bipartite(&self) -> Result<UnGraph<Incident, ()>, HypergraphError> {
        let (n_nodes, n_edges) = (self.n_nodes(), self.n_edges());
        check_at_most("vertices", n_nodes.saturating_add(n_edges), MAX_INDEX)?;
        check_at_most("incidences", self.n_incidences(), MAX_INDEX)?;
        let mut graph = UnGraph::with_capacity(n_nodes + n_edges, self.n_incidences());
        for v in 0..n_nodes {
            graph.add_node(Incident::Node(v as u32));
        }
        for e in 0..n_edges {
            graph.add_node(Incident::Edge(e as u32));
        }
        for (v, e) in self.incidences() {
            graph.add_edge(
                NodeIndex::new(v as usize),
                NodeIndex::new(n_nodes + e as usize),
                (),
            );
        }
        Ok(graph)
    }
}

impl TwoSection {
    /// The 2-section as a petgraph graph: vertex v is node v, which is also its weight, and an
    /// edge's weight the number of hyperedges that hold both ends.
    ///
    /// # Errors
    ///
    /// [`TooMany`](HypergraphError::TooMany) if the number of pairs reaches `u32::MAX`, petgraph's
    /// index limit; [`NodeOutOfRange`](HypergraphError::NodeOutOfRange) if a pair names a node that
    /// is not there (possible where the fields were changed).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_edges(3, &[vec![0, 1], vec![0, 1]])?;
    /// let g = h.two_section().to_petgraph()?;
    /// assert_eq!((g.node_count(), g.edge_count()), (3, 1));
    /// assert_eq!(g.edge_weights().next(), Some(&2));
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn to_petgraph(&self) -> Result<UnGraph<u32, u32>, HypergraphError> {
        check_at_most("nodes", self.n_nodes, MAX_INDEX)?;
        check_at_most("pairs", self.pairs.len(), MAX_INDEX)?;
        let n_nodes = self.n_nodes;
        let ends = self.pairs.iter().flat_map(|pair| [pair.a, pair.b]);
        if let Some(node) = ends.into_iter().find(|&v| v as usize >= n_nodes) {
            return Err(HypergraphError::NodeOutOfRange { node, n_nodes });
        }
        let mut graph = UnGraph::with_capacity(self.n_nodes, self.pairs.len());
        for v in 0..self.n_nodes {
            graph.add_node(v as u32);
        }
        let index = |v: u32| NodeIndex::new(v as usize);
        for pair in &self.pairs {
            graph.add_edge(index(pair.a), index(pair.b), pair.multiplicity);
        }
        Ok(graph)
    }
}

impl SLineGraph {
    /// The s-line graph as a petgraph graph: a vertex's weight is its hyperedge, an edge's weight
    /// the number of shared nodes. Vertices are in the order of [`vertices`](SLineGraph::vertices).
    ///
    /// # Errors
    ///
    /// [`VertexOutOfRange`](HypergraphError::VertexOutOfRange) if an edge names a hyperedge that is
    /// not among the vertices (possible where the fields were changed);
    /// [`TooMany`](HypergraphError::TooMany) if the number of edges reaches `u32::MAX`, petgraph's
    /// index limit.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_edges(4, &[vec![0], vec![0, 1, 2], vec![1, 2, 3]])?;
    /// let g = h.s_line_graph(2)?.to_petgraph()?;
    /// assert_eq!((g.node_count(), g.edge_count()), (2, 1));
    /// assert_eq!(g.edge_weights().next(), Some(&2));
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn to_petgraph(&self) -> Result<UnGraph<u32, u32>, HypergraphError> {
        check_at_most("vertices", self.vertices.len(), MAX_INDEX)?;
        check_at_most("edges", self.edges.len(), MAX_INDEX)?;
        let mut graph = UnGraph::with_capacity(self.vertices.len(), self.edges.len());
        for &e in &self.vertices {
            graph.add_node(e);
        }
        let index = |e: u32| match self.vertices.binary_search(&e) {
            Ok(i) => Ok(NodeIndex::new(i)),
            Err(_) => Err(HypergraphError::VertexOutOfRange {
                vertex: e,
                n_vertices: self.vertices.len(),
            }),
        };
        for edge in &self.edges {
            graph.add_edge(index(edge.a)?, index(edge.b)?, edge.overlap);
        }
        Ok(graph)
    }
}

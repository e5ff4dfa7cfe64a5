//! Conversions to `petgraph` graphs: the only file that names its types.

use ::petgraph::EdgeType;
use ::petgraph::graph::{Graph, IndexType, NodeIndex, UnGraph};

use crate::hypergraph::check_count;
use crate::{FromBipartite, Hypergraph, HypergraphError, SLineGraph, Side, TwoSection};

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
    /// use convlens_hypergraph::{Hypergraph, Side};
    ///
    /// let h = Hypergraph::from_edges(3, &[vec![0, 1], vec![1, 2]])?;
    /// let back = Hypergraph::from_petgraph(&h.to_bipartite(), |_, &vertex| Side::from(vertex))?;
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
    /// # Panics
    ///
    /// If `n_nodes + n_edges` or the number of incidences reaches `u32::MAX`, petgraph's index
    /// limit.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{Hypergraph, Incident};
    ///
    /// let h = Hypergraph::from_edges(3, &[vec![0, 1], vec![1, 2]])?;
    /// let g = h.to_bipartite();
    /// assert_eq!((g.node_count(), g.edge_count()), (5, 4));
    /// assert_eq!(g[petgraph::graph::NodeIndex::new(3)], Incident::Edge(0));
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn to_bipartite(&self) -> UnGraph<Incident, ()> {
        let (n_nodes, n_edges) = (self.n_nodes(), self.n_edges());
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
        graph
    }
}

impl TwoSection {
    /// The 2-section as a petgraph graph: vertex v is node v, which is also its weight, and an
    /// edge's weight the number of hyperedges that hold both ends.
    ///
    /// # Panics
    ///
    /// If the number of pairs reaches `u32::MAX`, petgraph's index limit, or if a pair names a node
    /// that is not there (only a hand-made one can).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_edges(3, &[vec![0, 1], vec![0, 1]])?;
    /// let g = h.two_section().to_petgraph();
    /// assert_eq!((g.node_count(), g.edge_count()), (3, 1));
    /// assert_eq!(g.edge_weights().next(), Some(&2));
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn to_petgraph(&self) -> UnGraph<u32, u32> {
        let mut graph = UnGraph::with_capacity(self.n_nodes, self.pairs.len());
        for v in 0..self.n_nodes {
            graph.add_node(v as u32);
        }
        let index = |v: u32| NodeIndex::new(v as usize);
        for pair in &self.pairs {
            graph.add_edge(index(pair.a), index(pair.b), pair.multiplicity);
        }
        graph
    }
}

impl SLineGraph {
    /// The s-line graph as a petgraph graph: a vertex's weight is its hyperedge, an edge's weight
    /// the number of shared nodes. Vertices are in the order of [`vertices`](SLineGraph::vertices).
    ///
    /// # Panics
    ///
    /// If an edge names a hyperedge that is not among the vertices (only a hand-made graph can).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_edges(4, &[vec![0], vec![0, 1, 2], vec![1, 2, 3]])?;
    /// let g = h.s_line_graph(2).to_petgraph();
    /// assert_eq!((g.node_count(), g.edge_count()), (2, 1));
    /// assert_eq!(g.edge_weights().next(), Some(&2));
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn to_petgraph(&self) -> UnGraph<u32, u32> {
        let mut graph = UnGraph::with_capacity(self.vertices.len(), self.edges.len());
        for &e in &self.vertices {
            graph.add_node(e);
        }
        let index = |e: u32| match self.vertices.binary_search(&e) {
            Ok(i) => NodeIndex::new(i),
            Err(_) => panic!("hyperedge {e} is not a vertex of the s-line graph"),
        };
        for edge in &self.edges {
            graph.add_edge(index(edge.a), index(edge.b), edge.overlap);
        }
        graph
    }
}

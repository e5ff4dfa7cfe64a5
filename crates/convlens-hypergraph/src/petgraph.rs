//! Conversions to `petgraph` graphs: the only file that names its types.

use ::petgraph::graph::{NodeIndex, UnGraph};

use crate::{Hypergraph, SLineGraph};

/// A vertex of the bipartite graph of a hypergraph: one of its nodes, or one of its hyperedges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Incident {
    /// A node of the hypergraph.
    Node(u32),
    /// A hyperedge of the hypergraph.
    Edge(u32),
}

impl Hypergraph {
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

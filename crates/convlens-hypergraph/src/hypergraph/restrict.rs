//! Restriction to some of the nodes or some of the hyperedges.

use super::Hypergraph;
use super::csr::Csr;
use crate::HypergraphError;

/// What becomes of a hyperedge that has no node left, or of a node that has no hyperedge left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Emptied {
    /// It is kept. The default.
    #[default]
    Keep,
    /// It is dropped if the restriction emptied it, and kept if it was empty before.
    DropEmptied,
    /// It is dropped, whether it was empty before or not.
    DropEmpty,
}

impl Emptied {
    fn drops(self, before: usize, after: usize) -> bool {
        match self {
            Self::Keep => false,
            Self::DropEmptied => after == 0 && before > 0,
            Self::DropEmpty => after == 0,
        }
    }
}

/// A hypergraph of what a restriction kept, and which nodes and hyperedges that was.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Restriction<H = Hypergraph> {
    /// What is left, renumbered in the old order.
    pub hypergraph: H,
    /// The old index of each node, ascending.
    pub nodes: Vec<u32>,
    /// The old index of each hyperedge, ascending.
    pub edges: Vec<u32>,
}

impl Hypergraph {
    /// The hypergraph on some of the nodes: each hyperedge keeps those of its nodes that are in
    /// `nodes` (Berge 1989, "Hypergraphs", chapter 1: the subhypergraph induced by a set).
    /// Hyperedges that become equal stay apart.
    ///
    /// # Conventions
    ///
    /// `nodes` is a set: in any order, repeats count once. The kept nodes keep their order.
    ///
    /// # Errors
    ///
    /// [`NodeOutOfRange`](HypergraphError::NodeOutOfRange) for the first index that is no node.
    ///
    /// # Complexity
    ///
    /// O(nodes + hyperedges + incidences).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{Emptied, Hypergraph};
    ///
    /// let h = Hypergraph::from_edges(4, &[vec![0, 1], vec![1, 2, 3], vec![0], vec![]])?;
    /// let r = h.restrict_to_nodes(&[3, 1], Emptied::DropEmptied)?;
    /// assert_eq!((&r.nodes[..], &r.edges[..]), (&[1, 3][..], &[0, 1, 3][..]));
    /// assert_eq!(r.hypergraph, Hypergraph::from_edges(2, &[vec![0], vec![0, 1], vec![]])?);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn restrict_to_nodes(
        &self,
        nodes: &[u32],
        emptied: Emptied,
    ) -> Result<Restriction, HypergraphError> {
        let n_nodes = self.n_nodes();
        if let Some(&node) = nodes.iter().find(|&&v| v as usize >= n_nodes) {
            return Err(HypergraphError::NodeOutOfRange { node, n_nodes });
        }
        Ok(self.keep_nodes(nodes, emptied))
    }

    /// The hypergraph of some of the hyperedges (Berge 1989: a partial hypergraph). `emptied` says
    /// what becomes of nodes that are in none of them.
    ///
    /// # Conventions
    ///
    /// `edges` is a set: in any order, repeats count once. The kept hyperedges keep their order.
    ///
    /// # Errors
    ///
    /// [`EdgeOutOfRange`](HypergraphError::EdgeOutOfRange) for the first index that is no
    /// hyperedge.
    ///
    /// # Complexity
    ///
    /// O(nodes + hyperedges + incidences).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{Emptied, Hypergraph};
    ///
    /// let h = Hypergraph::from_edges(4, &[vec![0, 1], vec![1, 2], vec![0]])?;
    /// let r = h.restrict_to_edges(&[1], Emptied::DropEmpty)?;
    /// assert_eq!((&r.nodes[..], &r.edges[..]), (&[1, 2][..], &[1][..]));
    /// assert_eq!(r.hypergraph, Hypergraph::from_edges(2, &[vec![0, 1]])?);
    /// assert_eq!(h.restrict_to_edges(&[1], Emptied::Keep)?.hypergraph.n_nodes(), 4);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn restrict_to_edges(
        &self,
        edges: &[u32],
        emptied: Emptied,
    ) -> Result<Restriction, HypergraphError> {
        let n_edges = self.n_edges();
        if let Some(&edge) = edges.iter().find(|&&e| e as usize >= n_edges) {
            return Err(HypergraphError::EdgeOutOfRange { edge, n_edges });
        }
        Ok(self.keep_edges(edges, emptied))
    }

    /// As [`restrict_to_nodes`](Self::restrict_to_nodes), for nodes that exist.
    pub(super) fn keep_nodes(&self, nodes: &[u32], emptied: Emptied) -> Restriction {
        let (edges, nodes, kept) = restrict_columns(&self.edges, self.n_nodes(), nodes, emptied);
        Restriction {
            hypergraph: Self::from_edge_rows(nodes.len(), edges),
            nodes,
            edges: kept,
        }
    }

    /// As [`restrict_to_edges`](Self::restrict_to_edges), for hyperedges that exist.
    pub(crate) fn keep_edges(&self, edges: &[u32], emptied: Emptied) -> Restriction {
        let (nodes, edges, kept) = restrict_columns(&self.nodes, self.n_edges(), edges, emptied);
        Restriction {
            hypergraph: Self::from_edge_rows(edges.len(), nodes).into_dual(),
            nodes: kept,
            edges,
        }
    }
}

/// The rows with only the columns of `chosen` in them: the new rows, the columns and rows kept.
fn restrict_columns(
    rows: &Csr,
    n_columns: usize,
    chosen: &[u32],
    emptied: Emptied,
) -> (Csr, Vec<u32>, Vec<u32>) {
    const DROPPED: u32 = u32::MAX; // counts go up to 2^32 - 1, so this is no index
    let mut new_column = vec![DROPPED; n_columns];
    for &c in chosen {
        new_column[c as usize] = 0;
    }
    let mut columns = Vec::new();
    for (old, new) in new_column.iter_mut().enumerate() {
        if *new != DROPPED {
            *new = columns.len() as u32;
            columns.push(old as u32);
        }
    }
    let renumber = |&c: &u32| Some(new_column[c as usize]).filter(|&new| new != DROPPED);
    let mut restricted = Csr::with_capacity(rows.n_rows(), 0);
    let mut kept = Vec::new();
    for (r, row) in rows.rows().enumerate() {
        let after = row.iter().filter_map(renumber).count();
        if !emptied.drops(row.len(), after) {
            restricted.push_row(row.iter().filter_map(renumber));
            kept.push(r as u32);
        }
    }
    (restricted, columns, kept)
}

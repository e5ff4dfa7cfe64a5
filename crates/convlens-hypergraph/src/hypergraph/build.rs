//! Hypergraphs from incidence lists and from hyperedges.

use super::{Csr, Hypergraph};
use crate::HypergraphError;

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

    /// Builds a hypergraph from the nodes of each hyperedge, in any order. A node named twice in
    /// one hyperedge counts once; an empty list is an empty hyperedge.
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
    pub fn from_edges(n_nodes: usize, edges: &[Vec<u32>]) -> Result<Self, HypergraphError> {
        let len = edges.iter().map(Vec::len).sum();
        Self::from_rows(n_nodes, len, edges.iter().map(Vec::as_slice))
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

/// Indices are `u32`, so counts go up to 2^32 - 1 (the count itself must fit as well).
pub(crate) fn check_count(what: &'static str, count: usize) -> Result<(), HypergraphError> {
    let max = u32::MAX as usize;
    if count > max {
        return Err(HypergraphError::TooMany { what, count, max });
    }
    Ok(())
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
        let h = Hypergraph::from_edges(0, &[]).unwrap();
        assert_eq!((h.n_nodes(), h.n_edges(), h.n_incidences()), (0, 0, 0));
        assert_eq!(h.dual(), h);
    }
}

//! Union, intersection and difference: of hypergraphs as sets of hyperedges, of hypergraphs as sets
//! of incidences, and of two hyperedges as sets of nodes.

use std::cmp::Ordering;

use super::csr::Csr;
use super::hypergraph::Hypergraph;
use super::restrict::Classes;
use super::sorted::{merge, select};
use crate::checks::{check_count, check_length};
use crate::error::HypergraphError;

/// Hypergraphs on the same nodes as sets of hyperedges, and a hyperedge as its set of nodes: equal
/// hyperedges count once, in the order of their first appearance.
impl Hypergraph {
    /// The hyperedges that are in either hypergraph: those of `self` first.
    ///
    /// # Errors
    ///
    /// [`LengthMismatch`](HypergraphError::LengthMismatch) unless both have as many nodes;
    /// [`TooMany`](HypergraphError::TooMany) if both together have more than `u32` hyperedges.
    ///
    /// # Complexity
    ///
    /// O(nodes + hyperedges + incidences of both) expected.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let a = Hypergraph::from_edges(3, &[vec![0, 1], vec![2], vec![2]])?;
    /// let b = Hypergraph::from_edges(3, &[vec![1, 2], vec![1, 0]])?;
    /// let edges = |edges: &[Vec<u32>]| Hypergraph::from_edges(3, edges);
    /// assert_eq!(a.union(&b), edges(&[vec![0, 1], vec![2], vec![1, 2]]));
    /// assert_eq!(a.intersection(&b), edges(&[vec![0, 1]]));
    /// assert_eq!(a.difference(&b), edges(&[vec![2]]));
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn union(&self, other: &Self) -> Result<Self, HypergraphError> {
        self.combine_edges(other, |_, _| true)
    }

    /// The hyperedges that are in both hypergraphs, in the order of `self`.
    ///
    /// # Errors
    ///
    /// As [`union`](Self::union).
    pub fn intersection(&self, other: &Self) -> Result<Self, HypergraphError> {
        self.combine_edges(other, |here, there| here && there)
    }

    /// The hyperedges of `self` that are not in `other`.
    ///
    /// # Errors
    ///
    /// As [`union`](Self::union).
    pub fn difference(&self, other: &Self) -> Result<Self, HypergraphError> {
        self.combine_edges(other, |here, there| here && !there)
    }

    /// Keeps each class of equal hyperedges for which `wanted(in self, in other)`.
    fn combine_edges(
        &self,
        other: &Self,
        wanted: impl Fn(bool, bool) -> bool,
    ) -> Result<Self, HypergraphError> {
        check_length("nodes of two hypergraphs", self.n_nodes(), other.n_nodes())?;
        let own = self.n_edges();
        check_count("hyperedges", own + other.n_edges())?;
        let classes = Classes::of_rows(self.edges.rows().chain(other.edges.rows()));
        let mut there = vec![false; classes.first.len()];
        for &class in &classes.class_of[own..] {
            there[class as usize] = true;
        }
        let mut edges = Csr::with_capacity(0, 0);
        for (&first, there) in classes.first.iter().zip(there) {
            let first = first as usize;
            if wanted(first < own, there) {
                let row = first.checked_sub(own);
                let row = row.map_or_else(|| self.edge(first), |e| other.edge(e));
                edges.push_row(row.iter().copied());
            }
        }
        Ok(Self::from_edge_rows(self.n_nodes(), edges))
    }
}

/// Hypergraphs on the same nodes and the same hyperedges as sets of incidences.
impl Hypergraph {
    /// Hyperedge by hyperedge, the nodes that are in it in either hypergraph.
    ///
    /// # Errors
    ///
    /// [`LengthMismatch`](HypergraphError::LengthMismatch) unless both have as many nodes and as
    /// many hyperedges.
    ///
    /// # Complexity
    ///
    /// O(nodes + hyperedges + incidences of both).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let a = Hypergraph::from_edges(3, &[vec![0, 1], vec![2]])?;
    /// let b = Hypergraph::from_edges(3, &[vec![1, 2], vec![]])?;
    /// let edges = |edges: &[Vec<u32>]| Hypergraph::from_edges(3, edges);
    /// assert_eq!(a.incidence_union(&b), edges(&[vec![0, 1, 2], vec![2]]));
    /// assert_eq!(a.incidence_intersection(&b), edges(&[vec![1], vec![]]));
    /// assert_eq!(a.incidence_difference(&b), edges(&[vec![0], vec![2]]));
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn incidence_union(&self, other: &Self) -> Result<Self, HypergraphError> {
        self.combine_incidences(other, |_| true)
    }

    /// Hyperedge by hyperedge, the nodes that are in it in both hypergraphs.
    ///
    /// # Errors
    ///
    /// As [`incidence_union`](Self::incidence_union).
    pub fn incidence_intersection(&self, other: &Self) -> Result<Self, HypergraphError> {
        self.combine_incidences(other, Ordering::is_eq)
    }

    /// Hyperedge by hyperedge, the nodes that are in it in `self` and not in `other`.
    ///
    /// # Errors
    ///
    /// As [`incidence_union`](Self::incidence_union).
    pub fn incidence_difference(&self, other: &Self) -> Result<Self, HypergraphError> {
        self.combine_incidences(other, Ordering::is_lt)
    }

    fn combine_incidences(
        &self,
        other: &Self,
        wanted: impl Fn(Ordering) -> bool + Copy,
    ) -> Result<Self, HypergraphError> {
        check_length("nodes of two hypergraphs", self.n_nodes(), other.n_nodes())?;
        let (own, others) = (self.n_edges(), other.n_edges());
        check_length("hyperedges of two hypergraphs", own, others)?;
        let mut edges = Csr::with_capacity(own, 0);
        for (a, b) in self.edges.rows().zip(other.edges.rows()) {
            edges.push_row(select(a, b, wanted));
        }
        Ok(Self::from_edge_rows(self.n_nodes(), edges))
    }
}

/// Two hyperedges as sets of nodes.
impl Hypergraph {
    /// The nodes that are in hyperedge `e` or in hyperedge `f`, ascending.
    ///
    /// # Panics
    ///
    /// Unless both are below `n_edges()`.
    ///
    /// # Complexity
    ///
    /// O(size of e + size of f).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_edges(4, &[vec![0, 1, 2], vec![1, 3]])?;
    /// assert_eq!(h.edge_union(0, 1), [0, 1, 2, 3]);
    /// assert_eq!(h.edge_intersection(0, 1), [1]);
    /// assert_eq!(h.edge_difference(0, 1), [0, 2]);
    /// assert_eq!(h.overlap(0, 1), 1);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn edge_union(&self, e: usize, f: usize) -> Vec<u32> {
        select(self.edge(e), self.edge(f), |_| true)
    }

    /// The nodes that are in hyperedge `e` and in hyperedge `f`, ascending.
    ///
    /// # Panics
    ///
    /// As [`edge_union`](Self::edge_union).
    pub fn edge_intersection(&self, e: usize, f: usize) -> Vec<u32> {
        select(self.edge(e), self.edge(f), Ordering::is_eq)
    }

    /// The nodes that are in hyperedge `e` and not in hyperedge `f`, ascending.
    ///
    /// # Panics
    ///
    /// As [`edge_union`](Self::edge_union).
    pub fn edge_difference(&self, e: usize, f: usize) -> Vec<u32> {
        select(self.edge(e), self.edge(f), Ordering::is_lt)
    }

    /// How many nodes hyperedges `e` and `f` share. For all pairs see
    /// [`s_line_graph`](Self::s_line_graph).
    ///
    /// # Panics
    ///
    /// As [`edge_union`](Self::edge_union).
    pub fn overlap(&self, e: usize, f: usize) -> usize {
        let mut shared = 0;
        merge(self.edge(e), self.edge(f), |_, order| {
            shared += usize::from(order.is_eq());
        });
        shared
    }
}

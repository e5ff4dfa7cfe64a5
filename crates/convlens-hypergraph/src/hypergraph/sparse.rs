//! Hypergraphs from sparse tables: compressed rows or columns.

use super::{Hypergraph, check_count};
use crate::HypergraphError;

impl Hypergraph {
    /// Builds a hypergraph from a sparse table in compressed row form: row v is node v, and
    /// `columns[offsets[v]..offsets[v + 1]]` are its hyperedges.
    ///
    /// # Conventions
    ///
    /// Entries of a row may be in any order; duplicates are merged. Every stored entry is an
    /// incidence, one whose value would be 0 as well: drop those before. There are
    /// `offsets.len() - 1` nodes. A table in COO form goes to
    /// [`from_incidences`](Self::from_incidences), one with weights to
    /// [`WeightedHypergraph`](crate::WeightedHypergraph).
    ///
    /// # Errors
    ///
    /// [`NoOffsets`](HypergraphError::NoOffsets) or [`Offsets`](HypergraphError::Offsets) for
    /// malformed offsets; [`EdgeOutOfRange`](HypergraphError::EdgeOutOfRange) for the first column
    /// that is not below `n_edges`; [`TooMany`](HypergraphError::TooMany) beyond `u32` indices.
    ///
    /// # Complexity
    ///
    /// O(nodes + hyperedges + entries), plus the sort of each row that does not ascend.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{Hypergraph, HypergraphError};
    ///
    /// let h = Hypergraph::from_csr(3, &[0, 2, 2, 3], &[2, 0, 2])?;
    /// assert_eq!((h.n_nodes(), h.edge(2)), (3, &[0, 2][..]));
    /// let broken = Hypergraph::from_csr(3, &[0, 2, 1, 3], &[2, 0, 2]);
    /// assert!(matches!(broken, Err(HypergraphError::Offsets { position: 2, .. })));
    /// # Ok::<(), HypergraphError>(())
    /// ```
    pub fn from_csr(
        n_edges: usize,
        offsets: &[usize],
        columns: &[u32],
    ) -> Result<Self, HypergraphError> {
        check_count("hyperedges", n_edges)?;
        check_offsets(offsets, columns.len(), "nodes")?;
        if let Some(&edge) = columns.iter().find(|&&e| e as usize >= n_edges) {
            return Err(HypergraphError::EdgeOutOfRange { edge, n_edges });
        }
        let dual = Self::from_rows(n_edges, columns.len(), rows(offsets, columns))?;
        Ok(dual.into_dual())
    }

    /// Builds a hypergraph from a sparse table in compressed column form: column e is hyperedge e,
    /// and `rows[offsets[e]..offsets[e + 1]]` are its nodes.
    ///
    /// # Conventions
    ///
    /// As [`from_csr`](Self::from_csr), with rows and columns in each other's place.
    ///
    /// # Errors
    ///
    /// As [`from_csr`](Self::from_csr), with
    /// [`NodeOutOfRange`](HypergraphError::NodeOutOfRange) for a row that is not below `n_nodes`.
    ///
    /// # Complexity
    ///
    /// As [`from_csr`](Self::from_csr).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_csc(3, &[0, 2, 3], &[2, 0, 2])?;
    /// assert_eq!((h.edge(0), h.edge(1)), (&[0, 2][..], &[2][..]));
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn from_csc(
        n_nodes: usize,
        offsets: &[usize],
        rows_of: &[u32],
    ) -> Result<Self, HypergraphError> {
        check_offsets(offsets, rows_of.len(), "hyperedges")?;
        Self::from_rows(n_nodes, rows_of.len(), rows(offsets, rows_of))
    }
}

/// The number of rows, if the offsets are well formed.
pub(super) fn check_offsets(
    offsets: &[usize],
    entries: usize,
    what: &'static str,
) -> Result<usize, HypergraphError> {
    let &[first, .., last] = offsets else {
        return match offsets {
            [] => Err(HypergraphError::NoOffsets),
            _ if offsets == [0] && entries == 0 => Ok(0),
            _ => Err(offset_error(offsets, 0, entries)),
        };
    };
    let falls = || {
        offsets
            .windows(2)
            .position(|w| w[1] < w[0] || w[1] > entries)
    };
    if first != 0 {
        return Err(offset_error(offsets, 0, entries));
    }
    if let Some(i) = falls() {
        return Err(offset_error(offsets, i + 1, entries));
    }
    if last != entries {
        return Err(offset_error(offsets, offsets.len() - 1, entries));
    }
    check_count(what, offsets.len() - 1)?;
    Ok(offsets.len() - 1)
}

fn offset_error(offsets: &[usize], position: usize, entries: usize) -> HypergraphError {
    HypergraphError::Offsets {
        position,
        value: offsets[position],
        entries,
    }
}

/// The rows of checked offsets.
fn rows<'a>(
    offsets: &'a [usize],
    indices: &'a [u32],
) -> impl ExactSizeIterator<Item = &'a [u32]> + Clone {
    offsets.windows(2).map(|w| &indices[w[0]..w[1]])
}

/// All `(row, index)` of checked offsets.
pub(super) fn sparse_entries<'a>(
    offsets: &'a [usize],
    indices: &'a [u32],
) -> impl Iterator<Item = (u32, u32)> + 'a {
    let rows = rows(offsets, indices).enumerate();
    rows.flat_map(|(r, row)| row.iter().map(move |&i| (r as u32, i)))
}

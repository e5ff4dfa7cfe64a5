//! Hypergraphs from dense tables and from compressed sparse ones.

use super::hypergraph::Hypergraph;
use crate::checks::check_count;
use crate::error::HypergraphError;

/// Which entries of a table of numbers are incidences. Both zeros, +0 and -0, are zero.
///
/// The threshold is the same for all columns; for one that each column sets by itself, see
/// [`IncidenceRule`](crate::IncidenceRule).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum TableRule {
    /// Every entry that is not zero. The default.
    #[default]
    NonZero,
    /// Entries that are at least this, which is finite.
    AtLeast(f64),
    /// Entries that are more than this, which is finite.
    Above(f64),
}

impl TableRule {
    fn check(self) -> Result<(), HypergraphError> {
        match self {
            Self::AtLeast(value) | Self::Above(value) if !value.is_finite() => {
                Err(HypergraphError::TableThreshold { value })
            }
            _ => Ok(()),
        }
    }

    fn holds(self, value: f64) -> bool {
        match self {
            Self::NonZero => value != 0.0,
            Self::AtLeast(least) => value >= least,
            Self::Above(bound) => value > bound,
        }
    }
}

impl Hypergraph {
    /// Builds a hypergraph from a dense table of numbers: rows (inputs) are nodes, columns
    /// (features) are hyperedges, and the rule says which entries are incidences.
    ///
    /// # Conventions
    ///
    /// Row-major, `values[node * n_edges + edge]`. A table without rows or columns is a hypergraph
    /// without nodes or hyperedges.
    ///
    /// # Errors
    ///
    /// [`TableShape`](HypergraphError::TableShape) unless there are n_nodes × n_edges values;
    /// [`NonFinite`](HypergraphError::NonFinite) for the first NaN or infinity;
    /// [`TableThreshold`](HypergraphError::TableThreshold) for a threshold that is not finite;
    /// [`TooMany`](HypergraphError::TooMany) beyond `u32` indices.
    ///
    /// # Complexity
    ///
    /// O(n_nodes × n_edges).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{Hypergraph, structure::TableRule};
    ///
    /// let values = [0.0, 0.4, 0.9, 0.0, -1.0, 0.5]; // 2 nodes, 3 hyperedges
    /// let h = Hypergraph::from_table(&values, 2, 3, TableRule::NonZero)?;
    /// assert_eq!((h.node(0), h.node(1)), (&[1, 2][..], &[1, 2][..]));
    /// let h = Hypergraph::from_table(&values, 2, 3, TableRule::Above(0.5))?;
    /// assert_eq!((h.node(0), h.node(1)), (&[2][..], &[][..]));
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn from_table(
        values: &[f64],
        n_nodes: usize,
        n_edges: usize,
        rule: TableRule,
    ) -> Result<Self, HypergraphError> {
        let entries = dense_entries(values, n_nodes, n_edges, rule)?;
        Self::from_incidences(n_nodes, n_edges, entries)
    }

    /// Builds a hypergraph from a dense table of truth values: rows are nodes, columns hyperedges.
    ///
    /// # Conventions
    ///
    /// Row-major, `values[node * n_edges + edge]`.
    ///
    /// # Errors
    ///
    /// [`TableShape`](HypergraphError::TableShape) and [`TooMany`](HypergraphError::TooMany) as
    /// [`from_table`](Self::from_table).
    ///
    /// # Complexity
    ///
    /// O(n_nodes × n_edges).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_bool_table(&[true, false, true, true], 2, 2)?;
    /// assert_eq!((h.edge(0), h.edge(1)), (&[0, 1][..], &[1][..]));
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn from_bool_table(
        values: &[bool],
        n_nodes: usize,
        n_edges: usize,
    ) -> Result<Self, HypergraphError> {
        check_shape(values.len(), n_nodes, n_edges)?;
        let entries = members(values, n_edges, |&value| value);
        Self::from_incidences(n_nodes, n_edges, entries)
    }
}

/// The incidences `(node, edge)` of a checked table, row by row.
pub(super) fn dense_entries(
    values: &[f64],
    n_nodes: usize,
    n_edges: usize,
    rule: TableRule,
) -> Result<impl Iterator<Item = (u32, u32)> + '_, HypergraphError> {
    rule.check()?;
    check_shape(values.len(), n_nodes, n_edges)?;
    if let Some(i) = values.iter().position(|v| !v.is_finite()) {
        return Err(HypergraphError::NonFinite {
            input: i / n_edges,
            feature: i % n_edges,
            value: values[i],
        });
    }
    Ok(members(values, n_edges, move |&value| rule.holds(value)))
}

/// Row by row, the places whose value is a member.
fn members<'a, T>(
    values: &'a [T],
    n_edges: usize,
    member: impl Fn(&T) -> bool + Copy + 'a,
) -> impl Iterator<Item = (u32, u32)> + 'a {
    // `max(1)`: a table without columns has no values either.
    let rows = values.chunks_exact(n_edges.max(1)).enumerate();
    rows.flat_map(move |(v, row)| {
        let inside = row
            .iter()
            .enumerate()
            .filter(move |(_, value)| member(value));
        inside.map(move |(e, _)| (v as u32, e as u32))
    })
}

fn check_shape(len: usize, n_nodes: usize, n_edges: usize) -> Result<(), HypergraphError> {
    check_count("nodes", n_nodes)?;
    check_count("hyperedges", n_edges)?;
    if n_nodes.checked_mul(n_edges) == Some(len) {
        return Ok(());
    }
    Err(HypergraphError::TableShape {
        len,
        inputs: n_nodes,
        features: n_edges,
    })
}

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

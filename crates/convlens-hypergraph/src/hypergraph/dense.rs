//! Hypergraphs from dense tables.

use super::{Hypergraph, check_count};
use crate::HypergraphError;

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
    /// use convlens_hypergraph::{Hypergraph, TableRule};
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

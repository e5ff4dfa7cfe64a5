//! Weighted hypergraphs from triplets and from dense and sparse tables.

use super::super::build::{Chunks, check_incidence};
use super::super::csr::{Csr, Kept};
use super::super::dense::dense_entries;
use super::super::sparse::{check_offsets, sparse_entries};
use super::super::{Hypergraph, TableRule, check_count};
use super::WeightedHypergraph;
use crate::HypergraphError;

/// How the weights of an incidence that is given several times become one. The order is that of
/// the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum DuplicateWeights {
    /// Their sum, from the first on: what COO tables mean in most libraries. The default.
    #[default]
    Sum,
    /// The first one.
    First,
    /// The last one.
    Last,
    /// The largest one.
    Max,
    /// A duplicate is an error.
    Refuse,
}

impl WeightedHypergraph {
    /// Builds a hypergraph with incidence weights from `(node, edge, weight)` triplets in any
    /// order: a sparse table in COO form. An entry of weight 0 is an incidence.
    ///
    /// # Errors
    ///
    /// As [`Hypergraph::from_incidences`];
    /// [`NonFiniteWeight`](HypergraphError::NonFiniteWeight) for the first weight that is NaN or
    /// infinite, by its place in the input, or for a sum that is, by its place in the result;
    /// [`DuplicateIncidence`](HypergraphError::DuplicateIncidence) under
    /// [`DuplicateWeights::Refuse`].
    ///
    /// # Complexity
    ///
    /// O(nodes + hyperedges + triplets) by counting sorts. At the peak 28 bytes for each triplet
    /// drawn from an iterator, 32 for each of a vector that is consumed, and 16 in the end
    /// (measured as for [`Hypergraph`]).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{DuplicateWeights, WeightedHypergraph};
    ///
    /// let triplets = [(1, 0, 2.0), (0, 0, 1.0), (1, 0, 0.5)];
    /// let w = WeightedHypergraph::from_triplets(2, 1, triplets, DuplicateWeights::Sum)?;
    /// assert_eq!(w.hypergraph().edge(0), &[0, 1]);
    /// assert_eq!(w.incidence_weights(), Some(&[1.0, 2.5][..]));
    /// let w = WeightedHypergraph::from_triplets(2, 1, triplets, DuplicateWeights::Refuse);
    /// assert!(w.is_err());
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn from_triplets(
        n_nodes: usize,
        n_edges: usize,
        triplets: impl IntoIterator<Item = (u32, u32, f64)>,
        duplicates: DuplicateWeights,
    ) -> Result<Self, HypergraphError> {
        check_count("nodes", n_nodes)?;
        check_count("hyperedges", n_edges)?;
        let mut entries = Chunks::default();
        for (node, edge, weight) in triplets {
            check_incidence(node, n_nodes, edge, n_edges)?;
            check_finite(entries.len(), weight)?;
            entries.push((node, edge, weight));
        }
        // As in `Hypergraph::from_incidences`: by node, then by edge, both stable.
        let by_node = Csr::group_with(n_nodes, entries.len(), || entries.iter());
        drop(entries);
        let (mut edges, mut weights) = Csr::group_with(n_edges, by_node.1.len(), || {
            let pairs = by_node.0.pairs().zip(&by_node.1);
            pairs.map(|((v, e), &w)| (e, v, w))
        });
        drop(by_node);
        merge(&mut edges, &mut weights, duplicates)?;
        let hypergraph = Hypergraph::from_edge_rows(n_nodes, edges);
        Self::new(hypergraph).with_incidence_weights(weights)
    }

    /// Builds a hypergraph from a dense table as [`Hypergraph::from_table`] does, with the values
    /// of the table as incidence weights.
    ///
    /// # Errors
    ///
    /// As [`Hypergraph::from_table`].
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{TableRule, WeightedHypergraph};
    ///
    /// let w = WeightedHypergraph::from_table(&[0.0, -2.0, 3.0, 1.0], 2, 2, TableRule::NonZero)?;
    /// assert_eq!(w.incidence_weights(), Some(&[3.0, -2.0, 1.0][..])); // column by column
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn from_table(
        values: &[f64],
        n_nodes: usize,
        n_edges: usize,
        rule: TableRule,
    ) -> Result<Self, HypergraphError> {
        let entries = dense_entries(values, n_nodes, n_edges, rule)?;
        let triplets = entries.map(|(v, e)| (v, e, values[v as usize * n_edges + e as usize]));
        Self::from_triplets(n_nodes, n_edges, triplets, DuplicateWeights::Refuse)
    }

    /// Builds a hypergraph from a sparse table in compressed row form (rows are nodes), with its
    /// values as incidence weights. See [`Hypergraph::from_csr`].
    ///
    /// # Errors
    ///
    /// As [`Hypergraph::from_csr`] and [`from_triplets`](Self::from_triplets);
    /// [`LengthMismatch`](HypergraphError::LengthMismatch) unless there is one value per index.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{DuplicateWeights, WeightedHypergraph};
    ///
    /// let (offsets, columns, values) = ([0, 2, 3], [1, 0, 0], [5.0, 1.0, 2.0]);
    /// let sum = DuplicateWeights::Sum;
    /// let w = WeightedHypergraph::from_csr(2, &offsets, &columns, &values, sum)?;
    /// assert_eq!(w.incidence_weight(0, 1), Some(5.0));
    /// let dual = WeightedHypergraph::from_csc(2, &offsets, &columns, &values, sum)?;
    /// assert_eq!(dual, w.dual());
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn from_csr(
        n_edges: usize,
        offsets: &[usize],
        columns: &[u32],
        values: &[f64],
        duplicates: DuplicateWeights,
    ) -> Result<Self, HypergraphError> {
        let n_nodes = check_offsets(offsets, columns.len(), "nodes")?;
        check_values(columns, values)?;
        let triplets = sparse_entries(offsets, columns)
            .zip(values)
            .map(|((v, e), &w)| (v, e, w));
        Self::from_triplets(n_nodes, n_edges, triplets, duplicates)
    }

    /// Builds a hypergraph from a sparse table in compressed column form (columns are hyperedges),
    /// with its values as incidence weights. See [`Hypergraph::from_csc`].
    ///
    /// # Errors
    ///
    /// As [`from_csr`](Self::from_csr).
    pub fn from_csc(
        n_nodes: usize,
        offsets: &[usize],
        rows: &[u32],
        values: &[f64],
        duplicates: DuplicateWeights,
    ) -> Result<Self, HypergraphError> {
        let n_edges = check_offsets(offsets, rows.len(), "hyperedges")?;
        check_values(rows, values)?;
        let triplets = sparse_entries(offsets, rows)
            .zip(values)
            .map(|((e, v), &w)| (v, e, w));
        Self::from_triplets(n_nodes, n_edges, triplets, duplicates)
    }
}

/// Merges equal neighbours in each row of `edges`, and their weights by the rule.
fn merge(
    edges: &mut Csr,
    weights: &mut Vec<f64>,
    rule: DuplicateWeights,
) -> Result<(), HypergraphError> {
    if rule == DuplicateWeights::Refuse {
        let twice = |(a, b): &((u32, u32), (u32, u32))| a == b;
        if let Some(((edge, node), _)) = edges.pairs().zip(edges.pairs().skip(1)).find(twice) {
            return Err(HypergraphError::DuplicateIncidence { node, edge });
        }
        return Ok(());
    }
    edges.merge_duplicates_with(|read, kept| match kept {
        Kept::At(write) => weights[write] = weights[read],
        Kept::MergedInto(write) => {
            weights[write] = combine(weights[write], weights[read], rule);
        }
    });
    weights.truncate(edges.len());
    weights.shrink_to_fit();
    Ok(())
}

fn combine(before: f64, next: f64, rule: DuplicateWeights) -> f64 {
    match rule {
        DuplicateWeights::Sum => before + next,
        DuplicateWeights::First | DuplicateWeights::Refuse => before,
        DuplicateWeights::Last => next,
        DuplicateWeights::Max => before.max(next),
    }
}

fn check_finite(index: usize, value: f64) -> Result<(), HypergraphError> {
    if value.is_finite() {
        return Ok(());
    }
    Err(HypergraphError::NonFiniteWeight {
        what: "incidence",
        index,
        value,
    })
}

fn check_values(indices: &[u32], values: &[f64]) -> Result<(), HypergraphError> {
    if indices.len() == values.len() {
        return Ok(());
    }
    Err(HypergraphError::LengthMismatch {
        what: "indices and values of a sparse table",
        left: indices.len(),
        right: values.len(),
    })
}

//! A hypergraph with weights on nodes, hyperedges and incidences.

use std::borrow::Cow;

use super::build::{Chunks, check_incidence};
use super::csr::{Csr, Kept};
use super::hypergraph::Hypergraph;
use super::restrict::{Emptied, Restriction};
use super::tables::{TableRule, check_offsets, dense_entries, sparse_entries};
use crate::checks::{check_count, check_finite_weights, check_length, check_sums};
use crate::error::HypergraphError;

/// A [`Hypergraph`] with optional weights on its nodes, hyperedges and incidences.
///
/// # Conventions
///
/// - A weight is a finite number, of any sign; 0 is a weight, not an absence. An algorithm that
///   needs more (no negative ones, say) checks it and says so.
/// - Weights never given are 1. [`node_weights`](Self::node_weights) and its like are `None` then;
///   [`node_weights_or_ones`](Self::node_weights_or_ones) and its like fill in the ones.
/// - Incidence weights are in the order of [`Hypergraph::incidences`]: hyperedge by hyperedge,
///   nodes ascending; those of one hyperedge are at [`Hypergraph::incidence_range`].
/// - Nothing ties the three together: an incidence weight does not contain its hyperedge's.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{Hypergraph, WeightedHypergraph};
///
/// let h = Hypergraph::from_edges(3, &[vec![0, 1], vec![1, 2]])?;
/// let w = WeightedHypergraph::new(h)
///     .with_edge_weights(vec![2.0, 0.5])?
///     .with_incidence_weights(vec![1.0, 3.0, 4.0, 1.0])?;
/// assert_eq!(w.incidence_weight(1, 1), Some(4.0));
/// assert_eq!(w.weighted_degrees()?, [2.0, 8.0, 0.5]);
/// assert_eq!(w.node_weights(), None);
/// assert_eq!(&w.node_weights_or_ones()[..], &[1.0; 3]);
/// assert_eq!(w.dual().node_weights(), Some(&[2.0, 0.5][..]));
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Weighted", into = "Weighted"))]
pub struct WeightedHypergraph {
    hypergraph: Hypergraph,
    node_weights: Option<Vec<f64>>,
    edge_weights: Option<Vec<f64>>,
    incidence_weights: Option<Vec<f64>>,
}

impl From<Hypergraph> for WeightedHypergraph {
    fn from(hypergraph: Hypergraph) -> Self {
        Self::new(hypergraph)
    }
}

impl WeightedHypergraph {
    /// A hypergraph in which every weight is 1.
    pub fn new(hypergraph: Hypergraph) -> Self {
        Self {
            hypergraph,
            node_weights: None,
            edge_weights: None,
            incidence_weights: None,
        }
    }

    /// Sets the weights of the nodes.
    ///
    /// # Errors
    ///
    /// [`LengthMismatch`](HypergraphError::LengthMismatch) unless there is one for each;
    /// [`NonFiniteWeight`](HypergraphError::NonFiniteWeight) for the first NaN or infinity.
    pub fn with_node_weights(mut self, weights: Vec<f64>) -> Result<Self, HypergraphError> {
        check_finite_weights("node", "node weights", &weights, self.hypergraph.n_nodes())?;
        self.node_weights = Some(weights);
        Ok(self)
    }

    /// Sets the weights of the hyperedges.
    ///
    /// # Errors
    ///
    /// As [`with_node_weights`](Self::with_node_weights).
    pub fn with_edge_weights(mut self, weights: Vec<f64>) -> Result<Self, HypergraphError> {
        let n_edges = self.hypergraph.n_edges();
        check_finite_weights("hyperedge", "hyperedge weights", &weights, n_edges)?;
        self.edge_weights = Some(weights);
        Ok(self)
    }

    /// Sets the weights of the incidences, in the order of [`Hypergraph::incidences`].
    ///
    /// # Errors
    ///
    /// As [`with_node_weights`](Self::with_node_weights).
    pub fn with_incidence_weights(mut self, weights: Vec<f64>) -> Result<Self, HypergraphError> {
        let len = self.hypergraph.n_incidences();
        check_finite_weights("incidence", "incidence weights", &weights, len)?;
        self.incidence_weights = Some(weights);
        Ok(self)
    }

    /// The hypergraph without its weights.
    pub fn hypergraph(&self) -> &Hypergraph {
        &self.hypergraph
    }

    /// The hypergraph alone; the weights are dropped.
    pub fn into_hypergraph(self) -> Hypergraph {
        self.hypergraph
    }

    /// The weights of the nodes, if given.
    pub fn node_weights(&self) -> Option<&[f64]> {
        self.node_weights.as_deref()
    }

    /// The weights of the hyperedges, if given.
    pub fn edge_weights(&self) -> Option<&[f64]> {
        self.edge_weights.as_deref()
    }

    /// The weights of the incidences, if given, in the order of [`Hypergraph::incidences`].
    pub fn incidence_weights(&self) -> Option<&[f64]> {
        self.incidence_weights.as_deref()
    }

    /// The weights of the nodes, ones if none were given.
    pub fn node_weights_or_ones(&self) -> Cow<'_, [f64]> {
        or_ones(self.node_weights(), self.hypergraph.n_nodes())
    }

    /// The weights of the hyperedges, ones if none were given.
    pub fn edge_weights_or_ones(&self) -> Cow<'_, [f64]> {
        or_ones(self.edge_weights(), self.hypergraph.n_edges())
    }

    /// The weights of the incidences, ones if none were given.
    pub fn incidence_weights_or_ones(&self) -> Cow<'_, [f64]> {
        or_ones(self.incidence_weights(), self.hypergraph.n_incidences())
    }

    /// The weight of one node.
    ///
    /// # Panics
    ///
    /// Unless `node` is below the number of nodes.
    pub fn node_weight(&self, node: usize) -> f64 {
        assert!(node < self.hypergraph.n_nodes(), "node {node}");
        self.node_weights.as_ref().map_or(1.0, |w| w[node])
    }

    /// The weight of one hyperedge.
    ///
    /// # Panics
    ///
    /// Unless `edge` is below the number of hyperedges.
    pub fn edge_weight(&self, edge: usize) -> f64 {
        assert!(edge < self.hypergraph.n_edges(), "hyperedge {edge}");
        self.edge_weights.as_ref().map_or(1.0, |w| w[edge])
    }

    /// The weight of one incidence; `None` where the node is not in the hyperedge.
    ///
    /// # Panics
    ///
    /// Unless `edge` is below the number of hyperedges.
    ///
    /// # Complexity
    ///
    /// O(log size).
    pub fn incidence_weight(&self, node: u32, edge: usize) -> Option<f64> {
        let at = self.hypergraph.incidence_index(node, edge)?;
        let weights = self.incidence_weights.as_ref();
        Some(weights.map_or(1.0, |w| w[at]))
    }
}

fn or_ones(weights: Option<&[f64]>, len: usize) -> Cow<'_, [f64]> {
    weights.map_or_else(|| Cow::Owned(vec![1.0; len]), Cow::Borrowed)
}

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
    /// use convlens_hypergraph::{WeightedHypergraph, structure::DuplicateWeights};
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
    /// use convlens_hypergraph::{WeightedHypergraph, structure::TableRule};
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
    /// use convlens_hypergraph::{WeightedHypergraph, structure::DuplicateWeights};
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
        check_length(INDICES_AND_VALUES, columns.len(), values.len())?;
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
        check_length(INDICES_AND_VALUES, rows.len(), values.len())?;
        let triplets = sparse_entries(offsets, rows)
            .zip(values)
            .map(|((e, v), &w)| (v, e, w));
        Self::from_triplets(n_nodes, n_edges, triplets, duplicates)
    }
}

const INDICES_AND_VALUES: &str = "indices and values of a sparse table";

/// Merges equal neighbors in each row of `edges`, and their weights by the rule.
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

impl WeightedHypergraph {
    /// The dual: nodes and hyperedges change places with their weights, and incidences keep theirs
    /// in the dual's order. An involution.
    ///
    /// # Complexity
    ///
    /// O(nodes + hyperedges + incidences).
    #[must_use]
    pub fn dual(&self) -> Self {
        let h = &self.hypergraph;
        let transposed = |w: &Vec<f64>| h.dual_weights(w);
        Self {
            hypergraph: h.dual(),
            node_weights: self.edge_weights.clone(),
            edge_weights: self.node_weights.clone(),
            incidence_weights: self.incidence_weights.as_ref().map(transposed),
        }
    }

    /// As [`Hypergraph::restrict_to_nodes`](crate::Hypergraph::restrict_to_nodes); what is kept
    /// keeps its weights.
    ///
    /// # Errors
    ///
    /// As [`Hypergraph::restrict_to_nodes`](crate::Hypergraph::restrict_to_nodes).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{Hypergraph, WeightedHypergraph, structure::Emptied};
    ///
    /// let h = Hypergraph::from_edges(3, &[vec![0, 1], vec![0, 2]])?;
    /// let w = WeightedHypergraph::new(h).with_incidence_weights(vec![1.0, 2.0, 3.0, 4.0])?;
    /// let r = w.restrict_to_nodes(&[1, 2], Emptied::Keep)?;
    /// assert_eq!(r.hypergraph.incidence_weights(), Some(&[2.0, 4.0][..]));
    /// let r = w.restrict_to_edges(&[1], Emptied::DropEmpty)?;
    /// assert_eq!(r.hypergraph.incidence_weights(), Some(&[3.0, 4.0][..]));
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn restrict_to_nodes(
        &self,
        nodes: &[u32],
        emptied: Emptied,
    ) -> Result<Restriction<Self>, HypergraphError> {
        let restriction = self.hypergraph.restrict_to_nodes(nodes, emptied)?;
        Ok(self.carry(restriction))
    }

    /// As [`Hypergraph::restrict_to_edges`](crate::Hypergraph::restrict_to_edges); what is kept
    /// keeps its weights.
    ///
    /// # Errors
    ///
    /// As [`Hypergraph::restrict_to_edges`](crate::Hypergraph::restrict_to_edges).
    pub fn restrict_to_edges(
        &self,
        edges: &[u32],
        emptied: Emptied,
    ) -> Result<Restriction<Self>, HypergraphError> {
        let restriction = self.hypergraph.restrict_to_edges(edges, emptied)?;
        Ok(self.carry(restriction))
    }

    /// The weights of what a restriction of this hypergraph kept.
    fn carry(&self, restriction: Restriction) -> Restriction<Self> {
        let Restriction {
            hypergraph,
            nodes,
            edges,
        } = restriction;
        let pick = |w: &Vec<f64>, kept: &[u32]| kept.iter().map(|&i| w[i as usize]).collect();
        let incidences = |w: &Vec<f64>| {
            let mut picked = Vec::with_capacity(hypergraph.n_incidences());
            for (new, &old) in edges.iter().enumerate() {
                let mut old_nodes = self.hypergraph.edge(old as usize).iter();
                let mut position = self.hypergraph.incidence_range(old as usize);
                for &v in hypergraph.edge(new) {
                    // Both ascend, and the new ones are among the old ones.
                    let v = nodes[v as usize];
                    let here = old_nodes
                        .by_ref()
                        .zip(&mut position)
                        .find(|(u, _)| **u == v);
                    picked.extend(here.map(|(_, p)| w[p]));
                }
            }
            picked
        };
        let weighted = Self {
            node_weights: self.node_weights.as_ref().map(|w| pick(w, &nodes)),
            edge_weights: self.edge_weights.as_ref().map(|w| pick(w, &edges)),
            incidence_weights: self.incidence_weights.as_ref().map(incidences),
            hypergraph,
        };
        Restriction {
            hypergraph: weighted,
            nodes,
            edges,
        }
    }
}

impl Hypergraph {
    /// Weights of incidences in the order of the dual's: node by node.
    pub(crate) fn dual_weights(&self, weights: &[f64]) -> Vec<f64> {
        self.edges.transpose_values(self.n_nodes(), weights)
    }
}

impl WeightedHypergraph {
    /// The weighted degree of each node v: the sum of w(e) b(v, e) over its hyperedges e, with
    /// hyperedge weights w and incidence weights b (Zhou, Huang and Schölkopf 2006, "Learning with
    /// hypergraphs", section 2, where b is 0 or 1).
    ///
    /// # Errors
    ///
    /// [`WeightOverflow`](HypergraphError::WeightOverflow) for the first node whose sum is not
    /// finite.
    ///
    /// # Complexity
    ///
    /// O(nodes + incidences), summed in the order of the hyperedges.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{Hypergraph, WeightedHypergraph};
    ///
    /// let h = Hypergraph::from_edges(2, &[vec![0, 1], vec![1]])?;
    /// let w = WeightedHypergraph::new(h).with_edge_weights(vec![3.0, 0.5])?;
    /// assert_eq!(w.weighted_degrees()?, [3.0, 3.5]);
    /// assert_eq!(w.weighted_sizes()?, [2.0, 1.0]); // no node weights: the plain sizes
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn weighted_degrees(&self) -> Result<Vec<f64>, HypergraphError> {
        let mut sums = vec![0.0; self.hypergraph.n_nodes()];
        let weights = self.incidence_weights();
        for (i, (v, e)) in self.hypergraph.incidences().enumerate() {
            let weight = weights.map_or(1.0, |w| w[i]);
            sums[v as usize] += weight * self.edge_weight(e as usize);
        }
        check_sums("node", sums)
    }

    /// The weighted size of each hyperedge e: the sum of w(v) b(v, e) over its nodes v, with node
    /// weights w and incidence weights b. It is the weighted degree in the dual; without node
    /// weights, the hyperedge degree of Zhou, Huang and Schölkopf 2006.
    ///
    /// # Errors
    ///
    /// [`WeightOverflow`](HypergraphError::WeightOverflow) for the first hyperedge whose sum is not
    /// finite.
    ///
    /// # Complexity
    ///
    /// O(hyperedges + incidences), summed in the order of the nodes.
    pub fn weighted_sizes(&self) -> Result<Vec<f64>, HypergraphError> {
        let mut sums = vec![0.0; self.hypergraph.n_edges()];
        let weights = self.incidence_weights();
        for (i, (v, e)) in self.hypergraph.incidences().enumerate() {
            let weight = weights.map_or(1.0, |w| w[i]);
            sums[e as usize] += weight * self.node_weight(v as usize);
        }
        check_sums("hyperedge", sums)
    }
}

/// A [`WeightedHypergraph`] in a file; weights that were never given are absent.
#[cfg(feature = "serde")]
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
#[serde(rename = "WeightedHypergraph")]
struct Weighted {
    hypergraph: Hypergraph,
    #[serde(skip_serializing_if = "Option::is_none")]
    node_weights: Option<Vec<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edge_weights: Option<Vec<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incidence_weights: Option<Vec<f64>>,
}

#[cfg(feature = "serde")]
impl From<WeightedHypergraph> for Weighted {
    fn from(w: WeightedHypergraph) -> Self {
        Self {
            hypergraph: w.hypergraph,
            node_weights: w.node_weights,
            edge_weights: w.edge_weights,
            incidence_weights: w.incidence_weights,
        }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Weighted> for WeightedHypergraph {
    type Error = HypergraphError;

    fn try_from(parts: Weighted) -> Result<Self, HypergraphError> {
        let mut weighted = Self::new(parts.hypergraph);
        if let Some(weights) = parts.node_weights {
            weighted = weighted.with_node_weights(weights)?;
        }
        if let Some(weights) = parts.edge_weights {
            weighted = weighted.with_edge_weights(weights)?;
        }
        if let Some(weights) = parts.incidence_weights {
            weighted = weighted.with_incidence_weights(weights)?;
        }
        Ok(weighted)
    }
}

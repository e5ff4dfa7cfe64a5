//! Classes of equal rows, and the hypergraph that has each of them once.

use std::collections::HashMap;

use super::weighted::finite;
use super::{Emptied, Hypergraph};
use crate::HypergraphError;

/// Which of a list of things are equal: classes 0, 1, .. in the order of their first members.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Classes {
    /// The class of each thing.
    pub class_of: Vec<u32>,
    /// The first member of each class, ascending.
    pub first: Vec<u32>,
    /// How many members each class has.
    pub multiplicity: Vec<u32>,
}

impl Classes {
    /// Rows that are equal are in one class. A hash finds the candidates and a comparison of the
    /// rows decides; the hash has no say in the order.
    pub(super) fn of_rows<'a>(rows: impl Iterator<Item = &'a [u32]>) -> Self {
        let mut seen: HashMap<&[u32], u32> = HashMap::new();
        let mut classes = Self {
            class_of: Vec::with_capacity(rows.size_hint().0),
            first: Vec::new(),
            multiplicity: Vec::new(),
        };
        for (i, row) in rows.enumerate() {
            let next = classes.first.len() as u32;
            let class = *seen.entry(row).or_insert(next);
            if class == next {
                classes.first.push(i as u32);
                classes.multiplicity.push(0);
            }
            classes.multiplicity[class as usize] += 1;
            classes.class_of.push(class);
        }
        classes
    }

    /// The members of each class, ascending.
    pub fn members(&self) -> Vec<Vec<u32>> {
        let room = |&count: &u32| Vec::with_capacity(count as usize);
        let mut members: Vec<Vec<u32>> = self.multiplicity.iter().map(room).collect();
        for (i, &class) in self.class_of.iter().enumerate() {
            members[class as usize].push(i as u32);
        }
        members
    }

    /// The sum of `weights` over each class: the weights of collapsed hyperedges or nodes.
    ///
    /// # Errors
    ///
    /// [`LengthMismatch`](HypergraphError::LengthMismatch) unless there is one weight for each
    /// thing; [`WeightOverflow`](HypergraphError::WeightOverflow) if a sum is not finite.
    pub fn sums(&self, weights: &[f64]) -> Result<Vec<f64>, HypergraphError> {
        if weights.len() != self.class_of.len() {
            return Err(HypergraphError::LengthMismatch {
                what: "weights and members of classes",
                left: weights.len(),
                right: self.class_of.len(),
            });
        }
        let mut sums = vec![0.0; self.first.len()];
        for (&class, weight) in self.class_of.iter().zip(weights) {
            sums[class as usize] += weight;
        }
        finite("class", sums)
    }
}

/// A hypergraph in which equal hyperedges, or equal nodes, are one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Collapse {
    /// One hyperedge (or node) for each class, in the order of the classes.
    pub hypergraph: Hypergraph,
    /// The classes of the hyperedges (or nodes).
    pub classes: Classes,
}

impl Hypergraph {
    /// Makes one of hyperedges with the same nodes. Empty hyperedges are equal to each other.
    ///
    /// # Complexity
    ///
    /// O(nodes + hyperedges + incidences) expected.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_edges(3, &[vec![1, 2], vec![0], vec![2, 1]])?;
    /// let c = h.collapse_edges();
    /// assert_eq!(c.hypergraph, Hypergraph::from_edges(3, &[vec![1, 2], vec![0]])?);
    /// assert_eq!(c.classes.class_of, [0, 1, 0]);
    /// assert_eq!(c.classes.multiplicity, [2, 1]);
    /// assert_eq!(c.classes.members(), [vec![0, 2], vec![1]]);
    /// assert_eq!(c.classes.sums(&[1.0, 5.0, 0.5])?, [1.5, 5.0]);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    #[must_use]
    pub fn collapse_edges(&self) -> Collapse {
        let classes = Classes::of_rows(self.edges.rows());
        let hypergraph = self.keep_edges(&classes.first, Emptied::Keep).hypergraph;
        Collapse {
            hypergraph,
            classes,
        }
    }

    /// Makes one of nodes that are in the same hyperedges. Isolated nodes are equal to each other.
    ///
    /// # Complexity
    ///
    /// O(nodes + hyperedges + incidences) expected.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_edges(4, &[vec![0, 1, 2], vec![2]])?;
    /// let c = h.collapse_nodes();
    /// assert_eq!(c.hypergraph, Hypergraph::from_edges(3, &[vec![0, 1], vec![1]])?);
    /// assert_eq!(c.classes.members(), [vec![0, 1], vec![2], vec![3]]);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    #[must_use]
    pub fn collapse_nodes(&self) -> Collapse {
        let classes = Classes::of_rows(self.nodes.rows());
        let hypergraph = self.keep_nodes(&classes.first, Emptied::Keep).hypergraph;
        Collapse {
            hypergraph,
            classes,
        }
    }
}

//! The class-level hypergraph: which features a class holds.

use super::{ClassProfiles, Labels};
use crate::{Hypergraph, HypergraphError};

/// The class-level hypergraph: a class holds the features that at least a share p of its inputs
/// hold. Features are its nodes, classes its hyperedges (after Praggastis et al. 2022, who model class
/// separation by hypergraphs).
///
/// # Conventions
///
/// Classes in the order of [`Labels::classes`]; each class's features ascending. A class may hold
/// none.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{ClassFeatures, Hypergraph, Labels};
///
/// // Four inputs (nodes), three features (hyperedges).
/// let h = Hypergraph::from_edges(4, &[vec![0, 1], vec![0, 2, 3], vec![3]])?;
/// let labels = Labels::new(&[7_i64, 7, 9, 9])?;
/// let classes = ClassFeatures::new(&h, &labels, 0.5)?;
/// assert_eq!(classes.held, [vec![0, 1], vec![1, 2]]);
/// assert_eq!(classes.shared(), [[2, 1], [1, 2]]);
///
/// let class_level = classes.hypergraph()?;
/// assert_eq!(class_level.s_line_graph(1).edges.len(), 1); // the two classes share a feature
/// assert_eq!(class_level.dual().edge(1), &[0, 1]); // feature 1 is held by both
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ClassFeatures {
    /// p.
    pub share: f64,
    /// The classes, ascending.
    pub classes: Vec<i64>,
    /// Number of features.
    pub features: usize,
    /// The features that each class holds.
    pub held: Vec<Vec<u32>>,
}

impl ClassFeatures {
    /// From the hypergraph of inputs (nodes) and features (hyperedges).
    ///
    /// # Errors
    ///
    /// [`Share`](HypergraphError::Share) unless 0 < p <= 1, [`LabelCount`](HypergraphError::LabelCount)
    /// unless there is one label per node.
    ///
    /// # Complexity
    ///
    /// O(incidences + features × classes).
    pub fn new(h: &Hypergraph, labels: &Labels, share: f64) -> Result<Self, HypergraphError> {
        if !(share > 0.0 && share <= 1.0) {
            return Err(HypergraphError::Share {
                what: "share of a class's inputs",
                value: share,
            });
        }
        let profiles = ClassProfiles::new(h, labels)?;
        let held = |class| {
            let shares = profiles.profile(class).iter();
            // A count over a size is the double nearest to their quotient, as is a p such as 0.3.
            (0..)
                .zip(shares)
                .filter(|&(_, &s)| s >= share)
                .map(|(f, _)| f)
                .collect()
        };
        Ok(Self {
            share,
            classes: labels.classes().to_vec(),
            features: h.n_edges(),
            held: (0..labels.n_classes()).map(held).collect(),
        })
    }

    /// Features as nodes, classes as hyperedges. Its [`dual`](Hypergraph::dual) has classes as nodes
    /// and features as hyperedges.
    ///
    /// # Errors
    ///
    /// [`NodeOutOfRange`](HypergraphError::NodeOutOfRange) if `held` was changed to name a feature
    /// that is not there.
    pub fn hypergraph(&self) -> Result<Hypergraph, HypergraphError> {
        Hypergraph::from_edges(self.features, &self.held)
    }

    /// How many features every two classes share, class x class; on the diagonal what each holds.
    ///
    /// # Complexity
    ///
    /// O(classes² × features held).
    pub fn shared(&self) -> Vec<Vec<usize>> {
        let shared = |a: &Vec<u32>, b: &Vec<u32>| {
            let common = a.iter().filter(|f| b.binary_search(f).is_ok());
            common.count()
        };
        let row = |a| self.held.iter().map(|b| shared(a, b)).collect();
        self.held.iter().map(row).collect()
    }

    /// Jaccard similarity of the features that every two classes hold, class x class; `None` where
    /// neither holds any. [`ClassProfiles::similarity`] is the weighted form, without a p.
    ///
    /// # Complexity
    ///
    /// As [`shared`](Self::shared).
    pub fn jaccard(&self) -> Vec<Vec<Option<f64>>> {
        let shared = self.shared();
        let entry = |a: usize, b: usize| {
            let either = self.held[a].len() + self.held[b].len() - shared[a][b];
            (either > 0).then(|| shared[a][b] as f64 / either as f64)
        };
        let classes = self.held.len();
        (0..classes)
            .map(|a| (0..classes).map(|b| entry(a, b)).collect())
            .collect()
    }
}

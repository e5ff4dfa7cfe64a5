//! How well a layer's directions separate the classes.

use std::fmt;

use convlens_hypergraph::{FeatureExemplars, Separation};
use serde::{Deserialize, Serialize};

/// The directions onto which a layer's output is projected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BasisKind {
    /// The leading left singular vectors of the unfolded kernel.
    Singular,
    /// The output channels whose filters have the largest norms: what one would look at without
    /// an SVD.
    Channels,
    /// Random orthonormal directions: what any basis would give.
    Rotation,
}

impl fmt::Display for BasisKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BasisKind::Singular => "singular directions",
            BasisKind::Channels => "raw channels",
            BasisKind::Rotation => "random rotation",
        })
    }
}

/// The separation of the classes in one basis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BasisSeparation {
    /// The basis.
    pub basis: BasisKind,
    /// The measures, each with its permutation null.
    pub separation: Separation,
}

/// The separation of the classes at one layer, in three bases with the same number of directions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LayerSeparation {
    /// Directions in each basis; every direction gives two features, one for each sign.
    pub directions: usize,
    /// The singular basis, raw channels and a random rotation, in this order.
    pub bases: Vec<BasisSeparation>,
    /// The inputs that stand for each feature of the singular basis, in the order `+1, -1, +2, -2, ..` of signed
    /// directions, with the position of the maximum on the layer's output grid (none under
    /// [`Aggregation::Mean`](convlens_activations::Aggregation::Mean)). Empty if none were asked for.
    pub exemplars: Vec<FeatureExemplars>,
    /// The held-out accuracy of every random rotation, judged on the same inputs; the first is that in
    /// `bases`.
    pub rotation_accuracies: Vec<f64>,
}

impl LayerSeparation {
    /// The separation in one basis.
    #[must_use]
    pub fn basis(&self, kind: BasisKind) -> Option<&Separation> {
        self.bases
            .iter()
            .find(|b| b.basis == kind)
            .map(|b| &b.separation)
    }

    /// The basis in which held-out inputs are classified best; the first of equals.
    #[must_use]
    pub fn best(&self) -> Option<&BasisSeparation> {
        let accuracy = |b: &BasisSeparation| b.separation.accuracy.observed;
        self.bases.iter().fold(None, |best, b| match best {
            Some(top) if accuracy(b) <= accuracy(top) => best,
            _ => Some(b),
        })
    }
}

//! The signed directions that say most about the class.

use convlens::LayerAnalysis;
use convlens::hypergraph::Separation;

use crate::information::{is_spike, ranked};
use crate::number::{exact, fixed};

/// Rows that are shown.
const SHOWN: usize = 8;

/// One signed direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DirectionRow {
    /// "3+": the third singular direction, positive side.
    pub(crate) direction: String,
    pub(crate) sigma: String,
    /// Whether its singular value is past the noise threshold.
    pub(crate) spike: &'static str,
    pub(crate) members: usize,
    /// The classes that make up most of it, with their shares of the members.
    pub(crate) classes: String,
    /// Mutual information of membership and class.
    pub(crate) bits: String,
}

/// The most informative signed directions of a layer.
pub(super) fn directions(layer: &LayerAnalysis, separation: &Separation) -> Vec<DirectionRow> {
    let sigma = &layer.unfolding.singular_values;
    ranked(separation)
        .iter()
        .filter(|d| d.bits > 0.0)
        .take(SHOWN)
        .map(|d| DirectionRow {
            direction: d.name.clone(),
            sigma: sigma.get(d.rank).map_or_else(String::new, |&s| exact(s)),
            spike: match is_spike(layer, d.rank) {
                Some(true) => "spike",
                Some(false) => "bulk",
                None => "\u{2013}",
            },
            members: d.size() as usize,
            classes: d.classes(separation),
            bits: fixed(d.bits, 3),
        })
        .collect()
}

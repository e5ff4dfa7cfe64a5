//! Class separation: the hypergraph between inputs and features, measured against chance.

mod agreement;
mod analysis;
mod arrangement;
mod class_counts;
mod class_features;
mod classifier;
mod column;
mod exemplars;
mod held_out;
mod labels;
mod layers;
mod max_t;
mod mcnemar;
mod measure;
mod memberships;
mod moments;
mod observation;
mod options;
mod pairs;
mod permutation;
mod positions;
mod profiles;
mod purity;
mod ranking;
mod rule;
mod scores;
mod split;
mod table;
mod tally;

pub use analysis::Separation;
pub use class_features::ClassFeatures;
pub use exemplars::{Exemplar, ExemplarEnds, ExemplarOptions, FeatureExemplars, exemplars};
pub use held_out::{HeldOut, classify_held_out};
pub use labels::Labels;
pub use layers::separate_layers;
pub use max_t::max_t_adjusted;
pub use mcnemar::{McNemar, mcnemar};
pub use measure::{Alternative, Measure, MeasureKind, NullDraws};
pub use options::SeparationOptions;
pub use pairs::{
    ClassPair, PairCorrection, PairOptions, PairReport, SeparatingFeature, class_pairs,
};
pub use positions::SignalPositions;
pub use profiles::ClassProfiles;
pub use purity::{entropy, purity};
pub use rule::{IncidenceRule, feature_hypergraph};
pub use split::SplitOptions;
pub use table::SignalTable;

pub(crate) use class_counts::ClassCounts;
pub(crate) use split::check_fraction;

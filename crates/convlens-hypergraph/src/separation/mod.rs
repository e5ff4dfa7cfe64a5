//! Class separation: the hypergraph between inputs and features, measured against chance.
//!
//! - **In.** A [`SignalTable`] (inputs x features), [`Labels`], and an [`IncidenceRule`], which
//!   together make the [`feature_hypergraph`].
//! - **Against chance.** [`Separation`] sets six measures against a permutation null;
//!   [`separate_layers`] does so for several tables and corrects by [`max_t_adjusted`];
//!   [`class_pairs`] sets every two classes against each other; [`mcnemar`] compares two
//!   classifiers on the same inputs.
//! - **The measures alone.** [`purity`], [`entropy`], [`ClassProfiles`], [`classify_held_out`],
//!   [`modularity`](crate::modularity), [`partition`](crate::partition).
//! - **To look at.** [`exemplars`] are the inputs that stand for a feature, [`ClassFeatures`] is
//!   the hypergraph of classes.
//!
//! ```
//! use convlens_hypergraph::{
//!     IncidenceRule, Labels, Separation, SeparationOptions, SignalTable,
//! };
//!
//! // 40 inputs of two classes, one feature that is high on dogs; half of the inputs hold it.
//! let names: Vec<&str> = (0..40).map(|i| ["cat", "dog"][i % 2]).collect();
//! let values = (0..40).map(|i| f64::from(i % 2) + f64::from(i) / 100.0).collect();
//! let table = SignalTable::new(values, 40, 1)?;
//! let labels = Labels::from_names(&names)?;
//! let half = IncidenceRule::TopQuantile { fraction: 0.5 };
//! let options = SeparationOptions::default().incidence_rule(half);
//! let separation = Separation::new(&table, &labels, &options)?;
//! assert_eq!(separation.purity.p_value, 0.001); // the least of 999 permutations
//! println!("{}", separation.purity);
//! # Ok::<(), convlens_hypergraph::HypergraphError>(())
//! ```

mod analysis;
mod classifier;
mod column;
mod exemplars;
mod held_out;
pub(crate) mod labels;
mod measures;
mod null;
mod observation;
mod pair;
mod pairs;
mod rule;
pub(crate) mod table;

pub use analysis::{Separation, SeparationOptions, separate_layers};
pub use exemplars::{Exemplar, ExemplarEnds, ExemplarOptions, FeatureExemplars, exemplars};
pub use held_out::{HeldOut, McNemar, classify_held_out, mcnemar};
pub use labels::{Labels, SplitOptions};
pub use measures::{ClassFeatures, ClassProfiles, entropy, purity};
pub use null::{Alternative, Measure, MeasureKind, NullDraws, max_t_adjusted};
pub use pairs::{
    ClassPair, PairClass, PairCorrection, PairOptions, PairReport, SeparatingFeature, class_pairs,
};
pub use rule::{IncidenceRule, feature_hypergraph};
pub use table::{Feature, Sign, SignalPositions, SignalTable};

//! The tools whose digits can be asked for.

/// A tool whose conventions, and so whose digits, an option reproduces.
///
/// The defaults of this crate are the definitions of the literature; where a tool departs from
/// them, results differ. Those who need the tool's own number say so by this type. Versions are
/// those that the kept reference values were made with.
#[doc(alias = "weightwatcher")]
#[doc(alias = "powerlaw")]
#[doc(alias = "deepdataprofiler")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Compat {
    /// WeightWatcher 0.7.7.
    WeightWatcher,
    /// powerlaw 2.0.0, with `parameter_ranges={'alpha': [1, 50]}` (by default that version holds
    /// `alpha` under 3).
    Powerlaw,
    /// DeepDataProfiler 1.0, with powerlaw 1.5 (the last release before 2.0, which would hold its
    /// `alpha` under 3).
    DeepDataProfiler,
}

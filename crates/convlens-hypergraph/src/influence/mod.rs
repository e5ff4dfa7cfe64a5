//! Which features carry an input's signal: DeepDataProfiler's influence profiles.

mod incidence;
mod layer;
mod options;
mod profile;
mod rule;
mod similarity;

pub use layer::LayerInfluence;
pub use options::{InfluenceOptions, InfluenceWeights};
pub use profile::InfluenceProfile;
pub use rule::{InfluenceRule, InfluenceSize, ShareBorder};

pub(crate) use incidence::members;

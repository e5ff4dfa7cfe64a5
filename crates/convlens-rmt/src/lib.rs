#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(missing_debug_implementations)]

mod compat;
mod error;
mod esd;
mod farms;
mod law;
mod metrics;
mod mp_fit;
mod phases;
mod power_law;
mod summary;

pub use compat::Compat;
pub use error::RmtError;
pub use esd::Esd;
pub use farms::{
    ConvTreatment, Farms, FarmsOptions, FarmsOutcome, LayerMatrices, SmallMatrix, Steps, Window,
};
pub use law::{Beta, EdgeScaling, MarchenkoPastur, TracyWidom};
pub use metrics::{
    AlphaWarning, BulkMetrics, BulkOutcome, DetX, EigenvalueScale, FingerCut, FingerRule,
    LayerMetrics, MetricOptions, TailMetrics, TailOutcome,
};
pub use mp_fit::{BulkEstimator, MpFit, MpOptions, MpOutcome};
pub use phases::{Phase, PhaseEvidence, PhaseOptions, PhaseOutcome};
pub use power_law::{
    Bootstrap, Interval, KsConvention, PowerLaw, PowerLawBootstrap, PowerLawFit, PowerLawOptions,
    PowerLawOutcome,
};
pub use summary::{Average, Excluded, Exclusion, ModelSummary};

#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(missing_debug_implementations)]

mod alternatives;
mod compat;
mod denoise;
mod discrete;
mod error;
mod esd;
mod farms;
mod fitted;
mod hill;
mod law;
mod metrics;
mod mp_fit;
mod null;
mod phases;
mod power_law;
mod spacing;
mod special;
mod summary;
mod validation;
mod vectors;

pub use alternatives::{
    AlternativeLaw, AlternativeSearch, Comparison, ComparisonOptions, NestedNull, RatioTest,
    TailAlternative, TailComparison, TailVerdict,
};
pub use compat::Compat;
pub use denoise::{DenoiseOutcome, DenoiseRule, Denoised, NoiseLevel};
pub use discrete::{
    DiscreteCurvePoint, DiscretePowerLaw, DiscretePowerLawFit, DiscretePowerLawOptions,
    DiscretePowerLawOutcome,
};
pub use error::RmtError;
pub use esd::Esd;
pub use farms::{
    ConvTreatment, Farms, FarmsOptions, FarmsOutcome, LayerMatrices, SmallMatrix, Steps, Window,
};
pub use fitted::FittedSpectrum;
pub use hill::{Hill, HillOutcome, HillPoint, HillThreshold};
pub use law::{
    Beta, EdgeScaling, LargerGramLaw, MarchenkoPastur, QuarterCircle, Semicircle, SingularValueLaw,
    TracyWidom,
};
pub use metrics::{
    AlphaWarning, BulkMetrics, BulkOutcome, DetX, EigenvalueScale, FingerCut, FingerRule,
    LayerMetrics, MetricOptions, TailMetrics, TailOutcome,
};
pub use mp_fit::{BulkEstimator, KsSimulation, MpFit, MpKsTest, MpOptions, MpOutcome};
pub use null::{
    CorrelationTraps, EdgeLaw, EntryTails, GaussianEnsemble, MeanComponent, MeanTreatment,
    NullKind, NullModel, NullSpectra, RandDistance, RandDistanceConvention, rank_paired_distance,
};
pub use phases::{Phase, PhaseEvidence, PhaseOptions, PhaseOutcome};
pub use power_law::{
    Bootstrap, CurvePoint, GofOptions, GofOutcome, GofTest, Interval, IntervalMethod, KsConvention,
    PowerLaw, PowerLawBootstrap, PowerLawFit, PowerLawOptions, PowerLawOutcome, XminChoice,
};
pub use spacing::{
    RatioDistance, RatioLaw, Repeats, SpacingOptions, SpacingOutcome, SpacingRatios, SpacingVerdict,
};
pub use summary::{Average, Excluded, Exclusion, ModelSummary};
pub use validation::{
    DefinitionOutcome, DefinitionResult, DefinitionSpectrum, DefinitionValidation,
    DefinitionVerdict, NullDraw, NullResult, Sample, SampleRefusal, SpectrumDefinition,
    SpectrumStatistic, ValidationOptions,
};
pub use vectors::{
    HaarNull, PorterThomas, SetNull, VectorOutcome, VectorSetOutcome, VectorSetTest, VectorTest,
};

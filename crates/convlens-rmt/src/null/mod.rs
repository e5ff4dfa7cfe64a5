//! Noise to compare with: simulated spectra and randomised matrices.

mod distance;
pub(crate) mod ensemble;
pub(crate) mod randomize;
pub(crate) mod spectra;

pub use distance::{RandDistance, RandDistanceConvention, rank_paired_distance};
pub use ensemble::GaussianEnsemble;
pub use randomize::{EdgeLaw, EntryTails, MeanComponent, NullModel};
pub use spectra::{CorrelationTraps, Kind, MeanTreatment, NullSpectra};

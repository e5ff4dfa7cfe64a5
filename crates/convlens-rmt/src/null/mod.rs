//! Noise to compare with: simulated spectra and randomised matrices.

mod distance;
mod ensemble;
mod entries;
mod randomise;
mod spectra;
mod traps;
mod tridiagonal;

pub use distance::{RandDistance, RandDistanceConvention, rank_paired_distance};
pub use ensemble::GaussianEnsemble;
pub use entries::{EdgeLaw, EntryTails};
pub use randomise::{MeanComponent, MeanTreatment, NullKind, NullModel};
pub use spectra::NullSpectra;
pub use traps::CorrelationTraps;

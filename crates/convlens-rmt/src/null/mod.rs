//! Null models: noise to compare with: simulated spectra, and matrices whose entries are shuffled
//! or drawn anew.
//!
//! - [`NullModel`] shuffles the weights of one matrix, or draws Gaussian ones of the same variance;
//!   [`NullModel::spectra`] has the caller decompose them.
//! - [`GaussianEnsemble`] and [`NullSpectra::gaussian`] give exact spectra of noise without a
//!   matrix.
//! - [`NullSpectra::rand_distance`] says how far a spectrum is from its null,
//!   [`NullSpectra::p_value_of_largest`] whether its largest eigenvalue is past it.
//! - [`EntryTails::edge_law`] says whether the entries allow an edge law at all, and
//!   [`NullSpectra::traps`] counts eigenvalues past the edge of shuffled matrices.
//!
//! ```
//! use convlens_rmt::{GaussianEnsemble, NullSpectra};
//!
//! let nulls = NullSpectra::gaussian(60, 40, 1.0, 11, 199)?;
//! let esd = GaussianEnsemble::new(60, 40, 1.0)?.spike(3.0)?.esd(1, 0)?;
//! assert_eq!(nulls.p_value_of_largest(&esd), 1.0 / 200.0);
//! # Ok::<(), convlens_rmt::RmtError>(())
//! ```

mod distance;
pub(crate) mod ensemble;
pub(crate) mod randomize;
pub(crate) mod spectra;

pub use distance::{RandDistance, RandDistanceConvention, rank_paired_distance};
pub use ensemble::GaussianEnsemble;
pub use randomize::{EdgeLaw, EntryTails, MeanComponent, NullModel};
pub use spectra::{CorrelationTraps, Kind, MeanTreatment, NullSpectra};

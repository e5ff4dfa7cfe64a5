//! The layer as an operator on images with periodic padding: exact, by Fourier transform.
//!
//! A convolution on a periodic grid is block-diagonal in Fourier space, one small matrix (the
//! *symbol*) for each frequency.
//!
//! | task | entry point |
//! |---|---|
//! | all singular values | [`OperatorSpectrum`] |
//! | the same in bounded memory | [`OperatorSpectrum::for_each_frequency`] |
//! | the largest alone (the norm) | [`OperatorSpectrum::largest`] |
//! | the smallest alone | [`OperatorSpectrum::smallest_only`] |
//! | singular vectors, as images too | [`OperatorSvd`], [`OperatorSvd::pair`] |
//! | apply, adjoint, pseudo-inverse | [`PeriodicOperator`] |
//!
//! # Example
//! ```
//! use convlens_svd::{ConvKernel, OperatorSpectrum};
//!
//! // The second difference on 64 points has norm 4.
//! let kernel = ConvKernel::from_slice(&[-1.0, 2.0, -1.0], &[1, 1, 3])?;
//! let spectrum = OperatorSpectrum::new(&kernel, &[64])?;
//! assert_eq!(spectrum.count(), 64);
//! assert!((spectrum.norm() - 4.0).abs() < 1e-14);
//! # Ok::<(), convlens_svd::SvdError>(())
//! ```

mod apply;
mod decomposer;
mod extremes;
mod fft;
mod frequency;
mod layout;
mod source;
mod spectrum;
mod symbol;
mod taps;
mod values;
mod vectors;

pub use crate::lanes::Instructions;
pub use apply::{PeriodicOperator, PseudoInverse, PseudoInverseOptions};
pub use decomposer::FrequencySvd;
pub use extremes::ExtremeValue;
pub(crate) use extremes::{largest, two_largest};
pub(crate) use frequency::{negated, unravel};
pub(crate) use layout::{Layout, Place};
pub use source::SpectrumOptions;
pub use spectrum::{FrequencyValues, OperatorSpectrum};
pub(crate) use symbol::{Polyphase, periodic_grids, turns};
pub use vectors::{OperatorSvd, SingularPair, WavePart};

//! From the output of a layer to one number for each input and signed direction.
//!
//! A [`SignalCollector`] takes a layer's activations batch by batch, projects them onto each
//! [`Basis`] and aggregates over positions ([`Aggregation`]). The result is one [`SignedSignals`]
//! table for each basis, with [`Peaks`], the positions of maxima, where the basis records them.
//!
//! ```
//! use convlens_activations::signals::{Basis, SignalCollector};
//!
//! let channels = Basis::new(vec![1.0, 0.0, 0.0, 1.0], 2)?.with_name("channels");
//! let mut collector = SignalCollector::new(vec![channels]);
//! collector.add(&[3.0f32, -4.0], &[1, 2, 1])?; // [batch, channels, positions]
//! let table = &collector.finish()[0];
//! assert_eq!(table.basis.as_deref(), Some("channels"));
//! assert_eq!(table.values, [3.0, -3.0, -4.0, 4.0]); // each channel, and its negative
//! # Ok::<(), convlens_activations::ActivationsError>(())
//! ```

mod aggregate;
mod collector;

pub use self::aggregate::{Aggregation, Peaks};
pub use self::collector::{Basis, SignalCollector, SignedSignals};

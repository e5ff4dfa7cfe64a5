//! Which features carry an input's signal: DeepDataProfiler's influence profiles.
//!
//! A [`Rule`] picks the fewest features that carry a share of an input's influence; a [`Profile`]
//! holds them layer by layer, for inputs and for classes, and compares profiles by Jaccard
//! similarities. The rule is also an [`IncidenceRule`](crate::IncidenceRule) for the hypergraph of
//! inputs and features.
//!
//! ```
//! use convlens_hypergraph::influence;
//!
//! let options = influence::Options::channel_profiler(0.5);
//! let first = influence::Profile::of_input(&[&[3.0, 1.0]], &options)?;
//! let second = influence::Profile::of_input(&[&[1.0, 1.0]], &options)?;
//! assert_eq!((&first.layers[0].held[..], &second.layers[0].held[..]), (&[0][..], &[0, 1][..]));
//! assert_eq!(first.jaccard(&second)?, Some(0.5));
//! # Ok::<(), convlens_hypergraph::HypergraphError>(())
//! ```

mod profile;
pub(crate) mod rule;

pub use profile::{Layer, Options, Profile, Weights};
pub use rule::{Rule, ShareBorder, Size};

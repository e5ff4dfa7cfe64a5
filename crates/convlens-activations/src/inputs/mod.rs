//! Inputs for a model, with labels if there are any: arrays, images, or numbers in memory.
//!
//! - [`Inputs`] are opened from a file, a folder of images or a table ([`Inputs::open`] with
//!   [`InputOptions`]), or made from memory. [`Inputs::batches`] reads them [`Batch`] by batch.
//! - [`Preprocessing`] states how pixels become numbers: [`Resize`], crop, [`Color`], mean and
//!   deviation.
//! - [`LeftOut`] names an input that could not be used, and why; the others go on.
//!
//! ```
//! use convlens_activations::inputs::Inputs;
//!
//! let inputs = Inputs::new("two rows", &[2, 3], vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0], None)?;
//! let batch = inputs.batches(8).next().unwrap()?;
//! assert_eq!(batch.values[3..], [3.0, 4.0, 5.0]);
//! # Ok::<(), convlens_activations::ActivationsError>(())
//! ```

pub(crate) mod batch;
#[cfg(feature = "image")]
mod image;
mod labels;
#[cfg(feature = "image")]
mod listing;
mod preprocessing;
mod stream;

pub use self::batch::{Batch, LeftOut};
pub use self::preprocessing::{Color, Preprocessing, Resize};
pub use self::stream::{Batches, InputOptions, Inputs};

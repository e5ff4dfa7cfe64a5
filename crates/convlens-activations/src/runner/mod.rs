//! Runs an ONNX model over inputs, a batch at a time.
//!
//! - [`Runner::run`] collects the signals of layers: a [`Tap`] says which layer and onto which
//!   bases; the result is [`Activations`]. [`RunOptions`] sets batch size and aggregation.
//! - [`Runner::tap_values`] passes any value of the graph to a closure ([`TappedValues`]), and
//!   `Runner::write_values` writes it to a NumPy archive ([`WrittenValues`]).
//!
//! ```no_run
//! use convlens_activations::inputs::{InputOptions, Inputs};
//! use convlens_activations::runner::{RunOptions, Runner};
//! use convlens_model::Model;
//!
//! let runner = Runner::new(&Model::open("model.onnx")?)?;
//! let inputs = Inputs::open("inputs.npz", &InputOptions::default())?;
//! let names = runner.value_names(&["/conv1/*".to_owned()])?;
//! runner.write_values(&inputs, &names, "conv1.npz", &RunOptions::default(), &mut |_| ())?;
//! # Ok::<(), convlens_activations::ActivationsError>(())
//! ```

mod engine;
mod signals;
mod values;

pub use self::engine::{RunOptions, Runner};
pub use self::signals::{Activations, Tap};
pub use self::values::{TappedValues, WrittenValues};

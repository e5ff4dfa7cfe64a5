//! The model and images that come with the program; see `demo/README.md` for what they are.

use anyhow::Result;
use convlens::activations::Inputs;
use convlens::model::{Format, Model, Npz};

const MODEL: &[u8] = include_bytes!("../../demo/digits.onnx");
const IMAGES: &[u8] = include_bytes!("../../demo/digits-heldout.npz");

pub(super) fn load() -> Result<(Model, Inputs)> {
    let model = Model::from_bytes("digits.onnx", Format::Onnx, MODEL)?;
    let inputs = Inputs::from_archive(Npz::from_bytes("digits-heldout.npz", IMAGES)?)?;
    Ok((model, inputs))
}

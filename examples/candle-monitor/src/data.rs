//! The digits: 1,347 images to train on, and the 450 of convlens's demo to watch.

use std::path::Path;

use anyhow::Result;
use candle_core::{Device, Tensor};
use convlens::activations::{InputOptions, Inputs};

/// Images `[n, 1, 8, 8]` with pixels from 0 to 1, and their labels.
pub struct Digits {
    pub images: Tensor,
    pub labels: Vec<i64>,
}

impl Digits {
    /// The images to train on; their pixels are kept as 0 to 16.
    pub fn training() -> Result<Digits> {
        Digits::read("data/digits-train.npz", 16.0)
    }

    /// The images that are watched.
    pub fn held_out() -> Result<Digits> {
        Digits::read("../../crates/convlens-cli/demo/digits-heldout.npz", 1.0)
    }

    fn read(file: &str, white: f64) -> Result<Digits> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let inputs = Inputs::open(path, &InputOptions::default())?;
        let mut values = Vec::new();
        for batch in inputs.batches(256) {
            values.extend(batch?.values);
        }
        let images = Tensor::from_vec(values, inputs.shape(), &Device::Cpu)?;
        Ok(Digits {
            images: (images / white)?,
            labels: inputs.labels().unwrap_or_default().to_vec(),
        })
    }

    /// The labels as candle's loss takes them.
    pub fn targets(&self) -> Result<Tensor> {
        let labels: Vec<u32> = self.labels.iter().map(|&l| l as u32).collect();
        Ok(Tensor::new(labels, &Device::Cpu)?)
    }
}

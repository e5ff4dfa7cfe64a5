//! The network, in plain candle: three convolutions and a dense layer.

use anyhow::Result;
use candle_core::{DType, Device, Tensor, Var};
use candle_nn::{Conv2d, Conv2dConfig, Linear, Module, VarMap};
use rand::RngExt;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Two convolutions at 8 x 8, one of stride 2 to 4 x 4, and the ten classes.
pub struct Network {
    pub variables: VarMap,
    pub conv1: Conv2d,
    pub conv2: Conv2d,
    pub conv3: Conv2d,
    pub dense: Linear,
}

/// What every layer gives for a batch, before any nonlinearity.
pub struct Outputs {
    pub conv1: Tensor,
    pub conv2: Tensor,
    pub conv3: Tensor,
    pub dense: Tensor,
}

impl Network {
    /// Random weights from a seed, as PyTorch draws them: uniform up to
    /// `1 / sqrt(inputs of a unit)`.
    pub fn new(seed: u64) -> Result<Network> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let variables = VarMap::new();
        let mut draw = |name: &str, shape: &[usize], fan_in: usize| -> Result<Tensor> {
            let bound = 1.0 / (fan_in as f32).sqrt();
            let count = shape.iter().product();
            let values: Vec<f32> = (0..count)
                .map(|_| rng.random_range(-bound..bound))
                .collect();
            let var = Var::from_tensor(&Tensor::from_vec(values, shape, &Device::Cpu)?)?;
            let tensor = var.as_tensor().clone();
            let mut all = variables.data().lock().expect("no other thread draws");
            all.insert(name.to_owned(), var);
            Ok(tensor)
        };
        let mut conv = |name: &str, from: usize, to: usize, stride: usize| -> Result<Conv2d> {
            let weight = draw(&format!("{name}.weight"), &[to, from, 3, 3], 9 * from)?;
            let bias = draw(&format!("{name}.bias"), &[to], 9 * from)?;
            let config = Conv2dConfig {
                padding: 1,
                stride,
                ..Conv2dConfig::default()
            };
            Ok(Conv2d::new(weight, Some(bias), config))
        };
        let (conv1, conv2, conv3) = (
            conv("conv1", 1, 16, 1)?,
            conv("conv2", 16, 32, 1)?,
            conv("conv3", 32, 32, 2)?,
        );
        let weight = draw("dense.weight", &[10, 512], 512)?;
        let bias = draw("dense.bias", &[10], 512)?;
        Ok(Network {
            conv1,
            conv2,
            conv3,
            dense: Linear::new(weight, Some(bias)),
            variables,
        })
    }

    /// All outputs for images `[n, 1, 8, 8]`.
    pub fn forward(&self, images: &Tensor) -> Result<Outputs> {
        let conv1 = self.conv1.forward(images)?;
        let conv2 = self.conv2.forward(&conv1.relu()?)?;
        let conv3 = self.conv3.forward(&conv2.relu()?)?;
        let dense = self.dense.forward(&conv3.relu()?.flatten_from(1)?)?;
        Ok(Outputs {
            conv1,
            conv2,
            conv3,
            dense,
        })
    }

    /// The share of images whose label is the largest output.
    pub fn accuracy(&self, images: &Tensor, labels: &[i64]) -> Result<f64> {
        let best = self
            .forward(images)?
            .dense
            .argmax(1)?
            .to_dtype(DType::I64)?;
        let pairs = best.to_vec1::<i64>()?.into_iter().zip(labels);
        let right = pairs.filter(|(found, label)| found == *label).count();
        Ok(right as f64 / labels.len() as f64)
    }
}

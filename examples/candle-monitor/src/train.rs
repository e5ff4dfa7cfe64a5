//! Training, with a look at the layers before the first epoch and after each.

use anyhow::Result;
use candle_core::Tensor;
use candle_nn::{AdamW, Optimizer, loss};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::data::Digits;
use crate::network::Network;
use crate::watch::{LayerReport, watch};

const BATCH: usize = 32;
const RATE: f64 = 0.002;

/// The network after an epoch; epoch 0 is before any training.
#[derive(Debug, Clone, PartialEq)]
pub struct Epoch {
    pub number: usize,
    /// Mean loss over the epoch's batches; NaN before the first.
    pub loss: f64,
    /// The share of held-out images that the network gets right.
    pub accuracy: f64,
    pub layers: Vec<LayerReport>,
}

/// Trains for some epochs and shows each as it ends. The seed decides weights and order: the same
/// numbers on every run.
pub fn train(epochs: usize, seed: u64, show: &mut dyn FnMut(&Epoch)) -> Result<Vec<Epoch>> {
    let (training, held_out) = (Digits::training()?, Digits::held_out()?);
    let targets = training.targets()?;
    let network = Network::new(seed)?;
    let mut optimizer = AdamW::new_lr(network.variables.all_vars(), RATE)?;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut order: Vec<u32> = (0..training.labels.len() as u32).collect();
    let mut found = Vec::new();
    for number in 0..=epochs {
        let mut losses = Vec::new();
        if number > 0 {
            order.shuffle(&mut rng);
            for batch in order.chunks(BATCH) {
                let batch = Tensor::new(batch, training.images.device())?;
                let images = training.images.index_select(&batch, 0)?;
                let outputs = network.forward(&images)?.dense;
                let loss = loss::cross_entropy(&outputs, &targets.index_select(&batch, 0)?)?;
                optimizer.backward_step(&loss)?;
                losses.push(f64::from(loss.to_scalar::<f32>()?));
            }
        }
        let epoch = Epoch {
            number,
            loss: losses.iter().sum::<f64>() / losses.len() as f64,
            accuracy: network.accuracy(&held_out.images, &held_out.labels)?,
            layers: watch(&network, &held_out)?,
        };
        show(&epoch);
        found.push(epoch);
    }
    Ok(found)
}

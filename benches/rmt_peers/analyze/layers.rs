//! The layers of a model, and their weights.

use anyhow::Result;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal};

/// A layer's weights, single precision in double.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) shape: Vec<usize>,
    pub(super) weights: Vec<f64>,
}

/// The 20 layers with weights of a ResNet-20 for CIFAR, with He-normal entries and one direction
/// planted in each at 3 times the detection threshold.
pub(super) fn resnet20(seed: u64) -> Result<Vec<Layer>> {
    let mut shapes = vec![vec![16, 3, 3, 3]];
    for (from, to) in [(16, 16), (16, 32), (32, 64)] {
        shapes.push(vec![to, from, 3, 3]);
        shapes.extend(vec![vec![to, to, 3, 3]; 5]);
    }
    shapes.push(vec![10, 64]);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    shapes
        .into_iter()
        .map(|shape| {
            let inputs: usize = shape[1..].iter().product();
            let sigma = (2.0 / inputs as f64).sqrt();
            let law = Normal::new(0.0, sigma)?;
            let mut weights: Vec<f64> = (0..shape[0] * inputs)
                .map(|_| law.sample(&mut rng))
                .collect();
            weights[0] += 3.0 * sigma * ((shape[0] * inputs) as f64).powf(0.25);
            for weight in &mut weights {
                *weight = f64::from(*weight as f32);
            }
            Ok(Layer { shape, weights })
        })
        .collect()
}

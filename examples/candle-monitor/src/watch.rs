//! What convlens needs of a network, and what it reports of its layers.

use anyhow::Result;
use candle_core::Tensor;
use convlens::monitor::WatchedLayer;
use convlens::svd::{ConvKernel, Geometry};
use convlens::{LayerAnalysis, Monitor, Settings};

use crate::data::Digits;
use crate::network::Network;

/// One layer at one moment of the training.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerReport {
    pub name: String,
    /// The largest singular value of the unfolded weights.
    pub norm: f64,
    /// The exponent of the spectrum's tail; `None` where there is not enough of one.
    pub alpha: Option<f64>,
    /// Singular values above what noise gives.
    pub spikes: Option<usize>,
    /// The share of held-out images that the leading directions classify.
    pub separation: f64,
    /// The chance that shuffled labels do as well.
    pub p_value: f64,
}

/// Looks at all layers: their weights, and their outputs on some images.
pub fn watch(network: &Network, images: &Digits) -> Result<Vec<LayerReport>> {
    // What is not shown is not computed: no interval of the exponent, no norm of the operator.
    let settings = Settings::default()
        .permutations(99)
        .bootstrap_replicates(0)
        .operator_budget(0.0);
    let mut monitor = Monitor::new(&settings)?;
    let plane = |stride| {
        Geometry::new(2)
            .with_stride(&[stride, stride])
            .with_padding(&[(1, 1), (1, 1)])
    };
    let layers = [
        (
            "conv1",
            network.conv1.weight(),
            network.conv1.bias(),
            plane(1),
        ),
        (
            "conv2",
            network.conv2.weight(),
            network.conv2.bias(),
            plane(1),
        ),
        (
            "conv3",
            network.conv3.weight(),
            network.conv3.bias(),
            plane(2),
        ),
        (
            "dense",
            network.dense.weight(),
            network.dense.bias(),
            Geometry::new(0),
        ),
    ];
    let mut ids = Vec::new();
    for (name, weight, bias, geometry) in layers {
        let weights = numbers(weight)?.into_iter().map(f64::from).collect();
        let kernel = ConvKernel::new(weights, weight.dims(), geometry)?;
        let bias: Option<Vec<f64>> = match bias {
            Some(bias) => Some(numbers(bias)?.into_iter().map(f64::from).collect()),
            None => None,
        };
        let mut layer = WatchedLayer::new(&kernel);
        if let Some(bias) = &bias {
            layer = layer.bias(bias);
        }
        ids.push(monitor.layer(name, layer)?);
    }
    let count = images.labels.len();
    for from in (0..count).step_by(64) {
        let batch = images.images.narrow(0, from, 64.min(count - from))?;
        let outputs = network.forward(&batch)?;
        let outputs = [outputs.conv1, outputs.conv2, outputs.conv3, outputs.dense];
        for (&layer, output) in ids.iter().zip(&outputs) {
            monitor.add(layer, &numbers(output)?, output.dims())?;
        }
    }
    let analysis = monitor.finish(&images.labels)?;
    Ok(analysis.layers.iter().map(report).collect())
}

fn numbers(tensor: &Tensor) -> Result<Vec<f32>> {
    Ok(tensor.flatten_all()?.to_vec1::<f32>()?)
}

fn report(layer: &LayerAnalysis) -> LayerReport {
    let statistics = layer.statistics.value();
    let separation = layer.separation.value();
    let accuracy = separation.map(|s| &s.bases.singular.accuracy);
    LayerReport {
        name: layer.name.clone(),
        norm: layer
            .unfolding
            .singular_values
            .first()
            .copied()
            .unwrap_or(0.0),
        alpha: statistics.and_then(|s| Some(s.power_law.value()?.alpha)),
        spikes: statistics.and_then(|s| Some(s.marchenko_pastur.value()?.spikes)),
        separation: accuracy.map_or(f64::NAN, |a| a.observed),
        p_value: accuracy.map_or(f64::NAN, |a| a.p_value),
    }
}

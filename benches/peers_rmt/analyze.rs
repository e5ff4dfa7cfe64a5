//! A whole model's layers: singular values, metrics, bulk fit and randomised null, beside WeightWatcher's `analyze`.

use anyhow::{Context, Result, ensure};
use convlens_rmt::{Compat, EigenvalueScale, Esd, LayerMetrics, MetricOptions};
use convlens_svd::{ConvKernel, LayerSvd};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::process::Command;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers_rmt/analyze.py");

/// A layer's weights, single precision in double.
#[derive(Debug)]
pub(crate) struct Layer {
    shape: Vec<usize>,
    weights: Vec<f64>,
}

/// What is timed on our side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// What WeightWatcher does: slices pooled, its fits, and its random draws, of which there are 6 for a layer with under 100
    /// eigenvalues and 2 for others.
    Theirs,
    /// Our defaults: the unfolded kernel, and as many permutations of it.
    Ours,
}

/// One layer's answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) alpha: Option<f64>,
    pub(crate) spikes: Option<usize>,
    /// Spikes in the random draws: WeightWatcher's "correlation traps".
    pub(crate) random_spikes: Option<usize>,
}

/// The 20 layers with weights of a ResNet-20 for CIFAR, with He-normal entries and one direction planted in each at 3 times the
/// detection threshold.
pub(crate) fn resnet20(seed: u64) -> Result<Vec<Layer>> {
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

/// All layers in parallel on the current thread pool.
pub(crate) fn ours(layers: &[Layer], work: Work, seed: u64) -> Result<Vec<Found>> {
    layers
        .par_iter()
        .enumerate()
        .map(|(index, layer)| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(index as u64);
            layer.analyze(work, &mut rng)
        })
        .collect()
}

impl Layer {
    fn analyze(&self, work: Work, rng: &mut ChaCha8Rng) -> Result<Found> {
        let options = match (work, self.shape.len()) {
            (Work::Ours, _) => MetricOptions::default(),
            (Work::Theirs, 2) => MetricOptions::compat(Compat::WeightWatcher),
            (Work::Theirs, _) => {
                MetricOptions::compat(Compat::WeightWatcher).scale(EigenvalueScale::HalfGram)
            }
        };
        let mut matrices = self.matrices(work);
        let metrics = metrics(&matrices, &options)?;
        let replicas = if metrics.num_evals < 100 { 6 } else { 2 };
        let mut random = Vec::new();
        for _ in 0..replicas {
            for (_, _, entries) in &mut matrices {
                entries.shuffle(rng);
            }
            random.extend(spectra(&matrices)?);
        }
        let random_spikes = match work {
            // WeightWatcher pools all draws but the last, which is for `rand_distance`.
            Work::Theirs => {
                let kept = random.len() - matrices.len();
                spikes(&LayerMetrics::pooled(&random[..kept], &options)?)
            }
            Work::Ours => random
                .iter()
                .map(|esd| Ok(spikes(&LayerMetrics::new(esd, &options)?)))
                .sum::<Result<Option<usize>>>()?,
        };
        Ok(Found {
            alpha: metrics.alpha(),
            spikes: spikes(&metrics),
            random_spikes,
        })
    }

    /// Rows, columns and entries of each matrix.
    fn matrices(&self, work: Work) -> Vec<(usize, usize, Vec<f64>)> {
        let (rows, inputs) = (self.shape[0], self.shape[1]);
        let positions: usize = self.shape[2..].iter().product();
        match work {
            Work::Ours => vec![(rows, inputs * positions, self.weights.clone())],
            Work::Theirs => (0..positions)
                .map(|p| {
                    let entries = self.weights.iter().skip(p).step_by(positions).copied();
                    (rows, inputs, entries.collect())
                })
                .collect(),
        }
    }
}

fn spikes(metrics: &LayerMetrics) -> Option<usize> {
    metrics.bulk.fit().map(|bulk| bulk.num_spikes)
}

fn spectra(matrices: &[(usize, usize, Vec<f64>)]) -> Result<Vec<Esd>> {
    matrices
        .iter()
        .map(|(rows, cols, entries)| {
            let kernel = ConvKernel::from_slice(entries, &[*rows, *cols])?;
            let values = LayerSvd::singular_values_only(&kernel)?;
            Ok(Esd::from_singular_values(&values, *rows, *cols)?)
        })
        .collect()
}

fn metrics(matrices: &[(usize, usize, Vec<f64>)], options: &MetricOptions) -> Result<LayerMetrics> {
    Ok(LayerMetrics::pooled(&spectra(matrices)?, options)?)
}

#[derive(Debug, Serialize)]
struct Entry<'a> {
    shape: &'a [usize],
    file: String,
}

/// What WeightWatcher did.
#[derive(Debug, Deserialize)]
pub(crate) struct Peer {
    pub(crate) versions: String,
    pub(crate) threads: usize,
    pub(crate) seconds: Vec<f64>,
    pub(crate) alpha: Vec<f64>,
    pub(crate) num_spikes: Vec<usize>,
}

/// WeightWatcher on the same weights, `runs` times in one process.
pub(crate) fn peer(python: &Path, layers: &[Layer], runs: usize) -> Result<Peer> {
    let folder = tempfile::tempdir()?;
    let mut entries = Vec::new();
    for (index, layer) in layers.iter().enumerate() {
        let file = format!("{index}.f32");
        let bytes = layer.weights.iter().flat_map(|&w| (w as f32).to_le_bytes());
        std::fs::write(folder.path().join(&file), bytes.collect::<Vec<u8>>())?;
        entries.push(Entry {
            shape: &layer.shape,
            file,
        });
    }
    std::fs::write(
        folder.path().join("layers.json"),
        serde_json::to_vec(&entries)?,
    )?;
    let output = Command::new(python)
        .arg(SCRIPT)
        .arg(folder.path())
        .arg(runs.to_string())
        .output()
        .with_context(|| format!("{} cannot be started", python.display()))?;
    ensure!(
        output.status.success(),
        "analyze.py failed:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).context("analyze.py did not answer in JSON")
}

/// Fails unless both found the same exponents and spikes in the trained weights: the work was the same.
pub(crate) fn check_same(found: &[Found], peer: &Peer) -> Result<()> {
    ensure!(
        found.len() == peer.alpha.len(),
        "the number of layers differs"
    );
    for (index, (ours, theirs)) in found.iter().zip(&peer.alpha).enumerate() {
        let alpha = ours
            .alpha
            .with_context(|| format!("no alpha for layer {index}"))?;
        // WeightWatcher's digits, from its own singular values in double precision.
        ensure!(
            (alpha / theirs - 1.0).abs() < 1e-6,
            "alpha of layer {index} is {alpha}, WeightWatcher's {theirs}"
        );
        ensure!(
            ours.spikes == Some(peer.num_spikes[index]),
            "spikes of layer {index}: {:?}, WeightWatcher's {}",
            ours.spikes,
            peer.num_spikes[index]
        );
    }
    Ok(())
}

//! This crate's side: singular values, metrics, bulk fit and randomized nulls of each layer.

use super::layers::Layer;
use anyhow::Result;
use convlens_rmt::metrics::{self, EigenvalueScale};
use convlens_rmt::{Compat, Esd, LayerMetrics, tail};
use convlens_svd::{Accuracy, ConvKernel, LayerValues};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// What is timed on our side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// What WeightWatcher does: slices pooled, its fits, and its random draws, of which there are 6
    /// for a layer with under 100 eigenvalues and 2 for others.
    Theirs,
    /// Our defaults: the unfolded kernel, and as many permutations of it.
    Ours,
}

/// One layer's answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) alpha: Option<f64>,
    pub(super) spikes: Option<usize>,
    /// Spikes in the random draws: WeightWatcher's "correlation traps".
    pub(super) random_spikes: Option<usize>,
}

/// All layers in parallel on the current thread pool.
pub(super) fn ours(layers: &[Layer], work: Work, seed: u64) -> Result<Vec<Found>> {
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
            (Work::Ours, _) => metrics::Options::default(),
            (Work::Theirs, 2) => metrics::Options::compat(Compat::WeightWatcher),
            (Work::Theirs, _) => {
                metrics::Options::compat(Compat::WeightWatcher).scale(EigenvalueScale::HalfGram)
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
                spikes(&LayerMetrics::pooled(
                    &random[..kept],
                    &tail::Options::default(),
                    &options,
                )?)
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
    metrics.bulk.value().map(|bulk| bulk.num_spikes)
}

fn spectra(matrices: &[(usize, usize, Vec<f64>)]) -> Result<Vec<Esd>> {
    matrices
        .iter()
        .map(|(rows, cols, entries)| {
            let kernel = ConvKernel::from_slice(entries, &[*rows, *cols])?;
            let values = LayerValues::new(&kernel, Accuracy::Exact)?;
            Ok(Esd::from_singular_values(
                &values.singular_values,
                *rows,
                *cols,
            )?)
        })
        .collect()
}

fn metrics(
    matrices: &[(usize, usize, Vec<f64>)],
    options: &metrics::Options,
) -> Result<LayerMetrics> {
    Ok(LayerMetrics::pooled(
        &spectra(matrices)?,
        &tail::Options::default(),
        options,
    )?)
}

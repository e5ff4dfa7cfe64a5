//! The convolutions of ResNet-50: time and peak memory of this crate, each layer in a process of
//! its own.

use crate::layers::Layer;
use crate::ours::{OURS, Task};
use crate::{measure, memory};
use anyhow::{Context, Result, ensure};
use convlens_benches::harness::{Table, median, seconds};
use serde::{Deserialize, Serialize};
use std::process::Command;

/// Distinct shapes with the grids of 224 x 224 images, and how often each occurs (He et al., CVPR
/// 2016, table 1; the stride on the 3x3, as in torchvision).
pub(crate) const LAYERS: [(Layer, usize); 23] = [
    conv(3, 64, 7, 2, 224, 1),
    conv(64, 64, 1, 1, 56, 1),
    conv(64, 64, 3, 1, 56, 3),
    conv(64, 256, 1, 1, 56, 4),
    conv(256, 64, 1, 1, 56, 2),
    conv(256, 128, 1, 1, 56, 1),
    conv(128, 128, 3, 2, 56, 1),
    conv(128, 512, 1, 1, 28, 4),
    conv(256, 512, 1, 2, 56, 1),
    conv(512, 128, 1, 1, 28, 3),
    conv(128, 128, 3, 1, 28, 3),
    conv(512, 256, 1, 1, 28, 1),
    conv(256, 256, 3, 2, 28, 1),
    conv(256, 1024, 1, 1, 14, 6),
    conv(512, 1024, 1, 2, 28, 1),
    conv(1024, 256, 1, 1, 14, 5),
    conv(256, 256, 3, 1, 14, 5),
    conv(1024, 512, 1, 1, 14, 1),
    conv(512, 512, 3, 2, 14, 1),
    conv(512, 2048, 1, 1, 7, 3),
    conv(1024, 2048, 1, 2, 14, 1),
    conv(2048, 512, 1, 1, 7, 2),
    conv(512, 512, 3, 1, 7, 2),
];

/// How many of [`LAYERS`] are in `--quick`.
pub(crate) const QUICK: usize = 3;

const fn conv(
    c_in: usize,
    c_out: usize,
    k: usize,
    stride: usize,
    n: usize,
    count: usize,
) -> (Layer, usize) {
    let layer = Layer {
        c_out,
        c_in,
        k,
        stride,
        n,
    };
    (layer, count)
}

/// What the process of one layer answers.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Probe {
    seconds: f64,
    /// Peak during the first call, over what was resident before it (the weights among it).
    peak_kib: Option<u64>,
}

/// Runs one layer by one of [`OURS`] in this process: memory by the first call; time by the median
/// of up to five, as many as a second holds.
pub(crate) fn probe(layer: usize, ours: usize) -> Result<Probe> {
    let (layer, _) = LAYERS.get(layer).context("no such layer")?;
    let ours = OURS.get(ours).context("no such variant")?;
    let kernel = layer.kernel()?;
    memory::reset_peak();
    let before = memory::resident_kib();
    let call = || measure::time(ours, &kernel, &layer.grid(), 1).map_err(anyhow::Error::msg);
    let (first, output) = call()?;
    let peak = memory::peak_kib();
    drop(output);
    let mut times = vec![first];
    while times.len() < 5 && times.iter().sum::<f64>() < 1.0 {
        times.push(call()?.0);
    }
    times.sort_by(f64::total_cmp);
    Ok(Probe {
        seconds: median(&times),
        peak_kib: peak.zip(before).map(|(p, b)| p.saturating_sub(b)),
    })
}

/// The table, with the sum over the network; a line of progress for each layer goes to `tell`.
pub(crate) fn table(
    layers: &[(Layer, usize)],
    workers: usize,
    mut tell: impl FnMut(&str),
) -> Result<Table> {
    let mut header = vec!["layer".to_owned(), "count".to_owned()];
    for ours in OURS {
        header.extend([ours.name.to_owned(), "peak, MiB".to_owned()]);
    }
    let mut table = Table::new(header);
    let mut sums = vec![(0.0, None); OURS.len()];
    for (index, (layer, count)) in layers.iter().enumerate() {
        tell(&layer.name());
        let mut cells = vec![layer.name(), count.to_string()];
        for (which, (total, most)) in sums.iter_mut().enumerate() {
            let probe = child(index, which, workers)?;
            cells.extend([seconds(probe.seconds), mib(probe.peak_kib)]);
            *total += *count as f64 * probe.seconds;
            *most = probe.peak_kib.max(*most);
        }
        table.row(cells);
    }
    let count: usize = layers.iter().map(|(_, count)| count).sum();
    let mut cells = vec![
        "**all (time: sum; memory: most)**".to_owned(),
        count.to_string(),
    ];
    for (total, most) in sums {
        cells.extend([seconds(total), mib(most)]);
    }
    table.row(cells);
    Ok(table)
}

fn mib(kib: Option<u64>) -> String {
    kib.map_or("-".to_owned(), |kib| format!("{:.1}", kib as f64 / 1024.0))
}

fn child(layer: usize, ours: usize, workers: usize) -> Result<Probe> {
    let output = Command::new(std::env::current_exe()?)
        .args(["--probe", &layer.to_string(), &ours.to_string()])
        .env("RAYON_NUM_THREADS", workers.to_string())
        .output()?;
    let name = format!("{}, {}", LAYERS[layer].0.name(), OURS[ours].name);
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{name}: {}: {said}", output.status);
    serde_json::from_slice(&output.stdout).context(name)
}

/// The tasks that the table has a column for.
pub(crate) fn missing() -> Vec<Task> {
    let has = |task| OURS.iter().any(|ours| ours.task == task);
    Task::ALL.into_iter().filter(|&task| !has(task)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layers_are_those_of_the_network() {
        // 1 + 3 (3 + 4 + 6 + 3) + 4 projections; 23,454,912 weights, 25.6 million less 2,048,000 +
        // 1,000 of the classifier and 53,120 of batch normalization.
        let count: usize = LAYERS.iter().map(|(_, count)| count).sum();
        assert_eq!(count, 53);
        let weights = |l: &Layer| l.shape().iter().product::<usize>();
        let total: usize = LAYERS.iter().map(|(l, count)| count * weights(l)).sum();
        assert_eq!(total, 25_557_032 - 2_049_000 - 53_120);
        assert!(LAYERS.iter().all(|(l, _)| l.n.is_multiple_of(l.stride)));
    }
}

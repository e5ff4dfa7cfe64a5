//! The table of a whole model's layers, beside WeightWatcher's `analyze(mp_fit=True,
//! randomize=True)`.

mod layers;
mod ours;

use crate::SEED;
use crate::peer::Peers;
use anyhow::{Context, Result, ensure};
use convlens_benches::harness::{Table, hardware_threads, ratio, seconds, tell};
use layers::{Layer, resnet20};
use ours::{Found, Work, ours};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::hint::black_box;
use std::time::Instant;

/// Our runs are short: so many for each of WeightWatcher's.
const OUR_RUNS: usize = 5;

/// One layer for the other side.
#[derive(Debug, Serialize)]
struct Entry<'a> {
    shape: &'a [usize],
    path: std::path::PathBuf,
}

/// What WeightWatcher did.
#[derive(Debug, Deserialize)]
struct Theirs {
    threads: usize,
    seconds: Vec<f64>,
    alpha: Vec<f64>,
    num_spikes: Vec<usize>,
}

/// The layers of a ResNet-20 for CIFAR, the least time of a few runs of each side.
pub(crate) fn table(peers: &mut Peers, quick: bool) -> Result<Table> {
    let layers = resnet20(SEED)?;
    let runs = if quick { 1 } else { 3 };
    tell("a ResNet-20 by WeightWatcher, some ten seconds a run");
    let theirs = peer(peers, &layers, runs)?;
    let their_time = least(&theirs.seconds)?;
    check_same(&ours(&layers, Work::Theirs, SEED)?, &theirs)?;
    let mut table = Table::new(["what", "threads", "time", "WeightWatcher over it"]);
    table.row(vec![
        "WeightWatcher's `analyze`".to_owned(),
        theirs.threads.to_string(),
        seconds(their_time),
        "1".to_owned(),
    ]);
    for threads in [1, hardware_threads().max(1)] {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()?;
        for (name, work) in [
            (
                "convlens, the same work, same alpha and spikes",
                Work::Theirs,
            ),
            ("convlens, its defaults (unfolded kernels)", Work::Ours),
        ] {
            tell(&format!("{name}, {threads} threads"));
            let mut times = Vec::new();
            // One more to warm up.
            for run in 0..=OUR_RUNS * runs {
                let start = Instant::now();
                black_box(pool.install(|| ours(&layers, work, SEED))?);
                if run > 0 {
                    times.push(start.elapsed().as_secs_f64());
                }
            }
            let our_time = least(&times)?;
            table.row(vec![
                name.to_owned(),
                threads.to_string(),
                seconds(our_time),
                ratio(Some(their_time), Some(our_time)),
            ]);
        }
    }
    Ok(table)
}

/// WeightWatcher on the same weights, `runs` times.
fn peer(peers: &mut Peers, layers: &[Layer], runs: usize) -> Result<Theirs> {
    let entries = layers
        .iter()
        .enumerate()
        .map(|(index, layer)| {
            Ok(Entry {
                shape: &layer.shape,
                path: peers
                    .process
                    .write(&format!("{index}.f64"), &layer.weights)?,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let answer = peers
        .process
        .ask(&json!({"analyze": entries, "runs": runs}))?;
    Ok(serde_json::from_value(answer)?)
}

/// Fails unless both found the same exponents and spikes in the trained weights: the work was the
/// same.
fn check_same(found: &[Found], theirs: &Theirs) -> Result<()> {
    ensure!(
        found.len() == theirs.alpha.len(),
        "the number of layers differs"
    );
    for (index, (ours, alpha)) in found.iter().zip(&theirs.alpha).enumerate() {
        let own = ours
            .alpha
            .with_context(|| format!("no alpha for layer {index}"))?;
        // WeightWatcher's digits, from its own singular values in double precision.
        ensure!(
            (own / alpha - 1.0).abs() < 1e-6,
            "alpha of layer {index} is {own}, WeightWatcher's {alpha}"
        );
        ensure!(
            ours.spikes == Some(theirs.num_spikes[index]),
            "spikes of layer {index}: {:?}, WeightWatcher's {}",
            ours.spikes,
            theirs.num_spikes[index]
        );
    }
    Ok(())
}

fn least(seconds: &[f64]) -> Result<f64> {
    seconds.iter().copied().reduce(f64::min).context("no runs")
}

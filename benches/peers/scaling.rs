//! This crate with one thread and with two.

use crate::layers::square;
use crate::measure::time;
use crate::ours::OURS;
use anyhow::Result;
use convlens_benches::harness::{Table, median, ratio, seconds};
use rayon::{ThreadPool, ThreadPoolBuilder};

/// A pool of its own, so that nothing depends on the global one.
pub(crate) fn pool(threads: usize) -> Result<ThreadPool> {
    Ok(ThreadPoolBuilder::new().num_threads(threads).build()?)
}

/// The table; the pools take turns, after a warm-up of each.
pub(crate) fn table(channels: &[usize], repeats: usize) -> Result<Table> {
    let pools = [pool(1)?, pool(2)?];
    let mut table = Table::new(["layer", "convlens-svd", "1 thread", "2 threads", "1 over 2"]);
    for &c in channels {
        let layer = square(c, 3, 32);
        let kernel = layer.kernel()?;
        for ours in OURS {
            let mut times = [Vec::new(), Vec::new()];
            for round in 0..=repeats {
                for (pool, times) in pools.iter().zip(&mut times) {
                    let found = pool.install(|| time(ours, &kernel, &layer.grid(), 1));
                    let (seconds, _) = found.map_err(anyhow::Error::msg)?;
                    if round > 0 {
                        times.push(seconds);
                    }
                }
            }
            let [one, two] = times.map(|mut times| {
                times.sort_by(f64::total_cmp);
                median(&times)
            });
            let gain = ratio(Some(one), Some(two));
            table.row(vec![
                layer.name(),
                ours.name.into(),
                seconds(one),
                seconds(two),
                gain,
            ]);
        }
    }
    Ok(table)
}

//! What the numbers were measured on.

use crate::layers::SEED;
use crate::peer::Hello;
use std::fs;

/// The lines above the tables.
pub(crate) fn header(workers: usize, peers: Option<&Hello>) -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    });
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let mut lines = vec![
        format!(
            "- processor: {}, {cores} hardware threads",
            cpu.unwrap_or_default()
        ),
        format!("- {workers} threads for each side; kernels: Gaussian, He scale, seed {SEED}"),
    ];
    if let Some(peers) = peers {
        lines.push(format!("- peers: {}", peers.versions));
        lines.extend(
            peers
                .blas
                .iter()
                .map(|blas| format!("- peers' pools: {blas}")),
        );
    }
    lines.join("\n") + "\n"
}

/// The load average over a minute: past the threads of this run, others were at work and the ratios are not to be
/// trusted.
pub(crate) fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let first = text.split_whitespace().next().unwrap_or("unknown");
    first.to_owned()
}

//! What the numbers were measured on.

use crate::layers::SEED;
use crate::peer::Hello;
use convlens_benches::harness::{hardware_threads, processor};

/// The lines above the tables.
pub(crate) fn header(workers: usize, peers: Option<&Hello>) -> String {
    let mut lines = vec![
        format!(
            "- processor: {}, {} hardware threads",
            processor(),
            hardware_threads()
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

//! The table of Betti numbers.

use crate::peer::Peers;
use crate::s_metrics::drawn;
use anyhow::{Context, Result, ensure};
use convlens_benches::harness::{Table, median, ratio, seconds, tell};
use convlens_hypergraph::{Hypergraph, homology};
use serde_json::json;
use std::hint::black_box;
use std::time::Instant;

/// The table ends with the first hypergraph that takes the peer longer.
const PATIENCE_SECONDS: f64 = 60.0;

/// Nodes of the hypergraphs; there are three times as many hyperedges of four nodes.
const NODES: [usize; 8] = [20, 40, 60, 80, 110, 150, 200, 280];

/// Runs both sides and returns the table.
pub(crate) fn table(peers: &mut Peers, quick: bool) -> Result<Table> {
    let mut table = Table::new([
        "hypergraph",
        "Betti 0, 1, 2",
        "convlens-hypergraph",
        "hypernetx",
        "ratio",
    ]);
    for &nodes in &NODES[..if quick { 3 } else { NODES.len() }] {
        let edges = 3 * nodes;
        let h = Hypergraph::from_edges(nodes, &drawn(nodes, edges, 4))?;
        tell(&format!("homology, {nodes} nodes"));
        peers.load(&h)?;
        if nodes == NODES[0] {
            peers.run("hypernetx", "homology", 0, 1)?;
        }
        let theirs = peers.run("hypernetx", "homology", 0, 1)?;
        let (ours, betti) = ours(&h)?;
        ensure!(
            theirs.found == json!(betti[1..]),
            "{} is not {betti:?}",
            theirs.found
        );
        table.row(vec![
            format!("{nodes} nodes, {edges} hyperedges of 4"),
            format!("{}, {}, {}", betti[0], betti[1], betti[2]),
            seconds(ours),
            seconds(theirs.least),
            ratio(Some(theirs.least), Some(ours)),
        ]);
        if theirs.least > PATIENCE_SECONDS {
            break;
        }
    }
    Ok(table)
}

/// The median seconds, and the Betti numbers.
fn ours(h: &Hypergraph) -> Result<(f64, Vec<usize>)> {
    let options = homology::Options::default();
    let mut times = Vec::new();
    let mut found = None;
    for _ in 0..5 {
        let start = Instant::now();
        let outcome = black_box(h).homology(&options)?;
        times.push(start.elapsed().as_secs_f64());
        found = outcome.into_value();
    }
    times.sort_by(f64::total_cmp);
    Ok((median(&times), found.context("within the budget")?.betti))
}

//! The table of construction, s-line graphs, s-components and s-betweenness.

use crate::SEED;
use crate::peer::Peers;
use anyhow::{Context, Result, bail, ensure};
use convlens_benches::harness::{Table, ratio, seconds, tell};
use convlens_hypergraph::{Hypergraph, HypergraphError, walks};
use rand::SeedableRng;
use rand::seq::index::sample;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::hint::black_box;
use std::time::Instant;

const N_NODES: usize = 2000;
const N_EDGES: usize = 500;
const SIZE: usize = 60;
/// Calls of ours; the least time counts, on both sides.
const OUR_RUNS: usize = 30;
/// A peer's runs end after about this long.
const PEER_SECONDS: f64 = 6.0;

/// What is timed, and under which s.
const TASKS: [(&str, usize); 7] = [
    ("construction", 0),
    ("line_graph", 2),
    ("line_graph", 4),
    ("components", 2),
    ("components", 4),
    ("betweenness", 2),
    ("betweenness", 4),
];

/// `edges` hyperedges of `size` different nodes each, drawn uniformly.
pub(crate) fn drawn(nodes: usize, edges: usize, size: usize) -> Vec<Vec<u32>> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    (0..edges)
        .map(|_| {
            let nodes = sample(&mut rng, nodes, size);
            nodes.iter().map(|v| v as u32).collect()
        })
        .collect()
}

/// The least seconds of a call, and what was found.
fn ours(task: &str, s: usize, edges: &[Vec<u32>], h: &Hypergraph) -> Result<(f64, Value)> {
    Ok(match task {
        "construction" => {
            let (time, built) = least(|| Hypergraph::from_edges(N_NODES, black_box(edges)));
            let built = built?;
            let met = (0..built.n_nodes()).filter(|&v| built.degree(v) > 0);
            (time, json!([met.count(), built.n_edges()]))
        }
        "line_graph" => {
            let (time, line) = least(|| black_box(h).s_line_graph(s));
            let pairs: Vec<_> = line?.edges.iter().map(|e| [e.a, e.b]).collect();
            (time, json!(pairs))
        }
        "components" => {
            let (time, components) = least(|| black_box(h).s_components(s));
            (time, json!(components?))
        }
        "betweenness" => {
            let (time, values) = least(|| {
                let walks = black_box(h).s_walks(s)?;
                Ok::<_, HypergraphError>(walks.betweenness(walks::Normalization::HyperNetX))
            });
            (time, json!(values?))
        }
        other => bail!("no task {other}"),
    })
}

fn least<T>(mut call: impl FnMut() -> T) -> (f64, T) {
    let mut found = call();
    let mut time = f64::INFINITY;
    for _ in 0..OUR_RUNS {
        let start = Instant::now();
        found = call();
        time = time.min(start.elapsed().as_secs_f64());
    }
    (time, found)
}

/// Runs all tasks and returns the table.
pub(crate) fn table(peers: &mut Peers, quick: bool) -> Result<Table> {
    let edges = drawn(N_NODES, N_EDGES, SIZE);
    let h = Hypergraph::from_edges(N_NODES, &edges)?;
    peers.load(&h)?;
    let names = ["hypernetx", "xgi"];
    let mut header = vec!["task", "s", "convlens-hypergraph"];
    for name in names {
        header.extend([name, "ratio"]);
    }
    let mut table = Table::new(header);
    for (task, s) in TASKS {
        tell(&format!("{task}, s = {s}"));
        let (time, found) = ours(task, s, &edges, &h)?;
        let mut cells = vec![task.to_owned(), s.to_string(), seconds(time)];
        let offered = peers.of(task);
        for name in names {
            if !offered.iter().any(|o| o == name) {
                cells.extend(["-".to_owned(), "-".to_owned()]);
                continue;
            }
            let mut timed = peers.run(name, task, s, 1)?;
            let again = ((PEER_SECONDS / timed.least) as usize).min(10);
            if again > 0 && !quick {
                let next = peers.run(name, task, s, again)?;
                timed.least = timed.least.min(next.least);
            }
            agree(task, &found, &timed.found, s, &h)
                .with_context(|| format!("{task} by {name}, s = {s}"))?;
            cells.extend([seconds(timed.least), ratio(Some(timed.least), Some(time))]);
        }
        table.row(cells);
    }
    ensure!(!table.is_empty(), "no task was run");
    Ok(table)
}

/// Same sets, and the same numbers to 1e-9.
fn agree(task: &str, ours: &Value, theirs: &Value, s: usize, h: &Hypergraph) -> Result<()> {
    if task != "betweenness" {
        // The peers keep hyperedges with fewer than s nodes, alone; here none is that small.
        ensure!((0..h.n_edges()).all(|e| h.size(e) >= s));
        ensure!(ours == theirs, "another result");
        return Ok(());
    }
    let ours: Vec<f64> = serde_json::from_value(ours.clone())?;
    let theirs: Vec<f64> = serde_json::from_value(theirs.clone())?;
    ensure!(ours.len() == theirs.len());
    let off = ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs());
    let off = off.fold(0.0, f64::max);
    ensure!(off < 1e-9, "off by {off:.1e}");
    Ok(())
}

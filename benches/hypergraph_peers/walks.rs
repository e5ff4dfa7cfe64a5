//! The table of construction, s-line graphs and s-walk measures.

use crate::SEED;
use crate::peer::{PeerVariant, Peers};
use anyhow::{Result, ensure};
use convlens_benches::harness::{Table, median, ratio, seconds, tell};
use convlens_hypergraph::{BetweennessScale, Hypergraph};
use rand::SeedableRng;
use rand::seq::index::sample;
use rand_chacha::ChaCha8Rng;
use std::hint::black_box;
use std::time::Instant;

/// A run of ours repeats calls until about this long has passed.
const RUN_SECONDS: f64 = 0.05;

/// What is timed.
#[derive(Debug, Clone, Copy)]
struct Task {
    /// As the peers know it.
    name: &'static str,
    s: usize,
    ours: fn(&Ready, usize) -> Vec<f64>,
}

/// Both forms of the hypergraph, since building is a task.
pub(crate) struct Ready {
    nodes: usize,
    pub(crate) edges: Vec<Vec<u32>>,
    pub(crate) h: Hypergraph,
}

const fn task(name: &'static str, s: usize, ours: fn(&Ready, usize) -> Vec<f64>) -> Task {
    Task { name, s, ours }
}

const TASKS: [Task; 7] = [
    task("build", 0, build),
    task("line graph", 2, line_graph),
    task("line graph", 4, line_graph),
    task("components", 2, components),
    task("components", 4, components),
    task("betweenness", 2, betweenness),
    task("betweenness", 4, betweenness),
];

fn build(ready: &Ready, _: usize) -> Vec<f64> {
    let built = Hypergraph::from_edges(ready.nodes, &ready.edges);
    vec![built.map_or(f64::NAN, |h| h.n_edges() as f64)]
}

fn line_graph(ready: &Ready, s: usize) -> Vec<f64> {
    vec![ready.h.s_line_graph(s).edges.len() as f64]
}

/// The peers count hyperedges with fewer than s nodes as components of their own.
fn components(ready: &Ready, s: usize) -> Vec<f64> {
    let small = (0..ready.h.n_edges()).filter(|&e| ready.h.size(e) < s);
    vec![(ready.h.s_components(s).len() + small.count()) as f64]
}

fn betweenness(ready: &Ready, s: usize) -> Vec<f64> {
    ready.h.s_walks(s).betweenness(BetweennessScale::Share)
}

/// `edges` hyperedges of `size` different nodes each, drawn uniformly.
pub(crate) fn uniform(nodes: usize, edges: usize, size: usize) -> Result<Ready> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let edges: Vec<Vec<u32>> = (0..edges)
        .map(|_| {
            let drawn = sample(&mut rng, nodes, size);
            let mut drawn: Vec<u32> = drawn.iter().map(|v| v as u32).collect();
            drawn.sort_unstable();
            drawn
        })
        .collect();
    let h = Hypergraph::from_edges(nodes, &edges)?;
    Ok(Ready { nodes, edges, h })
}

/// Runs all tasks, by turns within each, and returns the table.
pub(crate) fn table(peers: &mut Peers, quick: bool) -> Result<Table> {
    let header = [
        "hypergraph",
        "task",
        "convlens",
        "peer",
        "its time",
        "ratio",
        "spread of the ratio",
    ];
    let mut table = Table::new(header);
    let sizes: &[(usize, usize, usize)] = match quick {
        true => &[(2_000, 500, 60)],
        false => &[(2_000, 500, 60), (2_000, 1_000, 20)],
    };
    for &(nodes, edges, size) in sizes {
        let ready = uniform(nodes, edges, size)?;
        peers.load(nodes, &ready.edges)?;
        let name = format!("{nodes} nodes, {edges} hyperedges of {size}");
        for task in TASKS {
            tell(&format!("{name}: {} s = {}", task.name, task.s));
            for row in rows(peers, &ready, task, if quick { 3 } else { 5 })? {
                let mut cells = vec![name.clone()];
                cells.extend(row);
                table.row(cells);
            }
        }
    }
    Ok(table)
}

fn rows(peers: &mut Peers, ready: &Ready, task: Task, rounds: usize) -> Result<Vec<Vec<String>>> {
    let variants: Vec<PeerVariant> = peers
        .hello
        .variants
        .iter()
        .filter(|v| v.task == task.name)
        .cloned()
        .collect();
    let found = (task.ours)(ready, task.s);
    let first = time(ready, task, 1);
    let loops = (RUN_SECONDS / first).clamp(1.0, 1000.0) as usize;
    let mut ours = Vec::new();
    let mut theirs = vec![Vec::new(); variants.len()];
    for variant in &variants {
        // The warm-up, and the check that both did the same.
        let timed = peers.run(variant, task.s)?;
        ensure!(
            timed.found.len() == found.len(),
            "{}: other lengths",
            task.name
        );
        for (a, b) in found.iter().zip(&timed.found) {
            ensure!(
                (a - b).abs() <= 1e-9 * (1.0 + b.abs()),
                "{}: {a} is not {b}",
                task.name
            );
        }
    }
    for _ in 0..rounds {
        ours.push(time(ready, task, loops));
        for (variant, theirs) in variants.iter().zip(&mut theirs) {
            theirs.push(peers.run(variant, task.s)?.seconds);
        }
    }
    let ratios = |theirs: &[f64]| {
        let mut ratios: Vec<f64> = ours.iter().zip(theirs).map(|(o, t)| t / o).collect();
        ratios.sort_by(f64::total_cmp);
        format!("{:.0} to {:.0}", ratios[0], ratios[ratios.len() - 1])
    };
    let spreads: Vec<String> = theirs.iter().map(|t| ratios(t)).collect();
    let middle = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        median(times)
    };
    let mine = middle(&mut ours.clone());
    let label = match task.s {
        0 => task.name.to_owned(),
        s => format!("{}, s = {s}", task.name),
    };
    Ok(variants
        .iter()
        .zip(&mut theirs)
        .zip(spreads)
        .map(|((variant, theirs), spread)| {
            let time = middle(theirs);
            vec![
                label.clone(),
                seconds(mine),
                variant.name.clone(),
                seconds(time),
                ratio(Some(time), Some(mine)),
                spread,
            ]
        })
        .collect())
}

/// Mean seconds of one call.
fn time(ready: &Ready, task: Task, loops: usize) -> f64 {
    let start = Instant::now();
    for _ in 0..loops {
        black_box((task.ours)(black_box(ready), task.s));
    }
    start.elapsed().as_secs_f64() / loops as f64
}

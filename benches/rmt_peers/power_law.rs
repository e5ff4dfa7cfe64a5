//! The table of power-law fits.

use crate::SEED;
use crate::peer::Peers;
use anyhow::{Context, Result, ensure};
use convlens_benches::harness::{Table, median, ratio, seconds, tell};
use convlens_rmt::{
    Compat, PowerLaw,
    tail::{self, Bootstrap},
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal};
use std::hint::black_box;
use std::time::Instant;

/// A run repeats calls until about this long has passed.
const RUN_SECONDS: f64 = 0.05;
/// The time that the runs of one variant may take together: fewer runs where one takes longer.
const VARIANT_SECONDS: f64 = 60.0;

/// One row of the table.
struct Task {
    name: &'static str,
    /// Number of values on our side, and on the peers'.
    sizes: (usize, usize),
    /// The peers' time counts so many times: as many fits are compared with one call of ours.
    fits: f64,
    bootstrap: Option<usize>,
    quick: bool,
}

const TASKS: [Task; 6] = [
    task("fit, 512 values", (512, 512), true),
    task("fit, 2,048 values", (2048, 2048), true),
    task("fit, 10,000 values", (10_000, 10_000), false),
    task(
        "fit, 1,000,000 values; peers: 10,000",
        (1_000_000, 10_000),
        false,
    ),
    Task {
        bootstrap: Some(1000),
        fits: 10.0,
        ..task(
            "bootstrap, 1,000 replicates of 512 values; peers: ten fits",
            (512, 512),
            true,
        )
    },
    Task {
        bootstrap: Some(1000),
        ..task(
            "bootstrap, 1,000 replicates of 2,048 values; peers: one fit",
            (2048, 2048),
            false,
        )
    },
];

const fn task(name: &'static str, sizes: (usize, usize), quick: bool) -> Task {
    Task {
        name,
        sizes,
        fits: 1.0,
        bootstrap: None,
        quick,
    }
}

/// A lognormal body under a Pareto tail with one value in five: a search for `xmin` with somewhere
/// to go.
fn heavy_tail(n: usize) -> Result<Vec<f64>> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let body = LogNormal::new(-1.0, 0.7)?;
    let mut values = PowerLaw::new(3.0, 1.0)?.sample(n / 5, SEED);
    values.extend((n / 5..n).map(|_| body.sample(&mut rng)));
    Ok(values)
}

/// A pure power law: every tail of it fits, the hard case of an exact search.
fn pareto(n: usize) -> Result<Vec<f64>> {
    Ok(PowerLaw::new(3.0, 1.0)?.sample(n, SEED))
}

/// Seconds of every run.
struct Lane {
    name: String,
    loops: usize,
    runs: usize,
    seconds: Vec<f64>,
    alpha: f64,
}

impl Lane {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            loops: 1,
            runs: 0,
            seconds: Vec::new(),
            alpha: f64::NAN,
        }
    }

    /// Plans the runs from the first, which is the warm-up unless it alone takes all the time there
    /// is.
    fn plan(&mut self, first: f64, repeats: usize) {
        self.loops = (RUN_SECONDS / first).clamp(1.0, 1000.0) as usize;
        match ((VARIANT_SECONDS / first) as usize).min(repeats) {
            0 => self.seconds.push(first),
            runs => self.runs = runs,
        }
    }

    fn median(&mut self) -> f64 {
        self.seconds.sort_by(f64::total_cmp);
        median(&self.seconds)
    }
}

fn ours(values: &[f64], options: &tail::Options, loops: usize) -> Result<(f64, tail::Fit)> {
    let start = Instant::now();
    let mut outcome = PowerLaw::fit(black_box(values), options);
    for _ in 1..loops {
        outcome = PowerLaw::fit(black_box(values), options);
    }
    let seconds = start.elapsed().as_secs_f64() / loops as f64;
    let fit = outcome?.value().cloned().context("no fit")?;
    Ok((seconds, fit))
}

/// Runs all tasks, by turns within each, and returns the table.
pub(crate) fn table(peers: &mut Peers, quick: bool) -> Result<Table> {
    let mut header = vec!["values", "task", "convlens-rmt", "time"];
    let names: Vec<String> = peers
        .hello
        .variants
        .iter()
        .filter(|v| v.mode == "power_law")
        .map(|v| v.name.clone())
        .collect();
    for name in &names {
        header.extend(["time", name]);
    }
    header.push("alpha: ours less theirs");
    let mut table = Table::new(header.iter().map(|h| (*h).to_owned()));
    for task in TASKS.iter().filter(|task| task.quick || !quick) {
        for (kind, make) in [
            ("body and tail", heavy_tail as fn(usize) -> Result<Vec<f64>>),
            ("Pareto", pareto),
        ] {
            tell(&format!("{}, {kind}", task.name));
            let repeats = if quick { 3 } else { 5 };
            for row in rows(
                peers,
                task,
                kind,
                (&make(task.sizes.0)?, &make(task.sizes.1)?),
                &names,
                repeats,
            )? {
                table.row(row);
            }
        }
    }
    ensure!(!table.is_empty(), "no task was run");
    Ok(table)
}

fn rows(
    peers: &mut Peers,
    task: &Task,
    kind: &str,
    (own_values, peer_values): (&[f64], &[f64]),
    names: &[String],
    repeats: usize,
) -> Result<Vec<Vec<String>>> {
    let boot = |options: tail::Options| match task.bootstrap {
        Some(replicates) => options.bootstrap(Bootstrap::new(SEED).replicates(replicates)),
        None => options,
    };
    let variants = [
        ("default", boot(tail::Options::default())),
        (
            "Compat::WeightWatcher",
            boot(tail::Options::compat(Compat::WeightWatcher)),
        ),
        (
            "Compat::Powerlaw",
            boot(tail::Options::compat(Compat::Powerlaw)),
        ),
    ];
    peers.load(peer_values)?;
    let mut own: Vec<Lane> = variants.iter().map(|v| Lane::new(v.0)).collect();
    let mut theirs: Vec<Lane> = names.iter().map(|name| Lane::new(name)).collect();
    for round in 0..=repeats {
        for (lane, (_, options)) in own.iter_mut().zip(&variants) {
            if round == 0 || round <= lane.runs {
                let (seconds, fit) = ours(own_values, options, lane.loops)?;
                lane.alpha = fit.alpha;
                turn(lane, round, seconds, repeats);
            }
        }
        for lane in &mut theirs {
            if round == 0 || round <= lane.runs {
                let timed = peers.run(&lane.name, lane.loops)?;
                lane.alpha = timed.alpha;
                turn(lane, round, timed.seconds, repeats);
            }
        }
    }
    let medians: Vec<f64> = theirs.iter_mut().map(Lane::median).collect();
    let mut rows = Vec::new();
    for lane in &mut own {
        let time = lane.median();
        let mut cells = vec![
            kind.to_owned(),
            task.name.to_owned(),
            lane.name.clone(),
            seconds(time),
        ];
        for &peer in &medians {
            let peer = peer * task.fits;
            cells.extend([seconds(peer), ratio(Some(peer), Some(time))]);
        }
        let same = task.sizes.0 == task.sizes.1;
        let matching = theirs
            .iter()
            .find(|t| lane.name.to_lowercase().ends_with(&t.name));
        cells.push(match matching.filter(|_| same) {
            Some(peer) => {
                let off = (lane.alpha - peer.alpha).abs();
                ensure!(
                    off < 1e-6,
                    "{}, {kind}: alpha is off by {off:.1e}",
                    lane.name
                );
                format!("{off:.1e}")
            }
            None => "-".to_owned(),
        });
        rows.push(cells);
    }
    Ok(rows)
}

/// The warm-up plans, later rounds count.
fn turn(lane: &mut Lane, round: usize, seconds: f64, repeats: usize) {
    match round {
        0 => lane.plan(seconds, repeats),
        _ => lane.seconds.push(seconds),
    }
}

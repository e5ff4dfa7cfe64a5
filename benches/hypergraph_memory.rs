//! Prints, as Markdown, how long building a hypergraph of 10^7 incidences takes and how much memory
//! it needs at its peak.
//!
//! ```sh
//! cargo run --release -p convlens-benches --bin hypergraph-memory
//! ```
//!
//! Linux only: peaks are `VmHWM` of `/proc/self/status`, less what was resident before the case
//! (its input, if the caller keeps it, is resident before). Each case runs in a process of its own,
//! so that memory freed by one does not serve the next. An argument is the number of incidences;
//! the default is 10 000 000.
#![expect(clippy::print_stdout, reason = "the table is its output")]

use std::error::Error;
use std::process::Command;
use std::time::Instant;
use std::{env, fs};

use convlens_hypergraph::{
    Hypergraph, HypergraphError, WeightedHypergraph, structure::DuplicateWeights,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const SEED: u64 = 3;

/// Name of a case, and how many incidences there are for each node and each hyperedge.
const CASES: [(&str, usize); 8] = [
    ("incidences drawn on the fly", 100),
    ("incidences drawn on the fly", 10),
    ("a vector of incidences, consumed", 100),
    ("a vector of incidences, consumed", 10),
    ("hyperedges as lists, kept", 100),
    ("compressed rows, kept", 100),
    ("weighted triplets drawn on the fly", 100),
    ("a vector of weighted triplets, consumed", 100),
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [incidences, case] = &arguments[..] {
        return measure(incidences.parse()?, case.parse()?);
    }
    let incidences = arguments.first().map_or("10000000", String::as_str);
    println!(
        "| input | incidences per node and hyperedge | seconds | peak bytes per incidence | kept |"
    );
    println!("|---|---|---|---|---|");
    for case in 0..CASES.len() {
        let child = Command::new(env::current_exe()?)
            .args([incidences, &case.to_string()])
            .output()?;
        if !child.status.success() {
            return Err(String::from_utf8_lossy(&child.stderr).into());
        }
        print!("{}", String::from_utf8_lossy(&child.stdout));
    }
    Ok(())
}

/// Builds one case and prints its row.
fn measure(len: usize, case: usize) -> Result<(), Box<dyn Error>> {
    let (name, ratio) = CASES[case];
    let n = (len / ratio).max(1);
    let pairs = || {
        let mut rng = ChaCha8Rng::seed_from_u64(SEED);
        let mut draw = move || rng.random_range(0..n as u32);
        (0..len).map(move |_| (draw(), draw()))
    };
    let triplets = || pairs().map(|(v, e)| (v, e, 1.0));
    let sum = DuplicateWeights::Sum;
    let before = status("VmRSS:")?;
    // A consumed input counts, so the memory before it is the baseline.
    let row = match case {
        0 | 1 => watch(before, || Hypergraph::from_incidences(n, n, pairs()))?,
        2 | 3 => {
            let list: Vec<(u32, u32)> = pairs().collect();
            watch(before, || Hypergraph::from_incidences(n, n, list))?
        }
        4 => {
            let lists = lists(n, pairs().map(|(v, e)| (e, v)));
            watch(status("VmRSS:")?, || Hypergraph::from_edges(n, &lists))?
        }
        5 => {
            let lists = lists(n, pairs());
            let ends = lists.iter().scan(0, |end, list| {
                *end += list.len();
                Some(*end)
            });
            let offsets: Vec<usize> = std::iter::once(0).chain(ends).collect();
            let columns = lists.concat();
            watch(status("VmRSS:")?, || {
                Hypergraph::from_csr(n, &offsets, &columns)
            })?
        }
        6 => watch(before, || {
            WeightedHypergraph::from_triplets(n, n, triplets(), sum)
        })?,
        _ => {
            let list: Vec<(u32, u32, f64)> = triplets().collect();
            watch(before, || {
                WeightedHypergraph::from_triplets(n, n, list, sum)
            })?
        }
    };
    println!("| {name} | {ratio} | {row}");
    Ok(())
}

/// `(list, entry)` pairs as lists.
fn lists(n: usize, pairs: impl Iterator<Item = (u32, u32)>) -> Vec<Vec<u32>> {
    let mut lists = vec![Vec::new(); n];
    pairs.for_each(|(list, entry)| lists[list as usize].push(entry));
    lists
}

/// Runs `build` and returns the rest of its row: seconds, and bytes above `before` at the peak and
/// at the end.
fn watch<H: Into<WeightedHypergraph>>(
    before: u64,
    build: impl FnOnce() -> Result<H, HypergraphError>,
) -> Result<String, Box<dyn Error>> {
    fs::write("/proc/self/clear_refs", "5")?; // the peak is what is resident now
    let clock = Instant::now();
    let built = build()?;
    let seconds = clock.elapsed().as_secs_f64();
    let (peak, kept) = (status("VmHWM:")?, status("VmRSS:")?);
    let built: WeightedHypergraph = built.into();
    let incidences = built.hypergraph().n_incidences() as f64;
    let per = |bytes: u64| bytes.saturating_sub(before) as f64 / incidences;
    Ok(format!(
        "{seconds:.2} | {:.1} | {:.1} |",
        per(peak),
        per(kept)
    ))
}

/// A size from Linux's `/proc/self/status`, in bytes.
fn status(field: &str) -> Result<u64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix(field));
    let kib = line.and_then(|line| line.split_whitespace().next());
    Ok(kib.ok_or("no such field")?.parse::<u64>()? * 1024)
}

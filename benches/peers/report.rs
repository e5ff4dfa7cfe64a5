//! The tables of one task, from what was measured.

use crate::layers::Layer;
use crate::measure::{Measured, Outcome};
use crate::ours::{Accuracy, Task};
use convlens_benches::harness::{Table, ratio, seconds};
use std::fmt::Write;

/// A layer and all that was measured on it.
pub(crate) type Row = (Layer, Vec<Measured>);

/// The section of a task: ratios first, then everything.
pub(crate) fn section(task: Task, rows: &[Row]) -> String {
    let ratios = ratios(rows);
    let mut text = format!("## {task}\n\n");
    // Writing to a string cannot fail.
    let _ = match ratios.is_empty() {
        true => writeln!(text, "This crate has no way for it yet: the peers alone.\n"),
        false => writeln!(text, "{ratios}\nEvery variant:\n"),
    };
    text + &every_variant(rows).to_string() + "\n"
}

/// The variants whose values differ by more than their bound, or that failed.
pub(crate) fn faults(rows: &[Row]) -> Vec<String> {
    let mut faults = Vec::new();
    for (layer, measured) in rows {
        for m in measured {
            let fault = match &m.outcome {
                Outcome::Timed { error: Some(e), .. } if *e > m.accuracy.bound() => {
                    format!("off by {e:.1e} sigma_max, bound {:.0e}", m.accuracy.bound())
                }
                Outcome::Failed(text) => text.clone(),
                _ => continue,
            };
            faults.push(format!("{}, {}: {fault}", layer.name(), m.name));
        }
    }
    faults
}

/// The median of the fastest variant that a test picks.
fn fastest(measured: &[Measured], pick: impl Fn(&Measured) -> bool) -> Option<f64> {
    measured
        .iter()
        .filter(|m| pick(m))
        .filter_map(Measured::median)
        .min_by(f64::total_cmp)
}

fn of(family: &'static str) -> impl Fn(&Measured) -> bool {
    move |m| m.family.as_deref() == Some(family)
}

fn direct(m: &Measured) -> bool {
    matches!(m.accuracy, Accuracy::Double | Accuracy::Single)
}

fn ratios(rows: &[Row]) -> Table {
    let mut table = Table::new([
        "layer",
        "convlens-svd",
        "time",
        "numpy, full grid (Sedghi)",
        "best numpy",
        "best torch",
        "best torch, double",
        "torch, Gram, double",
        "fastest peer of all",
        "error / sigma_max",
    ]);
    let (numpy, torch) = (of("numpy"), of("torch"));
    for (layer, measured) in rows {
        let peers = [
            fastest(measured, |m| m.name.contains("Sedghi")),
            fastest(measured, &numpy),
            fastest(measured, |m| torch(m) && direct(m)),
            fastest(measured, |m| torch(m) && m.accuracy == Accuracy::Double),
            fastest(measured, |m| torch(m) && m.accuracy == Accuracy::GramDouble),
            fastest(measured, |m| !m.is_ours()),
        ];
        for ours in measured.iter().filter(|m| m.is_ours()) {
            let own = ours.median();
            let mut cells = vec![layer.name(), ours.name.clone(), time(ours)];
            cells.extend(peers.iter().map(|&peer| ratio(peer, own)));
            cells.push(error(ours));
            table.row(cells);
        }
    }
    table
}

fn every_variant(rows: &[Row]) -> Table {
    let header = [
        "layer",
        "variant",
        "median",
        "least to most",
        "runs",
        "over ours",
        "error / sigma_max",
    ];
    let mut table = Table::new(header);
    for (layer, measured) in rows {
        let own = measured
            .iter()
            .find(|m| m.is_ours())
            .and_then(Measured::median);
        for m in measured {
            let (spread, runs) = match &m.outcome {
                Outcome::Timed { seconds: s, .. } => (
                    format!("{} to {}", seconds(s[0]), seconds(s[s.len() - 1])),
                    s.len().to_string(),
                ),
                _ => ("-".to_owned(), "0".to_owned()),
            };
            let name = match m.is_ours() {
                true => format!("**{}**", m.name),
                false => m.name.clone(),
            };
            let over = ratio(m.median(), own);
            table.row(vec![
                layer.name(),
                name,
                time(m),
                spread,
                runs,
                over,
                error(m),
            ]);
        }
    }
    table
}

fn time(measured: &Measured) -> String {
    match (&measured.outcome, measured.median()) {
        (_, Some(median)) => seconds(median),
        (Outcome::Skipped(predicted), _) => format!("skipped: about {}", seconds(*predicted)),
        _ => "failed".to_owned(),
    }
}

fn error(measured: &Measured) -> String {
    match &measured.outcome {
        Outcome::Timed { error: Some(e), .. } if *e == 0.0 => "0".to_owned(),
        Outcome::Timed { error: Some(e), .. } => format!("{e:.1e}"),
        _ => "-".to_owned(),
    }
}

//! Separation of the classes with depth.

use convlens::hypergraph::{Measure, MeasureKind, Separation};
use convlens::{BasisKind, LayerAnalysis};

use super::Figure;
use super::axis::Axis;
use super::frame::Frame;
use super::palette::{BLACK, BLUE, Dash, GREEN, Marker, ORANGE, PURPLE, SKY, Style, VERMILLION};
use crate::error::ReportError;
use crate::number::percent;

const SIZE: (u32, u32) = (560, 340);
const LARGEST_CLASS: Style = Style::line(BLACK, Dash::Dotted);

/// How a basis is drawn everywhere.
fn basis_style(basis: BasisKind) -> Style {
    match basis {
        BasisKind::Singular => Style::line(BLUE, Dash::Solid).with(Marker::Circle),
        BasisKind::Channels => Style::line(VERMILLION, Dash::Dashed).with(Marker::Square),
        _ => Style::line(GREEN, Dash::Dotted).with(Marker::Triangle),
    }
}

/// Held-out accuracy by layer in every basis, with the share of the largest class and the permutation null.
pub(crate) fn accuracy(layers: &[LayerAnalysis]) -> Result<Figure, ReportError> {
    let singular = series(layers, BasisKind::Singular);
    let band: Vec<(f64, f64, f64)> = singular
        .iter()
        .map(|&(x, s)| {
            let (mean, spread) = (s.accuracy.null_mean, 2.0 * s.accuracy.null_sd);
            (x, (mean - spread).max(0.0), (mean + spread).min(1.0))
        })
        .collect();
    // A band over one layer has a width, or it would not be seen.
    let band = match band[..] {
        [(x, low, high)] => vec![(x - 0.2, low, high), (x + 0.2, low, high)],
        _ => band,
    };
    let majority = singular.first().map(|(_, s)| s.held_out.majority_accuracy);
    let bases: Vec<(BasisKind, Vec<(f64, f64)>)> = bases(layers)
        .into_iter()
        .map(|basis| {
            let points = series(layers, basis).into_iter();
            (
                basis,
                points.map(|(x, s)| (x, s.accuracy.observed)).collect(),
            )
        })
        .collect();
    let permutations = singular.first().map_or(0, |(_, s)| s.options.permutations);
    let held_out = singular.first().map_or(0, |(_, s)| s.held_out.n_test);
    let caption = format!(
        "Share of {held_out} held-out inputs that the nearest class profile gives their own class. The band \
         is where the singular basis falls with permuted labels: mean \u{b1} 2 standard deviations of \
         {permutations} permutations."
    );
    let x = depth_axis(layers);
    let y = Axis::linear("held-out accuracy", 0.0, 1.0);
    let mut figure = Figure::new("Held-out accuracy by layer", caption, SIZE, |canvas| {
        let frame = Frame::draw(canvas, SIZE, x, y)?;
        frame.band(&band, SKY, 0.35)?;
        if let Some(share) = majority {
            frame.horizontal(share, LARGEST_CLASS)?;
        }
        for (basis, points) in bases.iter().rev() {
            frame.curve(points, basis_style(*basis))?;
            frame.points(points, basis_style(*basis), 4.2)?;
        }
        Ok(())
    })?;
    for (basis, _) in &bases {
        figure = figure.entry(basis_style(*basis), basis.to_string())?;
    }
    let figure = match majority {
        Some(share) => figure.entry(
            LARGEST_CLASS,
            format!("always naming the largest class, {}", percent(share)),
        )?,
        None => figure,
    };
    figure.area(SKY, 0.35, "permuted labels, singular directions")
}

/// The measures beside accuracy, in the singular basis, all on a scale from 0 to 1.
pub(crate) fn measures(layers: &[LayerAnalysis]) -> Result<Figure, ReportError> {
    let singular = series(layers, BasisKind::Singular);
    let mut lines = Vec::new();
    for (kind, label, style) in MEASURES {
        let values = |read: fn(&Measure) -> f64| -> Vec<(f64, f64)> {
            let points = singular.iter();
            points
                .map(|&(x, s)| (x, on_unit_scale(kind, s, read(s.measure(kind)))))
                .collect()
        };
        let (observed, null) = (values(|m| m.observed), values(|m| m.null_mean));
        lines.push((observed, null, style, label));
    }
    let all = lines
        .iter()
        .flat_map(|(points, null, ..)| points.iter().chain(null));
    let low = all.map(|p| p.1).fold(0.0, f64::min);
    let caption = "Singular directions. The weak dotted lines are the means with permuted labels, in the \
                   colour of their measure; effects and p-values stand in the layers\u{2019} sections.";
    let x = depth_axis(layers);
    let y = Axis::linear("value of the measure", low.max(-1.0), 1.0);
    let mut figure = Figure::new("Other measures of separation", caption, SIZE, |canvas| {
        let frame = Frame::draw(canvas, SIZE, x, y)?;
        for (_, null, style, _) in &lines {
            frame.curve(null, Style::line(style.colour, Dash::Dotted))?;
        }
        for (points, _, style, _) in lines.iter().rev() {
            frame.curve(points, *style)?;
            frame.points(points, *style, 4.2)?;
        }
        Ok(())
    })?;
    for (_, label, style) in MEASURES {
        figure = figure.entry(style, label)?;
    }
    Ok(figure)
}

const MEASURES: [(MeasureKind, &str, Style); 5] = [
    (
        MeasureKind::JaccardSeparation,
        "Jaccard separation of class profiles",
        Style::line(BLUE, Dash::Solid).with(Marker::Circle),
    ),
    (
        MeasureKind::Purity,
        "purity of the hyperedges",
        Style::line(PURPLE, Dash::Solid).with(Marker::Diamond),
    ),
    (
        MeasureKind::Entropy,
        "1 \u{2212} entropy of the hyperedges / entropy of the labels",
        Style::line(ORANGE, Dash::Dashed).with(Marker::Triangle),
    ),
    (
        MeasureKind::Modularity,
        "modularity of the class partition",
        Style::line(VERMILLION, Dash::Dashed).with(Marker::Square),
    ),
    (
        MeasureKind::Agreement,
        "adjusted mutual information with spectral clusters",
        Style::line(GREEN, Dash::Dashed).with(Marker::Diamond),
    ),
];

/// Entropies become the share of the labels' entropy that a hyperedge takes away.
fn on_unit_scale(kind: MeasureKind, separation: &Separation, value: f64) -> f64 {
    match kind {
        MeasureKind::Entropy if separation.label_entropy > 0.0 => {
            1.0 - value / separation.label_entropy
        }
        MeasureKind::Entropy => 0.0,
        _ => value,
    }
}

/// The layers that were measured, at their numbers.
fn series(layers: &[LayerAnalysis], basis: BasisKind) -> Vec<(f64, &Separation)> {
    let measured = layers.iter().enumerate().filter_map(|(i, layer)| {
        let separation = layer.separation.value()?.basis(basis)?;
        Some(((i + 1) as f64, separation))
    });
    measured.collect()
}

fn bases(layers: &[LayerAnalysis]) -> Vec<BasisKind> {
    let first = layers.iter().find_map(|l| l.separation.value());
    first.map_or_else(Vec::new, |s| s.bases.iter().map(|(kind, _)| kind).collect())
}

/// Names of layers where they fit side by side, their numbers otherwise.
fn depth_axis(layers: &[LayerAnalysis]) -> Axis {
    let room = (f64::from(SIZE.0) - 70.0) / layers.len().max(1) as f64;
    let fits = |name: &str| name.chars().count() as f64 * 7.0 + 6.0 <= room;
    if layers.iter().all(|l| fits(&l.name)) {
        let names: Vec<String> = layers.iter().map(|l| l.name.clone()).collect();
        Axis::names("layer, in the order of the model", &names)
    } else {
        Axis::ranks(
            "number of the layer, in the order of the model",
            layers.len(),
        )
    }
}

//! The separation of the classes: its curves with depth, and heat maps of the class profiles.

use convlens::hypergraph::{Measure, MeasureKind, Separation};
use convlens::{BasisKind, LayerAnalysis};
use plotters::style::RGBColor;

use super::canvas::{
    Align, BLACK, BLUE, Canvas, Dash, Drawn, GREEN, INK, Marker, ORANGE, PURPLE, SKY, Style,
    VERMILION,
};
use super::frame::{Axis, Frame};
use super::picture::Figure;
use crate::error::ReportError;
use crate::number::{fixed, percent};

const SIZE: (u32, u32) = (560, 340);
const LARGEST_CLASS: Style = Style::line(BLACK, Dash::Dotted);

/// How a basis is drawn everywhere.
fn basis_style(basis: BasisKind) -> Style {
    match basis {
        BasisKind::Singular => Style::line(BLUE, Dash::Solid).with(Marker::Circle),
        BasisKind::Channels => Style::line(VERMILION, Dash::Dashed).with(Marker::Square),
        _ => Style::line(GREEN, Dash::Dotted).with(Marker::Triangle),
    }
}

/// Held-out accuracy by layer in every basis, with the share of the largest class and the
/// permutation null.
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
                   color of their measure; effects and p-values stand in the layers\u{2019} sections.";
    let x = depth_axis(layers);
    let y = Axis::linear("value of the measure", low.max(-1.0), 1.0);
    let mut figure = Figure::new("Other measures of separation", caption, SIZE, |canvas| {
        let frame = Frame::draw(canvas, SIZE, x, y)?;
        for (_, null, style, _) in &lines {
            frame.curve(null, Style::line(style.color, Dash::Dotted))?;
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
        Style::line(VERMILION, Dash::Dashed).with(Marker::Square),
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

/// What a heat map shows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Heatmap {
    pub(crate) title: String,
    pub(crate) caption: String,
    /// One name for each row.
    pub(crate) rows: Vec<String>,
    /// One name for each column; an empty one is not drawn.
    pub(crate) columns: Vec<String>,
    pub(crate) row_label: String,
    pub(crate) column_label: String,
    /// Row by row; a cell without a value stays gray.
    pub(crate) cells: Vec<Vec<Option<f64>>>,
    /// What the darkest color stands for; the lightest is 0.
    pub(crate) top: f64,
    /// Whether cells also say their value.
    pub(crate) numbers: bool,
    pub(crate) size: (u32, u32),
}

const FONT: f64 = 11.5;
/// The color of the largest value; the smallest is white.
const DARK: RGBColor = RGBColor(0x08, 0x30, 0x6B);
const MIDDLE: RGBColor = RGBColor(0x56, 0xB4, 0xE9);
const NONE: RGBColor = RGBColor(0xDD, 0xDD, 0xDD);

/// Draws a heat map with a color bar.
pub(crate) fn heatmap(map: &Heatmap) -> Result<Figure, ReportError> {
    Figure::new(
        map.title.as_str(),
        map.caption.as_str(),
        map.size,
        |canvas| draw_heatmap(canvas, map),
    )
}

fn draw_heatmap(canvas: &Canvas<'_>, map: &Heatmap) -> Drawn {
    let longest = map
        .rows
        .iter()
        .map(|n| n.chars().count())
        .max()
        .unwrap_or(1);
    let left = 28.0 + 0.62 * FONT * longest as f64;
    let right = f64::from(map.size.0) - 52.0;
    let (top, bottom) = (8.0, f64::from(map.size.1) - 42.0);
    let width = (right - left) / map.columns.len().max(1) as f64;
    let height = (bottom - top) / map.rows.len().max(1) as f64;
    let font = FONT.min(height * 0.72).min(width * 0.42);
    for (r, row) in map.cells.iter().enumerate() {
        for (c, &cell) in row.iter().enumerate() {
            let a = (left + c as f64 * width, top + r as f64 * height);
            let gap = if width > 8.0 && height > 8.0 {
                0.75
            } else {
                0.0
            };
            let b = (a.0 + width - gap, a.1 + height - gap);
            let share = cell.map(|v| (v / map.top).clamp(0.0, 1.0));
            canvas.rectangle(a, b, share.map_or(NONE, shade), 1.0)?;
            if let (Some(value), Some(share), true) = (cell, share, map.numbers) {
                let ink = if share > 0.62 {
                    RGBColor(255, 255, 255)
                } else {
                    INK
                };
                let middle = ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0);
                let text = fixed(value, 2);
                let text = text.strip_prefix('0').unwrap_or(&text);
                canvas.text(text, middle, font, Align::Center, ink)?;
            }
        }
    }
    let every = (13.0 / height).ceil().max(1.0) as usize;
    for (r, name) in map.rows.iter().enumerate().step_by(every) {
        let y = top + (r as f64 + 0.5) * height;
        canvas.text(name, (left - 6.0, y), FONT, Align::Right, INK)?;
    }
    for (c, name) in map.columns.iter().enumerate() {
        if !name.is_empty() {
            let x = left + (c as f64 + 0.5) * width;
            canvas.text(name, (x, bottom + 11.0), FONT, Align::Center, INK)?;
        }
    }
    let below = ((left + right) / 2.0, bottom + 30.0);
    canvas.text(&map.column_label, below, FONT, Align::Center, INK)?;
    canvas.upward_text(&map.row_label, (11.0, (top + bottom) / 2.0), FONT, INK)?;
    color_bar(canvas, map, (right + 12.0, top), bottom)
}

fn color_bar(canvas: &Canvas<'_>, map: &Heatmap, (x, top): (f64, f64), bottom: f64) -> Drawn {
    const STEPS: usize = 24;
    let step = (bottom - top) / STEPS as f64;
    for i in 0..STEPS {
        let y = bottom - i as f64 * step;
        let share = (i as f64 + 0.5) / STEPS as f64;
        // A little overlap, or seams show.
        let end = (y - step - 0.5).max(top);
        canvas.rectangle((x, y), (x + 9.0, end), shade(share), 1.0)?;
    }
    for (share, y) in [
        (0.0, bottom - 5.0),
        (0.5, (top + bottom) / 2.0),
        (1.0, top + 5.0),
    ] {
        let text = fixed(share * map.top, 2);
        canvas.text(&text, (x + 13.0, y), 10.0, Align::Left, INK)?;
    }
    Ok(())
}

/// White over sky blue to a dark blue, darker for larger.
fn shade(share: f64) -> RGBColor {
    let mix = |a: RGBColor, b: RGBColor, t: f64| {
        let part = |a: u8, b: u8| (f64::from(a) + t * (f64::from(b) - f64::from(a))).round() as u8;
        RGBColor(part(a.0, b.0), part(a.1, b.1), part(a.2, b.2))
    };
    if share < 0.5 {
        mix(RGBColor(255, 255, 255), MIDDLE, 2.0 * share)
    } else {
        mix(MIDDLE, DARK, 2.0 * share - 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_darken_with_the_value() {
        let light =
            |c: RGBColor| 299 * u32::from(c.0) + 587 * u32::from(c.1) + 114 * u32::from(c.2);
        let steps: Vec<u32> = (0..=10)
            .map(|i| light(shade(f64::from(i) / 10.0)))
            .collect();
        assert!(steps.windows(2).all(|w| w[1] < w[0]), "{steps:?}");
    }
}

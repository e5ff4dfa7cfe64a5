//! Singular values by rank.

use convlens::rmt::MpFit;

use super::axis::Axis;
use super::frame::Frame;
use super::palette::{BLACK, BLUE, Dash, Marker, Style, VERMILLION};
use super::{Figure, thinned};
use crate::error::ReportError;
use crate::number::{level, short};

const SIZE: (u32, u32) = (440, 300);
const BULK: Style = Style::points(BLUE, Marker::Circle);
const SPIKE: Style = Style::points(VERMILLION, Marker::Triangle);
const EDGE: Style = Style::line(BLACK, Dash::Dotted);
const THRESHOLD: Style = Style::line(VERMILLION, Dash::Dashed);

/// The singular values of the unfolded kernel, descending, with the noise edge where there is one.
pub(crate) fn scree(values: &[f64], fit: Option<&MpFit>) -> Result<Figure, ReportError> {
    let largest = values.first().copied().unwrap_or(0.0);
    let smallest = values.iter().copied().rfind(|&v| v > 0.0);
    // Eigenvalues lambda = sigma^2 / N, taken back to singular values.
    let sigma = |fit: &MpFit, lambda: f64| (lambda * fit.n as f64).sqrt();
    let lines = fit.map(|f| (sigma(f, f.bulk_upper), sigma(f, f.spike_threshold)));
    let top = lines.map_or(largest, |(_, threshold)| largest.max(threshold)) * 1.05;
    let label = "singular value \u{3c3}";
    // Over three decades, small values would lie on the axis of a linear plot.
    let y = match smallest {
        Some(small) if largest / small > 1e3 => {
            Axis::log(label, (small / 1.2).max(1e-12 * largest), top)
        }
        _ => Axis::linear(label, 0.0, if top > 0.0 { top } else { 1.0 }),
    };
    let x = Axis::ranks("rank", values.len());
    let spikes = fit.map_or(0, |f| f.spikes).min(values.len());
    let points: Vec<(f64, f64)> = thinned(values.len(), 400)
        .into_iter()
        .chain(0..spikes)
        .map(|i| ((i + 1) as f64, values[i]))
        .collect();
    let (past, within): (Vec<_>, Vec<_>) = points.iter().partition(|p| p.0 <= spikes as f64);
    let caption = match fit {
        Some(f) => format!(
            "Singular values of the unfolded kernel, largest first. Those past the threshold are spikes: a \
             random matrix of this shape and variance would have any in {} of cases.",
            level(f.false_alarm_rate)
        ),
        None => "Singular values of the unfolded kernel, largest first.".to_owned(),
    };
    let figure = Figure::new("Singular values", caption, SIZE, |canvas| {
        let frame = Frame::draw(canvas, SIZE, x, y)?;
        if let Some((edge, threshold)) = lines {
            frame.horizontal(edge, EDGE)?;
            frame.horizontal(threshold, THRESHOLD)?;
        }
        let radius = if values.len() > 100 { 2.0 } else { 3.0 };
        frame.points(&within, BULK, radius)?;
        frame.points(&past, SPIKE, radius + 0.4)
    })?;
    match lines {
        None => Ok(figure),
        Some((edge, threshold)) if spikes > 0 => figure
            .entry(SPIKE, format!("spike ({spikes})"))?
            .noise(values.len() - spikes, edge, threshold),
        Some((edge, threshold)) => figure.noise(values.len(), edge, threshold),
    }
}

impl Figure {
    fn noise(self, bulk: usize, edge: f64, threshold: f64) -> Result<Self, ReportError> {
        self.entry(BULK, format!("bulk ({bulk})"))?
            .entry(
                THRESHOLD,
                format!("Tracy-Widom threshold, \u{3c3} = {}", short(threshold)),
            )?
            .entry(
                EDGE,
                format!("Marchenko-Pastur edge, \u{3c3} = {}", short(edge)),
            )
    }
}

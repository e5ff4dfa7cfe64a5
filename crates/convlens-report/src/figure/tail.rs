//! The tail of the eigenvalues on double logarithmic axes.

use convlens::rmt::{Esd, PowerLawFit};

use super::axis::Axis;
use super::frame::Frame;
use super::palette::{BLACK, BLUE, Dash, Marker, Style, VERMILLION};
use super::{Figure, thinned};
use crate::error::ReportError;
use crate::number::short;

const SIZE: (u32, u32) = (440, 300);
const DATA: Style = Style::points(BLUE, Marker::Circle);
const FIT: Style = Style::line(VERMILLION, Dash::Solid);
const XMIN: Style = Style::line(BLACK, Dash::Dotted);

/// Decades of eigenvalues that are shown at most, downwards from the largest.
const DECADES: f64 = 1e8;

/// The share of eigenvalues at or above each, with the fitted power law from its lower bound.
pub(crate) fn tail(esd: &Esd, fit: Option<&PowerLawFit>) -> Result<Figure, ReportError> {
    let values = esd.nonzero();
    let n = values.len().max(1) as f64;
    let largest = values.last().copied().unwrap_or(1.0);
    let smallest = values
        .first()
        .copied()
        .unwrap_or(1.0)
        .max(largest / DECADES);
    let points: Vec<(f64, f64)> = thinned(values.len(), 400)
        .into_iter()
        .map(|i| (values[i], (values.len() - i) as f64 / n))
        .collect();
    let x = Axis::log("eigenvalue \u{3bb}", smallest / 1.15, largest * 1.25);
    let y = Axis::log("share of eigenvalues \u{2265} \u{3bb}", 0.7 / n, 1.3);
    // The fitted survival function starts at the share of the tail.
    let line = fit.map(|f| {
        let share = f.n_tail as f64 / f.n as f64;
        let end = largest * 1.25;
        let survival = share * (end / f.xmin).powf(1.0 - f.alpha);
        // A steep line ends where it leaves the plot, not along its lower border.
        let floor = 0.7 / n;
        if survival >= floor {
            [(f.xmin, share), (end, survival)]
        } else {
            let end = f.xmin * (share / floor).powf(1.0 / (f.alpha - 1.0));
            [(f.xmin, share), (end, floor)]
        }
    });
    let zeros = match esd.m() - values.len() {
        0 => String::new(),
        zeros => format!(" {zeros} zero eigenvalues are left out."),
    };
    let caption = format!(
        "Share of the eigenvalues at or above each. A power law is a straight line of slope 1 \u{2212} \
         \u{3b1} from xₘᵢₙ on; that a line was fitted does not mean that the tail is one.{zeros}"
    );
    let figure = Figure::new("Tail of the eigenvalues", caption, SIZE, |canvas| {
        let frame = Frame::draw(canvas, SIZE, x, y)?;
        frame.points(&points, DATA, if points.len() > 100 { 2.0 } else { 2.8 })?;
        if let (Some(f), Some(line)) = (fit, &line) {
            frame.vertical(f.xmin, XMIN)?;
            frame.curve(line, FIT)?;
        }
        Ok(())
    })?;
    let figure = figure.entry(DATA, format!("eigenvalues ({})", values.len()))?;
    match fit {
        None => Ok(figure),
        Some(f) => figure
            .entry(FIT, format!("power law, \u{3b1} = {}", short(f.alpha)))?
            .entry(
                XMIN,
                format!("xₘᵢₙ = {}: {} in the tail", short(f.xmin), f.n_tail),
            ),
    }
}

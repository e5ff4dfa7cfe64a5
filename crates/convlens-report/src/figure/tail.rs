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

/// Factor of eigenvalues that are shown at most, downwards from the largest.
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
    // The last hundred lie far apart on these axes and are all shown.
    let (crowd, last) = values.split_at(values.len().saturating_sub(100));
    let points: Vec<(f64, f64)> = thinned(crowd.len(), 300)
        .into_iter()
        .chain(crowd.len()..crowd.len() + last.len())
        .map(|i| (values[i], (values.len() - i) as f64 / n))
        .collect();
    let x = Axis::log("eigenvalue \u{3bb}", smallest / 1.15, largest * 1.25);
    let y = Axis::log("share of eigenvalues \u{2265} \u{3bb}", 0.7 / n, 1.3);
    let line = fit.map(|f| survival_line(f, (x.low, x.high), y.low));
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

/// The fitted survival function as a straight line within `low..high`, down to `floor`.
fn survival_line(fit: &PowerLawFit, (low, high): (f64, f64), floor: f64) -> [(f64, f64); 2] {
    // It starts at the share of the tail.
    let share = fit.n_tail as f64 / fit.n as f64;
    let survival = |x: f64| share * (x / fit.xmin).powf(1.0 - fit.alpha);
    let start = fit.xmin.max(low);
    if survival(high) >= floor {
        return [(start, survival(start)), (high, survival(high))];
    }
    // A steep line ends where it leaves the plot, not along its lower border.
    let end = fit.xmin * (share / floor).powf(1.0 / (fit.alpha - 1.0));
    [(start, survival(start)), (end, floor)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use convlens::rmt::{PowerLaw, PowerLawOptions};

    #[test]
    fn the_line_is_the_fitted_survival_function_within_the_plot() {
        let law = PowerLaw::new(3.0, 2.0).unwrap();
        let quantile = |i: i32| law.quantile((f64::from(i) + 0.5) / 200.0).unwrap();
        let values: Vec<f64> = (0..200).map(quantile).collect();
        let outcome = PowerLaw::fit(&values, &PowerLawOptions::default()).unwrap();
        let fit = outcome.fit().unwrap();
        let share = fit.n_tail as f64 / fit.n as f64;
        let survival = |x: f64| share * (1.0 - fit.law().cdf(x));
        for (low, high, floor) in [(0.1, 30.0, 1e-9), (5.0, 30.0, 1e-9), (0.1, 1e6, 1e-3)] {
            let line = survival_line(fit, (low, high), floor);
            for (x, y) in line {
                assert!(
                    x >= low && x <= high && y >= floor * (1.0 - 1e-12),
                    "{line:?}"
                );
                // Two roundings of a power, exponent about 2.
                assert!(
                    (y / survival(x) - 1.0).abs() < 1e-9,
                    "{x} {y} {}",
                    survival(x)
                );
            }
        }
    }
}

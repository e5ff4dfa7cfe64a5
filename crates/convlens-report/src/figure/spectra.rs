//! A layer's spectra: its singular values by rank, the tail of its eigenvalues, and the quantiles
//! of its operator's spectrum.

use convlens::analysis::OperatorSummary;
use convlens::rmt::{Esd, bulk, tail};
use convlens::svd::NormBracket;

use super::canvas::{BLACK, BLUE, Dash, Marker, ORANGE, Style, VERMILION};
use super::frame::{Axis, Frame};
use super::picture::Figure;
use crate::error::ReportError;
use crate::number::{count, exact, level, short, sizes};

const SIZE: (u32, u32) = (440, 300);

const BULK: Style = Style::points(BLUE, Marker::Circle);
const SPIKE: Style = Style::points(VERMILION, Marker::Triangle);
const EDGE: Style = Style::line(BLACK, Dash::Dotted);
const THRESHOLD: Style = Style::line(VERMILION, Dash::Dashed);

/// The singular values of the unfolded kernel, descending, with the noise edge where there is one.
pub(crate) fn scree(values: &[f64], fit: Option<&bulk::Fit>) -> Result<Figure, ReportError> {
    let largest = values.first().copied().unwrap_or(0.0);
    let smallest = values.iter().copied().rfind(|&v| v > 0.0);
    // Eigenvalues lambda = sigma^2 / N, taken back to singular values.
    let sigma = |fit: &bulk::Fit, lambda: f64| (lambda * fit.n as f64).sqrt();
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

const DATA: Style = Style::points(BLUE, Marker::Circle);
const FIT: Style = Style::line(VERMILION, Dash::Solid);
const XMIN: Style = Style::line(BLACK, Dash::Dotted);

/// Factor of eigenvalues that are shown at most, downwards from the largest.
const TAIL_FACTOR: f64 = 1e8;

/// The share of eigenvalues at or above each, with the fitted power law from its lower bound.
pub(crate) fn tail(esd: &Esd, fit: Option<&tail::Fit>) -> Result<Figure, ReportError> {
    let values = esd.nonzero();
    let n = values.len().max(1) as f64;
    let largest = values.last().copied().unwrap_or(1.0);
    let smallest = values
        .first()
        .copied()
        .unwrap_or(1.0)
        .max(largest / TAIL_FACTOR);
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
fn survival_line(fit: &tail::Fit, (low, high): (f64, f64), floor: f64) -> [(f64, f64); 2] {
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

const CURVE: Style = Style::line(BLUE, Dash::Solid);
const NORM: Style = Style::line(ORANGE, Dash::Dashed);

/// Decades below the norm that are shown at most.
const OPERATOR_FACTOR: f64 = 1e8;

/// Singular values of the layer on its grid against the share of values above them.
pub(crate) fn operator(
    summary: &OperatorSummary,
    norm: Option<&NormBracket>,
) -> Result<Figure, ReportError> {
    let last = summary.quantiles.len().saturating_sub(1).max(1) as f64;
    let points: Vec<(f64, f64)> = summary
        .quantiles
        .iter()
        .enumerate()
        .map(|(i, &v)| (i as f64 / last, v))
        .collect();
    let upper = norm.map(|n| n.upper);
    let top = upper.map_or(summary.norm, |u| u.max(summary.norm)) * 1.08;
    let positive = points.iter().map(|p| p.1).filter(|&v| v > 0.0);
    let smallest = positive
        .fold(f64::INFINITY, f64::min)
        .max(top / OPERATOR_FACTOR);
    let label = "singular value of the operator";
    let logarithmic = smallest.is_finite() && summary.norm / smallest > 100.0;
    let y = if logarithmic {
        Axis::log(label, smallest / 1.2, top)
    } else {
        Axis::linear(label, 0.0, if top > 0.0 { top } else { 1.0 })
    };
    let shown: Vec<(f64, f64)> = points
        .into_iter()
        .filter(|p| !logarithmic || p.1 >= smallest)
        .collect();
    let caption = if summary.grid.is_empty() {
        format!(
            "All {} singular values of the dense layer, largest first.",
            count(summary.count)
        )
    } else {
        format!(
            "The {} singular values of the layer as a linear map on images of its grid ({}), under periodic \
             padding, largest first.",
            count(summary.count),
            sizes(&summary.grid)
        )
    };
    let x = Axis::linear("share of the singular values", 0.0, 1.0);
    let figure = Figure::new("Operator spectrum", caption, SIZE, |canvas| {
        let frame = Frame::draw(canvas, SIZE, x, y)?;
        if let Some(upper) = upper {
            frame.horizontal(upper, NORM)?;
        }
        frame.curve(&shown, CURVE)
    })?;
    let figure = figure.entry(CURVE, format!("\u{3c3}, largest {}", exact(summary.norm)))?;
    match upper {
        None => Ok(figure),
        Some(upper) => {
            let text = format!("upper bound of the norm, own padding: {}", exact(upper));
            figure.entry(NORM, text)
        }
    }
}

/// At most `keep` of `count` indices, evenly spaced, the first and the last included.
fn thinned(count: usize, keep: usize) -> Vec<usize> {
    if count <= keep {
        return (0..count).collect();
    }
    (0..keep).map(|i| i * (count - 1) / (keep - 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use convlens::rmt::{PowerLaw, tail};

    #[test]
    fn the_line_is_the_fitted_survival_function_within_the_plot() {
        let law = PowerLaw::new(3.0, 2.0).unwrap();
        let quantile = |i: i32| law.quantile((f64::from(i) + 0.5) / 200.0).unwrap();
        let values: Vec<f64> = (0..200).map(quantile).collect();
        let outcome = PowerLaw::fit(&values, &tail::Options::default()).unwrap();
        let fit = outcome.value().unwrap();
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

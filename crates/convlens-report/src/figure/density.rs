//! The histogram of the eigenvalues with the fitted Marchenko-Pastur density.

use std::f64::consts::LN_10;

use convlens::rmt::{Esd, bulk};

use super::canvas::{BLACK, BLUE, Dash, Marker, SKY, Style, VERMILION};
use super::frame::{Axis, Frame};
use super::picture::Figure;
use crate::error::ReportError;
use crate::number::short;

const SIZE: (u32, u32) = (440, 300);
const LAW: Style = Style::line(BLUE, Dash::Solid);
const EDGE: Style = Style::line(BLACK, Dash::Dotted);
const THRESHOLD: Style = Style::line(VERMILION, Dash::Dashed);
const SPIKE: Style = Style::points(VERMILION, Marker::Triangle);

/// Beyond this ratio of the largest eigenvalue's root to the bulk's, the bulk would be squeezed
/// into less than a tenth of a root axis.
const LARGEST_ROOT_RATIO: f64 = 10.0;
/// Decades that a logarithmic axis shows at most.
const DECADES: f64 = 9.0;

/// On which axis eigenvalues are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// The root of the eigenvalue: a singular value over the root of N.
    Root,
    /// Its decadic logarithm.
    Decade,
}

impl Unit {
    fn of(self, lambda: f64) -> f64 {
        match self {
            Unit::Root => lambda.sqrt(),
            Unit::Decade => lambda.log10(),
        }
    }

    fn eigenvalue(self, u: f64) -> f64 {
        match self {
            Unit::Root => u * u,
            Unit::Decade => 10_f64.powf(u),
        }
    }

    /// d lambda / d u, which carries a density over lambda to one over u.
    fn slope(self, u: f64) -> f64 {
        match self {
            Unit::Root => 2.0 * u,
            Unit::Decade => LN_10 * 10_f64.powf(u),
        }
    }
}

/// A histogram that integrates to the share of the values that it shows.
struct Histogram {
    low: f64,
    width: f64,
    heights: Vec<f64>,
}

impl Histogram {
    fn new(values: &[f64], (low, high): (f64, f64), width: f64, total: usize) -> Self {
        let bins = (((high - low) / width).ceil() as usize).clamp(1, 400);
        let width = (high - low) / bins as f64;
        let mut heights = vec![0.0; bins];
        for v in values.iter().filter(|v| (low..=high).contains(*v)) {
            let bin = (((v - low) / width) as usize).min(bins - 1);
            heights[bin] += 1.0 / (total as f64 * width);
        }
        Histogram {
            low,
            width,
            heights,
        }
    }
}

/// The density of the eigenvalues over their roots, or over decades where they spread too far.
pub(crate) fn density(esd: &Esd, fit: Option<&bulk::Fit>) -> Result<Figure, ReportError> {
    let values = esd.nonzero();
    let (smallest, largest) = match (values.first(), values.last()) {
        (Some(&small), Some(&large)) => (small, large),
        _ => (0.0, 1.0),
    };
    let typical = fit.map_or_else(|| values.get(values.len() / 2), |f| Some(&f.bulk_upper));
    let ratio = typical.map_or(1.0, |t| (largest / t).sqrt());
    let unit = if ratio > LARGEST_ROOT_RATIO {
        Unit::Decade
    } else {
        Unit::Root
    };
    let threshold = fit.map_or(largest, |f| f.spike_threshold);
    let top = unit.of(largest.max(threshold));
    let span = match unit {
        Unit::Root => (0.0, top * 1.03),
        Unit::Decade => {
            let low = fit.map_or(smallest, |f| smallest.min(f.bulk_lower.max(smallest)));
            (unit.of(low).max(top - DECADES), top + 0.05)
        }
    };
    let us: Vec<f64> = values.iter().map(|&v| unit.of(v)).collect();
    // Bins of a width that resolves the bulk: the square-root rule within it.
    let bulk = values
        .len()
        .saturating_sub(fit.map_or(0, |f| f.spikes))
        .max(1);
    let bulk_span = fit.map_or(span, |f| {
        (
            unit.of(f.bulk_lower.max(smallest)).max(span.0),
            unit.of(f.bulk_upper),
        )
    });
    let bins = (1.5 * (bulk as f64).sqrt()).clamp(6.0, 60.0);
    let width = ((bulk_span.1 - bulk_span.0) / bins).max((span.1 - span.0) / 300.0);
    let histogram = Histogram::new(&us, span, width, esd.m());
    let curve = fit.map(|f| law(f, unit)).unwrap_or_default();
    let highest = curve
        .iter()
        .map(|p| p.1)
        .chain(histogram.heights.iter().copied());
    let highest = highest.fold(0.0, f64::max);
    let (x_label, y_label) = match unit {
        Unit::Root => (
            "\u{221a}\u{3bb} = \u{3c3} / \u{221a}N",
            "density of \u{221a}\u{3bb}",
        ),
        Unit::Decade => (
            "log\u{2081}\u{2080} \u{3bb}",
            "share of eigenvalues per decade",
        ),
    };
    let x = Axis::linear(x_label, span.0, span.1);
    let y = Axis::linear(y_label, 0.0, highest * 1.06);
    let spikes: Vec<(f64, f64)> = fit
        .map(|f| {
            f.spike_eigenvalues
                .iter()
                .map(|&v| (unit.of(v), highest * 0.035))
                .collect()
        })
        .unwrap_or_default();
    let figure = Figure::new("Eigenvalue density", caption(esd, fit), SIZE, |canvas| {
        let frame = Frame::draw(canvas, SIZE, x, y)?;
        for (i, &height) in histogram.heights.iter().enumerate() {
            if height > 0.0 {
                let left = histogram.low + i as f64 * histogram.width;
                frame.bar(
                    (left, 0.0),
                    (left + 0.94 * histogram.width, height),
                    SKY,
                    0.65,
                )?;
            }
        }
        if us.len() <= 256 {
            for &u in &us {
                frame.rug(u, BLACK)?;
            }
        }
        if let Some(f) = fit {
            frame.vertical(unit.of(f.bulk_upper), EDGE)?;
            frame.vertical(unit.of(f.spike_threshold), THRESHOLD)?;
        }
        frame.curve(&curve, LAW)?;
        frame.points(&spikes, SPIKE, 3.6)
    })?;
    let figure = figure.area(SKY, 0.65, format!("eigenvalues ({})", esd.m()))?;
    let Some(f) = fit else {
        return Ok(figure);
    };
    let figure = figure
        .entry(LAW, "Marchenko-Pastur law of the bulk")?
        .entry(EDGE, format!("edge, \u{3bb} = {}", short(f.bulk_upper)))?
        .entry(
            THRESHOLD,
            format!(
                "Tracy-Widom threshold, \u{3bb} = {}",
                short(f.spike_threshold)
            ),
        )?;
    if f.spikes == 0 {
        return Ok(figure);
    }
    figure.entry(SPIKE, format!("spike ({})", f.spikes))
}

fn caption(esd: &Esd, fit: Option<&bulk::Fit>) -> String {
    let zeros = match esd.m() - esd.rank() {
        0 => String::new(),
        n => format!(" {n} of the eigenvalues are zero and not shown."),
    };
    let strokes = if esd.rank() <= 256 {
        " Strokes on the axis are single eigenvalues."
    } else {
        ""
    };
    match fit {
        Some(f) => format!(
            "Eigenvalues \u{3bb} of W\u{1d40}W / N for the unfolded kernel W ({} \u{d7} {}), and the law that \
             they would follow if W were noise of standard deviation {}.{strokes}{zeros}",
            f.n,
            f.m,
            short(f.sigma)
        ),
        None => format!(
            "Eigenvalues \u{3bb} of W\u{1d40}W / N for the unfolded kernel W ({} \u{d7} {}).{strokes}{zeros}",
            esd.n(),
            esd.m()
        ),
    }
}

/// The bulk's law as a density over `u`, scaled to the share of the eigenvalues that it describes.
fn law(fit: &bulk::Fit, unit: Unit) -> Vec<(f64, f64)> {
    const STEPS: usize = 160;
    let law = fit.bulk_law();
    let share = (fit.m - fit.spikes) as f64 / fit.m as f64;
    let (low, high) = law.support();
    // A square matrix's law begins at 0, which has no logarithm.
    let (low, high) = (unit.of(low.max(1e-9 * high)), unit.of(high));
    (0..=STEPS)
        .map(|i| {
            // Denser towards both edges, where the density rises steeply.
            let t = (1.0 - (std::f64::consts::PI * i as f64 / STEPS as f64).cos()) / 2.0;
            let u = low + t * (high - low);
            (u, share * law.pdf(unit.eigenvalue(u)) * unit.slope(u))
        })
        .filter(|p| p.1.is_finite())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use convlens::rmt::{MarchenkoPastur, bulk};

    fn noise_with_a_spike() -> (Esd, bulk::Fit) {
        let law = MarchenkoPastur::new(4.0, 1.0).unwrap();
        let mut values: Vec<f64> = (0..63)
            .map(|i| law.quantile((i as f64 + 0.5) / 63.0).unwrap())
            .collect();
        values.push(9.0);
        let esd = Esd::from_eigenvalues(&values, 256, 64).unwrap();
        match MarchenkoPastur::fit(&esd, &bulk::Options::default()).unwrap() {
            bulk::Outcome::Fit(fit) => (esd, fit),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_curve_integrates_to_the_share_of_the_bulk() {
        let (_, fit) = noise_with_a_spike();
        assert_eq!(fit.spikes, 1);
        for unit in [Unit::Root, Unit::Decade] {
            let area: f64 = law(&fit, unit)
                .windows(2)
                .map(|w| (w[1].0 - w[0].0) * (w[0].1 + w[1].1) / 2.0)
                .sum();
            // The trapezium rule on 160 steps of a density with square-root edges.
            assert!((area - 63.0 / 64.0).abs() < 1e-3, "{unit:?} {area}");
        }
    }

    #[test]
    fn the_histogram_integrates_to_one_on_the_same_axis() {
        let (esd, _) = noise_with_a_spike();
        let us: Vec<f64> = esd.nonzero().iter().map(|&v| Unit::Root.of(v)).collect();
        let histogram = Histogram::new(&us, (0.0, 3.1), 0.1, esd.m());
        let area: f64 = histogram.heights.iter().map(|h| h * histogram.width).sum();
        assert!((area - 1.0).abs() < 1e-12, "{area}");
    }
}

//! The quantile curve of an operator's spectrum.

use convlens::analysis::OperatorSummary;
use convlens::svd::NormBracket;

use super::Figure;
use super::axis::Axis;
use super::frame::Frame;
use super::palette::{BLUE, Dash, ORANGE, Style};
use crate::error::ReportError;
use crate::number::{count, exact, sizes};

const SIZE: (u32, u32) = (440, 300);
const CURVE: Style = Style::line(BLUE, Dash::Solid);
const NORM: Style = Style::line(ORANGE, Dash::Dashed);

/// Decades below the norm that are shown at most.
const DECADES: f64 = 1e8;

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
    let smallest = positive.fold(f64::INFINITY, f64::min).max(top / DECADES);
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

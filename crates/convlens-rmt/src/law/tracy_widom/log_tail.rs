//! Logarithms of the two tails, by tables.

use std::f64::consts::PI;

use super::{Beta, left_tail, table_beta1, table_beta2};

/// Where the tables of panels begin and end.
const FIRST: f64 = -10.0;
const LAST: f64 = 8.0;
/// Below it `log F` is tabulated, above it `log(1 - F)`: near the medians, so
/// that neither is a difference of nearly equal numbers.
pub(super) const JOINT: f64 = -2.0;

/// Number of unit panels, and the first one at or above the joint.
const COUNT: usize = 18;
const SPLIT: usize = 8;

/// A number and its derivative with respect to `s`.
pub(super) type Jet = (f64, f64);

/// `log F(s)` for `s <= JOINT`.
pub(super) fn lower(beta: Beta, s: f64) -> Jet {
    if s < FIRST {
        left_tail::log_cdf(beta, s)
    } else {
        panel(beta, s, (0, SPLIT - 1))
    }
}

/// `log(1 - F(s))` for `s >= JOINT`.
pub(super) fn upper(beta: Beta, s: f64) -> Jet {
    if s < LAST {
        return panel(beta, s, (SPLIT, COUNT - 1));
    }
    // 1 - F_beta = (4 sqrt(pi) s^(3/4))^(-beta) exp(-2 beta s^(3/2)/3) exp(P(t)), t = s^(-3/2).
    let (tail, order) = match beta {
        Beta::One => (&table_beta1::TAIL, 1.0),
        Beta::Two => (&table_beta2::TAIL, 2.0),
    };
    let power = s * s.sqrt();
    let top = LAST * LAST.sqrt();
    let (value, slope) = horner(tail, 2.0 * top / power - 1.0);
    let leading = 2.0 / 3.0 * power + 0.75 * s.ln() + (4.0 * PI.sqrt()).ln();
    (
        value - order * leading,
        -order * (s.sqrt() + 0.75 / s) - 3.0 * top * slope / (power * s),
    )
}

/// The panel of `s` among those from `first` to `last`.
fn panel(beta: Beta, s: f64, (first, last): (usize, usize)) -> Jet {
    let panels = match beta {
        Beta::One => &table_beta1::PANELS,
        Beta::Two => &table_beta2::PANELS,
    };
    let index = ((s - FIRST) as usize).clamp(first, last);
    let start = FIRST + index as f64;
    let (value, slope) = horner(&panels[index], 2.0 * (s - start) - 1.0);
    (value, 2.0 * slope)
}

fn horner(coefficients: &[f64], u: f64) -> Jet {
    let (mut value, mut slope) = (0.0, 0.0);
    for c in coefficients.iter().rev() {
        slope = slope * u + value;
        value = value * u + c;
    }
    (value, slope)
}

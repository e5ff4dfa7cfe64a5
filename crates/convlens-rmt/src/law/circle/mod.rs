//! The semicircle and the quarter circle as densities.

mod quarter;
mod semicircle;

pub use quarter::QuarterCircle;
pub use semicircle::Semicircle;

use std::f64::consts::{FRAC_PI_2, PI};

use super::moment::finite_moment;
use crate::error::{RmtError, require};

fn require_radius(radius: f64) -> Result<(), RmtError> {
    require(
        radius.is_finite() && radius > 0.0,
        "radius",
        radius,
        "finite and above 0",
    )
}

/// `E|x|^k` of either law: `m_k = m_(k-2) R^2 (k - 1) / (k + 2)`, `m_0 = 1`, `m_1 = 4 R / (3 pi)`.
fn absolute_moment(order: u32, radius: f64) -> Result<f64, RmtError> {
    finite_moment(order, || {
        let (mut k, mut moment) = if order.is_multiple_of(2) {
            (0, 1.0)
        } else {
            (1, 4.0 * radius / (3.0 * PI))
        };
        while k < order {
            k += 2;
            moment *= f64::from(k - 1) / f64::from(k + 2) * radius * radius;
        }
        moment
    })
}

/// Share of the unit semicircle within the angle `t <= pi/2` of its lower edge, `x = -cos t`:
/// `(t - sin t cos t) / pi`, by its series where that cancels.
fn segment(t: f64) -> f64 {
    let y = 2.0 * t;
    if y > 1.0 {
        return (y - y.sin()) / (2.0 * PI);
    }
    // y - sin y = y^3/6 (1 - y^2/20 (1 - y^2/42 (...))); ten factors leave 1e-20.
    let mut series = 1.0;
    for k in (1..=10).rev() {
        let k = f64::from(k);
        series = 1.0 - y * y / ((2.0 * k + 2.0) * (2.0 * k + 3.0)) * series;
    }
    y * y * y / 6.0 * series / (2.0 * PI)
}

/// The angle of a share `p <= 1/2`, the inverse of [`segment`]. Newton's method on a convex
/// function, from a point below the root: one step past it, then down to it.
fn segment_angle(p: f64) -> f64 {
    let mut t = (1.5 * PI * p).cbrt().min(FRAC_PI_2);
    for _ in 0..40 {
        let sin = t.sin();
        let slope = 2.0 / PI * sin * sin;
        if slope == 0.0 {
            break;
        }
        let next = (t - (segment(t) - p) / slope).clamp(0.0, FRAC_PI_2);
        let moved = (next - t).abs();
        t = next;
        if moved <= f64::EPSILON * t {
            break;
        }
    }
    t
}

/// The angle of `x` in `[-1, 0]` from the lower edge, without the cancellation of an arc cosine.
fn edge_angle(above_edge: f64) -> f64 {
    2.0 * (0.5 * above_edge).clamp(0.0, 1.0).sqrt().asin()
}

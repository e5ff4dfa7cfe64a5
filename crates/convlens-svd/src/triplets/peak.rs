//! Where the symbol of a layer's `A^T A` is highest, and whether it is as high elsewhere.

use super::symbol::SideSymbol;
use crate::SvdError;
use crate::operator::{Polyphase, negated, two_largest, unravel};
use crate::parallel::map_ordered;
use num_complex::Complex64;
use std::f64::consts::{PI, TAU};

/// Points to an axis, for the peak, per tap; at least and at most.
const POINTS_PER_TAP: usize = 6;
const POINTS: (usize, usize) = (16, 64);
/// Rounds of refinement of the peak, and Lanczos steps for an evaluation.
const ROUNDS: usize = 10;
pub(super) const FINE_STEPS: usize = 24;

/// The highest point of the symbol.
pub(super) struct Peak {
    pub(super) group: usize,
    pub(super) angles: Vec<f64>,
    /// The unit eigenvector there.
    pub(super) polarisation: Vec<Complex64>,
    /// The largest eigenvalue that has another peak, or another band at this one; not known better than `slack`.
    pub(super) rival: f64,
    pub(super) slack: f64,
}

/// The group, angles and polarisation of the largest eigenvalue of the symbol; none for a layer of zeros.
pub(super) fn peak(symbol: &SideSymbol) -> Result<Option<Peak>, SvdError> {
    let kernel = symbol.kernel();
    let points = |&k: &usize| (POINTS_PER_TAP * k).clamp(POINTS.0, POINTS.1);
    let coarse: Vec<usize> = kernel.kernel_size().iter().map(points).collect();
    let stride = kernel.geometry().stride();
    let fine: Vec<usize> = coarse.iter().zip(stride).map(|(n, s)| n * s).collect();
    let taps = Polyphase::wrapped(kernel, kernel.weights(), &fine)?;
    let squares: Vec<[f64; 2]> = two_largest(&taps, &coarse)?
        .iter()
        .map(|values| values.map(|x| x * x))
        .collect();
    let highest =
        (0..squares.len()).fold(0, |m, f| if squares[f][0] > squares[m][0] { f } else { m });
    let sampled = squares[highest][0];
    if sampled == 0.0 {
        return Ok(None);
    }
    let rival = rival(&squares, &coarse, highest);
    let at = unravel(highest, &coarse);
    let angles = at
        .iter()
        .zip(&coarse)
        .map(|(&f, &n)| TAU * f as f64 / n as f64);
    let mut angles: Vec<f64> = angles.collect();
    // No eigenvector is orthogonal to all of these phases by design.
    let start: Vec<Complex64> = (0..symbol.channels())
        .map(|c| Complex64::from_polar(1.0, (c * c) as f64))
        .collect();
    let found = map_ordered(symbol.groups(), |group| {
        symbol.leading(group, &angles, &start, 2 * FINE_STEPS)
    });
    let mut best = (0.0, 0, start);
    for (group, found) in found.into_iter().enumerate() {
        let (lambda, vector) = found?;
        if lambda > best.0 {
            best = (lambda, group, vector);
        }
    }
    let (mut lambda, group, mut polarisation) = best;
    for round in 0..ROUNDS * angles.len() {
        let axis = round % angles.len();
        let h = 0.6f64.powi((round / angles.len()) as i32) * PI / coarse[axis] as f64;
        let at = |by: f64| {
            let mut at = angles.clone();
            at[axis] += by;
            at
        };
        let of = |by: f64| symbol.leading(group, &at(by), &polarisation, FINE_STEPS);
        let step = h * parabola(of(-h)?.0, lambda, of(h)?.0);
        let (value, vector) = of(step)?;
        if value > lambda {
            angles = at(step);
            (lambda, polarisation) = (value, vector);
        }
    }
    Ok(Some(Peak {
        group,
        angles,
        polarisation,
        rival,
        slack: (lambda - sampled).max(0.0),
    }))
}

/// Where the parabola through three values at -1, 0 and 1 is highest, within that; 0 where it has no highest point.
fn parabola(left: f64, middle: f64, right: f64) -> f64 {
    let curvature = 2.0 * middle - left - right;
    if curvature > 0.0 {
        (0.5 * (right - left) / curvature).clamp(-1.0, 1.0)
    } else {
        0.0
    }
}

/// The largest value at a local maximum of the grid away from the highest and its negative, or of a second band there.
fn rival(squares: &[[f64; 2]], grid: &[usize], highest: usize) -> f64 {
    let apart = |f: usize, g: usize| {
        let (f, g) = (unravel(f, grid), unravel(g, grid));
        let axes = f.iter().zip(&g).zip(grid);
        axes.map(|((&f, &g), &n)| f.abs_diff(g).min(n - f.abs_diff(g)))
            .max()
    };
    let steps: Vec<usize> = vec![3; grid.len()];
    let is_maximum = |f: usize| {
        let at = unravel(f, grid);
        (0..steps.iter().product()).all(|step| {
            let axes = at.iter().zip(unravel(step, &steps)).zip(grid);
            let next = axes.fold(0, |flat, ((&f, step), &n)| {
                flat * n + (f + n + step - 1) % n
            });
            squares[next][0] <= squares[f][0]
        })
    };
    let near = |f: usize| {
        [highest, negated(highest, grid)]
            .iter()
            .any(|&peak| apart(f, peak).is_none_or(|by| by <= 1))
    };
    let others = (0..squares.len()).filter(|&f| !near(f) && is_maximum(f));
    others.fold(squares[highest][1], |m, f| m.max(squares[f][0]))
}

//! Sums in a fixed order.

/// Eight partial sums, then their sum in order: the same bits everywhere, and fit for SIMD.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    let (mut left, mut right) = (a.chunks_exact(8), b.chunks_exact(8));
    for (x, y) in left.by_ref().zip(right.by_ref()) {
        for i in 0..8 {
            lanes[i] += x[i] * y[i];
        }
    }
    let rest = left.remainder().iter().zip(right.remainder());
    lanes.iter().sum::<f64>() + rest.map(|(x, y)| x * y).sum::<f64>()
}

/// y += a x.
pub(super) fn add_scaled(y: &mut [f64], a: f64, x: &[f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += a * x;
    }
}

pub(super) fn scale(y: &mut [f64], a: f64) {
    for y in y {
        *y *= a;
    }
}

pub(super) fn norm(x: &[f64]) -> f64 {
    dot(x, x).sqrt()
}

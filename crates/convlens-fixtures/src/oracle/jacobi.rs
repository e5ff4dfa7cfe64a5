//! One-sided Jacobi (Hestenes 1958): rotates pairs of columns until all are orthogonal.

/// The sweep that finds no pair with a larger cosine is the last: it has rotated every pair all the
/// same, so what is left is at rounding.
const LAST: f64 = 1e-12;

/// More sweeps than any matrix needs.
const SWEEPS: usize = 60;

/// The norms of the columns (stored one after the other, `len` entries each) once they are
/// orthogonal, descending.
pub(super) fn singular_values(columns: Vec<f64>, len: usize) -> Vec<f64> {
    let (columns, exponent) = rotated(columns, len);
    let mut values: Vec<f64> = columns
        .chunks_exact(len.max(1))
        .map(|c| shift(dot(c, c).sqrt(), exponent))
        .collect();
    values.sort_by(|a, b| b.total_cmp(a));
    values
}

/// The columns once they are orthogonal, in no order.
pub(super) fn orthogonal_columns(columns: Vec<f64>, len: usize) -> Vec<Vec<f64>> {
    let (columns, exponent) = rotated(columns, len);
    let restored = |c: &[f64]| c.iter().map(|&x| shift(x, exponent)).collect();
    columns.chunks_exact(len.max(1)).map(restored).collect()
}

/// `x 2^e`, in two steps, each within the range of exponents; exact.
fn shift(x: f64, e: i32) -> f64 {
    x * 2f64.powi(e / 2) * 2f64.powi(e - e / 2)
}

/// The orthogonal columns divided by `2^e`, and `e`.
fn rotated(mut columns: Vec<f64>, len: usize) -> (Vec<f64>, i32) {
    if len == 0 {
        return (Vec::new(), 0);
    }
    let exponent = columns.iter().fold(0.0f64, |m, x| m.max(x.abs()));
    let exponent = if exponent > 0.0 {
        exponent.log2().floor() as i32
    } else {
        0
    };
    columns.iter_mut().for_each(|x| *x = shift(*x, -exponent));
    let count = columns.len() / len;
    for _ in 0..SWEEPS {
        let mut largest = 0.0f64;
        for j in 1..count {
            let (before, rest) = columns.split_at_mut(j * len);
            let right = &mut rest[..len];
            for left in before.chunks_exact_mut(len) {
                largest = largest.max(rotate(left, right));
            }
        }
        if largest <= LAST {
            break;
        }
    }
    (columns, exponent)
}

/// Makes two columns orthogonal; gives the cosine of their angle before.
fn rotate(x: &mut [f64], y: &mut [f64]) -> f64 {
    let c = dot(x, y);
    if c == 0.0 {
        return 0.0;
    }
    let (a, b) = (dot(x, x), dot(y, y));
    let cosine = c.abs() / (a.sqrt() * b.sqrt());
    if cosine <= f64::EPSILON / 4.0 {
        return 0.0;
    }
    let zeta = (b - a) / (2.0 * c);
    let t = zeta.signum() / (zeta.abs() + zeta.hypot(1.0));
    let cos = 1.0 / t.hypot(1.0);
    let sin = cos * t;
    for (x, y) in x.iter_mut().zip(y) {
        (*x, *y) = (cos * *x - sin * *y, sin * *x + cos * *y);
    }
    // A product that underflowed is no cosine.
    if cosine.is_finite() { cosine } else { 0.0 }
}

/// Four partial sums, so that the loop runs in vectors.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    let (left, right) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f64 = left
        .remainder()
        .iter()
        .zip(right.remainder())
        .map(|(x, y)| x * y)
        .sum();
    for (x, y) in left.zip(right) {
        for i in 0..4 {
            sums[i] += x[i] * y[i];
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values_at_any_scale() {
        // The 3 x 3 second difference with zeros outside: 2 - 2 cos(j pi / 4).
        let base = [2.0, -1.0, 0.0, -1.0, 2.0, -1.0, 0.0, -1.0, 2.0];
        let known = [2.0 + 2f64.sqrt(), 2.0, 2.0 - 2f64.sqrt()];
        for e in [-1070, -600, 0, 600, 1000] {
            let (half, rest) = (2f64.powi(e / 2), 2f64.powi(e - e / 2));
            let scaled = base.map(|x| x * half * rest);
            for (found, exact) in singular_values(scaled.to_vec(), 3).iter().zip(known) {
                let found = found / half / rest;
                // A few units in the last place of numbers under 4, but at 2^-1070 only four bits
                // of fraction are left.
                let bound = if e == -1070 { 0.04 } else { 2e-15 };
                assert!((found - exact).abs() <= bound, "{e} {found} {exact}");
            }
        }
    }

    #[test]
    fn graded_columns_keep_their_small_values() {
        // Orthogonal directions times 1, 1e-8, 1e-16: relative accuracy in each.
        let (c, s) = (0.6, 0.8);
        let columns = vec![c, s, 0.0, -s * 1e-8, c * 1e-8, 0.0, 0.0, 0.0, 1e-16];
        let found = singular_values(columns, 3);
        for (found, exact) in found.iter().zip([1.0, 1e-8, 1e-16]) {
            assert!((found / exact - 1.0).abs() < 1e-15);
        }
    }

    #[test]
    fn zero_and_empty() {
        assert_eq!(singular_values(vec![0.0; 6], 3), [0.0, 0.0]);
        assert!(singular_values(vec![], 0).is_empty());
    }
}

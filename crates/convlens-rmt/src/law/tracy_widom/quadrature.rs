//! Gauss-Legendre quadrature.

use std::f64::consts::PI;

/// Nodes (ascending) and weights on `[0, 1]`, exact for polynomials of degree
/// `2 count - 1`; Newton's method on the Legendre recurrence.
pub(super) fn gauss_legendre(count: usize) -> (Vec<f64>, Vec<f64>) {
    let (mut nodes, mut weights) = (vec![0.0; count], vec![0.0; count]);
    let size = count as f64;
    for i in 0..count.div_ceil(2) {
        let mut x = (PI * (i as f64 + 0.75) / (size + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..100 {
            let (mut previous, mut current) = (1.0, x);
            for k in 2..=count {
                let k = k as f64;
                let next = ((2.0 * k - 1.0) * x * current - (k - 1.0) * previous) / k;
                (previous, current) = (current, next);
            }
            slope = size * (x * current - previous) / (x * x - 1.0);
            let step = current / slope;
            x -= step;
            if step.abs() < 1e-16 {
                break;
            }
        }
        let weight = 1.0 / ((1.0 - x * x) * slope * slope);
        nodes[i] = 0.5 * (1.0 - x);
        nodes[count - 1 - i] = 0.5 * (1.0 + x);
        weights[i] = weight;
        weights[count - 1 - i] = weight;
    }
    (nodes, weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_exact_for_polynomials() {
        for count in [2, 5, 64] {
            let (nodes, weights) = gauss_legendre(count);
            for degree in [0, 1, 2 * count - 1] {
                let sum: f64 = nodes
                    .iter()
                    .zip(&weights)
                    .map(|(x, w)| w * x.powi(degree as i32))
                    .sum();
                // A few roundings of terms of size 1.
                assert!((sum - 1.0 / (degree + 1) as f64).abs() < 1e-14);
            }
        }
    }
}

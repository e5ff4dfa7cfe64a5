//! Gauss-Legendre quadrature.

/// Nodes and weights of the `N`-point rule on `[-1, 1]`, by Newton's method on the Legendre recurrence (Abramowitz and Stegun
/// 25.4.29).
pub(crate) fn gauss_legendre<const N: usize>() -> [(f64, f64); N] {
    let mut rule = [(0.0, 0.0); N];
    let n = N as f64;
    for (i, node) in rule.iter_mut().enumerate() {
        let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / (n + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..20 {
            let (mut last, mut value) = (1.0, x);
            for k in 2..=N {
                let k = k as f64;
                (last, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * last) / k);
            }
            slope = n * (x * value - last) / (x * x - 1.0);
            let step = value / slope;
            x -= step;
            if step.abs() < 1e-16 {
                break;
            }
        }
        *node = (x, 2.0 / ((1.0 - x * x) * slope * slope));
    }
    rule
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_exact_for_polynomials() {
        let rule = gauss_legendre::<16>();
        for power in 0..32 {
            let sum: f64 = rule.iter().map(|(x, w)| w * x.powi(power)).sum();
            let exact = if power % 2 == 0 {
                2.0 / f64::from(power + 1)
            } else {
                0.0
            };
            assert!((sum - exact).abs() < 1e-14, "{power}: {sum}");
        }
    }
}

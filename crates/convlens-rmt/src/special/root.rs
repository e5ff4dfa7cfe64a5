//! Roots of continuous functions.

/// A zero of `f` between `a` and `b`, where it has values of opposite signs (or 0), by Chandrupatla's method (1997): inverse
/// quadratic steps where they are safe, else bisection. Ends after 200 steps or at the last bits.
pub(crate) fn root(mut f: impl FnMut(f64) -> f64, a: f64, b: f64) -> f64 {
    let (mut x1, mut x2) = (b, a);
    let (mut f1, mut f2) = (f(b), f(a));
    let (mut x3, mut f3);
    let mut share = 0.5;
    for _ in 0..200 {
        let x = x1 + share * (x2 - x1);
        let value = f(x);
        if (value > 0.0) == (f1 > 0.0) {
            (x3, f3) = (x1, f1);
        } else {
            (x3, f3, x2, f2) = (x2, f2, x1, f1);
        }
        (x1, f1) = (x, value);
        let nearer = if f2.abs() < f1.abs() { x2 } else { x1 };
        let tolerance = 4.0 * f64::EPSILON * nearer.abs() / (x2 - x1).abs();
        if tolerance > 0.5 || f1 == 0.0 || f2 == 0.0 || x1 == x2 {
            return if f2.abs() < f1.abs() { x2 } else { x1 };
        }
        let (xi, phi) = ((x1 - x2) / (x3 - x2), (f1 - f2) / (f3 - f2));
        let safe = 1.0 - (1.0 - xi).sqrt() < phi && phi < xi.sqrt();
        share = match safe {
            true => {
                f1 / (f2 - f1) * f3 / (f2 - f3)
                    + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2)
            }
            false => 0.5,
        };
        share = share.clamp(tolerance.min(0.5), 1.0 - tolerance.min(0.5));
    }
    x1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_known_roots_in_few_steps() {
        let mut calls = 0;
        let cube = |x: f64| {
            calls += 1;
            x * x * x - 2.0
        };
        assert!((root(cube, 0.0, 10.0) - 2.0_f64.cbrt()).abs() < 1e-15);
        assert!(calls < 25, "{calls}");
        assert!((root(|x| 0.5 - x, 0.0, 1.0) - 0.5).abs() < 1e-16);
        assert_eq!(root(|x| x, 0.0, 1.0), 0.0);
        // A step has no zero: the place where it jumps.
        let jump = root(|x| if x < 0.3 { -1.0 } else { 1.0 }, 0.0, 1.0);
        assert!((jump - 0.3).abs() < 1e-14);
    }
}

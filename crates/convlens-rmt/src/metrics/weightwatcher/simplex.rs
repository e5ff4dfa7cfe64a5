//! The simplex search of Nelder and Mead in one dimension, with the steps and ends of SciPy 1.17's `fmin`.

/// Both tolerances of `fmin`.
const TOLERANCE: f64 = 1e-4;
/// Its limit of steps and of function values.
const LIMIT: usize = 200;

/// The minimum near `start`.
pub(super) fn minimum(start: f64, f: impl Fn(f64) -> f64) -> f64 {
    let second = if start == 0.0 { 0.00025 } else { 1.05 * start };
    let (mut best, mut worst) = ordered((start, f(start)), (second, f(second)));
    let mut calls = 2;
    for _ in 1..LIMIT {
        let close = (worst.0 - best.0).abs() <= TOLERANCE && (worst.1 - best.1).abs() <= TOLERANCE;
        if close || calls >= LIMIT {
            break;
        }
        let reflected = 2.0 * best.0 - worst.0;
        let value = f(reflected);
        calls += 1;
        if value < best.1 {
            let expanded = 3.0 * best.0 - 2.0 * worst.0;
            let further = f(expanded);
            worst = if further < value {
                (expanded, further)
            } else {
                (reflected, value)
            };
        } else {
            let (contracted, bound, inclusive) = if value < worst.1 {
                (1.5 * best.0 - 0.5 * worst.0, value, true)
            } else {
                (0.5 * best.0 + 0.5 * worst.0, worst.1, false)
            };
            let inner = f(contracted);
            let accepted = inner < bound || (inclusive && inner == bound);
            worst = if accepted {
                (contracted, inner)
            } else {
                calls += 1;
                let shrunk = best.0 + 0.5 * (worst.0 - best.0);
                (shrunk, f(shrunk))
            };
        }
        calls += 1;
        (best, worst) = ordered(best, worst);
    }
    best.0
}

fn ordered(a: (f64, f64), b: (f64, f64)) -> ((f64, f64), (f64, f64)) {
    if b.1 < a.1 { (b, a) } else { (a, b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_bottom_of_a_parabola() {
        // Ends within 1e-4 in place and in value.
        let found = minimum(1.0, |x| (x - 1.3).powi(2));
        assert!((found - 1.3).abs() < 2e-4, "{found}");
    }
}

//! The exponential law above `xmin`.

use super::tail::Tail;

/// `ln(lambda xmin)` and the log densities. The maximum is at `lambda = 1 / (mean - xmin)`.
///
/// `t - 1 = e^y - 1` is taken relative to the largest, so that ratios past 10^308 do not overflow.
pub(super) fn fit(tail: &Tail) -> (f64, Vec<f64>) {
    let excess = |y: f64| (y - tail.largest).exp() * -(-y).exp_m1();
    let mean = tail.average(excess);
    let log_rate = -tail.largest - mean.ln();
    let densities = tail.densities(|y| log_rate - excess(y) / mean + y);
    (log_rate, densities)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_one_over_the_mean_excess() {
        let tail = Tail::new(vec![0.0, 2.0_f64.ln(), 4.0_f64.ln()]);
        let (log_rate, densities) = fit(&tail);
        let rate: f64 = 3.0 / (0.0 + 1.0 + 3.0);
        assert!((log_rate - rate.ln()).abs() < 1e-15);
        // p(y) = e^y rate exp(-rate (e^y - 1)).
        assert!((densities[2] - (4.0_f64.ln() + rate.ln() - 3.0 * rate)).abs() < 1e-14);
        let wide = Tail::new(vec![0.0, 1.0, 1400.0]);
        assert!(fit(&wide).1.iter().all(|d| d.is_finite()));
    }
}

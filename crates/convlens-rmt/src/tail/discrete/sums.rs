//! Sums over all whole numbers from `xmin` on.

use crate::special::numeric::{bisect, gauss_legendre};

/// What is left out of a sum is under `e^-40` of what is greatest in it.
const DEPTH: f64 = 40.0;
/// Sums of no more terms than this are taken term by term.
const FEW: f64 = 4096.0;
/// Of longer ones so many terms from the first.
const HEAD: f64 = 1024.0;
/// Past this a number and its successor are the same to the logarithm.
const FAR: f64 = 1e15;
/// Panels of the quadrature, with 16 nodes each.
const PANELS: u32 = 16;

/// Gregory's coefficients: a sum from 0 on is the integral and `sum of GREGORY[k] (k-th forward
/// difference at 0)`.
const GREGORY: [f64; 8] = [
    1.0 / 2.0,
    -1.0 / 12.0,
    1.0 / 24.0,
    -19.0 / 720.0,
    3.0 / 160.0,
    -863.0 / 60_480.0,
    275.0 / 24_192.0,
    -33_953.0 / 3_628_800.0,
];

/// The whole numbers from `xmin` on.
#[derive(Debug)]
pub(super) struct Sums {
    from: f64,
    /// `ln(x / xmin)` of the first.
    logs: Vec<f64>,
    rule: [(f64, f64); 16],
    /// `GREGORY` by values in place of differences.
    ends: [f64; 8],
}

impl Sums {
    pub(super) fn new(from: f64) -> Self {
        let mut ends = [0.0; 8];
        for (k, coefficient) in GREGORY.iter().enumerate() {
            // (-1)^(k - i) times k over i.
            let mut binomial = if k % 2 == 0 { 1.0 } else { -1.0 };
            for (i, end) in ends.iter_mut().enumerate().take(k + 1) {
                *end += coefficient * binomial;
                binomial *= -((k - i) as f64) / (i as f64 + 1.0);
            }
        }
        Self {
            from,
            logs: (0..=FEW as u32)
                .map(|j| (f64::from(j) / from).ln_1p())
                .collect(),
            rule: gauss_legendre::<16>(),
            ends,
        }
    }

    /// Logarithm of the sum of `g = exp(log_density(y))`, and the means of `statistics(y)` in the
    /// law of `g`.
    ///
    /// `log_density(y) + y` must be concave, with its greatest value over `y >= 0` at `mode`. Few
    /// terms, as where the law is narrow, are added one by one; of more, the first are, and the
    /// rest is the integral with Gregory's correction by differences at its lower end. There the
    /// law changes by a twentieth at most from one number to the next, or is under `e^-40` of its
    /// greatest: the differences left out are under `1e-13`.
    pub(super) fn of<const N: usize>(
        &self,
        mode: f64,
        log_density: impl Fn(f64) -> f64,
        statistics: impl Fn(f64) -> [f64; N],
    ) -> (f64, [f64; N]) {
        let height = |y: f64| log_density(y) + y;
        let top = height(mode);
        let (low, high) = self.range(mode, |y| height(y) - top);
        let mut total = Total {
            norm: 0.0,
            sums: [0.0; N],
        };
        let mut add = |weight: f64, y: f64| {
            if weight != 0.0 {
                total.norm += weight;
                for (sum, statistic) in total.sums.iter_mut().zip(statistics(y)) {
                    *sum += weight * statistic;
                }
            }
        };
        let first = (self.from * low.exp_m1()).floor();
        let last = (self.from * high.exp_m1()).ceil();
        let mut begin = low;
        if first < FAR {
            let count = if last - first <= FEW {
                last - first + 1.0
            } else {
                HEAD
            };
            let mut j = 0.0;
            while j < count {
                let y = self.log(first + j);
                add((log_density(y) - top).exp(), y);
                j += 1.0;
            }
            if count < HEAD || last - first <= FEW {
                return total.finish(top);
            }
            for (i, end) in self.ends.iter().enumerate() {
                let y = self.log(first + count + i as f64);
                add(end * (log_density(y) - top).exp(), y);
            }
            begin = self.log(first + count);
        }
        let half = 0.5 * (high - begin) / f64::from(PANELS);
        for panel in 0..PANELS {
            let middle = begin + half * f64::from(2 * panel + 1);
            for (node, weight) in self.rule {
                let y = middle + half * node;
                add(half * weight * self.from * (height(y) - top).exp(), y);
            }
        }
        total.finish(top)
    }

    /// `ln(x / xmin)` of the `j`-th number after `xmin`.
    fn log(&self, j: f64) -> f64 {
        match self.logs.get(j as usize) {
            Some(&log) => log,
            None => (j / self.from).ln_1p(),
        }
    }

    /// Where `fall`, 0 at `mode`, is above `-DEPTH`.
    fn range(&self, mode: f64, fall: impl Fn(f64) -> f64) -> (f64, f64) {
        let mut wide = (1.0 / self.from).ln_1p();
        while fall(mode + wide) > -DEPTH && wide < 1e200 {
            wide *= 2.0;
        }
        let edge = |y: f64| fall(y) + DEPTH;
        let high = bisect(edge, mode, mode + wide);
        let low = match fall(0.0) < -DEPTH {
            true => bisect(edge, mode, 0.0),
            false => 0.0,
        };
        (low, high)
    }
}

struct Total<const N: usize> {
    norm: f64,
    sums: [f64; N],
}

impl<const N: usize> Total<N> {
    fn finish(self, top: f64) -> (f64, [f64; N]) {
        (top + self.norm.ln(), self.sums.map(|sum| sum / self.norm))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn sums_match_mpmath() {
        // Where the likelihoods of nine samples are greatest, xmin from 1 to 2,000
        // (tests/data/discrete_alternatives.py).
        let text = include_str!("../../../tests/data/discrete_alternatives.json");
        let data: Value = serde_json::from_str(text).expect("JSON");
        let mut seen = 0;
        for case in data["cases"].as_array().expect("a list") {
            let number = |value: &Value| value.as_f64().expect("a number");
            let sums = Sums::new(number(&case["xmin"]));
            let mean = number(&case["mean_log"]);
            for (name, spot) in case["spot"].as_object().expect("laws") {
                let [first, second] = ["first", "second"].map(|key| number(&spot[key]));
                let ones = |_: f64| [1.0];
                let (log_sum, [one]) = match name.as_str() {
                    "lognormal" => {
                        let mode = (mean + 0.5 * (1.0 - first) / second).max(0.0);
                        let density = |y: f64| -(y - mean) * (first + second * (y - mean));
                        sums.of(mode, density, ones)
                    }
                    "stretched_exponential" => {
                        let mode = (-second.ln() / first).max(0.0);
                        let density = |y: f64| (first - 1.0) * y - second * (first * y).exp_m1();
                        sums.of(mode, density, ones)
                    }
                    _ => {
                        let mode = ((1.0 - first) / second).max(1.0).ln();
                        let density = |y: f64| -first * y - second * y.exp();
                        sums.of(mode, density, ones)
                    }
                };
                // Rounding of some thousand terms.
                let off = log_sum - number(&spot["log_sum"]);
                // Lerch's function is that of e^-rate and xmin: a factor e^-rate more.
                let off = if name == "truncated_power_law" {
                    off + second
                } else {
                    off
                };
                assert!(off.abs() < 1e-12, "{} {name} {off:e}", case["name"]);
                assert!((one - 1.0).abs() < 1e-14);
                seen += 1;
            }
        }
        assert_eq!(seen, 22);
    }
}

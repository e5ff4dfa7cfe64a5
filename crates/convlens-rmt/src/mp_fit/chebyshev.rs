//! Chebyshev sums of a bulk: the statistics in which noise is white and a planted direction is a power.

/// The degrees used, 1 to 4: from 5 on the fluctuation of near outliers drowns the rest.
pub(super) const DEGREES: usize = 4;

/// One number for each degree.
pub(super) type Sums = [f64; DEGREES];

/// Power sums of `y = (lambda / sigma^2 - 1 - c) / (2 sqrt c)`, which is in [-1, 1] on the support of the law.
///
/// Kept at a first guess of `sigma^2`, they give the Chebyshev sums at any other by the binomial theorem.
pub(super) struct PowerSums {
    sums: [f64; DEGREES + 1],
    /// `(1 + c) / (2 sqrt c)`: minus the place of zero.
    zero: f64,
}

impl PowerSums {
    /// Of the bulk left of an `n`-sided matrix once `spikes` are set aside: `c = m / (n - spikes)`.
    pub(super) fn new(bulk: &[f64], n: usize, spikes: usize, sigma2: f64) -> Self {
        let left = (n - spikes) as f64;
        let c = bulk.len() as f64 / left;
        let unit = n as f64 / left / sigma2;
        let width = 2.0 * c.sqrt();
        let mut sums = [0.0; DEGREES + 1];
        for &x in bulk {
            let y = (x * unit - 1.0 - c) / width;
            let mut power = 1.0;
            for sum in &mut sums {
                *sum += power;
                power *= y;
            }
        }
        let zero = (1.0 + c) / width;
        Self { sums, zero }
    }

    pub(super) fn is_finite(&self) -> bool {
        self.sums.iter().all(|sum| sum.is_finite())
    }

    /// `sum_i T_n(y_i)` with `sigma^2` times `e^log`, and its derivative by `log`.
    pub(super) fn chebyshev(&self, log: f64) -> (Sums, Sums) {
        let a = (-log).exp();
        let d = (a - 1.0) * self.zero;
        let (a2, d2) = (a * a, d * d);
        let [s0, s1, s2, s3, s4] = self.sums;
        let p1 = a * s1 + d * s0;
        let p2 = a2 * s2 + 2.0 * a * d * s1 + d2 * s0;
        let p3 = a2 * a * s3 + 3.0 * a2 * d * s2 + 3.0 * a * d2 * s1 + d2 * d * s0;
        let p4 = a2 * a2 * s4
            + 4.0 * a2 * a * d * s3
            + 6.0 * a2 * d2 * s2
            + 4.0 * a * d2 * d * s1
            + d2 * d2 * s0;
        let values = [p1, 2.0 * p2 - s0, 4.0 * p3 - 3.0 * p1, 8.0 * (p4 - p2) + s0];
        // dy / dlog = -(y + zero).
        let moved = [s0, p1, p2, p3, p4];
        let by = |j: usize| -(moved[j + 1] + self.zero * moved[j]);
        let slopes = [
            by(0),
            4.0 * by(1),
            12.0 * by(2) - 3.0 * by(0),
            32.0 * by(3) - 16.0 * by(1),
        ];
        (values, slopes)
    }
}

/// What `m` eigenvalues of real Gaussian noise give on average: the integral over the law, and the term of order
/// one of Bai and Silverstein (2004), 1/2 for even degrees.
pub(super) fn of_noise(m: f64, c: f64) -> Sums {
    let (half, root) = (0.5 * m, c.sqrt());
    [
        -half * root,
        half * (c - 1.0) + 0.5,
        half * root * (1.0 - c),
        half * c * (c - 1.0) + 0.5,
    ]
}

/// What a share `p` of directions adds for each eigenvalue, with `t` the square of their strength over the BBP threshold.
///
/// A single direction adds `t^n / 2`; the terms in `p^2` are those of the free convolution of both laws (Dozier and
/// Silverstein 2007, equation 1.1), expanded at infinity, and exact.
pub(super) fn of_directions(p: f64, t: f64, c: f64) -> Sums {
    let root = c.sqrt();
    let (first, second) = (0.5 * p * t, 0.5 * p * t * t);
    [
        first,
        second,
        second * (t + 3.0 * p * root),
        second * (t * t + p * (2.0 + 2.0 * c + 8.0 * root * t)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::MarchenkoPastur;

    fn slow(bulk: &[f64], c: f64, sigma2: f64) -> Sums {
        let mut sums = [0.0; DEGREES];
        for x in bulk {
            let y = (x / sigma2 - 1.0 - c) / (2.0 * c.sqrt());
            let (y2, y4) = (y * y, y * y * y * y);
            let terms = [
                y,
                2.0 * y2 - 1.0,
                y * (4.0 * y2 - 3.0),
                8.0 * (y4 - y2) + 1.0,
            ];
            for (sum, term) in sums.iter_mut().zip(terms) {
                *sum += term;
            }
        }
        sums
    }

    #[test]
    fn sums_at_another_variance_are_those_of_the_definition() {
        let bulk: Vec<f64> = (1..=40).map(|i| 0.07 * f64::from(i)).collect();
        let sums = PowerSums::new(&bulk, 100, 0, 1.1);
        for log in [-0.2, 0.0, 0.1] {
            let (values, slopes) = sums.chebyshev(log);
            let expected = slow(&bulk, 0.4, 1.1 * f64::exp(log));
            let beside = |step: f64| slow(&bulk, 0.4, 1.1 * f64::exp(log + step));
            let (up, down) = (beside(1e-5), beside(-1e-5));
            for k in 0..DEGREES {
                // Forty terms of size 10; a central difference of step 1e-5 keeps 9 digits or so.
                assert!((values[k] - expected[k]).abs() < 1e-10);
                let slope = (up[k] - down[k]) / 2e-5;
                assert!((slopes[k] - slope).abs() < 1e-5 * (1.0 + slope.abs()));
            }
        }
    }

    #[test]
    fn noise_has_the_integrals_of_its_law() {
        for (n, m) in [(4000_u32, 1000_u32), (2000, 2000)] {
            let c = f64::from(m) / f64::from(n);
            let law = MarchenkoPastur::new(1.0 / c, 1.0).unwrap();
            let bulk: Vec<f64> = (0..m)
                .map(|i| law.quantile((f64::from(i) + 0.5) / f64::from(m)).unwrap())
                .collect();
            let (values, _) = PowerSums::new(&bulk, n as usize, 0, 1.0).chebyshev(0.0);
            let expected = of_noise(f64::from(m), c);
            for k in 0..DEGREES {
                // Midpoint sums of a function of slope 16 at the edges (0.027 at most), and no finite-size half in quantiles.
                let half = if k % 2 == 1 { 0.5 } else { 0.0 };
                assert!(
                    (values[k] + half - expected[k]).abs() < 0.05,
                    "{k}: {values:?}"
                );
            }
        }
    }

    #[test]
    fn directions_have_the_moments_of_the_free_convolution() {
        // With sigma = 1 and a share p of planted squares l, the first two moments of the eigenvalues are
        // 1 + p l and (1 + c) (1 + 2 p l) + p l^2 (traces of (A + X)(A + X)^T and its square).
        let (p, t, c) = (0.1, 1.3, 0.5_f64);
        let l = t * c.sqrt();
        let first = 1.0 + p * l;
        let second = (1.0 + c) * (1.0 + 2.0 * p * l) + p * l * l;
        let y = (first - 1.0 - c) / (2.0 * c.sqrt());
        let y2 = (second - 2.0 * (1.0 + c) * first + (1.0 + c) * (1.0 + c)) / (4.0 * c);
        let noise = [-0.5 * c.sqrt(), 0.5 * (c - 1.0)];
        let added = of_directions(p, t, c);
        assert!((noise[0] + added[0] - y).abs() < 1e-14);
        assert!((noise[1] + added[1] - (2.0 * y2 - 1.0)).abs() < 1e-14);
    }

    /// Coefficients of a power series, the lowest first.
    type Series = [f64; 8];

    fn times(a: &Series, b: &Series) -> Series {
        std::array::from_fn(|k| (0..=k).map(|i| a[i] * b[k - i]).sum())
    }

    fn inverse(a: &Series) -> Series {
        let mut inverse = [0.0; 8];
        inverse[0] = 1.0 / a[0];
        for k in 1..8 {
            let sum: f64 = (1..=k).map(|i| a[i] * inverse[k - i]).sum();
            inverse[k] = -sum / a[0];
        }
        inverse
    }

    fn line(a: f64, b: f64) -> Series {
        [a, b, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    }

    fn scaled(a: &Series, by: f64) -> Series {
        a.map(|x| by * x)
    }

    fn plus(a: &Series, b: &Series) -> Series {
        std::array::from_fn(|k| a[k] + b[k])
    }

    /// The mean of `T_n` under the law of Dozier and Silverstein, from their equation: with `b = 1 + c m(z)` and
    /// `v = b z - (1 - c)` it is `b = 1 - c ((1 - p) / v + p b / (b v - l))`, here in powers of `e`, `v = c + sqrt(c) / e`;
    /// the mean is the residue of `-T_n(y(z)) m(z) dz`.
    fn by_residue(p: f64, t: f64, c: f64) -> Sums {
        let root = c.sqrt();
        let u = times(&line(0.0, 1.0), &inverse(&line(root, c)));
        let mut b = line(1.0, 0.0);
        for _ in 0..8 {
            let below = inverse(&plus(&b, &scaled(&u, -t * root)));
            let planted = times(&times(&b, &u), &below);
            let sum = plus(&scaled(&u, 1.0 - p), &scaled(&planted, p));
            b = plus(&line(1.0, 0.0), &scaled(&sum, -c));
        }
        let m = scaled(&plus(&b, &line(-1.0, 0.0)), 1.0 / c);
        // z e, (dz / de) e^2, and 2 y e.
        let z = times(&line(root, 1.0), &inverse(&b));
        let slope: Series = std::array::from_fn(|k| (k as f64 - 1.0) * z[k]);
        let y = scaled(&plus(&z, &line(0.0, -1.0 - c)), 1.0 / root);
        let mut before = line(1.0, 0.0);
        let mut now = scaled(&y, 0.5);
        std::array::from_fn(|k| {
            // T_n e^n, and its mean at e^(n + 1).
            let mean = times(&times(&now, &m), &slope)[k + 2];
            let mut shifted = [0.0; 8];
            shifted[2..].copy_from_slice(&before[..6]);
            let next = plus(&times(&y, &now), &scaled(&shifted, -1.0));
            (before, now) = (now, next);
            mean
        })
    }

    #[test]
    fn directions_have_the_sums_of_the_information_plus_noise_law() {
        for (p, t, c) in [
            (0.0, 1.0, 0.5),
            (0.1, 1.3, 0.5),
            (0.2, 0.4, 1.0),
            (0.35, 2.5, 0.1),
        ] {
            let half = [0.0, 0.5, 0.0, 0.5];
            let (noise, added) = (of_noise(1.0, c), of_directions(p, t, c));
            for (k, slow) in by_residue(p, t, c).into_iter().enumerate() {
                let fast = noise[k] - half[k] + added[k];
                // Eight terms of one magnitude.
                assert!(
                    (fast - slow).abs() < 1e-12 * (1.0 + slow.abs()),
                    "{k}: {fast} {slow}"
                );
            }
        }
    }
}

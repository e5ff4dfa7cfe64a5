//! The Airy function Ai on the real line from -12 upwards.

/// Grid of Taylor centres: from `TOP` down to `TOP - STEP * (CENTRES - 1) = -12.5`.
const TOP: f64 = 12.0;
const STEP: f64 = 0.5;
const CENTRES: usize = 50;
/// Centre at `z = 0`, where the value is known in closed form.
const ORIGIN: usize = 24;
/// Terms for a step of 0.5: `(sqrt(12) / 2)^26 / 26!` is 4e-21.
const STEP_TERMS: usize = 27;
/// Terms for half a step: `(sqrt(12) / 4)^20 / 20!` is 2e-20.
const TERMS: usize = 20;
/// `Ai(0) = 3^(-2/3) / Gamma(2/3)` (DLMF 9.2.3).
const AI_ZERO: f64 = 0.355_028_053_887_817_2;

/// Taylor coefficients of Ai about evenly spaced centres.
///
/// The values come from the asymptotic series at 12 and Taylor steps of the
/// equation `y'' = z y` downwards, the direction in which Ai grows or
/// oscillates, hence the stable one; the whole is then scaled to the known
/// `Ai(0)`. Relative error under 1e-14 for `z >= 0` and absolute error under
/// 1e-14 for `-12.5 <= z < 0`.
#[derive(Debug, Clone)]
pub(super) struct Airy {
    coefficients: Vec<[f64; TERMS]>,
}

impl Airy {
    pub(super) fn new() -> Self {
        let (mut value, mut slope) = asymptotic(TOP);
        let mut centres = Vec::with_capacity(CENTRES);
        for k in 0..CENTRES {
            let z = TOP - STEP * k as f64;
            let series = taylor(z, value, slope);
            centres.push(series);
            value = series.iter().rev().fold(0.0, |sum, a| a - STEP * sum);
            slope = (1..STEP_TERMS)
                .rev()
                .fold(0.0, |sum, j| j as f64 * series[j] - STEP * sum);
        }
        let scale = AI_ZERO / centres[ORIGIN][0];
        let coefficients = centres
            .iter()
            .map(|series| std::array::from_fn(|j| scale * series[j]))
            .collect();
        Self { coefficients }
    }

    /// Ai at `z`.
    ///
    /// # Panics
    ///
    /// If `z < -12.75`, outside the grid.
    pub(super) fn ai(&self, z: f64) -> f64 {
        if z >= TOP {
            return asymptotic(z).0;
        }
        let k = ((TOP - z) / STEP).round();
        let h = z - (TOP - STEP * k);
        self.coefficients[k as usize]
            .iter()
            .rev()
            .fold(0.0, |sum, a| a + h * sum)
    }
}

/// Coefficients about `z0` from `(n + 2)(n + 1) a_(n+2) = z0 a_n + a_(n-1)`.
fn taylor(z0: f64, value: f64, slope: f64) -> [f64; STEP_TERMS] {
    let mut a = [0.0; STEP_TERMS];
    a[0] = value;
    a[1] = slope;
    for n in 0..STEP_TERMS - 2 {
        let below = if n == 0 { 0.0 } else { a[n - 1] };
        a[n + 2] = (z0 * a[n] + below) / ((n + 2) * (n + 1)) as f64;
    }
    a
}

/// `(Ai, Ai')` for large `z` (DLMF 9.7.5, 9.7.6).
fn asymptotic(z: f64) -> (f64, f64) {
    let root = z.sqrt();
    let zeta = 2.0 / 3.0 * z * root;
    let (mut u, mut value, mut slope) = (1.0, 1.0, 1.0);
    for k in 1..30 {
        let k = f64::from(k);
        let ratio = (6.0 * k - 5.0) * (6.0 * k - 3.0) * (6.0 * k - 1.0)
            / (216.0 * k * (2.0 * k - 1.0) * zeta);
        u *= -ratio;
        value += u;
        slope += u * (6.0 * k + 1.0) / (1.0 - 6.0 * k);
        if u.abs() < 1e-18 {
            break;
        }
    }
    let front = (-zeta).exp() / (2.0 * std::f64::consts::PI.sqrt());
    let quarter = root.sqrt();
    (front / quarter * value, -front * quarter * slope)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_mpmath() {
        // mpmath.airyai at 30 digits; see tests/data/tracy_widom.py.
        let reference = include_str!("../../../tests/data/airy.csv");
        let airy = Airy::new();
        let mut seen = 0;
        for line in reference.lines().skip(1) {
            let (z, expected) = line.split_once(',').unwrap();
            let (z, expected): (f64, f64) = (z.parse().unwrap(), expected.parse().unwrap());
            let error = (airy.ai(z) - expected).abs();
            // Beyond 12 the exponential of zeta itself loses zeta * eps.
            let bound = if z < 0.0 {
                1e-14
            } else if z < TOP {
                1e-14 * expected
            } else {
                1e-13 * expected
            };
            assert!(error <= bound, "Ai({z}): error {error:e}, bound {bound:e}");
            seen += 1;
        }
        assert!(seen > 60);
    }
}

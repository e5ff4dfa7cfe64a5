//! The Hurwitz zeta function.

/// `a^s zeta(s, a) = sum over k >= 0 of (1 + k/a)^(-s)` and its first two derivatives in `s`, for `s > 1`, `a >= 1`.
///
/// The factor keeps it in the range of numbers: it lies between 1 and `1 + a/(s - 1)`.
///
/// By Euler and Maclaurin (Johansson, Numerical Algorithms 69 (2015), eq. 3): terms up to `w = a + N >= s + 12`, then with
/// `u = w/a`, `u^(-s) (w/(s - 1) + 1/2 + sum over j of B_2j/(2j)! s (s + 1) .. (s + 2j - 2) w^(1 - 2j))`; eight corrections
/// give all digits there.
pub(crate) fn scaled_hurwitz_zeta(s: f64, a: f64) -> [f64; 3] {
    let terms = (s + 12.0 - a).max(0.0).ceil();
    let mut sums = [0.0; 3];
    let mut k = 0.0;
    while k < terms {
        let log = (k / a).ln_1p();
        let power = (-s * log).exp();
        sums[0] += power;
        sums[1] -= power * log;
        sums[2] += power * log * log;
        k += 1.0;
    }
    let w = a + terms;
    let rest = corrections(s, w);
    let log = (terms / a).ln_1p();
    let power = (-s * log).exp();
    sums[0] += power * rest[0];
    sums[1] += power * (rest[1] - log * rest[0]);
    sums[2] += power * (rest[2] - 2.0 * log * rest[1] + log * log * rest[0]);
    sums
}

/// `B_2j / (2j)!`.
const BERNOULLI: [f64; 8] = [
    1.0 / 12.0,
    -1.0 / 720.0,
    1.0 / 30_240.0,
    -1.0 / 1_209_600.0,
    1.0 / 47_900_160.0,
    -691.0 / 1_307_674_368_000.0,
    1.0 / 74_724_249_600.0,
    -3617.0 / 10_670_622_842_880_000.0,
];

/// The bracket of Euler and Maclaurin's formula, and its derivatives in `s`.
fn corrections(s: f64, w: f64) -> [f64; 3] {
    let inverse = 1.0 / (s - 1.0);
    let main = w * inverse;
    let mut sums = [main + 0.5, -main * inverse, 2.0 * main * inverse * inverse];
    // The rising factorial, its derivatives, and how many factors it has.
    let (mut product, mut first, mut second) = (1.0, 0.0, 0.0);
    let mut factors = 0;
    let mut scale = w;
    for (j, coefficient) in BERNOULLI.iter().enumerate() {
        while factors < 2 * j + 1 {
            let factor = s + factors as f64;
            second = second * factor + 2.0 * first;
            first = first * factor + product;
            product *= factor;
            factors += 1;
        }
        scale /= w * w;
        sums[0] += coefficient * scale * product;
        sums[1] += coefficient * scale * first;
        sums[2] += coefficient * scale * second;
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_derivatives_match_mpmath() {
        for (s, a, expected) in REFERENCE {
            let found = scaled_hurwitz_zeta(s, a);
            for (f, e) in found.iter().zip(expected) {
                assert!((f / e - 1.0).abs() < 1e-12, "{s} {a}: {f} {e}");
            }
        }
    }

    /// mpmath, 40 digits: `a^s zeta(s, a)` and its first two derivatives in `s`.
    const REFERENCE: [(f64, f64, [f64; 3]); 6] = [
        (
            2.5,
            1.0,
            [1.341487257250917, -0.38734195032621, 0.5819689270420682],
        ),
        (
            1.01,
            1.0,
            [100.57794333849678, -9999.927281160435, 1999999.9902892094],
        ),
        (
            3.0,
            7.0,
            [4.0354761170741735, -1.7382803612749433, 1.7499071919490865],
        ),
        (
            12.5,
            3.0,
            [
                1.0293226732471552,
                -0.008900494812344464,
                0.002817852213125184,
            ],
        ),
        (
            60.0,
            2.0,
            [
                1.0000000000271971,
                -1.1027522884765305e-11,
                4.471275931594393e-12,
            ],
        ),
        (
            2.2,
            5000.0,
            [4167.166703333332, -3472.222205555555, 5787.037037037035],
        ),
    ];
}

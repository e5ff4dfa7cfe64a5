//! The Hurwitz zeta function.

/// `a^s zeta(s, a) = sum over k >= 0 of (1 + k/a)^(-s)` and its first two derivatives in `s`, for
/// `s > 1`, `a >= 1`.
///
/// The factor keeps it in the range of numbers: it lies between 1 and `1 + a/(s - 1)`.
///
/// By Euler and Maclaurin (Johansson, Numerical Algorithms 69 (2015), eq. 3): terms up to `w = a +
/// N >= s + 12`, then with `u = w/a`, `u^(-s) (w/(s - 1) + 1/2 + sum over j of B_2j/(2j)! s (s + 1)
/// .. (s + 2j - 2) w^(1 - 2j))`; eight corrections give all digits there.
pub(crate) fn scaled_hurwitz_zeta(s: f64, a: f64) -> [f64; 3] {
    let terms = (s + 12.0 - a).max(0.0).ceil();
    let mut sums = head(s, a, terms);
    let w = a + terms;
    let inverse = 1.0 / (s - 1.0);
    let main = w * inverse;
    let integral = [main, -main * inverse, 2.0 * main * inverse * inverse];
    add(&mut sums, s, terms / a, 1.0, corrections(s, w, integral));
    sums
}

/// `sum over 0 <= k < count of (1 + k/a)^(-s)` and its first two derivatives in `s`, for any `s`,
/// `a >= 1` and whole `count`: `a^s (zeta(s, a) - zeta(s, a + count))` without the cancellation,
/// and at `s = 1` too. The largest term has to be finite.
///
/// Few terms are added one by one. For more, Euler and Maclaurin's formula with corrections at both
/// ends, and the integral between them as one number: `w^s` times it is `w L phi((s - 1) L)` with
/// `L` the logarithm of the ratio of the ends.
pub(crate) fn scaled_power_sum(s: f64, a: f64, count: f64) -> [f64; 3] {
    let terms = (s.abs() + 12.0 - a).max(0.0).ceil();
    if count <= terms + 16.0 {
        return head(s, a, count);
    }
    let mut sums = head(s, a, terms);
    let w = a + terms;
    let width = ((count - terms) / w).ln_1p();
    let phi = relative_decay((s - 1.0) * width);
    let main = w * width;
    let integral = [
        main * phi[0],
        main * width * phi[1],
        main * width * width * phi[2],
    ];
    add(&mut sums, s, terms / a, 1.0, corrections(s, w, integral));
    let end = corrections(s, a + count, [0.0; 3]);
    add(&mut sums, s, count / a, -1.0, end);
    sums
}

/// The first terms, one by one.
fn head(s: f64, a: f64, terms: f64) -> [f64; 3] {
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
    sums
}

/// Adds `sign (1 + excess)^(-s) rest`, derivatives by the product rule.
fn add(sums: &mut [f64; 3], s: f64, excess: f64, sign: f64, rest: [f64; 3]) {
    let log = excess.ln_1p();
    let power = sign * (-s * log).exp();
    sums[0] += power * rest[0];
    sums[1] += power * (rest[1] - log * rest[0]);
    sums[2] += power * (rest[2] - 2.0 * log * rest[1] + log * log * rest[0]);
}

/// `phi(u) = (1 - e^(-u)) / u` and its first two derivatives.
fn relative_decay(u: f64) -> [f64; 3] {
    if u.abs() >= 1.0 {
        let decay = (-u).exp();
        let value = -(-u).exp_m1() / u;
        let first = (decay - value) / u;
        return [value, first, -(decay + 2.0 * first) / u];
    }
    // The series sum of (-u)^k / (k + 1)!, by Horner's rule from its term 22, which is under 1e-20.
    let mut sums = [0.0; 3];
    for coefficient in decay_series().into_iter().rev() {
        sums[2] = sums[2] * u + 2.0 * sums[1];
        sums[1] = sums[1] * u + sums[0];
        sums[0] = sums[0] * u + coefficient;
    }
    sums
}

/// `(-1)^k / (k + 1)!` for `k` from 0.
fn decay_series() -> [f64; 23] {
    let mut term = -1.0;
    std::array::from_fn(|k| {
        term /= -(k as f64 + 1.0);
        term
    })
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

/// The bracket of Euler and Maclaurin's formula, `integral` and what corrects it, and its
/// derivatives in `s`.
fn corrections(s: f64, w: f64, integral: [f64; 3]) -> [f64; 3] {
    let mut sums = [integral[0] + 0.5, integral[1], integral[2]];
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

    #[test]
    fn a_power_sum_is_its_terms() {
        // The definition, added from the small end: rounding of 10^5 terms is under 1e-13 of their
        // sum.
        for (a, count) in [
            (1.0, 5.0),
            (1.0, 40.0),
            (3.0, 2000.0),
            (40.0, 100_000.0),
            (1e9, 500.0),
            (1e6, 1e5),
        ] {
            for s in [
                -30.0,
                -2.5,
                -1.0,
                0.0,
                0.6,
                1.0,
                1.0 + 1e-9,
                1.3,
                2.5,
                7.0,
                40.0,
            ] {
                let mut direct = [0.0; 3];
                for k in (0..count as u32).rev() {
                    let log = (f64::from(k) / a).ln_1p();
                    let power = (-s * log).exp();
                    direct[0] += power;
                    direct[1] -= power * log;
                    direct[2] += power * log * log;
                }
                for (f, e) in scaled_power_sum(s, a, count).iter().zip(direct) {
                    assert!((f / e - 1.0).abs() < 1e-11, "{s} {a} {count}: {f} {e}");
                }
            }
        }
        // Without end it is the zeta function: what is cut off is under 1e-17 of it.
        let far = scaled_power_sum(2.5, 3.0, 1e18);
        for (f, e) in far.iter().zip(scaled_hurwitz_zeta(2.5, 3.0)) {
            assert!((f / e - 1.0).abs() < 1e-13, "{f} {e}");
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

//! Scaling by powers of two, exact, so that no absolute threshold and no square meets weights of
//! 1e-200 or 1e200; and norms of long vectors.

use crate::error::SvdError;

/// The exponent `e` for which the largest magnitude times `2^-e` lies in `[1, 2)`; 0 for an
/// all-zero slice.
pub(crate) fn exponent(values: &[f64]) -> i32 {
    let largest = values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    if largest == 0.0 {
        return 0;
    }
    let biased = |x: f64| ((x.to_bits() >> 52) & 0x7ff) as i32;
    match biased(largest) {
        // Subnormal: 2^54 makes it normal, exactly.
        0 => biased(largest * 2f64.powi(54)) - 54 - 1023,
        b => b - 1023,
    }
}

/// `x * 2^e` in two steps, neither of which leaves the range of exponents by itself.
pub(crate) fn scaled(x: f64, e: i32) -> f64 {
    let half = e / 2;
    x * 2f64.powi(half) * 2f64.powi(e - half)
}

/// A copy of `values` divided by `2^e`, for `e` from [`exponent`].
pub(crate) fn normalized(values: &[f64], e: i32) -> Vec<f64> {
    values.iter().map(|&v| scaled(v, -e)).collect()
}

/// `x * 2^e`, refused where it overflows.
pub(crate) fn restored(x: f64, e: i32, what: &'static str) -> Result<f64, SvdError> {
    let y = scaled(x, e);
    if y.is_finite() {
        Ok(y)
    } else {
        Err(SvdError::Overflow { what })
    }
}

/// Entries to a partial sum.
pub(crate) const CHUNK: usize = 1024;

/// The 2-norm, summed by chunks of fixed length: at most `CHUNK + n / CHUNK` additions behind any
/// term.
pub(crate) fn norm(x: &[f64]) -> f64 {
    x.chunks(CHUNK)
        .map(|part| part.iter().map(|v| v * v).sum::<f64>())
        .sum::<f64>()
        .sqrt()
}

/// Divides by the norm and returns it; a zero vector stays.
pub(crate) fn normalize(x: &mut [f64]) -> f64 {
    let size = norm(x);
    if size > 0.0 {
        x.iter_mut().for_each(|v| *v /= size);
    }
    size
}

/// -1 where the entry of largest magnitude is negative, else 1; among entries within 1e-8
/// (relative) of the largest, the one of lowest index decides.
pub(crate) fn sign_of(u: &[f64]) -> f64 {
    let largest = u.iter().fold(0.0f64, |m, x| m.max(x.abs()));
    match u.iter().find(|x| x.abs() >= largest * (1.0 - 1e-8)) {
        Some(&x) if x < 0.0 => -1.0,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaling_is_exact_over_the_whole_range() {
        for x in [
            5e-324,
            3.7e-310,
            f64::MIN_POSITIVE,
            1e-200,
            0.05,
            1.0,
            3.0,
            1e200,
            f64::MAX,
        ] {
            let e = exponent(&[-x, x / 2.0]);
            let y = normalized(&[x], e)[0];
            assert!((1.0..2.0).contains(&y), "{x} -> {y}");
            assert_eq!(scaled(y, e), x);
        }
        assert_eq!(exponent(&[0.0, 0.0]), 0);
        assert!(restored(1.5, 1024, "value").is_err());
    }

    #[test]
    fn the_first_of_nearly_equal_entries_decides_the_sign() {
        assert_eq!(sign_of(&[0.1, -0.9, 0.3]), -1.0);
        assert_eq!(sign_of(&[-0.5, 0.5 + 1e-12]), -1.0);
        assert_eq!(sign_of(&[-0.5, 0.5 + 1e-6]), 1.0);
        assert_eq!(sign_of(&[0.0, 0.0]), 1.0);
    }
}

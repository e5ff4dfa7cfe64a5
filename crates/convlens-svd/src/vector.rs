//! Long vectors.

/// Entries to a partial sum.
pub(crate) const CHUNK: usize = 1024;

/// The 2-norm, summed by chunks of fixed length: at most `CHUNK + n / CHUNK` additions behind any term.
pub(crate) fn norm(x: &[f64]) -> f64 {
    x.chunks(CHUNK)
        .map(|part| part.iter().map(|v| v * v).sum::<f64>())
        .sum::<f64>()
        .sqrt()
}

/// Divides by the norm and returns it; a zero vector stays.
pub(crate) fn normalise(x: &mut [f64]) -> f64 {
    let size = norm(x);
    if size > 0.0 {
        x.iter_mut().for_each(|v| *v /= size);
    }
    size
}

/// -1 where the entry of largest magnitude is negative, else 1; among entries within 1e-8 (relative) of the largest,
/// the one of lowest index decides.
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
    fn the_first_of_nearly_equal_entries_decides_the_sign() {
        assert_eq!(sign_of(&[0.1, -0.9, 0.3]), -1.0);
        assert_eq!(sign_of(&[-0.5, 0.5 + 1e-12]), -1.0);
        assert_eq!(sign_of(&[-0.5, 0.5 + 1e-6]), 1.0);
        assert_eq!(sign_of(&[0.0, 0.0]), 1.0);
    }
}

//! Exact binomial bounds.

/// The central 99.9% of a binomial law: the least and the greatest count inside.
pub(crate) fn central_999(trials: usize, p: f64) -> (usize, usize) {
    if p > 0.5 {
        // The first term of the other tail vanishes.
        let (low, high) = central_999(trials, 1.0 - p);
        return (trials - high, trials - low);
    }
    let mut term = (trials as f64 * (-p).ln_1p()).exp();
    let mut below = 0.0;
    let (mut low, mut high) = (None, trials);
    for k in 0..=trials {
        if low.is_none() && below + term > 5e-4 {
            low = Some(k);
        }
        below += term;
        if below >= 1.0 - 5e-4 {
            high = k;
            break;
        }
        term *= (trials - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
    }
    (low.unwrap_or(0), high)
}

/// A count with its bounds, marked if it is outside.
pub(crate) fn shown(count: usize, trials: usize, p: f64) -> String {
    let (low, high) = central_999(trials, p);
    let mark = if (low..=high).contains(&count) {
        ""
    } else {
        " !"
    };
    format!("{count} [{low}, {high}]{mark}")
}

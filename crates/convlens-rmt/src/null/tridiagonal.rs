//! Eigenvalues of a symmetric tridiagonal matrix that is not negative.

/// Sweeps allowed for each eigenvalue before the slow method takes over; two are usual.
const SWEEPS: usize = 30;

/// The eigenvalues, ascending, of the symmetric tridiagonal matrix with the given diagonal and the *squares* of
/// the entries beside it (one fewer).
///
/// The root-free QL of Pal, Walker and Kahan (Parlett 1980, "The Symmetric Eigenvalue Problem", section 8.15) with
/// Wilkinson's shift: `O(M^2)`, absolute error of a few `eps` times the norm. Rounding below zero is set to zero.
pub(crate) fn eigenvalues(mut diagonal: Vec<f64>, mut squares: Vec<f64>) -> Vec<f64> {
    // QL finds the top of the matrix first and is the more accurate the smaller it is.
    if diagonal.first() > diagonal.last() {
        diagonal.reverse();
        squares.reverse();
    }
    let slow = |diagonal: &[f64], squares: &[f64]| bisection(diagonal, squares);
    let kept = (diagonal.clone(), squares.clone());
    if !root_free_ql(&mut diagonal, &mut squares) {
        diagonal = slow(&kept.0, &kept.1);
    }
    for value in &mut diagonal {
        *value = value.max(0.0);
    }
    diagonal.sort_by(f64::total_cmp);
    diagonal
}

/// Leaves the eigenvalues in `d`; whether all of them converged.
fn root_free_ql(d: &mut [f64], e2: &mut [f64]) -> bool {
    let size = d.len();
    let mut start = 0;
    let mut left = SWEEPS * size;
    while start < size {
        let mut end = start;
        while end + 1 < size && e2[end] > negligible(d[end], d[end + 1]) {
            end += 1;
        }
        if end == start {
            start += 1;
        } else if left == 0 {
            return false;
        } else {
            left -= 1;
            sweep(&mut d[start..=end], &mut e2[start..end]);
        }
    }
    true
}

fn negligible(a: f64, b: f64) -> f64 {
    (f64::EPSILON * f64::EPSILON * (a * b).abs()).max(f64::MIN_POSITIVE)
}

/// One QL sweep over an unreduced block.
fn sweep(d: &mut [f64], e2: &mut [f64]) {
    let last = e2.len();
    let root = e2[0].sqrt();
    let half = (d[1] - d[0]) / (2.0 * root);
    let shift = d[0] - root / (half + half.hypot(1.0).copysign(half));
    let (mut c, mut s) = (1.0_f64, 0.0);
    let mut gamma = d[last] - shift;
    let mut p = gamma * gamma;
    for i in (0..last).rev() {
        let square = e2[i];
        let r = p + square;
        if i + 1 < last {
            e2[i + 1] = s * r;
        }
        let (old_c, old_gamma) = (c, gamma);
        c = p / r;
        s = square / r;
        gamma = c * (d[i] - shift) - s * old_gamma;
        d[i + 1] = old_gamma + (d[i] - gamma);
        p = if c == 0.0 {
            old_c * square
        } else {
            gamma * gamma / c
        };
    }
    e2[0] = s * p;
    d[0] = shift + gamma;
}

/// The definition, by Sturm counts: the k-th eigenvalue is where the count of those below passes k.
fn bisection(d: &[f64], e2: &[f64]) -> Vec<f64> {
    let beside = |i: usize| e2.get(i).map_or(0.0, |x| x.sqrt());
    let top = (0..d.len())
        .map(|i| d[i] + beside(i) + if i > 0 { beside(i - 1) } else { 0.0 })
        .fold(0.0, f64::max);
    (0..d.len())
        .map(|k| {
            let (mut low, mut high) = (0.0, top);
            for _ in 0..80 {
                let middle = 0.5 * (low + high);
                if count_below(d, e2, middle) > k {
                    high = middle;
                } else {
                    low = middle;
                }
            }
            0.5 * (low + high)
        })
        .collect()
}

fn count_below(d: &[f64], e2: &[f64], x: f64) -> usize {
    let mut count = 0;
    let mut pivot = 1.0;
    for i in 0..d.len() {
        let carried = if i > 0 { e2[i - 1] / pivot } else { 0.0 };
        pivot = d[i] - x - carried;
        if pivot == 0.0 {
            pivot = -f64::MIN_POSITIVE;
        }
        if pivot < 0.0 {
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    #[test]
    fn the_second_difference_has_its_known_eigenvalues() {
        // 2 - 2 cos(k pi / (n + 1)).
        for n in [1, 2, 3, 10, 101] {
            let found = eigenvalues(vec![2.0; n], vec![1.0; n - 1]);
            for (k, value) in found.iter().enumerate() {
                let exact = 2.0 - 2.0 * ((k + 1) as f64 * PI / (n + 1) as f64).cos();
                // A few rounding errors of the norm, which is 4.
                assert!((value - exact).abs() < 1e-14 * 4.0, "{n} {k}");
            }
        }
        assert!(eigenvalues(vec![], vec![]).is_empty());
    }

    #[test]
    fn sturm_counts_agree_on_graded_split_and_scaled_matrices() {
        let cases: Vec<(Vec<f64>, Vec<f64>)> = vec![
            (
                (0..30).map(|i| 2.0_f64.powi(-i)).collect(),
                (0..29).map(|i| 0.2 * 4.0_f64.powi(-i)).collect(),
            ),
            (
                (0..30).map(|i| 2.0_f64.powi(i - 30)).collect(),
                (0..29).map(|i| 0.2 * 4.0_f64.powi(i - 30)).collect(),
            ),
            (vec![3.0, 1.0, 4.0, 1.0, 5.0], vec![0.0, 0.5, 0.0, 0.9]),
            (vec![1.0; 6], vec![0.0; 5]),
            (vec![1e150, 2e150, 3e150], vec![1e299, 1e299]),
        ];
        for (d, e2) in cases {
            let norm = d.iter().fold(0.0_f64, |a, &b| a.max(b));
            for (a, b) in eigenvalues(d.clone(), e2.clone())
                .iter()
                .zip(bisection(&d, &e2))
            {
                // Both are good to a few eps of the norm; bisection halves it 80 times.
                assert!((a - b).abs() < 1e-14 * norm, "{a} {b}");
            }
        }
    }
}

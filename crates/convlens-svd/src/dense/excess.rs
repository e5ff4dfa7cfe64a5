//! What a matrix has over a bound on its singular values.

use super::{Rung, gram, singular_values, thin::direct};
use crate::SvdError;
use faer::linalg::evd::ComputeEigenvectors;
use faer::linalg::matmul::matmul;
use faer::traits::math_utils::one;
use faer::{Accum, Mat, MatRef, Par};
use num_complex::Complex64;

/// `E = U (S - c)_+ V^H` of `A = U S V^H`: then `A - E` is the nearest matrix, in Frobenius norm, of norm at most `c`.
#[derive(Debug)]
pub(crate) struct Excess {
    /// `E`; none where no value is over the bound.
    pub(crate) matrix: Option<Mat<Complex64>>,
    /// `|E|_F^2`.
    pub(crate) squares: f64,
    /// The largest singular value of `A`.
    pub(crate) largest: f64,
    pub(crate) rung: Rung,
}

/// The excess of `a` over `bound`. Vectors are computed only where a value is over it.
pub(crate) fn excess(a: MatRef<'_, Complex64>, bound: f64) -> Result<Excess, SvdError> {
    let (values, rung) = singular_values(a)?;
    let largest = values.first().copied().unwrap_or(0.0);
    if largest <= bound {
        return Ok(Excess {
            matrix: None,
            squares: 0.0,
            largest,
            rung,
        });
    }
    let squares = values.iter().map(|s| (s - bound).max(0.0).powi(2)).sum();
    for vectors in Rung::LADDER {
        let matrix = on_rung(a, bound, vectors).filter(is_finite);
        if matrix.is_some() {
            return Ok(Excess {
                matrix,
                squares,
                largest,
                rung: rung.max(vectors),
            });
        }
    }
    Err(SvdError::NoConvergence {
        rows: a.nrows(),
        cols: a.ncols(),
    })
}

fn is_finite(a: &Mat<Complex64>) -> bool {
    (0..a.ncols()).all(|j| a.col(j).iter().all(|x| x.is_finite()))
}

fn on_rung(a: MatRef<'_, Complex64>, bound: f64, rung: Rung) -> Option<Mat<Complex64>> {
    let turned = || a.transpose().to_owned();
    match rung {
        Rung::Direct => by_svd(a, bound),
        // The excess of the transpose is the transpose of the excess.
        Rung::Transpose => Some(by_svd(turned().as_ref(), bound)?.transpose().to_owned()),
        Rung::Gram if a.nrows() >= a.ncols() => by_gram(a, bound),
        Rung::Gram => Some(by_gram(turned().as_ref(), bound)?.transpose().to_owned()),
    }
}

fn by_svd(a: MatRef<'_, Complex64>, bound: f64) -> Option<Mat<Complex64>> {
    let (u, s, v) = direct(a)?;
    let over = s.iter().filter(|&&s| s > bound).count();
    let scaled = Mat::from_fn(a.nrows(), over, |i, l| u[(i, l)] * (s[l] - bound));
    Some(product(scaled.as_ref(), v.as_ref().subcols(0, over)))
}

/// For a tall matrix: `A V (1 - c / S)_+ V^H` with the eigenvectors `V` of `A^H A`.
fn by_gram(a: MatRef<'_, Complex64>, bound: f64) -> Option<Mat<Complex64>> {
    let n = a.ncols();
    let (lambda, v) = gram::eigen(gram::gram(a).as_ref(), ComputeEigenvectors::Yes)?;
    let share = |l: usize| {
        let s = lambda[l].max(0.0).sqrt();
        if s > bound { 1.0 - bound / s } else { 0.0 }
    };
    let scaled = Mat::from_fn(n, n, |i, l| v[(i, l)] * share(l));
    let filter = product(scaled.as_ref(), v.as_ref());
    let mut out = Mat::zeros(a.nrows(), n);
    let accum = Accum::Replace;
    matmul(out.as_mut(), accum, a, filter.as_ref(), one(), Par::Seq);
    Some(out)
}

/// `X Y^H`.
fn product(x: MatRef<'_, Complex64>, y: MatRef<'_, Complex64>) -> Mat<Complex64> {
    let mut out = Mat::zeros(x.nrows(), y.nrows());
    let accum = Accum::Replace;
    matmul(out.as_mut(), accum, x, y.adjoint(), one(), Par::Seq);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rung_clips_and_leaves_what_is_under_the_bound() {
        let entry = |i: usize, j: usize| {
            let x = |a: usize| ((7 * i + 3 * j * j + a * i * j + a) % 11) as f64 / 4.0 - 1.0;
            Complex64::new(x(1), x(2))
        };
        for (rows, cols) in [(5, 3), (3, 5), (4, 4), (1, 1)] {
            let a = Mat::from_fn(rows, cols, entry);
            let (values, _) = singular_values(a.as_ref()).unwrap();
            let bound = 0.6 * values[0];
            for rung in Rung::LADDER {
                let e = on_rung(a.as_ref(), bound, rung).unwrap();
                let rest = Mat::from_fn(rows, cols, |i, j| a[(i, j)] - e[(i, j)]);
                let (clipped, _) = singular_values(rest.as_ref()).unwrap();
                for (found, value) in clipped.iter().zip(&values) {
                    // Values of at most 10, well apart from the loss of the Gram route (1.5e-8 of the largest).
                    assert!((found - value.min(bound)).abs() < 1e-12, "{rung:?}");
                }
            }
            let found = excess(a.as_ref(), bound).unwrap();
            let squares: f64 = found.matrix.unwrap().squared_norm_l2();
            assert!((found.squares - squares).abs() < 1e-12 * squares);
            assert!(excess(a.as_ref(), values[0]).unwrap().matrix.is_none());
        }
    }
}

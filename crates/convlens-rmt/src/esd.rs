//! The empirical spectral density of one matrix: eigenvalues, with the shape that they come from.
//!
//! [`Esd`] is what every fit of this crate starts from: [`Esd::from_singular_values`] takes the
//! singular values and the shape, [`Esd::from_eigenvalues`] eigenvalues that are already
//! normalized.

use crate::error::{RmtError, require_non_negative};

/// The empirical spectral density (ESD) of a `rows x cols` matrix `W`: the
/// eigenvalues of the smaller Gram matrix, divided by the larger side.
///
/// With `N = max(rows, cols)`, `M = min(rows, cols)` and `W` turned to `N x M`,
/// these are the `M` eigenvalues of
///
/// ```text
/// X = W^T W / N,      lambda_i = sigma_i^2 / N.
/// ```
///
/// # Conventions
///
/// - Eigenvalues *ascend*; singular values, which descend by custom, are taken
///   in any order.
/// - The normalizer is `N`, the larger side, and nothing else: entries of
///   variance `v` give eigenvalues with mean `v` whatever the shape. The unit
///   of an eigenvalue is the square of the unit of a weight.
/// - `Q = N / M >= 1`. Its inverse `M / N` is the `gamma` of much of the
///   literature.
/// - Zeros are kept. A matrix of rank `R < M` has `M - R` eigenvalues that are
///   zero up to rounding; [`rank`](Esd::rank) counts the others.
///
/// # Example
///
/// ```
/// use convlens_rmt::Esd;
///
/// // A 4 x 2 matrix with singular values 6 and 2.
/// let esd = Esd::from_singular_values(&[6.0, 2.0], 4, 2)?;
/// assert_eq!(esd.eigenvalues(), &[1.0, 9.0]);
/// assert_eq!((esd.n(), esd.m(), esd.q()), (4, 2, 2.0));
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[doc(alias = "spectrum")]
#[doc(alias = "eigenvalues")]
#[doc(alias = "singular_values")]
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Form"))]
pub struct Esd {
    eigenvalues: Vec<f64>,
    n: usize,
    m: usize,
}

/// An ESD as it stands in a file, before it is checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Form {
    eigenvalues: Vec<f64>,
    n: usize,
    m: usize,
}

#[cfg(feature = "serde")]
impl TryFrom<Form> for Esd {
    type Error = RmtError;

    fn try_from(form: Form) -> Result<Self, RmtError> {
        Esd::from_eigenvalues(&form.eigenvalues, form.n.max(form.m), form.n.min(form.m))
    }
}

impl Esd {
    /// The ESD of a `rows x cols` matrix from its `min(rows, cols)` singular
    /// values, in any order.
    ///
    /// # Errors
    ///
    /// [`RmtError::EmptyShape`] when a side is 0, [`RmtError::WrongLength`] when the number of
    /// values is not `min(rows, cols)`, [`RmtError::NonFinite`], [`RmtError::Negative`] on such a
    /// value, and [`RmtError::SquareOverflows`] where `64 M` times its square overflows, so that no
    /// sum, norm or edge does.
    ///
    /// # Complexity
    ///
    /// `O(M log M)`.
    pub fn from_singular_values(
        values: &[f64],
        rows: usize,
        cols: usize,
    ) -> Result<Self, RmtError> {
        let (n, m) = check_shape(values, rows, cols)?;
        let mut eigenvalues = squares_over(values, n as f64, |x| within_range(x, n, m))?;
        eigenvalues.sort_by(f64::total_cmp);
        Ok(Self { eigenvalues, n, m })
    }

    /// The ESD from eigenvalues of `W^T W / N` that the caller has already
    /// normalized, in any order.
    ///
    /// # Errors
    ///
    /// As [`from_singular_values`](Esd::from_singular_values), with [`RmtError::NormOverflows`] for
    /// the overflow.
    ///
    /// # Complexity
    ///
    /// `O(M log M)`.
    pub fn from_eigenvalues(values: &[f64], rows: usize, cols: usize) -> Result<Self, RmtError> {
        let (n, m) = check_shape(values, rows, cols)?;
        // `+ 0.0` turns a negative zero into a positive one.
        let mut eigenvalues: Vec<f64> = values.iter().map(|v| v + 0.0).collect();
        eigenvalues.sort_by(f64::total_cmp);
        let esd = Self { eigenvalues, n, m };
        let eigenvalue = esd.largest();
        if !within_range(eigenvalue, n, m) {
            return Err(RmtError::NormOverflows { eigenvalue });
        }
        Ok(esd)
    }

    /// The `M` eigenvalues, ascending.
    #[must_use]
    pub fn eigenvalues(&self) -> &[f64] {
        &self.eigenvalues
    }

    /// `N`, the larger side of the matrix, and the normalizer.
    #[must_use]
    pub fn n(&self) -> usize {
        self.n
    }

    /// `M`, the smaller side of the matrix, and the number of eigenvalues.
    #[must_use]
    pub fn m(&self) -> usize {
        self.m
    }

    /// The aspect ratio `Q = N / M >= 1`.
    #[must_use]
    pub fn q(&self) -> f64 {
        self.n as f64 / self.m as f64
    }

    /// The largest eigenvalue.
    #[must_use]
    pub fn largest(&self) -> f64 {
        self.eigenvalues[self.m - 1]
    }

    /// The numerical rank: the number of singular values above
    /// `max(rows, cols) * eps * sigma_max`, with `eps` of `f64`.
    ///
    /// Singular values that were computed in a narrower type carry noise far
    /// above that; their rank has to be judged by the caller.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.m - self.first_nonzero()
    }

    /// The eigenvalues that are not zero by the rule of [`rank`](Esd::rank), ascending.
    #[must_use]
    pub fn nonzero(&self) -> &[f64] {
        &self.eigenvalues[self.first_nonzero()..]
    }

    fn first_nonzero(&self) -> usize {
        let tolerance = self.n as f64 * f64::EPSILON * self.largest().sqrt();
        self.eigenvalues
            .partition_point(|lambda| lambda.sqrt() <= tolerance)
    }
}

/// Whether sums over all eigenvalues, norms without the normalizer, and edges of a law stay finite.
fn within_range(eigenvalue: f64, n: usize, m: usize) -> bool {
    (64.0 * eigenvalue * n as f64 * m as f64).is_finite()
}

/// `sigma^2 / scale` of each singular value, in their order, all of them in a range.
pub(crate) fn squares_over(
    values: &[f64],
    scale: f64,
    in_range: impl Fn(f64) -> bool,
) -> Result<Vec<f64>, RmtError> {
    let square = |(index, &value): (usize, &f64)| {
        let eigenvalue = value * value / scale;
        match in_range(eigenvalue) {
            true => Ok(eigenvalue),
            false => Err(RmtError::SquareOverflows { index, value }),
        }
    };
    values.iter().enumerate().map(square).collect()
}

/// `N` and `M` of slices that have one shape.
pub(crate) fn common_shape(slices: &[Esd]) -> Result<(usize, usize), RmtError> {
    let first = slices.first().ok_or(RmtError::NoSlices)?;
    let (expected_n, expected_m) = (first.n(), first.m());
    for (index, slice) in slices.iter().enumerate() {
        let (n, m) = (slice.n(), slice.m());
        if (n, m) != (expected_n, expected_m) {
            return Err(RmtError::SliceShape {
                index,
                n,
                m,
                expected_n,
                expected_m,
            });
        }
    }
    Ok((expected_n, expected_m))
}

fn check_shape(values: &[f64], rows: usize, cols: usize) -> Result<(usize, usize), RmtError> {
    let (n, m) = (rows.max(cols), rows.min(cols));
    if m == 0 {
        return Err(RmtError::EmptyShape { rows, cols });
    }
    if values.len() != m {
        return Err(RmtError::WrongLength {
            given: values.len(),
            expected: m,
            rows,
            cols,
        });
    }
    require_non_negative(values)?;
    Ok((n, m))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shape_order_does_not_matter() {
        let tall = Esd::from_singular_values(&[3.0, 1.0, 2.0], 5, 3).unwrap();
        let wide = Esd::from_singular_values(&[1.0, 2.0, 3.0], 3, 5).unwrap();
        assert_eq!(tall, wide);
        assert_eq!(tall.eigenvalues(), &[0.2, 0.8, 1.8]);
    }

    #[test]
    fn zeros_are_kept_and_counted() {
        let esd = Esd::from_singular_values(&[1.0, 1e-17, 0.0, 2.0], 4, 9).unwrap();
        assert_eq!(esd.m(), 4);
        assert_eq!(esd.rank(), 2);
        assert_eq!(esd.nonzero().len(), 2);
        let zero = Esd::from_eigenvalues(&[0.0, -0.0], 2, 2).unwrap();
        assert_eq!(zero.rank(), 0);
        assert!(zero.eigenvalues().iter().all(|v| v.is_sign_positive()));
    }

    #[test]
    fn bad_input_is_named() {
        let short = Esd::from_singular_values(&[1.0], 3, 2).unwrap_err();
        assert!(matches!(
            short,
            RmtError::WrongLength {
                given: 1,
                expected: 2,
                ..
            }
        ));
        assert!(matches!(
            Esd::from_singular_values(&[], 0, 2),
            Err(RmtError::EmptyShape { .. })
        ));
        assert!(matches!(
            Esd::from_singular_values(&[1.0, f64::NAN], 2, 2),
            Err(RmtError::NonFinite { index: 1, .. })
        ));
        assert!(matches!(
            Esd::from_eigenvalues(&[-1e-18, 1.0], 2, 2),
            Err(RmtError::Negative { index: 0, .. })
        ));
        assert!(matches!(
            Esd::from_singular_values(&[1e200, 1.0], 2, 2),
            Err(RmtError::SquareOverflows { index: 0, .. })
        ));
        // Their sum and their edge would be infinite.
        assert!(matches!(
            Esd::from_singular_values(&[1e154, 1.0], 2, 2),
            Err(RmtError::SquareOverflows { index: 0, .. })
        ));
        assert!(matches!(
            Esd::from_eigenvalues(&[1.0, 1e307], 2, 2),
            Err(RmtError::NormOverflows { .. })
        ));
    }
}

//! Against the ordinary SVD, on random, graded and deficient matrices.

use super::*;
use crate::dense::thin::tests::defect;
use num_complex::Complex64;

fn noise(seed: &mut u64) -> f64 {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

fn check<T: ComplexField<Real = f64>>(a: &Mat<T>) {
    let mut solver = ThinSolver::new(a.nrows(), a.ncols());
    // Twice: what the first solution leaves behind must not matter.
    solver.solve(a.as_ref()).unwrap();
    assert!(solver.graded_alone(a), "{:?}", a.shape());
    let r = a.nrows().min(a.ncols());
    let u = Mat::from_fn(a.nrows(), r, |i, j| solver.left(j)[i].clone());
    let v = Mat::from_fn(a.ncols(), r, |i, j| solver.right(j)[i].clone());
    let s: Vec<f64> = (0..r).map(|i| solver.value(i)).collect();
    let (orthogonality, residual) = defect(a, &u, &s, &v);
    // eps / SHARE with the constants of products of this length; residual: the bound that is checked.
    assert!(orthogonality < 1e-13, "{:?} {orthogonality}", a.shape());
    let bound = 50.0 * f64::EPSILON * (a.nrows().max(a.ncols()) as f64).sqrt();
    assert!(residual <= bound * s[0], "{:?} {residual}", a.shape());
    let (expected, _) = crate::dense::singular_values(a.as_ref()).unwrap();
    for (found, expected) in s.iter().zip(&expected) {
        assert!((found - expected).abs() <= bound * expected.max(s[0]));
    }
    assert!(s.windows(2).all(|w| w[0] >= w[1]));
}

impl<T: ComplexField<Real = f64>> ThinSolver<T> {
    /// True if no ladder was needed.
    fn graded_alone(&mut self, a: &Mat<T>) -> bool {
        if self.wide {
            self.rest.copy_from(a.adjoint());
        } else {
            self.rest.copy_from(a);
        }
        let alone = self.graded().is_some();
        self.solve(a.as_ref()).unwrap();
        alone
    }
}

#[test]
fn random_graded_and_deficient_matrices_are_decomposed_to_rounding() {
    let mut seed = 1;
    let mut complex = || Complex64::new(noise(&mut seed), noise(&mut seed));
    for (m, n) in [
        (1, 1),
        (5, 3),
        (3, 8),
        (16, 16),
        (40, 40),
        (33, 64),
        (70, 20),
    ] {
        let a = Mat::from_fn(m, n, |_, _| complex());
        check(&a);
        check(&Mat::from_fn(m, n, |i, j| a[(i, j)].re));
        // Values over 30 decades, in the columns, the rows, and both.
        for (p, q) in [(0, 3), (2, 0), (1, 2)] {
            check(&Mat::from_fn(m, n, |i, j| {
                a[(i, j)] * 0.5f64.powi((p * i + q * j) as i32)
            }));
        }
        // Rank one and two, equal values, nothing.
        check(&Mat::from_fn(m, n, |i, j| a[(i, j % 2)]));
        check(&Mat::from_fn(m, n, |i, j| a[(i, 0)] * a[(0, j)]));
        check(&Mat::<f64>::from_fn(m, n, |_, _| 1.0));
        check(&Mat::<Complex64>::identity(m, n));
        check(&Mat::<f64>::zeros(m, n));
    }
}

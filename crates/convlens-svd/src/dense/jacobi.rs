//! One-sided Jacobi for matrices of a few columns.
//!
//! Pairs of columns are rotated until all are orthogonal (Hestenes 1958): `A V = U S`. Each rotation is unitary, and the columns
//! that come out are orthogonal relative to their own lengths (Demmel and Veselic 1992).

use faer::traits::ComplexField;
use faer::traits::math_utils::{abs2, add, conj, mul, mul_real, sub, zero};

/// Sweeps over all pairs; three to six are usual.
const MOST_SWEEPS: usize = 30;

/// Rotates the columns of `a` (one after the other, `n` of them), and those of the square `v` along, until the columns of `a` are
/// orthogonal. False where they do not become so.
pub(super) fn orthogonalise<T: ComplexField<Real = f64>>(
    a: &mut [T],
    v: &mut [T],
    n: usize,
) -> bool {
    let m = a.len() / n;
    for _ in 0..MOST_SWEEPS {
        let mut orthogonal = true;
        for j in 1..n {
            for i in 0..j {
                let (x, y) = two(a, m, i, j);
                if let Some(rotation) = rotation(x, y) {
                    orthogonal = false;
                    rotate(x, y, &rotation);
                    let (x, y) = two(v, n, i, j);
                    rotate(x, y, &rotation);
                }
            }
        }
        if orthogonal {
            return true;
        }
    }
    false
}

/// Columns `i < j` of `m` entries each.
fn two<T>(columns: &mut [T], m: usize, i: usize, j: usize) -> (&mut [T], &mut [T]) {
    let (before, from) = columns.split_at_mut(j * m);
    (&mut before[i * m..(i + 1) * m], &mut from[..m])
}

/// `x, y` become `cos x - sin p y` and `sin x + cos p y`.
struct Rotation<T> {
    cos: f64,
    sin: f64,
    /// The conjugate phase of `x^H y`.
    p: T,
}

/// What makes two columns orthogonal; none where they are, up to rounding.
fn rotation<T: ComplexField<Real = f64>>(x: &[T], y: &[T]) -> Option<Rotation<T>> {
    let (mut a, mut b, mut c) = (0.0, 0.0, zero::<T>());
    for (x, y) in x.iter().zip(y) {
        a += abs2(x);
        b += abs2(y);
        c = add(&c, &mul(&conj(x), y));
    }
    let size2 = abs2(&c);
    let cut = f64::EPSILON * f64::EPSILON * a * b;
    // Not a number counts as orthogonal here, and is found by the caller.
    if size2 <= cut || size2.is_nan() {
        return None;
    }
    let size = size2.sqrt();
    let zeta = (b - a) / (2.0 * size);
    let t = 1.0f64.copysign(zeta) / (zeta.abs() + (1.0 + zeta * zeta).sqrt());
    let cos = 1.0 / (1.0 + t * t).sqrt();
    Some(Rotation {
        cos,
        sin: cos * t,
        p: mul_real(&conj(&c), &size.recip()),
    })
}

fn rotate<T: ComplexField<Real = f64>>(x: &mut [T], y: &mut [T], by: &Rotation<T>) {
    let (sin_p, cos_p) = (mul_real(&by.p, &by.sin), mul_real(&by.p, &by.cos));
    for (x, y) in x.iter_mut().zip(y) {
        let left = sub(&mul_real(x, &by.cos), &mul(&sin_p, y));
        *y = add(&mul_real(x, &by.sin), &mul(&cos_p, y));
        *x = left;
    }
}

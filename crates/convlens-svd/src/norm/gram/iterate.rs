//! Gram iteration with both ends, each rounding error carried along.
//!
//! # Theorem
//! Let `A` be a matrix (or a matrix polynomial on the torus), `G_0 = A`, `G_{t + 1} = G_t^H G_t`. Then `|A| = |G_T|^(1 / 2^T)`
//! for the operator norm, as `|G^H G| = |G|^2`. So any upper bound `b` of `|G_T|` gives `|A| <= b^(1 / 2^T)`: with
//! the Frobenius norm `f`, `|G_T| <= f(G_T) <= sqrt(r) |G_T|` for rank `r`, and the bound is within `r^(1 / 2^(T + 1))` of `|A|`
//! (Delattre, Barthelemy, Araujo, Allauzen, ICML 2023, theorem 1). As `f` is submultiplicative, no step makes it worse.
//! For the lower end, `G_T` with `T >= 1` is positive semidefinite: `f(G_T)^2 = sum lambda_i^2 <= |G_T| sum lambda_i`, so
//! `|G_T| >= f(G_T)^2 / tr G_T`, and `tr G_T = f(G_{T - 1})^2`.
//!
//! # Rounding
//! Each `G_t` is divided by a power of two, exactly, so that `1 <= f(G_t) < 2`: nothing overflows, and what underflows is
//! far under the margins. With computed matrices `G~_t`, `G~_{t + 1} = 2^-e_t (G~_t^H G~_t + E_t)`, and `|E_t| <= error_t`: entries
//! of a product are off by at most `of_product` times the entries of the product of moduli, and moduli have norm at most
//! `absolute(G_t)`. So `|G~_t|^2` lies within `error_t` of `|G~_t^H G~_t + E_t|`: the ends go back step by step as
//! `sqrt(end +- error_t)`. The same error stands between the computed `f(G_T)` and that of the exact square of `G~_{T - 1}`,
//! whose trace, a sum of squares, is exact to a few `eps`.

use crate::norm::margin;
use crate::scale;

/// What can be squared in this way.
pub(super) trait Iterate: Sized {
    /// `A^H A`.
    fn gram(&self) -> Self;
    /// Number of products behind an entry of `A^H A`.
    fn terms(&self) -> usize;
    /// The Frobenius norm; for a polynomial the root mean square of it over the torus.
    fn frobenius(&self) -> f64;
    /// A bound on the norm of the entries' moduli.
    fn absolute(&self) -> f64;
    /// A bound on the norm.
    fn bound(&self) -> f64;
    /// A bound on the relative error of each of these three numbers.
    fn slack(&self) -> f64;
    /// Divides by `2^e`.
    fn divide(&mut self, e: i32);
}

/// Bounds of `|A|` after `iterations >= 1` Gram products: `(lower, upper)`. Stops early, with 0 below, where the norm is
/// shown to be at most `floor`.
pub(super) fn ends<T: Iterate>(mut a: T, iterations: usize, floor: f64) -> (f64, f64) {
    let mut steps: Vec<(i32, f64)> = Vec::with_capacity(iterations);
    let mut lower = 0.0;
    for _ in 0..iterations {
        let frobenius = a.frobenius();
        if frobenius == 0.0 {
            // Exactly zero, or an underflow that the errors of the steps before cover.
            lower = 0.0;
            break;
        }
        let e = scale::exponent(&[frobenius]);
        a.divide(e);
        let error = margin::of_product(a.terms()) * (a.absolute() * (1.0 + a.slack())).powi(2);
        let trace = a.frobenius().powi(2) * (1.0 + 4.0 * a.slack());
        a = a.gram();
        steps.push((e, error));
        let size = (a.frobenius() * (1.0 - a.slack()) - error).max(0.0);
        lower = size * size / trace * (1.0 - 4.0 * f64::EPSILON);
        let upper = back(a.bound() * (1.0 + a.slack()), &steps, 1.0);
        if upper <= floor {
            return (0.0, upper);
        }
    }
    (
        back(lower, &steps, -1.0),
        back(a.bound() * (1.0 + a.slack()), &steps, 1.0),
    )
}

/// From an end of `|G_T|` to one of `|A|`, rounded outward: `side` is 1 for the upper end, -1 for the lower one.
fn back(end: f64, steps: &[(i32, f64)], side: f64) -> f64 {
    steps.iter().rev().fold(end, |end, &(e, error)| {
        let root = (end + side * error).max(0.0).sqrt();
        scale::scaled(root * (1.0 + side * 4.0 * f64::EPSILON), e)
    })
}

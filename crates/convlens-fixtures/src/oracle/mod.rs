//! Slow definitions to test fast paths against: dense matrices of a layer, entry by entry, and
//! their singular values by Jacobi rotations.
//!
//! Plain slices in, plain numbers out: nothing here knows the crates that it judges, and no formula
//! is shared with them but the definition of the layer itself.

mod jacobi;
mod layer;
mod matrix;

pub use layer::{Edge, Layer};
pub use matrix::Dense;

/// Largest difference of two lists.
///
/// # Panics
/// If their lengths differ.
pub fn distance(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter()
        .zip(b)
        .map(|(x, y)| (x - y).abs())
        .fold(0.0, f64::max)
}

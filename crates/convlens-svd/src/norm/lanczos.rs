//! A vector that the layer stretches almost as far as it can.

use super::{LanczosOptions, margin::norm};
use crate::dense::thin_svd;
use crate::{ConvLayer, SvdError};
use faer::Mat;

/// Steps between restarts: the basis is that many inputs in memory.
const BASIS: usize = 20;

/// `|A v| / |v|` of the last vector, and the number of steps taken.
///
/// Golub-Kahan-Lanczos bidiagonalisation (Golub and Kahan 1965) with the right basis re-orthogonalised, restarted from the
/// leading Ritz vector. The quotient is formed afresh from that vector, so it is a lower bound of the norm however
/// far the iteration got.
pub(super) fn largest_quotient(
    layer: &ConvLayer,
    options: &LanczosOptions,
) -> Result<(f64, usize), SvdError> {
    let mut v = start(layer.input_len(), options.seed);
    let mut steps = 0;
    loop {
        let left = options.max_iterations - steps;
        let sweep = sweep(layer, v, BASIS.min(left), options.tolerance)?;
        steps += sweep.steps;
        v = sweep.vector;
        if sweep.done || steps >= options.max_iterations {
            break;
        }
    }
    let size = norm(&v);
    let quotient = if size == 0.0 {
        0.0
    } else {
        norm(&layer.apply(&v)?) / size
    };
    Ok((quotient, steps))
}

struct Sweep {
    vector: Vec<f64>,
    steps: usize,
    done: bool,
}

/// One sweep of at most `most` steps from `v`, to the leading right Ritz vector.
fn sweep(layer: &ConvLayer, v: Vec<f64>, most: usize, tolerance: f64) -> Result<Sweep, SvdError> {
    let (mut diagonal, mut above) = (Vec::new(), Vec::<f64>::new());
    let mut basis = vec![v];
    let mut u: Vec<f64> = Vec::new();
    loop {
        let steps = basis.len();
        let v = &basis[steps - 1];
        let mut next = layer.apply(v)?;
        if let Some(beta) = above.last() {
            next.iter_mut().zip(&u).for_each(|(x, u)| *x -= beta * u);
        }
        u = next;
        let alpha = normalise(&mut u);
        diagonal.push(alpha);
        let mut w = layer.adjoint(&u)?;
        // Twice is enough (Parlett 1998, section 6.9).
        for b in basis.iter().chain(&basis) {
            let c: f64 = w.iter().zip(b).map(|(x, y)| x * y).sum();
            w.iter_mut().zip(b).for_each(|(x, y)| *x -= c * y);
        }
        let beta = normalise(&mut w);
        let b = Mat::from_fn(steps, steps, |i, j| match j.checked_sub(i) {
            Some(0) => diagonal[i],
            Some(1) => above[i],
            _ => 0.0,
        });
        let ritz = thin_svd(b.as_ref())?;
        // |A^T u - sigma v| of the Ritz triplet.
        let residual = beta * ritz.u[(steps - 1, 0)].abs();
        let done = residual <= tolerance * ritz.s[0] || alpha == 0.0 || beta == 0.0;
        if done || steps == most {
            let mut vector = vec![0.0; w.len()];
            for (i, b) in basis.iter().enumerate() {
                let c = ritz.v[(i, 0)];
                vector.iter_mut().zip(b).for_each(|(x, y)| *x += c * y);
            }
            normalise(&mut vector);
            return Ok(Sweep {
                vector,
                steps,
                done,
            });
        }
        above.push(beta);
        basis.push(w);
    }
}

/// Divides by the norm and returns it; a zero vector stays.
fn normalise(x: &mut [f64]) -> f64 {
    let size = norm(x);
    if size > 0.0 {
        x.iter_mut().for_each(|v| *v /= size);
    }
    size
}

/// A unit vector with entries from SplitMix64 (Steele, Lea, Flood 2014), uniform in `[-1, 1)` before scaling.
fn start(len: usize, seed: u64) -> Vec<f64> {
    let mut state = seed;
    let mut x: Vec<f64> = (0..len)
        .map(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
        })
        .collect();
    normalise(&mut x);
    x
}

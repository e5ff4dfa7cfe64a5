//! Outward rounding margins.
//!
//! Let `S^2 = sum_{o, i} (sum_p |W[o, i, p]|)^2`. Every symbol of `W`, of any compression of it and of `|W|` has norm at
//! most `S`, so all rounding errors are stated as multiples of `eps S`.
//!
//! *Symbols.* An entry is `sum_p w_p z_p` with computed phases `z_p` that are off by a few `eps`: a direct sum is off by
//! at most `(taps + c) eps sum_p |w_p|` (Higham 2002, section 3.1). A fast transform of `N` points is off by at most
//! `c log2(N) eps |x|_2` in the 2-norm of its `sqrt(N)`-normalised form (Higham 2002, theorem 24.2), so an entry by
//! `c log2(N) eps sqrt(N) |x|_2`, and `|x|_2 <= sum_p |w_p|`. Summed over entries as a Frobenius norm: at most
//! `c (taps + sqrt(N) (1 + log2 N)) eps S`; by Weyl's inequality singular values move no further.
//!
//! *Singular values.* A backward stable SVD is off by `p(m, n) eps sigma_max` with a modest `p`. The crate's contract,
//! which its tests check against dense matrices, is `p = 50 sqrt(max(m, n))`. This one term rests on the contract and
//! on the algorithm's analysis, not on interval arithmetic.
//!
//! *Constants.* `c` is taken as 64, for both: phases, scaling, mixed radices and Bluestein's three longer transforms
//! stay well under it. The margin is then about `5e-12 S` for a
//! 3 x 3 kernel on 32 x 32 samples: far under the width of any bracket that is not exact.

use crate::ConvKernel;
use crate::vector::CHUNK;

const SAFETY: f64 = 64.0;

/// `S` of the module's text, for weights in the kernel's layout.
pub(super) fn absolute_sum(kernel: &ConvKernel, weights: &[f64]) -> f64 {
    let sums = weights.chunks_exact(kernel.taps()).map(|taps| {
        let sum: f64 = taps.iter().map(|w| w.abs()).sum();
        sum * sum
    });
    sums.sum::<f64>().sqrt()
}

/// Bound on the error of a computed norm over the symbols of a frequency grid.
pub(super) fn of_symbols(
    kernel: &ConvKernel,
    weights: &[f64],
    frequency_grid: &[usize],
    sides: (usize, usize),
) -> f64 {
    let points = frequency_grid.iter().map(|&n| n as f64).product::<f64>();
    let transform = points.sqrt() * (1.0 + points.log2());
    let svd = (sides.0.max(sides.1) as f64).sqrt();
    SAFETY * (kernel.taps() as f64 + transform + svd) * f64::EPSILON * absolute_sum(kernel, weights)
}

/// Bound on the error of a computed `|A v| / |v|`: each entry of `A v` is a sum of at most `terms` products, off by
/// `terms eps |A| |v|`, and `|A|` has norm at most `S`; the two norms are sums in chunks (`crate::vector::norm`).
pub(super) fn of_quotient(
    kernel: &ConvKernel,
    weights: &[f64],
    quotient: f64,
    lengths: (usize, usize),
) -> f64 {
    let terms = kernel.shape()[0].max(kernel.shape()[1]) as f64 * kernel.taps() as f64 + 4.0;
    let sums = |n: usize| (CHUNK + n / CHUNK + 4) as f64;
    let norms = sums(lengths.0) + sums(lengths.1);
    2.0 * f64::EPSILON * (terms * absolute_sum(kernel, weights) + norms * quotient)
}

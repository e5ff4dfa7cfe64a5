//! Outward rounding margins.
//!
//! Let `S^2 = sum_{o, i} (sum_p |W[o, i, p]|)^2`. Every symbol of `W`, of any compression of it and
//! of `|W|` has norm at most `S`, so all rounding errors are stated as multiples of `eps S`.
//!
//! *Symbols.* An entry is `sum_p w_p z_p` with computed phases `z_p` that are off by a few `eps`: a
//! direct sum is off by at most `(taps + c) eps sum_p |w_p|` (Higham 2002, section 3.1). A fast
//! transform of `N` points is off by at most `c log2(N) eps |x|_2` in the 2-norm of its
//! `sqrt(N)`-normalized form (Higham 2002, theorem 24.2), so an entry by
//! `c log2(N) eps sqrt(N) |x|_2`, and `|x|_2 <= sum_p |w_p|`. Summed over entries as a Frobenius
//! norm: at most `c (taps + sqrt(N) (1 + log2 N)) eps S`; by Weyl's inequality singular values move
//! no further.
//!
//! *Singular values.* A backward stable SVD is off by `p(m, n) eps sigma_max` with a modest `p`.
//! The crate's contract, which its tests check against dense matrices, is `p = 50 sqrt(max(m, n))`.
//! This one term rests on the contract and on the algorithm's analysis, not on interval arithmetic.
//!
//! *Through Gram matrices.* Let `|A| = sum_p |W_p|`, of Frobenius norm at most `S`. An entry of a
//! Gram matrix is a sum of products, `m taps` of them in a tap of the polynomial at most, then
//! `2 D + 1` terms for `D <= taps^2` displacements, whose absolute values sum to at most that entry
//! of `|A|^T |A|`: it is off by at most `(m taps + 2 D + c) eps (|A|^T |A|)_ij`, the matrix by
//! `(m taps + 2 D + c) eps S^2` in Frobenius norm, and so is `sigma^2`. The eigenvalues of the
//! computed matrix are off by `p(n) eps S^2` as above. That a Cholesky factorization of
//! `theta^2 I - G` ran to its end proves `sigma^2 <= theta^2 + 4 (n + 2) n eps theta^2` (Higham
//! 2002, theorem 10.3: the factors are exact for a matrix off by `gamma_{n+1} |R^H| |R|`, whose
//! norm is at most the trace, `n theta^2`; complex arithmetic takes 4). An error `x` of `sigma^2`
//! is at most `x / sigma` in `sigma`, and at most `sqrt(x)`.
//!
//! *Constants.* `c` is taken as 64, for all: phases, scaling, mixed radices and Bluestein's three
//! longer transforms stay well under it. The margin is then about `5e-12 S` for a 3 x 3 kernel on
//! 32 x 32 samples: far under the width of any bracket that is not exact.

use crate::kernel::ConvKernel;
use crate::numeric::CHUNK;
use crate::periodic::Polyphase;

const SAFETY: f64 = 64.0;

/// `S` of the module's text, for weights in the kernel's layout.
pub(super) fn absolute_sum(kernel: &ConvKernel, weights: &[f64]) -> f64 {
    let sums = weights.chunks_exact(kernel.taps()).map(|taps| {
        let sum: f64 = taps.iter().map(|w| w.abs()).sum();
        sum * sum
    });
    sums.sum::<f64>().sqrt()
}

/// Bound on the error of a computed norm `value` over the symbols of a frequency grid, whichever
/// way it was computed.
///
/// `S` is that of the taps as they stand on the grid, wrapped, of the worst group.
pub(super) fn of_symbols(symbols: &Polyphase, frequency_grid: &[usize], value: f64) -> f64 {
    let points = frequency_grid.iter().map(|&n| n as f64).product::<f64>();
    let transform = points.sqrt() * (1.0 + points.log2());
    let (rows, cols) = (symbols.rows as f64, symbols.cols as f64);
    let (most, least) = (rows.max(cols), rows.min(cols));
    let taps = symbols.most_taps() as f64;
    let s = symbols.absolute_sum();
    let direct = SAFETY * (taps + transform + most.sqrt()) * f64::EPSILON * s;
    let displacements = (taps * taps).min(points);
    let terms = most * taps + 2.0 * displacements + SAFETY * most.sqrt() + SAFETY;
    let factor = 4.0 * (least + 2.0) * least + SAFETY;
    let square = f64::EPSILON * (terms * s * s + factor * value * value);
    let gram = square.sqrt().min(square / value.max(f64::MIN_POSITIVE));
    direct.max(gram)
}

/// Bound on the error of the norm of a symbol whose entries are summed directly, without a fast
/// transform.
pub(super) fn of_direct_symbols(kernel: &ConvKernel, weights: &[f64]) -> f64 {
    SAFETY * (kernel.taps() as f64 + 1.0) * f64::EPSILON * absolute_sum(kernel, weights)
}

/// Bound on the relative error of a value from the crate's singular value decomposition of a real
/// `m x n` matrix.
pub(super) fn of_values(m: usize, n: usize) -> f64 {
    50.0 * f64::EPSILON * (m.max(n) as f64).sqrt()
}

/// Bound on the relative error of [`norm`] of `n` numbers.
pub(super) fn of_norm(n: usize) -> f64 {
    f64::EPSILON * (CHUNK + n / CHUNK + 8) as f64
}

/// Bound on the error of an entry of a product of complex or real matrices, over that of the
/// product of the moduli: `n` products to an entry, in any order (Higham 2002, sections 3.1 and
/// 3.6: `sqrt(2) gamma_{n + 2}`, here doubled and more).
pub(super) fn of_product(n: usize) -> f64 {
    2.0 * f64::EPSILON * (n as f64 + 4.0)
}

/// Bound on the error of a computed `|A v| / |v|`: each entry of `A v` is a sum of at most `terms`
/// products, off by `terms eps |A| |v|`, and `|A|` has norm at most `S`; the two norms are sums in
/// chunks (`crate::vector::norm`).
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

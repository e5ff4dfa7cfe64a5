//! The norm on all grids at once.

use super::circular::{Norm, ends, sampled};
use super::lattice::lattice_taps;
use super::{NormBracket, NormMethod, NormPadding};
use crate::{ConvKernel, SvdError, scale};
use std::f64::consts::PI;

/// Samples per unit of degree on each axis. At 12 the factor is 1.009 per axis: 1.7% for 2-D kernels.
const SAMPLES_PER_DEGREE: usize = 12;

impl NormBracket {
    /// The supremum of the layer's norm over all grids, with zero padding of any amount or circular padding that keeps the
    /// grid. For a dense layer, its norm.
    ///
    /// *Upper end*: it bounds the norm on **every** grid. *Lower end*: it bounds the supremum over grids from below, and
    /// says nothing of one grid (on a small one the norm may be less).
    ///
    /// # Theorem
    /// 1. *The layer and the torus.* A zero-padded layer on any grid is a submatrix (up to rows of zeros) of the convolution on
    ///    the whole lattice, whose norm is the supremum over the torus of `sigma_max(P(theta))`, `P` its (polyphase) symbol.
    ///    A periodic layer's symbols are values of `P`. Conversely every value of `sigma_max(P)` is reached in the limit
    ///    of large grids, so the supremum over grids is the supremum over the torus, and any sample of it is a lower bound.
    /// 2. *Dilation.* With `g = gcd(s, delta)` the lattice splits into classes on which the layer acts as the same
    ///    kernel with stride `s / g` and dilation 1 (outputs by residue modulo `delta / g`, inputs that no output reads left
    ///    out). So the supremum is that kernel's.
    /// 3. *Degree.* With stride `s' = s / g`, `P(theta) = sum_q P_q exp(-i <q, theta>)` has `0 <= q_j <= m_j =
    ///    floor((k_j - 1) / s'_j)`.
    /// 4. *Between samples* (Ehlich and Zeller 1964; Pfister and Bresler 2018). Let `N_j > m_j` equally spaced samples stand
    ///    on each axis. Then `sup sigma_max(P) <= max_samples sigma_max(P) * prod_j 1 / cos(pi m_j / (2 N_j))`.
    ///
    /// *Proof of 4.* For unit vectors `u`, `v` the function `u^* P v` is a complex trigonometric polynomial of the same
    /// degrees, and `sigma_max` is the largest of their moduli; so take a scalar one, and one axis at a time (the others
    /// fixed first anywhere, then at samples). Let `p(theta) = sum_{q=0}^m a_q e^{-i q theta}` have its largest modulus `M` at
    /// `theta_0`. Let `r(theta) = Re(c e^{i m theta / 2} p(theta))`, with `|c| = 1` such that `r(theta_0) = M`. Put `theta = 2 phi`:
    /// `R(phi) = r(2 phi)` is a real trigonometric polynomial of degree `m` in `phi`, for even and odd `m` (odd and even
    /// `k`) alike, with `|R| <= M = R(phi_0)`. M. Riesz (1914): then `R(phi) >= M cos(m (phi - phi_0))` for `|phi - phi_0| <= pi / m`.
    /// For suppose not, at some `phi_1` in `(phi_0, phi_0 + pi / m)` (the other side is the same). Let
    /// `f(phi) = M cos(m (phi - phi_0)) - R(phi)`. At `phi_0 + j pi / m` the cosine is `+-1` in turn, so `f >= 0` for even `j` and
    /// `f <= 0` for odd `j`; where `f` vanishes there, both terms are extremal, so the zero is double. Hence there is a
    /// zero, counted with multiplicity, in each of the `2 m - 2` intervals between `phi_0 + pi / m` and `phi_0 - pi / m + 2 pi`, one in
    /// `(phi_1, phi_0 + pi / m]`, as `f(phi_1) > 0`, and two at `phi_0`: `2 m + 1` zeros of a polynomial of degree `m`, so `f = 0`
    /// throughout, against `f(phi_1) > 0`. Now a sample `theta` lies within `pi / N` of `theta_0`, where
    /// `|p(theta)| >= r(theta) >= M cos(m (theta - theta_0) / 2) >= M cos(pi m / (2 N)) > 0`. (For `m = 0`, `p` is constant.)
    ///
    /// The samples are `N_j = 12 m_j`: a width of 0.9% per axis.
    ///
    /// # Errors
    /// [`SvdError::SizeOverflow`], [`SvdError::NoConvergence`], [`SvdError::Overflow`]; and [`SvdError::Unsupported`] for a
    /// convolution whose padding mode is reflect or replicate: the theorem does not hold for them.
    ///
    /// # Complexity
    /// The largest values of `prod(12 m_j) / 2` symbols.
    pub fn grid_free(kernel: &ConvKernel) -> Result<Self, SvdError> {
        let exponent = scale::exponent(kernel.weights());
        let weights = scale::normalized(kernel.weights(), exponent);
        let taps = lattice_taps(kernel, &weights, "a grid-free norm")?;
        let degrees = taps.degrees(kernel.spatial_dims());
        let (samples, factor) = samples_and_factor(&degrees, SAMPLES_PER_DEGREE);
        let Norm { value, margin } = sampled(&taps, &samples)?;
        // The factor is off by a few eps per axis.
        let upper = (value + margin) * factor * (1.0 + 16.0 * f64::EPSILON);
        let (lower, upper) = ends(value - margin, upper, exponent)?;
        let method = if kernel.is_dense() {
            NormMethod::Dense
        } else {
            NormMethod::TorusSamples { samples, factor }
        };
        Ok(Self {
            lower,
            upper,
            method,
            padding: NormPadding::ZerosOrCircular,
            grid: None,
        })
    }
}

/// `per_degree m_j` samples on each axis, and the factor of theorem 4 for them.
pub(super) fn samples_and_factor(degrees: &[usize], per_degree: usize) -> (Vec<usize>, f64) {
    let samples: Vec<usize> = degrees
        .iter()
        .map(|&m| per_degree.saturating_mul(m).max(1))
        .collect();
    let factors = degrees.iter().zip(&samples);
    let factor = factors.map(|(&m, &n)| 1.0 / (PI * m as f64 / (2.0 * n as f64)).cos());
    let factor = factor.product();
    (samples, factor)
}

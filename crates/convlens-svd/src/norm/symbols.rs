//! Norms from symbols: on one periodic grid, and on all grids at once.

use super::bracket::{Method, NormBracket, Padding};
use super::margin;
use crate::error::SvdError;
use crate::geometry::PaddingMode;
use crate::kernel::ConvKernel;
use crate::numeric;
use crate::periodic::{Polyphase, SpectrumOptions, largest, periodic_grids};
use std::f64::consts::PI;

/// A computed norm and a bound on its error.
#[derive(Debug, Clone, Copy)]
pub(super) struct Norm {
    pub(super) value: f64,
    pub(super) margin: f64,
}

/// The norm over the symbols of `taps` on a frequency grid.
pub(super) fn sampled(taps: &Polyphase, frequency_grid: &[usize]) -> Result<Norm, SvdError> {
    let (value, _) = largest(taps, frequency_grid, &SpectrumOptions::default())?;
    Ok(Norm {
        value,
        margin: margin::of_symbols(taps, frequency_grid, value),
    })
}

/// Both ends, back in the kernel's scale and rounded outward.
pub(super) fn ends(lower: f64, upper: f64, exponent: i32) -> Result<(f64, f64), SvdError> {
    let upper = numeric::restored(upper, exponent, "the norm")?;
    let lower = numeric::restored(lower.max(0.0), exponent, "the norm")?;
    // Exact unless the result is subnormal.
    if upper.is_normal() || upper == 0.0 {
        Ok((lower, upper))
    } else {
        Ok((lower.next_down().max(0.0), upper.next_up()))
    }
}

impl NormBracket {
    /// The norm under circular padding that keeps the grid, to rounding.
    ///
    /// Theorem: the periodic operator is unitarily equivalent to the block-diagonal matrix of its
    /// symbols (Sedghi, Gupta, Long, ICLR 2019, theorem 6; stride: Senderovich et al., NeurIPS
    /// 2022), so its norm is the largest of theirs. The bracket is that value with the rounding
    /// margin on both sides. The conventions, and what counts as the operator, are those of
    /// [`OperatorSpectrum`](crate::OperatorSpectrum); the padding of the geometry does not matter.
    ///
    /// # Errors
    /// As [`OperatorSpectrum::new`](crate::OperatorSpectrum::new).
    pub fn circular(kernel: &ConvKernel, grid: &[usize]) -> Result<Self, SvdError> {
        let (fine, coarse) = periodic_grids(kernel, grid)?;
        let exponent = numeric::exponent(kernel.weights());
        let weights = numeric::normalized(kernel.weights(), exponent);
        let taps = Polyphase::wrapped(kernel, &weights, &fine)?;
        let Norm { value, margin } = sampled(&taps, &coarse)?;
        let (lower, upper) = ends(value - margin, value + margin, exponent)?;
        Ok(Self {
            lower,
            upper,
            method: Method::CircularSpectrum,
            padding: Padding::Circular,
            grid: Some(grid.to_vec()),
        })
    }
}

/// The taps of the matrix polynomial `P(theta) = sum_q P_q exp(-i <q, theta>)` whose supremum over
/// the torus is the supremum of the layer's norm over all grids, with zero padding of any amount or
/// circular padding that keeps the grid: theorem 1 to 3 of
/// [`NormBracket::grid_free`](super::NormBracket::grid_free). Stride, dilation, groups and
/// direction are in it, so what bounds `sup |P(theta)|` holds for all of them.
///
/// Refused for reflect and replicate padding, for which the theorem does not hold.
pub(super) fn lattice_taps(
    kernel: &ConvKernel,
    weights: &[f64],
    operation: &'static str,
) -> Result<Polyphase, SvdError> {
    use PaddingMode::{Reflect, Replicate};
    let geometry = kernel.geometry();
    if !kernel.is_dense() && matches!(geometry.padding_mode(), Reflect | Replicate) {
        let what = "reflect and replicate padding";
        return Err(SvdError::Unsupported { operation, what });
    }
    let steps = geometry.stride().iter().zip(geometry.dilation());
    let stride: Vec<usize> = steps.map(|(&s, &delta)| s / gcd(s, delta)).collect();
    Polyphase::unbounded(kernel, weights, &stride)
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Samples per unit of degree on each axis. At 12 the factor is 1.009 per axis: 1.7% for 2-D
/// kernels.
const SAMPLES_PER_DEGREE: usize = 12;

impl NormBracket {
    /// The supremum of the layer's norm over all grids, with zero padding of any amount or circular
    /// padding that keeps the grid. For a dense layer, its norm.
    ///
    /// *Upper end*: it bounds the norm on **every** grid. *Lower end*: it bounds the supremum over
    /// grids from below, and says nothing of one grid (on a small one the norm may be less).
    ///
    /// # Theorem
    /// 1. *The layer and the torus.* A zero-padded layer on any grid is a submatrix (up to rows of
    ///    zeros) of the convolution on the whole lattice, whose norm is the supremum over the torus
    ///    of `sigma_max(P(theta))`, `P` its (polyphase) symbol. A periodic layer's symbols are
    ///    values of `P`. Conversely every value of `sigma_max(P)` is reached in the limit of large
    ///    grids, so the supremum over grids is the supremum over the torus, and any sample of it is
    ///    a lower bound.
    /// 2. *Dilation.* With `g = gcd(s, delta)` the lattice splits into classes on which the layer
    ///    acts as the same kernel with stride `s / g` and dilation 1 (outputs by residue modulo
    ///    `delta / g`, inputs that no output reads left out). So the supremum is that kernel's.
    /// 3. *Degree.* With stride `s' = s / g`, `P(theta) = sum_q P_q exp(-i <q, theta>)` has
    ///    `0 <= q_j <= m_j = floor((k_j - 1) / s'_j)`.
    /// 4. *Between samples* (Ehlich and Zeller 1964; Pfister and Bresler 2018). Let `N_j > m_j`
    ///    equally spaced samples stand on each axis. Then
    ///    `sup sigma_max(P) <= max_samples sigma_max(P) * prod_j 1 / cos(pi m_j / (2 N_j))`.
    ///
    /// *Proof of 4.* For unit vectors `u`, `v` the function `u^* P v` is a complex trigonometric
    /// polynomial of the same degrees, and `sigma_max` is the largest of their moduli; so take a
    /// scalar one, and one axis at a time (the others fixed first anywhere, then at samples). Let
    /// `p(theta) = sum_{q=0}^m a_q e^{-i q theta}` have its largest modulus `M` at `theta_0`. Let
    /// `r(theta) = Re(c e^{i m theta / 2} p(theta))`, with `|c| = 1` such that `r(theta_0) = M`.
    /// Put `theta = 2 phi`: `R(phi) = r(2 phi)` is a real trigonometric polynomial of degree `m` in
    /// `phi`, for even and odd `m` (odd and even `k`) alike, with `|R| <= M = R(phi_0)`. M. Riesz
    /// (1914): then `R(phi) >= M cos(m (phi - phi_0))` for `|phi - phi_0| <= pi / m`. For suppose
    /// not, at some `phi_1` in `(phi_0, phi_0 + pi / m)` (the other side is the same). Let
    /// `f(phi) = M cos(m (phi - phi_0)) - R(phi)`. At `phi_0 + j pi / m` the cosine is `+-1` in
    /// turn, so `f >= 0` for even `j` and `f <= 0` for odd `j`; where `f` vanishes there, both
    /// terms are extremal, so the zero is double. Hence there is a zero, counted with multiplicity,
    /// in each of the `2 m - 2` intervals between `phi_0 + pi / m` and `phi_0 - pi / m + 2 pi`, one
    /// in `(phi_1, phi_0 + pi / m]`, as `f(phi_1) > 0`, and two at `phi_0`: `2 m + 1` zeros of a
    /// polynomial of degree `m`, so `f = 0` throughout, against `f(phi_1) > 0`. Now a sample
    /// `theta` lies within `pi / N` of `theta_0`, where
    /// `|p(theta)| >= r(theta) >= M cos(m (theta - theta_0) / 2) >= M cos(pi m / (2 N)) >
    /// 0`. (For `m = 0`, `p` is constant.)
    ///
    /// The samples are `N_j = 12 m_j`: a width of 0.9% per axis.
    ///
    /// # Errors
    /// [`SvdError::SizeOverflow`], [`SvdError::NoConvergence`], [`SvdError::Overflow`]; and
    /// [`SvdError::Unsupported`] for a convolution whose padding mode is reflect or replicate: the
    /// theorem does not hold for them.
    ///
    /// # Complexity
    /// The largest values of `prod(12 m_j) / 2` symbols.
    pub fn grid_free(kernel: &ConvKernel) -> Result<Self, SvdError> {
        let exponent = numeric::exponent(kernel.weights());
        let weights = numeric::normalized(kernel.weights(), exponent);
        let taps = lattice_taps(kernel, &weights, "a grid-free norm")?;
        let degrees = taps.degrees(kernel.spatial_dims());
        let (samples, factor) = samples_and_factor(&degrees, SAMPLES_PER_DEGREE);
        let Norm { value, margin } = sampled(&taps, &samples)?;
        // The factor is off by a few eps per axis.
        let upper = (value + margin) * factor * (1.0 + 16.0 * f64::EPSILON);
        let (lower, upper) = ends(value - margin, upper, exponent)?;
        let method = if kernel.is_dense() {
            Method::Dense
        } else {
            Method::TorusSamples { samples, factor }
        };
        Ok(Self {
            lower,
            upper,
            method,
            padding: Padding::ZerosOrCircular,
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

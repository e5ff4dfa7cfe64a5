//! Bounds of the operator norm that need no decomposition of a symbol, or no frequency at all.
//!
//! [`NormBracket::of_layer`] is the bracket to use; these are cheaper, looser, or a check on it.
//! All of them are proven, and carry every rounding error in their ends.
//!
//! | function | holds for | needs |
//! |---|---|---|
//! | [`gram_circular`] | circular padding, one grid | products of matrices at each frequency |
//! | [`gram_grid_free`] | every grid | products of matrices at samples of the torus |
//! | [`gram_in_space`] | every grid | products of the taps, for few channels |
//! | [`reshaped`] | every grid | `2^d` reshapings of the weights (four for images) |
//!
//! # Example
//! ```
//! use convlens_svd::ConvKernel;
//! use convlens_svd::norm::bounds::{GramOptions, gram_grid_free, reshaped};
//!
//! // sup |1 + z - z^2| = sqrt(5).
//! let kernel = ConvKernel::from_slice(&[1.0, 1.0, -1.0], &[1, 1, 3])?;
//! let exact = 5f64.sqrt();
//! for bound in [reshaped(&kernel)?, gram_grid_free(&kernel, &GramOptions::default())?] {
//!     assert!(bound.lower <= exact && exact <= bound.upper);
//! }
//! # Ok::<(), convlens_svd::SvdError>(())
//! ```

mod iterate;

use super::bracket::{Method, NormBracket, Padding};
use super::margin;
use super::symbols::{ends, lattice_taps, samples_and_factor};
use crate::dense::singular_values;
use crate::error::SvdError;
use crate::kernel::ConvKernel;
use crate::numeric;
use crate::parallel::map_ordered;
use crate::periodic::{Polyphase, periodic_grids};
use faer::Mat;
use iterate::{Polynomial, ends_by_iteration, over_frequencies};

/// The norm under circular padding that keeps the grid, by Gram iteration of each symbol: no
/// decomposition is computed.
///
/// Theorem: for a matrix `A` of rank `r` let `G_0 = A` and `G_{t + 1} = G_t^H G_t`. As
/// `|G^H G| = |G|^2`,
///
/// `(|G_T|_F^2 / tr G_T)^(1 / 2^T) <= |A| <= |G_T|_F^(1 / 2^T) <= r^(1 / 2^(T + 1)) |A|`
///
/// (upper end: Delattre, Barthelemy, Araujo, Allauzen, ICML 2023, theorem 1; lower end: `G_T` is
/// positive semidefinite, so `|G_T|_F^2 = sum lambda^2 <= lambda_max sum lambda`). No step makes
/// the upper end worse, as the Frobenius norm is submultiplicative. The layer's norm is the largest
/// of its symbols' ([`NormBracket::circular`]), and so are its ends. The matrices are rescaled by
/// powers of two at each step, and each product's rounding error goes into the ends (the proof
/// stands in `src/norm/bounds/iterate.rs`). Stride, dilation, groups, transposed layers and kernels
/// that wrap are those of [`OperatorSpectrum`](crate::OperatorSpectrum).
///
/// # Errors
/// [`SvdError::InvalidOption`], and as [`NormBracket::circular`].
///
/// # Complexity
/// Per frequency (half of them) and group: the symbol by direct sums, one Gram product of it, and
/// `iterations - 1` products of matrices of its smaller side; fewer where the symbol is shown not
/// to matter.
///
/// # Example
/// ```
/// use convlens_svd::ConvKernel;
/// use convlens_svd::norm::bounds::{self, GramOptions};
///
/// // The second difference on 4 points: 4 at the highest frequency.
/// let kernel = ConvKernel::from_slice(&[-1.0, 2.0, -1.0], &[1, 1, 3])?;
/// let bracket = bounds::gram_circular(&kernel, &[4], &GramOptions::default())?;
/// assert!(bracket.lower <= 4.0 && 4.0 <= bracket.upper && bracket.relative_width() < 1e-11);
/// # Ok::<(), convlens_svd::SvdError>(())
/// ```
pub fn gram_circular(
    kernel: &ConvKernel,
    grid: &[usize],
    options: &GramOptions,
) -> Result<NormBracket, SvdError> {
    options.check()?;
    let (fine, coarse) = periodic_grids(kernel, grid)?;
    let exponent = numeric::exponent(kernel.weights());
    let weights = numeric::normalized(kernel.weights(), exponent);
    let taps = Polyphase::wrapped(kernel, &weights, &fine)?;
    let (lower, upper) = sampled_by_gram(kernel, &weights, &taps, &coarse, options)?;
    let (lower, upper) = ends(lower, upper, exponent)?;
    Ok(NormBracket {
        lower,
        upper,
        method: Method::GramIteration {
            iterations: options.iterations,
            frequencies: coarse,
            factor: 1.0,
        },
        padding: Padding::Circular,
        grid: Some(grid.to_vec()),
    })
}

/// The supremum of the layer's norm over all grids, by Gram iteration of the symbols at samples of
/// the torus.
///
/// *Upper end*: it bounds the norm on **every** grid, with zero padding of any amount or circular
/// padding that keeps the grid. *Lower end*: of the supremum, as in [`NormBracket::grid_free`].
///
/// Theorem: each sample of the symbol `P` lies within the ends of [`gram_circular`], and the
/// supremum of `|P|` over the torus is at most its largest sample times
/// `prod_j 1 / cos(pi m_j / (2 N_j))` for `N_j > m_j` samples of an axis of degree `m_j` (theorem 4
/// of [`NormBracket::grid_free`], where its proof stands). This is also how the norm on one grid
/// bounds that on another: circular norms on `N` samples, times the factor of `N`, bound the norm
/// on every grid, smaller or larger.
///
/// # Errors
/// [`SvdError::InvalidOption`], and as [`NormBracket::grid_free`].
///
/// # Complexity
/// As [`gram_circular`], on a grid of `samples_per_degree * m_j` points per axis.
///
/// # Example
/// ```
/// use convlens_svd::ConvKernel;
/// use convlens_svd::norm::bounds::{self, GramOptions};
///
/// // sup |1 + z - z^2| = sqrt(5), at a quarter of the circle.
/// let kernel = ConvKernel::from_slice(&[1.0, 1.0, -1.0], &[1, 1, 3])?;
/// let bracket = bounds::gram_grid_free(&kernel, &GramOptions::default())?;
/// assert!(bracket.lower <= 5f64.sqrt() && 5f64.sqrt() <= bracket.upper);
/// assert!(bracket.relative_width() < 0.01);
/// # Ok::<(), convlens_svd::SvdError>(())
/// ```
pub fn gram_grid_free(kernel: &ConvKernel, options: &GramOptions) -> Result<NormBracket, SvdError> {
    options.check()?;
    let exponent = numeric::exponent(kernel.weights());
    let weights = numeric::normalized(kernel.weights(), exponent);
    let taps = lattice_taps(kernel, &weights, "a grid-free norm")?;
    let degrees = taps.degrees(kernel.spatial_dims());
    let (samples, factor) = samples_and_factor(&degrees, options.samples_per_degree);
    let (lower, upper) = sampled_by_gram(kernel, &weights, &taps, &samples, options)?;
    // The factor is off by a few eps per axis.
    let upper = upper * factor * (1.0 + 16.0 * f64::EPSILON);
    let (lower, upper) = ends(lower, upper, exponent)?;
    Ok(NormBracket {
        lower,
        upper,
        method: Method::GramIteration {
            iterations: options.iterations,
            frequencies: samples,
            factor,
        },
        padding: Padding::ZerosOrCircular,
        grid: None,
    })
}

/// The supremum of the layer's norm over all grids, by Gram iteration on the weights: no frequency,
/// no decomposition.
///
/// The ends mean what those of [`NormBracket::grid_free`] mean: the upper one bounds the norm on
/// **every** grid.
///
/// # Theorem
/// (Delattre, Barthelemy, Allauzen 2024, arXiv 2402.00240, for the idea; the norms below are ours.)
/// The layer on the lattice has the symbol `P(theta) = sum_q P_q exp(-i <q, theta>)`
/// ([`NormBracket::grid_free`], 1 to 3). `P^H P` is again a trigonometric polynomial, with the taps
/// `R_d = sum_p P_p^T P_{p + d}`, `|d_j| <= m_j`. So Gram iteration `G_{t + 1} = G_t^H G_t` is a
/// correlation of the taps with themselves, `m_j 2^t + 1` of them on each axis after `t` steps, and
/// `sup |P| = (sup
/// |G_T|)^(1 / 2^T)`.
///
/// *Upper end*, for `G` of taps `R_d`: `sup |G| <= sum_d |R_d|_F` by the triangle inequality, and
/// by Schur's test on the lattice operator, whose rows hold the entries of all `R_d`,
/// `sup |G| <= sqrt(max row sum * max column sum)` of moduli. The lesser of the two is taken. Both
/// are submultiplicative under convolution, so neither gets worse with a step.
///
/// *Lower end*: `G_T` is positive semidefinite at each `theta`, so
/// `tr G_T(theta)^2 <= sup |G_T| tr G_T(theta)`; averaged over the torus, by Parseval,
/// `sum_d |R_d|_F^2 <= sup |G_T| tr R_0`.
///
/// Each product's rounding error goes into the ends (`src/norm/bounds/iterate.rs`).
///
/// # Errors
/// [`SvdError::InvalidOption`], [`SvdError::SizeOverflow`], [`SvdError::Overflow`], and
/// [`SvdError::Unsupported`] for reflect and replicate padding.
///
/// # Complexity
/// Step `t` multiplies `prod_j (m_j 2^(t - 1) + 1)^2 / 2` pairs of matrices of the symbol's smaller
/// side: for few channels. The taps of the last step are in memory.
///
/// # Example
/// ```
/// use convlens_svd::ConvKernel;
/// use convlens_svd::norm::bounds::{self, GramOptions};
///
/// let kernel = ConvKernel::from_slice(&[1.0, 1.0, -1.0], &[1, 1, 3])?;
/// let options = GramOptions::default().spatial_iterations(6);
/// let bracket = bounds::gram_in_space(&kernel, &options)?;
/// assert!(bracket.lower <= 5f64.sqrt() && 5f64.sqrt() <= bracket.upper);
/// assert!(bracket.relative_width() < 0.1);
/// # Ok::<(), convlens_svd::SvdError>(())
/// ```
pub fn gram_in_space(kernel: &ConvKernel, options: &GramOptions) -> Result<NormBracket, SvdError> {
    options.check()?;
    let iterations = options.spatial_iterations;
    let exponent = numeric::exponent(kernel.weights());
    let weights = numeric::normalized(kernel.weights(), exponent);
    let taps = lattice_taps(kernel, &weights, "a grid-free norm")?;
    let (mut lower, mut upper) = (0.0f64, 0.0f64);
    for group in 0..taps.groups.len() {
        let polynomial = Polynomial::new(&taps, group, kernel.spatial_dims())?;
        polynomial.check(iterations)?;
        let found = ends_by_iteration(polynomial, iterations, 0.0);
        (lower, upper) = (lower.max(found.0), upper.max(found.1));
    }
    let (lower, upper) = ends(lower, upper, exponent)?;
    Ok(NormBracket {
        lower,
        upper,
        method: Method::GramIterationInSpace { iterations },
        padding: Padding::ZerosOrCircular,
        grid: None,
    })
}

/// Both ends over the symbols of a frequency grid, the error of the symbols with them.
fn sampled_by_gram(
    kernel: &ConvKernel,
    weights: &[f64],
    taps: &Polyphase,
    grid: &[usize],
    options: &GramOptions,
) -> Result<(f64, f64), SvdError> {
    let (lower, upper) = over_frequencies(taps, grid, options.iterations)?;
    let margin = margin::of_direct_symbols(kernel, weights);
    Ok((lower - margin, upper + margin))
}

/// How far to iterate, and where.
///
/// Whatever the options, both ends of the bracket are bounds; they decide how close the ends come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct GramOptions {
    /// Gram products per frequency, 1 to 64. Each halves the logarithm of `upper / lower`, or
    /// better. Default 6: the ends of one symbol are then within `r^(1 / 128)` for rank `r` (3.4%
    /// for 64 channels), and were within 0.01% on random 3 x 3 kernels of 64 channels.
    pub iterations: usize,
    /// Samples per degree and axis where no grid is given, at least 2: the upper end carries the
    /// factor `1 / cos(pi / (2 samples_per_degree))` per axis. Default 12: 0.9% per axis.
    pub samples_per_degree: usize,
    /// Gram products in space, 1 to 6. Each costs `4^d` times the one before, over `d` axes.
    /// Default 3.
    pub spatial_iterations: usize,
}

impl Default for GramOptions {
    fn default() -> Self {
        Self {
            iterations: 6,
            samples_per_degree: 12,
            spatial_iterations: 3,
        }
    }
}

impl GramOptions {
    /// Sets the number of Gram products per frequency.
    #[must_use]
    pub fn iterations(mut self, iterations: usize) -> Self {
        self.iterations = iterations;
        self
    }

    /// Sets the number of samples per degree and axis.
    #[must_use]
    pub fn samples_per_degree(mut self, samples_per_degree: usize) -> Self {
        self.samples_per_degree = samples_per_degree;
        self
    }

    /// Sets the number of Gram products in space.
    #[must_use]
    pub fn spatial_iterations(mut self, spatial_iterations: usize) -> Self {
        self.spatial_iterations = spatial_iterations;
        self
    }

    pub(super) fn check(&self) -> Result<(), SvdError> {
        let refuse = |option, value: usize, bound| {
            Err(SvdError::InvalidOption {
                option,
                value: value as f64,
                bound,
            })
        };
        match self {
            o if !(1..=64).contains(&o.iterations) => {
                refuse("iterations", o.iterations, "from 1 to 64")
            }
            o if !(2..=1 << 20).contains(&o.samples_per_degree) => {
                let value = o.samples_per_degree;
                refuse("samples_per_degree", value, "from 2 to 2^20")
            }
            o if !(1..=6).contains(&o.spatial_iterations) => {
                refuse("spatial_iterations", o.spatial_iterations, "from 1 to 6")
            }
            _ => Ok(()),
        }
    }
}

/// The supremum of the layer's norm over all grids, from the norms of `2^d` reshapings of the
/// weights: the cheapest bracket, and the widest.
///
/// The ends mean what those of [`NormBracket::grid_free`] mean: the upper one bounds the norm on
/// **every** grid, with zero padding of any amount or circular padding that keeps the grid; the
/// lower one is of the supremum over grids.
///
/// # Theorem
/// (Singla and Feizi, ICLR 2021, theorem 1, for the upper end of 2-D layers of stride 1; here in
/// any dimension, with stride, dilation and groups.) Let `P(theta) = sum_q P_q exp(-i <q, theta>)`
/// be the symbol on the lattice ([`NormBracket::grid_free`], 1 to 3), `r x c` matrices `P_q` at the
/// positions `q` of a box `K_1 x .. x K_d`; without stride and dilation the taps of the kernel. For
/// a set `S` of axes let `M_S` be the `(r prod_{j in S} K_j) x (c prod_{j not in S} K_j)` matrix
/// with the entries `M_S[(o, q_S), (i, q_rest)] = P_q[o, i]`: four matrices for a 2-D kernel, among
/// them the unfolding (`S` empty). Then
///
/// `max_S |M_S| <= sup |P| <= sqrt(prod_j K_j) min_S |M_S|`.
///
/// *Upper end.* Let `a` have the entries `exp(i <q_S, theta>)` and `b` the entries
/// `exp(-i <q_rest, theta>)`: vectors of norms `sqrt(prod_S K_j)` and `sqrt(prod_rest K_j)`. For
/// unit vectors `u`, `v`,
/// `u^H P(theta) v = sum_q u^H P_q v exp(-i <q_S, theta>) exp(-i <q_rest, theta>) = (u (x) a)^H M_S
/// (v (x) b)`, at most `|M_S| sqrt(prod_j K_j)`.
///
/// *Lower end.* On the lattice, `y[j] = sum_q P_q x[j + q]`. Take the outputs `j` with `j_S = -q_S`
/// and `j_rest = 0`, and the inputs `x` with `x_S = 0` and `x_rest = q_rest`, for all `q` of the
/// box: output `-q_S` reads input `q_rest` through the tap `q = (q_S, q_rest)`. So `M_S` is a
/// submatrix of the operator on the lattice, whose norm is `sup |P|`. (For `S` empty that is also
/// the mean of `P P^H` over the torus.) The values of `|P|` at the frequencies `0` and `pi` of each
/// axis, where `P` is real, are lower bounds too; the largest of all is taken.
///
/// So `upper / lower <= sqrt(prod_j K_j)`, and a dense layer's bracket is exact. With stride `s`
/// prime to the dilation, `K_j = ceil(k_j / s_j)`, so that the factor is less than
/// `sqrt(prod k_j)`.
///
/// # Errors
/// As [`NormBracket::grid_free`].
///
/// # Complexity
/// The values of `2^d` matrices with as many entries as the group's weights, and of `2^d` matrices
/// `r x c`, per group.
///
/// # Example
/// ```
/// use convlens_svd::ConvKernel;
/// use convlens_svd::norm::bounds;
///
/// // Edges in one direction: sup |1 - z^2| |1 + w|^2 = 2 * 4, and no reshaping has a norm over
/// // sqrt(12).
/// let sobel = [-1.0, 0.0, 1.0, -2.0, 0.0, 2.0, -1.0, 0.0, 1.0];
/// let bracket = bounds::reshaped(&ConvKernel::from_slice(&sobel, &[1, 1, 3, 3])?)?;
/// assert!(bracket.lower <= 8.0 && 8.0 <= bracket.upper);
/// assert!(bracket.upper < 3.0 * 12f64.sqrt() + 1e-9);
/// # Ok::<(), convlens_svd::SvdError>(())
/// ```
pub fn reshaped(kernel: &ConvKernel) -> Result<NormBracket, SvdError> {
    let exponent = numeric::exponent(kernel.weights());
    let weights = numeric::normalized(kernel.weights(), exponent);
    let taps = lattice_taps(kernel, &weights, "a grid-free norm")?;
    let degrees = taps.degrees(kernel.spatial_dims());
    let size: Vec<usize> = degrees.iter().map(|m| m + 1).collect();
    let factor = size.iter().map(|&k| k as f64).product::<f64>().sqrt();
    let sets = 1usize << size.len();
    let groups = map_ordered(taps.groups.len(), |group| {
        let (mut least, mut largest) = (f64::INFINITY, 0.0f64);
        for set in 0..sets {
            let (lower, upper) = norm(&reshaping(&taps, group, &size, set))?;
            (least, largest) = (least.min(upper), largest.max(lower));
            let (lower, _) = norm(&real_symbol(&taps, group, set))?;
            largest = largest.max(lower - margin::of_direct_symbols(kernel, &weights));
        }
        Ok((largest, least * factor * (1.0 + 4.0 * f64::EPSILON)))
    });
    let (mut lower, mut upper) = (0.0f64, 0.0f64);
    for group in groups {
        let group: (f64, f64) = group?;
        (lower, upper) = (lower.max(group.0), upper.max(group.1));
    }
    let (lower, upper) = ends(lower, upper, exponent)?;
    Ok(NormBracket {
        lower,
        upper,
        method: Method::ReshapedNorms { factor },
        padding: Padding::ZerosOrCircular,
        grid: None,
    })
}

/// `M_S` for the axes whose bits `set` has.
fn reshaping(taps: &Polyphase, group: usize, size: &[usize], set: usize) -> Mat<f64> {
    let inside = |axis: usize| set >> axis & 1 == 1;
    let positions = |wanted: bool| {
        let axes = (0..size.len()).filter(|&axis| inside(axis) == wanted);
        axes.map(|axis| size[axis]).product::<usize>()
    };
    let mut matrix = Mat::zeros(taps.rows * positions(true), taps.cols * positions(false));
    for (position, entries) in &taps.groups[group] {
        let (mut above, mut left) = (0, 0);
        for (axis, &q) in position.iter().enumerate() {
            let at = if inside(axis) { &mut above } else { &mut left };
            *at = *at * size[axis] + q;
        }
        for (entry, &w) in entries.iter().enumerate() {
            let (o, i) = (entry / taps.cols, entry % taps.cols);
            matrix[(above * taps.rows + o, left * taps.cols + i)] = w;
        }
    }
    matrix
}

/// The symbol at the frequency that is `pi` on the axes whose bits `set` has, and 0 on the others.
fn real_symbol(taps: &Polyphase, group: usize, set: usize) -> Mat<f64> {
    let mut symbol = Mat::zeros(taps.rows, taps.cols);
    for (position, entries) in &taps.groups[group] {
        let turns = position.iter().enumerate();
        let odd = turns
            .filter(|&(axis, &q)| set >> axis & 1 == 1 && q % 2 == 1)
            .count()
            % 2
            == 1;
        for (entry, &w) in entries.iter().enumerate() {
            symbol[(entry / taps.cols, entry % taps.cols)] += if odd { -w } else { w };
        }
    }
    symbol
}

/// The largest singular value, rounded down and up.
fn norm(matrix: &Mat<f64>) -> Result<(f64, f64), SvdError> {
    let (values, _) = singular_values(matrix.as_ref())?;
    let value = values.first().copied().unwrap_or(0.0);
    let error = margin::of_values(matrix.nrows(), matrix.ncols());
    Ok((value * (1.0 - error), value * (1.0 + error)))
}

//! Norms by Gram iteration: matrix products only, no decomposition.

mod iterate;
mod options;
mod polynomial;
mod symbol;

pub use options::GramOptions;

use super::circular::ends;
use super::lattice::lattice_taps;
use super::torus::samples_and_factor;
use super::{NormBracket, NormMethod, NormPadding, margin};
use crate::operator::{Polyphase, periodic_grids};
use crate::{ConvKernel, SvdError, scale};
use polynomial::Polynomial;
use symbol::over_frequencies;

impl NormBracket {
    /// The norm under circular padding that keeps the grid, by Gram iteration of each symbol: no decomposition is computed.
    ///
    /// Theorem: for a matrix `A` of rank `r` let `G_0 = A` and `G_{t + 1} = G_t^H G_t`. As `|G^H G| = |G|^2`,
    ///
    /// `(|G_T|_F^2 / tr G_T)^(1 / 2^T) <= |A| <= |G_T|_F^(1 / 2^T) <= r^(1 / 2^(T + 1)) |A|`
    ///
    /// (upper end: Delattre, Barthelemy, Araujo, Allauzen, ICML 2023, theorem 1; lower end: `G_T` is positive semidefinite, so
    /// `|G_T|_F^2 = sum lambda^2 <= lambda_max sum lambda`). No step makes the upper end worse, as the Frobenius norm is
    /// submultiplicative. The layer's norm is the largest of its symbols' ([`NormBracket::circular`]), and so are its ends.
    /// The matrices are rescaled by powers of two at each step, and each product's rounding error goes into the ends (the
    /// proof stands in `src/norm/gram/iterate.rs`). Stride, dilation, groups, transposed layers and kernels that wrap are
    /// those of [`OperatorSpectrum`](crate::OperatorSpectrum).
    ///
    /// # Errors
    /// [`SvdError::InvalidOption`], and as [`NormBracket::circular`].
    ///
    /// # Complexity
    /// Per frequency (half of them) and group: the symbol by direct sums, one Gram product of it, and `iterations - 1` products
    /// of matrices of its smaller side; fewer where the symbol is shown not to matter.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{ConvKernel, GramOptions, NormBracket};
    ///
    /// // The second difference on 4 points: 4 at the highest frequency.
    /// let kernel = ConvKernel::from_slice(&[-1.0, 2.0, -1.0], &[1, 1, 3])?;
    /// let bracket = NormBracket::gram_circular(&kernel, &[4], &GramOptions::default())?;
    /// assert!(bracket.lower <= 4.0 && 4.0 <= bracket.upper && bracket.relative_width() < 1e-11);
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn gram_circular(
        kernel: &ConvKernel,
        grid: &[usize],
        options: &GramOptions,
    ) -> Result<Self, SvdError> {
        options.check()?;
        let (fine, coarse) = periodic_grids(kernel, grid)?;
        let exponent = scale::exponent(kernel.weights());
        let weights = scale::normalized(kernel.weights(), exponent);
        let taps = Polyphase::wrapped(kernel, &weights, &fine)?;
        let (lower, upper) = sampled(kernel, &weights, &taps, &coarse, options)?;
        let (lower, upper) = ends(lower, upper, exponent)?;
        Ok(Self {
            lower,
            upper,
            method: NormMethod::GramIteration {
                iterations: options.iterations,
                frequencies: coarse,
                factor: 1.0,
            },
            padding: NormPadding::Circular,
            grid: Some(grid.to_vec()),
        })
    }

    /// The supremum of the layer's norm over all grids, by Gram iteration of the symbols at samples of the torus.
    ///
    /// *Upper end*: it bounds the norm on **every** grid, with zero padding of any amount or circular padding that keeps the
    /// grid. *Lower end*: of the supremum, as in [`NormBracket::grid_free`].
    ///
    /// Theorem: each sample of the symbol `P` lies within the ends of [`NormBracket::gram_circular`], and the supremum of
    /// `|P|` over the torus is at most its largest sample times `prod_j 1 / cos(pi m_j / (2 N_j))` for `N_j > m_j` samples of
    /// an axis of degree `m_j` (theorem 4 of [`NormBracket::grid_free`], where its proof stands). This is also how the norm on one
    /// grid bounds that on another: circular norms on `N` samples, times the factor of `N`, bound the norm on every grid,
    /// smaller or larger.
    ///
    /// # Errors
    /// [`SvdError::InvalidOption`], and as [`NormBracket::grid_free`].
    ///
    /// # Complexity
    /// As [`NormBracket::gram_circular`], on a grid of `samples_per_degree * m_j` points per axis.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{ConvKernel, GramOptions, NormBracket};
    ///
    /// // sup |1 + z - z^2| = sqrt(5), at a quarter of the circle.
    /// let kernel = ConvKernel::from_slice(&[1.0, 1.0, -1.0], &[1, 1, 3])?;
    /// let bracket = NormBracket::gram_grid_free(&kernel, &GramOptions::default())?;
    /// assert!(bracket.lower <= 5f64.sqrt() && 5f64.sqrt() <= bracket.upper);
    /// assert!(bracket.relative_width() < 0.01);
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn gram_grid_free(kernel: &ConvKernel, options: &GramOptions) -> Result<Self, SvdError> {
        options.check()?;
        let exponent = scale::exponent(kernel.weights());
        let weights = scale::normalized(kernel.weights(), exponent);
        let taps = lattice_taps(kernel, &weights, "a grid-free norm")?;
        let degrees = taps.degrees(kernel.spatial_dims());
        let (samples, factor) = samples_and_factor(&degrees, options.samples_per_degree);
        let (lower, upper) = sampled(kernel, &weights, &taps, &samples, options)?;
        // The factor is off by a few eps per axis.
        let upper = upper * factor * (1.0 + 16.0 * f64::EPSILON);
        let (lower, upper) = ends(lower, upper, exponent)?;
        Ok(Self {
            lower,
            upper,
            method: NormMethod::GramIteration {
                iterations: options.iterations,
                frequencies: samples,
                factor,
            },
            padding: NormPadding::ZerosOrCircular,
            grid: None,
        })
    }

    /// The supremum of the layer's norm over all grids, by Gram iteration on the weights: no frequency, no decomposition.
    ///
    /// The ends mean what those of [`NormBracket::grid_free`] mean: the upper one bounds the norm on **every** grid.
    ///
    /// # Theorem
    /// (Delattre, Barthelemy, Allauzen 2024, arXiv 2402.00240, for the idea; the norms below are ours.) The layer on the lattice has the
    /// symbol `P(theta) = sum_q P_q exp(-i <q, theta>)` ([`NormBracket::grid_free`], 1 to 3). `P^H P` is again a trigonometric
    /// polynomial, with the taps `R_d = sum_p P_p^T P_{p + d}`, `|d_j| <= m_j`. So Gram iteration `G_{t + 1} = G_t^H G_t` is a
    /// correlation of the taps with themselves, `m_j 2^t + 1` of them on each axis after `t` steps, and `sup |P| = (sup
    /// |G_T|)^(1 / 2^T)`.
    ///
    /// *Upper end*, for `G` of taps `R_d`: `sup |G| <= sum_d |R_d|_F` by the triangle inequality, and by Schur's test
    /// on the lattice operator, whose rows hold the entries of all `R_d`, `sup |G| <= sqrt(max row sum * max column sum)` of moduli.
    /// The lesser of the two is taken. Both are submultiplicative under convolution, so neither gets worse with a
    /// step.
    ///
    /// *Lower end*: `G_T` is positive semidefinite at each `theta`, so `tr G_T(theta)^2 <= sup |G_T| tr G_T(theta)`; averaged over the
    /// torus, by Parseval, `sum_d |R_d|_F^2 <= sup |G_T| tr R_0`.
    ///
    /// Each product's rounding error goes into the ends (`src/norm/gram/iterate.rs`).
    ///
    /// # Errors
    /// [`SvdError::InvalidOption`], [`SvdError::SizeOverflow`], [`SvdError::Overflow`], and [`SvdError::Unsupported`] for reflect and replicate
    /// padding.
    ///
    /// # Complexity
    /// Step `t` multiplies `prod_j (m_j 2^(t - 1) + 1)^2 / 2` pairs of matrices of the symbol's smaller side: for few channels. The
    /// taps of the last step are in memory.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{ConvKernel, GramOptions, NormBracket};
    ///
    /// let kernel = ConvKernel::from_slice(&[1.0, 1.0, -1.0], &[1, 1, 3])?;
    /// let options = GramOptions::default().spatial_iterations(6);
    /// let bracket = NormBracket::gram_in_space(&kernel, &options)?;
    /// assert!(bracket.lower <= 5f64.sqrt() && 5f64.sqrt() <= bracket.upper);
    /// assert!(bracket.relative_width() < 0.1);
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn gram_in_space(kernel: &ConvKernel, options: &GramOptions) -> Result<Self, SvdError> {
        options.check()?;
        let iterations = options.spatial_iterations;
        let exponent = scale::exponent(kernel.weights());
        let weights = scale::normalized(kernel.weights(), exponent);
        let taps = lattice_taps(kernel, &weights, "a grid-free norm")?;
        let (mut lower, mut upper) = (0.0f64, 0.0f64);
        for group in 0..taps.groups.len() {
            let polynomial = Polynomial::new(&taps, group, kernel.spatial_dims())?;
            polynomial.check(iterations)?;
            let found = iterate::ends(polynomial, iterations, 0.0);
            (lower, upper) = (lower.max(found.0), upper.max(found.1));
        }
        let (lower, upper) = ends(lower, upper, exponent)?;
        Ok(Self {
            lower,
            upper,
            method: NormMethod::GramIterationInSpace { iterations },
            padding: NormPadding::ZerosOrCircular,
            grid: None,
        })
    }
}

/// Both ends over the symbols of a frequency grid, the error of the symbols with them.
fn sampled(
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

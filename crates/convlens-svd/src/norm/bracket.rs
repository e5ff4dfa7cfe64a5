//! The bracket of a norm, how it was found, and the choice of a method.

use crate::error::SvdError;
use crate::unfolding::LayerValues;
use std::fmt;

/// How a bracket was found.
///
/// `r` is the smaller side of the symbol (channels of a group, with stride those of its polyphase
/// components), `T` the number of Gram products, `m = k - 1` the degree per axis at stride 1, `d`
/// the number of axes. The widths are the worst of eight seeded random 3 x 3 kernels of 4 and 16
/// channels on 8 x 8 samples (`tests/it/bracket_methods.rs`).
///
/// | constructor | holds for | cost | width: in theory, measured |
/// |---|---|---|---|
/// | [`circular`] | circular, one grid | Cholesky per frequency | rounding, 1e-11 |
/// | [`gram_circular`] | circular, one grid | `T` products a point | `r^(1 / 2^(T + 1))`, 1e-5 |
/// | [`zero_padded`] | zeros, one grid | 3 times `circular`, search | falls with the grid, 3.7% |
/// | [`tight`] | zeros, one small grid | banded Cholesky of the layer | as asked, 1e-6 |
/// | [`grid_free`] | every grid | Cholesky per sample | 0.9% per axis, 1.7% |
/// | [`gram_grid_free`] | every grid | `T` products per sample | 0.9% per axis, 1.7% |
/// | [`gram_in_space`] | every grid | products of taps | falls with `T`, 26% at `T = 3` |
/// | [`reshaped`] | every grid | values of `2^d` reshapings | `sqrt(prod k_j)` at most, 43% |
/// | [`dense`] | dense layers | nothing: the SVD is there | rounding, 1e-13 |
///
/// All products and factorizations are of `r x r` matrices. [`grid_free`] takes `prod(12 m_j)`
/// samples; [`gram_in_space`] about `prod(m_j 2^(T - 1))^2` products; [`tight`] is for up to some
/// 20,000 unknowns.
///
/// [`circular`]: NormBracket::circular
/// [`gram_circular`]: crate::norm::bounds::gram_circular
/// [`zero_padded`]: NormBracket::zero_padded
/// [`tight`]: NormBracket::tight
/// [`grid_free`]: NormBracket::grid_free
/// [`gram_grid_free`]: crate::norm::bounds::gram_grid_free
/// [`gram_in_space`]: crate::norm::bounds::gram_in_space
/// [`reshaped`]: crate::norm::bounds::reshaped
/// [`dense`]: NormBracket::dense
///
/// "Every grid" is for the upper end; the lower end is then that of the supremum over grids. The
/// form in space and the reshaped norms are for few channels, or where a factor of two is enough:
/// fewer samples (`samples_per_degree` 4: a width of 14.7% on two axes) are the better bargain at
/// many channels.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Method {
    /// The top singular value of a dense layer's matrix.
    Dense,
    /// The top singular value over all symbols of the periodic operator.
    CircularSpectrum,
    /// Below: Golub-Kahan-Davidson on the layer. Above: the norm on a periodic grid that the layer
    /// embeds into.
    DavidsonAndEmbedding {
        /// The periodic grid that gave the upper end (on the side of the layer that the kernel
        /// reads).
        periodic_grid: Vec<usize>,
        /// Seed of the start vector.
        seed: u64,
        /// Steps of the search.
        iterations: usize,
    },
    /// Below: Golub-Kahan-Davidson on the layer. Above: a Cholesky factorization that shows
    /// `theta^2 I - A^T A` to be positive semidefinite.
    DavidsonAndCholesky {
        /// Seed of the start vector.
        seed: u64,
        /// Steps of the search.
        iterations: usize,
        /// Factorizations tried, over all groups.
        factorizations: usize,
    },
    /// Samples of the symbol on the torus, with the factor that bounds what lies between them.
    TorusSamples {
        /// Samples per axis.
        samples: Vec<usize>,
        /// Upper end over largest sample.
        factor: f64,
    },
    /// Gram iteration of the symbols at a grid of frequencies.
    GramIteration {
        /// Gram products per frequency.
        iterations: usize,
        /// Frequencies per axis.
        frequencies: Vec<usize>,
        /// What the upper end carries for frequencies between them; 1 where there is none.
        factor: f64,
    },
    /// Gram iteration of the weights as a polynomial.
    GramIterationInSpace {
        /// Gram products.
        iterations: usize,
    },
    /// Norms of the reshapings of the weights.
    ReshapedNorms {
        /// Upper end over the least of the norms: `sqrt(prod K_j)`.
        factor: f64,
    },
}

/// The padding that a bracket holds for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Padding {
    /// Zero padding of the kernel's geometry, on the grid.
    Zeros,
    /// Circular padding that keeps the grid.
    Circular,
    /// Zero padding of any amount, or circular padding that keeps the grid.
    ZerosOrCircular,
}

/// A closed interval that holds the operator norm (largest singular value, Lipschitz constant in
/// the 2-norm) of a layer without its bias.
///
/// The theorem behind each end stands with the constructor: [`NormBracket::circular`],
/// [`NormBracket::zero_padded`], [`NormBracket::grid_free`],
/// [`bounds::gram_circular`](crate::norm::bounds::gram_circular),
/// [`bounds::gram_grid_free`](crate::norm::bounds::gram_grid_free),
/// [`bounds::gram_in_space`](crate::norm::bounds::gram_in_space),
/// [`bounds::reshaped`](crate::norm::bounds::reshaped), [`NormBracket::tight`]. Both ends carry an
/// outward rounding margin (`src/norm/margin.rs`): about `1e-11`, relative, for 3 x 3 kernels on 32
/// x 32 samples.
///
/// # Example
/// ```
/// use convlens_svd::norm::DavidsonOptions;
/// use convlens_svd::{ConvKernel, Geometry, NormBracket};
///
/// // [-1, 2, -1] x [-1, 2, -1] on 3 x 3 samples: 11.657 with zero padding, 9 with periodic.
/// let row = [-1.0, 2.0, -1.0];
/// let weights = row.iter().flat_map(|a| row.map(|b| a * b)).collect();
/// let same = Geometry::new(2).with_padding(&[(1, 1), (1, 1)]);
/// let kernel = ConvKernel::new(weights, &[1, 1, 3, 3], same)?;
/// let zeros = NormBracket::of_layer(&kernel, Some(&[3, 3]), &DavidsonOptions::default())?;
/// let exact = (2.0 + 2f64.sqrt()).powi(2);
/// assert!(zeros.lower <= exact && exact <= zeros.upper);
/// assert!(zeros.lower > 11.656);
/// let periodic = NormBracket::circular(&kernel, &[3, 3])?;
/// assert!((periodic.upper - 9.0).abs() < 1e-10);
/// # Ok::<(), convlens_svd::SvdError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[doc(alias = "lipschitz")]
#[doc(alias = "spectral_norm")]
#[non_exhaustive]
pub struct NormBracket {
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// How the ends were found.
    pub method: Method,
    /// The padding that they hold for.
    pub padding: Padding,
    /// The input grid that they hold for; none where they hold for all.
    pub grid: Option<Vec<usize>>,
}

impl NormBracket {
    /// `(upper - lower) / upper`; 0 for an all-zero kernel.
    pub fn relative_width(&self) -> f64 {
        if self.upper == 0.0 {
            0.0
        } else {
            (self.upper - self.lower) / self.upper
        }
    }
}

impl fmt::Display for NormBracket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the norm is between {} and {}", self.lower, self.upper)?;
        let padding = match self.padding {
            Padding::Zeros => "zero padding",
            Padding::Circular => "circular padding",
            Padding::ZerosOrCircular => "zero or circular padding",
        };
        match &self.grid {
            Some(grid) => write!(f, " ({padding}, grid {grid:?})"),
            None if self.method == Method::Dense => Ok(()),
            None => write!(f, " ({padding}, every grid)"),
        }
    }
}

impl NormBracket {
    /// The norm of a dense layer whose singular values are known: the largest, to rounding.
    ///
    /// The margin is the contract of their [`Accuracy`](crate::Accuracy), on both sides:
    /// `50 eps sqrt(max(m, n)) sigma_max`, or `4 eps max(m, n) sigma_max` for those of a Gram
    /// matrix. [`NormBracket::grid_free`] gives the same from the kernel, at the price of another
    /// decomposition.
    ///
    /// # Errors
    /// [`SvdError::Unsupported`] for a convolution: its unfolding has another norm than the layer.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{Accuracy, ConvKernel, LayerValues, NormBracket};
    ///
    /// let kernel = ConvKernel::from_slice(&[3.0, 0.0, 0.0, 4.0], &[2, 2])?;
    /// let norm = NormBracket::dense(&LayerValues::new(&kernel, Accuracy::Exact)?)?;
    /// assert!(norm.lower <= 4.0 && 4.0 <= norm.upper && norm.relative_width() < 1e-12);
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn dense(values: &LayerValues) -> Result<Self, SvdError> {
        if values.spatial_dims > 0 {
            return Err(SvdError::Unsupported {
                operation: "the norm of a dense layer",
                what: "convolutions",
            });
        }
        let norm = values.largest();
        let margin = values.relative_error() * norm;
        let upper = norm + margin;
        if !upper.is_finite() {
            return Err(SvdError::Overflow { what: "the norm" });
        }
        Ok(Self {
            lower: (norm - margin).max(0.0),
            upper,
            method: Method::Dense,
            padding: Padding::ZerosOrCircular,
            grid: None,
        })
    }
}

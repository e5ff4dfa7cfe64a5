//! The leading singular triplets of a layer as it is, and the options of the search.

use super::operator::LayerOperator;
use super::projection::Oriented;
use super::search::{Copies, Plan, leading};
use crate::error::SvdError;
use crate::numeric;
use crate::numeric::{norm, sign_of};

/// One singular value of a layer with its images: `A v = sigma u` and `A^T u = sigma v`, with
/// `|u| = |v| = 1`.
///
/// # Conventions
/// Images are row-major `[channel, position_1, .., position_d]`, shapes in [`LayerTriplets`]. The
/// entry of `left` of largest magnitude is positive; among entries within 1e-8 (relative) of the
/// largest, the one of lowest index decides.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SingularTriplet {
    /// Singular value.
    pub sigma: f64,
    /// Left vector: an output image.
    pub left: Vec<f64>,
    /// Right vector: the input image that the layer stretches by `sigma`.
    pub right: Vec<f64>,
    /// `|A v - sigma u|`, computed afresh from these vectors.
    pub left_residual: f64,
    /// `|A^T u - sigma v|`, computed afresh from these vectors.
    pub right_residual: f64,
    /// Both residuals are at most `tolerance * sigma_1`. Then a singular value of the layer lies
    /// within that of `sigma`.
    pub converged: bool,
}

/// The leading singular triplets of a layer on a grid, with its own padding, stride and grid: the
/// images that it stretches the most, and what it makes of them.
///
/// Golub-Kahan-Davidson (Goldenberg, Stathopoulos, Romero, SIAM J. Sci. Compute. 41, 2019) with
/// thick restarts on the matrix-free [`LayerOperator`], with full reorthogonalization of both
/// bases. Zero-padded layers with an axis of 48 positions or more are preconditioned by waves at
/// the peak of the symbol under sine windows, which is what their leading vectors look like
/// (`src/layer/waves.rs`); without that, and for other paddings and strided layers whose smaller
/// side is the fine one, it is thick-restarted Lanczos. Convolutions have repeated values
/// (conjugate frequencies, equal channels), of which a Krylov space holds one vector; so once the
/// triplets have converged, the search goes on from a fresh seeded vector orthogonal to them, until
/// a round has found nothing larger ([`LayerTriplets::settled`]). Where a value repeats, only the
/// subspace that its vectors span is determined.
///
/// Steps that run out before convergence are an outcome, not an error: each triplet has its
/// residuals and says whether it converged. A value that has not converged is a lower bound of the
/// layer's value of the same rank, to rounding.
///
/// # Complexity
/// Two applications of the layer per step, and a pass or two over both bases; memory `basis`
/// vectors of each side: for 64 channels on 128 x 128 samples, 5 triplets and the default basis 336
/// MB; the preconditioner holds at most 1089 symbol vectors (three frequencies to an axis at least)
/// and one plane's window for each channel. A random 64 x 64 x 3 x 3 layer settled, with the
/// default options, after 193 steps on 8 x 8 samples, 323 on 64 x 64 and 444 on 128 x 128. A symbol
/// with several peaks as high as the modes wanted is searched without the preconditioner; its steps
/// grow with the grid.
///
/// # Example
/// ```
/// use convlens_svd::layer::TripletOptions;
/// use convlens_svd::{ConvKernel, LayerOperator, Geometry, LayerTriplets};
///
/// // A moving sum of three on 5 samples, zero-padded: 1 + 2 cos(pi j / 6), j = 1 ..= 5.
/// let same = Geometry::new(1).with_padding(&[(1, 1)]);
/// let layer = LayerOperator::new(&ConvKernel::new(vec![1.0; 3], &[1, 1, 3], same)?, &[5])?;
/// let found = LayerTriplets::new(&layer, &TripletOptions::default().count(2))?;
/// let top = &found.triplets[0];
/// assert!(top.converged && (top.sigma - (1.0 + 3f64.sqrt())).abs() < 1e-12);
/// // Its image is half a sine wave: largest in the middle.
/// assert!(top.right[2] > top.right[1] && top.right[1] > top.right[0]);
/// assert!((found.triplets[1].sigma - 2.0).abs() < 1e-12);
/// # Ok::<(), convlens_svd::SvdError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LayerTriplets {
    /// The triplets, values descending; as many as `options.count`.
    pub triplets: Vec<SingularTriplet>,
    /// `[c_out, positions..]` of left vectors.
    pub left_shape: Vec<usize>,
    /// `[c_in, positions..]` of right vectors.
    pub right_shape: Vec<usize>,
    /// Steps taken: right vectors that the layer was applied to.
    pub steps: usize,
    /// Restarts among them.
    pub restarts: usize,
    /// A round from a fresh start orthogonal to the triplets found nothing larger, or the whole
    /// space was spanned. Where false, a copy of a repeated value may be missing.
    pub settled: bool,
    /// The options that gave this, with the seed.
    pub options: TripletOptions,
}

impl LayerTriplets {
    /// Finds the leading triplets.
    ///
    /// # Errors
    /// [`SvdError::InvalidOption`] before any work; [`SvdError::NoConvergence`] (of a small dense
    /// matrix) and [`SvdError::Overflow`].
    pub fn new(layer: &LayerOperator, options: &TripletOptions) -> Result<Self, SvdError> {
        let (scaled, exponent) = layer.normalized();
        let operator = Oriented::new(&scaled);
        options.check(operator.narrow())?;
        let plan = Plan {
            count: options.count,
            basis: options.basis_for(operator.narrow()),
            max_steps: options.max_steps,
            // Each fresh start forgets residuals of this size, which then add up.
            tolerance: options.tolerance / 4.0,
            seed: options.seed,
            copies: Copies::Seek,
        };
        let found = leading(operator, &plan)?;
        let bound = options.tolerance * found.values.first().copied().unwrap_or(0.0);
        let triplets = found.values.into_iter().zip(found.vectors);
        let triplets = triplets.map(|(sigma, (wide, narrow))| {
            let (left, right) = if operator.narrow_is_output() {
                (narrow, wide)
            } else {
                (wide, narrow)
            };
            triplet(&scaled, exponent, bound, sigma, left, right)
        });
        Ok(Self {
            triplets: triplets.collect::<Result<_, _>>()?,
            left_shape: layer.output_shape(),
            right_shape: layer.input_shape(),
            steps: found.steps,
            restarts: found.restarts,
            settled: found.settled,
            options: *options,
        })
    }

    /// The singular values, descending.
    pub fn singular_values(&self) -> Vec<f64> {
        self.triplets.iter().map(|triplet| triplet.sigma).collect()
    }
}

/// Signs, residuals, and the kernel's own scale.
fn triplet(
    scaled: &LayerOperator,
    exponent: i32,
    bound: f64,
    sigma: f64,
    mut left: Vec<f64>,
    mut right: Vec<f64>,
) -> Result<SingularTriplet, SvdError> {
    let sign = sign_of(&left);
    left.iter_mut().chain(&mut right).for_each(|x| *x *= sign);
    let residual = |mut image: Vec<f64>, of: &[f64]| {
        image.iter_mut().zip(of).for_each(|(x, y)| *x -= sigma * y);
        norm(&image)
    };
    let left_residual = residual(scaled.apply(&right)?, &left);
    let right_residual = residual(scaled.adjoint(&left)?, &right);
    let restored = |x| numeric::restored(x, exponent, "a singular value");
    Ok(SingularTriplet {
        sigma: restored(sigma)?,
        left,
        right,
        left_residual: restored(left_residual)?,
        right_residual: restored(right_residual)?,
        converged: left_residual.max(right_residual) <= bound,
    })
}

/// How many singular triplets of a layer to find, and how hard to look.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct TripletOptions {
    /// Triplets wanted, from the largest value down; at most the smaller side of the layer. Default
    /// 5.
    pub count: usize,
    /// Vectors to a basis before a restart; two bases of so many vectors are the memory that the
    /// search needs. At least `count + 2`, except that the smaller side of the layer is always
    /// enough. Default `max(2 count + 10, 20)`: twice the count is what Hernandez, Roman and Tomas
    /// (2008, section 4) take, and ten more let few triplets converge.
    pub basis: Option<usize>,
    /// Most steps, one application of the layer and one of its adjoint each; at least `count`.
    /// Default 1000.
    pub max_steps: usize,
    /// A triplet has converged where both its residuals are at most `tolerance * sigma_1`. Default
    /// 1e-8: the value is then off by about `1e-16 sigma_1` over its relative distance from the
    /// others, and within `1e-8 sigma_1` always.
    pub tolerance: f64,
    /// Seed of the start vectors. Default 0.
    pub seed: u64,
}

impl Default for TripletOptions {
    fn default() -> Self {
        Self {
            count: 5,
            basis: None,
            max_steps: 1000,
            tolerance: 1e-8,
            seed: 0,
        }
    }
}

impl TripletOptions {
    /// Sets the number of triplets.
    #[must_use]
    pub fn count(mut self, count: usize) -> Self {
        self.count = count;
        self
    }

    /// Sets the number of vectors to a basis.
    #[must_use]
    pub fn basis(mut self, basis: usize) -> Self {
        self.basis = Some(basis);
        self
    }

    /// Sets the number of steps at most.
    #[must_use]
    pub fn max_steps(mut self, max_steps: usize) -> Self {
        self.max_steps = max_steps;
        self
    }

    /// Sets the relative residual at which a triplet has converged.
    #[must_use]
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets the seed of the start vectors.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Vectors to a basis for a layer whose smaller side is `narrow`.
    pub(super) fn basis_for(&self, narrow: usize) -> usize {
        let usual = self.count.saturating_mul(2).saturating_add(10).max(20);
        self.basis.unwrap_or(usual).min(narrow)
    }

    pub(super) fn check(&self, narrow: usize) -> Result<(), SvdError> {
        let refuse = |option, value, bound| {
            Err(SvdError::InvalidOption {
                option,
                value,
                bound,
            })
        };
        if self.count == 0 || self.count > narrow {
            let bound = "at least 1 and at most the smaller side of the layer";
            return refuse("count", self.count as f64, bound);
        }
        let basis = self.basis_for(narrow);
        if basis < narrow && basis < self.count.saturating_add(2) {
            return refuse("basis", basis as f64, "at least count + 2");
        }
        if self.max_steps < self.count {
            return refuse("max_steps", self.max_steps as f64, "at least count");
        }
        if !(self.tolerance > 0.0 && self.tolerance < 1.0) {
            return refuse("tolerance", self.tolerance, "in (0, 1)");
        }
        Ok(())
    }
}

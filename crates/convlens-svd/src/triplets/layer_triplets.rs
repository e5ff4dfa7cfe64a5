//! The leading singular triplets of a layer as it is.

use super::TripletOptions;
use super::operator::Oriented;
use super::search::{Copies, Plan, leading};
use crate::vector::{norm, sign_of};
use crate::{ConvLayer, SvdError, scale};

/// One singular value of a layer with its images: `A v = sigma u` and `A^T u = sigma v`, with `|u| = |v| = 1`.
///
/// # Conventions
/// Images are row-major `[channel, position_1, .., position_d]`, shapes in [`LayerTriplets`]. The entry of `left` of
/// largest magnitude is positive; among entries within 1e-8 (relative) of the largest, the one of lowest index decides.
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
    /// Both residuals are at most `tolerance * sigma_1`. Then a singular value of the layer lies within that of `sigma`.
    pub converged: bool,
}

/// The leading singular triplets of a layer on a grid, with its own padding, stride and grid: the images that it
/// stretches the most, and what it makes of them.
///
/// Golub-Kahan-Davidson (Goldenberg, Stathopoulos, Romero, SIAM J. Sci. Comput. 41, 2019) with thick restarts on the
/// matrix-free [`ConvLayer`], with full reorthogonalisation of both bases. Zero-padded layers with an axis of 48 positions
/// or more are preconditioned by waves at the peak of the symbol under sine windows, which is what their leading vectors
/// look like (`src/triplets/waves.rs`); without that, and for other paddings and strided layers whose smaller side is the fine
/// one, it is thick-restarted Lanczos. Convolutions have repeated values (conjugate frequencies, equal channels), of which a
/// Krylov space holds one vector; so once the triplets have converged, the search goes on from a fresh seeded vector
/// orthogonal to them, until a round has found nothing larger ([`LayerTriplets::settled`]). Where a value repeats, only the
/// subspace that its vectors span is determined.
///
/// Steps that run out before convergence are an outcome, not an error: each triplet has its residuals and says whether
/// it converged. A value that has not converged is a lower bound of the layer's value of the same rank, to rounding.
///
/// # Complexity
/// Two applications of the layer per step, and a pass or two over both bases; memory `basis`
/// vectors of each side: for 64 channels on 128 x 128 samples, 5 triplets and the default basis 336 MB; the preconditioner
/// holds at most 1089 symbol vectors (three frequencies to an axis at least) and one plane's window for each channel.
/// A random 64 x 64 x 3 x 3 layer settled, with the default options, after 193 steps on 8 x 8 samples, 323 on 64 x 64 and 444
/// on 128 x 128. A symbol with several peaks as high as the modes wanted is searched without the preconditioner; its steps grow with the
/// grid.
///
/// # Example
/// ```
/// use convlens_svd::{ConvKernel, ConvLayer, Geometry, LayerTriplets, TripletOptions};
///
/// // A moving sum of three on 5 samples, zero-padded: 1 + 2 cos(pi j / 6), j = 1 ..= 5.
/// let same = Geometry::new(1).with_padding(&[(1, 1)]);
/// let layer = ConvLayer::new(&ConvKernel::new(vec![1.0; 3], &[1, 1, 3], same)?, &[5])?;
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
    /// A round from a fresh start orthogonal to the triplets found nothing larger, or the whole space was spanned. Where
    /// false, a copy of a repeated value may be missing.
    pub settled: bool,
    /// The options that gave this, with the seed.
    pub options: TripletOptions,
}

impl LayerTriplets {
    /// Finds the leading triplets.
    ///
    /// # Errors
    /// [`SvdError::InvalidOption`] before any work; [`SvdError::NoConvergence`] (of a small dense matrix) and
    /// [`SvdError::Overflow`].
    pub fn new(layer: &ConvLayer, options: &TripletOptions) -> Result<Self, SvdError> {
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
    scaled: &ConvLayer,
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
    let restored = |x| scale::restored(x, exponent, "a singular value");
    Ok(SingularTriplet {
        sigma: restored(sigma)?,
        left,
        right,
        left_residual: restored(left_residual)?,
        right_residual: restored(right_residual)?,
        converged: left_residual.max(right_residual) <= bound,
    })
}

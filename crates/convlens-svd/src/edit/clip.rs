//! Clipping the spectrum of the periodic operator.

use super::options::check_norm;
use super::overshoot::PeriodicTaps;
use super::{ClipOptions, FinalStep, rescale, with_weights};
use crate::{ConvKernel, NormBracket, Rung, SvdError, scale};

/// What clipping did, and the norm measured afterwards.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ClipReport {
    /// The norm asked for.
    pub bound: f64,
    /// The periodic grid.
    pub grid: Vec<usize>,
    /// The options.
    pub options: ClipOptions,
    /// Rounds of clipping and cropping that were done.
    pub rounds: usize,
    /// Before each round, and after the last: distance of the wrapped kernel from the norm ball, `sqrt(sum (sigma - bound)_+^2
    /// / prod(n / s))`, a Frobenius norm in the unit of the weights. It never grows, but by rounding.
    pub distances: Vec<f64>,
    /// Factor of the final step; 1 where it did nothing.
    pub scale: f64,
    /// The norm on the grid before.
    pub before: NormBracket,
    /// The norm on the grid of the kernel that is given back, measured after cropping and scaling.
    pub after: NormBracket,
    /// Whether the bound is certified: `after.upper <= bound`.
    pub bound_met: bool,
    /// `|W' - W|_F / |W|_F`; 0 for an all-zero kernel.
    pub relative_change: f64,
    /// The worst rung that any frequency needed.
    pub rung: Rung,
}

impl ConvKernel {
    /// The kernel with the singular values of its periodic operator brought to at most `bound`, by alternating
    /// projection between the norm ball and the kernel's own taps.
    ///
    /// One round clips the singular values of each frequency's symbol at `bound`, transforms back, and crops to the
    /// kernel's taps (Sedghi, Gupta, Long, ICLR 2019). Clipping is the projection onto the norm
    /// ball in Frobenius norm, by Parseval also among real kernels as large as the grid; cropping is the projection
    /// onto those that vanish off the taps. Both sets are convex and the zero kernel lies in both, so alternation
    /// converges to a kernel in both (Bregman 1965), and the distance from the ball never grows: each projection
    /// is at most as long as the one before. The limit is near the kernel, but not the nearest one in general.
    /// After finitely many rounds the bound is missed by a little, as a rule: cropping undoes some of the clipping. So the
    /// norm is measured again, and [`FinalStep::Scale`] makes the bound hold.
    ///
    /// # Conventions
    /// The operator is that of [`OperatorSpectrum`](crate::OperatorSpectrum) on `grid`: strides (which must divide the
    /// grid; the symbol is the polyphase one), dilation, groups, transposed and dense layers included, whatever
    /// the padding in the geometry. A kernel longer than the grid wraps; then the change at a place of the grid is divided
    /// equally over the taps that wrap to it, which is the least change of the weights that does the same to the
    /// operator. For zero padding, clip on a grid that the layer embeds into (for a "same" 3 x 3 kernel, `n + 1`; see
    /// [`NormBracket::zero_padded`]).
    ///
    /// # Errors
    /// [`SvdError::InvalidOption`] for the bound and the options; those of [`NormBracket::circular`].
    ///
    /// # Complexity
    /// Per round one singular value decomposition of the symbol for each of `prod(n / s) / 2` frequencies, with vectors
    /// only where a value is over the bound. Memory: 17 kernels.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{ClipOptions, ConvKernel};
    ///
    /// // The second difference has norm 4.
    /// let kernel = ConvKernel::from_slice(&[-1.0, 2.0, -1.0], &[1, 1, 3])?;
    /// let (clipped, report) = kernel.clip_spectrum(&[8], 3.0, &ClipOptions::default())?;
    /// assert!(report.bound_met && report.after.upper <= 3.0);
    /// assert!(report.relative_change < 0.25, "dividing by 4/3 would change it by 0.25");
    /// assert_eq!(clipped.shape(), kernel.shape());
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn clip_spectrum(
        &self,
        grid: &[usize],
        bound: f64,
        options: &ClipOptions,
    ) -> Result<(Self, ClipReport), SvdError> {
        options.check()?;
        check_norm("bound", bound)?;
        let taps = PeriodicTaps::new(self, grid)?;
        let before = NormBracket::circular(self, grid)?;
        let exponent = scale::exponent(self.weights());
        let mut weights = scale::normalized(self.weights(), exponent);
        let target = scale::scaled(bound, -exponent);
        let (mut distances, mut rung) = (Vec::new(), Rung::Direct);
        let mut rounds = 0;
        loop {
            let over = taps.overshoot(&weights, target)?;
            distances.push(scale::restored(over.distance, exponent, "the distance")?);
            rung = rung.max(over.rung);
            if over.largest <= target * (1.0 + options.tolerance) || rounds == options.rounds {
                break;
            }
            weights
                .iter_mut()
                .zip(&over.change)
                .for_each(|(w, c)| *w -= c);
            rounds += 1;
        }
        let mut kernel = if rounds == 0 {
            self.clone()
        } else {
            let weights = weights.iter().map(|&w| scale::scaled(w, exponent));
            with_weights(self, weights.collect())?
        };
        let mut after = NormBracket::circular(&kernel, grid)?;
        let mut factor = 1.0;
        if options.rescale == FinalStep::Scale && after.upper > bound {
            let measure = |kernel: &Self| NormBracket::circular(kernel, grid);
            (kernel, factor, after) = rescale::to_norm(&kernel, &after, bound, measure)?;
        }
        let report = ClipReport {
            bound,
            grid: grid.to_vec(),
            options: *options,
            rounds,
            distances,
            scale: factor,
            before,
            bound_met: after.upper <= bound,
            after,
            relative_change: relative_change(self, &kernel, exponent),
            rung,
        };
        Ok((kernel, report))
    }
}

/// `|W' - W|_F / |W|_F`, both divided by `2^exponent` first.
fn relative_change(before: &ConvKernel, after: &ConvKernel, exponent: i32) -> f64 {
    let pairs = before.weights().iter().zip(after.weights());
    let (mut change, mut size) = (0.0, 0.0);
    for (&a, &b) in pairs {
        let (a, b) = (scale::scaled(a, -exponent), scale::scaled(b, -exponent));
        change += (b - a) * (b - a);
        size += a * a;
    }
    if size == 0.0 {
        0.0
    } else {
        (change / size).sqrt()
    }
}

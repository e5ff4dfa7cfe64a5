//! Clipping the spectrum of the periodic operator: how far it is from a norm ball, and the change
//! of weights that goes toward it.

use super::normalize::{check_norm, to_norm};
use crate::accuracy::Algorithm;
use crate::dense::{Excess, excess};
use crate::error::SvdError;
use crate::kernel::{ConvKernel, checked_product, with_weights};
use crate::norm::NormBracket;
use crate::numeric;
use crate::parallel::map_ordered;
use crate::periodic::{Layout, Place, negated, periodic_grids, turns, unravel};
use faer::{Mat, MatRef};
use num_complex::Complex64;
use std::collections::BTreeMap;
use std::f64::consts::TAU;

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
    /// Before each round, and after the last: distance of the wrapped kernel from the norm ball,
    /// `sqrt(sum (sigma - bound)_+^2 / prod(n / s))`, a Frobenius norm in the unit of the weights.
    /// It never grows, but by rounding.
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
    /// The worst algorithm that any frequency needed.
    pub algorithm: Algorithm,
}

impl ConvKernel {
    /// The kernel with the singular values of its periodic operator brought to at most `bound`, by
    /// alternating projection between the norm ball and the kernel's own taps.
    ///
    /// One round clips the singular values of each frequency's symbol at `bound`, transforms back,
    /// and crops to the kernel's taps (Sedghi, Gupta, Long, ICLR 2019). Clipping is the projection
    /// onto the norm ball in Frobenius norm, by Parseval also among real kernels as large as the
    /// grid; cropping is the projection onto those that vanish off the taps. Both sets are convex
    /// and the zero kernel lies in both, so alternation converges to a kernel in both (Bregman
    /// 1965), and the distance from the ball never grows: each projection is at most as long as the
    /// one before. The limit is near the kernel, but not the nearest one in general. After finitely
    /// many rounds the bound is missed by a little, as a rule: cropping undoes some of the
    /// clipping. So the norm is measured again, and [`FinalStep::Scale`] makes the bound hold.
    ///
    /// # Conventions
    /// The operator is that of [`OperatorSpectrum`](crate::OperatorSpectrum) on `grid`: strides
    /// (which must divide the grid; the symbol is the polyphase one), dilation, groups, transposed
    /// and dense layers included, whatever the padding in the geometry. A kernel longer than the
    /// grid wraps; then the change at a place of the grid is divided equally over the taps that
    /// wrap to it, which is the least change of the weights that does the same to the operator. For
    /// zero padding, clip on a grid that the layer embeds into (for a "same" 3 x 3 kernel, `n + 1`;
    /// see [`NormBracket::zero_padded`]).
    ///
    /// # Errors
    /// [`SvdError::InvalidOption`] for the bound and the options; those of
    /// [`NormBracket::circular`].
    ///
    /// # Complexity
    /// Per round one singular value decomposition of the symbol for each of `prod(n / s) / 2`
    /// frequencies, with vectors only where a value is over the bound. Memory: 17 kernels.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::edit::ClipOptions;
    /// use convlens_svd::ConvKernel;
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
        let exponent = numeric::exponent(self.weights());
        let mut weights = numeric::normalized(self.weights(), exponent);
        let target = numeric::scaled(bound, -exponent);
        let (mut distances, mut algorithm) = (Vec::new(), Algorithm::Direct);
        let mut rounds = 0;
        loop {
            let over = taps.overshoot(&weights, target)?;
            distances.push(numeric::restored(over.distance, exponent, "the distance")?);
            algorithm = algorithm.max(over.algorithm);
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
            let weights = weights.iter().map(|&w| numeric::scaled(w, exponent));
            with_weights(self, weights.collect())?
        };
        let mut after = NormBracket::circular(&kernel, grid)?;
        let mut factor = 1.0;
        if options.rescale == FinalStep::Scale && after.upper > bound {
            let measure = |kernel: &Self| NormBracket::circular(kernel, grid);
            (kernel, factor, after) = to_norm(&kernel, &after, bound, measure)?;
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
            algorithm,
        };
        Ok((kernel, report))
    }
}

/// `|W' - W|_F / |W|_F`, both divided by `2^exponent` first.
fn relative_change(before: &ConvKernel, after: &ConvKernel, exponent: i32) -> f64 {
    let pairs = before.weights().iter().zip(after.weights());
    let (mut change, mut size) = (0.0, 0.0);
    for (&a, &b) in pairs {
        let (a, b) = (numeric::scaled(a, -exponent), numeric::scaled(b, -exponent));
        change += (b - a) * (b - a);
        size += a * a;
    }
    if size == 0.0 {
        0.0
    } else {
        (change / size).sqrt()
    }
}

/// What to do where the bound does not hold after the last round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum FinalStep {
    /// Nothing: the kernel of the last round, as in the paper.
    None,
    /// Scale the whole kernel down, so that the bound holds: the default.
    #[default]
    Scale,
}

/// How long to alternate between the norm ball and the support, and how to end.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ClipOptions {
    /// Most rounds of clipping and cropping. Default 20: 3 x 3 layers of 16 and 32 channels,
    /// clipped to 0.3 to 0.8 of their norm on 8 x 8 and 16 x 16 samples, were 14 to 39% over the
    /// bound after one round, 4 to 10% after 5, 0.3 to 3% after 20, and under 0.2% after 100. One
    /// round is the paper's (Sedghi, Gupta, Long 2019).
    pub rounds: usize,
    /// Stops once the largest singular value is at most `(1 + tolerance) * bound`. Default 1e-2: on
    /// the same layers the last percent took four times as many rounds, and scaling the rest away
    /// changed the weights by about as much.
    pub tolerance: f64,
    /// What to do about the rest. Default [`FinalStep::Scale`].
    pub rescale: FinalStep,
}

impl Default for ClipOptions {
    fn default() -> Self {
        Self {
            rounds: 20,
            tolerance: 1e-2,
            rescale: FinalStep::Scale,
        }
    }
}

impl ClipOptions {
    /// Sets the number of rounds at most.
    #[must_use]
    pub fn rounds(mut self, rounds: usize) -> Self {
        self.rounds = rounds;
        self
    }

    /// Sets the relative overshoot at which to stop.
    #[must_use]
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets the final step.
    #[must_use]
    pub fn rescale(mut self, rescale: FinalStep) -> Self {
        self.rescale = rescale;
        self
    }

    pub(super) fn check(&self) -> Result<(), SvdError> {
        if self.rounds == 0 {
            return Err(SvdError::InvalidOption {
                option: "rounds",
                value: 0.0,
                bound: "at least 1",
            });
        }
        if self.tolerance >= 0.0 && self.tolerance.is_finite() {
            return Ok(());
        }
        Err(SvdError::InvalidOption {
            option: "tolerance",
            value: self.tolerance,
            bound: "at least 0 and finite",
        })
    }
}

/// Parts that the frequencies are split into, whatever the number of threads: each holds one change
/// of weights.
const PARTS: usize = 16;

/// The taps of a kernel on a periodic grid, in its stored, forward reading (a transposed layer is
/// the adjoint of that, with the same singular values). The symbol is the polyphase one: see
/// `src/periodic/symbol.rs`.
pub(super) struct PeriodicTaps {
    layout: Layout,
    /// For each tap, one over the number of taps that wrap to the same place.
    shares: Vec<f64>,
    coarse: Vec<usize>,
    points: usize,
}

/// The excess of an operator over a norm bound.
pub(super) struct Overshoot {
    /// What to take from each weight.
    pub(super) change: Vec<f64>,
    /// Distance of the wrapped kernel from the norm ball, in Frobenius norm.
    pub(super) distance: f64,
    /// Norm of the operator.
    pub(super) largest: f64,
    pub(super) algorithm: Algorithm,
}

impl PeriodicTaps {
    pub(super) fn new(kernel: &ConvKernel, grid: &[usize]) -> Result<Self, SvdError> {
        let (fine, coarse) = periodic_grids(kernel, grid)?;
        let points = checked_product(&coarse)?;
        let layout = Layout::wrapped(kernel, &fine);
        checked_product(&[layout.rows, layout.channels, layout.phases.len()])?;
        let mut taps_at = BTreeMap::new();
        for place in &layout.places {
            *taps_at.entry(place).or_insert(0u32) += 1;
        }
        let shares = layout.places.iter();
        let shares = shares.map(|place| 1.0 / f64::from(taps_at[place]));
        Ok(Self {
            shares: shares.collect(),
            layout,
            coarse,
            points,
        })
    }

    /// The excess over `bound`, cropped to the kernel's own taps.
    ///
    /// Frequencies come in conjugate pairs; half are computed and count twice, with the real part.
    /// The adjoint of wrapping divides what stands at one place of the grid equally over the taps
    /// that wrap to it: of all changes of the weights that do the same to the operator, the least.
    pub(super) fn overshoot(&self, weights: &[f64], bound: f64) -> Result<Overshoot, SvdError> {
        let canonical = |&f: &usize| f <= negated(f, &self.coarse);
        let half: Vec<usize> = (0..self.points).filter(canonical).collect();
        let parts: Vec<&[usize]> = half.chunks(half.len().div_ceil(PARTS)).collect();
        let found = map_ordered(parts.len(), |i| self.part(parts[i], weights, bound));
        let mut sum = Overshoot {
            change: vec![0.0; weights.len()],
            distance: 0.0,
            largest: 0.0,
            algorithm: Algorithm::Direct,
        };
        for part in found {
            let part = part?;
            sum.distance += part.distance;
            sum.largest = sum.largest.max(part.largest);
            sum.algorithm = sum.algorithm.max(part.algorithm);
            sum.change
                .iter_mut()
                .zip(&part.change)
                .for_each(|(x, y)| *x += y);
        }
        let points = self.points as f64;
        // Parseval: the operator's squares sum to `points` times those of the wrapped kernel.
        sum.distance = (sum.distance / points).sqrt();
        for (i, x) in sum.change.iter_mut().enumerate() {
            *x *= self.shares[i % self.shares.len()] / points;
        }
        Ok(sum)
    }

    /// The same over some frequencies: `distance` squared, nothing divided, and no change where
    /// there is none.
    fn part(&self, half: &[usize], weights: &[f64], bound: f64) -> Result<Overshoot, SvdError> {
        let mut sum = Overshoot {
            change: Vec::new(),
            distance: 0.0,
            largest: 0.0,
            algorithm: Algorithm::Direct,
        };
        for &f in half {
            let count = if negated(f, &self.coarse) == f {
                1.0
            } else {
                2.0
            };
            let frequency = unravel(f, &self.coarse);
            let phase = |place: &Place| {
                let turns = turns(&frequency, &place.position, &self.coarse);
                Complex64::from_polar(1.0, -TAU * turns)
            };
            let phases: Vec<Complex64> = self.layout.places.iter().map(phase).collect();
            for group in 0..self.layout.groups {
                let symbol = self.symbol(weights, group, &phases);
                let Excess {
                    matrix,
                    squares,
                    largest,
                    algorithm,
                } = excess(symbol.as_ref(), bound)?;
                sum.largest = sum.largest.max(largest);
                sum.algorithm = sum.algorithm.max(algorithm);
                sum.distance += count * squares;
                if let Some(matrix) = matrix {
                    sum.change.resize(weights.len(), 0.0);
                    self.crop(matrix.as_ref(), group, &phases, count, &mut sum.change);
                }
            }
        }
        Ok(sum)
    }

    fn symbol(&self, weights: &[f64], group: usize, phases: &[Complex64]) -> Mat<Complex64> {
        let mut symbol = Mat::zeros(
            self.layout.rows,
            self.layout.channels * self.layout.phases.len(),
        );
        self.for_each_weight(group, |index, tap, row, col| {
            symbol[(row, col)] += phases[tap] * weights[index];
        });
        symbol
    }

    fn crop(
        &self,
        excess: MatRef<'_, Complex64>,
        group: usize,
        phases: &[Complex64],
        count: f64,
        change: &mut [f64],
    ) {
        self.for_each_weight(group, |index, tap, row, col| {
            let (e, z) = (excess[(row, col)], phases[tap]);
            change[index] += count * (e.re * z.re + e.im * z.im);
        });
    }

    /// Calls `f(index of a weight, its tap, its row and column in the symbol)` for one group.
    fn for_each_weight(&self, group: usize, mut f: impl FnMut(usize, usize, usize, usize)) {
        let at = &self.layout;
        for channel in 0..at.channels {
            for row in 0..at.rows {
                let first = at.weight(group, row, channel, 0);
                for (tap, place) in at.places.iter().enumerate() {
                    f(first + tap, tap, row, place.slot * at.channels + channel);
                }
            }
        }
    }
}

//! Upper bounds of one group's norm by factorization, and a vector that comes close to them.

use super::factor::{Factor, Gram, gamma};
use super::plan::{Plan, Side};
use crate::error::SvdError;
use crate::kernel::ConvKernel;
use crate::layer::LayerOperator;
use crate::norm::margin;
use crate::norm::zero_padded::Line;
use crate::numeric::{norm, normalize};

/// Inverse iterations at most, and the relative growth of the quotient at which to stop.
const ITERATIONS: usize = 200;
const GROWTH: f64 = 1e-8;

/// One group of a zero-padded layer, with weights of ordinary size.
#[derive(Debug)]
pub(super) struct Group<'a> {
    plan: &'a Plan,
    kernel: ConvKernel,
    layer: LayerOperator,
    gram: Gram<'a>,
}

/// What a factorization at a level said.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trial {
    /// A proven upper bound of the group's norm; none where a pivot was not positive.
    pub(super) upper: Option<f64>,
    /// A lower bound of it, from inverse iteration with the factor; 0 where that was not asked for.
    pub(super) lower: f64,
}

impl<'a> Group<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        whole: &ConvKernel,
        group: usize,
        grid: &[usize],
        lines: &[Line],
    ) -> Result<Self, SvdError> {
        let mut shape = whole.shape().to_vec();
        shape[0] /= whole.groups();
        let len = whole.weights().len() / whole.groups();
        let weights = whole.weights()[group * len..][..len].to_vec();
        let kernel = ConvKernel::new(weights, &shape, whole.geometry().clone().with_groups(1))?;
        Ok(Self {
            plan,
            layer: LayerOperator::new(&kernel, grid)?,
            gram: Gram::new(plan, &kernel, lines),
            kernel,
        })
    }

    /// Factors `level^2 - G`. On success: an upper bound, and with `refine` a lower one by inverse
    /// iteration.
    pub(super) fn trial(&self, level: f64, refine: bool) -> Result<Trial, SvdError> {
        let tau = level * level;
        let Some(factor) = Factor::new(self.plan, &self.gram, tau) else {
            return Ok(Trial {
                upper: None,
                lower: 0.0,
            });
        };
        let error = self.forming_error(tau) + factor.defect(&self.gram, tau);
        let upper = (tau + error).sqrt() * (1.0 + 4.0 * f64::EPSILON);
        Ok(Trial {
            upper: upper.is_finite().then_some(upper),
            lower: if refine { self.refined(&factor)? } else { 0.0 },
        })
    }

    /// A bound on the 2-norm of the error of forming `tau - G` in floating point.
    ///
    /// Each entry of `G` is a sum of at most `inner * taps` products of weights, in whatever order;
    /// behind any of them stand at most `inner + taps + 1` operations (a product of matrices over
    /// `inner`, then one addition for each pair of taps). So it is off by at most
    /// `gamma |A|^T |A|`, entry by entry, whose norm is at most `S^2` (`src/norm/margin.rs`).
    /// Adding `tau` rounds once more, to within `eps (tau + S^2)`. Products that underflow are off
    /// by `2^-1075` each, which the factor 2 covers, as `S >= 1`.
    fn forming_error(&self, tau: f64) -> f64 {
        let sum = margin::absolute_sum(&self.kernel, self.kernel.weights());
        let operations = (self.plan.inner + self.plan.taps + 4) as f64;
        let square = (sum * sum).max(1.0);
        2.0 * (gamma(operations) * square + f64::EPSILON * (tau + square))
    }

    /// `|A v| / |v|` for the vector `v` that inverse iteration with the factor leads to, less its
    /// rounding margin.
    fn refined(&self, factor: &Factor<'_>) -> Result<f64, SvdError> {
        let len = self.plan.unknowns();
        // A start that is orthogonal to no symmetry class of the layer: entries of the golden
        // rotation.
        let mut x: Vec<f64> = (0..len)
            .map(|i| (i as f64 * 0.618_033_988_749_894_9).fract() - 0.5)
            .collect();
        let mut best = 0.0;
        for _ in 0..ITERATIONS {
            normalize(&mut x);
            // x^T (tau - G)^-1 x grows toward 1 / (tau - sigma^2).
            let before = x.clone();
            factor.solve(&mut x);
            let grown: f64 = x.iter().zip(&before).map(|(a, b)| a * b).sum();
            if grown <= best * (1.0 + GROWTH) {
                break;
            }
            best = grown;
        }
        self.quotient(&x)
    }

    fn quotient(&self, x: &[f64]) -> Result<f64, SvdError> {
        let signal = self.signal(x);
        let is_input = (self.plan.side == Side::Fine) != self.kernel.geometry().is_transposed();
        let image = if is_input {
            self.layer.apply(&signal)?
        } else {
            self.layer.adjoint(&signal)?
        };
        let size = norm(&signal);
        if size == 0.0 {
            return Ok(0.0);
        }
        let quotient = norm(&image) / size;
        let lengths = (signal.len(), image.len());
        let margin = margin::of_quotient(&self.kernel, self.kernel.weights(), quotient, lengths);
        Ok((quotient - margin).max(0.0))
    }

    /// From the order of the unknowns to `[channel, positions..]`.
    fn signal(&self, x: &[f64]) -> Vec<f64> {
        let plan = self.plan;
        let mut lens = vec![0; plan.lens.len()];
        for (&axis, &len) in plan.order.iter().zip(&plan.lens) {
            lens[axis] = len;
        }
        let mut signal = vec![0.0; plan.positions * plan.channels];
        for (position, part) in x.chunks(plan.channels).take(plan.positions).enumerate() {
            let mut left = position;
            let mut at = vec![0; lens.len()];
            for (&axis, &len) in plan.order.iter().zip(&plan.lens).rev() {
                at[axis] = left % len;
                left /= len;
            }
            let flat = at.iter().zip(&lens).fold(0, |flat, (i, n)| flat * n + i);
            for (channel, &value) in part.iter().enumerate() {
                signal[channel * plan.positions + flat] = value;
            }
        }
        signal
    }
}

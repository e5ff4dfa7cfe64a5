//! Which values may be `xmin`, and which exponent each gets: the definition's rules and those of other tools.

use super::options::{KsConvention, PowerLawOptions};
use crate::compat::Compat;

/// The rules of one fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rules {
    pub(super) ks: KsConvention,
    /// The fewest observations that a tail may hold.
    pub(super) min_tail: usize,
    /// Equal values make one step of the empirical distribution.
    pub(super) join_ties: bool,
    /// This many of the largest distinct values may not be `xmin`.
    pub(super) skip_top: usize,
    /// Values at or below this are left out.
    pub(super) threshold: f64,
    /// Exponents that a candidate may have, where any may.
    pub(super) alphas: (f64, f64),
    /// `n - 1` in place of `n` in the estimate of `alpha`.
    pub(super) unbiased: bool,
}

/// WeightWatcher 0.7.7 (`EVALS_THRESH`): eigenvalues at or below this are no part of its fit.
const WEIGHT_WATCHER_THRESHOLD: f64 = 1e-5;
/// WeightWatcher 0.7.7 (`SMALL_N_CUTOFF` and `k_min`): under 20 values it corrects the bias and wants tails of 8.
const WEIGHT_WATCHER_SMALL: (usize, usize) = (20, 8);

impl Rules {
    pub(super) fn new(options: &PowerLawOptions) -> Self {
        let own = Self {
            ks: options.ks,
            min_tail: options.min_tail,
            join_ties: true,
            skip_top: 1,
            threshold: 0.0,
            alphas: (1.0, f64::INFINITY),
            unbiased: false,
        };
        match options.compat {
            None => own,
            Some(Compat::WeightWatcher) => Self {
                join_ties: false,
                threshold: WEIGHT_WATCHER_THRESHOLD,
                ..own
            },
            // powerlaw 2.0.0 leaves out the two largest distinct values, and what ends within 0.01 of the range of alpha.
            Some(Compat::Powerlaw) => Self {
                skip_top: 2,
                alphas: (1.01, 49.99),
                ..own
            },
            // powerlaw 1.5, which it calls, leaves out the largest alone.
            Some(Compat::DeepDataProfiler) => own,
        }
    }

    /// The rules once the number of values is known.
    pub(super) fn at_size(mut self, n: usize, compat: Option<Compat>) -> Self {
        let (cutoff, shortest) = WEIGHT_WATCHER_SMALL;
        if compat == Some(Compat::WeightWatcher) && n < cutoff {
            self.unbiased = true;
            // Where even the whole is too short, it takes the whole.
            self.min_tail = shortest.min(n);
        }
        self
    }

    /// How many points may be `xmin`, from the observations at or above each.
    pub(super) fn candidates(&self, count: &[usize]) -> usize {
        let long = count.partition_point(|&c| c >= self.min_tail);
        long.min(count.len().saturating_sub(self.skip_top))
    }
}

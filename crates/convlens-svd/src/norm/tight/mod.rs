//! The tight bracket: norms of zero-padded layers to a stated width, by Cholesky factorization of a
//! band.

mod certificate;
mod factor;
mod plan;

pub use plan::TightOptions;

use super::bracket::{Method, NormBracket, Padding};
use super::symbols::ends;
use super::zero_padded::{Line, ZeroPadded};
use crate::error::SvdError;
use crate::geometry::check_grid;
use crate::kernel::ConvKernel;
use crate::parallel::map_ordered;
use certificate::{Group, Trial};
use plan::Plan;

/// Rounds at most. The first is enough where the value of the search is the largest; each further
/// one halves, at least, the logarithm of what is left.
const ROUNDS: usize = 60;

/// The least width to aim at: levels that are closer together are hardly different numbers.
const NARROWEST: f64 = 16.0 * f64::EPSILON;

impl NormBracket {
    /// The norm of a layer with zero padding on a grid, to a relative width of 1e-6 or what
    /// `options` say, with both ends proven (the geometry's padding mode is taken as zeros).
    ///
    /// *Lower end*: a Rayleigh quotient, as in [`NormBracket::zero_padded`]. *Upper end*: a level
    /// `theta` just above it, for which `theta^2 I - G` is shown to be positive semidefinite, where
    /// `G` is `A^T A` or `A A^T`, whichever has the cheaper band.
    ///
    /// # Theorem
    /// Let `C` be the matrix that `theta^2 I - G` became in floating point, and `L` any real matrix
    /// of its size. Then
    ///
    /// `sigma_max(A)^2 <= theta^2 + |C - L L^T|_2 + |C - (theta^2 I - G)|_2`,
    ///
    /// because `theta^2 I - G = L L^T + (C - L L^T) - (C - (theta^2 I - G))`, the first term is
    /// positive semidefinite, and the largest eigenvalue of `G` is `sigma_max(A)^2`. So nothing is
    /// assumed of how `L` was found: the two errors are bounded after the fact.
    ///
    /// 1. `L` comes from a blocked Cholesky factorization of the band. If it breaks down, `theta`
    ///    is taken as too low: nothing is concluded from that. If it runs to the end, the two
    ///    errors are small (Higham 2002, theorem 10.3; Rump 2006 tests positive definiteness so,
    ///    with an a priori bound).
    /// 2. `|C - L L^T|`: `L L^T` is subtracted from `C` in floating point. The Frobenius norm of
    ///    the result, with the rounding of the subtraction, `gamma_m |L| |L^T|` entry by entry
    ///    (Higham 2002, section 3.5; `m` the band's height), bounds it.
    ///    (`src/norm/tight/factor.rs`.)
    /// 3. `|C - (theta^2 I - G)|`: an entry of `G` is a sum of products of weights, off by at most
    ///    `gamma_q |A|^T |A|` entry by entry, with `q` the operations behind an entry. The norm of
    ///    `|A|` is at most that of the absolute weights' symbol at 0, `S` in `src/norm/margin.rs`.
    ///    (`src/norm/tight/certificate.rs`.)
    ///
    /// Groups are separate blocks of `A`, and each is certified alone; weights that no output reads
    /// on this grid are taken as zero. The unknowns are ordered `[position, channel]`, the axes so
    /// that the band is narrowest.
    ///
    /// Where the factorization just above the lower end breaks down (the search sat on a value that
    /// is not the largest), the level steps up until one succeeds, inverse iteration with that
    /// factor improves the lower end, and the levels close in. The bracket is valid whenever this
    /// ends. It starts from [`NormBracket::zero_padded`], which is returned as it is where it is
    /// narrow enough; a dense layer goes to [`NormBracket::grid_free`].
    ///
    /// # Errors
    /// [`SvdError::InvalidOption`]; [`SvdError::TooLarge`], before anything is allocated, past
    /// `max_bytes` or `max_work`; otherwise those of [`NormBracket::zero_padded`].
    ///
    /// # Complexity
    /// For `n` unknowns and a half band of `b` (3 x 3 "same" kernel, `c` channels, rows of `w`
    /// samples: `n = c w^2`, `b = c (2 w + 3)`), `2 n b^2` multiply-adds and `8 n b` bytes, mostly
    /// once.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::norm::TightOptions;
    /// use convlens_svd::{ConvKernel, Geometry, NormBracket};
    ///
    /// // [-1, 2, -1] x [-1, 2, -1] on 3 x 3 samples: (2 + sqrt 2)^2 = 11.657.
    /// let row = [-1.0, 2.0, -1.0];
    /// let weights = row.iter().flat_map(|a| row.map(|b| a * b)).collect();
    /// let same = Geometry::new(2).with_padding(&[(1, 1), (1, 1)]);
    /// let kernel = ConvKernel::new(weights, &[1, 1, 3, 3], same)?;
    /// let bracket = NormBracket::tight(&kernel, &[3, 3], &TightOptions::default())?;
    /// let exact = (2.0 + 2f64.sqrt()).powi(2);
    /// assert!(bracket.lower <= exact && exact <= bracket.upper);
    /// assert!(bracket.relative_width() <= 1e-6);
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn tight(
        kernel: &ConvKernel,
        grid: &[usize],
        options: &TightOptions,
    ) -> Result<Self, SvdError> {
        options.check()?;
        if kernel.is_dense() {
            check_grid(0, grid)?;
            return Self::grid_free(kernel);
        }
        let geometry = kernel.geometry();
        let output = geometry.output_size(kernel.kernel_size(), grid)?;
        let (fine, coarse) = if geometry.is_transposed() {
            (&output[..], grid)
        } else {
            (grid, &output[..])
        };
        let plan = Plan::new(kernel, fine, coarse, options)?;
        let lines = Line::all(kernel, fine, coarse);
        let width = options.width.max(NARROWEST);
        let start = ZeroPadded::new(kernel, grid, &options.davidson)?;
        if start.upper * (1.0 - width) <= start.lower {
            return start.bracket();
        }
        let found = certify(&plan, &start, grid, &lines, options.max_bytes, width)?;
        let (lower, upper) = ends(found.lower, found.upper, start.exponent)?;
        Ok(Self {
            lower,
            upper,
            method: Method::DavidsonAndCholesky {
                seed: options.davidson.seed,
                iterations: start.iterations,
                factorizations: found.factorizations,
            },
            padding: Padding::Zeros,
            grid: Some(grid.to_vec()),
        })
    }
}

/// Both ends in the scale of the start, and the number of factorizations.
struct Certified {
    lower: f64,
    upper: f64,
    factorizations: usize,
}

/// Rounds of trials, each at the lower end that the round before left, so that the order of groups
/// does not show.
fn certify(
    plan: &Plan,
    start: &ZeroPadded,
    grid: &[usize],
    lines: &[Line],
    max_bytes: u64,
    width: f64,
) -> Result<Certified, SvdError> {
    let groups = start.kernel.groups();
    let at_once = (max_bytes / plan.bytes.max(1)).clamp(1, groups as u64) as usize;
    let mut known = vec![Known::new(start.upper); groups];
    let (mut lower, mut factorizations) = (start.lower, 0);
    for _ in 0..ROUNDS {
        let levels = known.iter().enumerate();
        let pending: Vec<(usize, f64)> = levels
            .filter_map(|(group, known)| Some((group, known.level(lower, width)?)))
            .collect();
        if pending.is_empty() {
            break;
        }
        let from = lower;
        for part in pending.chunks(at_once) {
            let trials: Vec<Result<Trial, SvdError>> = map_ordered(part.len(), |index| {
                let (group, level) = part[index];
                let refine = known[group].wants_refinement(level, from, width);
                Group::new(plan, &start.kernel, group, grid, lines)?.trial(level, refine)
            });
            for (&(group, level), trial) in part.iter().zip(trials) {
                let trial = trial?;
                known[group].learn(level, trial);
                lower = lower.max(trial.lower);
                factorizations += 1;
            }
        }
    }
    let upper = known.iter().map(|known| known.upper).fold(0.0, f64::max);
    Ok(Certified {
        lower,
        upper,
        factorizations,
    })
}

/// Share of the width at which to try: the rest is for rounding.
const SHARE: f64 = 0.9;
/// Factor between the steps after failures.
const STEP: f64 = 8.0;

/// What is known of one group: its norm is proven to be at most `upper`, and a factorization at
/// `failed` broke down, so it is likely to be more than that.
#[derive(Debug, Clone, Copy)]
struct Known {
    upper: f64,
    failed: f64,
    failures: i32,
    /// By how much, relative, a success proved more than its level: rounding allows no less.
    rounding: f64,
    /// The level above the bound was tried.
    closed: bool,
}

impl Known {
    fn new(upper: f64) -> Self {
        Self {
            upper,
            failed: 0.0,
            failures: 0,
            rounding: 0.0,
            closed: false,
        }
    }

    /// The level to try next, given a lower bound of the layer's norm; none where the group's upper
    /// bound is within `width` of it, or nothing is left to try.
    fn level(&self, lower: f64, width: f64) -> Option<f64> {
        let width = width.max(2.0 * self.rounding);
        if self.upper * (1.0 - width) <= lower {
            return None;
        }
        let near = lower * (1.0 + SHARE * width);
        if near > self.failed {
            return (near < self.upper).then_some(near);
        }
        // Steps that grow from the level that failed, or half way to the bound, whichever is lower.
        let step = self.failed * (1.0 + SHARE * width * STEP.powi(self.failures));
        let level = step.min((self.failed * self.upper).sqrt());
        let finest = self.failed * (1.0 + 0.1 * width);
        if level > finest && level < self.upper {
            return Some(level);
        }
        // The bound is the norm, nearly, and all below it failed: once just above it, for inverse
        // iteration to raise the lower end.
        (!self.closed).then_some(self.upper * (1.0 + 0.1 * width))
    }

    /// Whether a success at the next level should be followed by inverse iteration: the lower end
    /// is not good enough.
    fn wants_refinement(&self, level: f64, lower: f64, width: f64) -> bool {
        level > lower * (1.0 + width)
    }

    fn learn(&mut self, level: f64, trial: Trial) {
        self.closed |= level > self.upper;
        match trial.upper {
            Some(upper) => {
                self.upper = self.upper.min(upper);
                self.failures = 0;
                self.rounding = upper / level - 1.0;
            }
            None => {
                self.failed = self.failed.max(level);
                self.failures += 1;
            }
        }
    }
}

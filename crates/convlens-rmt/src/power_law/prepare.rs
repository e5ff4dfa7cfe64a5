//! From values as given to what the search reads.

use super::options::PowerLawOptions;
use super::outcome::PowerLawOutcome;
use super::rules::Rules;
use super::sample::Sample;
use super::tail_fit::Method;

/// Values sorted and counted, and how their tail is to be found.
#[derive(Debug)]
pub(super) struct Prepared {
    /// The positive values up to `xmax`.
    pub(super) sample: Sample,
    pub(super) method: Method,
    pub(super) n_zero: usize,
    pub(super) n_above: usize,
    pub(super) weighted: bool,
}

impl Prepared {
    /// The outcome where there are too few values.
    pub(super) fn too_few(&self) -> Option<PowerLawOutcome> {
        let needed = self.method.rules.min_tail;
        let n = match self.method.origin {
            None => self.sample.len(),
            Some(origin) => {
                let first = self.sample.points.logs.partition_point(|&l| l < origin);
                self.sample.count[first]
            }
        };
        if n == 0 || n < needed {
            return Some(PowerLawOutcome::NotEnoughTail { n, needed });
        }
        // The rule on the largest distinct values leaves fewer than two candidates: powerlaw has no fit then.
        let distinct = self.sample.values.len();
        if distinct > 1 && self.method.rules.skip_top == 2 && distinct < 4 {
            return Some(PowerLawOutcome::NotEnoughTail {
                n: distinct,
                needed: 4,
            });
        }
        None
    }
}

/// Sorts, filters and joins; `values` are finite and not negative, `weights` as many.
pub(super) fn prepare(
    values: &[f64],
    weights: Option<&[f64]>,
    options: &PowerLawOptions,
) -> Prepared {
    let rules = Rules::new(options);
    let xmax = options.xmax.unwrap_or(f64::INFINITY);
    let (mut n_zero, mut n_above) = (0, 0);
    let mut kept = Vec::with_capacity(values.len());
    for (i, &value) in values.iter().enumerate() {
        if value <= rules.threshold {
            n_zero += 1;
        } else if value > xmax {
            n_above += 1;
        } else {
            kept.push((value, weights.map_or(1.0, |w| w[i])));
        }
    }
    // Weights too, so that the sums over ties come out the same in whatever order they were given.
    match weights {
        None => kept.sort_unstable_by(|a, b| a.0.total_cmp(&b.0)),
        Some(_) => kept.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))),
    }
    let mut rules = rules.at_size(kept.len(), options.compat);
    if options.xmin.is_some() {
        // Any tail above a given bound will do.
        rules.skip_top = 0;
    }
    let sample = Sample::new(&kept, &rules);
    Prepared {
        method: Method {
            rules,
            origin: options.xmin.map(|bound| sample.log(bound)),
            ceiling: options.xmax.map(|bound| sample.log(bound)),
        },
        sample,
        n_zero,
        n_above,
        weighted: weights.is_some(),
    }
}

//! Random replicates of a sample, each from its own stream of the seed, and their refits.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::tail::continuous::sample::{Points, Rules, Sample};
use crate::tail::continuous::scan::{Found, Method};
use crate::tail::power_law::Bounded;
use crate::tail::simulation::{
    Bootstrap, BootstrapOutcome, GofOptions, GofOutcome, Refit, each, intervals, stream,
};

/// Resamples and refits.
pub(super) fn bootstrap(
    sample: &Sample,
    method: &Method,
    found: &Found,
    settings: &Bootstrap,
) -> BootstrapOutcome {
    let given = method.origin.map(|_| (found.origin + sample.unit).exp());
    let drawn = each(settings.replicates, |replicate| {
        let mut rng = stream(settings.seed, replicate);
        let (points, sources) = resample(sample, &method.rules, &mut rng);
        let best = method.find(&points)?;
        Some(Refit {
            alpha: 1.0 + best.slope,
            slope: best.slope,
            n_tail: points.mass[best.index],
            xmin: given.unwrap_or_else(|| sample.values[sources[best.index]]),
        })
    });
    let estimate = Refit {
        alpha: 1.0 + found.slope,
        slope: found.slope,
        n_tail: sample.points.mass[found.index],
        xmin: given.unwrap_or_else(|| sample.values[found.index]),
    };
    intervals(drawn, &estimate, settings)
}

pub(super) fn goodness_of_fit(
    sample: &Sample,
    method: &Method,
    found: &Found,
    settings: &GofOptions,
) -> GofOutcome {
    let beyond = each(settings.replicates, |replicate| {
        let mut rng = stream(settings.seed, replicate);
        let points = synthetic(sample, method, found, &mut rng);
        method
            .find(&points)
            .is_none_or(|drawn| drawn.distance >= found.distance)
    });
    let exceedances = beyond.into_iter().filter(|&b| b).count();
    GofOutcome::tested(exceedances, settings)
}

/// As many observations as the sample has, drawn from it with replacement; and for each point of
/// the replicate the point of the sample that it repeats.
pub(super) fn resample(
    sample: &Sample,
    rules: &Rules,
    rng: &mut ChaCha8Rng,
) -> (Points, Vec<usize>) {
    let n = sample.len();
    let mut drawn = vec![(0_usize, 0.0); sample.values.len()];
    for _ in 0..n {
        let (point, weight) = sample.observations[rng.random_range(0..n)];
        drawn[point].0 += 1;
        drawn[point].1 += weight;
    }
    let mut builder = Builder::with_capacity(n);
    let mut sources = Vec::with_capacity(n);
    for (source, &(count, weight)) in drawn.iter().enumerate() {
        let steps = if rules.join_ties { count.min(1) } else { count };
        for _ in 0..steps {
            builder.push(
                sample.points.logs[source],
                count / steps,
                weight / steps as f64,
            );
            sources.push(source);
        }
    }
    (builder.finish(rules), sources)
}

/// A sample of the same size from the fitted law above `xmin` and the data under it (Clauset et al.
/// 2009, section 4.1); with a given `xmin` the tail alone.
pub(super) fn synthetic(
    sample: &Sample,
    method: &Method,
    found: &Found,
    rng: &mut ChaCha8Rng,
) -> Points {
    let n = sample.len();
    let mut tail = sample.count[found.index];
    let mut builder = Builder::with_capacity(n);
    if method.origin.is_none() {
        let below = n - tail;
        let mut counts = vec![0_usize; found.index];
        tail = 0;
        for _ in 0..n {
            let draw = rng.random_range(0..n);
            if draw < below {
                counts[sample.observations[draw].0] += 1;
            } else {
                tail += 1;
            }
        }
        for (point, &count) in counts.iter().enumerate().filter(|(_, c)| **c > 0) {
            builder.push(sample.points.logs[point], count, count as f64);
        }
    }
    // Order statistics of an exponential law by their independent gaps (Renyi 1953): no sorting.
    let width = method.ceiling.map(|c| c - found.origin);
    let mut exponential = 0.0;
    for left in (1..=tail).rev() {
        exponential -= (1.0 - rng.random::<f64>()).ln() / left as f64;
        builder.push(
            found.origin + excess(exponential, found.slope, width),
            1,
            1.0,
        );
    }
    builder.finish(&method.rules)
}

/// `ln(x / xmin)` where an exponential law of rate 1 has the value `exponential`.
fn excess(exponential: f64, slope: f64, width: Option<f64>) -> f64 {
    match width {
        None => exponential / slope,
        // U = 1 - e^-E is uniform.
        Some(width) => Bounded::new(slope, width).excess(-(-exponential).exp_m1()),
    }
}

/// Puts points together in ascending order.
struct Builder {
    logs: Vec<f64>,
    mass: Vec<f64>,
    count: Vec<usize>,
}

impl Builder {
    fn with_capacity(n: usize) -> Self {
        Self {
            logs: Vec::with_capacity(n),
            mass: Vec::with_capacity(n + 1),
            count: Vec::with_capacity(n),
        }
    }

    fn push(&mut self, log: f64, count: usize, weight: f64) {
        self.logs.push(log);
        self.count.push(count);
        self.mass.push(weight);
    }

    fn finish(mut self, rules: &Rules) -> Points {
        self.mass.push(0.0);
        for i in (0..self.logs.len()).rev() {
            self.mass[i] += self.mass[i + 1];
            if i + 1 < self.count.len() {
                self.count[i] += self.count[i + 1];
            }
        }
        Points {
            candidates: rules.candidates(&self.count),
            logs: self.logs,
            mass: self.mass,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_law_cut_off_has_its_median_where_it_should() {
        // At U = 1/2: 1 - e^(-s y) = (1 - e^(-s w)) / 2.
        let y = excess(2.0_f64.ln(), 2.0, Some(1.0));
        let half = 0.5 * -(-2.0_f64).exp_m1();
        assert!((-(-2.0 * y).exp_m1() - half).abs() < 1e-15);
        assert!((excess(40.0, 2.0, Some(1.0)) - 1.0).abs() < 1e-15);
    }
}

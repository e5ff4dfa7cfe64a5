//! Bootstrap intervals for exponent and lower bound of the discrete fit.

use rand::RngExt;

use super::counts::{Counts, Found, Method};
use crate::power_law::{Bootstrap, PowerLawBootstrap, Refit, each, intervals, stream};

/// Draws as many counts as there are from them, with replacement, and repeats the whole fit. None when no replicate had a tail.
/// `weights`: of the counts in ascending order, drawn with them.
pub(super) fn bootstrap(
    counts: &Counts,
    weights: Option<&[f64]>,
    method: &Method,
    found: &Found,
    settings: &Bootstrap,
) -> Option<PowerLawBootstrap> {
    let runs = counts.above.windows(2).map(|pair| pair[0] - pair[1]);
    let places: Vec<usize> = runs
        .enumerate()
        .flat_map(|(place, count)| std::iter::repeat_n(place, count))
        .collect();
    let drawn = each(settings.replicates, |replicate| {
        let mut rng = stream(settings.seed, replicate);
        let mut times = vec![0_usize; counts.values.len()];
        let mut masses = weights.map(|_| vec![0.0; counts.values.len()]);
        for _ in 0..places.len() {
            let drawn = rng.random_range(0..places.len());
            times[places[drawn]] += 1;
            if let (Some(masses), Some(weights)) = (&mut masses, weights) {
                masses[places[drawn]] += weights[drawn];
            }
        }
        let runs = counts.values.iter().copied().zip(times);
        let drawn = match masses {
            None => Counts::from_runs(runs.filter(|&(_, count)| count > 0)),
            Some(masses) => {
                let runs = runs.zip(masses).map(|((v, count), mass)| (v, count, mass));
                Counts::from_masses(runs.filter(|&(_, count, _)| count > 0))
            }
        };
        method.find(&drawn).map(|best| refit(&best))
    });
    intervals(drawn, &refit(found), settings)
}

fn refit(found: &Found) -> Refit {
    Refit {
        slope: found.law.alpha - 1.0,
        n_tail: found.n_tail as f64,
        xmin: found.law.xmin as f64,
    }
}

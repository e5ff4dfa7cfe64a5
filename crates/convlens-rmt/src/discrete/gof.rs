//! Is the tail of the counts a power law? The semi-parametric bootstrap of Clauset, Shalizi and Newman.

use rand::RngExt;

use super::counts::{Counts, Found, Method};
use crate::power_law::{GofOptions, GofTest, each, stream};

/// Each replicate draws as many values as there are, from the fitted law with probability `n_tail / n` and else one of the
/// values under `xmin`, and repeats the whole fit (Clauset et al. 2009, section 4.1); with a given `xmin` the tail alone.
pub(super) fn goodness_of_fit(
    sorted: &[u64],
    method: &Method,
    found: &Found,
    settings: GofOptions,
) -> GofTest {
    let body = &sorted[..sorted.len() - found.n_tail];
    let beyond = each(settings.replicates, |replicate| {
        let mut rng = stream(settings.seed, replicate);
        let size = match method.xmin {
            Some(_) => found.n_tail,
            None => sorted.len(),
        };
        let mut drawn: Vec<u64> = (0..size)
            .map(|_| {
                let place = match method.xmin {
                    Some(_) => body.len(),
                    None => rng.random_range(0..sorted.len()),
                };
                match body.get(place) {
                    Some(&value) => value,
                    None => found.law.quantile(1.0 - rng.random::<f64>()),
                }
            })
            .collect();
        drawn.sort_unstable();
        let refit = method.find(&Counts::new(&drawn));
        refit.is_none_or(|refit| refit.distance >= found.distance)
    });
    let exceedances = beyond.into_iter().filter(|&b| b).count();
    GofTest {
        p_value: (1 + exceedances) as f64 / (1 + settings.replicates) as f64,
        exceedances,
        replicates: settings.replicates,
        seed: settings.seed,
    }
}

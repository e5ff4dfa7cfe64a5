//! Where the search of powerlaw 2.0.0 ends, which is not always the greatest likelihood.

mod densities;

use densities::Values;

use super::outcome::{AlternativeLaw, TailAlternative};
use crate::special::simplex_search;

/// `alpha` of `parameter_ranges={'alpha': [1, 50]}`, that of the power law itself.
const ALPHA_MAX: f64 = 50.0;

/// The law where the search ends, and the log density of each value; none where a number is not finite.
///
/// Starts are powerlaw's: mean and standard deviation of `ln x`; one over the mean; that and `beta = 1`; `1 / mean ln(x / xmin)`
/// more than 1 and one over the mean.
pub(super) fn fit(
    alternative: TailAlternative,
    tail: &[f64],
    xmin: f64,
    least_alpha: f64,
) -> Option<(AlternativeLaw, Vec<f64>)> {
    let values = Values::new(tail, xmin);
    let n = tail.len() as f64;
    let rate = n / tail.iter().sum::<f64>();
    let positive = (0.0, f64::INFINITY);
    let (law, densities) = match alternative {
        TailAlternative::Lognormal => {
            let mean = values.logs.iter().sum::<f64>() / n;
            let squares = values.logs.iter().map(|x| (x - mean) * (x - mean));
            let start = [mean, (squares.sum::<f64>() / n).sqrt()];
            let any = (f64::NEG_INFINITY, f64::INFINITY);
            let densities = |&[mu, sigma]: &[f64; 2]| values.lognormal(mu, sigma);
            let [mu, sigma] = search(start, [any, positive], densities);
            let law = AlternativeLaw::Lognormal { mu, sigma };
            (law, densities(&[mu, sigma]))
        }
        TailAlternative::Exponential => {
            let densities = |&[lambda]: &[f64; 1]| values.exponential(lambda);
            let [lambda] = search([rate], [positive], densities);
            let log_lambda = lambda.ln();
            let law = AlternativeLaw::Exponential { log_lambda };
            (law, densities(&[lambda]))
        }
        TailAlternative::StretchedExponential => {
            let densities = |&[lambda, beta]: &[f64; 2]| values.stretched(lambda, beta);
            let [lambda, beta] = search([rate, 1.0], [positive; 2], densities);
            let beta_log_lambda = beta * lambda.ln();
            let law = AlternativeLaw::StretchedExponential {
                beta_log_lambda,
                beta,
            };
            (law, densities(&[lambda, beta]))
        }
        TailAlternative::TruncatedPowerLaw => {
            let slope = n / tail.iter().map(|x| (x / xmin).ln()).sum::<f64>();
            let alphas = (least_alpha, ALPHA_MAX);
            let densities = |&[alpha, lambda]: &[f64; 2]| values.truncated(alpha, lambda, alphas);
            let [alpha, lambda] = search([1.0 + slope, rate], [alphas, positive], densities);
            let log_lambda = lambda.ln();
            let law = AlternativeLaw::TruncatedPowerLaw { alpha, log_lambda };
            (law, densities(&[alpha, lambda]))
        }
    };
    let finite = numbers(&law)
        .iter()
        .chain(&densities)
        .all(|x| x.is_finite());
    finite.then_some((law, densities))
}

/// Where the negative sum of the log densities is least, as far as the simplex goes.
fn search<const N: usize>(
    start: [f64; N],
    bounds: [(f64, f64); N],
    densities: impl Fn(&[f64; N]) -> Vec<f64>,
) -> [f64; N] {
    simplex_search(start, bounds, |place| -densities(place).iter().sum::<f64>())
}

fn numbers(law: &AlternativeLaw) -> [f64; 2] {
    match *law {
        AlternativeLaw::Lognormal { mu, sigma } => [mu, sigma],
        AlternativeLaw::Exponential { log_lambda } => [log_lambda, 0.0],
        AlternativeLaw::StretchedExponential {
            beta_log_lambda,
            beta,
        } => [beta_log_lambda, beta],
        AlternativeLaw::TruncatedPowerLaw { alpha, log_lambda } => [alpha, log_lambda],
        AlternativeLaw::PowerLawLimit => [0.0; 2],
    }
}

//! Where the search of powerlaw 2.0.0 ends, which is not always the greatest likelihood. Log
//! densities are as it computes them: where density or normalizer leave the range of its numbers,
//! so do these, for the path of its search depends on it.

use std::f64::consts::LN_10;
use std::f64::consts::SQRT_2;

use crate::special::numeric::{gauss_legendre, mills};
use crate::special::simplex::simplex_search;
use crate::tail::comparison::{Alternative, AlternativeLaw};
use crate::tail::continuous::truncated;

/// `alpha` of `parameter_ranges={'alpha': [1, 50]}`, that of the power law itself.
const ALPHA_MAX: f64 = 50.0;

/// The law where the search ends, and the log density of each value; none where a number is not
/// finite.
///
/// Starts are powerlaw's: mean and standard deviation of `ln x`; one over the mean; that and `beta
/// = 1`; `1 / mean ln(x / xmin)` more than 1 and one over the mean.
pub(super) fn fit(
    alternative: Alternative,
    tail: &[f64],
    xmin: f64,
    least_alpha: f64,
) -> Option<(AlternativeLaw, Vec<f64>)> {
    let values = Values::new(tail, xmin);
    let n = tail.len() as f64;
    let rate = n / tail.iter().sum::<f64>();
    let positive = (0.0, f64::INFINITY);
    let (law, densities) = match alternative {
        Alternative::Lognormal => {
            let mean = values.logs.iter().sum::<f64>() / n;
            let squares = values.logs.iter().map(|x| (x - mean) * (x - mean));
            let start = [mean, (squares.sum::<f64>() / n).sqrt()];
            let any = (f64::NEG_INFINITY, f64::INFINITY);
            let densities = |&[mu, sigma]: &[f64; 2]| values.lognormal(mu, sigma);
            let [mu, sigma] = search(start, [any, positive], densities);
            let law = AlternativeLaw::Lognormal { mu, sigma };
            (law, densities(&[mu, sigma]))
        }
        Alternative::Exponential => {
            let densities = |&[lambda]: &[f64; 1]| values.exponential(lambda);
            let [lambda] = search([rate], [positive], densities);
            let log_lambda = lambda.ln();
            let law = AlternativeLaw::Exponential { log_lambda };
            (law, densities(&[lambda]))
        }
        Alternative::StretchedExponential => {
            let densities = |&[lambda, beta]: &[f64; 2]| values.stretched(lambda, beta);
            let [lambda, beta] = search([rate, 1.0], [positive; 2], densities);
            let beta_log_lambda = beta * lambda.ln();
            let law = AlternativeLaw::StretchedExponential {
                beta_log_lambda,
                beta,
            };
            (law, densities(&[lambda, beta]))
        }
        Alternative::TruncatedPowerLaw => {
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

/// What it puts in place of a density of 0, and of all where a parameter is not inside its bounds.
const TINY: f64 = -307.0 * LN_10;

/// `exp` of more than this is infinite in extended precision, which its stretched exponential is
/// normalized in.
const EXTENDED_MAX: f64 = 11_356.5;

/// A tail, in its own unit.
#[derive(Debug)]
pub(super) struct Values<'a> {
    values: &'a [f64],
    pub(super) logs: Vec<f64>,
    xmin: f64,
    rule: [(f64, f64); 16],
}

/// The logarithm, with `TINY` for that of 0.
fn log(density: f64) -> f64 {
    match density == 0.0 {
        true => TINY,
        false => density.ln(),
    }
}

impl<'a> Values<'a> {
    pub(super) fn new(values: &'a [f64], xmin: f64) -> Self {
        Self {
            values,
            logs: values.iter().map(|x| x.ln()).collect(),
            xmin,
            rule: gauss_legendre::<16>(),
        }
    }

    fn each(&self, within: bool, f: impl Fn(f64) -> f64) -> Vec<f64> {
        let density = |&x: &f64| if within { f(x) } else { TINY };
        self.values.iter().map(density).collect()
    }

    /// `x^-1 exp(-(ln x - mu)^2 / (2 sigma^2)) / (sigma sqrt(pi/2) erfc(a))`, `a = (ln xmin - mu) /
    /// (sigma sqrt 2)`. The complementary error function has any exponent there, its product with
    /// sigma that of a double: far out it is 0.
    pub(super) fn lognormal(&self, mu: f64, sigma: f64) -> Vec<f64> {
        let cut = (self.xmin.ln() - mu) / (sigma * SQRT_2);
        let norm = match cut > 3.6 {
            true => {
                let half = (-0.5 * cut * cut).exp();
                sigma * mills(cut * SQRT_2) * half * half
            }
            false => sigma * (0.5 * std::f64::consts::PI).sqrt() * libm::erfc(cut),
        };
        // The logarithm of an infinite quotient is kept: it is a density as good as any to its
        // search.
        let twice = 2.0 * sigma * sigma;
        let density = |(x, log_x): (&f64, &f64)| match sigma > 0.0 && norm > 0.0 {
            true => log((1.0 / x) * (-(log_x - mu) * (log_x - mu) / twice).exp() / norm),
            false => TINY,
        };
        self.values.iter().zip(&self.logs).map(density).collect()
    }

    /// `lambda exp(lambda (xmin - x))`.
    pub(super) fn exponential(&self, lambda: f64) -> Vec<f64> {
        let density = |x: f64| log(lambda * (lambda * (self.xmin - x)).exp());
        self.each(lambda > 0.0, density)
    }

    /// `(lambda x)^(beta - 1) exp(-(lambda x)^beta)` in double precision, times `beta lambda
    /// exp((lambda xmin)^beta)` in extended precision.
    pub(super) fn stretched(&self, lambda: f64, beta: f64) -> Vec<f64> {
        let power = (lambda * self.xmin).powf(beta);
        let log_norm = match power > EXTENDED_MAX {
            true => f64::INFINITY,
            false => (beta * lambda).ln() + power,
        };
        let density = |x: f64| {
            let scaled = lambda * x;
            let base = scaled.powf(beta - 1.0) * (-scaled.powf(beta)).exp();
            match (base == 0.0, log_norm.is_finite()) {
                (true, true) => TINY,
                (true, false) => f64::NAN,
                (false, _) => rounded(base.ln() + log_norm),
            }
        };
        self.each(lambda > 0.0 && beta > 0.0, density)
    }

    /// `x^-alpha exp(-lambda x) lambda^(1 - alpha) / Gamma(1 - alpha, lambda xmin)`.
    pub(super) fn truncated(&self, alpha: f64, lambda: f64, alphas: (f64, f64)) -> Vec<f64> {
        let within = alphas.0 < alpha && alpha < alphas.1 && lambda > 0.0;
        if !within {
            return self.each(false, |_| TINY);
        }
        let rate = lambda * self.xmin;
        // Logarithm of the integral of the first two factors.
        let log_norm = truncated::log_norm(alpha - 1.0, rate, &self.rule) - rate
            + (1.0 - alpha) * self.xmin.ln();
        let power = lambda.powf(1.0 - alpha);
        let gamma = (log_norm + (1.0 - alpha) * lambda.ln()).exp();
        let norm = match power.is_normal() && gamma.is_normal() {
            true => (-log_norm).exp(),
            false => power / gamma,
        };
        let density = |x: f64| log(x.powf(-alpha) * (-lambda * x).exp() * norm);
        self.each(true, density)
    }
}

/// The logarithm of a density that is rounded to double precision: minus infinity where that is 0.
fn rounded(log: f64) -> f64 {
    match log > -708.0 && log < 709.0 {
        true => log,
        false => log.exp().ln(),
    }
}

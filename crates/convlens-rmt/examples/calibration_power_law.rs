//! Prints, as Markdown, how far the p-values and intervals of the power-law fit can be trusted, by simulation.
//!
//! ```sh
//! cargo run --release -p convlens-rmt --features rayon --example calibration_power_law > crates/convlens-rmt/docs/calibration_power_law.md
//! ```
//!
//! Some ten minutes on two cores; with `-- --quick` a twentieth of the samples. The numbers do not depend on the number of
//! threads.
#![expect(clippy::print_stdout, reason = "the tables are its output")]

use convlens_rmt::{
    PowerLaw, RmtError,
    tail::{self, Bootstrap, GofOptions, GofOutcome, IntervalMethod},
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const SEED: u64 = 20_090_404;
/// From the seed of a sample to that of its replicates: no stream is used twice.
const REPLICATES: u64 = 1 << 40;
const SIZES: [usize; 6] = [64, 128, 256, 512, 1024, 2048];
const ALPHA: f64 = 2.5;
const METHODS: [(&str, IntervalMethod); 4] = [
    ("percentile", IntervalMethod::Percentile),
    ("bias-corrected", IntervalMethod::BiasCorrected),
    ("basic, log", IntervalMethod::LogBasic),
    ("studentised, log", IntervalMethod::LogStudentised),
];

/// Where samples come from.
#[derive(Clone, Copy)]
enum Truth {
    /// A power law, all of it.
    Pareto,
    /// Clauset, Shalizi and Newman 2009, eq. 3.10: an exponential body that passes into a power law at 1, smoothly; 13% of
    /// the values are in the tail.
    BodyAndTail,
}

impl Truth {
    fn name(self) -> &'static str {
        match self {
            Self::Pareto => "Pareto",
            Self::BodyAndTail => "body and tail",
        }
    }

    fn sample(self, n: usize, seed: u64) -> Vec<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let body = match self {
            Self::Pareto => 0.0,
            Self::BodyAndTail => ALPHA.exp_m1() / ALPHA,
        };
        let share = body / (body + 1.0 / (ALPHA - 1.0));
        let mut draw = || {
            let (which, u): (f64, f64) = (rng.random(), rng.random());
            match which < share {
                true => -(u * (-ALPHA).exp_m1()).ln_1p() / ALPHA,
                false => (1.0 - u).powf(-1.0 / (ALPHA - 1.0)),
            }
        };
        (0..n).map(|_| draw().max(f64::MIN_POSITIVE)).collect()
    }
}

fn main() -> Result<(), RmtError> {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let size = |full: usize| if quick { full / 20 } else { full };
    println!("# Calibration of the power-law fit\n");
    println!(
        "Written by `cargo run --release -p convlens-rmt --features rayon --example calibration_power_law{}`, seed {SEED}.\n",
        if quick { " -- --quick" } else { "" }
    );
    println!(
        "Samples are independent draws with `alpha = {ALPHA}`: *Pareto*, or *body and tail*, the smooth mixture of Clauset, Shalizi \
         and Newman (2009), eq. 3.10, with 13% of the values in the tail. Options are the defaults (supremum distance, \
         tails of 10 or more). Sample `i` has the seed {SEED} + i, its replicates that plus 2^40.\n"
    );
    given_xmin(size(500))?;
    searched_xmin(size(500))?;
    coverage(&size)?;
    Ok(())
}

fn fit(values: &[f64], options: &tail::Options) -> Result<Option<tail::Fit>, RmtError> {
    Ok(PowerLaw::fit(values, options)?.value().cloned())
}

fn p_values(
    truth: Truth,
    n: usize,
    samples: usize,
    base: &tail::Options,
) -> Result<Vec<f64>, RmtError> {
    let mut found = Vec::new();
    for seed in (SEED..).take(samples) {
        let options = base
            .clone()
            .goodness_of_fit(GofOptions::new(REPLICATES + seed));
        let fit = fit(&truth.sample(n, seed), &options)?;
        if let Some(GofOutcome::Tested(test)) = fit.and_then(|fit| fit.goodness_of_fit) {
            found.push(test.p_value);
        }
    }
    found.sort_by(f64::total_cmp);
    Ok(found)
}

fn share(p_values: &[f64], level: f64) -> f64 {
    p_values.partition_point(|&p| p <= level) as f64 / p_values.len() as f64
}

fn given_xmin(samples: usize) -> Result<(), RmtError> {
    println!("## Test of fit at a given `xmin`\n");
    println!(
        "{samples} samples, B = 999. The distance of the p-values from a uniform law stays under its 99.9% point.\n"
    );
    println!("| n | P(p <= 0.01) | P(p <= 0.05) | P(p <= 0.1) | distance | 99.9% point |");
    println!("|---|---|---|---|---|---|");
    // Kolmogorov's 99.9% point, and the grid of 1/1000 on which p-values lie.
    let bound = 1.949_5 / (samples as f64).sqrt() + 0.001;
    for n in SIZES {
        let found = p_values(
            Truth::Pareto,
            n,
            samples,
            &tail::Options::default().xmin(1.0),
        )?;
        let count = found.len() as f64;
        let steps = found.iter().enumerate().map(|(i, &p)| {
            let (below, upto) = (i as f64 / count, (i + 1) as f64 / count);
            (p - below).abs().max((upto - p).abs())
        });
        let distance = steps.fold(0.0, f64::max);
        println!(
            "| {n} | {:.3} | {:.3} | {:.3} | {distance:.3} | {bound:.3} |",
            share(&found, 0.01),
            share(&found, 0.05),
            share(&found, 0.1)
        );
        assert!(distance < bound, "p-values at n = {n} are not uniform");
    }
    println!();
    Ok(())
}

fn searched_xmin(samples: usize) -> Result<(), RmtError> {
    println!("## Test of fit with `xmin` searched, in the data and in each replicate\n");
    println!("{samples} samples, B = 999. The standard error of a share near 0.05 is 0.01.\n");
    println!("| truth | n | P(p <= 0.01) | P(p <= 0.05) | P(p <= 0.1) |");
    println!("|---|---|---|---|---|");
    for truth in [Truth::Pareto, Truth::BodyAndTail] {
        for n in SIZES {
            let found = p_values(truth, n, samples, &tail::Options::default())?;
            println!(
                "| {} | {n} | {:.3} | {:.3} | {:.3} |",
                truth.name(),
                share(&found, 0.01),
                share(&found, 0.05),
                share(&found, 0.1)
            );
        }
    }
    println!();
    Ok(())
}

fn coverage(size: &dyn Fn(usize) -> usize) -> Result<(), RmtError> {
    println!("## Coverage of the interval for `alpha`, level 0.95\n");
    println!(
        "B = 200, the default. {} samples for n >= 512, {} below. *alpha +- 1.96 std err* is the interval at a known `xmin`.\n",
        size(2000),
        size(1000)
    );
    let names: Vec<&str> = METHODS.iter().map(|m| m.0).collect();
    println!(
        "| truth | n | {} | alpha +- 1.96 std err | median length, {} |",
        names.join(" | "),
        names.join(" / ")
    );
    println!("|---|---|{}---|---|", "---|".repeat(METHODS.len()));
    for truth in [Truth::Pareto, Truth::BodyAndTail] {
        for n in SIZES {
            let samples = size(if n >= 512 { 2000 } else { 1000 });
            let row = cover(truth, n, samples)?;
            println!("| {} | {n} | {row} |", truth.name());
        }
    }
    println!();
    Ok(())
}

fn cover(truth: Truth, n: usize, samples: usize) -> Result<String, RmtError> {
    let mut hits = [0.0; METHODS.len()];
    let mut lengths = vec![Vec::new(); METHODS.len()];
    let mut plain = 0.0;
    for seed in (SEED..).take(samples) {
        let values = truth.sample(n, seed);
        for (which, (_, method)) in METHODS.iter().enumerate() {
            let settings = Bootstrap::new(REPLICATES + seed).method(*method);
            let options = tail::Options::default().bootstrap(settings);
            let Some(fit) = fit(&values, &options)? else {
                continue;
            };
            let Some(bootstrap) = fit.bootstrap else {
                continue;
            };
            let interval = bootstrap.alpha;
            hits[which] += f64::from(interval.lower <= ALPHA && ALPHA <= interval.upper);
            lengths[which].push(interval.upper - interval.lower);
            if which == 0 {
                plain += f64::from((fit.alpha - ALPHA).abs() <= 1.96 * fit.alpha_std_err);
            }
        }
    }
    // The default's claim, where samples are enough to judge it: 0.92 and 0.98 are 6 standard errors of 2,000 from 0.95.
    let default = hits[0] / samples as f64;
    assert!(
        samples < 2000 || (0.92..=0.98).contains(&default),
        "coverage {default} at n = {n}"
    );
    let shares: Vec<String> = hits
        .iter()
        .map(|hit| format!("{:.3}", hit / samples as f64))
        .collect();
    let medians: Vec<String> = lengths
        .iter_mut()
        .map(|list| {
            list.sort_by(f64::total_cmp);
            list.get(list.len() / 2)
                .map_or("-".to_owned(), |l| format!("{l:.2}"))
        })
        .collect();
    Ok(format!(
        "{} | {:.3} | {}",
        shares.join(" | "),
        plain / samples as f64,
        medians.join(" / ")
    ))
}

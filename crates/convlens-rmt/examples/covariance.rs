//! Random-matrix theory on a covariance matrix that is no network: how many factors move forty
//! assets?
//!
//! ```sh
//! cargo run --example covariance
//! ```
//!
//! Daily returns are simulated: a market that moves all assets, a sector that moves a quarter of
//! them, and noise of each asset's own. The sample covariance of pure noise has eigenvalues too,
//! spread as Marchenko and Pastur say; what stands above that bulk is a factor.

use std::error::Error;
use std::io::{Write, stdout};

use convlens_rmt::{
    Denoised, Esd, MarchenkoPastur, PowerLaw,
    bulk::{self, DenoiseRule, NoiseLevel},
    tail,
};
use faer::Mat;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

const DAYS: usize = 500;
const ASSETS: usize = 40;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = stdout().lock();
    let returns = standardized(returns(7));

    // The eigenvalues of the correlation matrix are the squared singular values of the standardized
    // returns over the number of days: an ESD with N = 500, M = 40.
    let values = returns
        .singular_values()
        .map_err(|error| format!("no singular values: {error:?}"))?;
    let esd = Esd::from_singular_values(&values, DAYS, ASSETS)?;
    writeln!(
        out,
        "{ASSETS} assets over {DAYS} days: Q = {}, largest eigenvalue {:.2}",
        esd.q(),
        esd.largest()
    )?;

    // The bulk of noise, and what stands above it.
    let outcome = MarchenkoPastur::fit(&esd, &bulk::Options::default())?;
    writeln!(out, "bulk: {outcome}")?;
    let bulk = outcome.value().ok_or("no bulk")?;
    for eigenvalue in bulk.spike_eigenvalues.iter().rev() {
        let share = eigenvalue / ASSETS as f64;
        writeln!(
            out,
            "  factor at {eigenvalue:.2}: {:.0}% of the variance",
            100.0 * share
        )?;
    }
    assert_eq!(bulk.spikes, 2, "the market and the sector");

    // The correlation matrix without its noise: eigenvalues of the factors, shrunk.
    let noise = NoiseLevel::Known(bulk.sigma);
    let denoised =
        Denoised::from_singular_values(&values, DAYS, ASSETS, DenoiseRule::default(), noise)?;
    writeln!(out, "denoised: {denoised}")?;

    // Is there a power-law tail? Forty values cannot say much, and the interval shows it.
    let options = tail::Options::default().bootstrap(tail::Bootstrap::new(1));
    let outcome = PowerLaw::fit(esd.nonzero(), &options)?;
    writeln!(out, "tail: {outcome}")?;
    if let Some(bootstrap) = outcome.value().and_then(|fit| fit.bootstrap.as_ref()) {
        writeln!(out, "  {bootstrap}")?;
    }
    Ok(())
}

/// `r = 0.5 market + 0.6 sector (the first quarter) + own noise`, a day in each row.
fn returns(seed: u64) -> Mat<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
    let mut returns = Mat::zeros(DAYS, ASSETS);
    for day in 0..DAYS {
        let (market, sector) = (normal(), normal());
        for asset in 0..ASSETS {
            let exposed = if asset < ASSETS / 4 { 0.6 } else { 0.0 };
            returns[(day, asset)] = 0.5 * market + exposed * sector + normal();
        }
    }
    returns
}

/// Each column less its mean, over its standard deviation.
fn standardized(mut returns: Mat<f64>) -> Mat<f64> {
    for asset in 0..ASSETS {
        let column: Vec<f64> = (0..DAYS).map(|day| returns[(day, asset)]).collect();
        let mean = column.iter().sum::<f64>() / DAYS as f64;
        let squares = column.iter().map(|r| (r - mean) * (r - mean));
        let deviation = (squares.sum::<f64>() / DAYS as f64).sqrt();
        for (day, r) in column.iter().enumerate() {
            returns[(day, asset)] = (r - mean) / deviation;
        }
    }
    returns
}

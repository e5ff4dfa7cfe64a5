//! A claim of the report's prose, simulated: the bulk of Gaussian noise of up to 512 x 512 lies
//! within four times 1 / M' of its Marchenko-Pastur law.
//!
//! 360 matrices from seed 1: 100 each of 32 x 9, 288 x 64 and 64 x 64, 50 of 256 x 256 and 10 of
//! 512 x 512.

use convlens::rmt::{Esd, MarchenkoPastur, bulk};
use convlens::svd::{ConvKernel, LayerSvd};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};

#[test]
fn noise_stays_within_four_over_m_of_its_law() {
    for (rows, cols, draws) in [
        (32, 9, 100),
        (288, 64, 100),
        (64, 64, 100),
        (256, 256, 50),
        (512, 512, 10),
    ] {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut scaled: Vec<f64> = (0..draws)
            .map(|_| {
                let weights: Vec<f64> = (0..rows * cols)
                    .map(|_| StandardNormal.sample(&mut rng))
                    .collect();
                let kernel = ConvKernel::from_slice(&weights, &[rows, cols]).unwrap();
                let svd = LayerSvd::new(&kernel).unwrap();
                let esd = Esd::from_singular_values(svd.singular_values(), rows, cols).unwrap();
                let outcome = MarchenkoPastur::fit(&esd, &bulk::Options::default()).unwrap();
                let fit = outcome.value().unwrap();
                fit.ks_distance * (fit.m - fit.spikes) as f64
            })
            .collect();
        scaled.sort_by(f64::total_cmp);
        let high = scaled[draws - 1];
        assert!(high < 4.0, "{rows} x {cols}: {high}");
        // And not so far below that the sentence would hide a bulk that is not noise.
        assert!(scaled[draws / 2] > 1.0, "{rows} x {cols}: {scaled:?}");
    }
}

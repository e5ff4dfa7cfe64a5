//! Spectrum and norm of an ndarray kernel.
//!
//! `cargo run -p convlens-svd --features ndarray --example spectrum_and_norm`

// An example prints.
#![allow(clippy::print_stdout)]

use convlens_svd::norm::{DavidsonOptions, TightOptions};
use convlens_svd::{ConvKernel, Geometry, LayerSvd, NormBracket, OperatorSpectrum, SvdError};
use ndarray::Array4;

fn main() -> Result<(), SvdError> {
    // 8 filters of 4 channels, 3 x 3: waves of different frequency.
    let weights = Array4::from_shape_fn((8, 4, 3, 3), |(o, i, y, x)| {
        let phase = (3 * o + 5 * i) as f64 + 0.7 * (o * y + i * x) as f64;
        phase.sin() / 6.0
    });
    let same = Geometry::new(2).with_padding(&[(1, 1), (1, 1)]);
    let kernel = ConvKernel::from_ndarray(&weights, same)?;
    let grid = [16, 16];

    let unfolding = LayerSvd::new(&kernel)?;
    let values = unfolding.values();
    println!(
        "unfolding, {} x {}: rank {}, stable rank {:.2}, {:.0}% of the energy in 2 directions",
        values.rows,
        values.cols,
        values.rank,
        values.stable_rank,
        100.0 * values.energy(2),
    );

    let spectrum = OperatorSpectrum::new(&kernel, &grid)?;
    println!(
        "operator on {grid:?} with circular padding: {} values from {:.2e} to {:.4}",
        spectrum.count(),
        spectrum.smallest(),
        spectrum.norm(),
    );
    println!("{}", spectrum.condition_number());

    let quick = NormBracket::of_layer(&kernel, Some(&grid), &DavidsonOptions::default())?;
    println!("with zero padding {quick}");
    let tight = NormBracket::tight(&kernel, &grid, &TightOptions::default())?;
    println!("narrowed, {tight}");
    let every = NormBracket::of_layer(&kernel, None, &DavidsonOptions::default())?;
    println!("with any padding {every}");
    Ok(())
}

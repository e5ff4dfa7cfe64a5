//! Low-rank compression of one layer, saved as a copy of the file with all else untouched.
//!
//! ```sh
//! cargo run --release -p convlens --example compress_layer -- model.safetensors conv3.weight 0.9
//! ```
//!
//! The arguments are the file, a weight tensor, and the share of the squared Frobenius norm to
//! keep. Without them it takes a small model, its layer `conv3`, and 90%. The layer keeps its
//! shape: its weights are those of the two thin layers (`LowRank::first`, `LowRank::second`)
//! multiplied out, so that the copy runs wherever the original does.

#![expect(clippy::print_stdout, reason = "the lines are its output")]

mod support;

use std::error::Error;

use convlens::model::Model;
use convlens::svd::{
    ConvKernel, LayerSvd,
    edit::{LowRank, Rank},
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (model, target) = match arguments.next() {
        Some(path) => (Model::open(&path)?, format!("low-rank-{}", name_of(&path))),
        None => (support::small_model()?, "low-rank.safetensors".to_owned()),
    };
    let weight = arguments.next().unwrap_or("conv3.weight".to_owned());
    let share: f64 = arguments.next().map_or(Ok(0.9), |text| text.parse())?;

    let index = model.layers().iter().position(|l| l.weight == weight);
    let index = index.ok_or_else(|| format!("no layer has the weight tensor `{weight}`"))?;
    let kernel = model.kernel(index)?;
    if kernel.groups() > 1 {
        // A pair has a rank for each group; `reconstruct` counts directions over all groups.
        return Err(format!("`{weight}` has channel groups; choose a layer without").into());
    }
    let svd = LayerSvd::new(&kernel)?;
    let pair = LowRank::new(&svd, Rank::Energy(share))?;
    println!(
        "{weight}: rank {} of {}, {} weights instead of {}, relative error {:.3}",
        pair.rank,
        svd.singular_values().len(),
        pair.parameters_after,
        pair.parameters_before,
        pair.relative_error
    );

    let truncated = svd.reconstruct(pair.rank);
    let truncated = ConvKernel::new(truncated, kernel.shape(), kernel.geometry().clone())?;
    let target = std::env::temp_dir().join(target);
    let saved = model.save_with(&[(index, &truncated)], &target)?;
    println!(
        "Saved {} (weights rounded to {} by at most {:.1e})",
        target.display(),
        saved[0].dtype,
        saved[0].max_rounding
    );

    let reread = Model::open(&target)?.kernel(index)?;
    let rank = LayerSvd::new(&reread)?.values().rank_at(1e-6);
    println!("Read back: {rank} singular values above one millionth of the largest");
    Ok(())
}

fn name_of(path: &str) -> String {
    let name = std::path::Path::new(path).file_name();
    name.map_or("model".into(), |name| name.to_string_lossy().into_owned())
}

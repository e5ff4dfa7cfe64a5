//! temporary
use convlens::activations::Inputs;
use convlens::model::Model;
use convlens::{Settings, analyze};
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let a: Vec<String> = std::env::args().collect();
    let model = Model::open(&a[1])?;
    let inputs = if a[2] == "none" { None } else { Some(Inputs::from_npz(&a[2])?) };
    let analysis = analyze(&model, inputs.as_ref(), &Settings::default(), &mut ())?;
    analysis.write_json(&a[3])?;
    Ok(())
}

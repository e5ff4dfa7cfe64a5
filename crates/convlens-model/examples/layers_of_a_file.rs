//! The layers of a model file with their geometry, and what is skipped.
//!
//! `cargo run -p convlens-model --example layers_of_a_file model.onnx`; without a file, a small
//! network in memory is listed.
#![expect(clippy::print_stdout, reason = "the list is its output")]

use convlens_model::{LayerSpec, MemoryLayer, Model};
use convlens_svd::{ConvKernel, Geometry};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let model = match std::env::args_os().nth(1) {
        Some(path) => Model::open(path)?,
        None => small_network()?,
    };
    println!("{} ({})", model.path().display(), model.format().name());
    for layer in model.layers() {
        println!("{}", line(layer));
        for assumption in &layer.assumptions {
            println!("    assumed: {assumption}");
        }
    }
    for part in model.skipped() {
        println!("skipped {part}");
    }
    for note in model.notes() {
        println!("note: {note}");
    }
    Ok(())
}

/// Name, kind, shape, geometry and input size.
fn line(layer: &LayerSpec) -> String {
    let geometry = &layer.geometry;
    let grid = match layer.grid.as_deref() {
        Some([]) => String::new(),
        Some(grid) => format!(", input {grid:?}"),
        None => ", input size unknown".into(),
    };
    let window = match geometry.spatial_dims() {
        0 => String::new(),
        _ => format!(
            ", stride {:?}, dilation {:?}, padding {:?}, {} group(s)",
            geometry.stride(),
            geometry.dilation(),
            geometry.padding(),
            geometry.groups()
        ),
    };
    let (name, kind, shape) = (&layer.name, layer.kind, &layer.shape);
    format!("{name}: {kind} {shape:?} of {}{window}{grid}", layer.dtype)
}

/// Two convolutions, the second with a stride, and a dense layer.
fn small_network() -> Result<Model, Box<dyn std::error::Error>> {
    let weights = |count: usize| -> Vec<f64> { (0..count).map(|i| (i as f64).sin()).collect() };
    let same = Geometry::new(2).with_padding(&[(1, 1), (1, 1)]);
    let strided = same.clone().with_stride(&[2, 2]);
    let conv1 = ConvKernel::new(weights(8 * 3 * 9), &[8, 3, 3, 3], same)?;
    let conv2 = ConvKernel::new(weights(16 * 8 * 9), &[16, 8, 3, 3], strided)?;
    let fc = ConvKernel::new(weights(10 * 16), &[10, 16], Geometry::new(0))?;
    Ok(Model::from_layers(
        "a small network in memory",
        [
            MemoryLayer::new("conv1", conv1).grid(&[32, 32]),
            MemoryLayer::new("conv2", conv2).grid(&[32, 32]),
            MemoryLayer::new("fc", fc).bias(vec![0.0; 10]),
        ],
    )?)
}

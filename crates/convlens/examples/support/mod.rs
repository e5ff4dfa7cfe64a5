//! A small model in memory, for examples that are run without a file of the user's.

use std::error::Error;

use convlens::model::{Format, LayerHint, Model, Sizes};

/// Three convolutions and a dense layer, as a safetensors file of a trained network might look:
/// seeded noise with a few strong directions.
pub(crate) fn small_model() -> Result<Model, Box<dyn Error>> {
    let shapes: [(&str, &[usize]); 4] = [
        ("conv1", &[16, 3, 3, 3]),
        ("conv2", &[32, 16, 3, 3]),
        ("conv3", &[32, 32, 3, 3]),
        ("fc", &[64, 128]),
    ];
    let mut header = serde_json::Map::new();
    let mut bytes = Vec::new();
    for (name, shape) in shapes {
        let begin = bytes.len();
        for w in weights(shape) {
            bytes.extend(w.to_le_bytes());
        }
        let entry = serde_json::json!({
            "dtype": "F32", "shape": shape, "data_offsets": [begin, bytes.len()]
        });
        header.insert(format!("{name}.weight"), entry);
    }
    let header = serde_json::to_string(&header)?;
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend_from_slice(header.as_bytes());
    file.extend(bytes);
    let mut model = Model::from_bytes("small.safetensors", Format::Safetensors, file)?;

    // A file of tensors has no input size; norms on a grid need one.
    let mut hint = LayerHint::new("conv*");
    hint.grid = Some(Sizes::All(8));
    model.apply_hints(&[hint])?;
    Ok(model)
}

/// Noise from a small generator, and three directions above it.
fn weights(shape: &[usize]) -> Vec<f32> {
    let rows = shape[0];
    let cols: usize = shape[1..].iter().product();
    let mut state = (rows * 7919 + cols) as u64;
    let mut uniform = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 40) as f32 / (1 << 24) as f32 - 0.5
    };
    let scale = 3.4 / (cols as f32).sqrt();
    let mut all: Vec<f32> = (0..rows * cols).map(|_| scale * uniform()).collect();
    for strength in [3.0, 2.0, 1.5] {
        let left: Vec<f32> = (0..rows).map(|_| uniform()).collect();
        let right: Vec<f32> = (0..cols).map(|_| uniform()).collect();
        let norm = 12.0 * strength / ((rows * cols) as f32).sqrt();
        for (i, w) in all.iter_mut().enumerate() {
            *w += norm * left[i / cols] * right[i % cols];
        }
    }
    all
}

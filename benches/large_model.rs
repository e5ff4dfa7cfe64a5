//! Writes a safetensors file of 2 GB, random `f32` weights in layers of several shapes, to measure
//! the memory of an analysis:
//!
//! ```sh
//! cargo run --release -p convlens-benches --bin large-model -- large.safetensors
//! /usr/bin/time -v convlens analyze large.safetensors
//! ```
use std::fs::File;
use std::io::{BufWriter, Write};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};

/// The largest, a convolution of 1.2 GB as `f64`, first.
const LAYERS: [(&str, &[usize]); 10] = [
    ("conv1", &[4096, 4096, 3, 3]),
    ("conv2", &[2048, 2048, 3, 3]),
    ("conv3", &[2048, 2048, 3, 3]),
    ("conv4", &[2048, 2048, 3, 3]),
    ("fc1", &[4096, 25088]),
    ("fc2", &[16384, 4096]),
    ("fc3", &[4096, 4096]),
    ("fc4", &[4096, 4096]),
    ("fc5", &[4096, 4096]),
    ("fc6", &[4096, 4096]),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: large_model FILE")?;
    let mut header = serde_json::Map::new();
    let mut end = 0;
    for (name, shape) in LAYERS {
        let begin = end;
        end += 4 * shape.iter().product::<usize>();
        let entry =
            serde_json::json!({"dtype": "F32", "shape": shape, "data_offsets": [begin, end]});
        header.insert(format!("{name}.weight"), entry);
    }
    let mut header = serde_json::to_string(&header)?;
    header.push_str(&" ".repeat(header.len().next_multiple_of(8) - header.len()));

    let mut out = BufWriter::new(File::create(path)?);
    out.write_all(&(header.len() as u64).to_le_bytes())?;
    out.write_all(header.as_bytes())?;
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    for (_, shape) in LAYERS {
        let scale = (shape[1..].iter().product::<usize>() as f32).sqrt().recip();
        for _ in 0..shape.iter().product() {
            let weight: f32 = StandardNormal.sample(&mut rng);
            out.write_all(&(weight * scale).to_le_bytes())?;
        }
    }
    Ok(out.flush()?)
}

//! Checkpoints with weights that a seed decides.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// A number in -1/2..1/2, from the high bits of a linear congruential generator (Knuth's MMIX
/// constants).
fn next(state: &mut u64) -> f32 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 40) as f32 / 16_777_216.0 - 0.5
}

/// Writes a safetensors file of `f32` tensors.
pub(crate) fn write(path: &Path, layers: &[(&str, &[usize])], seed: u64) {
    let (mut header, mut end) = (serde_json::Map::new(), 0);
    for (name, shape) in layers {
        let begin = end;
        end += 4 * shape.iter().product::<usize>();
        let entry =
            serde_json::json!({"dtype": "F32", "shape": shape, "data_offsets": [begin, end]});
        header.insert((*name).to_owned(), entry);
    }
    let header = serde_json::to_string(&header).unwrap();
    let mut out = BufWriter::new(File::create(path).unwrap());
    out.write_all(&(header.len() as u64).to_le_bytes()).unwrap();
    out.write_all(header.as_bytes()).unwrap();
    let mut state = seed;
    for _ in 0..end / 4 {
        out.write_all(&next(&mut state).to_le_bytes()).unwrap();
    }
    out.flush().unwrap();
}

/// Writes so many small checkpoints, in two folders, and one file that is none.
pub(crate) fn zoo(folder: &Path, count: usize) {
    for part in ["early", "late"] {
        std::fs::create_dir_all(folder.join(part)).unwrap();
    }
    for i in 0..count {
        let part = if i < count / 2 { "early" } else { "late" };
        let path = folder.join(part).join(format!("step{i:04}.safetensors"));
        let layers: [(&str, &[usize]); 3] = [
            ("conv.weight", &[8, 4, 3, 3]),
            ("fc.weight", &[10, 32]),
            ("fc.bias", &[10]),
        ];
        write(&path, &layers, i as u64);
    }
    std::fs::write(folder.join("late/broken.safetensors"), b"no header").unwrap();
}

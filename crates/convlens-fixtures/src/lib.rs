//! Test data of the convlens workspace, by name.
//!
//! Not published: the other crates name it among their dev-dependencies. Every function gives the
//! path of a file in this repository; what the files hold, how they were made and under which
//! license stands in `data/README.md` and in `../convlens-cli/demo/README.md`.
//!
//! - **The demo network**, trained: [`digits_onnx`], [`digits_folded_onnx`],
//!   [`digits_safetensors`]; its held-out images: [`digits_heldout`].
//! - **The same network earlier**: [`digits_init_onnx`], [`digits_init_safetensors`],
//!   [`digits_epoch3_onnx`], [`digits_epoch3_safetensors`].
//! - **What PyTorch and NumPy say of it**: [`digits_reference`], [`digits_activations`].
//! - **Odd and broken ONNX files**: [`onnx_case`], [`ONNX_CASES`], [`onnx_cases_expected`].
//!
//! And slow oracles, free of every other crate of the workspace: [`oracle`].
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(missing_debug_implementations)]

pub mod oracle;

use std::path::{Path, PathBuf};

/// The names that [`onnx_case`] knows.
///
/// | name | what is odd |
/// |---|---|
/// | `grouped` | 2 groups, stride `[2, 1]`, pads `[0, 1, 1, 2]`, dilation 2; then depthwise; Gemm with `transB = 0` |
/// | `transpose` | transposed convolutions, with output padding, and in 3 groups |
/// | `nan` | the second of two convolutions has a NaN at flat index 5 of its weight |
/// | `conv1d`, `conv3d` | one and three spatial dimensions, even kernels among them |
/// | `matmul-add` | dense layers as MatMul, weight `[in, out]`, and Add |
/// | `same-upper` | `auto_pad = SAME_UPPER`, once with unequal pads |
/// | `dynamic-size` | height and width are symbolic |
/// | `embedding` | a Gather on a table and a MatMul of two activations: neither is a layer to analyze |
/// | `loss-of-shape` | an operator of a foreign domain, after which no shape is known |
/// | `constant-weights` | weight and bias come from Constant nodes |
/// | `same-weight-twice` | two convolutions share one initializer |
/// | `sequence-first` | a dense layer on `[3 steps, batch, 4]`: rows of its output are no inputs |
pub const ONNX_CASES: [&str; 13] = [
    "grouped",
    "transpose",
    "nan",
    "conv1d",
    "conv3d",
    "matmul-add",
    "same-upper",
    "dynamic-size",
    "embedding",
    "loss-of-shape",
    "constant-weights",
    "same-weight-twice",
    "sequence-first",
];

/// The trained network as ONNX, batch normalization kept as nodes, so that the weights are those
/// of [`digits_safetensors`] bit for bit. Input `image` `[batch, 1, 8, 8]`, output `logits`.
pub fn digits_onnx() -> PathBuf {
    demo("digits.onnx")
}

/// The 450 held-out images: `images` f32 `[450, 1, 8, 8]` in `[0, 1]`, `labels` i64 `[450]`.
pub fn digits_heldout() -> PathBuf {
    demo("digits-heldout.npz")
}

/// The trained network's state dict, batch normalization's running statistics included.
pub fn digits_safetensors() -> PathBuf {
    data("digits.safetensors")
}

/// The trained network as ONNX with batch normalization folded into the convolutions, whose
/// weights thereby lost their names: what an exporter writes by default.
pub fn digits_folded_onnx() -> PathBuf {
    data("digits-folded.onnx")
}

/// The network at initialization, exported like [`digits_onnx`].
///
/// The exporter stores equal tensors once: parameters of batch normalization come through
/// Identity nodes here.
pub fn digits_init_onnx() -> PathBuf {
    data("digits-init.onnx")
}

/// The state dict at initialization.
pub fn digits_init_safetensors() -> PathBuf {
    data("digits-init.safetensors")
}

/// The network after 3 of its 30 epochs, exported like [`digits_onnx`].
pub fn digits_epoch3_onnx() -> PathBuf {
    data("digits-epoch3.onnx")
}

/// The state dict after 3 of its 30 epochs.
pub fn digits_epoch3_safetensors() -> PathBuf {
    data("digits-epoch3.safetensors")
}

/// JSON: held-out images that PyTorch classifies rightly, by snapshot (`held_out_accuracy`), and
/// NumPy's float64 singular values of each unfolded layer of the trained network (`layers`).
pub fn digits_reference() -> PathBuf {
    data("digits-reference.json")
}

/// What PyTorch computes in f32 for the first 8 held-out images: outputs of the layers `conv1`
/// `[8, 32, 8, 8]`, `conv3` `[8, 64, 4, 4]` (both before batch normalization) and `fc1` `[8, 64]`
/// (with bias, before the ReLU), and `logits` `[8, 10]`.
pub fn digits_activations() -> PathBuf {
    data("digits-activations.npz")
}

/// A small odd or broken ONNX file, by its name in [`ONNX_CASES`].
///
/// # Panics
///
/// If the name is not in [`ONNX_CASES`].
///
/// # Example
///
/// ```
/// let path = convlens_fixtures::onnx_case("grouped");
/// assert!(path.ends_with("onnx-cases/grouped.onnx"));
/// ```
pub fn onnx_case(name: &str) -> PathBuf {
    assert!(
        ONNX_CASES.contains(&name),
        "no ONNX case {name:?}; there are {ONNX_CASES:?}"
    );
    data("onnx-cases").join(format!("{name}.onnx"))
}

/// JSON: by file name of the ONNX cases, the Conv, ConvTranspose, Gemm and MatMul nodes in file
/// order, each with its weight's dims and the spatial size of its input (null where unknown).
pub fn onnx_cases_expected() -> PathBuf {
    data("onnx-cases").join("expected.json")
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("data")
        .join(name)
}

fn demo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../convlens-cli/demo")
        .join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Above this a file does not belong in the repository.
    const LIMIT: u64 = 400_000;

    fn all_files() -> Vec<PathBuf> {
        let mut files = vec![
            digits_onnx(),
            digits_heldout(),
            digits_safetensors(),
            digits_folded_onnx(),
            digits_init_onnx(),
            digits_init_safetensors(),
            digits_epoch3_onnx(),
            digits_epoch3_safetensors(),
            digits_reference(),
            digits_activations(),
            onnx_cases_expected(),
        ];
        files.extend(ONNX_CASES.map(onnx_case));
        files
    }

    #[test]
    fn each_file_is_there_and_small() {
        for path in all_files() {
            let found = std::fs::metadata(&path);
            assert!(found.is_ok(), "{}: {found:?}", path.display());
            let size = found.unwrap().len();
            assert!(
                (1..LIMIT).contains(&size),
                "{} has {size} bytes, the limit is {LIMIT}",
                path.display()
            );
        }
    }

    #[test]
    fn each_data_file_has_a_name_here() {
        let known = all_files();
        for folder in [data(""), data("onnx-cases")] {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let is_text = path.extension().is_some_and(|end| end == "md");
                assert!(
                    path.is_dir() || is_text || known.contains(&path),
                    "{} is no fixture",
                    path.display()
                );
            }
        }
    }

    #[test]
    fn each_case_is_expected() {
        let expected = std::fs::read_to_string(onnx_cases_expected()).unwrap();
        for name in ONNX_CASES {
            assert!(expected.contains(&format!("\"{name}.onnx\":")), "{name}");
        }
        assert_eq!(expected.matches(".onnx\":").count(), ONNX_CASES.len());
    }

    #[test]
    #[should_panic(expected = "no ONNX case \"groups\"")]
    fn an_unknown_case_is_refused() {
        onnx_case("groups");
    }
}

//! The formats of model files, told by their names.

use std::path::Path;

use crate::error::ModelError;

/// Where a model's layers come from: a file of one of these formats, or memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Format {
    /// ONNX: a graph with weights, geometry and shapes.
    Onnx,
    /// safetensors: named tensors, without operators or geometry.
    Safetensors,
    /// Several safetensors files and the JSON index over them.
    SafetensorsIndex,
    /// A PyTorch checkpoint: a state dict, a dictionary around one, or a module saved whole.
    Pytorch,
    /// Several PyTorch checkpoints and the JSON index over them.
    PytorchIndex,
    /// A NumPy archive or array.
    Numpy,
    /// No file: layers in memory ([`Model::from_layers`](crate::Model::from_layers)).
    Memory,
}

impl Format {
    /// The name by which users know the format.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Format::Onnx => "ONNX",
            Format::Safetensors => "safetensors",
            Format::SafetensorsIndex => "safetensors index",
            Format::Pytorch => "PyTorch",
            Format::PytorchIndex => "PyTorch index",
            Format::Numpy => "NumPy",
            Format::Memory => "memory",
        }
    }

    /// The format that a path's extension names: `.onnx`; `.safetensors`; `.pth`, `.pt`, `.th`,
    /// `.bin` or `.ckpt`; `.npz` or `.npy`; `.json` for an index, of PyTorch files where the name
    /// contains `.bin.index.`, else of safetensors files.
    #[must_use]
    pub fn of_path(path: &Path) -> Option<Format> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match extension.as_str() {
            "onnx" => Format::Onnx,
            "safetensors" => Format::Safetensors,
            "json" if name_has(path, ".bin.index.") => Format::PytorchIndex,
            "json" => Format::SafetensorsIndex,
            "pth" | "pt" | "th" | "bin" | "ckpt" => Format::Pytorch,
            "npz" | "npy" => Format::Numpy,
            _ => return None,
        })
    }

    /// The format of a file that is likely a model by itself: NumPy files are as often data, and
    /// JSON files are anything unless their name says index.
    pub(crate) fn of_model(path: &Path) -> Option<Format> {
        Format::of_path(path).filter(|format| match format {
            Format::Onnx | Format::Safetensors | Format::Pytorch | Format::PytorchIndex => true,
            Format::SafetensorsIndex => name_has(path, ".safetensors.index."),
            Format::Numpy | Format::Memory => false,
        })
    }

    /// The error for a file of this format where its reader, a Cargo feature, is off.
    pub(crate) fn off(self, path: &Path) -> ModelError {
        ModelError::FeatureOff {
            path: path.to_owned(),
            format: self.name(),
            feature: match self {
                Format::Onnx => "onnx",
                Format::Safetensors | Format::SafetensorsIndex => "safetensors",
                Format::Pytorch | Format::PytorchIndex => "pytorch",
                Format::Numpy | Format::Memory => "numpy",
            },
        }
    }

    /// Why edits of a file of this format cannot be saved.
    #[cfg(all(
        any(feature = "onnx", feature = "safetensors"),
        any(feature = "pytorch", feature = "numpy")
    ))]
    pub(crate) fn not_written(self) -> String {
        let format = self.name();
        format!("{format} files are not written; convert the file to safetensors first")
    }

    /// Whether the weights are in other files, which this one lists.
    pub(crate) fn is_index(self) -> bool {
        matches!(self, Format::SafetensorsIndex | Format::PytorchIndex)
    }
}

/// Hugging Face's tools put the name of a variant behind: `model.safetensors.index.fp16.json`.
fn name_has(path: &Path, part: &str) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.contains(part))
}

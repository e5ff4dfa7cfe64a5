//! The formats of model files, and how names tell them.

use std::path::Path;

/// The formats that are read.
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
}

impl Format {
    /// The name that users know the format by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Format::Onnx => "ONNX",
            Format::Safetensors => "safetensors",
            Format::SafetensorsIndex => "safetensors index",
            Format::Pytorch => "PyTorch",
            Format::PytorchIndex => "PyTorch index",
            Format::Numpy => "NumPy",
        }
    }

    /// The format that a path's extension names: `.onnx`; `.safetensors`; `.pth`, `.pt`, `.th`, `.bin` or `.ckpt`; `.npz`
    /// or `.npy`; `.json` for an index, of PyTorch files where the name has `.bin.index.` in it, else of safetensors files.
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

    /// The format of a file that is likely a model by itself: archives of arrays are as often data, and JSON files are
    /// anything unless they are called an index.
    pub(crate) fn of_model(path: &Path) -> Option<Format> {
        Format::of_path(path).filter(|format| match format {
            Format::Onnx | Format::Safetensors | Format::Pytorch | Format::PytorchIndex => true,
            Format::SafetensorsIndex => name_has(path, ".safetensors.index."),
            Format::Numpy => false,
        })
    }

    /// Whether the weights are in other files, which the file names.
    pub(crate) fn is_index(self) -> bool {
        matches!(self, Format::SafetensorsIndex | Format::PytorchIndex)
    }
}

/// Hugging Face's tools put the name of a variant behind: `model.safetensors.index.fp16.json`.
fn name_has(path: &Path, part: &str) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.contains(part))
}

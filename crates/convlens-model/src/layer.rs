//! What is known of a layer before its weights are read: kind, shape, geometry, grid, output.
//!
//! - [`LayerSpec`] describes a linear layer; [`LayerKind`], [`DType`] and [`ChannelAxis`] are its
//!   vocabulary, [`OutputValue`] says where its output appears when the model runs. [`InputSpec`]
//!   and [`ValueSpec`] describe the other values of a graph.
//! - [`Assumption`] names what the file did not say. [`Skipped`] lists a part with weights that is
//!   not analyzed, with its [`SkipReason`]. [`Note`] tells what the reader changed.
//!
//! ```
//! use convlens_model::layer::{LayerKind, SkipReason};
//!
//! assert_eq!(LayerKind::ConvTranspose.to_string(), "conv_transpose");
//! let reason = SkipReason::Unsupported("the operator LSTM".into());
//! assert_eq!(reason.to_string(), "not supported: the operator LSTM");
//! ```

use std::fmt;

use convlens_svd::Geometry;

/// The linear operators that are analyzed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum LayerKind {
    /// A convolution of any dimension, grouped and depthwise ones included.
    Conv,
    /// A transposed convolution.
    ConvTranspose,
    /// A dense (fully connected) layer: `Gemm`, `MatMul` by a constant, or a matrix in a file
    /// without operators.
    Dense,
}

impl fmt::Display for LayerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LayerKind::Conv => "conv",
            LayerKind::ConvTranspose => "conv_transpose",
            LayerKind::Dense => "dense",
        })
    }
}

/// The type in which a file stores a layer's weights.
///
/// Weights become `f64` as they are loaded; all of these convert exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum DType {
    /// IEEE 754 binary64.
    F64,
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary16.
    F16,
    /// bfloat16: the upper half of a binary32.
    Bf16,
}

impl DType {
    /// Bytes of one element.
    #[must_use]
    pub fn size(self) -> usize {
        match self {
            DType::F64 => 8,
            DType::F32 => 4,
            DType::F16 | DType::Bf16 => 2,
        }
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DType::F64 => "f64",
            DType::F32 => "f32",
            DType::F16 => "f16",
            DType::Bf16 => "bf16",
        })
    }
}

/// The axis of an activation tensor on which the layer's output channels lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum ChannelAxis {
    /// `[batch, channels, positions..]`: convolutions.
    Second,
    /// `[batch, positions.., channels]`: dense layers.
    Last,
}

/// Where the output of a layer, before any nonlinearity, appears when the model runs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OutputValue {
    /// The value's name in the graph.
    pub name: String,
    /// Where its channels are.
    pub channel_axis: ChannelAxis,
}

/// An input of the graph that is not itself a weight.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InputSpec {
    /// The input's name.
    pub name: String,
    /// Its dimensions, the batch first; `None` where the file declares no shape (or one of more
    /// than 16 axes), and for a dimension that is symbolic. Empty for a scalar.
    pub shape: Option<Vec<Option<usize>>>,
    /// Its element type; `None` where that is not a supported float type, as for token indices.
    pub dtype: Option<DType>,
}

/// A value that an operator of the graph computes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ValueSpec {
    /// The value's own name.
    pub name: String,
    /// The name of the operator that computes it; often empty.
    pub operator: String,
    /// The operator's type, such as `Conv`.
    pub op_type: String,
}

/// Something that the file does not say and that is assumed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Assumption {
    /// The format stores no geometry: stride 1, dilation 1, one group and padding that preserves
    /// the size are assumed.
    PlainGeometry,
    /// The format stores no geometry. A [hint](crate::hints) gives some; the rest is as in
    /// [`PlainGeometry`](Assumption::PlainGeometry).
    HintedGeometry,
    /// The padding depends on an input size that is unknown. For `auto_pad`, the padding for
    /// stride 1 is assumed; for the `output_shape` of a transposed convolution, the padding that
    /// makes the output size the input size times the stride.
    AutoPadding,
}

impl fmt::Display for Assumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Assumption::PlainGeometry => {
                "the file stores no geometry; stride 1, one group and same padding are assumed"
            }
            Assumption::HintedGeometry => {
                "the file stores no geometry; hints are used, and plain geometry for the rest"
            }
            Assumption::AutoPadding => {
                "the padding depends on an unknown input size; size-preserving padding is assumed"
            }
        })
    }
}

/// A linear layer of a model: everything but its weights, which [`Model::kernel`] decodes.
///
/// [`Model::kernel`]: crate::Model::kernel
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LayerSpec {
    /// The layer's name, as the file has it: the node's in ONNX, the tensor's elsewhere. Unique
    /// within the model.
    pub name: String,
    /// Which operator it is.
    pub kind: LayerKind,
    /// The name of its weight tensor, as stored: behind any `Identity`, `Transpose` or `Cast`.
    pub weight: String,
    /// The kernel's shape: `[c_out, c_in / groups, k..]`; `[c_in, c_out / groups, k..]` for a
    /// transposed convolution; `[c_out, c_in]` for a dense layer, however the file stores it.
    pub shape: Vec<usize>,
    /// The type in which the file stores the weights.
    pub dtype: DType,
    /// Stride, dilation, padding and groups.
    pub geometry: Geometry,
    /// The spatial size of the layer's input; `None` where it is unknown. Empty for a dense layer.
    pub grid: Option<Vec<usize>>,
    /// Where the layer's output appears when the model runs; `None` for formats without a graph.
    pub output: Option<OutputValue>,
    /// What is assumed.
    pub assumptions: Vec<Assumption>,
    /// The name of the batch normalization that alone takes the layer's output, and so can be
    /// folded into it ([`Model::fold_batch_norms`](crate::Model::fold_batch_norms)).
    pub batch_norm: Option<String>,
    pub(crate) storage: Storage,
}

impl LayerSpec {
    /// The number of output channels; `None` where it overflows.
    pub(crate) fn output_channels(&self) -> Option<usize> {
        match self.kind {
            LayerKind::ConvTranspose => self.shape.get(1)?.checked_mul(self.geometry.groups()),
            LayerKind::Conv | LayerKind::Dense => self.shape.first().copied(),
        }
    }
}

/// How the file's tensors become the layer's weights and bias.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Storage {
    /// The matrix is stored as `[c_in, c_out]`.
    pub(crate) transposed: bool,
    /// A factor on the weights (`Gemm`'s alpha).
    pub(crate) scale: f64,
    /// The bias tensor and a factor on it (`Gemm`'s beta).
    pub(crate) bias: Option<(String, f64)>,
    /// The batch normalization that follows.
    pub(crate) norm: Option<FollowingNorm>,
    /// That normalization is part of the layer.
    pub(crate) folded: bool,
}

/// Where the numbers of a batch normalization stand in the file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FollowingNorm {
    pub(crate) gamma: String,
    pub(crate) beta: String,
    pub(crate) mean: String,
    pub(crate) variance: String,
    pub(crate) eps: f64,
    pub(crate) output: String,
}

impl Storage {
    pub(crate) fn plain() -> Self {
        Storage {
            transposed: false,
            scale: 1.0,
            bias: None,
            norm: None,
            folded: false,
        }
    }
}

/// A part of the model that is not analyzed, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The node's or tensor's name.
    pub name: String,
    /// The operator, or `tensor` in a file without operators.
    pub kind: String,
    /// Why it is skipped.
    pub reason: SkipReason,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.name, self.kind, self.reason)
    }
}

/// Why a part of the model is not analyzed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkipReason {
    /// It has weights, but is neither a convolution nor a dense layer.
    NotLinear,
    /// A batch normalization that can be folded into the preceding layer.
    BatchNorm {
        /// That layer.
        layer: String,
    },
    /// Its weights are stored as integers with a scale.
    Quantized {
        /// The operator that converts them to floats, or that computes with the integers.
        operator: String,
    },
    /// Its weights are no constant of the graph but computed at run time, as in attention, where
    /// both factors depend on the input.
    NoConstantWeight,
    /// It is linear, but in a form that is not supported.
    Unsupported(String),
    /// Its weights cannot be read; the text is the whole [chain](crate::error_chain) of causes.
    Unreadable(String),
    /// It was not selected ([`Model::select`](crate::Model::select)).
    NotSelected,
    /// It is stored beside the state dict in a checkpoint, like the optimizer's state.
    OutsideStateDict {
        /// The key of the state dict.
        key: String,
    },
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SkipReason::NotLinear => f.write_str("neither a convolution nor a dense layer"),
            SkipReason::BatchNorm { layer } => {
                write!(f, "batch normalization; it can be folded into `{layer}`")
            }
            SkipReason::Quantized { operator } => {
                write!(
                    f,
                    "its weights are quantized ({operator}); export the model with float weights"
                )
            }
            SkipReason::NoConstantWeight => {
                f.write_str("its weights are computed at run time, not stored in the file")
            }
            SkipReason::Unsupported(what) => write!(f, "not supported: {what}"),
            SkipReason::Unreadable(why) => write!(f, "cannot be read: {why}"),
            SkipReason::NotSelected => f.write_str("not selected"),
            SkipReason::OutsideStateDict { key } => {
                write!(f, "outside the checkpoint's state dict `{key}`")
            }
        }
    }
}

/// A change to the names or layers of a file that its reader made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Note {
    /// The weights are those under one key of a checkpoint.
    StateDict {
        /// The key.
        key: String,
    },
    /// Batch normalizations were folded into the preceding layers.
    BatchNormFolded {
        /// The number of layers that have one.
        layers: usize,
    },
    /// All names began with the prefix of a wrapper (`DataParallel`, `torch.compile`), which is
    /// removed from the layers' names.
    PrefixRemoved {
        /// The prefix.
        prefix: String,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::StateDict { key } => {
                write!(f, "weights are read from `{key}` of the checkpoint")
            }
            Note::BatchNormFolded { layers } => {
                let plural = if *layers == 1 { "" } else { "s" };
                write!(
                    f,
                    "batch normalization is folded into {layers} layer{plural}"
                )
            }
            Note::PrefixRemoved { prefix } => {
                write!(
                    f,
                    "the prefix `{prefix}` of all tensors is removed from layer names"
                )
            }
        }
    }
}

/// Padding that preserves the size at stride 1.
pub(crate) fn same_padding(kernel: &[usize], dilation: &[usize]) -> Vec<(usize, usize)> {
    let reach = |(&k, &d): (&usize, &usize)| k.saturating_sub(1).saturating_mul(d);
    let both = kernel.iter().zip(dilation).map(reach);
    both.map(|total| (total / 2, total - total / 2)).collect()
}

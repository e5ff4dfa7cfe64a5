//! What is known of a layer before its weights are read, and why others are left out.

use std::fmt;

use convlens_svd::Geometry;

use crate::dtype::DType;

/// The linear operators that are analysed.
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
    /// that has no operators.
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

/// Something that the file does not say and that was taken for granted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Assumption {
    /// The format carries no geometry: stride 1, dilation 1, one group, padding that keeps the
    /// size.
    PlainGeometry,
    /// The format carries no geometry. The user gave some; what was not given is plain.
    GivenGeometry,
    /// The padding depends on an input size that is unknown. That of stride 1 stands in for
    /// `auto_pad`; for the `output_shape` of a transposed convolution, that which makes the output
    /// its input's size times the stride.
    AutoPadding,
}

impl fmt::Display for Assumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Assumption::PlainGeometry => {
                "the file carries no geometry: stride 1, one group and same padding are assumed"
            }
            Assumption::GivenGeometry => {
                "the file carries no geometry: it is as given, and plain where nothing was given"
            }
            Assumption::AutoPadding => {
                "the padding depends on an unknown input size: that which keeps the size is assumed"
            }
        })
    }
}

/// A linear layer of a model: everything but its weights.
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
    /// transposed convolution; `[c_out, c_in]` for a dense layer, whichever way the file keeps it.
    pub shape: Vec<usize>,
    /// The type in which the file keeps the weights.
    pub dtype: DType,
    /// Stride, dilation, padding and groups.
    pub geometry: Geometry,
    /// The spatial size of the layer's input; `None` where the file does not tell. Empty for a
    /// dense layer.
    pub grid: Option<Vec<usize>>,
    /// Where the layer's output appears when the model runs; `None` for formats without a graph.
    pub output: Option<OutputValue>,
    /// What was assumed.
    pub assumptions: Vec<Assumption>,
    /// The name of the batch normalisation that alone takes the layer's output, and so can be folded into it
    /// ([`Model::fold_batch_norms`](crate::Model::fold_batch_norms)).
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
    /// The matrix is kept as `[c_in, c_out]`.
    pub(crate) transposed: bool,
    /// A factor on the weights (`Gemm`'s alpha).
    pub(crate) scale: f64,
    /// The bias tensor and a factor on it (`Gemm`'s beta).
    pub(crate) bias: Option<(String, f64)>,
    /// The batch normalisation that follows.
    pub(crate) norm: Option<FollowingNorm>,
    /// That normalisation is part of the layer.
    pub(crate) folded: bool,
}

/// Where the numbers of a batch normalisation stand in the file.
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

/// A part of the model that is not analysed, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The node's or tensor's name.
    pub name: String,
    /// The operator or, in a file without operators, `tensor`.
    pub kind: String,
    /// Why it is left out.
    pub reason: SkipReason,
}

/// Why something is not analysed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkipReason {
    /// It has weights, but it is neither a convolution nor a dense layer.
    NotLinear,
    /// A batch normalisation that can be folded into the layer before it.
    BatchNorm {
        /// That layer.
        layer: String,
    },
    /// Its weights are stored as integers with a scale.
    Quantised {
        /// The operator that makes numbers of them, or works on the integers.
        operator: String,
    },
    /// The operand that would hold its weights is no constant of the graph, such as in attention,
    /// where both factors are computed while the model runs.
    NoConstantWeight,
    /// It is linear, but in a form that is not supported.
    Unsupported(String),
    /// Its weights cannot be read.
    Unreadable(String),
    /// It was not asked for.
    NotSelected,
    /// It lies beside the state dict in a checkpoint, such as the optimiser's state.
    OutsideStateDict {
        /// The key that holds the state dict.
        key: String,
    },
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SkipReason::NotLinear => f.write_str("neither a convolution nor a dense layer"),
            SkipReason::BatchNorm { layer } => {
                write!(
                    f,
                    "a batch normalisation, which can be folded into `{layer}`"
                )
            }
            SkipReason::Quantised { operator } => {
                write!(
                    f,
                    "its weights are quantised ({operator}); export the model in floats"
                )
            }
            SkipReason::NoConstantWeight => {
                f.write_str("its weights are not a constant of the graph")
            }
            SkipReason::Unsupported(what) => write!(f, "not supported: {what}"),
            SkipReason::Unreadable(why) => write!(f, "unreadable: {why}"),
            SkipReason::NotSelected => f.write_str("not selected"),
            SkipReason::OutsideStateDict { key } => {
                write!(f, "outside the checkpoint's state dict `{key}`")
            }
        }
    }
}

/// Something that was done to the names or the layers of a file, and is said so.
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
    /// Batch normalisations were made part of the layers before them.
    BatchNormFolded {
        /// How many layers have one.
        layers: usize,
    },
    /// All names began with what a wrapper (`DataParallel`, `torch.compile`) puts there; layers are
    /// named without it.
    PrefixRemoved {
        /// What was taken away.
        prefix: String,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::StateDict { key } => {
                write!(f, "the weights are those under `{key}` of the checkpoint")
            }
            Note::BatchNormFolded { layers } => {
                let plural = if *layers == 1 { "" } else { "s" };
                write!(
                    f,
                    "batch normalisation is folded into {layers} layer{plural}"
                )
            }
            Note::PrefixRemoved { prefix } => {
                write!(
                    f,
                    "layers are named without the prefix `{prefix}` of all tensors"
                )
            }
        }
    }
}

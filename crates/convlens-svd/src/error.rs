//! The one error of the crate.

use std::error::Error as StdError;
use std::sync::Arc;
use thiserror::Error;

/// Why a kernel, a geometry or a computation was refused.
///
/// Every variant names the offending value and the bound that it broke, so that a caller can print
/// it beside the layer's name and go on with the next layer.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum SvdError {
    /// A kernel shape has 2 axes (dense) to 5 axes (3-D convolution). Reshape, or drop the layer.
    #[error("kernel shape has {rank} axes; expected 2 (dense) to 5 (3-D convolution)")]
    Rank {
        /// Number of axes given.
        rank: usize,
    },
    /// An axis of the kernel shape is zero: the layer has no weights.
    #[error("axis {axis} of kernel shape {shape:?} is zero")]
    ZeroDimension {
        /// The first axis of length zero.
        axis: usize,
        /// The shape given.
        shape: Vec<usize>,
    },
    /// A product of sizes does not fit in memory's address range.
    #[error("the product of {sizes:?} overflows")]
    SizeOverflow {
        /// The factors.
        sizes: Vec<usize>,
    },
    /// The number of weights is not the product of the shape.
    #[error("kernel shape {shape:?} needs {expected} weights, got {got}")]
    Length {
        /// Product of the shape.
        expected: usize,
        /// Number of weights given.
        got: usize,
        /// The shape given.
        shape: Vec<usize>,
    },
    /// A weight is NaN or infinite. Look at the file: training may have diverged.
    #[error("weight {index} (row-major) is {value}; weights must be finite")]
    NonFinite {
        /// Row-major index of the first such weight.
        index: usize,
        /// Its value.
        value: f64,
    },
    /// The number of groups is zero or does not divide the first axis of the kernel.
    #[error("{groups} groups do not divide the {channels} channels of the kernel's first axis")]
    Groups {
        /// Number of groups given.
        groups: usize,
        /// Length of the kernel's first axis.
        channels: usize,
    },
    /// A field of the geometry has the wrong number of spatial axes for the kernel.
    #[error("geometry field `{field}` has {got} spatial axes, the kernel has {expected}")]
    GeometryDims {
        /// Name of the field: `stride`, `dilation`, `padding` or `output_padding`.
        field: &'static str,
        /// Spatial axes of the kernel.
        expected: usize,
        /// Spatial axes of the field.
        got: usize,
    },
    /// A stride or a dilation is zero; the least is 1.
    #[error("geometry field `{field}` is zero on spatial axis {axis}; the least is 1")]
    ZeroStep {
        /// `stride` or `dilation`.
        field: &'static str,
        /// Spatial axis.
        axis: usize,
    },
    /// Output padding must be under the larger of stride and dilation.
    #[error("output padding {value} on spatial axis {axis} is not under {bound}")]
    OutputPadding {
        /// Spatial axis.
        axis: usize,
        /// The output padding given.
        value: usize,
        /// Larger of stride and dilation: an exclusive bound.
        bound: usize,
    },
    /// A grid has the wrong number of axes.
    #[error("grid has {got} axes, the kernel has {expected} spatial axes")]
    GridDims {
        /// Spatial axes of the kernel.
        expected: usize,
        /// Axes of the grid.
        got: usize,
    },
    /// An axis of the grid is zero.
    #[error("grid is empty on axis {axis}")]
    ZeroGrid {
        /// Spatial axis.
        axis: usize,
    },
    /// The padded input is shorter than the kernel: the layer has no output.
    #[error(
        "padded input of {padded} on spatial axis {axis} is shorter than the kernel's {extent}"
    )]
    EmptyOutput {
        /// Spatial axis.
        axis: usize,
        /// Input with its padding (for a transposed layer: the uncropped output).
        padded: usize,
        /// Extent of the dilated kernel (for a transposed layer: what the cropping takes, plus
        /// one).
        extent: usize,
    },
    /// Periodic padding with a stride is block-diagonal only where the stride divides the grid. Use
    /// a grid that it divides, `NormBracket::grid_free`, or for a small layer as it is
    /// `LayerOperator::singular_values`, which takes any stride and padding.
    #[error("stride {stride} does not divide grid {grid} on spatial axis {axis}")]
    StrideDoesNotDivideGrid {
        /// Spatial axis.
        axis: usize,
        /// Stride there.
        stride: usize,
        /// Grid there.
        grid: usize,
    },
    /// A frequency does not lie on the operator's frequency grid.
    #[error("frequency {frequency} on axis {axis} is not under {grid}")]
    FrequencyRange {
        /// Axis of the frequency grid.
        axis: usize,
        /// Frequency index given.
        frequency: usize,
        /// Points of the frequency grid there: an exclusive bound.
        grid: usize,
    },
    /// There is no singular pair of this index at the frequency.
    #[error("singular pair {index} does not exist; the frequency has {count}")]
    PairRange {
        /// Index given.
        index: usize,
        /// Number of pairs: an exclusive bound.
        count: usize,
    },
    /// A signal has the wrong length for the layer.
    #[error("signal has {got} entries, the layer needs {expected}")]
    SignalLength {
        /// Channels times positions.
        expected: usize,
        /// Entries given.
        got: usize,
    },
    /// A signal holds NaN or infinity, which a Fourier transform would spread to every entry.
    #[error("signal entry {index} (row-major) is {value}; signals must be finite")]
    NonFiniteSignal {
        /// Row-major index of the first such entry.
        index: usize,
        /// Its value.
        value: f64,
    },
    /// A signal does not have as many maps as the layer has channels.
    #[error("signal has {got} entries, which is not a multiple of the layer's {channels} channels")]
    SignalChannels {
        /// Channels of the layer's output.
        channels: usize,
        /// Entries given.
        got: usize,
    },
    /// A list that goes with the layer, one entry for each channel or group, has the wrong length.
    #[error("`{field}` has {got} entries, the layer needs {expected}")]
    FieldLength {
        /// Name of the list.
        field: &'static str,
        /// Entries that the layer needs.
        expected: usize,
        /// Entries given.
        got: usize,
    },
    /// A number that goes with a channel is out of its range.
    #[error("`{field}` of channel {channel} is {value}; it must be {bound}")]
    ChannelValue {
        /// Name of the list.
        field: &'static str,
        /// The first such channel.
        channel: usize,
        /// Its value.
        value: f64,
        /// The range in words.
        bound: &'static str,
    },
    /// An option is out of its range.
    #[error("option `{option}` is {value}; it must be {bound}")]
    InvalidOption {
        /// Name of the option.
        option: &'static str,
        /// Value given.
        value: f64,
        /// The range in words.
        bound: &'static str,
    },
    /// The result is not defined, or not proven, for this geometry.
    #[error("{operation} is not supported for {what}")]
    Unsupported {
        /// What was asked for.
        operation: &'static str,
        /// What it does not hold for.
        what: &'static str,
    },
    /// A computation would go past a stated limit; nothing was allocated for it.
    #[error("{what} would be {needed}, past the limit of {limit}")]
    TooLarge {
        /// What is counted.
        what: &'static str,
        /// What the computation needs (the largest 64-bit number where it is past that).
        needed: u64,
        /// The limit, which an option may raise.
        limit: u64,
    },
    /// A result does not fit in the range of `f64`. Divide the weights by a power of two first.
    #[error("{what} exceeds the range of f64")]
    Overflow {
        /// The result.
        what: &'static str,
    },
    /// Another library refused a conversion.
    #[error("{library} refused the conversion")]
    Interop {
        /// Name of the library.
        library: &'static str,
        /// What it said.
        source: ConversionError,
    },
    /// No algorithm converged.
    #[error("no singular value decomposition of a {rows} x {cols} matrix converged")]
    NoConvergence {
        /// Rows of the matrix.
        rows: usize,
        /// Columns of the matrix.
        cols: usize,
    },
}

/// What another library said when it refused a conversion: the source of [`SvdError::Interop`].
///
/// Two are equal where their texts are.
#[derive(Debug, Clone, Error)]
#[error(transparent)]
pub struct ConversionError(Arc<dyn StdError + Send + Sync>);

impl ConversionError {
    /// Takes up an error of a library.
    #[cfg(any(feature = "candle", test))]
    pub(crate) fn new(error: impl StdError + Send + Sync + 'static) -> Self {
        Self(Arc::new(error))
    }
}

impl PartialEq for ConversionError {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_is_the_source_and_not_in_the_text() {
        let inner = SvdError::Rank { rank: 7 };
        let error = SvdError::Interop {
            library: "candle",
            source: ConversionError::new(inner.clone()),
        };
        assert_eq!(error.to_string(), "candle refused the conversion");
        let source = StdError::source(&error).map(ToString::to_string);
        assert_eq!(source, Some(inner.to_string()));
        assert_eq!(error, error.clone());
    }
}

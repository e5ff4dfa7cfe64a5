//! What is found out about one layer from its weights.

use convlens_model::{DType, LayerKind};
use convlens_rmt::{Esd, LayerMetrics, MpOutcome, PhaseOutcome, PowerLawOutcome};
use convlens_svd::{ConditionNumber, Geometry, NormBracket, Rung};
use serde::{Deserialize, Serialize};

use super::separation::LayerSeparation;
use crate::outcome::Outcome;

/// One linear layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LayerAnalysis {
    /// The layer's name in the file, unique within the model.
    pub name: String,
    /// Its operator.
    pub kind: LayerKind,
    /// The name of its weight tensor.
    pub weight: String,
    /// The type in which the file keeps the weights.
    pub dtype: DType,
    /// The kernel's shape, `[c_out, c_in / groups, k..]` (`[c_in, c_out / groups, k..]` for a
    /// transposed convolution).
    pub shape: Vec<usize>,
    /// Stride, dilation, padding and groups.
    pub geometry: Geometry,
    /// The spatial size of the layer's input, where it is known.
    pub grid: Option<Vec<usize>>,
    /// What the file did not say and was taken for granted, in words.
    pub assumptions: Vec<String>,
    /// The SVD of the unfolded kernel.
    pub unfolding: UnfoldingSummary,
    /// The spectrum of the layer as an operator on images of its grid, under periodic padding.
    pub operator: Outcome<OperatorSummary>,
    /// The operator norm under the layer's own padding, between certified bounds.
    pub norm: Outcome<NormBracket>,
    /// Random-matrix statistics of the unfolded kernel.
    pub statistics: Outcome<LayerStatistics>,
    /// How well the layer's leading directions separate the classes.
    pub separation: Outcome<LayerSeparation>,
}

/// The SVD of a kernel unfolded to a matrix, each output filter one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UnfoldingSummary {
    /// Rows of the matrix (of each group's): output channels.
    pub rows: usize,
    /// Columns: input channels times kernel positions.
    pub cols: usize,
    /// How many such matrices there are.
    pub groups: usize,
    /// All singular values, descending.
    pub singular_values: Vec<f64>,
    /// Singular values above `max(rows, cols) * eps * sigma_max`; above `sqrt(8 * max(rows, cols) * eps) * sigma_max` where
    /// `rung` is [`Rung::Gram`].
    pub rank: usize,
    /// `|W|_F^2 / |W|_2^2`.
    pub stable_rank: f64,
    /// `|W|_F`.
    pub frobenius_norm: f64,
    /// Which algorithm gave the decomposition.
    pub rung: Rung,
}

/// The spectrum of the convolution as an operator on periodic images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OperatorSummary {
    /// The spatial size of the input.
    pub grid: Vec<usize>,
    /// How many singular values there are.
    pub count: usize,
    /// The largest one.
    pub norm: f64,
    /// The smallest one.
    pub smallest: f64,
    /// Their ratio.
    pub condition_number: ConditionNumber,
    /// 129 singular values at evenly spaced ranks, descending, the largest and smallest included;
    /// all of them where there are fewer.
    pub quantiles: Vec<f64>,
}

/// Random-matrix statistics of the eigenvalues of `W^T W / N`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LayerStatistics {
    /// The empirical spectral density: the eigenvalues, ascending.
    pub esd: Esd,
    /// The bulk and the spikes above its edge.
    pub marchenko_pastur: MpOutcome,
    /// The tail.
    pub power_law: PowerLawOutcome,
    /// The metrics under WeightWatcher's names, in this crate's conventions.
    pub metrics: LayerMetrics,
    /// Which of the 5+1 phases of Martin and Mahoney the spectrum looks like, with the evidence.
    pub phase: PhaseOutcome,
}

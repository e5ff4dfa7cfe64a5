//! One row of the table of layers, and what its columns mean.

use std::fmt;
use std::str::FromStr;

use convlens::rmt::{bulk, tail};
use convlens::svd::{Algorithm, ConditionNumber, NormBracket, PaddingMode, norm};
use convlens::{
    Analysis, BasisKind, LayerAnalysis,
    analysis::{LayerStatistics, SkippedLayer},
};
use serde::{Deserialize, Serialize};

use crate::derived::{directions_for_energy, no_bulk, no_tail, noise_directions_for_energy};

/// What a column of a table holds. Every value may be missing, except those of `model` and
/// `status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ColumnKind {
    /// Text in UTF-8.
    Text,
    /// A non-negative integer.
    Integer,
    /// A finite `f64`.
    Real,
}

/// A column of the table of layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Column {
    /// Its name: that of the field of [`LayerRow`].
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
    /// What it means, with its unit.
    pub meaning: &'static str,
}

const fn column(name: &'static str, kind: ColumnKind, meaning: &'static str) -> Column {
    Column {
        name,
        kind,
        meaning,
    }
}

const fn text(name: &'static str, meaning: &'static str) -> Column {
    column(name, ColumnKind::Text, meaning)
}

const fn integer(name: &'static str, meaning: &'static str) -> Column {
    column(name, ColumnKind::Integer, meaning)
}

const fn real(name: &'static str, meaning: &'static str) -> Column {
    column(name, ColumnKind::Real, meaning)
}

/// All columns, in the order of the files.
pub const COLUMNS: &[Column] = &[
    text("model", "the model, as its path was given"),
    text("format", "its file format"),
    text(
        "status",
        "`analyzed`, `skipped` (a layer) or `failed` (a whole model)",
    ),
    text("reason", "why a layer was skipped or a model failed"),
    text("layer", "the layer's name in the file"),
    text("kind", "its operator"),
    text("weight", "the name of its weight tensor"),
    text("dtype", "the type in which the file stores the weights"),
    text("shape", "the kernel's shape, joined by `x`"),
    text("stride", "stride for each axis; empty for a dense layer"),
    text("dilation", "dilation for each axis"),
    text(
        "padding",
        "padding before and after for each axis, `1:1x1:1`",
    ),
    text(
        "padding_mode",
        "what the padding is filled with: `zeros`, `circular`, `reflect` or `replicate`",
    ),
    integer("groups", "channel groups"),
    text("grid", "the spatial size of the layer's input, where known"),
    text(
        "assumptions",
        "what the file did not say and was assumed; empty: nothing",
    ),
    integer("weights", "number of weights"),
    integer("rows", "rows of one group's unfolding"),
    integer("cols", "columns of one group's unfolding"),
    text(
        "algorithm",
        "the algorithm that computed the singular values; `gram`: those under 1.5e-8 of the largest are lost",
    ),
    integer(
        "singular_values",
        "number of singular values of the unfolding, over all groups",
    ),
    integer(
        "rank",
        "singular values of the unfolding that are not zero in floating point",
    ),
    real(
        "spectral_norm",
        "largest singular value of the unfolding, in the unit of a weight",
    ),
    real("sigma_2", "second singular value of the unfolding"),
    real("sigma_3", "third singular value of the unfolding"),
    real(
        "frobenius_norm",
        "root of the sum of squared weights, in the unit of a weight",
    ),
    real(
        "stable_rank",
        "squared Frobenius norm over squared spectral norm",
    ),
    integer(
        "directions_90",
        "leading singular directions that hold 90% of the sum of squared weights",
    ),
    integer("directions_90_noise", "the same for noise of this shape"),
    real(
        "operator_norm_lower",
        "lower end of the bracket of the layer's norm as an operator",
    ),
    real("operator_norm_upper", "its upper end"),
    text(
        "operator_norm_grid",
        "the grid that the bracket holds for; empty: all grids",
    ),
    text(
        "operator_norm_padding",
        "the padding that the bracket holds for",
    ),
    text(
        "operator_norm_method",
        "the method that gave the bracket, in one word",
    ),
    text("operator_norm_reason", "why there is no bracket"),
    real(
        "operator_smallest",
        "smallest singular value of the operator under periodic padding",
    ),
    real(
        "condition_number",
        "largest over smallest singular value of the operator under periodic padding; missing where it is infinite",
    ),
    text("operator_reason", "why there is no operator spectrum"),
    integer("eigenvalues", "number of eigenvalues of W^T W / N"),
    real("largest_eigenvalue", "the largest of them"),
    text(
        "bulk",
        "outcome of the Marchenko-Pastur fit: `fit`, `too_few_eigenvalues`, `rank_deficient` or `no_bulk`",
    ),
    text("bulk_reason", "why no bulk was fitted"),
    real(
        "mp_sigma",
        "standard deviation of the noise entries, in the unit of a weight",
    ),
    real(
        "mp_edge",
        "upper edge of the bulk, an eigenvalue of W^T W / N",
    ),
    integer(
        "mp_spikes",
        "eigenvalues past the edge, at the false-alarm rate",
    ),
    real(
        "mp_ks_distance",
        "Kolmogorov-Smirnov distance of the bulk to its law",
    ),
    text(
        "tail",
        "outcome of the power-law fit: `fit`, `not_enough_tail` or `all_equal`",
    ),
    text("tail_reason", "why no tail was fitted"),
    real("alpha", "exponent of the tail of the eigenvalues' density"),
    real(
        "alpha_std_err",
        "its standard error at a known `alpha_xmin`",
    ),
    real("alpha_lower", "lower end of its bootstrap interval"),
    real("alpha_upper", "upper end of its bootstrap interval"),
    real("alpha_level", "nominal coverage of the interval"),
    text(
        "alpha_interval_reason",
        "why the bootstrap gave no interval",
    ),
    real("alpha_xmin", "the eigenvalue where the tail begins"),
    real(
        "alpha_ks_distance",
        "Kolmogorov-Smirnov distance of the tail to its law",
    ),
    integer("alpha_tail", "eigenvalues in the tail"),
    integer(
        "alpha_positive",
        "positive eigenvalues, of which the tail is a part",
    ),
    text(
        "phase",
        "the phase of Martin and Mahoney that the spectrum looks like",
    ),
    text(
        "statistics_reason",
        "why there are no random-matrix statistics",
    ),
    integer(
        "directions",
        "directions of each basis on which separation was measured",
    ),
    real(
        "accuracy",
        "held-out accuracy of the class profiles in the singular basis, 0 to 1",
    ),
    real("accuracy_null", "its mean over label permutations"),
    real(
        "accuracy_effect",
        "its distance from that mean, in standard deviations of the permutations; missing where they have no spread",
    ),
    real("accuracy_p", "its p-value against permuted labels"),
    real(
        "accuracy_p_adjusted",
        "the same, corrected over the layers (max-T); missing where one layer was measured",
    ),
    real(
        "accuracy_channels",
        "the same accuracy with the loudest raw channels",
    ),
    real(
        "accuracy_rotation",
        "the same accuracy with a random rotation, the first draw",
    ),
    real(
        "accuracy_rotation_lowest",
        "the lowest over all random rotations",
    ),
    real(
        "accuracy_rotation_highest",
        "the highest over all random rotations",
    ),
    text("separation_reason", "why there is no separation"),
];

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RowStatus {
    /// A layer that was analyzed.
    #[default]
    Analyzed,
    /// A part with weights that was skipped.
    Skipped,
    /// A model that could not be analyzed.
    Failed,
}

/// Sizes along the axes of a tensor, written `64x3x3`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sizes(pub Vec<usize>);

impl Sizes {
    /// The sizes; `None` for none.
    fn of(sizes: &[usize]) -> Option<Self> {
        (!sizes.is_empty()).then(|| Sizes(sizes.to_vec()))
    }

    /// One size where all are equal, as `1` for a stride of `1x1`; otherwise all.
    #[must_use]
    pub fn short(&self) -> String {
        match self.0.as_slice() {
            [first, rest @ ..] if rest.iter().all(|size| size == first) => first.to_string(),
            _ => self.to_string(),
        }
    }
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        join(f, self.0.iter())
    }
}

impl FromStr for Sizes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let sizes = text.split('x').map(str::parse).collect::<Result<_, _>>();
        sizes
            .map(Sizes)
            .map_err(|_| format!("`{text}` is not like 64x3x3"))
    }
}

/// Padding before and after along each axis, written `1:1x0:1`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pads(pub Vec<(usize, usize)>);

impl Pads {
    /// One number where all are equal, as `1` for a padding of `1:1x1:1`; otherwise all.
    #[must_use]
    pub fn short(&self) -> String {
        match self.0.as_slice() {
            [(first, _), ..] if self.0.iter().all(|pad| *pad == (*first, *first)) => {
                first.to_string()
            }
            _ => self.to_string(),
        }
    }
}

impl fmt::Display for Pads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        join(f, self.0.iter().map(|(a, b)| format!("{a}:{b}")))
    }
}

impl FromStr for Pads {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let axis = |axis: &str| {
            let (before, after) = axis.split_once(':')?;
            Some((before.parse().ok()?, after.parse().ok()?))
        };
        let pads = text.split('x').map(axis).collect::<Option<_>>();
        pads.map(Pads)
            .ok_or_else(|| format!("`{text}` is not like 1:1x0:1"))
    }
}

fn join(f: &mut fmt::Formatter<'_>, parts: impl Iterator<Item = impl ToString>) -> fmt::Result {
    let parts: Vec<String> = parts.map(|part| part.to_string()).collect();
    f.pad(&parts.join("x"))
}

impl TryFrom<String> for Sizes {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Sizes> for String {
    fn from(sizes: Sizes) -> String {
        sizes.to_string()
    }
}

impl TryFrom<String> for Pads {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Pads> for String {
    fn from(pads: Pads) -> String {
        pads.to_string()
    }
}

/// One layer of one model; one skipped part; or one model that failed. [`COLUMNS`] gives the
/// meaning and the unit of each field.
///
/// The terminal's tables, the overview of the page and the files that
/// [`TableWriter`](crate::tables::TableWriter) writes all show these values.
///
/// # Example
///
/// ```
/// use convlens_report::tables::{LayerRow, RowStatus};
///
/// let row = LayerRow::of_failure("zoo/broken.pth", "not a checkpoint");
/// assert_eq!(row.status, RowStatus::Failed);
/// assert_eq!(row.reason.as_deref(), Some("not a checkpoint"));
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "COLUMNS has the meaning of each")]
#[doc(alias("dataframe", "record"))]
pub struct LayerRow {
    pub model: String,
    pub format: Option<String>,
    pub status: RowStatus,
    pub reason: Option<String>,
    pub layer: Option<String>,
    pub kind: Option<String>,
    pub weight: Option<String>,
    pub dtype: Option<String>,
    pub shape: Option<Sizes>,
    pub stride: Option<Sizes>,
    pub dilation: Option<Sizes>,
    pub padding: Option<Pads>,
    pub padding_mode: Option<String>,
    pub groups: Option<u64>,
    pub grid: Option<Sizes>,
    pub assumptions: Option<String>,
    pub weights: Option<u64>,
    pub rows: Option<u64>,
    pub cols: Option<u64>,
    pub algorithm: Option<String>,
    pub singular_values: Option<u64>,
    pub rank: Option<u64>,
    pub spectral_norm: Option<f64>,
    pub sigma_2: Option<f64>,
    pub sigma_3: Option<f64>,
    pub frobenius_norm: Option<f64>,
    pub stable_rank: Option<f64>,
    pub directions_90: Option<u64>,
    pub directions_90_noise: Option<u64>,
    pub operator_norm_lower: Option<f64>,
    pub operator_norm_upper: Option<f64>,
    pub operator_norm_grid: Option<Sizes>,
    pub operator_norm_padding: Option<String>,
    pub operator_norm_method: Option<String>,
    pub operator_norm_reason: Option<String>,
    pub operator_smallest: Option<f64>,
    pub condition_number: Option<f64>,
    pub operator_reason: Option<String>,
    pub eigenvalues: Option<u64>,
    pub largest_eigenvalue: Option<f64>,
    pub bulk: Option<String>,
    pub bulk_reason: Option<String>,
    pub mp_sigma: Option<f64>,
    pub mp_edge: Option<f64>,
    pub mp_spikes: Option<u64>,
    pub mp_ks_distance: Option<f64>,
    pub tail: Option<String>,
    pub tail_reason: Option<String>,
    pub alpha: Option<f64>,
    pub alpha_std_err: Option<f64>,
    pub alpha_lower: Option<f64>,
    pub alpha_upper: Option<f64>,
    pub alpha_level: Option<f64>,
    pub alpha_interval_reason: Option<String>,
    pub alpha_xmin: Option<f64>,
    pub alpha_ks_distance: Option<f64>,
    pub alpha_tail: Option<u64>,
    pub alpha_positive: Option<u64>,
    pub phase: Option<String>,
    pub statistics_reason: Option<String>,
    pub directions: Option<u64>,
    pub accuracy: Option<f64>,
    pub accuracy_null: Option<f64>,
    pub accuracy_effect: Option<f64>,
    pub accuracy_p: Option<f64>,
    pub accuracy_p_adjusted: Option<f64>,
    pub accuracy_channels: Option<f64>,
    pub accuracy_rotation: Option<f64>,
    pub accuracy_rotation_lowest: Option<f64>,
    pub accuracy_rotation_highest: Option<f64>,
    pub separation_reason: Option<String>,
}

impl LayerRow {
    /// The rows of an analysis: its layers in their order, then what was skipped. `model` is the
    /// value of the first column.
    #[must_use]
    pub fn of_analysis(model: &str, analysis: &Analysis) -> Vec<LayerRow> {
        let base = LayerRow {
            model: model.to_owned(),
            format: analysis.model.format.map(|f| f.name().to_owned()),
            ..LayerRow::default()
        };
        let layers = analysis.layers.iter().map(|layer| base.layer(layer));
        let skipped = analysis.skipped.iter().map(|part| base.skipped(part));
        layers.chain(skipped).collect()
    }

    /// The row of a model that could not be analyzed.
    #[must_use]
    pub fn of_failure(model: &str, reason: &str) -> LayerRow {
        LayerRow {
            model: model.to_owned(),
            status: RowStatus::Failed,
            reason: Some(reason.to_owned()),
            ..LayerRow::default()
        }
    }

    fn skipped(&self, part: &SkippedLayer) -> LayerRow {
        LayerRow {
            status: RowStatus::Skipped,
            reason: Some(part.reason.clone()),
            layer: Some(part.name.clone()),
            kind: Some(part.kind.clone()),
            ..self.clone()
        }
    }

    fn layer(&self, l: &LayerAnalysis) -> LayerRow {
        let (geometry, unfolding) = (&l.geometry, &l.unfolding);
        let values = &unfolding.singular_values;
        let pads = geometry.padding();
        let assumptions = l.assumptions.join("; ");
        let mut row = LayerRow {
            layer: Some(l.name.clone()),
            kind: Some(l.kind.to_string()),
            weight: l.weight.clone(),
            dtype: l.dtype.map(|d| d.to_string()),
            shape: Sizes::of(&l.shape),
            stride: Sizes::of(geometry.stride()),
            dilation: Sizes::of(geometry.dilation()),
            padding: (!pads.is_empty()).then(|| Pads(pads.to_vec())),
            padding_mode: (!pads.is_empty())
                .then(|| padding_mode(geometry.padding_mode()).to_owned()),
            groups: Some(geometry.groups() as u64),
            grid: l.grid.as_deref().and_then(Sizes::of),
            assumptions: (!assumptions.is_empty()).then_some(assumptions),
            weights: Some(l.shape.iter().product::<usize>() as u64),
            rows: Some(unfolding.rows as u64),
            cols: Some(unfolding.cols as u64),
            algorithm: Some(algorithm(unfolding.algorithm).to_owned()),
            singular_values: Some(values.len() as u64),
            rank: Some(unfolding.rank as u64),
            spectral_norm: values.first().copied(),
            sigma_2: values.get(1).copied(),
            sigma_3: values.get(2).copied(),
            frobenius_norm: Some(unfolding.frobenius_norm),
            stable_rank: Some(unfolding.stable_rank),
            directions_90: Some(directions_for_energy(values) as u64),
            directions_90_noise: Some(noise_directions_for_energy(unfolding) as u64),
            operator_norm_reason: l.norm.reason().map(str::to_owned),
            operator_reason: l.operator.reason().map(str::to_owned),
            statistics_reason: l.statistics.reason().map(str::to_owned),
            ..self.clone()
        };
        if let Some(norm) = l.norm.value() {
            row.operator_norm_lower = Some(norm.lower);
            row.operator_norm_upper = Some(norm.upper);
            row.operator_norm_grid = norm.grid.as_deref().and_then(Sizes::of);
            row.operator_norm_padding = Some(norm_padding(norm).to_owned());
            row.operator_norm_method = Some(norm_method(norm).to_owned());
        }
        if let Some(operator) = l.operator.value() {
            row.operator_smallest = Some(operator.smallest);
            row.condition_number = match operator.condition_number {
                ConditionNumber::Finite(ratio) => Some(ratio),
                ConditionNumber::Infinite => None,
            };
        }
        if let Some(statistics) = l.statistics.value() {
            row.statistics(statistics);
        }
        row.separation(l);
        row
    }

    fn statistics(&mut self, statistics: &LayerStatistics) {
        self.eigenvalues = Some(statistics.esd.m() as u64);
        self.largest_eigenvalue = Some(statistics.esd.largest());
        self.bulk = Some(bulk(&statistics.marchenko_pastur).to_owned());
        self.bulk_reason = no_bulk(&statistics.marchenko_pastur);
        if let Some(fit) = statistics.marchenko_pastur.value() {
            self.mp_sigma = Some(fit.sigma);
            self.mp_edge = Some(fit.bulk_upper);
            self.mp_spikes = Some(fit.spikes as u64);
            self.mp_ks_distance = Some(fit.ks_distance);
        }
        self.tail = Some(tail(&statistics.power_law).to_owned());
        self.tail_reason = no_tail(&statistics.power_law);
        if let Some(fit) = statistics.power_law.value() {
            self.alpha = Some(fit.alpha);
            self.alpha_std_err = Some(fit.alpha_std_err);
            self.alpha_xmin = Some(fit.xmin);
            self.alpha_ks_distance = Some(fit.ks_distance);
            self.alpha_tail = Some(fit.n_tail as u64);
            self.alpha_positive = Some(fit.n as u64);
            if let Some(bootstrap) = fit.intervals() {
                self.alpha_lower = Some(bootstrap.alpha.lower);
                self.alpha_upper = Some(bootstrap.alpha.upper);
                self.alpha_level = Some(bootstrap.level);
            } else {
                self.alpha_interval_reason = fit.bootstrap.as_ref().map(ToString::to_string);
            }
        }
        self.phase = statistics.phase.phase().map(|p| p.name().to_owned());
    }

    fn separation(&mut self, l: &LayerAnalysis) {
        self.separation_reason = l.separation.reason().map(str::to_owned);
        let Some(found) = l.separation.value() else {
            return;
        };
        self.directions = Some(found.directions as u64);
        let accuracy = |kind| found.basis(kind).map(|s| &s.accuracy);
        if let Some(singular) = accuracy(BasisKind::Singular) {
            self.accuracy = Some(singular.observed);
            self.accuracy_null = Some(singular.null_mean);
            self.accuracy_effect = singular.effect;
            self.accuracy_p = Some(singular.p_value);
            self.accuracy_p_adjusted = singular.p_adjusted;
        }
        self.accuracy_channels = accuracy(BasisKind::Channels).map(|m| m.observed);
        self.accuracy_rotation = accuracy(BasisKind::Rotation).map(|m| m.observed);
        let rotations = || found.bases.rotations.accuracies.iter().copied();
        self.accuracy_rotation_lowest = rotations().reduce(f64::min);
        self.accuracy_rotation_highest = rotations().reduce(f64::max);
    }
}

fn algorithm(rung: Algorithm) -> &'static str {
    match rung {
        Algorithm::Direct => "direct",
        Algorithm::Transpose => "transpose",
        _ => "gram",
    }
}

pub(crate) fn padding_mode(mode: PaddingMode) -> &'static str {
    match mode {
        PaddingMode::Zeros => "zeros",
        PaddingMode::Circular => "circular",
        PaddingMode::Reflect => "reflect",
        PaddingMode::Replicate => "replicate",
        _ => "other",
    }
}

/// For which padding a bracket holds.
pub(crate) fn norm_padding(norm: &NormBracket) -> &'static str {
    match (&norm.method, norm.padding) {
        (norm::Method::Dense, _) => "none",
        (_, norm::Padding::Zeros) => "zeros",
        (_, norm::Padding::Circular) => "circular",
        (_, norm::Padding::ZerosOrCircular) => "zeros or circular",
        _ => "other",
    }
}

/// By which method, in one word.
fn norm_method(norm: &NormBracket) -> &'static str {
    match norm.method {
        norm::Method::Dense => "matrix",
        norm::Method::CircularSpectrum => "Fourier",
        norm::Method::DavidsonAndEmbedding { .. } => "Davidson",
        norm::Method::DavidsonAndCholesky { .. } => "Cholesky",
        norm::Method::TorusSamples { .. } => "torus",
        norm::Method::GramIteration { .. } | norm::Method::GramIterationInSpace { .. } => "Gram",
        norm::Method::ReshapedNorms { .. } => "reshaped",
        _ => "other",
    }
}

fn bulk(outcome: &bulk::Outcome) -> &'static str {
    match outcome {
        bulk::Outcome::Fit(_) => "fit",
        bulk::Outcome::TooFewEigenvalues { .. } => "too_few_eigenvalues",
        bulk::Outcome::RankDeficient { .. } => "rank_deficient",
        bulk::Outcome::NoBulk { .. } => "no_bulk",
        _ => "other",
    }
}

fn tail(outcome: &tail::Outcome) -> &'static str {
    match outcome {
        tail::Outcome::Fit(_) => "fit",
        tail::Outcome::NotEnoughTail { .. } => "not_enough_tail",
        tail::Outcome::AllEqual { .. } => "all_equal",
        tail::Outcome::NoExponent { .. } => "no_exponent",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_joined_by_crosses() {
        let sizes = |sizes: &[usize]| Sizes(sizes.to_vec());
        assert_eq!(sizes(&[64, 3, 3]).to_string(), "64x3x3");
        assert_eq!(Sizes::of(&[]), None);
        assert_eq!("64x3x3".parse(), Ok(sizes(&[64, 3, 3])));
        assert_eq!(sizes(&[2, 2]).short(), "2");
        assert_eq!(sizes(&[2, 1]).short(), "2x1");
        for bad in ["", "x", "3x", "-1", "1.5"] {
            assert!(bad.parse::<Sizes>().is_err(), "{bad}");
        }
    }

    #[test]
    fn pads_say_both_sides_where_they_differ() {
        let pads = |pads: &[(usize, usize)]| Pads(pads.to_vec());
        assert_eq!(pads(&[(1, 1), (0, 1)]).to_string(), "1:1x0:1");
        assert_eq!("1:1x0:1".parse(), Ok(pads(&[(1, 1), (0, 1)])));
        assert_eq!(pads(&[(1, 1), (1, 1)]).short(), "1");
        assert_eq!(pads(&[(0, 1), (0, 1)]).short(), "0:1x0:1");
        for bad in ["", "1", "1:", "1:1x", "1:-1"] {
            assert!(bad.parse::<Pads>().is_err(), "{bad}");
        }
    }
}

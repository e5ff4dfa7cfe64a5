//! One row of the table of layers.

use convlens::analysis::{LayerStatistics, SkippedLayer};
use convlens::rmt::{MpOutcome, PowerLawOutcome};
use convlens::svd::{ConditionNumber, Rung};
use convlens::{Analysis, BasisKind, LayerAnalysis};
use serde::{Deserialize, Serialize};

/// What a row speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RowStatus {
    /// A layer that was analysed.
    #[default]
    Analysed,
    /// A part with weights that was left out.
    Skipped,
    /// A model that could not be analysed.
    Failed,
}

/// One layer of one model; one skipped part; or one model that failed. [`COLUMNS`](crate::COLUMNS) gives the meaning and
/// the unit of each field.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "COLUMNS has the meaning of each")]
pub struct LayerRow {
    pub model: String,
    pub format: Option<String>,
    pub status: RowStatus,
    pub reason: Option<String>,
    pub layer: Option<String>,
    pub kind: Option<String>,
    pub weight: Option<String>,
    pub dtype: Option<String>,
    pub shape: Option<String>,
    pub stride: Option<String>,
    pub dilation: Option<String>,
    pub padding: Option<String>,
    pub groups: Option<u64>,
    pub grid: Option<String>,
    pub weights: Option<u64>,
    pub rows: Option<u64>,
    pub cols: Option<u64>,
    pub rung: Option<String>,
    pub rank: Option<u64>,
    pub spectral_norm: Option<f64>,
    pub frobenius_norm: Option<f64>,
    pub stable_rank: Option<f64>,
    pub operator_norm_lower: Option<f64>,
    pub operator_norm_upper: Option<f64>,
    pub operator_norm_grid: Option<String>,
    pub operator_norm_reason: Option<String>,
    pub operator_smallest: Option<f64>,
    pub condition_number: Option<f64>,
    pub operator_reason: Option<String>,
    pub bulk: Option<String>,
    pub mp_sigma: Option<f64>,
    pub mp_edge: Option<f64>,
    pub mp_spikes: Option<u64>,
    pub mp_ks_distance: Option<f64>,
    pub tail: Option<String>,
    pub alpha: Option<f64>,
    pub alpha_lower: Option<f64>,
    pub alpha_upper: Option<f64>,
    pub alpha_level: Option<f64>,
    pub alpha_xmin: Option<f64>,
    pub alpha_ks_distance: Option<f64>,
    pub alpha_tail: Option<u64>,
    pub phase: Option<String>,
    pub statistics_reason: Option<String>,
    pub accuracy: Option<f64>,
    pub accuracy_p: Option<f64>,
    pub accuracy_channels: Option<f64>,
    pub accuracy_rotation: Option<f64>,
    pub separation_reason: Option<String>,
}

impl LayerRow {
    /// The rows of an analysis: its layers in their order, then what was skipped. `model` stands in the first column.
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

    /// The row of a model that could not be analysed.
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
        let pads = geometry.padding().iter().map(|(a, b)| format!("{a}:{b}"));
        let mut row = LayerRow {
            layer: Some(l.name.clone()),
            kind: Some(l.kind.to_string()),
            weight: l.weight.clone(),
            dtype: l.dtype.map(|d| d.to_string()),
            shape: joined(l.shape.iter()),
            stride: joined(geometry.stride().iter()),
            dilation: joined(geometry.dilation().iter()),
            padding: joined(pads),
            groups: Some(geometry.groups() as u64),
            grid: l.grid.as_ref().and_then(|grid| joined(grid.iter())),
            weights: Some(l.shape.iter().product::<usize>() as u64),
            rows: Some(unfolding.rows as u64),
            cols: Some(unfolding.cols as u64),
            rung: Some(rung(unfolding.rung).to_owned()),
            rank: Some(unfolding.rank as u64),
            spectral_norm: unfolding.singular_values.first().copied(),
            frobenius_norm: Some(unfolding.frobenius_norm),
            stable_rank: Some(unfolding.stable_rank),
            operator_norm_reason: l.norm.reason().map(str::to_owned),
            operator_reason: l.operator.reason().map(str::to_owned),
            statistics_reason: l.statistics.reason().map(str::to_owned),
            ..self.clone()
        };
        if let Some(norm) = l.norm.value() {
            row.operator_norm_lower = Some(norm.lower);
            row.operator_norm_upper = Some(norm.upper);
            row.operator_norm_grid = norm.grid.as_ref().and_then(|grid| joined(grid.iter()));
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
        self.bulk = Some(bulk(&statistics.marchenko_pastur).to_owned());
        if let Some(fit) = statistics.marchenko_pastur.fit() {
            self.mp_sigma = Some(fit.sigma);
            self.mp_edge = Some(fit.bulk_upper);
            self.mp_spikes = Some(fit.spikes as u64);
            self.mp_ks_distance = Some(fit.ks_distance);
        }
        self.tail = Some(tail(&statistics.power_law).to_owned());
        if let Some(fit) = statistics.power_law.fit() {
            self.alpha = Some(fit.alpha);
            self.alpha_xmin = Some(fit.xmin);
            self.alpha_ks_distance = Some(fit.ks_distance);
            self.alpha_tail = Some(fit.n_tail as u64);
            if let Some(bootstrap) = &fit.bootstrap {
                self.alpha_lower = Some(bootstrap.alpha.lower);
                self.alpha_upper = Some(bootstrap.alpha.upper);
                self.alpha_level = Some(bootstrap.level);
            }
        }
        self.phase = statistics.phase.phase().map(|p| p.name().to_owned());
    }

    fn separation(&mut self, l: &LayerAnalysis) {
        self.separation_reason = l.separation.reason().map(str::to_owned);
        let Some(found) = l.separation.value() else {
            return;
        };
        let accuracy = |kind| found.basis(kind).map(|s| &s.accuracy);
        let singular = accuracy(BasisKind::Singular);
        self.accuracy = singular.map(|m| m.observed);
        self.accuracy_p = singular.map(|m| m.p_adjusted.unwrap_or(m.p_value));
        self.accuracy_channels = accuracy(BasisKind::Channels).map(|m| m.observed);
        self.accuracy_rotation = accuracy(BasisKind::Rotation).map(|m| m.observed);
    }
}

/// Sizes joined by `x`; none for no sizes.
fn joined(sizes: impl Iterator<Item = impl ToString>) -> Option<String> {
    let sizes: Vec<String> = sizes.map(|n| n.to_string()).collect();
    (!sizes.is_empty()).then(|| sizes.join("x"))
}

fn rung(rung: Rung) -> &'static str {
    match rung {
        Rung::Direct => "direct",
        Rung::Transpose => "transpose",
        _ => "gram",
    }
}

fn bulk(outcome: &MpOutcome) -> &'static str {
    match outcome {
        MpOutcome::Fit(_) => "fit",
        MpOutcome::TooFewEigenvalues { .. } => "too_few_eigenvalues",
        MpOutcome::RankDeficient { .. } => "rank_deficient",
        MpOutcome::NoBulk { .. } => "no_bulk",
        _ => "other",
    }
}

fn tail(outcome: &PowerLawOutcome) -> &'static str {
    match outcome {
        PowerLawOutcome::Fit(_) => "fit",
        PowerLawOutcome::NotEnoughTail { .. } => "not_enough_tail",
        PowerLawOutcome::AllEqual { .. } => "all_equal",
        _ => "other",
    }
}

//! The curve of separation with depth, and its table.

use convlens::analysis::LayerSeparation;
use convlens::{Analysis, BasisKind, LayerAnalysis};

use super::measures::{effect, null, p_adjusted};
use crate::conclusions::{Comparison, comparisons};
use crate::error::ReportError;
use crate::figure::{Figure, accuracy, measures};
use crate::number::{p_value, percent};

/// What a reader takes home.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DepthView {
    pub(crate) figures: Vec<Figure>,
    pub(crate) rows: Vec<DepthRow>,
    pub(crate) permutations: usize,
    pub(crate) least_p: String,
}

/// One layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DepthRow {
    pub(crate) number: usize,
    pub(crate) name: String,
    pub(crate) directions: usize,
    pub(crate) bases: Vec<BasisCell>,
    /// The singular basis against the others, in the order of `bases` less the first.
    pub(crate) comparisons: Vec<ComparisonCell>,
}

/// One basis at one layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BasisCell {
    pub(crate) best: bool,
    pub(crate) accuracy: String,
    pub(crate) null: String,
    pub(crate) effect: String,
    pub(crate) p_adjusted: String,
}

/// One comparison of bases at one layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ComparisonCell {
    /// Inputs that only the singular basis, and only the other one, gets right.
    pub(crate) discordant: String,
    pub(crate) p: String,
}

impl DepthView {
    /// `None` where no layer was measured.
    pub(crate) fn new(analysis: &Analysis) -> Result<Option<Self>, ReportError> {
        let layers = &analysis.layers;
        let tests = comparisons(layers);
        let rows: Vec<DepthRow> = layers
            .iter()
            .enumerate()
            .filter_map(|(i, layer)| Some(row(i, layer, layer.separation.value()?, &tests)))
            .collect();
        if rows.is_empty() {
            return Ok(None);
        }
        let permutations = analysis.settings.permutations;
        Ok(Some(DepthView {
            figures: vec![accuracy(layers)?, measures(layers)?],
            rows,
            permutations,
            least_p: p_value(1.0 / (permutations as f64 + 1.0)),
        }))
    }
}

fn row(
    index: usize,
    layer: &LayerAnalysis,
    separation: &LayerSeparation,
    tests: &[Comparison],
) -> DepthRow {
    let best = separation.best().1.accuracy.observed;
    let cell = |kind: BasisKind| {
        let Some(found) = separation.basis(kind) else {
            return BasisCell {
                best: false,
                accuracy: "\u{2013}".into(),
                null: "\u{2013}".into(),
                effect: "\u{2013}".into(),
                p_adjusted: "\u{2013}".into(),
            };
        };
        let measure = &found.accuracy;
        BasisCell {
            best: measure.observed >= best,
            accuracy: percent(measure.observed),
            null: null(measure),
            effect: effect(measure),
            p_adjusted: p_adjusted(measure),
        }
    };
    let comparison = |other: BasisKind| {
        let test = tests.iter().find(|c| c.layer == index && c.other == other);
        ComparisonCell {
            discordant: test.map_or_else(
                || "\u{2013}".into(),
                |c| format!("{} : {}", c.test.only_a, c.test.only_b),
            ),
            p: test.map_or_else(|| "\u{2013}".into(), |c| p_value(c.p_adjusted)),
        }
    };
    DepthRow {
        number: index + 1,
        name: layer.name.clone(),
        directions: separation.directions,
        bases: [
            BasisKind::Singular,
            BasisKind::Channels,
            BasisKind::Rotation,
        ]
        .map(cell)
        .into(),
        comparisons: [BasisKind::Channels, BasisKind::Rotation]
            .map(comparison)
            .into(),
    }
}

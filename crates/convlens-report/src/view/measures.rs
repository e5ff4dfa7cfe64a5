//! Measures of separation beside their null.

use convlens::hypergraph::{Measure, MeasureKind, Separation};

use crate::number::{fixed, p_value};

/// One row: a measure in one basis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MeasureRow {
    /// The basis, in the first row of each.
    pub(crate) basis: Option<String>,
    pub(crate) name: &'static str,
    pub(crate) observed: String,
    pub(crate) null: String,
    pub(crate) effect: String,
    pub(crate) p: String,
    pub(crate) p_adjusted: String,
}

/// The measures in one basis.
pub(super) fn measure_rows(basis: &str, separation: &Separation) -> Vec<MeasureRow> {
    let rows = MeasureKind::ALL.into_iter().enumerate().map(|(i, kind)| {
        let measure = separation.measure(kind);
        MeasureRow {
            basis: (i == 0).then(|| basis.to_owned()),
            name: name(kind),
            observed: fixed(measure.observed, 3),
            null: null(measure),
            effect: effect(measure),
            p: p_value(measure.p_value),
            p_adjusted: p_adjusted(measure),
        }
    });
    rows.collect()
}

fn name(kind: MeasureKind) -> &'static str {
    match kind {
        MeasureKind::Purity => "purity",
        MeasureKind::Entropy => "entropy, nats (less is better)",
        MeasureKind::Modularity => "modularity",
        MeasureKind::JaccardSeparation => "Jaccard separation",
        MeasureKind::Accuracy => "held-out accuracy",
        MeasureKind::Agreement => "agreement with spectral clusters",
        _ => "another measure",
    }
}

/// "0.100 ± 0.012".
pub(super) fn null(measure: &Measure) -> String {
    format!(
        "{} \u{b1} {}",
        fixed(measure.null_mean, 3),
        fixed(measure.null_sd, 3)
    )
}

pub(super) fn effect(measure: &Measure) -> String {
    measure
        .effect
        .map_or_else(|| "no spread".into(), |e| fixed(e, 1))
}

pub(super) fn p_adjusted(measure: &Measure) -> String {
    measure
        .p_adjusted
        .map_or_else(|| "\u{2013}".into(), p_value)
}

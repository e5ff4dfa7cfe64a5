//! What the templates show: texts and figures, without any arithmetic left to do.

mod depth;
mod directions;
mod geometry;
mod header;
mod layer;
mod measures;
mod overview;
mod phase;
mod settings;
mod similarity;

pub(crate) use depth::DepthView;
pub(crate) use header::HeaderView;
pub(crate) use layer::LayerView;
pub(crate) use overview::{COLUMNS, Column, OverviewRow};
pub(crate) use settings::settings;

use convlens::rmt::{MpOutcome, PowerLawOutcome};

use crate::figure::Figure;

/// A name and what stands beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) name: &'static str,
    pub(crate) value: String,
    /// What the name means.
    pub(crate) meaning: &'static str,
}

impl Fact {
    fn new(name: &'static str, value: impl Into<String>, meaning: &'static str) -> Self {
        Fact {
            name,
            // No line break within an equation.
            value: value.into().replace(" = ", "\u{a0}=\u{a0}"),
            meaning,
        }
    }
}

/// The place of a figure: the figure, or why there is none.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Slot {
    Figure(Figure),
    Missing { title: &'static str, reason: String },
}

/// Why a spectrum has no fitted bulk; `None` if it has one.
pub(crate) fn no_bulk(outcome: &MpOutcome) -> Option<String> {
    Some(match outcome {
        MpOutcome::Fit(_) => return None,
        MpOutcome::TooFewEigenvalues { m: n, needed } => {
            format!("{n} eigenvalues are too few for a bulk, which takes {needed}")
        }
        MpOutcome::RankDeficient { rank, m } => {
            format!(
                "only {rank} of {m} eigenvalues are above zero, and noise of this shape would have none at zero"
            )
        }
        MpOutcome::NoBulk {
            spikes,
            m,
            ks_distance,
            largest_over_edge,
            ..
        } => {
            format!(
                "{spikes} of {m} eigenvalues lay past the edge and the rest went on splitting: no bulk with an edge (the whole spectrum is {ks_distance:.2} from the law of noise of its variance, and reaches {largest_over_edge:.1} times its edge)"
            )
        }
        other => format!("{other:?}"),
    })
}

/// Why a spectrum has no fitted tail; `None` if it has one.
pub(crate) fn no_tail(outcome: &PowerLawOutcome) -> Option<String> {
    Some(match outcome {
        PowerLawOutcome::Fit(_) => return None,
        PowerLawOutcome::NotEnoughTail { n, needed } => {
            format!("{n} positive eigenvalues are not enough for a tail, which takes {needed}")
        }
        PowerLawOutcome::AllEqual { n, .. } => {
            format!("all {n} positive eigenvalues are equal")
        }
        other => format!("{other:?}"),
    })
}

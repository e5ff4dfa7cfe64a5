//! The phase of a layer with its reasons, and the metrics that need no figure.

use convlens::analysis::LayerStatistics;
use convlens::rmt::{Phase, PhaseEvidence, PhaseOutcome};

use super::{Fact, no_bulk, no_tail};
use crate::number::{fixed, percent};

pub(super) fn phase_and_metrics(statistics: &LayerStatistics) -> Vec<Fact> {
    let phase = match &statistics.phase {
        PhaseOutcome::Classified(evidence) => {
            format!("{}: {}", evidence.phase.name(), reasons(evidence))
        }
        PhaseOutcome::TooFewEigenvalues { nonzero, needed } => {
            format!("none: {nonzero} eigenvalues above zero are too few, it takes {needed}")
        }
        other => format!("{other:?}"),
    };
    let mut facts = vec![Fact::new(
        "Phase",
        phase,
        "The nearest of the 5+1 phases of Martin and Mahoney (2021); neighbours are easily confused",
    )];
    let metrics = &statistics.metrics;
    let soft_rank = metrics.bulk.fit().map(|bulk| {
        let value = fixed(bulk.mp_softrank, 3);
        format!("\u{3bb}\u{208a} / \u{3bb}\u{2098}\u{2090}\u{2093} = {value}")
    });
    let entropy = metrics
        .entropy
        .map(|entropy| format!("matrix entropy {}", fixed(entropy, 3)));
    let shape: Vec<String> = soft_rank.into_iter().chain(entropy).collect();
    if !shape.is_empty() {
        facts.push(Fact::new(
            "Soft rank and entropy",
            shape.join("; "),
            "Bulk edge over the largest eigenvalue, 1 for noise; entropy of the eigenvalues, 1 where all are equal",
        ));
    }
    if let Some(tail) = metrics.tail.fit() {
        facts.push(Fact::new(
            "\u{3b1}-weighted norms",
            format!(
                "\u{3b1}\u{302} = {}, log\u{2081}\u{2080} \u{2211} \u{3bb}^\u{3b1} = {}",
                fixed(tail.alpha_weighted, 2),
                fixed(tail.log_alpha_norm, 2)
            ),
            "alpha_weighted, which is \u{3b1} times the decimal logarithm of the largest eigenvalue, and log_alpha_norm",
        ));
    }
    facts
}

/// The numbers that decided.
fn reasons(evidence: &PhaseEvidence) -> String {
    let tail = || match evidence.tail.fit() {
        Some(tail) => format!(
            "the tail has \u{3b1} = {} (heavy up to {})",
            fixed(tail.alpha, 2),
            evidence.options.heavy_alpha
        ),
        None => no_tail(&evidence.tail).unwrap_or_default(),
    };
    match evidence.phase {
        Phase::RankCollapse => format!(
            "{} of the eigenvalues are zero",
            percent(evidence.zero_share)
        ),
        Phase::BulkDecay | Phase::HeavyTailed => format!("{}; {}", bulk(evidence), tail()),
        Phase::RandomLike => format!("{}, and no spike", bulk(evidence)),
        Phase::BleedingOut | Phase::BulkSpikes => format!(
            "{}; the largest spike speaks of a direction at {} times the least strength that shows (apart from {})",
            bulk(evidence),
            evidence.strength.map_or_else(String::new, |s| fixed(s, 1)),
            evidence.options.separation
        ),
    }
}

fn bulk(evidence: &PhaseEvidence) -> String {
    match (evidence.bulk.fit(), evidence.ks_critical) {
        (Some(fit), Some(critical)) => {
            let limit = critical * evidence.options.misfit;
            let words = if fit.ks_distance <= limit {
                "as near to its law as noise"
            } else {
                "farther from its law than noise"
            };
            format!(
                "the bulk is {words} (D = {}, limit {})",
                fixed(fit.ks_distance, 3),
                fixed(limit, 3)
            )
        }
        _ => format!("no bulk: {}", no_bulk(&evidence.bulk).unwrap_or_default()),
    }
}

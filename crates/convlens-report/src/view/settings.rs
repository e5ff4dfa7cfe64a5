//! The settings of the analysis.

use convlens::Analysis;
use convlens::activations::Aggregation;
use convlens::hypergraph::IncidenceRule;

use super::Fact;
use crate::number::{count, level, short};

/// Every setting with its meaning.
pub(crate) fn settings(analysis: &Analysis) -> Vec<Fact> {
    let s = &analysis.settings;
    let aggregation = match s.aggregation {
        Aggregation::Max => "maximum over positions".to_owned(),
        Aggregation::Mean => "mean over positions".to_owned(),
        other => format!("{other:?}"),
    };
    let rule = match s.incidence_rule {
        IncidenceRule::TopQuantile { fraction } => format!("top {} of the inputs", level(fraction)),
        IncidenceRule::ZScore { threshold } => format!("z-score of at least {}", short(threshold)),
        IncidenceRule::CumulativeInfluence(rule) => {
            format!(
                "features that carry {} of the input's influence",
                level(rule.share)
            )
        }
        other => format!("{other:?}"),
    };
    let replicates = match s.bootstrap_replicates {
        0 => "none".to_owned(),
        n => count(n),
    };
    vec![
        Fact::new("seed", s.seed.to_string(), "Of every random draw"),
        Fact::new(
            "directions",
            count(s.directions),
            "Leading directions of a layer that become features, both signs",
        ),
        Fact::new(
            "aggregation",
            aggregation,
            "How a signal over positions becomes one number",
        ),
        Fact::new(
            "incidence rule",
            rule,
            "When an input belongs to the hyperedge of a feature",
        ),
        Fact::new(
            "exemplars",
            count(s.exemplars),
            "Inputs that stand for each feature of the singular basis",
        ),
        Fact::new(
            "rotations",
            count(s.rotations),
            "Random rotations of each layer that the singular basis is set beside",
        ),
        Fact::new(
            "permutations",
            count(s.permutations),
            "Label permutations of the null",
        ),
        Fact::new(
            "false-alarm rate",
            level(s.false_alarm_rate),
            "Nominal chance that noise of a layer's shape shows any spike",
        ),
        Fact::new(
            "bootstrap replicates",
            replicates,
            "For the interval of the tail exponent",
        ),
        Fact::new(
            "operator budget",
            format!("{} multiplications", short(s.operator_budget)),
            "Work that the operator spectrum or the norm of one layer may cost",
        ),
        Fact::new(
            "memory budget",
            format!("{} MiB", count((s.memory_budget >> 20) as usize)),
            "Memory that one layer may take",
        ),
    ]
}

//! What was analyzed, with what, and under which settings.

use convlens::activations::Aggregation;
use convlens::hypergraph::IncidenceRule;
use convlens::{Analysis, Outcome, analysis::InputSummary};

use super::fact::Fact;
use crate::number::{count, level, percent, short, sizes};

/// The head of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeaderView {
    pub(crate) model: String,
    pub(crate) facts: Vec<Fact>,
}

impl HeaderView {
    pub(crate) fn new(analysis: &Analysis) -> Self {
        let format = analysis.model.format;
        let mut facts = vec![
            Fact::new(
                "Format",
                format.map_or("no file", |format| format.name()),
                "Format of the model file",
            ),
            Fact::new(
                "Weights",
                count(analysis.model.weights),
                "Weights in the analyzed layers",
            ),
            Fact::new(
                "Layers",
                count(analysis.layers.len()),
                "Linear layers that were analyzed",
            ),
        ];
        match &analysis.inputs {
            Outcome::Value(inputs) => facts.extend(input_facts(inputs)),
            Outcome::Unavailable { reason } => {
                facts.push(Fact::new(
                    "Inputs",
                    reason.as_str(),
                    "Why the model was not run",
                ));
            }
        }
        facts.extend([
            Fact::new(
                "Seed",
                analysis.settings.seed.to_string(),
                "Seed of every random draw",
            ),
            Fact::new(
                "convlens",
                analysis.convlens_version.as_str(),
                "Version that made the analysis",
            ),
            Fact::new(
                "Schema",
                analysis.schema_version.to_string(),
                "Version of the analysis data",
            ),
        ]);
        let names = analysis.model.notes.iter();
        facts.extend(names.map(|note| {
            Fact::new(
                "Taken as",
                note.as_str(),
                "What was done to the file: to its names, to its layers",
            )
        }));
        HeaderView {
            model: analysis.model.name.clone(),
            facts,
        }
    }
}

fn input_facts(inputs: &InputSummary) -> Vec<Fact> {
    let total = inputs.count;
    let mut facts = vec![Fact::new(
        "Inputs",
        match &inputs.name {
            Some(name) => format!("{} ({name})", count(total)),
            None => count(total),
        },
        "Inputs on which the model was run",
    )];
    if let Some(shape) = &inputs.shape {
        facts.push(Fact::new("Input shape", sizes(shape), "Shape of one input"));
    }
    let classes = inputs.classes.map_or_else(|| "no labels".into(), count);
    facts.push(Fact::new(
        "Classes",
        classes,
        "Distinct labels of the inputs",
    ));
    if let Some(preprocessing) = &inputs.preprocessing {
        let what = "What was done to the images before the model saw them";
        facts.push(Fact::new("Images", preprocessing.to_string(), what));
    }
    if let Some(first) = inputs.left_out.first() {
        let number = count(inputs.left_out.len());
        facts.push(Fact::new(
            "Left out",
            format!("{number}; first {first}"),
            "Inputs that could not be used; the file of the analysis lists all",
        ));
    }
    if let Some(correct) = inputs.correct {
        let share = correct as f64 / total.max(1) as f64;
        let text = format!("{} / {} ({})", count(correct), count(total), percent(share));
        facts.push(Fact::new(
            "Model accuracy",
            text,
            "Inputs whose label is the index of the model's largest output",
        ));
    }
    facts
}

/// Every setting with its meaning.
pub(crate) fn settings(analysis: &Analysis) -> Vec<Fact> {
    let s = &analysis.settings;
    let aggregation = match s.aggregation {
        Aggregation::Max => "maximum over positions".to_owned(),
        Aggregation::Mean => "mean over positions".to_owned(),
        Aggregation::L2 => "Euclidean norm over positions".to_owned(),
        _ => "one that this version of the report does not know".to_owned(),
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
        _ => "one that this version of the report does not know".to_owned(),
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

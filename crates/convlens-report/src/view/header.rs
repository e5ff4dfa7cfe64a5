//! What was analysed, with what.

use convlens::analysis::InputSummary;
use convlens::{Analysis, Outcome};

use super::Fact;
use crate::number::{count, percent, sizes};

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
                "Weights in the analysed layers",
            ),
            Fact::new(
                "Layers",
                count(analysis.layers.len()),
                "Linear layers that were analysed",
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

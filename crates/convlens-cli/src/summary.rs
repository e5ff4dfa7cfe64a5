//! The analysis as text for a terminal: what the layers do, whether it is learned, what it
//! separates.

mod number;
mod section;
mod tables;

use std::collections::BTreeMap;
use std::fmt::Write;

use convlens::activations::LeftOut;
use convlens::analysis::SkippedLayer;
use convlens::{Analysis, Outcome};

/// The whole text, ending in a line break.
pub(crate) fn text(analysis: &Analysis) -> String {
    let mut out = heading(analysis);
    let width = section::terminal_width();
    for section in tables::all(analysis) {
        out.push('\n');
        out.push_str(&section.text(width));
    }
    out.push('\n');
    for note in notes(analysis) {
        let _ = writeln!(out, "{note}");
    }
    out.push_str(&skipped(&analysis.skipped));
    out.push('\n');
    out
}

fn heading(analysis: &Analysis) -> String {
    let model = &analysis.model;
    let format = model.format.map_or("no file", |format| format.name());
    let layers = analysis.layers.len();
    let mut out = format!(
        "{} ({format}): {layers} linear layer{}, {} weights, seed {}\n",
        model.name,
        if layers == 1 { "" } else { "s" },
        model.weights,
        analysis.settings.seed
    );
    for note in &model.notes {
        let _ = writeln!(out, "Taken as: {note}");
    }
    match &analysis.inputs {
        Outcome::Value(inputs) => {
            let count = inputs.count;
            let name = inputs.name.as_deref().unwrap_or("Watched");
            let _ = write!(out, "{name}: {count} inputs");
            if let Some(classes) = inputs.classes {
                let _ = write!(out, ", {classes} classes");
            }
            if let Some(correct) = inputs.correct {
                let share = 100.0 * correct as f64 / count as f64;
                let _ = write!(
                    out,
                    ", {correct} classified correctly by the model ({share:.1}%)"
                );
            }
            out.push('\n');
            if let Some(preprocessing) = &inputs.preprocessing {
                let _ = writeln!(out, "Images: {preprocessing}");
            }
            out.push_str(&left_out(&inputs.left_out));
        }
        Outcome::Unavailable { reason } => {
            let _ = writeln!(out, "Class separation is left out: {reason}");
        }
    }
    out
}

fn left_out(inputs: &[LeftOut]) -> String {
    let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for input in inputs {
        by_reason
            .entry(&input.reason)
            .or_default()
            .push(&input.name);
    }
    let line = |(reason, names): (&&str, &Vec<&str>)| {
        let count = names.len();
        format!("Left out {count}, {}: {reason}\n", list(names))
    };
    by_reason.iter().map(line).collect()
}

/// What was assumed, and results that are missing for another reason than missing inputs.
fn notes(analysis: &Analysis) -> Vec<String> {
    let mut by_text: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for layer in &analysis.layers {
        let separation = match analysis.inputs {
            Outcome::Value(_) => layer.separation.reason(),
            Outcome::Unavailable { .. } => None,
        };
        let reasons = [
            ("operator spectrum", layer.operator.reason()),
            ("norm", layer.norm.reason()),
            ("statistics", layer.statistics.reason()),
            ("separation", separation),
        ];
        let missing = reasons
            .into_iter()
            .filter_map(|(what, reason)| Some(format!("no {what}: {}", reason?)));
        let free = layer
            .norm
            .value()
            .is_some_and(|n| n.grid.is_none() && layer.shape.len() > 2);
        let free = free.then(|| "the norm holds for every size of input, not for one".to_owned());
        for text in missing.chain(free).chain(layer.assumptions.iter().cloned()) {
            by_text.entry(text).or_default().push(&layer.name);
        }
    }
    by_text
        .into_iter()
        .map(|(text, layers)| format!("Note, {}: {text}", list(&layers)))
        .collect()
}

fn skipped(parts: &[SkippedLayer]) -> String {
    let mut by_reason: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for part in parts {
        by_reason
            .entry((&part.kind, &part.reason))
            .or_default()
            .push(&part.name);
    }
    let line = |((kind, reason), names): (&(&str, &str), &Vec<&str>)| {
        format!("Skipped {kind} {}: {reason}\n", list(names))
    };
    by_reason.iter().map(line).collect()
}

/// The first names, and how many more there are.
fn list(names: &[&str]) -> String {
    const SHOWN: usize = 4;
    let mut text = names
        .iter()
        .take(SHOWN)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > SHOWN {
        let _ = write!(text, " and {} more", names.len() - SHOWN);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_of_names_are_cut_with_their_number() {
        assert_eq!(list(&["a", "b"]), "a, b");
        assert_eq!(
            list(&["a", "b", "c", "d", "e", "f"]),
            "a, b, c, d and 2 more"
        );
    }

    #[test]
    fn skipped_parts_are_grouped_by_reason() {
        let part = |name: &str, reason: &str| -> SkippedLayer {
            let part = serde_json::json!({ "name": name, "kind": "LSTM", "reason": reason });
            serde_json::from_value(part).unwrap()
        };
        let text = skipped(&[part("x", "r"), part("y", "r"), part("z", "s")]);
        assert_eq!(text, "Skipped LSTM x, y: r\nSkipped LSTM z: s\n");
    }
}

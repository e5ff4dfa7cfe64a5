//! The analysis as text for a terminal: what each layer does, whether that is learned, and what it
//! separates.

use std::collections::BTreeMap;
use std::fmt::Write;

use convlens::activations::LeftOut;
use convlens::{Analysis, BasisKind, Outcome, analysis::SkippedLayer};
use convlens_report::number::{count, fixed, level, p_value, percent, plural, short};
use convlens_report::tables::LayerRow;

use crate::terminal::{self, Section, wrap};

/// What a cell without a value shows.
const NONE: &str = "-";

/// The whole text, ending in a line break.
pub(crate) fn text(analysis: &Analysis) -> String {
    let width = terminal::width();
    // Whole lines for other programs; whole words for people.
    let line = |line: &str| match width {
        Some(width) => wrap(line, width) + "\n",
        None => format!("{line}\n"),
    };
    let mut rows = LayerRow::of_analysis(&analysis.model.name, analysis);
    rows.truncate(analysis.layers.len());

    let mut out: String = heading(analysis).lines().map(line).collect();
    for section in sections(analysis, &rows) {
        out.push('\n');
        out.push_str(&section.text(width));
    }
    out.push('\n');
    for note in notes(analysis, &rows) {
        out.push_str(&line(&note));
    }
    for part in skipped(&analysis.skipped) {
        out.push_str(&line(&part));
    }
    out.push('\n');
    out
}

fn heading(analysis: &Analysis) -> String {
    let model = &analysis.model;
    let mut out = format!(
        "{} ({}): {}, {}, seed {}\n",
        model.name,
        model.format.map_or("no file", |format| format.name()),
        plural(analysis.layers.len(), "linear layer"),
        plural(model.weights, "weight"),
        analysis.settings.seed
    );
    for note in &model.notes {
        let _ = writeln!(out, "Model: {note}");
    }
    match &analysis.inputs {
        Outcome::Value(inputs) => {
            let total = inputs.count;
            let name = inputs.name.as_deref().unwrap_or("Monitor");
            let _ = write!(out, "{name}: {}", plural(total, "input"));
            if let Some(classes) = inputs.classes {
                let _ = write!(out, ", {} classes", count(classes));
            }
            if let Some(correct) = inputs.correct {
                let share = correct as f64 / total as f64;
                let _ = write!(
                    out,
                    ", {} classified correctly by the model ({})",
                    count(correct),
                    percent(share)
                );
            }
            out.push('\n');
            if let Some(preprocessing) = &inputs.preprocessing {
                let _ = writeln!(out, "Images: {preprocessing}");
            }
            out.push_str(&left_out(&inputs.left_out));
        }
        Outcome::Unavailable { reason } => {
            let _ = writeln!(out, "Class separation was not measured: {reason}");
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
        let inputs = plural(names.len(), "input");
        format!("Skipped {inputs}, {}: {reason}\n", list(names))
    };
    by_reason.iter().map(line).collect()
}

/// All sections, in the order of reading.
fn sections(analysis: &Analysis, rows: &[LayerRow]) -> Vec<Section> {
    let mut sections = vec![weights(rows), statistics(analysis, rows)];
    sections.extend(separation(analysis, rows));
    sections
}

fn text_or_none(value: Option<&impl ToString>) -> String {
    value.map_or_else(|| NONE.into(), ToString::to_string)
}

fn number(value: Option<f64>, show: impl Fn(f64) -> String) -> String {
    value.map_or_else(|| NONE.into(), show)
}

fn weights(rows: &[LayerRow]) -> Section {
    let header = [
        "layer",
        "kind",
        "shape",
        "geometry",
        "input size",
        "singular values",
        "operator norm",
    ];
    let row = |row: &LayerRow| {
        let grid = match (&row.grid, &row.stride) {
            (Some(grid), _) => grid.to_string(),
            (None, Some(_)) => "unknown".into(),
            (None, None) => NONE.into(),
        };
        vec![
            text_or_none(row.layer.as_ref()),
            text_or_none(row.kind.as_ref()),
            text_or_none(row.shape.as_ref()),
            geometry(row),
            grid,
            leading(row),
            norm(row),
        ]
    };
    Section::new(
        "What does each layer do?",
        "The three largest singular values of the unfolded kernel, and the norm of the layer as an operator \
         on its input, with its own padding.",
        &header,
        5,
        rows.iter().map(row).collect(),
    )
}

fn geometry(row: &LayerRow) -> String {
    let (Some(stride), Some(dilation), Some(padding)) = (&row.stride, &row.dilation, &row.padding)
    else {
        return NONE.into();
    };
    let mut parts = vec![format!("stride {}", stride.short())];
    if dilation.0.iter().any(|&d| d > 1) {
        parts.push(format!("dilation {}", dilation.short()));
    }
    parts.push(format!("pad {}", padding.short()));
    if let Some(groups) = row.groups.filter(|&groups| groups > 1) {
        parts.push(format!("groups {groups}"));
    }
    let assumed = if row.assumptions.is_some() {
        " (assumed)"
    } else {
        ""
    };
    format!("{}{assumed}", parts.join(", "))
}

fn leading(row: &LayerRow) -> String {
    let values = [row.spectral_norm, row.sigma_2, row.sigma_3];
    let shown: Vec<String> = values.into_iter().flatten().map(short).collect();
    let more = row.singular_values > Some(3);
    format!("{}{}", shown.join(" "), if more { " .." } else { "" })
}

/// A bracket as one number where its ends agree to the digits shown.
fn norm(row: &LayerRow) -> String {
    let (Some(lower), Some(upper)) = (row.operator_norm_lower, row.operator_norm_upper) else {
        return NONE.into();
    };
    let (lower, upper) = (fixed(lower, 3), fixed(upper, 3));
    if lower == upper {
        lower
    } else {
        format!("{lower} to {upper}")
    }
}

fn statistics(analysis: &Analysis, rows: &[LayerRow]) -> Section {
    let header = [
        "layer",
        "matrix",
        "rank",
        "MP edge",
        "spikes",
        "largest/edge",
        "alpha",
        "95% interval",
        "KS distance",
        "in tail",
    ];
    let row = |row: &LayerRow| {
        let matrix = match (row.rows, row.cols, row.groups) {
            (Some(rows), Some(cols), Some(groups)) if groups > 1 => {
                format!("{groups} of {rows}x{cols}")
            }
            (Some(rows), Some(cols), _) => format!("{rows}x{cols}"),
            _ => NONE.into(),
        };
        let ratio = row.largest_eigenvalue.zip(row.mp_edge).map(|(l, e)| l / e);
        let mut cells = vec![
            text_or_none(row.layer.as_ref()),
            matrix,
            text_or_none(row.rank.as_ref()),
            row.mp_edge
                .map_or_else(|| missing(row.bulk.as_ref()), short),
            text_or_none(row.mp_spikes.as_ref()),
            number(ratio, short),
        ];
        cells.extend(tail(row));
        cells
    };
    let rate = level(analysis.settings.false_alarm_rate);
    let caption = format!(
        "Eigenvalues of W^T W / N: upper edge of the fitted Marchenko-Pastur (MP) law, spikes past it \
         (false-alarm rate {rate}), and a power-law tail with exponent alpha."
    );
    let rows = rows.iter().map(row).collect();
    Section::new("Is it learned or noise?", &caption, &header, 2, rows)
}

/// Why there is no fit, in a word or two; the report has the reason in full.
fn missing(outcome: Option<&String>) -> String {
    match outcome.map(String::as_str) {
        Some("too_few_eigenvalues") => "too few",
        Some("rank_deficient") => "rank-deficient",
        Some("no_bulk") => "no bulk",
        Some("not_enough_tail" | "all_equal") => "no tail",
        _ => NONE,
    }
    .into()
}

fn tail(row: &LayerRow) -> [String; 4] {
    let Some(alpha) = row.alpha else {
        return [
            missing(row.tail.as_ref()),
            NONE.into(),
            NONE.into(),
            NONE.into(),
        ];
    };
    let interval = match (row.alpha_lower, row.alpha_upper) {
        (Some(lower), Some(upper)) => format!("{} to {}", fixed(lower, 2), fixed(upper, 2)),
        _ => number(row.alpha_std_err, |e| {
            format!("\u{b1} {} (1 se)", fixed(e, 2))
        }),
    };
    let of = |part: Option<u64>, all: Option<u64>| {
        part.zip(all)
            .map_or_else(|| NONE.into(), |(part, all)| format!("{part} of {all}"))
    };
    [
        fixed(alpha, 2),
        interval,
        number(row.alpha_ks_distance, |d| fixed(d, 3)),
        of(row.alpha_tail, row.alpha_positive),
    ]
}

fn separation(analysis: &Analysis, rows: &[LayerRow]) -> Option<Section> {
    let first = analysis.layers.iter().find_map(|l| l.separation.value())?;
    let options = &first.basis(BasisKind::Singular)?.options;
    let header = [
        "layer",
        "directions",
        "singular",
        "channels",
        "rotations",
        "null mean",
        "effect",
        "p",
        "adjusted p",
    ];
    let row = |row: &LayerRow| {
        vec![
            text_or_none(row.layer.as_ref()),
            text_or_none(row.directions.as_ref()),
            number(row.accuracy, percent),
            number(row.accuracy_channels, percent),
            range(row.accuracy_rotation_lowest, row.accuracy_rotation_highest),
            number(row.accuracy_null, percent),
            number(row.accuracy_effect, |z| format!("{} sd", fixed(z, 1))),
            number(row.accuracy_p, p_value),
            number(row.accuracy_p_adjusted, p_value),
        ]
    };
    let caption = format!(
        "Held-out accuracy of the nearest class profile, over singular directions, raw channels and {} (lowest \
         to highest). Effect and p compare the singular directions with {} label permutations; adjusted p is \
         corrected for the number of layers.",
        plural(analysis.settings.rotations, "random rotation"),
        count(options.permutations)
    );
    let rows = rows.iter().map(row).collect();
    let title = "Which directions separate the classes?";
    Some(Section::new(title, &caption, &header, 1, rows))
}

/// The lowest and the highest share.
fn range(lowest: Option<f64>, highest: Option<f64>) -> String {
    match (lowest, highest) {
        (Some(low), Some(high)) if low < high => format!("{}-{}", percent(low), percent(high)),
        (Some(low), _) => percent(low),
        _ => NONE.into(),
    }
}

/// What was assumed, and why results are missing, unless it is for missing inputs.
fn notes(analysis: &Analysis, rows: &[LayerRow]) -> Vec<String> {
    let mut by_text: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (layer, row) in analysis.layers.iter().zip(rows) {
        let separation = match analysis.inputs {
            Outcome::Value(_) => row.separation_reason.as_ref(),
            Outcome::Unavailable { .. } => None,
        };
        let reasons = [
            ("operator spectrum", row.operator_reason.as_ref()),
            ("norm", row.operator_norm_reason.as_ref()),
            ("statistics", row.statistics_reason.as_ref()),
            ("separation", separation),
        ];
        let missing = reasons
            .into_iter()
            .filter_map(|(what, reason)| Some(format!("no {what}: {}", reason?)));
        let any_size = row.stride.is_some()
            && row.operator_norm_upper.is_some()
            && row.operator_norm_grid.is_none();
        let any_size = any_size.then(|| {
            "the norm's bounds hold for every input size, because it is unknown".to_owned()
        });
        let assumptions = layer.assumptions.iter().cloned();
        for text in missing.chain(any_size).chain(assumptions) {
            by_text.entry(text).or_default().push(&layer.name);
        }
    }
    let mut notes: Vec<String> = by_text
        .into_iter()
        .map(|(text, layers)| format!("Note on {}: {text}", list(&layers)))
        .collect();
    if rows
        .iter()
        .any(|row| row.bulk_reason.is_some() || row.tail_reason.is_some())
    {
        notes.push("Note: the report has the reason for each missing fit of a bulk or tail".into());
    }
    notes
}

/// Skipped parts by kind and reason; where a kind has many reasons, the first of them.
fn skipped(parts: &[SkippedLayer]) -> Vec<String> {
    const REASONS: usize = 4;
    let mut kinds: BTreeMap<&str, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
    for part in parts {
        let reasons = kinds.entry(&part.kind).or_default();
        reasons.entry(&part.reason).or_default().push(&part.name);
    }
    let mut lines = Vec::new();
    for (kind, reasons) in kinds {
        if reasons.len() > REASONS {
            let mut all = parts.iter().filter(|part| part.kind == kind);
            let count = all.clone().count();
            if let Some(first) = all.next() {
                lines.push(format!(
                    "Skipped {count} {kind} parts, all listed in the report; the first: {}: {}",
                    first.name, first.reason
                ));
            }
            continue;
        }
        for (reason, names) in reasons {
            lines.push(format!("Skipped {kind} {}: {reason}", list(&names)));
        }
    }
    lines
}

/// The first names, and the number of the others.
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
        assert_eq!(text, ["Skipped LSTM x, y: r", "Skipped LSTM z: s"]);
    }
}

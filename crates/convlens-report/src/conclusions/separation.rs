//! Which directions separate the classes?

use convlens::analysis::LayerSeparation;
use convlens::hypergraph::Separation;
use convlens::{Analysis, BasisKind, LayerAnalysis};

use super::bases::bases;
use super::{Answer, extremes, have};
use crate::information::{SignedDirection, is_spike, ranked};
use crate::number::{fixed, p_value, percent, plural};

/// The level at which a difference is called significant.
pub(super) const LEVEL: f64 = 0.05;

pub(super) fn measured(
    layers: &[LayerAnalysis],
) -> impl Iterator<Item = (usize, &LayerSeparation)> {
    let layers = layers.iter().enumerate();
    layers.filter_map(|(i, l)| Some((i, l.separation.value()?)))
}

pub(super) fn answer(analysis: &Analysis) -> Answer {
    let question = "Which directions separate the classes?";
    let layers = &analysis.layers;
    let singular: Vec<(&LayerAnalysis, &Separation)> = measured(layers)
        .filter_map(|(i, s)| Some((&layers[i], s.basis(BasisKind::Singular)?)))
        .collect();
    let (Some(first), Some(last)) = (singular.first(), singular.last()) else {
        let reason = layers.iter().find_map(|l| l.separation.reason());
        let reason = analysis
            .inputs
            .reason()
            .or(reason)
            .unwrap_or("nothing was measured");
        return Answer {
            question,
            lead: format!("Separation was not measured: {reason}."),
            sentences: Vec::new(),
        };
    };
    let mut sentences = Vec::new();
    sentences.extend(significance(&singular));
    sentences.extend(single_directions(&singular));
    sentences.extend(bases(analysis));
    sentences.extend(missing(layers));
    Answer {
        question,
        lead: depth(first, last, &singular),
        sentences,
    }
}

fn depth(
    first: &(&LayerAnalysis, &Separation),
    last: &(&LayerAnalysis, &Separation),
    all: &[(&LayerAnalysis, &Separation)],
) -> String {
    let accuracy = |s: &Separation| percent(s.accuracy.observed);
    let majority = percent(first.1.held_out.majority_accuracy);
    if all.len() == 1 {
        return format!(
            "At {}, the nearest class profile over the leading singular directions names {} of the held-out inputs \
             rightly (always naming the largest class: {majority}).",
            first.0.name,
            accuracy(first.1)
        );
    }
    let change = last.1.accuracy.observed - first.1.accuracy.observed;
    let verb = if change > 0.0 {
        "rises"
    } else if change < 0.0 {
        "falls"
    } else {
        "stays"
    };
    let path = if change == 0.0 {
        format!(
            "at {} from {} to {}",
            accuracy(first.1),
            first.0.name,
            last.0.name
        )
    } else {
        format!(
            "from {} at {} to {} at {}",
            accuracy(first.1),
            first.0.name,
            accuracy(last.1),
            last.0.name
        )
    };
    let best = extremes(all, |(_, s)| s.accuracy.observed).map(|(_, best)| best);
    let peak = match best {
        Some((layer, s)) if s.accuracy.observed > last.1.accuracy.observed => {
            format!(", with its best, {}, at {}", accuracy(s), layer.name)
        }
        _ => String::new(),
    };
    format!(
        "Held-out nearest-class-profile accuracy over the leading singular directions {verb} {path}{peak} (always \
         naming the largest class: {majority})."
    )
}

fn significance(all: &[(&LayerAnalysis, &Separation)]) -> Option<String> {
    let p = |s: &Separation| s.accuracy.p_adjusted.unwrap_or(s.accuracy.p_value);
    let beats: Vec<_> = all.iter().filter(|(_, s)| p(s) <= LEVEL).collect();
    let permutations = all.first()?.1.options.permutations;
    let corrected = if all.len() > 1 {
        ", corrected over the layers"
    } else {
        ""
    };
    if beats.is_empty() {
        return Some(format!(
            "No layer classifies significantly better than with permuted labels ({permutations} permutations, p > {}{corrected}).",
            p_value(LEVEL)
        ));
    }
    let largest = beats.iter().map(|(_, s)| p(s)).fold(0.0, f64::max);
    let which = if beats.len() == all.len() {
        match all.len() {
            1 => "It is".to_owned(),
            n => format!("All {n} layers are"),
        }
    } else {
        let is = if beats.len() == 1 { "is" } else { "are" };
        format!("{} of {} {is}", beats.len(), plural(all.len(), "layer"))
    };
    Some(format!(
        "{which} better than with permuted labels (p \u{2264} {}, {permutations} permutations{corrected}). This rejects \
         only that labels and signals are unrelated; an untrained network passes it too.",
        p_value(largest)
    ))
}

/// The most telling single direction, and whether spikes tell more than the bulk.
fn single_directions(all: &[(&LayerAnalysis, &Separation)]) -> Option<String> {
    let mut best: Option<(&LayerAnalysis, &Separation, SignedDirection)> = None;
    let (mut spikes, mut bulk, mut both) = (0.0, 0.0, 0_usize);
    for &(layer, separation) in all {
        let directions = ranked(separation);
        let mean = |wanted: bool| {
            let bits = directions
                .iter()
                .filter(|d| is_spike(layer, d.rank) == Some(wanted))
                .map(|d| d.bits);
            let bits: Vec<f64> = bits.collect();
            (!bits.is_empty()).then(|| bits.iter().sum::<f64>() / bits.len() as f64)
        };
        if let (Some(of_spikes), Some(of_bulk)) = (mean(true), mean(false)) {
            spikes += of_spikes;
            bulk += of_bulk;
            both += 1;
        }
        if let Some(first) = directions.into_iter().next() {
            let known = best.as_ref().map_or(0.0, |(.., d)| d.bits);
            if first.bits > known {
                best = Some((layer, separation, first));
            }
        }
    }
    let (layer, separation, direction) = best?;
    let compared = if both > 0 {
        format!(
            " In {} with both, directions past the noise edge carry {} bits about the class on average, those within \
             the bulk {} (plug-in estimates, not tested).",
            plural(both, "layer"),
            fixed(spikes / both as f64, 3),
            fixed(bulk / both as f64, 3)
        )
    } else {
        String::new()
    };
    Some(format!(
        "The most telling single direction, chosen after looking, on all inputs, is {} of {}: those that show it most \
         are of class {}.{compared}",
        direction.name,
        layer.name,
        direction.classes(separation)
    ))
}

fn missing(layers: &[LayerAnalysis]) -> Option<String> {
    let without: Vec<&LayerAnalysis> = layers
        .iter()
        .filter(|l| l.separation.reason().is_some())
        .collect();
    let first = without.first()?;
    let reason = first.separation.reason()?;
    Some(format!(
        "{} {} no separation; {}: {reason}.",
        plural(without.len(), "layer"),
        have(without.len()),
        first.name
    ))
}

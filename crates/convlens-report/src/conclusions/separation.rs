//! Which directions separate the classes? And does the SVD earn its place beside raw channels and a
//! random rotation?

use convlens::hypergraph::{
    Separation,
    separation::{McNemar, mcnemar},
};
use convlens::model::LayerKind;
use convlens::{Analysis, BasisKind, LayerAnalysis, analysis::LayerSeparation};

use super::answer::{Answer, extremes, have};
use crate::derived::{SignedDirection, is_spike, ranked};
use crate::number::{fixed, level, p_value, percent, plural};

/// The level at which a difference is called significant.
const LEVEL: f64 = 0.05;

fn measured(layers: &[LayerAnalysis]) -> impl Iterator<Item = (usize, &LayerSeparation)> {
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

/// Layers that an answer names one by one.
const NAMES: usize = 4;

/// The singular basis against another one at one layer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Comparison {
    /// The layer's index.
    pub(crate) layer: usize,
    pub(crate) other: BasisKind,
    /// Inputs that only one of the two gets right; `only_a` is the singular basis.
    pub(crate) test: McNemar,
    /// The p-value by Holm's correction over all comparisons of the report.
    pub(crate) p_adjusted: f64,
}

/// The basis comparison of every layer that was measured, corrected over all of them.
pub(crate) fn comparisons(layers: &[LayerAnalysis]) -> Vec<Comparison> {
    let mut found = Vec::new();
    for (layer, separation) in measured(layers) {
        let Some(singular) = separation.basis(BasisKind::Singular) else {
            continue;
        };
        let others = separation.bases.iter();
        for (other, theirs) in others.filter(|(kind, _)| *kind != BasisKind::Singular) {
            let theirs = &theirs.held_out;
            let test = mcnemar(&singular.held_out.correct, &theirs.correct);
            if let (true, Ok(test)) = (singular.held_out.test_inputs == theirs.test_inputs, test) {
                found.push(Comparison {
                    layer,
                    other,
                    test,
                    p_adjusted: 1.0,
                });
            }
        }
    }
    let p: Vec<f64> = found.iter().map(|c| c.test.p_value).collect();
    for (comparison, p) in found.iter_mut().zip(holm(&p)) {
        comparison.p_adjusted = p;
    }
    found
}

/// The bases with their mean accuracy over the layers but `without`, the best first; and over how
/// many layers.
fn ranking(layers: &[LayerAnalysis], without: Option<usize>) -> (Vec<(BasisKind, f64)>, usize) {
    let mut sums: Vec<(BasisKind, f64, usize)> = Vec::new();
    for (_, separation) in measured(layers).filter(|(i, _)| Some(*i) != without) {
        for (basis, found) in separation.bases.iter() {
            let accuracy = found.accuracy.observed;
            match sums.iter_mut().find(|(kind, ..)| *kind == basis) {
                Some((_, sum, n)) => {
                    *sum += accuracy;
                    *n += 1;
                }
                None => sums.push((basis, accuracy, 1)),
            }
        }
    }
    let count = sums.iter().map(|s| s.2).max().unwrap_or(0);
    let means = sums.iter().map(|&(kind, sum, n)| (kind, sum / n as f64));
    let mut means: Vec<_> = means.collect();
    means.sort_by(|a, b| b.1.total_cmp(&a.1));
    (means, count)
}

/// Whether the SVD earns its place: mean accuracies, and what the tests say to their differences.
fn bases(analysis: &Analysis) -> Vec<String> {
    let layers = &analysis.layers;
    let scores = class_scores(analysis);
    let excluded = scores.map(|i| layers[i].name.as_str());
    let (ranking, n) = ranking(layers, scores);
    let [(first, mean), rest @ ..] = ranking.as_slice() else {
        let alone = excluded.map(|name| {
            format!(
                "The raw channels of {name} are the class scores themselves, so that the bases are not compared there."
            )
        });
        return alone.into_iter().collect();
    };
    let others: Vec<String> = rest
        .iter()
        .map(|(kind, mean)| format!("{} {}", named(*kind), percent(*mean)))
        .collect();
    if others.is_empty() {
        return Vec::new();
    }
    let over = plural(n, "layer");
    let without = excluded.map_or_else(String::new, |name| {
        format!(", without {name}, whose raw channels are the class scores themselves")
    });
    let mut sentences = vec![format!(
        "Mean accuracy is highest in {}: {} ({}), over {over}{without}.",
        named(*first),
        percent(*mean),
        others.join(", ")
    )];
    sentences.extend(tested(layers, scores));
    sentences.extend(among_rotations(layers, scores));
    sentences
}

/// Where the singular basis stands among several random rotations: one alone may be lucky.
fn among_rotations(layers: &[LayerAnalysis], without: Option<usize>) -> Option<String> {
    let judged = measured(layers).filter(|(i, _)| Some(*i) != without);
    let places: Vec<(usize, usize)> = judged
        .filter_map(|(_, s)| {
            let ours = s.basis(BasisKind::Singular)?.accuracy.observed;
            let theirs = &s.bases.rotations.accuracies;
            let above = theirs.iter().filter(|&&a| ours > a).count();
            let below = theirs.iter().filter(|&&a| ours < a).count();
            Some((theirs.len(), above, below))
        })
        .filter(|&(draws, ..)| draws > 1)
        .map(|(draws, above, below)| (usize::from(above == draws), usize::from(below == draws)))
        .collect();
    let draws = measured(layers).map(|(_, s)| s.bases.rotations.accuracies.len());
    let draws = draws.max()?;
    let above: usize = places.iter().map(|p| p.0).sum();
    let below: usize = places.iter().map(|p| p.1).sum();
    (!places.is_empty()).then(|| {
        format!(
            "Of {draws} random rotations of each layer, the singular directions are more accurate than every one in {above} of {} and less \
             accurate than every one in {below}; a rotation would be either in one layer of {} by chance.",
            plural(places.len(), "layer"),
            draws + 1
        )
    })
}

fn named(basis: BasisKind) -> String {
    match basis {
        BasisKind::Rotation => "one random rotation".into(),
        other => other.to_string(),
    }
}

/// How often the singular basis is better and worse than each other one, by the corrected tests.
fn tested(layers: &[LayerAnalysis], without: Option<usize>) -> Option<String> {
    let tests = comparisons(layers);
    let judged = || tests.iter().filter(|c| Some(c.layer) != without);
    let mut others: Vec<BasisKind> = Vec::new();
    for comparison in judged() {
        if !others.contains(&comparison.other) {
            others.push(comparison.other);
        }
    }
    let clauses: Vec<String> = others
        .iter()
        .map(|&other| {
            let against = || judged().filter(|c| c.other == other);
            let clear = |better: bool| -> Vec<&str> {
                against()
                    .filter(|c| c.p_adjusted <= LEVEL)
                    .filter(|c| (c.test.only_a > c.test.only_b) == better)
                    .map(|c| layers[c.layer].name.as_str())
                    .collect()
            };
            let (better, worse) = (clear(true), clear(false));
            let (other, of) = (named(other), plural(against().count(), "layer"));
            match (better.is_empty(), worse.is_empty()) {
                (true, true) => format!("not told from {other} in any of {of}"),
                (false, true) => format!(
                    "better than {other} in {} of {of}{}",
                    better.len(),
                    listed(&better)
                ),
                (true, false) => format!(
                    "worse than {other} in {} of {of}{}",
                    worse.len(),
                    listed(&worse)
                ),
                (false, false) => format!(
                    "better than {other} in {} of {of}{} and worse in {}{}",
                    better.len(),
                    listed(&better),
                    worse.len(),
                    listed(&worse)
                ),
            }
        })
        .collect();
    if clauses.is_empty() {
        return None;
    }
    let undecided = if judged().any(|c| c.p_adjusted <= LEVEL) {
        ""
    } else {
        " No basis is shown to win."
    };
    Some(format!(
        "By McNemar\u{2019}s test with Holm\u{2019}s correction ({}, {}) the singular directions are {}.{undecided}",
        plural(tests.len(), "comparison"),
        level(LEVEL),
        clauses.join("; ")
    ))
}

/// " (conv1, conv2)"; nothing for many.
fn listed(names: &[&str]) -> String {
    if names.len() > NAMES {
        return String::new();
    }
    format!(" ({})", names.join(", "))
}

/// The last layer where it has one output for each class: there raw channels are the model's
/// answer, which no other basis can be expected to beat.
fn class_scores(analysis: &Analysis) -> Option<usize> {
    let last = analysis.layers.last()?;
    last.separation.value()?;
    let classes = analysis.inputs.value()?.classes?;
    (last.kind == LayerKind::Dense && last.unfolding.rows == classes)
        .then_some(analysis.layers.len() - 1)
}

/// Step-down adjusted p-values (Holm 1979): with p ascending, the i-th of n (from 0) becomes
/// max over j <= i of min(1, (n - j) p_j). The chance of any false rejection at level a is at most
/// a, whatever the dependence.
fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let mut adjusted = vec![1.0; p.len()];
    let mut running = 0.0_f64;
    for (rank, &i) in order.iter().enumerate() {
        running = running.max(((p.len() - rank) as f64 * p[i]).min(1.0));
        adjusted[i] = running;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_textbook() {
        // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") is 0.03 0.06 0.06 0.02.
        let adjusted = holm(&[0.01, 0.04, 0.03, 0.005]);
        for (got, expected) in adjusted.iter().zip([0.03, 0.06, 0.06, 0.02]) {
            // Products of two numbers: one rounding.
            assert!((got - expected).abs() < 1e-15, "{adjusted:?}");
        }
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
        assert!(holm(&[]).is_empty());
    }
}

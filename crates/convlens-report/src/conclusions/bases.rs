//! Does the SVD earn its place? The singular basis against raw channels and a random rotation.

use convlens::hypergraph::{McNemar, mcnemar};
use convlens::model::LayerKind;
use convlens::{Analysis, BasisKind, LayerAnalysis};

use super::holm::holm;
use super::separation::{LEVEL, measured};
use crate::number::{level, percent, plural};

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
pub(super) fn bases(analysis: &Analysis) -> Vec<String> {
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

/// The last layer where it has one output for each class: there raw channels are the model's answer,
/// which no other basis can be expected to beat.
fn class_scores(analysis: &Analysis) -> Option<usize> {
    let last = analysis.layers.last()?;
    last.separation.value()?;
    let classes = analysis.inputs.value()?.classes?;
    (last.kind == LayerKind::Dense && last.unfolding.rows == classes)
        .then_some(analysis.layers.len() - 1)
}

//! Does the SVD earn its place? The singular basis against raw channels and a random rotation.

use convlens::hypergraph::{McNemar, mcnemar};
use convlens::model::LayerKind;
use convlens::{Analysis, BasisKind, LayerAnalysis};

use super::holm::holm;
use super::separation::{LEVEL, measured};
use crate::number::{level, percent, plural};

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
        for other in separation
            .bases
            .iter()
            .filter(|b| b.basis != BasisKind::Singular)
        {
            let theirs = &other.separation.held_out;
            let test = mcnemar(&singular.held_out.correct, &theirs.correct);
            if let (true, Ok(test)) = (singular.held_out.inputs == theirs.inputs, test) {
                found.push(Comparison {
                    layer,
                    other: other.basis,
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

/// The bases with their mean accuracy over the layers, the best first.
fn ranking(layers: &[LayerAnalysis]) -> Vec<(BasisKind, f64)> {
    let mut sums: Vec<(BasisKind, f64, usize)> = Vec::new();
    for (_, separation) in measured(layers) {
        for b in &separation.bases {
            let accuracy = b.separation.accuracy.observed;
            match sums.iter_mut().find(|(kind, ..)| *kind == b.basis) {
                Some((_, sum, n)) => {
                    *sum += accuracy;
                    *n += 1;
                }
                None => sums.push((b.basis, accuracy, 1)),
            }
        }
    }
    let mut means: Vec<_> = sums
        .iter()
        .map(|&(kind, sum, n)| (kind, sum / n as f64))
        .collect();
    means.sort_by(|a, b| b.1.total_cmp(&a.1));
    means
}

/// Which basis wins, and whether by more than chance: the SVD has to earn its place.
pub(super) fn bases(layers: &[LayerAnalysis]) -> Vec<String> {
    let ranking = ranking(layers);
    let [(winner, mean), rest @ ..] = ranking.as_slice() else {
        return Vec::new();
    };
    let Some((second, second_mean)) = rest.first() else {
        return Vec::new();
    };
    let tests = comparisons(layers);
    let rival = if *winner == BasisKind::Singular {
        second
    } else {
        winner
    };
    let clear = |c: &&Comparison| c.p_adjusted <= LEVEL;
    let better = |c: &&Comparison| c.test.only_a > c.test.only_b;
    let against = || tests.iter().filter(|c| c.other == *rival).filter(clear);
    let wins = against().filter(better).count();
    let losses = against().count() - wins;
    let verdict = if mean == second_mean {
        "No basis wins".to_owned()
    } else if *winner == BasisKind::Singular {
        match (wins > losses, wins) {
            (true, _) => "The SVD earns its place here".to_owned(),
            (_, 0) => "The SVD leads, but by no more than chance could give".to_owned(),
            _ => "The SVD leads on average, but not layer by layer".to_owned(),
        }
    } else if losses > wins {
        let does = if *winner == BasisKind::Channels {
            "do"
        } else {
            "does"
        };
        format!("The SVD does not win here: {winner} {does} better")
    } else {
        format!("The SVD does not win here, nor do the tests tell it from {winner}")
    };
    let others: Vec<String> = rest
        .iter()
        .map(|(kind, mean)| format!("{} in {kind}", percent(*mean)))
        .collect();
    let mut sentences = vec![format!(
        "{verdict}. Mean accuracy over the layers: {} in {winner}, {}.",
        percent(*mean),
        others.join(", ")
    )];
    sentences.push(layer_winners(layers));
    sentences.push(tested(layers, &tests));
    sentences
}

fn tested(layers: &[LayerAnalysis], tests: &[Comparison]) -> String {
    let list = |better: bool| {
        let found = tests
            .iter()
            .filter(|c| c.p_adjusted <= LEVEL && (c.test.only_a > c.test.only_b) == better);
        let parts: Vec<String> = found
            .map(|c| format!("{} at {}", c.other, layers[c.layer].name))
            .collect();
        match parts.len() {
            0 => "none".to_owned(),
            n if n > 6 => format!("{} ({}, and {} more)", n, parts[..5].join(", "), n - 5),
            n => format!("{n} ({})", parts.join(", ")),
        }
    };
    format!(
        "Tested on the same held-out inputs (McNemar\u{2019}s exact test, {} corrected by Holm, {}), the singular basis \
         is better than: {}; worse than: {}.",
        plural(tests.len(), "comparison"),
        level(LEVEL),
        list(true),
        list(false)
    )
}

fn layer_winners(layers: &[LayerAnalysis]) -> String {
    let mut counts: Vec<(BasisKind, usize)> = Vec::new();
    let mut n = 0;
    for (_, separation) in measured(layers) {
        n += 1;
        let best = separation
            .best()
            .map_or(0.0, |b| b.separation.accuracy.observed);
        for b in &separation.bases {
            let won = usize::from(b.separation.accuracy.observed >= best);
            match counts.iter_mut().find(|(kind, _)| *kind == b.basis) {
                Some((_, count)) => *count += won,
                None => counts.push((b.basis, won)),
            }
        }
    }
    let parts: Vec<String> = counts
        .iter()
        .map(|(kind, won)| format!("{kind} in {won}"))
        .collect();
    format!(
        "Highest accuracy by layer, of {n}, ties counted for each: {}.",
        parts.join(", ")
    )
}

/// Where the last layer has one output for each class, its raw channels are the model's answer, and
/// no basis can be expected to beat them.
pub(super) fn class_scores(analysis: &Analysis) -> Option<String> {
    let last = analysis.layers.last()?;
    last.separation.value()?;
    let classes = analysis.inputs.value()?.classes?;
    let before = &analysis.layers[..analysis.layers.len() - 1];
    let means = ranking(before);
    if last.kind != LayerKind::Dense || last.unfolding.rows != classes || means.is_empty() {
        return None;
    }
    let means: Vec<String> = means
        .iter()
        .map(|(kind, mean)| format!("{} in {kind}", percent(*mean)))
        .collect();
    Some(format!(
        "{} has one output for each of the {classes} classes: its raw channels are the class scores themselves. Mean \
         accuracy without it: {}.",
        last.name,
        means.join(", ")
    ))
}

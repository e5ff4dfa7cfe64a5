//! Which directions separate the classes?

use convlens::hypergraph::{McNemar, Separation, mcnemar};
use convlens::{Analysis, BasisKind, LayerAnalysis, LayerSeparation};

use super::holm::holm;
use super::{Answer, extremes, have};
use crate::number::{p_value, percent, plural};

/// The level at which a difference between bases is called significant.
const LEVEL: f64 = 0.05;

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

pub(super) fn comparisons(layers: &[LayerAnalysis]) -> Vec<Comparison> {
    let mut found = Vec::new();
    for (layer, separation) in measured(layers) {
        let Some(singular) = separation.basis(BasisKind::Singular) else {
            continue;
        };
        for other in separation.bases.iter().filter(|b| b.basis != BasisKind::Singular) {
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
        let reason = analysis.inputs.reason().or(reason).unwrap_or("nothing was measured");
        return Answer {
            question,
            lead: format!("Separation was not measured: {reason}."),
            sentences: Vec::new(),
        };
    };
    let mut sentences = Vec::new();
    sentences.extend(significance(&singular));
    sentences.extend(bases(layers));
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
    let chance = percent(first.1.held_out.chance_accuracy);
    if all.len() == 1 {
        return format!(
            "At {}, the nearest class profile over the leading singular directions names {} of the held-out inputs \
             rightly (largest class {chance}).",
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
        format!("at {} from {} to {}", accuracy(first.1), first.0.name, last.0.name)
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
         naming the largest class: {chance})."
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
            "No layer classifies better than with permuted labels ({permutations} permutations, p > {}{corrected}).",
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
        "{which} better than with permuted labels (p \u{2264} {}{corrected}; the least possible with {permutations} \
         permutations is {}).",
        p_value(largest),
        p_value(1.0 / (permutations as f64 + 1.0))
    ))
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
    let mut means: Vec<_> = sums.iter().map(|&(kind, sum, n)| (kind, sum / n as f64)).collect();
    means.sort_by(|a, b| b.1.total_cmp(&a.1));
    means
}

/// Which basis wins, and whether by more than chance: the SVD has to earn its place.
fn bases(layers: &[LayerAnalysis]) -> Vec<String> {
    let ranking = ranking(layers);
    let [(winner, mean), rest @ ..] = ranking.as_slice() else {
        return Vec::new();
    };
    if rest.is_empty() {
        return Vec::new();
    }
    let tests = comparisons(layers);
    let better = |c: &&Comparison| c.test.only_a > c.test.only_b;
    let clear: Vec<&Comparison> = tests.iter().filter(|c| c.p_adjusted <= LEVEL).collect();
    let wins = clear.iter().copied().filter(better).count();
    let losses = clear.len() - wins;
    let others: Vec<String> = rest
        .iter()
        .map(|(kind, mean)| format!("{kind} {}", percent(*mean)))
        .collect();
    let tie = rest.first().is_some_and(|(_, second)| second == mean);
    let verdict = match (winner, tie) {
        (_, true) => "No basis wins",
        (BasisKind::Singular, _) if wins > losses => "The SVD earns its place here",
        (BasisKind::Singular, _) => {
            "The singular basis leads, but by no more than the tests below can tell from chance"
        }
        _ if losses > wins => "The SVD does not win here",
        _ => "The SVD does not win here, though no test tells the bases apart in the others\u{2019} favour",
    };
    let mut sentences = vec![format!(
        "{verdict}: mean accuracy over the layers is {} in {winner}, against {}.",
        percent(*mean),
        others.join(" and ")
    )];
    sentences.push(layer_winners(layers));
    let layer = |c: &Comparison| layers[c.layer].name.as_str();
    let list = |wanted: bool| {
        let parts: Vec<String> = clear
            .iter()
            .filter(|c| better(c) == wanted)
            .map(|c| format!("{} at {}", c.other, layer(c)))
            .collect();
        match parts.len() {
            0 => String::new(),
            n if n > 6 => format!(": {} and {} more", parts[..5].join(", "), n - 5),
            _ => format!(": {}", parts.join(", ")),
        }
    };
    sentences.push(format!(
        "Of {} on the same held-out inputs (McNemar\u{2019}s exact test, Holm\u{2019}s correction, {}), the singular \
         basis is better in {wins}{}; worse in {losses}{}; the other {} cannot be told apart.",
        plural(tests.len(), "comparison"),
        percent(LEVEL),
        list(true),
        list(false),
        tests.len() - clear.len()
    ));
    sentences
}

fn layer_winners(layers: &[LayerAnalysis]) -> String {
    let mut counts: Vec<(BasisKind, usize)> = Vec::new();
    let mut n = 0;
    for (_, separation) in measured(layers) {
        n += 1;
        let best = separation.best().map_or(0.0, |b| b.separation.accuracy.observed);
        for b in &separation.bases {
            let won = usize::from(b.separation.accuracy.observed >= best);
            match counts.iter_mut().find(|(kind, _)| *kind == b.basis) {
                Some((_, count)) => *count += won,
                None => counts.push((b.basis, won)),
            }
        }
    }
    let parts: Vec<String> = counts.iter().map(|(kind, won)| format!("{kind} in {won}")).collect();
    format!(
        "Highest accuracy by layer, of {n}, ties counted for each: {}.",
        parts.join(", ")
    )
}

fn missing(layers: &[LayerAnalysis]) -> Option<String> {
    let without: Vec<&LayerAnalysis> =
        layers.iter().filter(|l| l.separation.reason().is_some()).collect();
    let first = without.first()?;
    let reason = first.separation.reason()?;
    Some(format!(
        "{} {} no separation; {}: {reason}.",
        plural(without.len(), "layer"),
        have(without.len()),
        first.name
    ))
}

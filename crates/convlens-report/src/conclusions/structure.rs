//! What does each layer do?

use convlens::LayerAnalysis;
use convlens::analysis::UnfoldingSummary;
use convlens::model::LayerKind;
use convlens::rmt::MarchenkoPastur;
use convlens::svd::NormBracket;

use super::{Answer, extremes};
use crate::number::{count, level, plural, short, significant};

/// The share of a layer's energy by which directions are counted.
const ENERGY: f64 = 0.9;

pub(super) fn answer(layers: &[LayerAnalysis]) -> Answer {
    let weights: usize = layers
        .iter()
        .map(|l| l.shape.iter().product::<usize>())
        .sum();
    let decomposed = format!(
        "{} ({}) with {} weights were decomposed",
        plural(layers.len(), "linear layer"),
        kinds(layers),
        count(weights)
    );
    let mut sentences = Vec::new();
    sentences.extend(norms(layers));
    sentences.extend(against_unfolding(layers));
    let lead =
        concentration(layers).unwrap_or_else(|| format!("{decomposed}; all of them are zero."));
    Answer {
        question: "What does each layer do?",
        lead,
        sentences,
    }
}

fn kinds(layers: &[LayerAnalysis]) -> String {
    let kinds = [
        (LayerKind::Conv, "convolution"),
        (LayerKind::ConvTranspose, "transposed convolution"),
        (LayerKind::Dense, "dense layer"),
    ];
    let parts = kinds.iter().filter_map(|&(kind, name)| {
        let n = layers.iter().filter(|l| l.kind == kind).count();
        (n > 0).then(|| plural(n, name))
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// The fewest leading singular directions that hold [`ENERGY`] of the sum of squares.
pub(crate) fn directions_for_energy(descending: &[f64]) -> usize {
    let squares = || descending.iter().map(|s| s * s);
    let total: f64 = squares().sum();
    let mut sum = 0.0;
    for (i, square) in squares().enumerate() {
        sum += square;
        if sum >= ENERGY * total {
            return i + 1;
        }
    }
    descending.len()
}

/// The same for noise of the same shape: eigenvalues at the quantiles (i + 1/2) / M of the
/// Marchenko-Pastur law, in every group alike.
pub(crate) fn noise_directions_for_energy(unfolding: &UnfoldingSummary) -> usize {
    let m = unfolding.rows.min(unfolding.cols);
    let Ok(law) = MarchenkoPastur::from_shape(unfolding.rows, unfolding.cols, 1.0) else {
        return 0;
    };
    let values = (0..m)
        .rev()
        .map(|i| law.quantile((i as f64 + 0.5) / m as f64));
    let values: Vec<f64> = values.map(|v| v.map_or(0.0, f64::sqrt)).collect();
    unfolding.groups * directions_for_energy(&values)
}

/// A layer with the directions that 90% of its energy takes, and how many it has.
type Spread<'a> = (&'a LayerAnalysis, usize, usize);

fn concentration(layers: &[LayerAnalysis]) -> Option<String> {
    let spreads: Vec<Spread<'_>> = layers
        .iter()
        .filter(|l| l.unfolding.frobenius_norm > 0.0)
        .map(|l| {
            let values = &l.unfolding.singular_values;
            (l, directions_for_energy(values), values.len())
        })
        .collect();
    let (least, most) = extremes(&spreads, |(_, some, all)| some as f64 / all as f64)?;
    let words = |(layer, some, all): Spread<'_>, first: bool| {
        let noise = noise_directions_for_energy(&layer.unfolding);
        format!(
            "{some} of {all}{} ({}; noise of this shape: {noise})",
            if first { " directions" } else { "" },
            layer.name
        )
    };
    let range = if least.0.name == most.0.name {
        words(least, true)
    } else {
        format!("from {} to {}", words(least, true), words(most, false))
    };
    Some(format!(
        "To hold {} of its energy (the sum of squared weights) a layer needs {range}.",
        level(ENERGY)
    ))
}

fn norms(layers: &[LayerAnalysis]) -> Option<String> {
    let norms: Vec<(&LayerAnalysis, &NormBracket)> = layers
        .iter()
        .filter_map(|l| Some((l, l.norm.value()?)))
        .collect();
    let (least, most) = extremes(&norms, |(_, n)| n.upper)?;
    let widest = norms
        .iter()
        .map(|(_, n)| n.relative_width())
        .fold(0.0, f64::max);
    let missing = match layers.len() - norms.len() {
        0 => String::new(),
        n => format!(
            " {} without a bracket, for the reasons given there.",
            plural(n, "layer")
        ),
    };
    let range = if norms.len() == 1 {
        format!(
            "The operator norm under the layer\u{2019}s own padding is at most {} ({})",
            short(most.1.upper),
            most.0.name
        )
    } else {
        format!(
            "Operator norms under each layer\u{2019}s own padding are bounded above by {} ({}) to {} ({})",
            short(least.1.upper),
            least.0.name,
            short(most.1.upper),
            most.0.name
        )
    };
    let width = if widest == 0.0 {
        String::new()
    } else {
        format!(
            "; the lower bounds are within {}% of these",
            significant(100.0 * widest, 2)
        )
    };
    Some(format!("{range}{width}.{missing}"))
}

/// The unfolding's largest value is no norm of the convolution: say by how much it differs.
fn against_unfolding(layers: &[LayerAnalysis]) -> Option<String> {
    let ratios: Vec<(&LayerAnalysis, f64)> = layers
        .iter()
        .filter(|l| l.kind != LayerKind::Dense)
        .filter_map(|l| {
            let largest = *l.unfolding.singular_values.first()?;
            let norm = l.norm.value()?;
            (largest > 0.0).then(|| (l, norm.upper / largest))
        })
        .collect();
    let (least, most) = extremes(&ratios, |(_, r)| r)?;
    let range = if ratios.len() == 1 {
        format!("{} times", significant(most.1, 2))
    } else {
        format!(
            "{} to {} times",
            significant(least.1, 2),
            significant(most.1, 2)
        )
    };
    Some(format!(
        "The norms of the convolutions are at most {range} the largest singular value of their unfolded kernels, which \
         is another quantity."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn energy_is_counted_in_squares() {
        // Squares 81, 9, 9, 1: the first two hold exactly 90 of 100.
        assert_eq!(directions_for_energy(&[9.0, 3.0, 3.0, 1.0]), 2);
        assert_eq!(directions_for_energy(&[2.0]), 1);
        assert_eq!(directions_for_energy(&[]), 0);
    }
}

//! Several layers of one network, corrected for one another.

use super::measure::TIE;
use super::{
    Labels, MeasureKind, NullDraws, Separation, SeparationOptions, SignalTable, max_t_adjusted,
};
use crate::HypergraphError;
use crate::parallel::map_long;

/// Measures several tables of the same inputs (the layers of a network, say), and fills
/// [`Measure::p_adjusted`](crate::Measure::p_adjusted) of every measure: corrected over the tables,
/// each measure by itself, by [`max_t_adjusted`]. All tables see the same permutations and the same
/// split.
///
/// To compare bases, call it once per basis: then each basis is corrected over its layers, and
/// [`mcnemar`](crate::mcnemar) compares two bases on one layer.
///
/// # Errors
///
/// As [`Separation::new`], for the first table that has one.
///
/// # Complexity
///
/// The sum over tables of [`Separation::new`].
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{Labels, SeparationOptions, SignalTable, separate_layers};
///
/// let labels = Labels::new(&(0..20).map(|i| i % 2).collect::<Vec<i64>>())?;
/// let blind = SignalTable::new((0..20).map(|i| f64::from(i * 7 % 20)).collect(), 20, 1)?;
/// let sharp = SignalTable::new((0..20).map(|i| f64::from(i % 2 * 20 + i)).collect(), 20, 1)?;
/// let options = SeparationOptions::default().permutations(99);
/// let layers = separate_layers(&[&blind, &sharp], &labels, &options)?;
/// for layer in &layers {
///     assert!(layer.accuracy.p_adjusted.unwrap() >= layer.accuracy.p_value);
/// }
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
pub fn separate_layers(
    tables: &[&SignalTable],
    labels: &Labels,
    options: &SeparationOptions,
) -> Result<Vec<Separation>, HypergraphError> {
    let mut layers = Vec::with_capacity(tables.len());
    let mut nulls = Vec::with_capacity(tables.len());
    // Clustering is on one thread for each table; the permutations of another fill the time.
    let measured = map_long(tables.len(), |i| {
        Separation::new_with_draws(tables[i], labels, options)
    });
    for found in measured {
        let (layer, draws) = found?;
        layers.push(layer);
        nulls.push(draws);
    }
    for kind in MeasureKind::ALL {
        adjust(&mut layers, &nulls, kind)?;
    }
    Ok(layers)
}

fn adjust(
    layers: &mut [Separation],
    nulls: &[NullDraws],
    kind: MeasureKind,
) -> Result<(), HypergraphError> {
    let sign = kind.alternative().sign();
    let observed: Vec<f64> = layers
        .iter()
        .map(|layer| sign * layer.measure(kind).observed)
        .collect();
    let draws: Vec<Vec<f64>> = layers
        .iter()
        .zip(nulls)
        .map(|(layer, null)| {
            let observed = layer.measure(kind).observed;
            // Ties are made exact, so that rounding is never blown up to unit variance.
            let snap = |&d: &f64| {
                if (d - observed).abs() <= TIE {
                    observed
                } else {
                    d
                }
            };
            null.get(kind).iter().map(|d| sign * snap(d)).collect()
        })
        .collect();
    let adjusted = max_t_adjusted(&observed, &draws)?;
    for (layer, p) in layers.iter_mut().zip(adjusted) {
        let measure = layer.measure_mut(kind);
        measure.p_adjusted = Some(p.max(measure.p_value));
    }
    Ok(())
}

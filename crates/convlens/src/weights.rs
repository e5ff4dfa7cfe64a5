//! One layer's weights: decomposition, operator, norm, statistics.

use convlens_model::{DType, LayerKind};
use convlens_rmt::{Esd, FittedSpectrum, RmtError, metrics, phase};
use convlens_svd::{
    ConditionNumber, ConvKernel, LayerValues, NormBracket, OperatorSpectrum, PaddingMode, SvdError,
    norm::TightOptions,
};

use crate::analysis::{InputSummary, LayerAnalysis, LayerStatistics, OperatorSummary};
use crate::budget;
use crate::outcome::Outcome;
use crate::progress::{Canceled, Watch};
use crate::settings::Settings;

/// What is known of a layer beside its kernel.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    pub(crate) name: String,
    pub(crate) kind: LayerKind,
    pub(crate) weight: Option<String>,
    pub(crate) dtype: Option<DType>,
    pub(crate) grid: Option<Vec<usize>>,
    pub(crate) assumptions: Vec<String>,
}

/// The record of a layer, its separation still to be measured.
pub(crate) fn record(
    facts: Facts,
    kernel: &ConvKernel,
    values: LayerValues,
    settings: &Settings,
    watch: &Watch<'_>,
) -> Result<LayerAnalysis, Canceled> {
    let grid = facts.grid.as_deref();
    watch.check()?;
    let operator = operator(kernel, &values, grid, settings);
    watch.check()?;
    let norm = norm(kernel, &values, grid, settings);
    watch.check()?;
    let statistics = statistics(&values, settings);
    Ok(LayerAnalysis {
        unfolding: values,
        operator,
        norm,
        statistics,
        separation: Outcome::unavailable("not measured"),
        shape: kernel.shape().to_vec(),
        geometry: kernel.geometry().clone(),
        name: facts.name,
        kind: facts.kind,
        weight: facts.weight,
        dtype: facts.dtype,
        grid: facts.grid,
        assumptions: facts.assumptions,
    })
}

/// The number of weights in layers.
pub(crate) fn weights_of(layers: &[LayerAnalysis]) -> usize {
    let count = |layer: &LayerAnalysis| layer.shape.iter().product::<usize>();
    layers.iter().map(count).sum()
}

/// Gives every layer the same reason for having no separation.
pub(crate) fn without_separation(
    layers: &mut [LayerAnalysis],
    reason: &str,
) -> Outcome<InputSummary> {
    for layer in layers {
        layer.separation = Outcome::unavailable(reason);
    }
    Outcome::unavailable(reason)
}

/// The spectrum of the layer as an operator on its grid. That of a dense layer is known already.
fn operator(
    kernel: &ConvKernel,
    values: &LayerValues,
    grid: Option<&[usize]>,
    settings: &Settings,
) -> Outcome<OperatorSummary> {
    let Some(grid) = grid else {
        return Outcome::unavailable("the size of the layer's input is not known");
    };
    if kernel.is_dense() {
        return match values.condition_number() {
            Some(condition) => Outcome::Value(summary(grid, &values.singular_values, condition)),
            None => Outcome::unavailable(
                "its singular values came through a Gram matrix, which loses the smallest ones",
            ),
        };
    }
    match budget::spectrum(kernel, grid, settings) {
        Ok(()) => OperatorSpectrum::new(kernel, grid)
            .map(|s| summary(grid, &s.singular_values(), s.condition_number()))
            .into(),
        Err(reason) => Outcome::unavailable(format!("on the grid {grid:?} {reason}")),
    }
}

/// The norm on the layer's grid where that is known and within reach, else on all grids at once.
fn norm(
    kernel: &ConvKernel,
    values: &LayerValues,
    grid: Option<&[usize]>,
    settings: &Settings,
) -> Outcome<NormBracket> {
    if kernel.is_dense() {
        return NormBracket::dense(values).into();
    }
    let grid = grid.filter(|grid| budget::padded_norm(kernel, grid, settings).is_ok());
    if grid.is_none()
        && let Err(reason) = budget::free_norm(kernel, settings)
    {
        return Outcome::unavailable(reason);
    }
    if let Some(tight) = grid.and_then(|grid| tight_norm(kernel, grid, settings)) {
        return tight.into();
    }
    NormBracket::of_layer(kernel, grid, &settings.davidson()).into()
}

/// The norm to six digits, where the layer is zero-padded and small enough for a factorization.
fn tight_norm(
    kernel: &ConvKernel,
    grid: &[usize],
    settings: &Settings,
) -> Option<Result<NormBracket, SvdError>> {
    if kernel.geometry().padding_mode() != PaddingMode::Zeros {
        return None;
    }
    let options = TightOptions::default().davidson(settings.davidson());
    match NormBracket::tight(kernel, grid, &options) {
        Err(SvdError::TooLarge { .. }) => None,
        found => Some(found),
    }
}

/// Values kept of a spectrum: enough to draw it.
const QUANTILES: usize = 129;

fn summary(grid: &[usize], values: &[f64], condition_number: ConditionNumber) -> OperatorSummary {
    OperatorSummary {
        grid: grid.to_vec(),
        count: values.len(),
        norm: values.first().copied().unwrap_or(0.0),
        smallest: values.last().copied().unwrap_or(0.0),
        condition_number,
        quantiles: quantiles(values),
    }
}

fn quantiles(values: &[f64]) -> Vec<f64> {
    let last = values.len().saturating_sub(1);
    let kept = values.len().min(QUANTILES);
    (0..kept)
        .map(|i| values[i * last / kept.saturating_sub(1).max(1)])
        .collect()
}

fn statistics(values: &LayerValues, settings: &Settings) -> Outcome<LayerStatistics> {
    let groups = values.groups;
    let (rows, cols) = (values.rows, values.cols);
    if groups > 1 {
        return Outcome::unavailable(format!(
            "its {groups} groups are separate {rows} x {cols} matrices, \
             and pooling them follows no known law"
        ));
    }
    fits(&values.singular_values, rows, cols, settings).into()
}

/// Bulk and tail, fitted once, with the metrics and the phase that rest on these fits.
fn fits(
    singular_values: &[f64],
    rows: usize,
    cols: usize,
    settings: &Settings,
) -> Result<LayerStatistics, RmtError> {
    let (bulk, tail) = (settings.marchenko_pastur(), settings.power_law());
    let esd = Esd::from_singular_values(singular_values, rows, cols)?;
    let fitted = FittedSpectrum::new(esd, bulk, tail)?;
    let metrics = fitted.metrics(&metrics::Options::default())?;
    let phase = fitted.phase(&phase::Options::default())?;
    let (esd, marchenko_pastur, power_law) = fitted.into_parts();
    Ok(LayerStatistics {
        esd,
        marchenko_pastur,
        power_law,
        metrics,
        phase,
    })
}

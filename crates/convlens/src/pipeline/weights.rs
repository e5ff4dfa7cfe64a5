//! One layer's weights: decomposition, operator, norm, statistics.

use convlens_activations::Tap;
use convlens_model::{LayerSpec, Model};
use convlens_rmt::{Esd, FittedSpectrum, MetricOptions, PhaseOptions, RmtError};
use convlens_svd::{
    ConditionNumber, ConvKernel, LayerSvd, LayerValues, NormBracket, OperatorSpectrum, PaddingMode,
    SvdError, TightOptions,
};

use super::memory::{self, Plan};
use super::{bases, cost, reason};
use crate::analysis::{LayerAnalysis, LayerStatistics, OperatorSummary, UnfoldingSummary};
use crate::outcome::Outcome;
use crate::settings::Settings;

/// A layer whose weights are done, and how its output is to be tapped.
pub(super) struct Weighed {
    pub(super) result: LayerAnalysis,
    pub(super) tap: Outcome<Tap>,
}

/// Analyses one layer, with a tap if one is wanted; the error is the reason to skip it.
///
/// Vectors are computed for a tap only: they take several times the memory of the values.
pub(super) fn analyse(
    model: &Model,
    index: usize,
    tapped: bool,
    settings: &Settings,
) -> Result<Weighed, String> {
    let spec = &model.layers()[index];
    let plan = memory::plan(spec, tapped, settings)?;
    let kernel = model.kernel(index).map_err(|e| reason(&e, model.path()))?;
    let (values, vectors) = decompose(&kernel, plan).map_err(|e| e.to_string())?;
    let result = LayerAnalysis {
        name: spec.name.clone(),
        kind: spec.kind,
        weight: spec.weight.clone(),
        dtype: spec.dtype,
        shape: spec.shape.clone(),
        geometry: spec.geometry.clone(),
        grid: spec.grid.clone(),
        assumptions: spec.assumptions.iter().map(ToString::to_string).collect(),
        unfolding: unfolding(&values),
        operator: operator(&kernel, &values, spec, settings),
        norm: norm(&kernel, &values, spec, settings),
        statistics: statistics(&values, settings),
        separation: Outcome::unavailable("not measured"),
    };
    let tap = vectors.and_then(|svd| tap(model, index, &svd, settings));
    Ok(Weighed {
        result,
        tap: tap.into(),
    })
}

/// The values, and the vectors or why there are none.
fn decompose(
    kernel: &ConvKernel,
    plan: Plan,
) -> Result<(LayerValues, Result<LayerSvd, String>), SvdError> {
    Ok(match plan {
        Plan::Vectors => {
            let svd = LayerSvd::new(kernel)?;
            (LayerValues::from(&svd), Ok(svd))
        }
        Plan::Values { accuracy, reason } => (LayerValues::new(kernel, accuracy)?, Err(reason)),
    })
}

/// How the layer's output is to be tapped; the error is the reason why it cannot be.
fn tap(model: &Model, index: usize, svd: &LayerSvd, settings: &Settings) -> Result<Tap, String> {
    let spec = &model.layers()[index];
    let output = spec
        .output
        .clone()
        .ok_or("its output has no name in the graph")?;
    let bias = model.bias(index).map_err(|e| reason(&e, model.path()))?;
    let bases = bases::all(svd, settings, index as u64)?;
    let tap = Tap::new(&spec.name, output, bases);
    Ok(match bias {
        Some(bias) => tap.offset(bias),
        None => tap,
    })
}

pub(super) fn unfolding(values: &LayerValues) -> UnfoldingSummary {
    let (rows, cols) = values.unfolded_shape();
    UnfoldingSummary {
        rows,
        cols,
        groups: values.groups(),
        singular_values: values.singular_values().to_vec(),
        rank: values.numerical_rank(),
        stable_rank: values.stable_rank(),
        frobenius_norm: values.frobenius_norm(),
        rung: values.rung(),
    }
}

/// The spectrum of the layer as an operator on its grid. That of a dense layer is known already.
fn operator(
    kernel: &ConvKernel,
    values: &LayerValues,
    spec: &LayerSpec,
    settings: &Settings,
) -> Outcome<OperatorSummary> {
    let Some(grid) = spec.grid.as_deref() else {
        return Outcome::unavailable("the size of the layer's input is not known");
    };
    if kernel.is_dense() {
        return match values.condition_number() {
            Some(condition) => Outcome::Value(summary(grid, values.singular_values(), condition)),
            None => Outcome::unavailable(
                "its singular values came through a Gram matrix, which does not know the smallest",
            ),
        };
    }
    match cost::spectrum(kernel, grid, settings) {
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
    spec: &LayerSpec,
    settings: &Settings,
) -> Outcome<NormBracket> {
    if kernel.is_dense() {
        return NormBracket::dense_of_values(values).into();
    }
    let known = spec.grid.as_deref();
    let grid = known.filter(|grid| cost::padded_norm(kernel, grid, settings).is_ok());
    if grid.is_none()
        && let Err(reason) = cost::free_norm(kernel, settings)
    {
        return Outcome::unavailable(reason);
    }
    if let Some(tight) = grid.and_then(|grid| tight_norm(kernel, grid, settings)) {
        return tight.into();
    }
    NormBracket::of_layer(kernel, grid, &settings.lanczos()).into()
}

/// The norm to six digits, where the layer is zero-padded and small enough for a factorisation.
fn tight_norm(
    kernel: &ConvKernel,
    grid: &[usize],
    settings: &Settings,
) -> Option<Result<NormBracket, SvdError>> {
    if kernel.geometry().padding_mode() != PaddingMode::Zeros {
        return None;
    }
    let options = TightOptions::default().lanczos(settings.lanczos());
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

pub(super) fn statistics(values: &LayerValues, settings: &Settings) -> Outcome<LayerStatistics> {
    let groups = values.groups();
    if groups > 1 {
        let (rows, cols) = values.unfolded_shape();
        return Outcome::unavailable(format!(
            "its {groups} groups are separate {rows} x {cols} matrices, and pooling them follows no known law"
        ));
    }
    let (rows, cols) = values.unfolded_shape();
    let fits = || -> Result<LayerStatistics, RmtError> {
        let (bulk, tail) = (settings.marchenko_pastur(), settings.power_law());
        let esd = Esd::from_singular_values(values.singular_values(), rows, cols)?;
        let fitted = FittedSpectrum::new(esd, bulk.clone(), tail.clone())?;
        let metrics = MetricOptions::default()
            .marchenko_pastur(bulk.clone())
            .power_law(tail.clone());
        let phase = PhaseOptions::default()
            .marchenko_pastur(bulk)
            .power_law(tail);
        let (metrics, phase) = (fitted.metrics(&metrics)?, fitted.phase(&phase)?);
        let (esd, marchenko_pastur, power_law) = fitted.into_parts();
        Ok(LayerStatistics {
            esd,
            marchenko_pastur,
            power_law,
            metrics,
            phase,
        })
    };
    fits().into()
}

//! One layer's weights: decomposition, operator, norm, statistics.

use convlens_activations::Tap;
use convlens_model::{LayerSpec, Model};
use convlens_rmt::{Esd, MpFit, PowerLaw, RmtError};
use convlens_svd::{ConvKernel, LayerSvd, NormBracket, OperatorSpectrum};

use super::bases;
use crate::analysis::{LayerAnalysis, LayerStatistics, OperatorSummary, UnfoldingSummary};
use crate::outcome::Outcome;
use crate::settings::Settings;

/// A layer whose weights are done, and how its output is to be tapped.
pub(super) struct Weighed {
    pub(super) result: LayerAnalysis,
    pub(super) tap: Outcome<Tap>,
}

/// Analyses one layer; the error is the reason to skip it.
pub(super) fn analyse(model: &Model, index: usize, settings: &Settings) -> Result<Weighed, String> {
    let spec = &model.layers()[index];
    let kernel = model.kernel(index).map_err(|e| e.to_string())?;
    let bias = model.bias(index).map_err(|e| e.to_string())?;
    let svd = LayerSvd::new(&kernel).map_err(|e| e.to_string())?;
    let (grid, operator) = operator(&kernel, spec, settings);
    let norm = NormBracket::of_layer(&kernel, grid, &settings.lanczos());
    let result = LayerAnalysis {
        name: spec.name.clone(),
        kind: spec.kind,
        weight: spec.weight.clone(),
        dtype: spec.dtype,
        shape: spec.shape.clone(),
        geometry: spec.geometry.clone(),
        grid: spec.grid.clone(),
        assumptions: spec.assumptions.iter().map(ToString::to_string).collect(),
        unfolding: unfolding(&svd),
        operator,
        norm: norm.into(),
        statistics: statistics(&svd, settings),
        separation: Outcome::unavailable("not measured"),
    };
    let tap = match &spec.output {
        Some(output) => bases::all(&svd, settings, index as u64).map(|bases| Tap {
            layer: spec.name.clone(),
            output: output.clone(),
            offset: bias,
            bases,
        }),
        None => Err("its output has no name in the graph".to_owned()),
    };
    Ok(Weighed {
        result,
        tap: tap.into(),
    })
}

fn unfolding(svd: &LayerSvd) -> UnfoldingSummary {
    let (rows, cols) = svd.unfolded_shape();
    UnfoldingSummary {
        rows,
        cols,
        groups: svd.groups().len(),
        singular_values: svd.singular_values().to_vec(),
        rank: svd.numerical_rank(),
        stable_rank: svd.stable_rank(),
        frobenius_norm: svd.frobenius_norm(),
        rung: svd.rung(),
    }
}

/// The operator's spectrum, and the grid on which norms are to be taken: none where it is unknown
/// or beyond the budget.
fn operator<'s>(
    kernel: &ConvKernel,
    spec: &'s LayerSpec,
    settings: &Settings,
) -> (Option<&'s [usize]>, Outcome<OperatorSummary>) {
    let Some(grid) = spec.grid.as_deref() else {
        return (
            None,
            Outcome::unavailable("the size of the layer's input is not known"),
        );
    };
    let work = work(kernel, grid);
    if work > settings.operator_budget {
        let budget = settings.operator_budget;
        let reason = format!(
            "on {grid:?} it would take {work:.1e} multiplications, over the budget of {budget:.1e}"
        );
        return (None, Outcome::unavailable(reason));
    }
    (
        Some(grid),
        OperatorSpectrum::new(kernel, grid)
            .map(|s| summary(&s))
            .into(),
    )
}

/// Multiplications for the singular values at half of the frequencies. Values alone of an
/// `m x n` complex matrix take about `4 * 4 n^2 (m - n / 3)` real ones, `n <= m` (Golub and Van
/// Loan, 4th ed., figure 8.6.1).
fn work(kernel: &ConvKernel, grid: &[usize]) -> f64 {
    let groups = kernel.groups() as f64;
    let (a, b) = (
        kernel.c_out() as f64 / groups,
        kernel.c_in() as f64 / groups,
    );
    let (m, n) = (a.max(b), a.min(b));
    let frequencies: f64 = grid.iter().map(|&n| n as f64).product();
    groups * frequencies / 2.0 * 16.0 * n * n * (m - n / 3.0)
}

/// Values kept of a spectrum: enough to draw it.
const QUANTILES: usize = 129;

fn summary(spectrum: &OperatorSpectrum) -> OperatorSummary {
    let values = spectrum.singular_values();
    let last = values.len().saturating_sub(1);
    let kept = values.len().min(QUANTILES);
    let rank = |i: usize| i * last / kept.saturating_sub(1).max(1);
    OperatorSummary {
        grid: spectrum.grid().to_vec(),
        count: values.len(),
        norm: spectrum.norm(),
        smallest: spectrum.smallest(),
        condition_number: spectrum.condition_number(),
        quantiles: (0..kept).map(|i| values[rank(i)]).collect(),
    }
}

fn statistics(svd: &LayerSvd, settings: &Settings) -> Outcome<LayerStatistics> {
    let groups = svd.groups().len();
    if groups > 1 {
        let (rows, cols) = svd.unfolded_shape();
        return Outcome::unavailable(format!(
            "its {groups} groups are separate {rows} x {cols} matrices, and pooling them follows no known law"
        ));
    }
    let (rows, cols) = svd.unfolded_shape();
    let fits = || -> Result<LayerStatistics, RmtError> {
        let esd = Esd::from_singular_values(svd.singular_values(), rows, cols)?;
        let marchenko_pastur = MpFit::fit(&esd, &settings.marchenko_pastur())?;
        let power_law = PowerLaw::fit(esd.nonzero(), &settings.power_law())?;
        Ok(LayerStatistics {
            esd,
            marchenko_pastur,
            power_law,
        })
    };
    fits().into()
}

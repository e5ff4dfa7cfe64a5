//! Inputs through the model, signals to tables, tables to separation.

use convlens_activations::{Activations, Inputs, RunOptions, Runner, SignedSignals, Tap};
use convlens_hypergraph::{Labels, Separation, SignalTable, separate_layers};

use super::bases::KINDS;
use super::file_name;
use crate::analysis::{BasisSeparation, InputSummary, LayerSeparation};
use crate::outcome::Outcome;
use crate::progress::{Progress, Stage};
use crate::settings::Settings;

type Found = (Vec<Outcome<LayerSeparation>>, Outcome<InputSummary>);

/// Measures all layers. The error is a reason that holds for every one of them.
pub(super) fn measure(
    runner: &Runner,
    inputs: &Inputs,
    taps: Vec<Outcome<&Tap>>,
    settings: &Settings,
    progress: &mut dyn Progress,
) -> Result<Found, String> {
    let labels = inputs
        .labels()
        .map(Labels::new)
        .transpose()
        .map_err(|e| e.to_string());
    let wanted: Vec<Tap> = taps
        .iter()
        .filter_map(|t| t.value().map(|t| (*t).clone()))
        .collect();
    progress.begin(Stage::Activations, inputs.count());
    let options = RunOptions::default().aggregation(settings.aggregation);
    let run = runner
        .run(inputs, &wanted, &options, &mut |done| {
            progress.update(Stage::Activations, done, "")
        })
        .map_err(|e| e.to_string())?;
    let summary = Outcome::Value(InputSummary {
        name: file_name(inputs.path()),
        shape: inputs.shape().to_vec(),
        classes: labels
            .as_ref()
            .ok()
            .and_then(|l| l.as_ref().map(Labels::n_classes)),
        correct: run.correct(inputs),
    });
    let labels = match labels {
        Ok(Some(labels)) => Ok(labels),
        Ok(None) => Err(format!(
            "{}: the inputs carry no labels",
            inputs.path().display()
        )),
        Err(reason) => Err(reason),
    };
    let labels = match labels {
        Ok(labels) => labels,
        Err(reason) => {
            let all = taps.iter().map(|_| Outcome::unavailable(&reason)).collect();
            return Ok((all, summary));
        }
    };
    Ok((
        separations(taps, run, &labels, settings, progress)?,
        summary,
    ))
}

/// One outcome for each tap: the separation in every basis, or why there is none.
fn separations(
    taps: Vec<Outcome<&Tap>>,
    run: Activations,
    labels: &Labels,
    settings: &Settings,
    progress: &mut dyn Progress,
) -> Result<Vec<Outcome<LayerSeparation>>, String> {
    let mut results = run.taps.into_iter();
    let tables: Vec<Result<Vec<SignalTable>, String>> = taps
        .iter()
        .map(
            |tap| match (tap, tap.value().and_then(|_| results.next())) {
                (_, Some(Ok(signals))) => signals.into_iter().map(table).collect(),
                (_, Some(Err(error))) => Err(error.to_string()),
                (tap, None) => Err(tap.reason().unwrap_or("it was not tapped").to_owned()),
            },
        )
        .collect();
    let usable: Vec<&Vec<SignalTable>> = tables.iter().filter_map(|t| t.as_ref().ok()).collect();
    progress.begin(Stage::Separation, KINDS.len());
    let mut by_basis: Vec<std::vec::IntoIter<Separation>> = Vec::new();
    for (i, kind) in KINDS.iter().enumerate() {
        progress.update(Stage::Separation, i, &kind.to_string());
        // One call for all layers: the p-values are corrected over them.
        let layers: Vec<&SignalTable> = usable.iter().filter_map(|t| t.get(i)).collect();
        let found = separate_layers(&layers, labels, &settings.separation());
        by_basis.push(found.map_err(|e| e.to_string())?.into_iter());
    }
    progress.update(Stage::Separation, KINDS.len(), "");
    let outcome = |table: Result<Vec<SignalTable>, String>| {
        let directions = table?.first().map_or(0, |t| t.features() / 2);
        let bases = KINDS.iter().zip(&mut by_basis);
        let bases = bases.filter_map(|(&basis, layers)| {
            Some(BasisSeparation {
                basis,
                separation: layers.next()?,
            })
        });
        Ok::<_, String>(LayerSeparation {
            directions,
            bases: bases.collect(),
        })
    };
    Ok(tables.into_iter().map(outcome).map(Outcome::from).collect())
}

fn table(signals: SignedSignals) -> Result<SignalTable, String> {
    SignalTable::new(signals.values, signals.inputs, signals.features).map_err(|e| e.to_string())
}

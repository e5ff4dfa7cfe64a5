//! Inputs through the model, signals to tables, tables to separation.

use convlens_activations::{ActivationsError, Inputs, RunOptions, Runner, SignedSignals, Tap};
use convlens_hypergraph::{
    ExemplarOptions, FeatureExemplars, HypergraphError, Labels, SignalPositions, SignalTable,
    classify_held_out, exemplars, separate_layers,
};

use super::bases::KINDS;
use super::{file_name, reason};
use crate::analysis::{BasisKind, BasisSeparation, InputSummary, LayerSeparation};
use crate::outcome::Outcome;
use crate::progress::{Progress, Stage};
use crate::settings::Settings;

type Found = (Vec<Outcome<LayerSeparation>>, Outcome<InputSummary>);

/// Measures all layers. The error is a reason that holds for every one of them: the model does not
/// run.
pub(super) fn measure(
    runner: &Runner,
    inputs: &Inputs,
    taps: &[Outcome<&Tap>],
    settings: &Settings,
    progress: &mut dyn Progress,
) -> Result<Found, String> {
    // Without labels that can be used the model is run for its own outputs alone.
    let every: Vec<usize> = (0..inputs.count()).collect();
    let wanted: Vec<Tap> = match labels(inputs, &every) {
        Ok(_) => taps
            .iter()
            .filter_map(|t| t.value().map(|t| (*t).clone()))
            .collect(),
        Err(_) => Vec::new(),
    };
    progress.begin(Stage::Activations, inputs.count());
    let options = RunOptions::default().aggregation(settings.aggregation);
    let run = runner
        .run(inputs, &wanted, &options, &mut |done| {
            progress.update(Stage::Activations, done, "")
        })
        .map_err(|e| reason(&e, runner.path()))?;
    let labels = labels(inputs, &run.inputs);
    let summary = Outcome::Value(InputSummary {
        name: file_name(inputs.path()),
        shape: [&[run.inputs.len()], &inputs.shape()[1..]].concat(),
        classes: labels.as_ref().ok().map(Labels::n_classes),
        correct: run.correct(inputs),
        preprocessing: inputs.preprocessing().cloned(),
        left_out: run.left_out.clone(),
    });
    let outcomes = match labels {
        Ok(labels) => {
            let tables = tables(taps, run.taps);
            let mut outcomes = separations(tables, &labels, settings, progress);
            number_exemplars(&mut outcomes, &run.inputs);
            outcomes
        }
        Err(reason) => taps.iter().map(|_| Outcome::unavailable(&reason)).collect(),
    };
    Ok((outcomes, summary))
}

/// Exemplars are rows of the tables; where inputs were left out, these have other numbers.
fn number_exemplars(outcomes: &mut [Outcome<LayerSeparation>], inputs: &[usize]) {
    for outcome in outcomes {
        let Outcome::Value(layer) = outcome else {
            continue;
        };
        for feature in &mut layer.exemplars {
            for exemplar in feature.highest.iter_mut().chain(&mut feature.lowest) {
                // Inputs are counted in u32 there; a table of more rows does not exist.
                exemplar.input = inputs[exemplar.input as usize] as u32;
            }
        }
    }
}

/// The classes of the inputs that were run.
fn labels(inputs: &Inputs, run: &[usize]) -> Result<Labels, String> {
    match inputs.labels() {
        Some(labels) => {
            let labels: Vec<i64> = run.iter().map(|&i| labels[i]).collect();
            Labels::new(&labels).map_err(|e| e.to_string())
        }
        None => Err(format!(
            "{}: the inputs carry no labels",
            file_name(inputs.path())
        )),
    }
}

/// What a run gave for each tap that it was asked for.
type Tapped = Result<Vec<SignedSignals>, ActivationsError>;

/// One layer in one basis: its table, and where on its grid the values are, if it was asked.
pub(super) struct Table {
    signals: SignalTable,
    positions: Option<SignalPositions>,
}

impl Table {
    pub(super) fn new(found: SignedSignals) -> Result<Self, String> {
        let (inputs, features) = (found.inputs, found.features);
        let positions = found.peaks.map(|peaks| {
            SignalPositions::new(peaks.coordinates(), inputs, features, peaks.grid.len())
        });
        let signals = SignalTable::new(found.values, inputs, features);
        Ok(Self {
            signals: signals.map_err(|e| e.to_string())?,
            positions: positions.transpose().map_err(|e| e.to_string())?,
        })
    }

    fn exemplars(&self, settings: &Settings) -> Result<Vec<FeatureExemplars>, String> {
        if settings.exemplars == 0 {
            return Ok(Vec::new());
        }
        let options = ExemplarOptions::default().count(settings.exemplars);
        exemplars(&self.signals, &options, self.positions.as_ref()).map_err(|e| e.to_string())
    }
}

/// The tables of one layer, one for each basis, or why there are none.
pub(super) type Tables = Result<Vec<Table>, String>;

/// One entry for each tap; `results` has one for each that could be asked for.
fn tables(taps: &[Outcome<&Tap>], results: Vec<Tapped>) -> Vec<Tables> {
    let mut results = results.into_iter();
    let tables = |tap: &Outcome<&Tap>| match tap {
        Outcome::Unavailable { reason } => Err(reason.clone()),
        Outcome::Value(_) => match results.next() {
            Some(Ok(signals)) => signals.into_iter().map(Table::new).collect(),
            Some(Err(error)) => Err(error.to_string()),
            None => Err("it was not tapped".to_owned()),
        },
    };
    taps.iter().map(tables).collect()
}

/// One outcome for each layer: the separation in every basis, or why there is none.
pub(super) fn separations(
    tables: Vec<Tables>,
    labels: &Labels,
    settings: &Settings,
    progress: &mut dyn Progress,
) -> Vec<Outcome<LayerSeparation>> {
    let usable: Vec<&Vec<Table>> = tables.iter().filter_map(|t| t.as_ref().ok()).collect();
    progress.begin(Stage::Separation, KINDS.len());
    let mut by_basis = Vec::new();
    for (i, kind) in KINDS.iter().enumerate() {
        progress.update(Stage::Separation, i, &kind.to_string());
        // One call for all layers: the p-values are corrected over them.
        let layers = usable.iter().filter_map(|t| t.get(i)).map(|t| &t.signals);
        let layers: Vec<&SignalTable> = layers.collect();
        let found = separate_layers(&layers, labels, &settings.separation());
        by_basis.push(found.map(Vec::into_iter).map_err(|e| e.to_string()));
    }
    progress.update(Stage::Separation, KINDS.len(), "");
    let mut layer = |tables: Tables| {
        let tables = tables?;
        let singular = KINDS.iter().position(|&kind| kind == BasisKind::Singular);
        let singular = singular.and_then(|i| tables.get(i));
        let mut bases = Vec::new();
        for (&basis, layers) in KINDS.iter().zip(&mut by_basis) {
            let separation = layers.as_mut().map_err(|reason| reason.clone())?.next();
            bases.extend(separation.map(|separation| BasisSeparation { basis, separation }));
        }
        let rotations = tables.get(KINDS.len()..).unwrap_or_default();
        let rotation_accuracies = accuracies(&bases, rotations, labels, settings);
        Ok::<_, String>(LayerSeparation {
            directions: singular.map_or(0, |t| t.signals.features() / 2),
            bases,
            rotation_accuracies: rotation_accuracies.map_err(|e| e.to_string())?,
            exemplars: singular.map_or(Ok(Vec::new()), |t| t.exemplars(settings))?,
        })
    };
    tables.into_iter().map(|t| layer(t).into()).collect()
}

/// The held-out accuracy of every rotation: that of the measured one, then of the further tables.
fn accuracies(
    bases: &[BasisSeparation],
    further: &[Table],
    labels: &Labels,
    settings: &Settings,
) -> Result<Vec<f64>, HypergraphError> {
    let options = settings.separation();
    let first = bases.iter().filter(|b| b.basis == BasisKind::Rotation);
    let first = first.map(|b| Ok(b.separation.accuracy.observed));
    let judged = |table| classify_held_out(table, labels, options.incidence_rule, options.split());
    let further = further
        .iter()
        .map(|table| Ok(judged(&table.signals)?.accuracy));
    first.chain(further).collect()
}

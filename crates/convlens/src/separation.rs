//! From the signals of each layer to the separation of the classes.

use convlens_activations::SignedSignals;
use convlens_hypergraph::{
    HypergraphError, Labels, Separation, SignalTable, separate_layers,
    separation::{
        ExemplarOptions, Feature, FeatureExemplars, Sign, SignalPositions, classify_held_out,
        exemplars,
    },
};
use convlens_model::error_chain;

use crate::analysis::{Bases, BasisKind, LayerSeparation, Rotations};
use crate::bases::ByBasis;
use crate::outcome::Outcome;
use crate::progress::{Canceled, Stage, Watch};
use crate::settings::Settings;

/// One layer in one basis: its table, and where on its grid the values are, if that was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    signals: SignalTable,
    positions: Option<SignalPositions>,
}

impl Table {
    fn new(found: SignedSignals) -> Result<Self, String> {
        let (inputs, features) = (found.inputs, found.features);
        let positions = found.peaks.map(|peaks| {
            SignalPositions::new(peaks.coordinates(), inputs, features, peaks.grid.len())
        });
        // A collector gives each direction two columns, one for each sign.
        let columns = (0..features as u32).map(|column| Feature {
            direction: column / 2,
            sign: if column.is_multiple_of(2) {
                Sign::Positive
            } else {
                Sign::Negative
            },
        });
        let signals = SignalTable::new(found.values, inputs, features)
            .and_then(|table| table.with_columns(columns.collect()));
        Ok(Self {
            signals: signals.map_err(|e| error_chain(&e))?,
            positions: positions.transpose().map_err(|e| error_chain(&e))?,
        })
    }

    fn exemplars(&self, settings: &Settings) -> Result<Vec<FeatureExemplars>, HypergraphError> {
        if settings.exemplars == 0 {
            return Ok(Vec::new());
        }
        let options = ExemplarOptions::default().count(settings.exemplars);
        exemplars(&self.signals, &options, self.positions.as_ref())
    }
}

/// The tables of one layer, or why there are none.
pub(crate) type Tables = Result<ByBasis<Table>, String>;

/// The tables of a layer from what its collector gives.
pub(crate) fn tables(collected: Vec<SignedSignals>) -> Tables {
    let tables: Vec<Table> = collected
        .into_iter()
        .map(Table::new)
        .collect::<Result<_, _>>()?;
    ByBasis::of_list(tables).ok_or_else(|| "its output was not collected in every basis".into())
}

/// One outcome for each layer: the separation in every basis, or why there is none.
pub(crate) fn separations(
    tables: Vec<Tables>,
    labels: &Labels,
    settings: &Settings,
    watch: &mut Watch<'_>,
) -> Result<Vec<Outcome<LayerSeparation>>, Canceled> {
    const STEPS: usize = 3;
    let usable: Vec<&ByBasis<Table>> = tables.iter().filter_map(|t| t.as_ref().ok()).collect();
    let mut done = 0;
    let mut measure = |kind: BasisKind, of: &dyn Fn(&ByBasis<Table>) -> Option<&SignalTable>| {
        watch.at(Stage::Separation, done, STEPS, &kind.to_string())?;
        done += 1;
        // One call for all layers: the p-values are corrected over them.
        let layers: Vec<&SignalTable> = usable.iter().filter_map(|t| of(t)).collect();
        let found = separate_layers(&layers, labels, &settings.separation());
        Ok(found.map(Vec::into_iter).map_err(|e| error_chain(&e)))
    };
    let mut singular = measure(BasisKind::Singular, &|t| Some(&t.singular.signals))?;
    let mut channels = measure(BasisKind::Channels, &|t| Some(&t.channels.signals))?;
    let mut rotations = measure(BasisKind::Rotation, &|t| {
        t.rotations.first().map(|first| &first.signals)
    })?;
    watch.at(Stage::Separation, STEPS, STEPS, "")?;

    let mut outcomes = Vec::with_capacity(tables.len());
    for tables in tables {
        watch.check()?;
        let layer = tables.and_then(|tables| {
            let bases = Bases {
                singular: next(&mut singular)?,
                channels: next(&mut channels)?,
                rotations: rotated(next(&mut rotations)?, &tables.rotations, labels, settings)?,
            };
            Ok(LayerSeparation {
                directions: tables.singular.signals.features() / 2,
                exemplars: tables
                    .singular
                    .exemplars(settings)
                    .map_err(|e| error_chain(&e))?,
                bases,
            })
        });
        outcomes.push(layer.into());
    }
    Ok(outcomes)
}

/// The next layer of a basis, or why none was measured in it.
fn next(
    layers: &mut Result<impl Iterator<Item = Separation>, String>,
) -> Result<Separation, String> {
    let layers = layers.as_mut().map_err(|reason| reason.clone())?;
    layers.next().ok_or_else(|| "it was not measured".into())
}

/// The measured rotation, and the held-out accuracy of every one.
fn rotated(
    first: Separation,
    tables: &[Table],
    labels: &Labels,
    settings: &Settings,
) -> Result<Rotations, String> {
    let options = settings.separation();
    let mut accuracies = vec![first.accuracy.observed];
    for table in tables.iter().skip(1) {
        let judged = classify_held_out(
            &table.signals,
            labels,
            options.incidence_rule,
            options.split(),
        );
        accuracies.push(judged.map_err(|e| error_chain(&e))?.accuracy);
    }
    Ok(Rotations { first, accuracies })
}

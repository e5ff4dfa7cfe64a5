//! Analyzes layers of a network that another framework trains or runs, such as candle.
//!
//! Name the layers ([`Monitor::layer`]), add their outputs batch by batch ([`Monitor::add`]), and
//! finish with the labels ([`Monitor::finish`]): the result is an [`Analysis`] like that of a file,
//! which can be saved and rendered. [`WatchedLayer`] adds a layer's bias and grid to its kernel.
//! With the feature `candle`, a tensor converts to a [`ConvKernel`]; a complete training loop is in
//! `examples/candle-monitor` of the repository.

use convlens_activations::SignalCollector;
use convlens_hypergraph::{HypergraphError, Labels};
use convlens_model::{ChannelAxis, LayerKind, error_chain};
use convlens_svd::{ConvKernel, LayerSvd};

use crate::analysis::{Analysis, InputSummary, LayerAnalysis, ModelSummary, SCHEMA_VERSION};
use crate::bases;
use crate::error::Error;
use crate::outcome::Outcome;
use crate::progress::Watch;
use crate::separation::{Tables, separations, tables};
use crate::settings::Settings;
use crate::weights::{self, Facts, weights_of, without_separation};

/// Analyzes layers whose weights and activations come from elsewhere: a network in training, or one
/// that another framework runs.
///
/// Activations are aggregated as they come and never stored. The results are those of
/// [`Analysis::builder`], bit for bit where weights, activations, grids and the order of the layers
/// are.
///
/// # Example
///
/// ```
/// use convlens::analysis::BasisKind;
/// use convlens::hypergraph::IncidenceRule;
/// use convlens::monitor::{Monitor, WatchedLayer};
/// use convlens::svd::{ConvKernel, Geometry};
/// use convlens::Settings;
///
/// // A layer of 1 x 1 filters, one for each of two channels; it has learned nothing yet.
/// let kernel = ConvKernel::new(vec![1.0, 0.0, 0.0, 1.0], &[2, 2, 1, 1], Geometry::new(2))?;
/// let half = IncidenceRule::TopQuantile { fraction: 0.5 };
/// let settings = Settings::default().permutations(99).incidence_rule(half);
/// let mut monitor = Monitor::new(&settings)?.with_name("two channels");
/// let conv1 = monitor.layer("conv1", WatchedLayer::new(&kernel).grid(&[1, 1]))?;
///
/// // Images of one pixel, four at a time. Odd ones are of class 1: strong in the second channel.
/// for i in 0..10u8 {
///     let noise = f32::from(i) / 100.0;
///     let outputs = [0.9 + noise, 0.2, 0.1, 0.8 + noise, 1.1 + noise, 0.1, 0.3, 1.0 + noise];
///     monitor.add(conv1, &outputs, &[4, 2, 1, 1])?;
/// }
/// let labels: Vec<i64> = (0..40).map(|i| i % 2).collect();
/// let analysis = monitor.finish(&labels)?;
///
/// let layer = &analysis.layers[conv1.index()];
/// assert_eq!(layer.unfolding.singular_values, [1.0, 1.0]);
/// let accuracy = &layer.separation.value().unwrap().bases.singular.accuracy;
/// assert_eq!((accuracy.observed, accuracy.p_value), (1.0, 0.01));
/// # Ok::<(), convlens::Error>(())
/// ```
#[doc(alias = "callback")]
#[doc(alias = "hook")]
#[doc(alias = "training")]
#[derive(Debug, Clone)]
pub struct Monitor {
    name: String,
    settings: Settings,
    layers: Vec<Watched>,
}

/// A layer whose weights are analyzed, and what collects its signals; the error is why nothing can.
#[derive(Debug, Clone)]
struct Watched {
    record: LayerAnalysis,
    signals: Result<SignalCollector, String>,
}

/// The handle of a layer of a [`Monitor`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LayerId(usize);

impl LayerId {
    /// The index of the layer in [`Analysis::layers`].
    #[must_use]
    pub fn index(self) -> usize {
        self.0
    }
}

/// A layer as a [`Monitor`] takes it: the kernel, and what else is known of it.
///
/// A `&ConvKernel` alone becomes a layer without bias and of unknown grid.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchedLayer<'k> {
    kernel: &'k ConvKernel,
    bias: Option<&'k [f64]>,
    grid: Option<Vec<usize>>,
}

impl<'k> WatchedLayer<'k> {
    /// A layer without bias and of unknown grid.
    #[must_use]
    pub fn new(kernel: &'k ConvKernel) -> Self {
        // A dense layer has no positions, which is all that a grid says.
        let grid = kernel.is_dense().then(Vec::new);
        WatchedLayer {
            kernel,
            bias: None,
            grid,
        }
    }

    /// The bias, one number for each output channel. It is subtracted from the layer's outputs, so
    /// that signals are linear in the layer's input.
    #[must_use]
    pub fn bias(self, bias: &'k [f64]) -> Self {
        WatchedLayer {
            bias: Some(bias),
            ..self
        }
    }

    /// The spatial size of the layer's input, such as `[height, width]`; none for a dense layer.
    /// With it the record has the spectrum of the operator, and the norm is that on this grid;
    /// without it the norm holds for every grid.
    #[must_use]
    pub fn grid(self, grid: &[usize]) -> Self {
        WatchedLayer {
            grid: Some(grid.to_vec()),
            ..self
        }
    }

    fn check(&self) -> Result<(), Error> {
        let (axes, channels) = (self.kernel.spatial_dims(), self.kernel.c_out());
        match (&self.grid, self.bias) {
            (Some(grid), _) if grid.len() != axes || grid.contains(&0) => Err(Error::Grid {
                grid: grid.clone(),
                axes,
            }),
            (_, Some(bias)) if bias.len() != channels => Err(Error::BiasLength {
                expected: channels,
                found: bias.len(),
            }),
            _ => Ok(()),
        }
    }
}

impl<'k> From<&'k ConvKernel> for WatchedLayer<'k> {
    fn from(kernel: &'k ConvKernel) -> Self {
        WatchedLayer::new(kernel)
    }
}

impl Monitor {
    /// A monitor without layers.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] and [`Error::Separation`] for a setting out of range.
    pub fn new(settings: &Settings) -> Result<Monitor, Error> {
        settings.check()?;
        Ok(Monitor {
            name: "monitored model".to_owned(),
            settings: settings.clone(),
            layers: Vec::new(),
        })
    }

    /// Sets the name of the model in the result; "monitored model" by default.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Monitor {
        Monitor {
            name: name.into(),
            ..self
        }
    }

    /// Adds a layer and analyzes its weights. The handle is for [`add`](Monitor::add).
    ///
    /// The layer is a `&ConvKernel` or a [`WatchedLayer`]. The order of the layers decides their
    /// random rotations, as the order in the model does in [`Analysis::builder`].
    ///
    /// # Errors
    ///
    /// [`Error::Layer`], which names the layer, with the cause: [`Error::DuplicateLayer`] for a
    /// name that another layer has, [`Error::BiasLength`] unless the bias has one number for each
    /// output channel, [`Error::Grid`] unless the grid has one size for each spatial axis,
    /// [`Error::Decomposition`] if the weights cannot be decomposed.
    ///
    /// # Complexity
    ///
    /// One SVD of the unfolded kernel, the bootstrap of its tail
    /// ([`Settings::bootstrap_replicates`], 0 for none), and the spectrum and norm of the operator,
    /// which [`Settings::operator_budget`] bounds (0 for neither).
    pub fn layer<'k>(
        &mut self,
        name: impl Into<String>,
        layer: impl Into<WatchedLayer<'k>>,
    ) -> Result<LayerId, Error> {
        let (name, layer) = (name.into(), layer.into());
        let watched = self
            .watched(&name, &layer)
            .map_err(|error| error.of_layer(&name))?;
        self.layers.push(watched);
        Ok(LayerId(self.layers.len() - 1))
    }

    fn watched(&self, name: &str, layer: &WatchedLayer<'_>) -> Result<Watched, Error> {
        if self.layers.iter().any(|other| other.record.name == name) {
            return Err(Error::DuplicateLayer);
        }
        layer.check()?;
        let kernel = layer.kernel;
        let svd = LayerSvd::new(kernel)?;
        let (kind, axis) = match (kernel.is_dense(), kernel.geometry().is_transposed()) {
            (true, _) => (LayerKind::Dense, ChannelAxis::Last),
            (false, true) => (LayerKind::ConvTranspose, ChannelAxis::Second),
            (false, false) => (LayerKind::Conv, ChannelAxis::Second),
        };
        let facts = Facts {
            name: name.to_owned(),
            kind,
            weight: None,
            dtype: None,
            grid: layer.grid.clone(),
            assumptions: Vec::new(),
        };
        let number = self.layers.len() as u64;
        let signals = bases::of_layer(&svd, &self.settings, number).and_then(|bases| {
            let signals = SignalCollector::new(bases.into_list())
                .with_aggregation(self.settings.aggregation)
                .with_channel_axis(axis);
            match layer.bias {
                Some(bias) => signals
                    .with_offset(bias.to_vec())
                    .map_err(|e| error_chain(&e)),
                None => Ok(signals),
            }
        });
        let values = svd.values().clone();
        let record = weights::record(facts, kernel, values, &self.settings, &Watch::default())?;
        Ok(Watched { record, signals })
    }

    /// Adds a layer's outputs for a batch of inputs, bias included, before any nonlinearity or
    /// normalization: row-major `values` of the shape `[batch, channels, positions..]`, or
    /// `[batch, positions.., channels]` for a dense layer (a kernel `[c_out, c_in]`).
    ///
    /// All layers are given the same inputs in the same order; batches may differ in size. After an
    /// error nothing of the batch is kept.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownLayer`] for a handle of another monitor that has more layers;
    /// [`Error::Layer`], which names the layer, with the cause [`Error::Inputs`], as
    /// [`SignalCollector::add`](convlens_activations::SignalCollector::add).
    pub fn add<T: Copy + Into<f64>>(
        &mut self,
        layer: LayerId,
        values: &[T],
        shape: &[usize],
    ) -> Result<(), Error> {
        let layers = self.layers.len();
        let Some(watched) = self.layers.get_mut(layer.0) else {
            let index = layer.0;
            return Err(Error::UnknownLayer { index, layers });
        };
        match &mut watched.signals {
            Ok(signals) => signals
                .add(values, shape)
                .map_err(|error| Error::from(error).of_layer(&watched.record.name)),
            Err(_) => Ok(()),
        }
    }

    /// Measures the separation of the classes at every layer, `labels` being the class of each
    /// input.
    ///
    /// A layer that was given more or fewer inputs than there are labels, or none, says so in its
    /// [`Outcome`], and the others are measured. P-values are corrected over these.
    ///
    /// # Errors
    ///
    /// [`Error::Separation`] if there are no labels, or all are equal; [`Error::NoLayers`] if no
    /// layer was added.
    ///
    /// # Complexity
    ///
    /// For each layer and basis, one [`Separation`](convlens_hypergraph::Separation).
    pub fn finish<L: Copy + Into<i64>>(self, labels: &[L]) -> Result<Analysis, Error> {
        let labels = Labels::new(labels)?;
        let inputs = InputSummary {
            name: None,
            count: labels.len(),
            shape: None,
            classes: Some(labels.n_classes()),
            correct: None,
            preprocessing: None,
            left_out: Vec::new(),
        };
        let Monitor {
            name,
            settings,
            layers,
        } = self;
        let mut tables = Vec::with_capacity(layers.len());
        let mut records = Vec::with_capacity(layers.len());
        for layer in layers {
            tables.push(layer.signals.and_then(|s| complete(s, labels.len())));
            records.push(layer.record);
        }
        let found = separations(tables, &labels, &settings, &mut Watch::default())?;
        for (record, separation) in records.iter_mut().zip(found) {
            record.separation = separation;
        }
        analysis(name, settings, records, Outcome::Value(inputs))
    }

    /// The analysis of the weights alone: of a network whose outputs are not watched, or have no
    /// labels.
    ///
    /// # Errors
    ///
    /// [`Error::NoLayers`] if no layer was added.
    pub fn finish_unlabeled(self) -> Result<Analysis, Error> {
        let mut records: Vec<_> = self.layers.into_iter().map(|l| l.record).collect();
        let inputs = without_separation(&mut records, "no labels were given");
        analysis(self.name, self.settings, records, inputs)
    }
}

fn analysis(
    name: String,
    settings: Settings,
    layers: Vec<LayerAnalysis>,
    inputs: Outcome<InputSummary>,
) -> Result<Analysis, Error> {
    if layers.is_empty() {
        return Err(Error::NoLayers {
            model: name,
            skipped: 0,
            example: "no layer was added".into(),
        });
    }
    Ok(Analysis {
        schema_version: SCHEMA_VERSION,
        convlens_version: env!("CARGO_PKG_VERSION").into(),
        model: ModelSummary {
            name,
            format: None,
            weights: weights_of(&layers),
            notes: Vec::new(),
        },
        inputs,
        settings,
        layers,
        skipped: Vec::new(),
    })
}

/// The tables of a layer that was given every input.
fn complete(signals: SignalCollector, labels: usize) -> Tables {
    match signals.inputs() {
        0 => Err("no activations were added".into()),
        inputs if inputs == labels => tables(signals.finish()),
        inputs => Err(error_chain(&HypergraphError::LabelCount { labels, inputs })),
    }
}

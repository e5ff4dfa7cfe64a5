//! The analysis of layers that another framework holds and runs.

use convlens_activations::SignalCollector;
use convlens_hypergraph::{HypergraphError, Labels};
use convlens_model::ChannelAxis;
use convlens_svd::{ConvKernel, LayerSvd, LayerValues};

use super::separation::{Table, Tables, separations};
use super::{bases, weights};
use crate::analysis::{LayerSeparation, LayerStatistics, UnfoldingSummary};
use crate::error::Error;
use crate::outcome::Outcome;
use crate::settings::Settings;

/// Analyses layers whose weights and activations come from elsewhere: a network in training, or one
/// that another framework runs.
///
/// Say what the layers are, add their outputs batch by batch, and finish with the labels. Activations are
/// aggregated as they come and never stored. The results are those of [`analyze`](crate::analyze), bit for bit
/// where weights, activations and the order of the layers are.
///
/// # Example
///
/// ```
/// use convlens::svd::{ConvKernel, Geometry};
/// use convlens::hypergraph::IncidenceRule;
/// use convlens::{BasisKind, Monitor, Settings};
///
/// // A layer of 1 x 1 filters, one for each of two channels; it has learned nothing yet.
/// let kernel = ConvKernel::new(vec![1.0, 0.0, 0.0, 1.0], &[2, 2, 1, 1], Geometry::new(2))?;
/// let half = IncidenceRule::TopQuantile { fraction: 0.5 };
/// let settings = Settings::default().permutations(99).incidence_rule(half);
/// let mut monitor = Monitor::new(&settings)?;
/// let layer = monitor.layer("conv1", &kernel, None)?;
///
/// // Images of one pixel, four at a time. Odd ones are of class 1, and strong in the second channel.
/// for i in 0..10u8 {
///     let noise = f32::from(i) / 100.0;
///     let outputs = [0.9 + noise, 0.2, 0.1, 0.8 + noise, 1.1 + noise, 0.1, 0.3, 1.0 + noise];
///     monitor.add(layer, &outputs, &[4, 2, 1, 1])?;
/// }
/// let labels: Vec<i64> = (0..40).map(|i| i % 2).collect();
/// let layers = monitor.finish(&labels)?;
///
/// assert_eq!(layers[0].unfolding.singular_values, [1.0, 1.0]);
/// let separation = layers[0].separation.value().unwrap();
/// let accuracy = &separation.basis(BasisKind::Singular).unwrap().accuracy;
/// assert_eq!((accuracy.observed, accuracy.p_value), (1.0, 0.01));
/// # Ok::<(), convlens::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Monitor {
    settings: Settings,
    layers: Vec<Watched>,
}

/// A layer whose weights are done, and what collects its signals; the error is why nothing can.
#[derive(Debug, Clone)]
struct Watched {
    name: String,
    unfolding: UnfoldingSummary,
    statistics: Outcome<LayerStatistics>,
    signals: Result<SignalCollector, String>,
}

/// What was found out about one layer of a [`Monitor`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MonitoredLayer {
    /// The layer's name.
    pub name: String,
    /// The SVD of the unfolded kernel.
    pub unfolding: UnfoldingSummary,
    /// Random-matrix statistics of the unfolded kernel.
    pub statistics: Outcome<LayerStatistics>,
    /// How well the layer's leading directions separate the classes.
    pub separation: Outcome<LayerSeparation>,
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
            settings: settings.clone(),
            layers: Vec::new(),
        })
    }

    /// Adds a layer by its weights and bias, and gives its number: 0 for the first, then counting up.
    ///
    /// The number decides the layer's random rotations, as the place in the model does in
    /// [`analyze`](crate::analyze). `name` is for the result alone.
    ///
    /// # Errors
    ///
    /// [`Error::Decomposition`] if the weights cannot be decomposed.
    ///
    /// # Complexity
    ///
    /// One SVD of the unfolded kernel, and the bootstrap of its tail.
    pub fn layer(
        &mut self,
        name: impl Into<String>,
        kernel: &ConvKernel,
        bias: Option<&[f64]>,
    ) -> Result<usize, Error> {
        let svd = LayerSvd::new(kernel)?;
        let values = LayerValues::from(&svd);
        let number = self.layers.len();
        let axis = if kernel.is_dense() {
            ChannelAxis::Last
        } else {
            ChannelAxis::Second
        };
        let signals = bases::all(&svd, &self.settings, number as u64).map(|bases| {
            let signals = SignalCollector::new(bases)
                .with_aggregation(self.settings.aggregation)
                .with_channel_axis(axis);
            match bias {
                Some(bias) => signals.with_offset(bias.to_vec()),
                None => signals,
            }
        });
        self.layers.push(Watched {
            name: name.into(),
            unfolding: weights::unfolding(&values),
            statistics: weights::statistics(&values, &self.settings),
            signals,
        });
        Ok(number)
    }

    /// Adds a layer's outputs for a batch of inputs, bias included, before any nonlinearity or
    /// normalisation: row-major `values` of the shape `[batch, channels, positions..]`, or
    /// `[batch, positions.., channels]` for a dense layer (a kernel `[c_out, c_in]`).
    ///
    /// All layers are given the same inputs in the same order; batches may differ in size. After an error
    /// nothing of the batch is kept.
    ///
    /// # Errors
    ///
    /// [`Error::Inputs`], as [`SignalCollector::add`](convlens_activations::SignalCollector::add).
    ///
    /// # Panics
    ///
    /// If there is no such layer.
    pub fn add<T: Copy + Into<f64>>(
        &mut self,
        layer: usize,
        values: &[T],
        shape: &[usize],
    ) -> Result<(), Error> {
        match &mut self.layers[layer].signals {
            Ok(signals) => Ok(signals.add(values, shape)?),
            Err(_) => Ok(()),
        }
    }

    /// Measures the separation of the classes at every layer, `labels` being the class of each input.
    ///
    /// A layer that was given more or fewer inputs than there are labels, or none, says so in its
    /// [`Outcome`], and the others are measured. P-values are corrected over these.
    ///
    /// # Errors
    ///
    /// [`Error::Separation`] if there are no labels, or all are equal.
    ///
    /// # Complexity
    ///
    /// For each layer and basis, one [`Separation`](convlens_hypergraph::Separation).
    pub fn finish<L: Copy + Into<i64>>(self, labels: &[L]) -> Result<Vec<MonitoredLayer>, Error> {
        let labels = Labels::new(labels)?;
        let mut tables = Vec::with_capacity(self.layers.len());
        let mut layers = Vec::with_capacity(self.layers.len());
        for layer in self.layers {
            tables.push(layer.signals.and_then(|s| complete(s, labels.len())));
            layers.push(MonitoredLayer {
                name: layer.name,
                unfolding: layer.unfolding,
                statistics: layer.statistics,
                separation: Outcome::unavailable("not measured"),
            });
        }
        let found = separations(tables, &labels, &self.settings, &mut ());
        for (layer, separation) in layers.iter_mut().zip(found) {
            layer.separation = separation;
        }
        Ok(layers)
    }
}

/// The tables of a layer that was given every input.
fn complete(signals: SignalCollector, labels: usize) -> Tables {
    match signals.inputs() {
        0 => Err("no activations were added".into()),
        inputs if inputs == labels => signals.finish().into_iter().map(Table::new).collect(),
        inputs => Err(HypergraphError::LabelCount { labels, inputs }.to_string()),
    }
}

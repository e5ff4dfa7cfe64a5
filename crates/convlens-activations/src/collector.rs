//! The tables of one layer while its activations come in, batch by batch, wherever they come from.

use convlens_model::ChannelAxis;

use crate::aggregation::Aggregation;
use crate::error::ActivationsError;
use crate::peaks::Peaks;
use crate::signals::{Basis, Output, SignedSignals};

/// Aggregates one layer's activations onto bases, a batch at a time; activations are never stored.
///
/// Any framework's activations will do: what is added is a slice and its shape. Those of a model that `Runner`
/// runs come in the same way. An input's row depends on its own numbers alone, so
/// tables are the same bits however inputs are divided into batches.
///
/// # Example
///
/// ```
/// use convlens_activations::{Basis, SignalCollector};
///
/// // Two channels; the one direction is their difference, and their biases are 1 and 0.
/// let difference = Basis::new(vec![1.0, -1.0], 2);
/// let mut collector = SignalCollector::new(vec![difference]).with_offset(vec![1.0, 0.0]);
/// // One input at a time, [batch, channels, positions] = [1, 2, 3].
/// collector.add(&[1.0f32, 2.0, 3.0, 0.0, 0.0, 4.0], &[1, 2, 3])?;
/// collector.add(&[0.0f32, 0.0, 0.0, 7.0, 8.0, 9.0], &[1, 2, 3])?;
///
/// let table = &collector.finish()[0];
/// assert_eq!((table.inputs, table.features), (2, 2));
/// // The largest value of the signal and of its negative, input by input.
/// assert_eq!(table.values, [1.0, 2.0, -8.0, 10.0]);
/// # Ok::<(), convlens_activations::ActivationsError>(())
/// ```
#[derive(Debug, Clone)]
pub struct SignalCollector {
    bases: Vec<Basis>,
    offset: Option<Vec<f64>>,
    aggregation: Aggregation,
    channel_axis: ChannelAxis,
    /// One for each basis.
    rows: Vec<Vec<f64>>,
    /// Filled for the bases that ask for it.
    peaks: Vec<Vec<u32>>,
    grid: Option<Vec<usize>>,
    inputs: usize,
}

impl SignalCollector {
    /// Empty tables, one for each basis: no offset, [`Aggregation::Max`], and channels second, as in
    /// `[batch, channels, height, width]`.
    #[must_use]
    pub fn new(bases: Vec<Basis>) -> SignalCollector {
        SignalCollector {
            rows: vec![Vec::new(); bases.len()],
            peaks: vec![Vec::new(); bases.len()],
            bases,
            offset: None,
            aggregation: Aggregation::default(),
            channel_axis: ChannelAxis::Second,
            grid: None,
            inputs: 0,
        }
    }

    /// Subtracts this from the output before it is projected, one number for each channel: the layer's
    /// bias, so that signals are linear in the layer's input.
    #[must_use]
    pub fn with_offset(self, offset: Vec<f64>) -> SignalCollector {
        SignalCollector {
            offset: Some(offset),
            ..self
        }
    }

    /// How signals over positions become one number; for what is added from here on, so best said first.
    #[must_use]
    pub fn with_aggregation(self, aggregation: Aggregation) -> SignalCollector {
        SignalCollector {
            aggregation,
            ..self
        }
    }

    /// Where the channels are in the shapes to come.
    #[must_use]
    pub fn with_channel_axis(self, channel_axis: ChannelAxis) -> SignalCollector {
        SignalCollector {
            channel_axis,
            ..self
        }
    }

    /// The number of inputs that were added.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Adds the layer's outputs for a batch, before any nonlinearity: row-major `values` of the given
    /// shape, the batch first, as `f32`, `f64` or any type that becomes `f64` without loss.
    ///
    /// A batch of no inputs adds nothing. After an error the tables are what they were before.
    ///
    /// # Errors
    ///
    /// [`ActivationsError::OutputShape`] for a shape without channels or positions,
    /// [`ActivationsError::OutputLength`] if shape and values disagree in number,
    /// [`ActivationsError::OutputChannels`] if a basis or the offset has another number of channels,
    /// [`ActivationsError::OutputGrid`] if an earlier batch had other positions,
    /// [`ActivationsError::NonFiniteOutput`] for NaN and infinities.
    ///
    /// # Complexity
    ///
    /// `O(directions * channels * positions)` for each input and basis.
    pub fn add<T: Copy + Into<f64>>(
        &mut self,
        values: &[T],
        shape: &[usize],
    ) -> Result<(), ActivationsError> {
        let output = self.check(values, shape)?;
        if output.batch() == 0 {
            return Ok(());
        }
        self.grid.get_or_insert_with(|| output.grid().to_vec());
        self.inputs += output.batch();
        let tables = self.rows.iter_mut().zip(&mut self.peaks);
        for (basis, (rows, peaks)) in self.bases.iter().zip(tables) {
            let peaks = basis.tracks_peaks(self.aggregation).then_some(peaks);
            output.aggregate(basis, self.offset.as_deref(), self.aggregation, rows, peaks);
        }
        Ok(())
    }

    /// The values with their shape, all of it checked.
    fn check<'a, T: Copy + Into<f64>>(
        &self,
        values: &'a [T],
        shape: &'a [usize],
    ) -> Result<Output<'a, T>, ActivationsError> {
        let output = Output::new(values, shape, self.channel_axis).filter(|o| o.size() > 0);
        let Some(output) = output else {
            let shape = shape.to_vec();
            return Err(ActivationsError::OutputShape { shape });
        };
        if output.size().checked_mul(output.batch()) != Some(values.len()) {
            return Err(ActivationsError::OutputLength {
                shape: shape.to_vec(),
                values: values.len(),
            });
        }
        let found = output.channels();
        let offset = self.offset.iter().map(Vec::len);
        let mut widths = self.bases.iter().map(Basis::channels).chain(offset);
        if let Some(expected) = widths.find(|&width| width != found) {
            return Err(ActivationsError::OutputChannels {
                shape: shape.to_vec(),
                found,
                expected,
            });
        }
        if let Some(expected) = self.grid.as_ref().filter(|grid| *grid != output.grid()) {
            return Err(ActivationsError::OutputGrid {
                found: output.grid().to_vec(),
                expected: expected.clone(),
            });
        }
        let mut numbers = values.iter().map(|&v| v.into()).enumerate();
        match numbers.find(|(_, value): &(usize, f64)| !value.is_finite()) {
            Some((index, value)) => Err(ActivationsError::NonFiniteOutput { index, value }),
            None => Ok(output),
        }
    }

    /// One table for each basis, in their order, with one row for each input, in the order in which they
    /// were added.
    #[must_use]
    pub fn finish(self) -> Vec<SignedSignals> {
        let (how, inputs) = (self.aggregation, self.inputs);
        let grid = self.grid.unwrap_or_default();
        let tables = self.rows.into_iter().zip(self.peaks);
        let table = |(basis, (values, indices)): (&Basis, (Vec<f64>, Vec<u32>))| SignedSignals {
            inputs,
            features: 2 * basis.directions(),
            values,
            peaks: basis.tracks_peaks(how).then(|| Peaks {
                grid: grid.clone(),
                indices,
            }),
        };
        self.bases.iter().zip(tables).map(table).collect()
    }
}

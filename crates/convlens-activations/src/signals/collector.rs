//! Activations of one layer onto bases, batch by batch, wherever they come from.

use convlens_model::ChannelAxis;

use super::aggregate::{Aggregation, Peaks, Signed, Tracker};
use crate::error::ActivationsError;

/// Directions in the space of a layer's output channels.
///
/// The signal of direction `u` at a position is `u . (y - b)`, with `y` the layer's output there
/// and `b` its bias.
#[doc(alias = "directions")]
#[derive(Debug, Clone, PartialEq)]
pub struct Basis {
    name: Option<String>,
    channels: usize,
    directions: usize,
    vectors: Vec<f64>,
    peaks: bool,
}

impl Basis {
    /// A basis from row-major vectors: rows of `channels` numbers, one for each direction.
    ///
    /// # Errors
    ///
    /// [`ActivationsError::Basis`] if `channels` is 0 or does not divide the number of values.
    pub fn new(vectors: Vec<f64>, channels: usize) -> Result<Basis, ActivationsError> {
        if channels == 0 || !vectors.len().is_multiple_of(channels) {
            return Err(ActivationsError::Basis {
                values: vectors.len(),
                channels,
            });
        }
        Ok(Basis {
            name: None,
            channels,
            directions: vectors.len() / channels,
            vectors,
            peaks: false,
        })
    }

    /// Names the basis; its table carries the name ([`SignedSignals::basis`]).
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Basis {
        Basis {
            name: Some(name.into()),
            ..self
        }
    }

    /// Its name, if it has one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Also records the position of each signal's maximum ([`SignedSignals::peaks`]): 4 bytes for
    /// each value.
    #[must_use]
    pub fn with_peaks(self) -> Basis {
        Basis {
            peaks: true,
            ..self
        }
    }

    /// Whether positions of maxima are recorded, and signals are maxima at all.
    pub(crate) fn tracks_peaks(&self, how: Aggregation) -> bool {
        self.peaks && how == Aggregation::Max
    }

    /// The number of directions.
    #[must_use]
    pub fn directions(&self) -> usize {
        self.directions
    }

    /// The number of channels.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.channels
    }
}

/// Aggregated signals of one layer in one basis: `inputs` rows of `2 * directions` features, in
/// the order `+1, -1, +2, -2, ..`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SignedSignals {
    /// The name of the basis, if it has one ([`Basis::with_name`]).
    pub basis: Option<String>,
    /// The number of rows.
    pub inputs: usize,
    /// The number of columns.
    pub features: usize,
    /// Row-major numbers.
    pub values: Vec<f64>,
    /// Where each maximum is, if the basis records it ([`Basis::with_peaks`]); `None` under
    /// aggregations other than [`Aggregation::Max`], which have no position.
    pub peaks: Option<Peaks>,
}

/// Aggregates one layer's activations onto bases, a batch at a time; activations are never stored.
///
/// They may come from any framework, as a slice and its shape. An input's row depends on its own
/// numbers alone, so tables are the same bits however inputs are divided into batches.
///
/// # Example
///
/// ```
/// use convlens_activations::{Basis, SignalCollector};
///
/// // Two channels; the one direction is their difference, and the biases are 1 and 0.
/// let difference = Basis::new(vec![1.0, -1.0], 2)?;
/// let mut collector = SignalCollector::new(vec![difference]).with_offset(vec![1.0, 0.0])?;
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
#[doc(alias = "hook")]
#[doc(alias = "register_forward_hook")]
#[derive(Debug, Clone)]
pub struct SignalCollector {
    bases: Vec<Basis>,
    offset: Option<Vec<f64>>,
    aggregation: Aggregation,
    channel_axis: ChannelAxis,
    /// One for each basis.
    rows: Vec<Vec<f64>>,
    /// Filled for the bases that record them.
    peaks: Vec<Vec<u32>>,
    grid: Option<Vec<usize>>,
    inputs: usize,
}

impl SignalCollector {
    /// Empty tables, one for each basis: no offset, [`Aggregation::Max`], and channels second, as
    /// in `[batch, channels, height, width]`.
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

    /// Subtracts this from the output before it is projected, one number for each channel: the
    /// layer's bias, so that signals are linear in the layer's input.
    ///
    /// # Errors
    ///
    /// [`ActivationsError::OffsetLength`] if a basis has another number of channels.
    pub fn with_offset(self, offset: Vec<f64>) -> Result<SignalCollector, ActivationsError> {
        let mut channels = self.bases.iter().map(Basis::channels);
        if let Some(channels) = channels.find(|&channels| channels != offset.len()) {
            return Err(ActivationsError::OffsetLength {
                offset: offset.len(),
                channels,
            });
        }
        Ok(SignalCollector {
            offset: Some(offset),
            ..self
        })
    }

    /// Sets how signals over positions become one number, for what is added from here on; call it
    /// first.
    #[must_use]
    pub fn with_aggregation(self, aggregation: Aggregation) -> SignalCollector {
        SignalCollector {
            aggregation,
            ..self
        }
    }

    /// Sets where the channels are in the shapes to come.
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

    /// Adds the layer's outputs for a batch, before any nonlinearity: row-major `values` of the
    /// given shape, the batch first, as `f32`, `f64` or any type that becomes `f64` without loss.
    ///
    /// A batch of no inputs adds nothing. After an error the tables are what they were before.
    ///
    /// # Errors
    ///
    /// [`ActivationsError::OutputShape`] for a shape without channels or positions,
    /// [`ActivationsError::OutputLength`] if shape and values disagree in number,
    /// [`ActivationsError::OutputChannels`] if a basis or the offset has another number of
    /// channels, [`ActivationsError::OutputGrid`] if an earlier batch had other positions,
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

    /// The values with their shape, both checked.
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

    /// One table for each basis, in their order and with its name. Rows are inputs, in the order in
    /// which they were added.
    #[must_use]
    pub fn finish(self) -> Vec<SignedSignals> {
        let (how, inputs) = (self.aggregation, self.inputs);
        let grid = self.grid.unwrap_or_default();
        let tables = self.rows.into_iter().zip(self.peaks);
        let table = |(basis, (values, indices)): (&Basis, (Vec<f64>, Vec<u32>))| SignedSignals {
            basis: basis.name.clone(),
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

/// The output of a layer for a batch, laid out as `[batch, outer, channels, inner]`: the positions
/// of a convolution are inner, those of a dense layer outer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output<'a, T> {
    values: &'a [T],
    batch: usize,
    outer: usize,
    channels: usize,
    inner: usize,
    grid: &'a [usize],
}

/// Sizes that a shape declares are no sizes in memory yet: no overflow.
fn product(sizes: &[usize]) -> usize {
    sizes.iter().fold(1, |n, &size| n.saturating_mul(size))
}

impl<'a, T: Copy + Into<f64>> Output<'a, T> {
    /// Interprets a tensor; `None` where its rank is too low.
    pub(crate) fn new(values: &'a [T], shape: &'a [usize], axis: ChannelAxis) -> Option<Self> {
        let (&batch, rest) = shape.split_first()?;
        let (outer, channels, inner, grid) = match axis {
            ChannelAxis::Second => {
                let (&channels, positions) = rest.split_first()?;
                (1, channels, product(positions), positions)
            }
            ChannelAxis::Last => {
                let (&channels, positions) = rest.split_last()?;
                (product(positions), channels, 1, positions)
            }
        };
        Some(Output {
            values,
            batch,
            outer,
            channels,
            inner,
            grid,
        })
    }

    /// The positions' own shape.
    pub(crate) fn grid(&self) -> &'a [usize] {
        self.grid
    }

    pub(crate) fn batch(&self) -> usize {
        self.batch
    }

    pub(crate) fn channels(&self) -> usize {
        self.channels
    }

    /// The numbers of one input.
    pub(crate) fn size(&self) -> usize {
        self.outer
            .saturating_mul(self.channels)
            .saturating_mul(self.inner)
    }

    /// Appends one row of signed features for each input of the batch, and where its maxima are.
    ///
    /// Channels are added in index order, so the bits do not depend on the batch.
    pub(crate) fn aggregate(
        &self,
        basis: &Basis,
        offset: Option<&[f64]>,
        how: Aggregation,
        rows: &mut Vec<f64>,
        mut peaks: Option<&mut Vec<u32>>,
    ) {
        let mut signal = vec![0.0; self.inner];
        for sample in self.values.chunks_exact(self.size()) {
            for u in basis.vectors.chunks_exact(basis.channels) {
                let shift = offset.map_or(0.0, |b| b.iter().zip(u).map(|(b, u)| b * u).sum());
                let mut features = Signed::new(how);
                let mut tracker = Tracker::new();
                for block in sample.chunks_exact(self.channels * self.inner) {
                    signal.fill(-shift);
                    for (row, &u) in block.chunks_exact(self.inner).zip(u) {
                        for (s, &y) in signal.iter_mut().zip(row) {
                            *s += u * y.into();
                        }
                    }
                    signal.iter().for_each(|&s| features.add(s));
                    if peaks.is_some() {
                        signal.iter().for_each(|&s| tracker.add(s));
                    }
                }
                rows.extend(features.finish(self.outer * self.inner));
                if let Some(peaks) = &mut peaks {
                    peaks.extend(tracker.finish());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two inputs, two channels, three positions.
    const FEATURE_MAPS: [f32; 12] = [1., 2., 3., 10., 20., 30., -1., 0., 1., 0., 0., 5.];

    #[test]
    fn signals_of_a_feature_map_are_projected_shifted_and_aggregated() {
        let basis = Basis::new(vec![1.0, 0.0, 0.5, -1.0], 2).unwrap();
        let output = Output::new(&FEATURE_MAPS, &[2, 2, 3], ChannelAxis::Second).unwrap();
        let mut rows = Vec::new();
        let mut peaks = Vec::new();
        let offset = [1.0, 2.0];
        output.aggregate(
            &basis,
            Some(&offset),
            Aggregation::Max,
            &mut rows,
            Some(&mut peaks),
        );
        // By hand: u1.(y - b) = y1 - 1; u2.(y - b) = 0.5 y1 - y2 + 1.5.
        assert_eq!(rows, [2.0, 0.0, -8.0, 27.0, 0.0, 2.0, 1.5, 3.0]);
        // Of the second input u2 gives 1, 1.5 and -3.
        assert_eq!(peaks, [2, 0, 0, 2, 2, 0, 1, 2]);
        assert_eq!(output.grid(), [3]);
        rows.clear();
        output.aggregate(&basis, None, Aggregation::Mean, &mut rows, None);
        assert_eq!(rows[..4], [2.0, -2.0, -19.0, 19.0]);
    }

    #[test]
    fn channels_of_a_dense_layer_come_last() {
        let basis = Basis::new(vec![0.0, 1.0], 2).unwrap();
        let sequence = Output::new(&FEATURE_MAPS, &[2, 3, 2], ChannelAxis::Last).unwrap();
        let mut rows = Vec::new();
        let mut peaks = Vec::new();
        sequence.aggregate(&basis, None, Aggregation::Max, &mut rows, Some(&mut peaks));
        // Second channel of the first input: 2, 10, 30; of the second: 0, 0, 5.
        assert_eq!(rows, [30.0, -2.0, 5.0, 0.0]);
        assert_eq!((peaks, sequence.grid()), (vec![2, 0, 2, 0], &[3][..]));
    }
}

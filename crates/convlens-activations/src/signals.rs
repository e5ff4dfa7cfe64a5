//! From the output of a layer to one number for each input and signed direction.

use convlens_model::ChannelAxis;

use crate::aggregation::{Aggregation, Signed};
use crate::peaks::{Peaks, Tracker};

/// Directions in the space of a layer's output channels.
///
/// `vectors` holds `directions` rows of `channels` numbers; the signal of direction `u` at a
/// position is `u . (y - b)`, with `y` the layer's output there and `b` its bias.
#[derive(Debug, Clone, PartialEq)]
pub struct Basis {
    channels: usize,
    directions: usize,
    vectors: Vec<f64>,
    peaks: bool,
}

impl Basis {
    /// A basis from row-major vectors.
    ///
    /// # Panics
    ///
    /// If `channels == 0` or `vectors.len()` is not a multiple of `channels`.
    #[must_use]
    pub fn new(vectors: Vec<f64>, channels: usize) -> Basis {
        assert!(
            channels > 0 && vectors.len().is_multiple_of(channels),
            "vectors of {channels} channels"
        );
        Basis {
            channels,
            directions: vectors.len() / channels,
            vectors,
            peaks: false,
        }
    }

    /// Asks for the position of each signal's maximum too ([`SignedSignals::peaks`]): 4 bytes for each
    /// value.
    #[must_use]
    pub fn with_peaks(self) -> Basis {
        Basis {
            peaks: true,
            ..self
        }
    }

    /// Whether positions of maxima are asked for, and signals are maxima at all.
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
    /// The number of rows.
    pub inputs: usize,
    /// The number of columns.
    pub features: usize,
    /// Row-major numbers.
    pub values: Vec<f64>,
    /// Where each maximum is, if the basis asked for it ([`Basis::with_peaks`]); `None` under other
    /// aggregations than [`Aggregation::Max`], which have no place.
    pub peaks: Option<Peaks>,
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
        let basis = Basis::new(vec![1.0, 0.0, 0.5, -1.0], 2);
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
        let basis = Basis::new(vec![0.0, 1.0], 2);
        let sequence = Output::new(&FEATURE_MAPS, &[2, 3, 2], ChannelAxis::Last).unwrap();
        let mut rows = Vec::new();
        let mut peaks = Vec::new();
        sequence.aggregate(&basis, None, Aggregation::Max, &mut rows, Some(&mut peaks));
        // Second channel of the first input: 2, 10, 30; of the second: 0, 0, 5.
        assert_eq!(rows, [30.0, -2.0, 5.0, 0.0]);
        assert_eq!((peaks, sequence.grid()), (vec![2, 0, 2, 0], &[3][..]));
    }
}

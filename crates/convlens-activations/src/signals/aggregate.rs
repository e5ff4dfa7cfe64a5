//! From a signal over positions to one number for each sign, and the position of its maximum.

/// How a signal over the positions of a feature map becomes one number.
///
/// A direction always has two features: that of the signal and that of its negative. (The minimum
/// over positions is the second one under [`Aggregation::Max`], negated.) A dense layer has one
/// position, so the maximum and the mean are plus and minus the signal itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Aggregation {
    /// The largest value over the positions: how strongly the pattern appears anywhere. The
    /// default.
    #[default]
    Max,
    /// The mean over the positions: how much of the pattern there is.
    Mean,
    /// The Euclidean norm over the positions where the signal has the feature's sign,
    /// `sqrt(sum_p max(s_p, 0)^2)`: how much of the pattern there is anywhere, strong positions
    /// counting most. The squares of a direction's two features add up to the squared norm of its
    /// signal.
    L2,
}

/// A running aggregate of a signal and of its negative.
pub(crate) struct Signed {
    how: Aggregation,
    plus: f64,
    minus: f64,
}

impl Signed {
    pub(crate) fn new(how: Aggregation) -> Self {
        let start = match how {
            Aggregation::Max => f64::NEG_INFINITY,
            Aggregation::Mean | Aggregation::L2 => 0.0,
        };
        Signed {
            how,
            plus: start,
            minus: start,
        }
    }

    pub(crate) fn add(&mut self, s: f64) {
        match self.how {
            Aggregation::Max => {
                self.plus = self.plus.max(s);
                self.minus = self.minus.max(-s);
            }
            Aggregation::Mean => {
                self.plus += s;
                self.minus -= s;
            }
            Aggregation::L2 => {
                let (plus, minus) = (s.max(0.0), (-s).max(0.0));
                self.plus += plus * plus;
                self.minus += minus * minus;
            }
        }
    }

    pub(crate) fn finish(self, positions: usize) -> [f64; 2] {
        let of = |total: f64| match self.how {
            Aggregation::Max => total,
            Aggregation::Mean => total / positions as f64,
            Aggregation::L2 => total.sqrt(),
        };
        [of(self.plus), of(self.minus)]
    }
}

/// The position of the maximum of each signal of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Peaks {
    /// The spatial size of the layer's output, `[n_1, .., n_d]`; empty where there is one position,
    /// as in most dense layers.
    pub grid: Vec<usize>,
    /// For each value of the table, the position of the maximum, counted row by row through the
    /// grid; the first of equal maxima.
    pub indices: Vec<u32>,
}

impl Peaks {
    /// All positions as coordinates, `grid.len()` for each value of the table, in the order of the
    /// grid's axes.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_activations::{Basis, SignalCollector};
    ///
    /// let one_channel = Basis::new(vec![1.0], 1)?.with_peaks();
    /// let mut collector = SignalCollector::new(vec![one_channel]);
    /// // Two rows of three; 9 is in the second row, and 1 in the first.
    /// collector.add(&[2.0f32, 1.0, 5.0, 6.0, 7.0, 9.0], &[1, 1, 2, 3])?;
    ///
    /// let peaks = collector.finish()[0].peaks.clone().unwrap();
    /// assert_eq!((&*peaks.grid, &*peaks.indices), (&[2, 3][..], &[5, 1][..]));
    /// // Row and column of the largest value, then of the smallest.
    /// assert_eq!(peaks.coordinates(), [1, 2, 0, 1]);
    /// # Ok::<(), convlens_activations::ActivationsError>(())
    /// ```
    #[must_use]
    pub fn coordinates(&self) -> Vec<u32> {
        let mut all = Vec::with_capacity(self.indices.len() * self.grid.len());
        for &index in &self.indices {
            let start = all.len();
            let mut rest = u64::from(index);
            for &n in self.grid.iter().rev() {
                let n = (n as u64).max(1);
                // A remainder of a `u32`.
                all.push((rest % n) as u32);
                rest /= n;
            }
            all[start..].reverse();
        }
        all
    }
}

/// The running maxima of a signal and of its negative, and where they are.
#[derive(Debug)]
pub(crate) struct Tracker {
    plus: (f64, u32),
    minus: (f64, u32),
    next: u32,
}

impl Tracker {
    pub(crate) fn new() -> Self {
        Tracker {
            plus: (f64::NEG_INFINITY, 0),
            minus: (f64::NEG_INFINITY, 0),
            next: 0,
        }
    }

    pub(crate) fn add(&mut self, s: f64) {
        if s > self.plus.0 {
            self.plus = (s, self.next);
        }
        if -s > self.minus.0 {
            self.minus = (-s, self.next);
        }
        // No tensor of more positions fits in memory.
        self.next = self.next.saturating_add(1);
    }

    pub(crate) fn finish(&self) -> [u32; 2] {
        [self.plus.1, self.minus.1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_aggregate_equals_its_definition() {
        let aggregate = |how| {
            let mut signed = Signed::new(how);
            [3.0, -12.0, 4.0, -5.0]
                .into_iter()
                .for_each(|s| signed.add(s));
            signed.finish(4)
        };
        assert_eq!(aggregate(Aggregation::Max), [4.0, 12.0]);
        assert_eq!(aggregate(Aggregation::Mean), [-2.5, 2.5]);
        // 3-4-5 and 5-12-13.
        assert_eq!(aggregate(Aggregation::L2), [5.0, 13.0]);
    }

    #[test]
    fn coordinates_go_row_by_row() {
        let peaks = |grid: &[usize], indices: &[u32]| Peaks {
            grid: grid.to_vec(),
            indices: indices.to_vec(),
        };
        assert_eq!(peaks(&[2, 3], &[0, 4, 5]).coordinates(), [0, 0, 1, 1, 1, 2]);
        assert_eq!(peaks(&[7], &[6, 0]).coordinates(), [6, 0]);
        assert_eq!(peaks(&[2, 1, 2], &[3]).coordinates(), [1, 0, 1]);
        assert!(peaks(&[], &[0, 0]).coordinates().is_empty());
    }

    #[test]
    fn the_first_of_equal_maxima_counts() {
        let mut tracker = Tracker::new();
        for s in [1.0, 3.0, -2.0, 3.0, -2.0] {
            tracker.add(s);
        }
        assert_eq!(tracker.finish(), [1, 2]);
    }
}

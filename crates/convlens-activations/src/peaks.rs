//! Where on a layer's grid a signal has its maximum.

/// The position of the maximum of each signal of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Peaks {
    /// The spatial size of the layer's output, `[n_1, .., n_d]`; empty where there is one position, as in
    /// most dense layers.
    pub grid: Vec<usize>,
    /// For each value of the table, its position counted row by row through the grid; the first of
    /// equal maxima.
    pub indices: Vec<u32>,
}

impl Peaks {
    /// All positions as coordinates, `grid.len()` for each value of the table, in the order of the axes of
    /// the grid.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_activations::{Basis, SignalCollector};
    ///
    /// let one_channel = Basis::new(vec![1.0], 1).with_peaks();
    /// let mut collector = SignalCollector::new(vec![one_channel]);
    /// // Two rows of three; 9 is in the second row, and 1 in the first.
    /// collector.add(&[2.0f32, 1.0, 5.0, 6.0, 7.0, 9.0], &[1, 1, 2, 3])?;
    ///
    /// let peaks = collector.finish()[0].peaks.clone().unwrap();
    /// assert_eq!((peaks.grid.as_slice(), peaks.indices.as_slice()), (&[2, 3][..], &[5, 1][..]));
    /// assert_eq!(peaks.coordinates(), [1, 2, 0, 1]); // rows and columns of the largest and the smallest
    /// # Ok::<(), convlens_activations::ActivationsError>(())
    /// ```
    #[must_use]
    pub fn coordinates(&self) -> Vec<u32> {
        let mut all = Vec::with_capacity(self.indices.len() * self.grid.len());
        for &index in &self.indices {
            let start = all.len();
            let mut rest = index as usize;
            for &n in self.grid.iter().rev() {
                all.push((rest % n.max(1)) as u32);
                rest /= n.max(1);
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
        // No tensor of that many positions fits into memory.
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

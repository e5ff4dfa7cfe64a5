//! Mean and standard deviation of every feature over some of the inputs.

use super::SignalTable;
use super::column::{Column, scale};

/// Values input by input, so that a sum over inputs runs along all features at once.
#[derive(Debug)]
pub(crate) struct Moments {
    features: usize,
    /// Scaled as in [`Column`].
    rows: Vec<f64>,
}

impl Moments {
    pub(crate) fn new(table: &SignalTable) -> Self {
        let features = table.features();
        let scales: Vec<f64> = (0..features)
            .map(|f| scale((0..table.inputs()).map(|i| table.value(i, f))))
            .collect();
        let rows = (0..table.inputs())
            .flat_map(|i| table.row(i).iter().zip(&scales).map(|(v, s)| v / s))
            .collect();
        Self { features, rows }
    }

    /// For each feature, mean and sample standard deviation over the `m` inputs that `take` accepts.
    /// The sd is 0 for fewer than two and for all-equal values, also where rounding of the mean
    /// would say otherwise.
    pub(crate) fn of(
        &self,
        columns: &[Column],
        m: usize,
        take: impl Fn(u32) -> bool,
    ) -> Vec<(f64, f64)> {
        let rows = || {
            let rows = self.rows.chunks_exact(self.features).zip(0u32..);
            rows.filter(|&(_, input)| take(input)).map(|(row, _)| row)
        };
        let mut means = vec![0.0; self.features];
        for row in rows() {
            means.iter_mut().zip(row).for_each(|(sum, v)| *sum += v);
        }
        means.iter_mut().for_each(|sum| *sum /= m as f64);
        let mut squares = vec![0.0; self.features];
        for row in rows() {
            for ((sum, v), mean) in squares.iter_mut().zip(row).zip(&means) {
                *sum += (v - mean) * (v - mean);
            }
        }
        let sd = |squares: f64| (squares / (m - 1) as f64).sqrt();
        columns
            .iter()
            .zip(means.into_iter().zip(squares))
            .map(
                |(column, (mean, squares))| match is_constant(column, &take) {
                    true => (mean, 0.0),
                    false => (mean, sd(squares)),
                },
            )
            .collect()
    }
}

/// Whether the values of the inputs that `take` accepts are all equal, or none.
fn is_constant(column: &Column, take: impl Fn(u32) -> bool) -> bool {
    let order = column.order();
    let first = order.iter().position(|&i| take(i));
    let last = order.iter().rposition(|&i| take(i));
    let ends = first.zip(last);
    ends.is_none_or(|(first, last)| column.sorted()[first] == column.sorted()[last])
}

/// The same of all values of a sorted list: sums in the list's order, whatever that of the inputs.
pub(crate) fn mean_sd(sorted: &[f64]) -> (f64, f64) {
    match sorted {
        [first, .., last] if first != last => {
            let m = sorted.len() as f64;
            let mean = sorted.iter().sum::<f64>() / m;
            let squares: f64 = sorted.iter().map(|v| (v - mean) * (v - mean)).sum();
            (mean, (squares / (m - 1.0)).sqrt())
        }
        _ => (0.0, 0.0),
    }
}

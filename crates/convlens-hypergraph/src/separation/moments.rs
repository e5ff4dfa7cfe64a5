//! Mean and standard deviation of every feature over some of the inputs.

use super::SignalTable;
use super::column::{Column, scale};

/// Values input by input, so that a sum over inputs runs along all features at once.
#[derive(Debug)]
pub(crate) struct Moments {
    /// The mean of each feature over all inputs, scaled as in [`Column`].
    centres: Vec<f64>,
    /// Scaled values less the centres.
    rows: Vec<f64>,
}

impl Moments {
    pub(crate) fn new(table: &SignalTable) -> Self {
        let inputs = table.inputs();
        let scales: Vec<f64> = (0..table.features())
            .map(|f| scale((0..inputs).map(|i| table.value(i, f))))
            .collect();
        let scaled = |i| table.row(i).iter().zip(&scales).map(|(v, s)| v / s);
        let mut centres = vec![0.0; table.features()];
        for i in 0..inputs {
            let sums = centres.iter_mut().zip(scaled(i));
            sums.for_each(|(sum, v)| *sum += v / inputs as f64);
        }
        let rows = (0..inputs)
            .flat_map(|i| scaled(i).zip(&centres).map(|(v, c)| v - c))
            .collect();
        Self { centres, rows }
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
        let features = self.centres.len();
        let rows: Vec<&[f64]> = (0u32..)
            .zip(self.rows.chunks_exact(features))
            .filter(|&(input, _)| take(input))
            .map(|(_, row)| row)
            .collect();
        let (sums, squares) = sums(&rows, features);
        let moments = |(f, column): (usize, &Column)| {
            let (sum, squares) = (sums[f], squares[f]);
            let offset = sum / m as f64;
            if is_constant(column, &take) {
                (self.centres[f] + offset, 0.0)
            } else if sum * offset <= 0.7 * squares {
                // The centre is within one and a half sd of the mean: the difference loses two bits.
                let about_mean = squares - sum * offset;
                let sd = (about_mean / (m - 1) as f64).sqrt();
                (self.centres[f] + offset, sd)
            } else {
                // Farther off, both are summed from the values.
                let pairs = column.order().iter().zip(column.sorted());
                let taken: Vec<f64> = pairs.filter(|p| take(*p.0)).map(|p| *p.1).collect();
                mean_sd(&taken)
            }
        };
        columns.iter().enumerate().map(moments).collect()
    }
}

/// Sums and of squares of each feature, four rows to a step.
fn sums(rows: &[&[f64]], features: usize) -> (Vec<f64>, Vec<f64>) {
    let (mut sums, mut squares) = (vec![0.0; features], vec![0.0; features]);
    let (fours, rest) = rows.as_chunks::<4>();
    for [a, b, c, d] in fours {
        let values = a.iter().zip(*b).zip(c.iter().zip(*d));
        for ((sum, square), ((a, b), (c, d))) in sums.iter_mut().zip(&mut squares).zip(values) {
            *sum += (a + b) + (c + d);
            *square += (a * a + b * b) + (c * c + d * d);
        }
    }
    for row in rest {
        for ((sum, square), v) in sums.iter_mut().zip(&mut squares).zip(*row) {
            *sum += v;
            *square += v * v;
        }
    }
    (sums, squares)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::IncidenceRule;
    use crate::separation::ranking::RankedTable;

    /// Both of one column, of the inputs from `from` on.
    fn both(values: &[f64], from: u32) -> [(f64, f64); 2] {
        let table = SignalTable::new(values.to_vec(), values.len(), 1).unwrap();
        let ranked = RankedTable::new(&table, IncidenceRule::ZScore { threshold: 0.0 });
        let taken = &values[from as usize..];
        let fast = Moments::new(&table).of(&ranked.columns, taken.len(), |i| i >= from);
        [fast[0], mean_sd(taken)]
    }

    #[test]
    fn an_outlier_left_out_takes_no_digits_with_it() {
        // The centre is 1e9 sd away from the values taken.
        let mut values = vec![1e9];
        // Descending, as the sums of `mean_sd` go.
        values.extend((0..50).map(|i| f64::from(50 - i) / 50.0));
        let [fast, slow] = both(&values, 1);
        assert_eq!(fast, slow);
        let [fast, slow] = both(&values[1..], 0);
        assert!((fast.0 - slow.0).abs() < 1e-14 && (fast.1 - slow.1).abs() < 1e-14);
        // All equal, all but one equal.
        let values = [7.0, 0.1, 0.1, 0.1, 0.1];
        assert_eq!(both(&values, 1)[0].1, 0.0);
        let [fast, slow] = both(&values, 0);
        assert!((fast.1 - slow.1).abs() < 1e-14);
    }
}

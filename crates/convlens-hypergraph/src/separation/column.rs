//! One feature's inputs in descending order, so that a threshold's hyperedge is a prefix; mean and
//! standard deviation of every feature over some of the inputs.

use super::table::SignalTable;

/// A feature, ranked once. The end of its hyperedge for any inputs of reference then follows from a
/// short walk, which is what lets every permutation refit it.
#[derive(Debug)]
pub(crate) struct Column {
    /// Inputs by descending value, equal values by ascending input; for a rule per input, which has
    /// no threshold, the members alone.
    order: Vec<u32>,
    /// For each position, the first position of an equal value.
    first_equal: Vec<u32>,
    /// The values in that order. Where squares might overflow or vanish, they are divided by the
    /// largest magnitude; rules with a threshold are blind to a positive scale.
    sorted: Vec<f64>,
    /// Length of the prefix that is the hyperedge with all inputs as reference.
    pub(crate) size: usize,
}

impl Column {
    /// Sorts one feature; its `size` is 0 until a rule sets it.
    pub(crate) fn ranked(table: &SignalTable, feature: usize, keys: &mut Vec<u128>) -> Self {
        let n = table.inputs();
        keys.clear();
        keys.extend((0..n).map(|i| key(table.value(i, feature), i as u32)));
        keys.sort_unstable();
        let scale = scale(keys.iter().map(|&k| value(k)));
        let mut column = Self {
            order: Vec::with_capacity(n),
            first_equal: Vec::with_capacity(n),
            sorted: Vec::with_capacity(n),
            size: 0,
        };
        let mut first = 0;
        for (position, &k) in keys.iter().enumerate() {
            if k >> 32 != keys[first] >> 32 {
                first = position;
            }
            column.order.push(k as u32);
            column.first_equal.push(first as u32);
            column.sorted.push(value(k) / scale);
        }
        column
    }

    /// A hyperedge that no reference changes.
    pub(crate) fn fixed(members: Vec<u32>) -> Self {
        Self {
            size: members.len(),
            order: members,
            first_equal: Vec::new(),
            sorted: Vec::new(),
        }
    }

    /// The inputs, from the first of the hyperedge on.
    pub(crate) fn order(&self) -> &[u32] {
        &self.order
    }

    /// The hyperedge with all inputs as reference.
    pub(crate) fn members(&self) -> &[u32] {
        &self.order[..self.size]
    }

    /// The values in descending order.
    pub(crate) fn sorted(&self) -> &[f64] {
        &self.sorted
    }

    /// The end of the prefix of those above the (k + 1)-th largest of the inputs of reference,
    /// other inputs from the midpoint on between the least member and the largest non-member of the
    /// reference. The walk starts at position `near`, before which `before` inputs are of
    /// reference.
    pub(crate) fn end_of_top(
        &self,
        k: usize,
        near: usize,
        before: usize,
        is_reference: impl Fn(u32) -> bool,
    ) -> usize {
        let Some(position) = self.nth_reference(k, near, before, &is_reference) else {
            return 0;
        };
        // Positions up to `last` are in, those from `border` on are out; between the two there is
        // no input of reference, and the midpoint of their values decides.
        let border = self.first_equal[position] as usize;
        match self.order[..border].iter().rposition(|&i| is_reference(i)) {
            None => 0,
            Some(last) => {
                let middle = (self.sorted[last] + self.sorted[border]) / 2.0;
                let gap = &self.sorted[last + 1..border];
                last + 1 + gap.partition_point(|&v| v >= middle)
            }
        }
    }

    /// Position of the (k + 1)-th input of reference.
    fn nth_reference(
        &self,
        k: usize,
        near: usize,
        before: usize,
        is_reference: impl Fn(u32) -> bool,
    ) -> Option<usize> {
        // Counted rather than branched upon: whether an input is of reference is as good as a coin.
        let is_one = |p: usize| usize::from(is_reference(self.order[p]));
        let (mut position, mut seen) = (near, before);
        if seen > k {
            while seen > k {
                position -= 1;
                seen -= is_one(position);
            }
            return Some(position);
        }
        while position < self.order.len() {
            seen += is_one(position);
            if seen > k {
                return Some(position);
            }
            position += 1;
        }
        None
    }

    /// The end of the prefix with (x - mean) / sd >= `threshold`; 0 where there is no spread.
    pub(crate) fn end_of_z(&self, (mean, sd): (f64, f64), threshold: f64) -> usize {
        if sd > 0.0 {
            let above = |&v: &f64| (v - mean) / sd >= threshold;
            self.sorted.partition_point(above)
        } else {
            0
        }
    }
}

/// What values are divided by before anything is squared.
pub(crate) fn scale(values: impl Iterator<Item = f64>) -> f64 {
    let largest = values.fold(0.0_f64, |m, v| m.max(v.abs()));
    match largest {
        0.0 => 1.0,
        1e-100..=1e100 => 1.0,
        extreme => extreme,
    }
}

const SIGN: u64 = 1 << 63;

/// A number that is smaller for larger values, then for smaller inputs. -0 counts as 0.
fn key(value: f64, input: u32) -> u128 {
    let bits = (value + 0.0).to_bits();
    let ascending = if bits & SIGN == 0 { bits | SIGN } else { !bits };
    u128::from(!ascending) << 32 | u128::from(input)
}

/// The value in a key.
fn value(key: u128) -> f64 {
    let ascending = !((key >> 32) as u64);
    f64::from_bits(if ascending & SIGN == 0 {
        !ascending
    } else {
        ascending ^ SIGN
    })
}

/// Values input by input, so that a sum over inputs runs along all features at once.
#[derive(Debug)]
pub(crate) struct Moments {
    /// The mean of each feature over all inputs, scaled as in [`Column`].
    centers: Vec<f64>,
    /// Scaled values less the centers.
    rows: Vec<f64>,
}

impl Moments {
    pub(crate) fn new(table: &SignalTable) -> Self {
        let inputs = table.inputs();
        let scales: Vec<f64> = (0..table.features())
            .map(|f| scale((0..inputs).map(|i| table.value(i, f))))
            .collect();
        let scaled = |i| table.row(i).iter().zip(&scales).map(|(v, s)| v / s);
        let mut centers = vec![0.0; table.features()];
        for i in 0..inputs {
            let sums = centers.iter_mut().zip(scaled(i));
            sums.for_each(|(sum, v)| *sum += v / inputs as f64);
        }
        let rows = (0..inputs)
            .flat_map(|i| scaled(i).zip(&centers).map(|(v, c)| v - c))
            .collect();
        Self { centers, rows }
    }

    /// For each feature, mean and sample standard deviation over the `m` inputs that `take`
    /// accepts. The sd is 0 for fewer than two and for all-equal values, also where rounding of the
    /// mean would say otherwise.
    pub(crate) fn of(
        &self,
        columns: &[Column],
        m: usize,
        take: impl Fn(u32) -> bool,
    ) -> Vec<(f64, f64)> {
        let features = self.centers.len();
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
                (self.centers[f] + offset, 0.0)
            } else if sum * offset <= 0.7 * squares {
                // The center is within one and a half sd of the mean: the difference loses two
                // bits.
                let about_mean = squares - sum * offset;
                let sd = (about_mean / (m - 1) as f64).sqrt();
                (self.centers[f] + offset, sd)
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
    mod column {
        use super::super::*;

        #[test]
        fn keys_descend_with_values_and_give_them_back() {
            let values = [
                f64::MAX,
                2.0,
                1.0,
                5e-324,
                0.0,
                -5e-324,
                -1.0,
                -1e300,
                f64::MIN,
            ];
            assert!(values.is_sorted_by_key(|&v| key(v, 7)));
            assert!(key(1.0, 3) < key(1.0, 4));
            assert_eq!(key(0.0, 1), key(-0.0, 1));
            for v in values {
                assert_eq!(value(key(v, u32::MAX)), v);
            }
        }
    }

    mod moments {
        use super::super::*;
        use crate::separation::rule::{IncidenceRule, RankedTable};

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
            // The center is 1e9 sd away from the values taken.
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
}

//! One feature's inputs in descending order, so that a threshold's hyperedge is a prefix.

use super::SignalTable;

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

    /// The end of the prefix of those above the (k + 1)-th largest of the inputs of reference, other
    /// inputs from the midpoint on between the least member and the largest non-member of the
    /// reference. The walk starts at position `near`, before which `before` inputs are of reference.
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

#[cfg(test)]
mod tests {
    use super::*;

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

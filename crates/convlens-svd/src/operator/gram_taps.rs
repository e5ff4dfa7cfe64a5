//! The taps of the Gram matrices of symbols, from the taps of the symbols.

use super::polyphase::{GroupTaps, Polyphase};
use crate::dense::multiply;
use crate::lanes::GramTaps;
use crate::parallel::map_ordered;
use std::collections::BTreeMap;

/// Pairs of taps by displacement: the first of each pair is transposed in the product.
type Pairs<'a> = BTreeMap<Vec<i64>, Vec<(&'a [f64], &'a [f64])>>;

/// The taps of `A^H A`, or of `conj(A A^H)` where that is smaller (it has the same eigenvalues), for one group on a grid.
///
/// Displacements are taken modulo the grid, so that a kernel that wraps has no more of them than the grid has points.
pub(super) fn gram_taps(taps: &Polyphase, group: &GroupTaps, grid: &[usize]) -> GramTaps {
    let n = taps.rows.min(taps.cols);
    let pairs = pairs(group, grid);
    let offsets: Vec<Vec<i64>> = pairs.keys().skip(1).cloned().collect();
    let all: Vec<_> = pairs.iter().collect();
    let products = map_ordered(all.len(), |i| {
        let mut sum = vec![0.0; n * n];
        for (w, z) in all[i].1 {
            multiply(w, z, (taps.rows, taps.cols), &mut sum);
        }
        (sum, negated(all[i].0, grid) == *all[i].0)
    });
    let mut coefficients = Vec::with_capacity(n * (n + 1) / 2 * (2 * products.len() - 1));
    for i in 0..n {
        for j in 0..=i {
            let mut found = products.iter();
            coefficients.extend(
                found
                    .next()
                    .map(|(r, _)| (r[i * n + j] + r[j * n + i]) / 2.0),
            );
            for (r, own_negative) in found {
                let (here, there) = (r[i * n + j], r[j * n + i]);
                // A displacement that is its own negative has the sine 0.
                let odd = if *own_negative { 0.0 } else { there - here };
                coefficients.extend([here + there, odd]);
            }
        }
    }
    GramTaps {
        n,
        offsets,
        coefficients,
    }
}

/// All pairs `(W_p, W_q)`, `p <= q`, by the canonical one of `q - p` and `p - q`. Zero comes first.
fn pairs<'a>(group: &'a GroupTaps, grid: &[usize]) -> Pairs<'a> {
    let mut pairs = Pairs::new();
    pairs.insert(vec![0; grid.len()], Vec::new());
    let taps: Vec<(&Vec<usize>, &Vec<f64>)> = group.iter().collect();
    for (i, (p, first)) in taps.iter().enumerate() {
        for (q, second) in &taps[i..] {
            let d: Vec<i64> = p
                .iter()
                .zip(*q)
                .zip(grid)
                .map(|((&p, &q), &n)| (q as i64 - p as i64).rem_euclid(n as i64))
                .collect();
            let opposite = negated(&d, grid);
            let (key, pair) = if d <= opposite {
                (d, (first.as_slice(), second.as_slice()))
            } else {
                (opposite, (second.as_slice(), first.as_slice()))
            };
            pairs.entry(key).or_default().push(pair);
        }
    }
    pairs
}

fn negated(d: &[i64], grid: &[usize]) -> Vec<i64> {
    d.iter()
        .zip(grid)
        .map(|(&d, &n)| (-d).rem_euclid(n as i64))
        .collect()
}

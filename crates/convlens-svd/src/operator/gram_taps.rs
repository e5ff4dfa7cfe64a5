//! The taps of the Gram matrices of symbols, from the taps of the symbols.

use super::frequency::{negated, unravel};
use super::polyphase::{GroupTaps, Polyphase};
use crate::dense::add_product;
use crate::lanes::{GramTaps, Offsets};
use crate::parallel::map_ordered;
use std::collections::BTreeMap;

/// For each displacement, by its row-major index on the grid, runs `(first, second, length)` of neighbouring pairs of taps:
/// the first of each pair is transposed in the product.
type Pairs = BTreeMap<usize, Vec<(usize, usize, usize)>>;

/// Rows of one product, so that what it packs stays in the cache.
const MOST_ROWS: usize = 256;

/// The taps of `A^H A`, or of `conj(A A^H)` where that is smaller (it has the same eigenvalues), for one group on a grid.
///
/// Displacements are taken modulo the grid, so that a kernel that wraps has no more of them than the grid has points.
pub(super) fn gram_taps(taps: &Polyphase, group: &GroupTaps, grid: &[usize]) -> GramTaps {
    let (m, n) = (taps.rows.max(taps.cols), taps.rows.min(taps.cols));
    let pairs = pairs(group, grid);
    let signed = |&d: &usize| unravel(d, grid).iter().map(|&d| d as i64).collect();
    let offsets: Vec<Vec<i64>> = pairs.keys().skip(1).map(signed).collect();
    let all: Vec<_> = pairs.iter().collect();
    let stacked = stacked(taps, group);
    let most = (MOST_ROWS / m).max(1) * m * n;
    let products = map_ordered(all.len(), |i| {
        let mut sum = vec![0.0; n * n];
        for &(first, second, length) in all[i].1 {
            let run = |start: usize| stacked[start * m * n..(start + length) * m * n].chunks(most);
            run(first)
                .zip(run(second))
                .for_each(|(w, z)| add_product(w, z, n, &mut sum));
        }
        (sum, negated(*all[i].0, grid) == *all[i].0)
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
        offsets: Offsets::new(&offsets),
        coefficients,
    }
}

/// The taps one above the other, each turned so that it has at least as many rows as columns: a run of taps is then one matrix.
fn stacked(taps: &Polyphase, group: &GroupTaps) -> Vec<f64> {
    let (rows, cols) = (taps.rows, taps.cols);
    if cols <= rows {
        return group.values().flatten().copied().collect();
    }
    let turned = |w: &Vec<f64>| {
        let entry = |e: usize| w[e % rows * cols + e / rows];
        (0..rows * cols).map(entry).collect::<Vec<f64>>()
    };
    group.values().flat_map(turned).collect()
}

/// All pairs `(W_p, W_q)`, `p <= q`, by the canonical one of `q - p` and `p - q`. Zero comes first.
fn pairs(group: &GroupTaps, grid: &[usize]) -> Pairs {
    let mut pairs = Pairs::new();
    pairs.insert(0, Vec::new());
    let positions: Vec<&Vec<usize>> = group.keys().collect();
    for (i, p) in positions.iter().enumerate() {
        for (j, q) in positions.iter().enumerate().skip(i) {
            let axes = p.iter().zip(*q).zip(grid);
            let d = axes.fold(0, |flat, ((&p, &q), &n)| flat * n + (q % n + n - p % n) % n);
            let opposite = negated(d, grid);
            let (key, (first, second)) = if d <= opposite {
                (d, (i, j))
            } else {
                (opposite, (j, i))
            };
            let runs = pairs.entry(key).or_default();
            match runs.last_mut() {
                Some((start, with, length))
                    if (*start + *length, *with + *length) == (first, second) =>
                {
                    *length += 1;
                }
                _ => runs.push((first, second, 1)),
            }
        }
    }
    pairs
}

//! Frequencies: row-major indices on a grid, the half that determines the other, and roots of
//! unity from exact integer arithmetic.

use crate::error::SvdError;
use crate::kernel::checked_product;
use crate::lanes::Offsets;
use std::f64::consts::TAU;

/// Frequencies of a grid at most: half of them are listed, in 8 GiB then.
const MOST_FREQUENCIES: usize = 1 << 31;

/// The points of a grid of frequencies, refused where lists of them would not fit.
pub(super) fn check_frequencies(grid: &[usize]) -> Result<usize, SvdError> {
    let points = checked_product(grid)?;
    if points > MOST_FREQUENCIES {
        return Err(SvdError::TooLarge {
            what: "the number of frequencies",
            needed: points as u64,
            limit: MOST_FREQUENCIES as u64,
        });
    }
    Ok(points)
}

/// 1 for a frequency that is its own negative, else 2.
pub(super) fn multiplicity(flat: usize, grid: &[usize]) -> usize {
    if negated(flat, grid) == flat { 1 } else { 2 }
}

/// The canonical half of the frequencies of a grid, those whose row-major index is at most that of
/// their negative, ascending.
pub(super) fn canonical(grid: &[usize]) -> Vec<usize> {
    let all: usize = grid.iter().product();
    (0..all).filter(|&f| f <= negated(f, grid)).collect()
}

/// The multi-index of a row-major index.
pub(crate) fn unravel(mut flat: usize, grid: &[usize]) -> Vec<usize> {
    let mut index = vec![0; grid.len()];
    for (i, &n) in index.iter_mut().zip(grid).rev() {
        *i = flat % n;
        flat /= n;
    }
    index
}

/// The row-major index of `-f` modulo the grid, for the row-major index of `f`.
pub(crate) fn negated(mut flat: usize, grid: &[usize]) -> usize {
    let (mut out, mut step) = (0, 1);
    for &n in grid.iter().rev() {
        out += (n - flat % n) % n * step;
        flat /= n;
        step *= n;
    }
    out
}

/// `exp(-2 pi i <f, d> / n)` for frequencies `f` and displacements `d`, from one table for each
/// axis.
#[derive(Debug)]
pub(super) struct Angles {
    grid: Vec<usize>,
    /// `(cos, sin)` of `2 pi t / n` for each axis.
    tables: Vec<Vec<[f64; 2]>>,
}

impl Angles {
    pub(super) fn new(grid: &[usize]) -> Self {
        let table = |&n: &usize| (0..n).map(|t| root(t, n)).collect();
        Self {
            grid: grid.to_vec(),
            tables: grid.iter().map(table).collect(),
        }
    }

    /// `(cos, sin)` of `2 pi f d / n` on each axis, for the row-major index of `f` and the
    /// displacements there, all axes' factors one after another.
    pub(super) fn factors(&self, mut flat: usize, offsets: &Offsets, out: &mut [[f64; 2]]) {
        let mut end = out.len();
        for (axis, displacements) in offsets.axes().iter().enumerate().rev() {
            let (n, table) = (self.grid[axis], &self.tables[axis]);
            let (f, inverse) = (flat % n, (n as f64).recip());
            flat /= n;
            let start = end - displacements.len();
            for (&d, z) in displacements.iter().zip(&mut out[start..end]) {
                *z = table[turn(d, f, n, inverse)];
            }
            end = start;
        }
    }

    /// `(cos, sin)` of `2 pi <f, d> / n` for the row-major index of `f` and each displacement.
    pub(super) fn at(&self, mut flat: usize, displacements: &[Vec<i64>], out: &mut [[f64; 2]]) {
        out.fill([1.0, 0.0]);
        for (axis, table) in self.tables.iter().enumerate().rev() {
            let n = self.grid[axis];
            let (f, inverse) = (flat % n, (n as f64).recip());
            flat /= n;
            for (d, z) in displacements.iter().zip(out.iter_mut()) {
                let [cos, sin] = table[turn(d[axis], f, n, inverse)];
                *z = [z[0] * cos - z[1] * sin, z[0] * sin + z[1] * cos];
            }
        }
    }
}

/// `(cos, sin)` of `2 pi t / n`, for `t < n`: exact at quarters of a turn, so that symbols at
/// `f = -f` are real.
fn root(t: usize, n: usize) -> [f64; 2] {
    match (4 * t as u128, n as u128) {
        (0, _) => [1.0, 0.0],
        (t, n) if t == n => [0.0, 1.0],
        (t, n) if t == 2 * n => [-1.0, 0.0],
        (t, n) if t == 3 * n => [0.0, -1.0],
        _ => {
            let (sin, cos) = (TAU * (t as f64 / n as f64)).sin_cos();
            [cos, sin]
        }
    }
}

/// Sides up to which products of two residues are exact as `f64`.
const MOST_EXACT: usize = 1 << 26;

/// `d f` modulo `n`, for `f < n` and the rounded inverse of `n`: exact.
fn turn(d: i64, f: usize, n: usize, inverse: f64) -> usize {
    // A table of n entries is in memory, so n fits in 63 bits.
    let side = n as i64;
    let d = match d {
        0.. if d < side => d,
        ..0 if d >= -side => d + side,
        _ => d.rem_euclid(side),
    };
    if n > MOST_EXACT {
        return (d as u128 * f as u128 % n as u128) as usize;
    }
    // Division takes most of the time otherwise. The quotient is off by one at most.
    let product = d * f as i64;
    let rest = product - (product as f64 * inverse) as i64 * side;
    let rest = if rest < 0 { rest + side } else { rest };
    let rest = if rest >= side { rest - side } else { rest };
    rest as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negation_is_an_involution_with_the_right_fixed_points() {
        for grid in [vec![], vec![1], vec![6], vec![5], vec![4, 3], vec![2, 4, 3]] {
            let n: usize = grid.iter().product();
            let fixed = (0..n).filter(|&f| negated(f, &grid) == f).count();
            let expected: usize = grid
                .iter()
                .map(|&n| if n % 2 == 0 { 2 } else { 1 })
                .product();
            assert_eq!(fixed, expected, "{grid:?}");
            assert!((0..n).all(|f| negated(negated(f, &grid), &grid) == f));
            let half = canonical(&grid);
            let counted: usize = half.iter().map(|&f| multiplicity(f, &grid)).sum();
            assert_eq!(counted, n, "{grid:?}");
        }
    }

    #[test]
    fn turns_are_exact_of_any_size() {
        let exact = |d: i64, f: usize, n: usize| (d as i128 * f as i128).rem_euclid(n as i128);
        let mut sides = vec![1, 2, 3, 7, 224, 1023, (1 << 26) - 1, 1 << 26];
        // Where addresses have 64 bits.
        sides.extend(usize::try_from((1u64 << 40) + 1));
        for n in sides {
            let inner = [0, 1, 2, n / 3, n / 2, n - 1].map(|f| f.min(n - 1));
            let signed = inner.map(|d| d as i64);
            let outer = signed.map(|d| d + 3 * n as i64);
            for f in inner {
                for d in signed.iter().chain(&outer).flat_map(|&d| [d, -d]) {
                    let found = turn(d, f, n, (n as f64).recip());
                    assert_eq!(found as i128, exact(d, f, n), "{d} {f} {n}");
                }
            }
        }
    }

    #[test]
    fn angles_add_up_over_axes() {
        let angles = Angles::new(&[4, 6]);
        let mut out = [[0.0; 2]; 2];
        // f = (3, 5): <f, (1, -1)> = 3/4 - 5/6 of a turn = -1/12.
        angles.at(3 * 6 + 5, &[vec![0, 0], vec![1, -1]], &mut out);
        assert_eq!(out[0], [1.0, 0.0]);
        let exact = (TAU / 12.0).sin_cos();
        assert!((out[1][0] - exact.1).abs() < 1e-15 && (out[1][1] + exact.0).abs() < 1e-15);
    }
}

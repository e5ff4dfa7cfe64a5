//! The exact search for `xmin`.

use super::distance::{Stack, Tail};
use super::rules::Rules;
use super::sample::Points;
use super::slopes::slopes;

/// The best tail of a sorted sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Best {
    /// Index of `xmin` among the points; the tail is everything from here on.
    pub(super) index: usize,
    /// `alpha - 1`.
    pub(super) slope: f64,
    pub(super) distance: f64,
}

/// The tail with the least Kolmogorov-Smirnov distance over all candidates; the lowest `xmin` among ties.
///
/// Exact: a candidate is dropped only when one of its points lies farther from the law than the best distance so far.
/// Candidates go from coarse to fine, so that neighbours of the best come when it is known; the points that dropped the
/// last few are tried first, which settles nearly all the others with one exponential.
///
/// # Complexity
///
/// `O(n)` exponentials for candidates that are dropped at once, and those of [`Tail::distance_within`] for the few
/// others; no logarithms.
pub(super) fn scan(points: &Points, ceiling: Option<f64>, rules: &Rules) -> Option<Best> {
    let slopes = slopes(points, ceiling, rules);
    let mut best: Option<Best> = None;
    let mut recent = Recent::default();
    let mut stack = Stack::default();
    for index in coarse_to_fine(slopes.len()) {
        let slope = slopes[index];
        if slope <= 0.0 {
            continue;
        }
        let tail = Tail::new(
            (&points.logs, &points.mass),
            index,
            (points.logs[index], slope),
            ceiling,
            rules.ks,
        );
        let bound = best.map_or(f64::INFINITY, |b| b.distance);
        if recent.drops(&tail, index, bound) {
            continue;
        }
        match tail.distance_within(bound, &mut stack) {
            Err(point) => recent.push(index + point),
            Ok(distance) => {
                let better = best.is_none_or(|b| {
                    distance < b.distance || (distance == b.distance && index < b.index)
                });
                if better {
                    best = Some(Best {
                        index,
                        slope,
                        distance,
                    });
                }
            }
        }
    }
    best
}

/// The points that dropped candidates, the last one first.
#[derive(Debug, Default)]
struct Recent([usize; 8]);

impl Recent {
    fn drops(&mut self, tail: &Tail<'_>, first: usize, bound: f64) -> bool {
        for slot in 0..self.0.len() {
            let point = self.0[slot];
            if point >= first && tail.passes(point - first, bound) {
                self.0[..=slot].rotate_right(1);
                return true;
            }
        }
        false
    }

    fn push(&mut self, point: usize) {
        self.0.rotate_right(1);
        self.0[0] = point;
    }
}

/// Every index under `count` once: multiples of a large power of two, then the odd multiples of each smaller one.
fn coarse_to_fine(count: usize) -> impl Iterator<Item = usize> {
    let top = (count / 16).max(1).next_power_of_two();
    let finer = (0..top.trailing_zeros()).rev().flat_map(move |power| {
        let stride = 1 << power;
        (stride..count).step_by(2 * stride)
    });
    (0..count).step_by(top).chain(finer)
}

/// The distance of one given tail: all of it, whatever it is.
pub(super) fn distance(tail: &Tail<'_>, stack: &mut Stack) -> f64 {
    // Nothing passes infinity, and no distance is above 1.
    tail.distance_within(f64::INFINITY, stack).unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_index_comes_once() {
        for count in [0, 1, 2, 15, 16, 17, 100, 1000, 1025] {
            let mut seen: Vec<usize> = coarse_to_fine(count).collect();
            seen.sort_unstable();
            assert!(seen.into_iter().eq(0..count), "{count}");
        }
    }
}

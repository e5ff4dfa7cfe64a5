//! Displacements, and their roots of unity as products over axes.

use super::simd::{Complex, Ops};
use pulp::Simd;

/// Displacements of taps. `exp(i <d, theta>)` is a product over axes, and few displacements along an axis differ: so a frequency
/// costs one root of unity for each of those, and each displacement a product in lanes.
#[derive(Debug)]
pub(crate) struct Offsets {
    /// Different displacements along each axis, ascending.
    axes: Vec<Vec<i64>>,
    /// For each displacement the place of its factor on each axis, all axes' factors one after another.
    places: Vec<Vec<usize>>,
}

impl Offsets {
    pub(crate) fn new(all: &[Vec<i64>]) -> Self {
        let dims = all.first().map_or(0, Vec::len);
        let distinct = |axis: usize| {
            let mut values: Vec<i64> = all.iter().map(|d| d[axis]).collect();
            values.sort_unstable();
            values.dedup();
            values
        };
        let axes: Vec<Vec<i64>> = (0..dims).map(distinct).collect();
        let places = |d: &Vec<i64>| {
            let mut start = 0;
            let axes = d.iter().zip(&axes).map(|(d, values)| {
                let place = start + values.partition_point(|value| value < d);
                start += values.len();
                place
            });
            axes.collect()
        };
        Self {
            places: all.iter().map(places).collect(),
            axes,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// Different displacements along each axis.
    pub(crate) fn axes(&self) -> &[Vec<i64>] {
        &self.axes
    }

    /// Factors over all axes.
    pub(super) fn factors(&self) -> usize {
        self.axes.iter().map(Vec::len).sum()
    }

    /// `(cos, sin)` of each displacement from those of the factors.
    #[inline(always)]
    pub(super) fn expand<S: Simd>(
        &self,
        ops: Ops<S>,
        factors: &[Complex<S>],
        out: &mut [Complex<S>],
    ) {
        let one = [ops.splat(1.0), ops.splat(0.0)];
        for (places, out) in self.places.iter().zip(out) {
            let mut places = places.iter();
            *out = places.next().map_or(one, |&first| factors[first]);
            for &place in places {
                *out = ops.cmadd(*out, factors[place], ops.zero());
            }
        }
    }
}

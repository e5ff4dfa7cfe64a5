//! How far a kernel's periodic operator is from a norm ball, and the change of weights that goes toward it.

use crate::dense::{Excess, excess};
use crate::kernel::checked_product;
use crate::operator::{negated, periodic_grids, unravel};
use crate::parallel::map_ordered;
use crate::{ConvKernel, Rung, SvdError};
use faer::{Mat, MatRef};
use num_complex::Complex64;
use std::collections::BTreeMap;
use std::f64::consts::TAU;

/// Parts that the frequencies are split into, whatever the number of threads: each holds one change of weights.
const PARTS: usize = 16;

/// Where a tap stands on the periodic grid.
struct Place {
    /// Position on the coarse grid.
    position: Vec<usize>,
    /// Block of columns of the polyphase symbol.
    phase: usize,
    /// One over the number of taps that wrap to the same place.
    share: f64,
}

/// The taps of a kernel on a periodic grid, in its stored, forward reading (a transposed layer is the adjoint of that,
/// with the same singular values). The symbol is the polyphase one: see `src/operator/polyphase.rs`.
pub(super) struct PeriodicTaps {
    groups: usize,
    rows: usize,
    channels: usize,
    phases: usize,
    places: Vec<Place>,
    coarse: Vec<usize>,
    points: usize,
}

/// The excess of an operator over a norm bound.
pub(super) struct Overshoot {
    /// What to take from each weight.
    pub(super) change: Vec<f64>,
    /// Distance of the wrapped kernel from the norm ball, in Frobenius norm.
    pub(super) distance: f64,
    /// Norm of the operator.
    pub(super) largest: f64,
    pub(super) rung: Rung,
}

impl PeriodicTaps {
    pub(super) fn new(kernel: &ConvKernel, grid: &[usize]) -> Result<Self, SvdError> {
        let (fine, coarse) = periodic_grids(kernel, grid)?;
        let points = checked_product(&coarse)?;
        let (stride, dilation) = (kernel.geometry().stride(), kernel.geometry().dilation());
        let places: Vec<(Vec<usize>, Vec<usize>)> = (0..kernel.taps())
            .map(|tap| {
                let at = unravel(tap, kernel.kernel_size());
                let at = at.iter().enumerate().map(|(axis, &p)| {
                    let x = dilation[axis] as u128 * p as u128 % fine[axis] as u128;
                    (x as usize / stride[axis], x as usize % stride[axis])
                });
                at.unzip()
            })
            .collect();
        let mut phases: Vec<&Vec<usize>> = places.iter().map(|(_, phase)| phase).collect();
        phases.sort();
        phases.dedup();
        let mut taps_at = BTreeMap::new();
        for place in &places {
            *taps_at.entry(place).or_insert(0u32) += 1;
        }
        let (rows, channels) = (kernel.shape()[0] / kernel.groups(), kernel.shape()[1]);
        checked_product(&[rows, channels, phases.len()])?;
        Ok(Self {
            groups: kernel.groups(),
            rows,
            channels,
            phases: phases.len(),
            places: places
                .iter()
                .map(|place| Place {
                    position: place.0.clone(),
                    phase: phases.partition_point(|p| **p < place.1),
                    share: 1.0 / f64::from(taps_at[place]),
                })
                .collect(),
            coarse,
            points,
        })
    }

    /// The excess over `bound`, cropped to the kernel's own taps.
    ///
    /// Frequencies come in conjugate pairs; half are computed and count twice, with the real part. The adjoint of
    /// wrapping divides what stands at one place of the grid equally over the taps that wrap to it: of all changes of the
    /// weights that do the same to the operator, the least.
    pub(super) fn overshoot(&self, weights: &[f64], bound: f64) -> Result<Overshoot, SvdError> {
        let canonical = |&f: &usize| f <= negated(f, &self.coarse);
        let half: Vec<usize> = (0..self.points).filter(canonical).collect();
        let parts: Vec<&[usize]> = half.chunks(half.len().div_ceil(PARTS)).collect();
        let found = map_ordered(parts.len(), |i| self.part(parts[i], weights, bound));
        let mut sum = Overshoot {
            change: vec![0.0; weights.len()],
            distance: 0.0,
            largest: 0.0,
            rung: Rung::Direct,
        };
        for part in found {
            let part = part?;
            sum.distance += part.distance;
            sum.largest = sum.largest.max(part.largest);
            sum.rung = sum.rung.max(part.rung);
            sum.change
                .iter_mut()
                .zip(&part.change)
                .for_each(|(x, y)| *x += y);
        }
        let points = self.points as f64;
        // Parseval: the operator's squares sum to `points` times those of the wrapped kernel.
        sum.distance = (sum.distance / points).sqrt();
        for (i, x) in sum.change.iter_mut().enumerate() {
            *x *= self.places[i % self.places.len()].share / points;
        }
        Ok(sum)
    }

    /// The same over some frequencies: `distance` squared, nothing divided, and no change where there is none.
    fn part(&self, half: &[usize], weights: &[f64], bound: f64) -> Result<Overshoot, SvdError> {
        let mut sum = Overshoot {
            change: Vec::new(),
            distance: 0.0,
            largest: 0.0,
            rung: Rung::Direct,
        };
        for &f in half {
            let count = if negated(f, &self.coarse) == f {
                1.0
            } else {
                2.0
            };
            let phases: Vec<Complex64> = self.places.iter().map(|p| self.phase(f, p)).collect();
            for group in 0..self.groups {
                let symbol = self.symbol(weights, group, &phases);
                let Excess {
                    matrix,
                    squares,
                    largest,
                    rung,
                } = excess(symbol.as_ref(), bound)?;
                sum.largest = sum.largest.max(largest);
                sum.rung = sum.rung.max(rung);
                sum.distance += count * squares;
                if let Some(matrix) = matrix {
                    sum.change.resize(weights.len(), 0.0);
                    self.crop(matrix.as_ref(), group, &phases, count, &mut sum.change);
                }
            }
        }
        Ok(sum)
    }

    /// `exp(-2 pi i <f, q> / n)`, the product `f q` reduced exactly.
    fn phase(&self, frequency: usize, place: &Place) -> Complex64 {
        let f = unravel(frequency, &self.coarse);
        let turns = f.iter().zip(&place.position).zip(&self.coarse);
        let turns =
            turns.map(|((&f, &q), &n)| (f as u128 * q as u128 % n as u128) as f64 / n as f64);
        Complex64::from_polar(1.0, -TAU * turns.sum::<f64>())
    }

    fn symbol(&self, weights: &[f64], group: usize, phases: &[Complex64]) -> Mat<Complex64> {
        let mut symbol = Mat::zeros(self.rows, self.channels * self.phases);
        self.for_each_weight(group, |index, tap, row, col| {
            symbol[(row, col)] += phases[tap] * weights[index];
        });
        symbol
    }

    fn crop(
        &self,
        excess: MatRef<'_, Complex64>,
        group: usize,
        phases: &[Complex64],
        count: f64,
        change: &mut [f64],
    ) {
        self.for_each_weight(group, |index, tap, row, col| {
            let (e, z) = (excess[(row, col)], phases[tap]);
            change[index] += count * (e.re * z.re + e.im * z.im);
        });
    }

    /// Calls `f(index of a weight, its tap, its row and column in the symbol)` for one group.
    fn for_each_weight(&self, group: usize, mut f: impl FnMut(usize, usize, usize, usize)) {
        let taps = self.places.len();
        for channel in 0..self.channels {
            for row in 0..self.rows {
                let first = ((group * self.rows + row) * self.channels + channel) * taps;
                for (tap, place) in self.places.iter().enumerate() {
                    f(first + tap, tap, row, place.phase * self.channels + channel);
                }
            }
        }
    }
}

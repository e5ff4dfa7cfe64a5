//! The Kolmogorov-Smirnov distance of one tail, exact, by branch and bound over its points.

use crate::tail::options::KsConvention;
use crate::tail::power_law::Bounded;

/// A tail and the law fitted to it. Points count from the first one of the tail.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tail<'a> {
    logs: &'a [f64],
    /// Mass at or above each point, one longer than `logs`.
    mass: &'a [f64],
    /// Logarithm of `xmin`.
    origin: f64,
    /// `alpha - 1`.
    slope: f64,
    /// The law up to the ceiling, if there is one.
    bounded: Option<Bounded>,
    inverse: f64,
    ks: KsConvention,
}

/// Work space of [`Tail::distance_within`], kept from call to call.
#[derive(Debug, Default)]
pub(super) struct Stack {
    now: Vec<Gap>,
    next: Vec<Gap>,
}

/// The points strictly between two whose law is known.
#[derive(Debug, Clone, Copy)]
struct Gap {
    low: usize,
    high: usize,
    at_low: f64,
    at_high: f64,
}

/// Of a bound on a gap, on the safe side: survival functions computed at two points may stand in
/// the wrong order by their rounding, 2 units in the last place of numbers up to 1, and two
/// differences are rounded once more.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

impl<'a> Tail<'a> {
    /// The tail of `logs` and `mass` from `first` on, with the law of rate `slope` above `origin`.
    pub(super) fn new(
        (logs, mass): (&'a [f64], &'a [f64]),
        first: usize,
        (origin, slope): (f64, f64),
        ceiling: Option<f64>,
        ks: KsConvention,
    ) -> Self {
        Self {
            logs: &logs[first..],
            mass: &mass[first..],
            origin,
            slope,
            bounded: ceiling.map(|c| Bounded::new(slope, c - origin)),
            inverse: 1.0 / mass[first],
            ks,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.logs.len()
    }

    /// The law's survival function at a point.
    fn survival(&self, point: usize) -> f64 {
        let log = self.logs[point];
        match self.bounded {
            None => (self.slope * (self.origin - log)).exp(),
            Some(bounded) => bounded.survival(log - self.origin),
        }
    }

    /// How far the law is from the sample's steps at one point.
    fn deviation(&self, point: usize, survival: f64) -> f64 {
        let below = (survival - self.mass[point] * self.inverse).abs();
        match self.ks {
            KsConvention::Supremum => {
                below.max((survival - self.mass[point + 1] * self.inverse).abs())
            }
            KsConvention::OneStep => below,
        }
    }

    /// Whether one point is farther off than `bound`.
    pub(super) fn passes(&self, point: usize, bound: f64) -> bool {
        self.deviation(point, self.survival(point)) > bound
    }

    /// No deviation inside the gap is larger: law and sample both fall from its one end to the
    /// other.
    fn most(&self, gap: &Gap) -> f64 {
        let last = match self.ks {
            KsConvention::Supremum => gap.high,
            KsConvention::OneStep => gap.high - 1,
        };
        let law_above = gap.at_low - self.mass[last] * self.inverse;
        let law_below = self.mass[gap.low + 1] * self.inverse - gap.at_high;
        law_above.max(law_below) + ROUNDING
    }

    /// The largest deviation over all points if it does not pass `bound`, else a point that does.
    ///
    /// Exact: a gap is left out only where its bound is no larger than a deviation already seen.
    ///
    /// # Complexity
    ///
    /// `O(sqrt(n))` exponentials where the law fits as well as a true one does (gaps of a tenth of
    /// `1/sqrt(n)` then have to be told apart), at most `O(n)`.
    pub(super) fn distance_within(&self, bound: f64, stack: &mut Stack) -> Result<f64, usize> {
        let last = self.len() - 1;
        let (at_first, at_last) = (self.survival(0), self.survival(last));
        let mut worst = self.deviation(0, at_first);
        if worst > bound {
            return Err(0);
        }
        let other = self.deviation(last, at_last);
        if other > bound {
            return Err(last);
        }
        worst = worst.max(other);
        stack.now.clear();
        stack.now.push(Gap {
            low: 0,
            high: last,
            at_low: at_first,
            at_high: at_last,
        });
        while !stack.now.is_empty() {
            stack.next.clear();
            for gap in &stack.now {
                if gap.high - gap.low < 2 || self.most(gap) <= worst {
                    continue;
                }
                let middle = gap.low.midpoint(gap.high);
                let at_middle = self.survival(middle);
                let deviation = self.deviation(middle, at_middle);
                if deviation > worst {
                    if deviation > bound {
                        return Err(middle);
                    }
                    worst = deviation;
                }
                let (mut left, mut right) = (*gap, *gap);
                (left.high, left.at_high) = (middle, at_middle);
                (right.low, right.at_low) = (middle, at_middle);
                stack.next.push(left);
                stack.next.push(right);
            }
            std::mem::swap(&mut stack.now, &mut stack.next);
        }
        Ok(worst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_counts() {
        // A staircase with one point far off, wherever it hides.
        for spot in 1..200 {
            let mut logs: Vec<f64> = (0..200)
                .map(|i| -(1.0 - f64::from(i) / 200.0).ln())
                .collect();
            logs[spot] = logs[spot - 1];
            let mass: Vec<f64> = (0..=200).map(|i| f64::from(200 - i)).collect();
            for ks in [KsConvention::Supremum, KsConvention::OneStep] {
                let tail = Tail::new((&logs, &mass), 0, (0.0, 1.0), None, ks);
                let slow = (0..200).map(|i| tail.deviation(i, tail.survival(i)));
                let slow = slow.fold(0.0, f64::max);
                let mut stack = Stack::default();
                assert_eq!(tail.distance_within(1.0, &mut stack), Ok(slow));
                let point = tail.distance_within(slow - 1e-12, &mut stack).unwrap_err();
                assert!(tail.passes(point, slow - 1e-12));
            }
        }
    }

    #[test]
    fn with_a_ceiling_the_law_ends_there() {
        let logs = [0.0, 1.0];
        let mass = [2.0, 1.0, 0.0];
        let tail = Tail::new(
            (&logs, &mass),
            0,
            (0.0, 2.0),
            Some(1.0),
            KsConvention::OneStep,
        );
        assert_eq!(tail.survival(0), 1.0);
        assert_eq!(tail.survival(1), 0.0);
    }
}

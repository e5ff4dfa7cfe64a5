//! From a signal over positions to one number for each sign.

/// How a signal over the positions of a feature map becomes one number.
///
/// A direction always gives two features: that of the signal, and that of its negative. (The minimum
/// over positions is the second one under [`Aggregation::Max`], negated.) A dense layer has one position,
/// so the maximum and the mean are plus and minus the signal itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Aggregation {
    /// The largest value over the positions: how strongly the pattern appears anywhere. The
    /// default, as in "max over positions".
    #[default]
    Max,
    /// The mean over the positions: how much of the pattern there is.
    Mean,
    /// The Euclidean norm over the positions where the signal has the feature's sign,
    /// `sqrt(sum_p max(s_p, 0)^2)`: how much of the pattern there is anywhere, strong places counting most.
    /// The squares of a direction's two features add up to the squared norm of its signal.
    L2,
}

/// A running aggregate of a signal and of its negative.
pub(crate) struct Signed {
    how: Aggregation,
    plus: f64,
    minus: f64,
}

impl Signed {
    pub(crate) fn new(how: Aggregation) -> Self {
        let start = match how {
            Aggregation::Max => f64::NEG_INFINITY,
            Aggregation::Mean | Aggregation::L2 => 0.0,
        };
        Signed {
            how,
            plus: start,
            minus: start,
        }
    }

    pub(crate) fn add(&mut self, s: f64) {
        match self.how {
            Aggregation::Max => {
                self.plus = self.plus.max(s);
                self.minus = self.minus.max(-s);
            }
            Aggregation::Mean => {
                self.plus += s;
                self.minus -= s;
            }
            Aggregation::L2 => {
                let (plus, minus) = (s.max(0.0), (-s).max(0.0));
                self.plus += plus * plus;
                self.minus += minus * minus;
            }
        }
    }

    pub(crate) fn finish(self, positions: usize) -> [f64; 2] {
        let of = |total: f64| match self.how {
            Aggregation::Max => total,
            Aggregation::Mean => total / positions as f64,
            Aggregation::L2 => total.sqrt(),
        };
        [of(self.plus), of(self.minus)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_aggregate_equals_its_definition() {
        let aggregate = |how| {
            let mut signed = Signed::new(how);
            [3.0, -12.0, 4.0, -5.0]
                .into_iter()
                .for_each(|s| signed.add(s));
            signed.finish(4)
        };
        assert_eq!(aggregate(Aggregation::Max), [4.0, 12.0]);
        assert_eq!(aggregate(Aggregation::Mean), [-2.5, 2.5]);
        // 3-4-5 and 5-12-13.
        assert_eq!(aggregate(Aggregation::L2), [5.0, 13.0]);
    }
}

//! The smallest set of features that carries a share of an input's influence.

use crate::checks::check_fraction;
use crate::error::HypergraphError;
use crate::separation::table::SignalTable;

/// How much influence a signal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Size {
    /// max(x, 0): for columns that are signed features, as in a
    /// [`SignalTable`](crate::SignalTable). DeepDataProfiler's channel and element profiles.
    #[default]
    PositivePart,
    /// |x|: for one column per direction, whichever way its sign. DeepDataProfiler's SVD profile.
    Magnitude,
}

impl Size {
    fn of(self, signal: f64) -> f64 {
        match self {
            Self::PositivePart => signal.max(0.0),
            Self::Magnitude => signal.abs(),
        }
    }
}

/// Whether features that carry exactly the share are enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ShareBorder {
    /// The fewest features that carry the share *or more*.
    #[default]
    Reach,
    /// The fewest that carry *more* than the share: DeepDataProfiler takes those up to the share
    /// and one more.
    Exceed,
}

/// The cumulative-influence rule: an input holds the fewest features that together carry a share
/// t of its influence.
///
/// With influences a_1 >= a_2 >= .. of the input's features in descending order, the first k are
/// held, with
///
/// k = min { j : (a_1 + .. + a_j) / (a_1 + .. + a_m) >= t }
///
/// (`>` under [`ShareBorder::Exceed`]): the influential neurons of DeepDataProfiler, the library of
/// Praggastis et al. 2022, whose code takes `>`. The sums are in double precision in that order,
/// and so is the comparison.
///
/// # Conventions
///
/// - **Ties.** Among equal influences the lower feature comes first; the border may part them.
/// - A feature without influence is never held; an input without any influence holds nothing
///   (DeepDataProfiler divides by zero there and holds one feature of weight NaN).
/// - It is a rule per input: no threshold is fitted, and other inputs do not matter.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::influence::{self, ShareBorder};
///
/// let signals = [1.0, -4.0, 2.0, 1.0]; // of magnitude 8 in all
/// let rule = influence::Rule::default().share(0.5).size(influence::Size::Magnitude);
/// assert_eq!(rule.held(&signals)?, [1]);
/// assert_eq!(rule.border(ShareBorder::Exceed).held(&signals)?, [1, 2]);
/// assert_eq!(rule.size(influence::Size::PositivePart).held(&signals)?, [2]);
/// assert!(rule.held(&[0.0, 0.0])?.is_empty());
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Rule {
    /// t, strictly between 0 and 1. Default 0.1, DeepDataProfiler's.
    pub share: f64,
    /// How much influence a signal is. Default [`Size::PositivePart`].
    pub size: Size,
    /// Whether exactly the share is enough. Default [`ShareBorder::Reach`].
    pub border: ShareBorder,
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            share: 0.1,
            size: Size::default(),
            border: ShareBorder::default(),
        }
    }
}

impl Rule {
    /// Sets the share.
    #[must_use]
    pub fn share(mut self, share: f64) -> Self {
        self.share = share;
        self
    }

    /// Sets how much influence a signal is.
    #[must_use]
    pub fn size(mut self, size: Size) -> Self {
        self.size = size;
        self
    }

    /// Sets whether exactly the share is enough.
    #[must_use]
    pub fn border(mut self, border: ShareBorder) -> Self {
        self.border = border;
        self
    }

    /// The features that one input holds, ascending.
    ///
    /// # Errors
    ///
    /// [`Fraction`](HypergraphError::Fraction) if the share is not between 0 and 1,
    /// [`NonFinite`](HypergraphError::NonFinite) (as input 0) for NaN and infinity.
    ///
    /// # Complexity
    ///
    /// O(m log m) for m features.
    pub fn held(&self, signals: &[f64]) -> Result<Vec<u32>, HypergraphError> {
        self.check()?;
        check_finite(signals, 0)?;
        let mut ranked = Ranked::default();
        let cut = self.cut(signals, &mut ranked);
        let mut held: Vec<u32> = ranked.0[..cut.held].iter().map(|&(_, f)| f).collect();
        held.sort_unstable();
        Ok(held)
    }

    pub(crate) fn check(&self) -> Result<(), HypergraphError> {
        check_fraction("share", self.share)
    }

    /// Ranks finite signals and says how many are held.
    pub(crate) fn cut(&self, signals: &[f64], ranked: &mut Ranked) -> Cut {
        let list = &mut ranked.0;
        list.clear();
        let influences = signals.iter().map(|&x| self.size.of(x));
        list.extend(influences.zip(0..).filter(|&(a, _)| a > 0.0));
        // Finite and positive, so this is a total order.
        list.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        rescale(list);
        let total = list.iter().fold(0.0, |sum, &(a, _)| sum + a);
        let mut cut = Cut {
            held: 0,
            below: 0.0,
            upto: 0.0,
            total,
        };
        for &(a, _) in list.iter() {
            cut.held += 1;
            cut.below = cut.upto;
            cut.upto += a;
            let carried = cut.upto / total;
            let enough = match self.border {
                ShareBorder::Reach => carried >= self.share,
                ShareBorder::Exceed => carried > self.share,
            };
            if enough {
                break;
            }
        }
        cut
    }
}

/// Influences above 0 with their features, descending; reusable memory.
#[derive(Debug, Default)]
pub(crate) struct Ranked(pub(crate) Vec<(f64, u32)>);

/// Where the held features end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut {
    /// The first so many are held.
    pub(crate) held: usize,
    /// Sum of the held influences but the last.
    pub(crate) below: f64,
    /// Sum of the held influences.
    pub(crate) upto: f64,
    /// Sum of all.
    pub(crate) total: f64,
}

/// Shares do not change with a scale; where sums might overflow or vanish, the largest becomes 1.
fn rescale(list: &mut [(f64, u32)]) {
    let Some(&(largest, _)) = list.first() else {
        return;
    };
    if !(1e-100..=1e100).contains(&largest) {
        for (a, _) in list {
            *a /= largest;
        }
    }
}

pub(crate) fn check_finite(signals: &[f64], input: usize) -> Result<(), HypergraphError> {
    match signals.iter().position(|x| !x.is_finite()) {
        Some(feature) => Err(HypergraphError::NonFinite {
            input,
            feature,
            value: signals[feature],
        }),
        None => Ok(()),
    }
}

/// Feature by feature, the inputs that hold it, ascending.
pub(crate) fn members(table: &SignalTable, rule: Rule) -> Vec<Vec<u32>> {
    let mut members = vec![Vec::new(); table.features()];
    let mut ranked = Ranked::default();
    for input in 0..table.inputs() {
        let cut = rule.cut(table.row(input), &mut ranked);
        for &(_, feature) in &ranked.0[..cut.held] {
            members[feature as usize].push(input as u32);
        }
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_to_the_lower_feature() {
        let rule = Rule::default().share(0.5);
        assert_eq!(rule.held(&[1.0; 5]), Ok(vec![0, 1, 2]));
        assert_eq!(rule.held(&[0.0, 1.0, 1.0]), Ok(vec![1]));
        let exceed = rule.border(ShareBorder::Exceed);
        assert_eq!(exceed.held(&[0.0, 1.0, 1.0]), Ok(vec![1, 2]));
    }

    #[test]
    fn extremes_do_not_overflow_or_vanish() {
        let rule = Rule::default().share(0.9);
        assert_eq!(rule.held(&[f64::MAX; 4]), Ok(vec![0, 1, 2, 3]));
        let tiny = f64::from_bits(1);
        assert_eq!(rule.held(&[tiny, -tiny, 0.0]), Ok(vec![0]));
        assert_eq!(rule.held(&[f64::MAX, tiny]), Ok(vec![0]));
        assert_eq!(rule.held(&[]), Ok(vec![]));
    }

    #[test]
    fn bad_settings_and_values_are_refused() {
        for share in [0.0, 1.0, -0.5, f64::NAN] {
            let rule = Rule::default().share(share);
            assert!(matches!(
                rule.held(&[1.0]),
                Err(HypergraphError::Fraction { what: "share", .. })
            ));
        }
        assert!(matches!(
            Rule::default().held(&[1.0, f64::NAN]),
            Err(HypergraphError::NonFinite { feature: 1, .. })
        ));
    }
}

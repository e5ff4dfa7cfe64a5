//! One layer of an influence profile.

use super::InfluenceOptions;
use super::rule::Ranked;

/// What the inputs of a profile hold in one layer.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LayerInfluence {
    /// Number of features of the layer.
    pub features: usize,
    /// The features that some input holds, ascending.
    pub held: Vec<u32>,
    /// How many inputs hold each of them.
    pub counts: Vec<u32>,
    /// The mean weight of each over the inputs that hold it.
    pub weights: Vec<f64>,
}

impl LayerInfluence {
    /// One input's layer, of finite signals.
    pub(crate) fn of(signals: &[f64], options: &InfluenceOptions, ranked: &mut Ranked) -> Self {
        let cut = options.rule.cut(signals, ranked);
        let divisor = options.weights.divisor(cut);
        let mut pairs: Vec<(u32, f64)> = ranked.0[..cut.held]
            .iter()
            .map(|&(a, f)| (f, a / divisor))
            .collect();
        pairs.sort_unstable_by_key(|&(f, _)| f);
        Self {
            features: signals.len(),
            counts: vec![1; pairs.len()],
            held: pairs.iter().map(|&(f, _)| f).collect(),
            weights: pairs.iter().map(|&(_, w)| w).collect(),
        }
    }

    /// Counts add, weights average over counts.
    pub(crate) fn add(&mut self, other: &Self) {
        let mut sum = Self {
            features: self.features,
            held: Vec::with_capacity(self.held.len() + other.held.len()),
            counts: Vec::new(),
            weights: Vec::new(),
        };
        merge(&self.held, &other.held, |feature, here, there| {
            let (count, weight) = match (here, there) {
                (Some(i), Some(j)) => self.mean_with(i, other, j),
                (Some(i), None) => (self.counts[i], self.weights[i]),
                (None, Some(j)) => (other.counts[j], other.weights[j]),
                (None, None) => return,
            };
            sum.held.push(feature);
            sum.counts.push(count);
            sum.weights.push(weight);
        });
        *self = sum;
    }

    fn mean_with(&self, i: usize, other: &Self, j: usize) -> (u32, f64) {
        let (a, b) = (self.counts[i], other.counts[j]);
        let count = a.saturating_add(b);
        let sum = self.weights[i] * f64::from(a) + other.weights[j] * f64::from(b);
        (count, sum / f64::from(count))
    }

    /// Sizes of intersection and union of the held features.
    pub(crate) fn overlap(&self, other: &Self) -> (usize, usize) {
        let (mut both, mut either) = (0, 0);
        merge(&self.held, &other.held, |_, here, there| {
            either += 1;
            both += usize::from(here.is_some() && there.is_some());
        });
        (both, either)
    }

    /// Sums of the lesser and of the larger of the two shares of inputs, over features.
    pub(crate) fn weighted_overlap(&self, n: usize, other: &Self, m: usize) -> (f64, f64) {
        let (mut low, mut high) = (0.0, 0.0);
        let share =
            |count: Option<u32>, inputs: usize| f64::from(count.unwrap_or(0)) / inputs as f64;
        merge(&self.held, &other.held, |_, here, there| {
            let a = share(here.map(|i| self.counts[i]), n);
            let b = share(there.map(|j| other.counts[j]), m);
            low += a.min(b);
            high += a.max(b);
        });
        (low, high)
    }
}

/// Calls `visit(value, place in a, place in b)` for each value of two ascending lists, ascending.
fn merge(a: &[u32], b: &[u32], mut visit: impl FnMut(u32, Option<usize>, Option<usize>)) {
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        let value = match (a.get(i), b.get(j)) {
            (Some(&x), Some(&y)) => x.min(y),
            (Some(&x), None) | (None, Some(&x)) => x,
            (None, None) => return,
        };
        let here = (a.get(i) == Some(&value)).then_some(i);
        let there = (b.get(j) == Some(&value)).then_some(j);
        visit(value, here, there);
        i += usize::from(here.is_some());
        j += usize::from(there.is_some());
    }
}

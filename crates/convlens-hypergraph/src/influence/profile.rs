//! Influence profiles of inputs and of classes, and how alike two of them are.

use super::rule::{Cut, Ranked, Rule, ShareBorder, Size, check_finite};
use crate::error::HypergraphError;
use crate::separation::labels::Labels;
use crate::separation::table::SignalTable;

/// What a held feature's influence is divided by, to be its weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Weights {
    /// The sum over the held features: an input's weights in a layer sum to 1. DeepDataProfiler's
    /// channel and element profiles.
    #[default]
    Held,
    /// The sum over the held features but the last, or over *all* features where one is held alone:
    /// weights sum to over 1, or to under 1 there. DeepDataProfiler's SVD profile: its index is one
    /// too low, and wraps around for a single feature.
    BelowLast,
}

impl Weights {
    pub(crate) fn divisor(self, cut: Cut) -> f64 {
        match self {
            Self::Held => cut.upto,
            Self::BelowLast if cut.held > 1 => cut.below,
            Self::BelowLast => cut.total,
        }
    }
}

/// Settings of a [`Profile`](crate::influence::Profile).
///
/// # Example
///
/// ```
/// use convlens_hypergraph::influence;
///
/// let theirs = influence::Options::svd_profiler(0.1);
/// assert_eq!(theirs.rule.size, influence::Size::Magnitude);
/// assert_eq!(theirs.weights, influence::Weights::BelowLast);
/// assert_eq!(influence::Options::default().weights, influence::Weights::Held);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Options {
    /// Which features an input holds.
    pub rule: Rule,
    /// What weights are divided by. Default [`Weights::Held`].
    pub weights: Weights,
}

impl Options {
    /// DeepDataProfiler's `SVDProfiler` with its `threshold` (0.1 there by default): give it the
    /// mean of each singular direction's signal over positions, one column per direction.
    #[must_use]
    pub fn svd_profiler(threshold: f64) -> Self {
        Self {
            rule: Rule {
                share: threshold,
                size: Size::Magnitude,
                border: ShareBorder::Exceed,
            },
            weights: Weights::BelowLast,
        }
    }

    /// The influential neurons of DeepDataProfiler's `ChannelProfiler` with its `threshold` (0.1
    /// there by default): give it each channel's maximum over positions. (It goes on to trace which
    /// neurons of the layer before contribute to them; that needs the network and is not here.)
    #[must_use]
    pub fn channel_profiler(threshold: f64) -> Self {
        Self {
            rule: Rule {
                share: threshold,
                size: Size::PositivePart,
                border: ShareBorder::Exceed,
            },
            weights: Weights::Held,
        }
    }

    /// Sets the rule.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rule = rule;
        self
    }

    /// Sets what weights are divided by.
    #[must_use]
    pub fn weights(mut self, weights: Weights) -> Self {
        self.weights = weights;
        self
    }
}

/// Which features carry the signals of one input, or of several, layer by layer: DeepDataProfiler's
/// profile (the library of Praggastis et al. 2022).
///
/// Per layer and input, the [`Rule`](crate::influence::Rule) picks the features that are held
/// and each has its influence over a sum as weight ([`Weights`](crate::influence::Weights)).
/// Profiles add: counts of inputs that hold a feature add up, weights average over those inputs.
///
/// # Conventions
///
/// Layers are in the order given; profiles to be added or compared have the same options and the
/// same layers, by number and by number of features.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::influence;
///
/// // Two inputs, two layers of two and three features.
/// let options = influence::Options::channel_profiler(0.5);
/// let first = influence::Profile::of_input(&[&[3.0, 1.0], &[0.0, 2.0, 0.5]], &options)?;
/// let second = influence::Profile::of_input(&[&[1.0, 9.0], &[0.0, 4.0, 1.0]], &options)?;
/// assert_eq!(first.layers[0].held, [0]);
/// assert_eq!(first.jaccard(&second)?, Some(1.0 / 3.0)); // of three features held, one by both
///
/// let mut both = first.clone();
/// both.add(&second)?;
/// assert_eq!((both.inputs, both.layers[1].counts[0]), (2, 2));
/// assert_eq!(first.contained_in(&both)?, Some(1.0));
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
#[doc(alias = "deepdataprofiler")]
#[doc(alias = "ddp")]
pub struct Profile {
    /// The settings.
    pub options: Options,
    /// Number of inputs that the profile is of.
    pub inputs: usize,
    /// What they hold, layer by layer.
    pub layers: Vec<Layer>,
}

impl Profile {
    /// The profile of one input: its signals, layer by layer.
    ///
    /// # Errors
    ///
    /// [`Fraction`](HypergraphError::Fraction) for a share that is not between 0 and 1,
    /// [`NonFinite`](HypergraphError::NonFinite) (as input 0) for NaN and infinity.
    ///
    /// # Complexity
    ///
    /// O(m log m) for each layer of m features.
    pub fn of_input(layers: &[&[f64]], options: &Options) -> Result<Self, HypergraphError> {
        options.rule.check()?;
        layers.iter().try_for_each(|row| check_finite(row, 0))?;
        Ok(Self::of_rows(layers.iter().copied(), options))
    }

    /// The profile of every input of the tables, one table per layer.
    ///
    /// # Errors
    ///
    /// [`Fraction`](HypergraphError::Fraction) for a share that is not between 0 and 1,
    /// [`LengthMismatch`](HypergraphError::LengthMismatch) unless all tables have the same inputs.
    ///
    /// # Complexity
    ///
    /// O(inputs × m log m) for each layer of m features.
    pub fn of_inputs(
        layers: &[&SignalTable],
        options: &Options,
    ) -> Result<Vec<Self>, HypergraphError> {
        options.rule.check()?;
        let inputs = inputs_of(layers)?;
        Ok((0..inputs)
            .map(|i| Self::of_rows(layers.iter().map(|table| table.row(i)), options))
            .collect())
    }

    /// The profile of every class: the sum over its inputs, classes in the order of
    /// [`Labels::classes`].
    ///
    /// # Errors
    ///
    /// As [`of_inputs`](Self::of_inputs), and [`LabelCount`](HypergraphError::LabelCount) unless
    /// there is one label per input.
    ///
    /// # Complexity
    ///
    /// As [`of_inputs`](Self::of_inputs).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{Labels, SignalTable, influence};
    ///
    /// let table = SignalTable::new(vec![1.0, 0.1, 0.2, 1.0, 1.0, 0.3], 3, 2)?;
    /// let labels = Labels::new(&[4_i64, 7, 4])?;
    /// let options = influence::Options::svd_profiler(0.1);
    /// let classes = influence::Profile::of_classes(&[&table], &labels, &options)?;
    /// assert_eq!((classes[0].inputs, classes[0].layers[0].counts[0]), (2, 2));
    /// assert_eq!(classes[1].layers[0].held, [1]);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn of_classes(
        layers: &[&SignalTable],
        labels: &Labels,
        options: &Options,
    ) -> Result<Vec<Self>, HypergraphError> {
        options.rule.check()?;
        labels.check_len(inputs_of(layers)?)?;
        let mut classes: Vec<Option<Self>> = vec![None; labels.n_classes()];
        for (i, &class) in labels.class_of().iter().enumerate() {
            let input = Self::of_rows(layers.iter().map(|table| table.row(i)), options);
            match &mut classes[class as usize] {
                Some(sum) => sum.add(&input)?,
                empty => *empty = Some(input),
            }
        }
        // Every class has an input.
        Ok(classes.into_iter().flatten().collect())
    }

    fn of_rows<'a>(rows: impl Iterator<Item = &'a [f64]>, options: &Options) -> Self {
        let mut ranked = Ranked::default();
        Self {
            options: *options,
            inputs: 1,
            layers: rows
                .map(|row| Layer::of(row, options, &mut ranked))
                .collect(),
        }
    }

    /// Adds the inputs of another profile.
    ///
    /// # Errors
    ///
    /// [`ProfileMismatch`](HypergraphError::ProfileMismatch) unless both have the same options and
    /// layers.
    pub fn add(&mut self, other: &Self) -> Result<(), HypergraphError> {
        self.check_alike(other)?;
        for (layer, theirs) in self.layers.iter_mut().zip(&other.layers) {
            layer.add(theirs);
        }
        self.inputs += other.inputs;
        Ok(())
    }

    /// Number of features held by some input, over all layers.
    pub fn n_held(&self) -> usize {
        self.layers.iter().map(|layer| layer.held.len()).sum()
    }

    pub(crate) fn check_alike(&self, other: &Self) -> Result<(), HypergraphError> {
        let mismatch = |what| Err(HypergraphError::ProfileMismatch { what });
        let features = |profile: &Self| -> Vec<usize> {
            profile.layers.iter().map(|layer| layer.features).collect()
        };
        if self.options != other.options {
            mismatch("options")
        } else if self.layers.len() != other.layers.len() {
            mismatch("numbers of layers")
        } else if features(self) != features(other) {
            mismatch("numbers of features in a layer")
        } else {
            Ok(())
        }
    }
}

/// The number of inputs that all tables have; 0 without tables.
fn inputs_of(layers: &[&SignalTable]) -> Result<usize, HypergraphError> {
    let inputs = layers.first().map_or(0, |table| table.inputs());
    match layers.iter().find(|table| table.inputs() != inputs) {
        Some(other) => Err(HypergraphError::LengthMismatch {
            what: "inputs of two layers",
            left: inputs,
            right: other.inputs(),
        }),
        None => Ok(inputs),
    }
}

/// What the inputs of a profile hold in one layer.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Layer {
    /// Number of features of the layer.
    pub features: usize,
    /// The features that some input holds, ascending.
    pub held: Vec<u32>,
    /// How many inputs hold each of them.
    pub counts: Vec<u32>,
    /// The mean weight of each over the inputs that hold it.
    pub weights: Vec<f64>,
}

impl Layer {
    /// One input's layer, of finite signals.
    pub(crate) fn of(signals: &[f64], options: &Options, ranked: &mut Ranked) -> Self {
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

impl Profile {
    /// Jaccard similarity of the held features of all layers, |A and B| / |A or B|:
    /// DeepDataProfiler's `jaccard`, counts and weights not regarded. `None` if neither holds a
    /// feature.
    ///
    /// # Errors
    ///
    /// [`ProfileMismatch`](HypergraphError::ProfileMismatch) unless both have the same options and
    /// layers; so for all similarities here.
    ///
    /// # Complexity
    ///
    /// O(features held by either); so for all similarities here.
    pub fn jaccard(&self, other: &Self) -> Result<Option<f64>, HypergraphError> {
        let overlaps = self.overlaps(other, Layer::overlap)?;
        let both: usize = overlaps.iter().map(|o| o.0).sum();
        let either: usize = overlaps.iter().map(|o| o.1).sum();
        Ok((either > 0).then(|| both as f64 / either as f64))
    }

    /// Mean over layers of the Jaccard similarity of the layer's held features: DeepDataProfiler's
    /// `avg_jaccard`. Layers where neither holds a feature are left out (it divides by zero
    /// there); `None` if that is all of them.
    ///
    /// # Errors
    ///
    /// As [`jaccard`](Self::jaccard).
    pub fn mean_layer_jaccard(&self, other: &Self) -> Result<Option<f64>, HypergraphError> {
        let overlaps = self.overlaps(other, Layer::overlap)?;
        let mut layers = 0;
        let mut sum = 0.0;
        for (both, either) in overlaps {
            if either > 0 {
                layers += 1;
                sum += both as f64 / either as f64;
            }
        }
        Ok((layers > 0).then(|| sum / f64::from(layers)))
    }

    /// Share of this profile's held features that the other holds too, |A and B| / |A|, all layers
    /// together: DeepDataProfiler's `instance_jaccard`, of an input in its class for instance.
    /// `None` if this profile holds none.
    ///
    /// # Errors
    ///
    /// As [`jaccard`](Self::jaccard).
    pub fn contained_in(&self, other: &Self) -> Result<Option<f64>, HypergraphError> {
        let overlaps = self.overlaps(other, Layer::overlap)?;
        let both: usize = overlaps.iter().map(|o| o.0).sum();
        let held = self.n_held();
        Ok((held > 0).then(|| both as f64 / held as f64))
    }

    /// Weighted Jaccard similarity (Ruzicka) of the shares of inputs that hold each feature,
    ///
    /// sum_f min(a_f, b_f) / sum_f max(a_f, b_f),
    ///
    /// all layers together; for two single inputs it is [`jaccard`](Self::jaccard).
    /// DeepDataProfiler has none: in a class of many inputs any of them may bring a feature in, and
    /// the plain form then counts it like one that all hold. `None` if neither holds a feature.
    ///
    /// # Errors
    ///
    /// As [`jaccard`](Self::jaccard).
    pub fn weighted_jaccard(&self, other: &Self) -> Result<Option<f64>, HypergraphError> {
        let overlaps = self.overlaps(other, |a, b| {
            a.weighted_overlap(self.inputs, b, other.inputs)
        })?;
        let low: f64 = overlaps.iter().map(|o| o.0).sum();
        let high: f64 = overlaps.iter().map(|o| o.1).sum();
        Ok((high > 0.0).then(|| low / high))
    }

    fn overlaps<T>(
        &self,
        other: &Self,
        of: impl Fn(&Layer, &Layer) -> T,
    ) -> Result<Vec<T>, HypergraphError> {
        self.check_alike(other)?;
        let layers = self.layers.iter().zip(&other.layers);
        Ok(layers.map(|(a, b)| of(a, b)).collect())
    }
}

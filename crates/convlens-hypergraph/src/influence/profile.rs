//! Influence profiles of inputs and of classes.

use super::rule::{Ranked, check_finite};
use super::{InfluenceOptions, LayerInfluence};
use crate::{HypergraphError, Labels, SignalTable};

/// Which features carry the signals of one input, or of several, layer by layer: DeepDataProfiler's
/// profile (the library of Praggastis et al. 2022).
///
/// Per layer and input, the [`InfluenceRule`](crate::InfluenceRule) picks the features that are held
/// and each has its influence over a sum as weight ([`InfluenceWeights`](crate::InfluenceWeights)).
/// Profiles add: counts of inputs that hold a feature add up, weights average over those inputs.
///
/// # Conventions
///
/// Layers are in the order given; profiles to be added or compared have the same options and the same
/// layers, by number and by number of features.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{InfluenceOptions, InfluenceProfile};
///
/// // Two inputs, two layers of two and three features.
/// let options = InfluenceOptions::channel_profiler(0.5);
/// let first = InfluenceProfile::of_input(&[&[3.0, 1.0], &[0.0, 2.0, 0.5]], &options)?;
/// let second = InfluenceProfile::of_input(&[&[1.0, 9.0], &[0.0, 4.0, 1.0]], &options)?;
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
pub struct InfluenceProfile {
    /// The settings.
    pub options: InfluenceOptions,
    /// Number of inputs that the profile is of.
    pub inputs: usize,
    /// What they hold, layer by layer.
    pub layers: Vec<LayerInfluence>,
}

impl InfluenceProfile {
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
    pub fn of_input(
        layers: &[&[f64]],
        options: &InfluenceOptions,
    ) -> Result<Self, HypergraphError> {
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
        options: &InfluenceOptions,
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
    /// As [`of_inputs`](Self::of_inputs), and [`LabelCount`](HypergraphError::LabelCount) unless there
    /// is one label per input.
    ///
    /// # Complexity
    ///
    /// As [`of_inputs`](Self::of_inputs).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{InfluenceOptions, InfluenceProfile, Labels, SignalTable};
    ///
    /// let table = SignalTable::new(vec![1.0, 0.1, 0.2, 1.0, 1.0, 0.3], 3, 2)?;
    /// let labels = Labels::new(&[4_i64, 7, 4])?;
    /// let options = InfluenceOptions::svd_profiler(0.1);
    /// let classes = InfluenceProfile::of_classes(&[&table], &labels, &options)?;
    /// assert_eq!((classes[0].inputs, classes[0].layers[0].counts[0]), (2, 2));
    /// assert_eq!(classes[1].layers[0].held, [1]);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn of_classes(
        layers: &[&SignalTable],
        labels: &Labels,
        options: &InfluenceOptions,
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

    fn of_rows<'a>(rows: impl Iterator<Item = &'a [f64]>, options: &InfluenceOptions) -> Self {
        let mut ranked = Ranked::default();
        Self {
            options: *options,
            inputs: 1,
            layers: rows
                .map(|row| LayerInfluence::of(row, options, &mut ranked))
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

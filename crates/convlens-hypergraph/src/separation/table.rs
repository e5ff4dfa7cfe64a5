//! The table of inputs by features.

use crate::HypergraphError;
use crate::hypergraph::check_count;

/// One number per input and feature: how strongly the input shows the feature.
///
/// # Conventions
///
/// Row-major f64, `values[input * features + feature]`. Larger means more of the feature. The
/// columns are *signed* features already: to give both signs of a singular direction, pass two
/// columns, one aggregated from the signal and one from its negative.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::SignalTable;
///
/// let table = SignalTable::new(vec![0.5, -1.0, 2.0, 0.0, 1.0, 3.0], 3, 2)?;
/// assert_eq!(table.row(1), &[2.0, 0.0]);
/// assert_eq!(table.value(2, 1), 3.0);
/// assert!(SignalTable::new(vec![f64::NAN], 1, 1).is_err());
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SignalTable {
    values: Vec<f64>,
    inputs: usize,
    features: usize,
}

impl SignalTable {
    /// Takes `inputs * features` values, row by row.
    ///
    /// # Errors
    ///
    /// [`EmptyTable`](HypergraphError::EmptyTable) if either count is 0,
    /// [`TableShape`](HypergraphError::TableShape) if the number of values is not their product,
    /// [`NonFinite`](HypergraphError::NonFinite) with row and column of the first NaN or infinity,
    /// [`TooMany`](HypergraphError::TooMany) beyond `u32` indices.
    pub fn new(values: Vec<f64>, inputs: usize, features: usize) -> Result<Self, HypergraphError> {
        if inputs == 0 || features == 0 {
            return Err(HypergraphError::EmptyTable { inputs, features });
        }
        if inputs.checked_mul(features) != Some(values.len()) {
            return Err(HypergraphError::TableShape {
                len: values.len(),
                inputs,
                features,
            });
        }
        check_count("inputs", inputs)?;
        check_count("features", features)?;
        if let Some(i) = values.iter().position(|v| !v.is_finite()) {
            return Err(HypergraphError::NonFinite {
                input: i / features,
                feature: i % features,
                value: values[i],
            });
        }
        Ok(Self {
            values,
            inputs,
            features,
        })
    }

    /// Number of rows.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Number of columns.
    pub fn features(&self) -> usize {
        self.features
    }

    /// The features of one input.
    ///
    /// # Panics
    ///
    /// Unless `input < inputs()`.
    pub fn row(&self, input: usize) -> &[f64] {
        &self.values[input * self.features..(input + 1) * self.features]
    }

    /// One value.
    ///
    /// # Panics
    ///
    /// Unless `input < inputs()` and `feature < features()`.
    pub fn value(&self, input: usize, feature: usize) -> f64 {
        self.row(input)[feature]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_tables_are_refused_by_name() {
        assert_eq!(
            SignalTable::new(vec![], 0, 3),
            Err(HypergraphError::EmptyTable {
                inputs: 0,
                features: 3
            })
        );
        assert!(matches!(
            SignalTable::new(vec![1.0], usize::MAX, 2),
            Err(HypergraphError::TableShape { len: 1, .. })
        ));
        assert_eq!(
            SignalTable::new(vec![0.0, 0.0, 0.0, f64::INFINITY], 2, 2),
            Err(HypergraphError::NonFinite {
                input: 1,
                feature: 1,
                value: f64::INFINITY
            })
        );
    }
}

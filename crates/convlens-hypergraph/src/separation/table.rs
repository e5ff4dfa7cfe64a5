//! The table of inputs by features, and where on its grid an input shows a feature most.

use crate::checks::{check_count, check_length};
use crate::error::HypergraphError;

/// One number per input and feature: how strongly the input shows the feature.
///
/// # Conventions
///
/// Row-major f64, `values[input * features + feature]`. Larger means more of the feature. The
/// columns are *signed* features already: to give both signs of a singular direction, pass two
/// columns, one aggregated from the signal and one from its negative, and say so by
/// [`with_columns`](Self::with_columns).
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
    columns: Vec<Feature>,
}

/// Which feature a column of a [`SignalTable`] is: a direction, and which way along it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Feature {
    /// The direction, from 0: a singular direction's rank, or a channel.
    pub direction: u32,
    /// Which way along it the signal is aggregated.
    pub sign: Sign,
}

/// The sign of a [`Feature`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Sign {
    /// The signal itself. The default.
    #[default]
    Positive,
    /// Its negative.
    Negative,
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
        let column = |direction| Feature {
            direction,
            sign: Sign::Positive,
        };
        Ok(Self {
            values,
            inputs,
            features,
            columns: (0..features as u32).map(column).collect(),
        })
    }

    /// Says which direction and sign each column is. Without it, column f is direction f, positive.
    ///
    /// # Errors
    ///
    /// [`LengthMismatch`](HypergraphError::LengthMismatch) unless there is one for each column.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::SignalTable;
    /// use convlens_hypergraph::separation::{Feature, Sign};
    ///
    /// // One input, one direction with both signs.
    /// let signs = [Sign::Positive, Sign::Negative];
    /// let columns = signs.map(|sign| Feature { direction: 0, sign }).to_vec();
    /// let table = SignalTable::new(vec![2.0, -2.0], 1, 2)?.with_columns(columns)?;
    /// assert_eq!(table.columns()[1].sign, Sign::Negative);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn with_columns(mut self, columns: Vec<Feature>) -> Result<Self, HypergraphError> {
        check_length("columns of a table", columns.len(), self.features)?;
        self.columns = columns;
        Ok(self)
    }

    /// The direction and sign of each column.
    pub fn columns(&self) -> &[Feature] {
        &self.columns
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

/// For every entry of a [`SignalTable`](crate::SignalTable), the position on the layer's grid that
/// the aggregated signal came from.
///
/// # Conventions
///
/// `coordinates[(input * features + feature) * dims + d]`, coordinates in the order of the layer's
/// axes (row, column), counted from 0. Where several positions have the same signal, the maker of
/// the table chooses: by custom the first in row-major order.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::separation::SignalPositions;
///
/// // Two inputs, one feature, a grid of two dimensions.
/// let positions = SignalPositions::new(vec![0, 3, 5, 1], 2, 1, 2)?;
/// assert_eq!(positions.at(1, 0), &[5, 1]);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalPositions {
    coordinates: Vec<u32>,
    inputs: usize,
    features: usize,
    dims: usize,
}

impl SignalPositions {
    /// Takes `inputs * features * dims` coordinates.
    ///
    /// # Errors
    ///
    /// [`PositionShape`](HypergraphError::PositionShape) for another number of them.
    pub fn new(
        coordinates: Vec<u32>,
        inputs: usize,
        features: usize,
        dims: usize,
    ) -> Result<Self, HypergraphError> {
        let product = inputs
            .checked_mul(features)
            .and_then(|n| n.checked_mul(dims));
        if product != Some(coordinates.len()) {
            return Err(HypergraphError::PositionShape {
                len: coordinates.len(),
                inputs,
                features,
                dims,
            });
        }
        Ok(Self {
            coordinates,
            inputs,
            features,
            dims,
        })
    }

    /// Number of inputs.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Number of features.
    pub fn features(&self) -> usize {
        self.features
    }

    /// Number of coordinates of a position.
    pub fn dims(&self) -> usize {
        self.dims
    }

    /// One position.
    ///
    /// # Panics
    ///
    /// Unless `input < inputs()` and `feature < features()`.
    pub fn at(&self, input: usize, feature: usize) -> &[u32] {
        assert!(feature < self.features, "feature out of range");
        let start = (input * self.features + feature) * self.dims;
        &self.coordinates[start..start + self.dims]
    }
}

#[cfg(test)]
mod tests {
    mod table {
        use super::super::*;

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

    mod positions {
        use super::super::*;

        #[test]
        fn shapes_are_checked() {
            let error = SignalPositions::new(vec![0; 5], 2, 1, 2).unwrap_err();
            assert_eq!(
                error,
                HypergraphError::PositionShape {
                    len: 5,
                    inputs: 2,
                    features: 1,
                    dims: 2
                }
            );
            assert!(SignalPositions::new(vec![], usize::MAX, 2, 1).is_err());
            // A dense layer has one position, of no coordinates.
            let dense = SignalPositions::new(vec![], 4, 2, 0).unwrap();
            assert_eq!(dense.at(3, 1), &[] as &[u32]);
        }
    }
}

//! Where on its grid an input shows a feature most.

use crate::HypergraphError;

/// For every entry of a [`SignalTable`](crate::SignalTable), the position on the layer's grid that the
/// aggregated signal came from.
///
/// # Conventions
///
/// `coordinates[(input * features + feature) * dims + d]`, coordinates in the order of the
/// layer's axes (row, column), counted from 0. Where several positions have the same
/// signal, whoever makes the table decides; the first in row-major order is the custom.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::SignalPositions;
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
    use super::*;

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

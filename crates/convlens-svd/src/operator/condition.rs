//! Condition numbers, of which some are infinite.

/// `sigma_max / sigma_min`, over the `min(rows, cols)` singular values of an operator.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum ConditionNumber {
    /// The operator has full rank in floating point.
    Finite(f64),
    /// The smallest value is zero up to rounding: at most `max(m, n) eps sigma_max` for `m x n` symbols.
    Infinite,
}

impl ConditionNumber {
    /// Of the extreme values of blocks of this shape.
    pub(crate) fn new(largest: f64, smallest: f64, (rows, cols): (usize, usize)) -> Self {
        let cut = rows.max(cols) as f64 * f64::EPSILON * largest;
        match largest / smallest {
            ratio if smallest > cut && ratio.is_finite() => Self::Finite(ratio),
            _ => Self::Infinite,
        }
    }
}

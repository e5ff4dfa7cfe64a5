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

//! A right singular vector, seen as a filter.

/// Row `i` of `V^T`, reshaped: a filter over the input channels of one group, of unit Euclidean norm.
///
/// # Conventions
/// `weights` is row-major `[channels, k_1, .., k_d]`, whatever the layout of the kernel's file. Its channels are the
/// layer's input channels `group * channels .. (group + 1) * channels`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RightFilter {
    /// The group that the direction belongs to; 0 without groups.
    pub group: usize,
    /// Input channels of the group.
    pub channels: usize,
    /// Spatial size `[k_1, .., k_d]`; empty for a dense layer.
    pub kernel_size: Vec<usize>,
    /// The entries.
    pub weights: Vec<f64>,
}

//! Dimensions that may be unknown, and shapes of them by name.

use std::collections::HashMap;

/// A dimension; `None` where it is symbolic or unknown.
pub(crate) type Dim = Option<usize>;

/// Shapes by value name; a missing name has no known rank.
pub(crate) type Shapes = HashMap<String, Vec<Dim>>;

/// The spatial size of a value: all dimensions after batch and channels, where all are known.
pub(crate) fn grid_of(shapes: &Shapes, value: &str) -> Option<Vec<usize>> {
    let dims = shapes.get(value)?.get(2..)?.iter();
    dims.map(|d| d.filter(|&n| n > 0)).collect()
}

/// An axis as an index, counted from the end where it is negative.
pub(super) fn axis_of(axis: i64, rank: usize) -> Option<usize> {
    let signed = if axis < 0 {
        axis.checked_add(i64::try_from(rank).ok()?)?
    } else {
        axis
    };
    usize::try_from(signed).ok().filter(|&a| a < rank)
}

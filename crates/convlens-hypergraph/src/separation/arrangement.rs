//! The class of every input and its side of the split, as one small number.

use std::fmt::Debug;

use super::Labels;
use super::split::Split;

/// The number: the class for a fitting input, the class plus the number of classes for one held
/// out. Small types keep all inputs in the nearest cache.
pub(crate) trait Code: Copy + Send + Sync + Debug {
    fn new(code: u32) -> Self;
    fn get(self) -> usize;
}

impl Code for u8 {
    fn new(code: u32) -> Self {
        code as u8
    }

    fn get(self) -> usize {
        usize::from(self)
    }
}

impl Code for u32 {
    fn new(code: u32) -> Self {
        code
    }

    fn get(self) -> usize {
        self as usize
    }
}

/// Whether `u8` can hold every code.
pub(crate) fn fits_u8(n_classes: usize) -> bool {
    2 * n_classes <= 1 + usize::from(u8::MAX)
}

/// One code per input, for the labels and the split as given.
pub(crate) fn codes<C: Code>(labels: &Labels, split: &Split) -> Vec<C> {
    let held_out = labels.n_classes() as u32;
    labels
        .class_of()
        .iter()
        .zip(&split.is_fit)
        .map(|(&class, &is_fit)| C::new(if is_fit { class } else { class + held_out }))
        .collect()
}

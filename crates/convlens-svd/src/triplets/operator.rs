//! The layer or its adjoint, whichever maps from the side with fewer unknowns.

use crate::{ConvKernel, ConvLayer, SvdError};

/// Maps from the narrow side (no more unknowns than the other) to the wide side and back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Oriented<'a> {
    layer: &'a ConvLayer,
    narrow_is_output: bool,
}

impl<'a> Oriented<'a> {
    pub(crate) fn new(layer: &'a ConvLayer) -> Self {
        Self {
            layer,
            narrow_is_output: layer.output_len() < layer.input_len(),
        }
    }

    pub(crate) fn narrow_is_output(&self) -> bool {
        self.narrow_is_output
    }

    pub(super) fn kernel(&self) -> Result<ConvKernel, SvdError> {
        self.layer.kernel()
    }

    /// Spatial size of the narrow side.
    pub(super) fn narrow_size(&self) -> &[usize] {
        if self.narrow_is_output {
            self.layer.output_size()
        } else {
            self.layer.input_size()
        }
    }

    pub(crate) fn narrow(&self) -> usize {
        self.layer.input_len().min(self.layer.output_len())
    }

    pub(crate) fn wide(&self) -> usize {
        self.layer.input_len().max(self.layer.output_len())
    }

    pub(crate) fn forward(&self, x: &[f64], y: &mut [f64]) -> Result<(), SvdError> {
        if self.narrow_is_output {
            self.layer.adjoint_into(x, y)
        } else {
            self.layer.apply_into(x, y)
        }
    }

    pub(crate) fn backward(&self, y: &[f64], x: &mut [f64]) -> Result<(), SvdError> {
        if self.narrow_is_output {
            self.layer.apply_into(y, x)
        } else {
            self.layer.adjoint_into(y, x)
        }
    }
}

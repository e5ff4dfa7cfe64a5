//! The weights and the bias of a layer, decoded.

use convlens_svd::{ConvKernel, SvdError};

use crate::error::ModelError;
use crate::layer::LayerSpec;
use crate::model::Model;

impl Model {
    /// Decodes one layer's weights to a kernel with its geometry.
    ///
    /// # Errors
    ///
    /// [`ModelError::Tensor`] if bytes and shape disagree, [`ModelError::Kernel`] if a weight is
    /// not finite (its index and value are named) or shape and geometry do not fit.
    ///
    /// # Panics
    ///
    /// If `layer >= self.layers().len()`.
    pub fn kernel(&self, layer: usize) -> Result<ConvKernel, ModelError> {
        let spec = &self.layers()[layer];
        let mut weights = self.tensor(&spec.weight)?;
        if spec.storage.scale != 1.0 {
            weights.iter_mut().for_each(|w| *w *= spec.storage.scale);
        }
        if spec.storage.transposed && spec.shape.len() == 2 {
            weights = transposed(&weights, spec.shape[0], spec.shape[1]);
        }
        let norm = self.folded(layer)?;
        ConvKernel::new(weights, &spec.shape, spec.geometry.clone())
            .and_then(|kernel| match &norm {
                // The bias has no part in the kernel.
                Some(norm) => Ok(kernel.fold_batch_norm(None, norm)?.0),
                None => Ok(kernel),
            })
            .map_err(|cause| self.kernel_error(spec, cause))
    }

    /// The bias that is part of the layer's own operator, one number for each output channel (a
    /// single stored number is repeated); `None` where it has none, or where it is computed while
    /// the model runs.
    ///
    /// # Errors
    ///
    /// [`ModelError::Tensor`] if the bias cannot be read, or has neither one number nor one for
    /// each output channel.
    ///
    /// # Panics
    ///
    /// If `layer >= self.layers().len()`.
    pub fn bias(&self, layer: usize) -> Result<Option<Vec<f64>>, ModelError> {
        let own = self.own_bias(layer)?;
        let spec = &self.layers()[layer];
        match self.folded(layer)? {
            None => Ok(own),
            // A bias that is computed leaves that of the two unknown.
            Some(_) if own.is_none() && spec.storage.bias.is_some() => Ok(None),
            Some(norm) => norm
                .fold(own.as_deref(), norm.mean.len())
                .map(|fold| Some(fold.bias))
                .map_err(|cause| self.kernel_error(spec, cause)),
        }
    }

    fn own_bias(&self, layer: usize) -> Result<Option<Vec<f64>>, ModelError> {
        let spec = &self.layers()[layer];
        let Some((name, factor)) = &spec.storage.bias else {
            return Ok(None);
        };
        if !self.is_stored(name) {
            return Ok(None);
        }
        let mut bias = self.tensor(name)?;
        bias.iter_mut().for_each(|b| *b *= factor);
        match spec.output_channels() {
            Some(channels) if channels == bias.len() => Ok(Some(bias)),
            Some(channels) if bias.len() == 1 => Ok(Some(vec![bias[0]; channels])),
            channels => {
                let channels = channels.map_or("too many".into(), |c| c.to_string());
                let found = bias.len();
                let reason = format!("{found} biases for {channels} output channels");
                Err(self.tensor_error(name, reason))
            }
        }
    }

    fn kernel_error(&self, spec: &LayerSpec, cause: SvdError) -> ModelError {
        ModelError::Kernel {
            path: self.path().to_owned(),
            layer: spec.name.clone(),
            cause,
        }
    }
}

/// Turns `[columns, rows]` as stored into `[rows, columns]`.
pub(crate) fn transposed(stored: &[f64], rows: usize, columns: usize) -> Vec<f64> {
    (0..rows)
        .flat_map(|r| (0..columns).map(move |c| stored[c * rows + r]))
        .collect()
}

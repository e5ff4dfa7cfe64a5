//! Batch normalisation as part of the layer that it follows.

use convlens_svd::edit::BatchNorm;

use crate::error::ModelError;
use crate::layer::Note;
use crate::model::Model;

impl Model {
    /// The batch normalisation that follows a layer ([`LayerSpec::batch_norm`](crate::LayerSpec::batch_norm)), as it would be folded into it; `None` if
    /// there is none.
    ///
    /// # Errors
    ///
    /// [`ModelError::Tensor`] if its numbers cannot be read.
    ///
    /// # Panics
    ///
    /// If `layer >= self.layers().len()`.
    pub fn batch_norm(&self, layer: usize) -> Result<Option<BatchNorm>, ModelError> {
        let Some(norm) = &self.layers()[layer].storage.norm else {
            return Ok(None);
        };
        let (mean, variance) = (self.tensor(&norm.mean)?, self.tensor(&norm.variance)?);
        let found = BatchNorm::new(mean, variance)
            .gamma(self.tensor(&norm.gamma)?)
            .beta(self.tensor(&norm.beta)?)
            .eps(norm.eps);
        Ok(Some(found))
    }

    /// Makes every batch normalisation that follows a layer a part of it: kernels and biases are from now on those of the
    /// two as one, `W' = gamma W / sqrt(variance + eps)`, and outputs appear behind the normalisation. Gives the number of
    /// layers that have one; [`notes`](Model::notes) say it too.
    ///
    /// A layer without one stays as it is. What was folded cannot be [saved](Model::save_with): the file keeps the two
    /// apart.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_model::Model;
    ///
    /// let mut model = Model::open(convlens_fixtures::digits_onnx())?;
    /// assert_eq!(model.layers()[0].batch_norm.as_deref(), Some("/bn1/BatchNormalization"));
    /// let plain = model.kernel(0)?;
    /// let norm = model.batch_norm(0)?.unwrap();
    /// assert_eq!(model.fold_batch_norms(), 3);
    /// let factor = norm.gamma[0] / (norm.variance[0] + norm.eps).sqrt();
    /// assert_eq!(model.kernel(0)?.weights()[0], plain.weights()[0] * factor);
    /// # Ok::<(), convlens_model::ModelError>(())
    /// ```
    pub fn fold_batch_norms(&mut self) -> usize {
        let mut layers = self.layers().to_vec();
        let mut count = 0;
        for layer in &mut layers {
            let (Some(norm), false) = (&layer.storage.norm, layer.storage.folded) else {
                continue;
            };
            if let Some(output) = &mut layer.output {
                output.name.clone_from(&norm.output);
            }
            layer.storage.folded = true;
            count += 1;
        }
        self.set_layers(layers);
        if count > 0 {
            self.note(Note::BatchNormFolded { layers: count });
            self.unlist_folded();
        }
        count
    }

    /// The normalisation that is part of a layer, if one is.
    pub(crate) fn folded(&self, layer: usize) -> Result<Option<BatchNorm>, ModelError> {
        match self.layers()[layer].storage.folded {
            true => self.batch_norm(layer),
            false => Ok(None),
        }
    }
}

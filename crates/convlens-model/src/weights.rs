//! The weights and the bias of a layer, decoded, with or without the batch normalization behind it.

use convlens_svd::{ConvKernel, SvdError, edit::BatchNorm};

use crate::error::ModelError;
use crate::layer::{LayerSpec, Note};
use crate::model::Model;

impl Model {
    /// Decodes one layer's weights to a kernel with its geometry; those of a
    /// [folded](Model::fold_batch_norms) layer include the batch normalization.
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
            .map_err(|source| self.kernel_error(spec, source))
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
                .map_err(|source| self.kernel_error(spec, source)),
        }
    }

    /// The batch normalization that follows a layer ([`LayerSpec::batch_norm`]), as it would be
    /// folded into it; `None` if there is none.
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
        Ok(Some(
            BatchNorm::new(mean, variance)
                .gamma(self.tensor(&norm.gamma)?)
                .beta(self.tensor(&norm.beta)?)
                .eps(norm.eps),
        ))
    }

    /// Folds every batch normalization into the layer that it follows: kernels and biases become
    /// those of the two as one, `W' = gamma W / sqrt(variance + eps)`, and outputs are taken behind
    /// the normalization. Returns the number of layers that have one; [`notes`](Model::notes) state
    /// it too.
    ///
    /// A layer without one stays as it is. A folded layer cannot be [saved](Model::save_with),
    /// since the file stores the two apart.
    ///
    /// # Example
    ///
    /// ```no_run
    /// use convlens_model::Model;
    ///
    /// let mut model = Model::open("resnet.onnx")?;
    /// let plain = model.kernel(0)?;
    /// let norm = model.batch_norm(0)?.expect("a batch normalization behind the first layer");
    /// model.fold_batch_norms();
    /// let factor = norm.gamma[0] / (norm.variance[0] + norm.eps).sqrt();
    /// assert_eq!(model.kernel(0)?.weights()[0], plain.weights()[0] * factor);
    /// # Ok::<(), convlens_model::ModelError>(())
    /// ```
    #[doc(alias = "fuse")]
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

    /// The normalization that is part of a layer, if one is.
    pub(crate) fn folded(&self, layer: usize) -> Result<Option<BatchNorm>, ModelError> {
        match self.layers()[layer].storage.folded {
            true => self.batch_norm(layer),
            false => Ok(None),
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
                let reason = format!("{} biases for {channels} output channels", bias.len());
                Err(self.tensor_error(name, reason.into()))
            }
        }
    }

    fn kernel_error(&self, spec: &LayerSpec, source: SvdError) -> ModelError {
        ModelError::Kernel {
            path: self.path().to_owned(),
            layer: spec.name.clone(),
            source,
        }
    }
}

/// Turns `[columns, rows]` as stored into `[rows, columns]`.
pub(crate) fn transposed(stored: &[f64], rows: usize, columns: usize) -> Vec<f64> {
    (0..rows)
        .flat_map(|r| (0..columns).map(move |c| stored[c * rows + r]))
        .collect()
}

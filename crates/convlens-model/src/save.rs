//! Saving edited kernels: a copy of the file in which only their bytes differ.
//!
//! [`Model::save_with`] writes the copy; a [`SavedLayer`] tells the rounding of each edited layer.

use std::collections::BTreeMap;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use convlens_svd::ConvKernel;

use crate::atomic_file::AtomicFile;
use crate::error::ModelError;
use crate::layer::{DType, LayerSpec};
use crate::model::Model;
use crate::weights::transposed;

/// A layer whose weights were replaced in a saved copy.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SavedLayer {
    /// The layer's name.
    pub layer: String,
    /// The tensor whose bytes were replaced.
    pub tensor: String,
    /// The type it is stored in.
    pub dtype: DType,
    /// The largest absolute difference between a stored number and its exact value: the rounding to
    /// `dtype`.
    pub max_rounding: f64,
    /// Other layers that use the same tensor, and so changed as well.
    pub tied: Vec<String>,
}

/// Bytes that go to a place of the file.
struct Splice {
    offset: u64,
    bytes: Vec<u8>,
}

impl Model {
    /// Saves a copy of the file in which the weights of some layers are replaced and every other
    /// byte is as it was.
    ///
    /// Each edit is the index of a layer in [`Model::layers`] and a kernel of the same shape.
    /// Numbers are rounded to the type in which the file stores them, to the nearest with ties to
    /// even; a transposition and a factor of the graph (`Gemm`'s `transB` and `alpha`) are undone.
    /// It works for safetensors files and for ONNX files that store their weights as raw bytes, as
    /// exporters write them. The copy appears whole or not at all: it is written beside `to` and
    /// renamed. The geometry of an edited kernel is not written; it is part of the graph, or not in
    /// the file.
    ///
    /// # Errors
    ///
    /// [`ModelError::Edit`] if a kernel has another shape, a weight is out of the type's range
    /// (index and value are named), or two edits of a shared tensor differ;
    /// [`ModelError::NotWritable`] for other formats, for ONNX weights that are lists or in other
    /// files, and if `to` is the open file itself; [`ModelError::Write`] if the copy cannot be
    /// written.
    ///
    /// # Panics
    ///
    /// If the index of a layer is out of range.
    ///
    /// # Complexity
    ///
    /// One pass over the file by pieces, and the edited layers in memory.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_model::{Format, Model};
    /// use convlens_svd::ConvKernel;
    ///
    /// // A safetensors file of one 1x1x2x2 kernel.
    /// let header = br#"{"conv.weight":{"dtype":"F32","shape":[1,1,2,2],"data_offsets":[0,16]}}"#;
    /// let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    /// bytes.extend(header);
    /// bytes.extend([1.0f32, 2.0, 3.0, 4.0].iter().flat_map(|w| w.to_le_bytes()));
    /// let model = Model::from_bytes("small.safetensors", Format::Safetensors, bytes)?;
    ///
    /// let kernel = model.kernel(0)?;
    /// let halved: Vec<f64> = kernel.weights().iter().map(|w| w / 2.0).collect();
    /// let halved = ConvKernel::new(halved, kernel.shape(), kernel.geometry().clone())?;
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("halved.safetensors");
    /// let saved = model.save_with(&[(0, &halved)], &path)?;
    /// assert_eq!(saved[0].max_rounding, 0.0); // halves of f32 numbers are f32 numbers
    /// assert_eq!(Model::open(&path)?.kernel(0)?.weights(), [0.5, 1.0, 1.5, 2.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn save_with(
        &self,
        edits: &[(usize, &ConvKernel)],
        to: impl AsRef<Path>,
    ) -> Result<Vec<SavedLayer>, ModelError> {
        let to = to.as_ref();
        if same_file(self.path(), to) {
            let reason = "the copy would replace the open file; give it another name".into();
            return Err(self.not_writable(reason));
        }
        if edits.is_empty() {
            return Err(self.not_writable("there is no edit".into()));
        }
        let mut saved = Vec::with_capacity(edits.len());
        let mut splices: BTreeMap<&str, Splice> = BTreeMap::new();
        for &(index, kernel) in edits {
            let spec = &self.layers()[index];
            let (bytes, max_rounding) =
                encoded(spec, kernel).map_err(|reason| self.edit_error(spec, reason))?;
            let offset = self.offset(&spec.weight).map_err(|reason| {
                self.not_writable(format!("tensor `{}`: {reason}", spec.weight))
            })?;
            let splice = Splice { offset, bytes };
            if let Some(other) = splices.get(&*spec.weight)
                && other.bytes != splice.bytes
            {
                let reason = format!(
                    "another edit of the shared tensor `{}` differs",
                    spec.weight
                );
                return Err(self.edit_error(spec, reason));
            }
            splices.insert(&spec.weight, splice);
            saved.push(self.saved(index, max_rounding));
        }
        self.write(splices.values(), to)
            .map_err(|source| ModelError::Write {
                path: to.to_owned(),
                source,
            })?;
        Ok(saved)
    }

    /// Writes the file with its splices beside `to`, and renames it; whoever may read the file may
    /// read the copy.
    fn write<'a>(
        &self,
        splices: impl Iterator<Item = &'a Splice>,
        to: &Path,
    ) -> std::io::Result<()> {
        let mut copy = AtomicFile::create(to)?;
        self.copy_to(&mut copy)?;
        for splice in splices {
            copy.seek(SeekFrom::Start(splice.offset))?;
            copy.write_all(&splice.bytes)?;
        }
        if let Ok(metadata) = self.path().metadata() {
            copy.as_file().set_permissions(metadata.permissions())?;
        }
        copy.finish()
    }

    fn saved(&self, index: usize, max_rounding: f64) -> SavedLayer {
        let spec = &self.layers()[index];
        let others = self.layers().iter().enumerate();
        let tied = others.filter(|(i, other)| *i != index && other.weight == spec.weight);
        SavedLayer {
            layer: spec.name.clone(),
            tensor: spec.weight.clone(),
            dtype: spec.dtype,
            max_rounding,
            tied: tied.map(|(_, other)| other.name.clone()).collect(),
        }
    }

    fn edit_error(&self, spec: &LayerSpec, reason: String) -> ModelError {
        ModelError::Edit {
            path: self.path().to_owned(),
            layer: spec.name.clone(),
            reason,
        }
    }

    fn not_writable(&self, reason: String) -> ModelError {
        ModelError::NotWritable {
            path: self.path().to_owned(),
            reason,
        }
    }
}

/// A kernel as the file stores it, and the largest rounding error of a stored number.
fn encoded(spec: &LayerSpec, kernel: &ConvKernel) -> Result<(Vec<u8>, f64), String> {
    if kernel.shape() != spec.shape {
        return Err(format!(
            "a kernel of shape {:?} cannot replace one of {:?}",
            kernel.shape(),
            spec.shape
        ));
    }
    if spec.storage.folded {
        return Err(
            "batch normalization is folded into it; open the model again to edit it".into(),
        );
    }
    if spec.storage.scale == 0.0 {
        return Err("its weights are multiplied by 0 in the graph".into());
    }
    let swapped;
    let weights = match spec.shape[..] {
        [rows, columns] if spec.storage.transposed => {
            swapped = transposed(kernel.weights(), columns, rows);
            &swapped
        }
        _ => kernel.weights(),
    };
    let mut bytes = Vec::with_capacity(weights.len() * spec.dtype.size());
    let mut max_rounding = 0.0f64;
    for (index, &weight) in weights.iter().enumerate() {
        let exact = weight / spec.storage.scale;
        let stored = spec.dtype.encode_into(exact, &mut bytes);
        if !stored.is_finite() {
            return Err(format!(
                "{exact} at flat index {index} of its tensor is out of the range of {}",
                spec.dtype
            ));
        }
        max_rounding = max_rounding.max((stored - exact).abs());
    }
    Ok((bytes, max_rounding))
}

fn same_file(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

//! Inputs for a model, with labels if there are any.

use std::path::{Path, PathBuf};

use convlens_model::{Array, ArrayValues, ModelError, Npz};

use crate::error::ActivationsError;

/// A batch of inputs of one shape, optionally labelled with classes.
///
/// # Example
///
/// ```
/// use convlens_activations::Inputs;
///
/// let inputs = Inputs::from_npz(convlens_fixtures::digits_heldout())?;
/// assert_eq!(inputs.shape(), [450, 1, 8, 8]);
/// assert_eq!(inputs.labels().unwrap().len(), 450);
/// # Ok::<(), convlens_activations::ActivationsError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Inputs {
    path: PathBuf,
    shape: Vec<usize>,
    values: Vec<f32>,
    labels: Option<Vec<i64>>,
}

/// Array names that mean inputs and labels without doubt, in order of preference.
const INPUT_NAMES: [&str; 8] = [
    "inputs",
    "images",
    "x",
    "X",
    "data",
    "x_test",
    "test_images",
    "arr_0",
];
const LABEL_NAMES: [&str; 7] = [
    "labels",
    "y",
    "Y",
    "targets",
    "y_test",
    "test_labels",
    "arr_1",
];

impl Inputs {
    /// Inputs from memory: row-major `values` of the given shape, the batch first. `path` is the
    /// name under which results and errors speak of them.
    ///
    /// # Errors
    ///
    /// [`ActivationsError::Empty`] if there is no input, [`ActivationsError::ValueCount`] if shape
    /// and values disagree in number, [`ActivationsError::NonFiniteInput`],
    /// [`ActivationsError::LabelCount`].
    pub fn new(
        path: impl Into<PathBuf>,
        shape: &[usize],
        values: Vec<f32>,
        labels: Option<Vec<i64>>,
    ) -> Result<Inputs, ActivationsError> {
        let (path, shape) = (path.into(), shape.to_vec());
        let count = shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d));
        if shape.is_empty() || shape.contains(&0) {
            return Err(ActivationsError::Empty { path, shape });
        }
        if count != Some(values.len()) {
            return Err(ActivationsError::ValueCount {
                path,
                shape,
                values: values.len(),
            });
        }
        if let Some(index) = values.iter().position(|v| !v.is_finite()) {
            let value = values[index];
            return Err(ActivationsError::NonFiniteInput { path, index, value });
        }
        if let Some(labels) = labels.as_ref().map(Vec::len).filter(|&n| n != shape[0]) {
            return Err(ActivationsError::LabelCount {
                path,
                labels,
                inputs: shape[0],
            });
        }
        Ok(Inputs {
            path,
            shape,
            values,
            labels,
        })
    }

    /// Inputs from a NumPy archive.
    ///
    /// The inputs are the array named `inputs`, `images`, `x`, `X`, `data`, `x_test`,
    /// `test_images` or `arr_0`, else the only array of rank 2 or more; the labels are the array
    /// named `labels`, `y`, `Y`, `targets`, `y_test`, `test_labels` or `arr_1`, if there is one.
    /// Numbers are fed to the model as they are: scale them as the model was trained.
    ///
    /// # Errors
    ///
    /// [`ActivationsError::File`] if the archive cannot be read, otherwise as [`Inputs::new`],
    /// [`ActivationsError::NoInputs`] and [`ActivationsError::BadLabel`].
    pub fn from_npz(path: impl AsRef<Path>) -> Result<Inputs, ActivationsError> {
        Inputs::from_archive(Npz::open(path)?)
    }

    /// Inputs from a NumPy archive that is already open.
    ///
    /// # Errors
    ///
    /// As [`Inputs::from_npz`].
    pub fn from_archive(mut npz: Npz) -> Result<Inputs, ActivationsError> {
        let names = npz.names();
        let known =
            |list: &[&'static str]| list.iter().copied().find(|n| names.iter().any(|m| m == n));
        let array = match known(&INPUT_NAMES) {
            Some(name) => npz.array(name)?,
            None => only_batch(&mut npz, &names)?,
        };
        let labels = known(&LABEL_NAMES)
            .map(|name| npz.array(name))
            .transpose()?;
        let path = npz.path().to_owned();
        let labels = labels.map(|array| classes(&path, array)).transpose()?;
        let values = match array.values {
            ArrayValues::F32(values) => values,
            ArrayValues::I64(values) => values.into_iter().map(|v| v as f32).collect(),
            other => unreadable(&path, &other)?,
        };
        Inputs::new(path, &array.shape, values, labels)
    }

    /// The path or name they came from.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The shape, the batch first.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The number of inputs.
    #[must_use]
    pub fn count(&self) -> usize {
        self.shape[0]
    }

    /// One class for each input, where labels were given.
    #[must_use]
    pub fn labels(&self) -> Option<&[i64]> {
        self.labels.as_deref()
    }

    /// The numbers of inputs `from..to`, row-major.
    pub(crate) fn rows(&self, from: usize, to: usize) -> &[f32] {
        let size = self.values.len() / self.count();
        &self.values[from * size..to * size]
    }
}

fn only_batch(npz: &mut Npz, names: &[String]) -> Result<Array, ActivationsError> {
    let mut held = Vec::new();
    let mut batches = Vec::new();
    for name in names {
        match npz.array(name) {
            Ok(array) => {
                held.push(format!("`{name}` {:?}", array.shape));
                batches.extend((array.shape.len() > 1).then_some(array));
            }
            // Class names and the like are not what is looked for.
            Err(ModelError::Tensor { reason, .. }) => held.push(format!("`{name}` ({reason})")),
            Err(error) => return Err(error.into()),
        }
    }
    match (batches.pop(), batches.is_empty()) {
        (Some(array), true) => Ok(array),
        _ => Err(ActivationsError::NoInputs {
            path: npz.path().to_owned(),
            held,
        }),
    }
}

fn classes(path: &Path, array: Array) -> Result<Vec<i64>, ActivationsError> {
    let whole = |(index, value): (usize, f32)| match value {
        v if v.fract() == 0.0 && v.abs() < 1e9 => Ok(v as i64),
        value => Err(ActivationsError::BadLabel {
            path: path.to_owned(),
            index,
            value,
        }),
    };
    match array.values {
        ArrayValues::I64(values) => Ok(values),
        ArrayValues::F32(values) => values.into_iter().enumerate().map(whole).collect(),
        other => unreadable(path, &other),
    }
}

/// For element types that a later version of the loader may add.
fn unreadable<T>(path: &Path, values: &ArrayValues) -> Result<T, ActivationsError> {
    let held = vec![format!("{values:?}").chars().take(40).collect()];
    Err(ActivationsError::NoInputs {
        path: path.to_owned(),
        held,
    })
}

//! Which arrays of a file are the inputs and their labels.

use convlens_model::{ArrayRows, Arrays, ModelError};

use super::labels;
use crate::error::ActivationsError;

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
pub(super) const LABEL_NAMES: [&str; 7] = [
    "labels",
    "y",
    "Y",
    "targets",
    "y_test",
    "test_labels",
    "arr_1",
];

/// The inputs, to be read by rows, and their labels if the file has some.
pub(super) fn choose(
    mut arrays: Arrays,
) -> Result<(ArrayRows, Option<Vec<i64>>), ActivationsError> {
    let names = arrays.names();
    let known = |list: &[&'static str]| list.iter().copied().find(|n| names.iter().any(|m| m == n));
    let rows = match known(&INPUT_NAMES) {
        Some(name) => arrays.rows(name)?,
        None => only_batch(&mut arrays, &names)?,
    };
    let labels = known(&LABEL_NAMES)
        .map(|name| arrays.array(name))
        .transpose()?;
    let labels = labels.map(|array| labels::of_array(arrays.path(), array));
    Ok((rows, labels.transpose()?))
}

fn only_batch(arrays: &mut Arrays, names: &[String]) -> Result<ArrayRows, ActivationsError> {
    let mut held = Vec::new();
    let mut batches = Vec::new();
    for name in names {
        match arrays.rows(name) {
            Ok(rows) => {
                held.push(format!("`{name}` {:?}", rows.shape()));
                batches.extend((rows.shape().len() > 1).then_some(rows));
            }
            // Class names and the like are not what is looked for.
            Err(ModelError::Tensor { reason, .. }) => held.push(format!("`{name}` ({reason})")),
            Err(error) => return Err(error.into()),
        }
    }
    match (batches.pop(), batches.is_empty()) {
        (Some(rows), true) => Ok(rows),
        _ => Err(ActivationsError::NoInputs {
            path: arrays.path().to_owned(),
            held,
        }),
    }
}

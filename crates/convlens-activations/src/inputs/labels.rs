//! Which arrays of a file are inputs and which are labels, and how names of classes become numbers.

use std::collections::BTreeSet;
use std::path::Path;

#[cfg(feature = "files")]
use convlens_model::arrays::{Array, Arrays, Rows, Values};
#[cfg(feature = "files")]
use convlens_model::{ModelError, error_chain};

use crate::error::ActivationsError;

/// Array names that surely mean inputs, in order of preference.
#[cfg(feature = "files")]
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
/// Array names that surely mean labels, in order of preference.
#[cfg(feature = "files")]
const LABEL_NAMES: [&str; 7] = [
    "labels",
    "y",
    "Y",
    "targets",
    "y_test",
    "test_labels",
    "arr_1",
];

/// The inputs, to be read by rows, and their labels if the file has some.
#[cfg(feature = "files")]
pub(super) fn choose(mut arrays: Arrays) -> Result<(Rows, Option<Vec<i64>>), ActivationsError> {
    let names = arrays.names();
    let known = |list: &[&'static str]| list.iter().copied().find(|n| names.iter().any(|m| m == n));
    let rows = match known(&INPUT_NAMES) {
        Some(name) => arrays.rows(name)?,
        None => only_batch(&mut arrays, &names)?,
    };
    let labels = known(&LABEL_NAMES)
        .map(|name| arrays.array(name))
        .transpose()?;
    let labels = labels.map(|array| of_array(arrays.path(), array));
    Ok((rows, labels.transpose()?))
}

#[cfg(feature = "files")]
fn only_batch(arrays: &mut Arrays, names: &[String]) -> Result<Rows, ActivationsError> {
    let mut listed = Vec::new();
    let mut batches = Vec::new();
    for name in names {
        match arrays.rows(name) {
            Ok(rows) => {
                listed.push(format!("`{name}` {:?}", rows.shape()));
                batches.extend((rows.shape().len() > 1).then_some(rows));
            }
            // Class names and the like are no inputs.
            Err(ModelError::Tensor { source, .. }) => {
                listed.push(format!("`{name}` ({})", error_chain(&*source)));
            }
            Err(error) => return Err(error.into()),
        }
    }
    match (batches.pop(), batches.is_empty()) {
        (Some(rows), true) => Ok(rows),
        _ => Err(ActivationsError::NoInputs {
            path: arrays.path().to_owned(),
            arrays: listed,
        }),
    }
}

/// One class for each input, and the classes' names.
pub(super) struct Labels {
    pub(super) labels: Vec<i64>,
    /// By number, where the classes have names.
    pub(super) names: Option<Vec<String>>,
}

/// Labels from names: their places in the list of classes if there is one; else the numbers
/// themselves, if all are numbers; else places among the sorted names, from 0.
pub(super) fn of_names(
    path: &Path,
    names: &[String],
    classes: Option<&[String]>,
) -> Result<Labels, ActivationsError> {
    let place = |classes: &[String], name: &String| {
        let at = classes.iter().position(|class| class == name);
        let at = at.and_then(|at| i64::try_from(at).ok());
        at.ok_or_else(|| ActivationsError::UnknownClass {
            path: path.to_owned(),
            class: name.clone(),
        })
    };
    let (labels, classes) = match classes {
        Some(classes) => {
            let labels = names.iter().map(|name| place(classes, name));
            (labels.collect::<Result<_, _>>()?, classes.to_vec())
        }
        None => {
            if let Ok(labels) = names.iter().map(|name| name.parse()).collect() {
                let names = None;
                return Ok(Labels { labels, names });
            }
            let classes: BTreeSet<&String> = names.iter().collect();
            let classes: Vec<String> = classes.into_iter().cloned().collect();
            let at = |name| classes.binary_search(name).unwrap_or_default() as i64;
            (names.iter().map(at).collect(), classes)
        }
    };
    Ok(Labels {
        labels,
        names: Some(classes),
    })
}

/// Lines of a text file, without empty ones.
pub(super) fn lines(path: &Path) -> Result<Vec<String>, ActivationsError> {
    let text = std::fs::read_to_string(path).map_err(|source| ActivationsError::Read {
        path: path.to_owned(),
        source: source.into(),
    })?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    Ok(lines.map(str::to_owned).collect())
}

/// Labels from a file of their own: an array, the one named like labels or the only one; or text,
/// a class on each line.
pub(super) fn of_file(path: &Path, classes: Option<&[String]>) -> Result<Labels, ActivationsError> {
    let is_text = path
        .extension()
        .is_none_or(|e| e.eq_ignore_ascii_case("txt") || e.eq_ignore_ascii_case("csv"));
    if is_text {
        return of_names(path, &lines(path)?, classes);
    }
    of_array_file(path)
}

#[cfg(feature = "files")]
fn of_array_file(path: &Path) -> Result<Labels, ActivationsError> {
    let mut arrays = Arrays::open(path)?;
    let names = arrays.names();
    let known = LABEL_NAMES
        .iter()
        .find(|known| names.iter().any(|n| n == *known));
    let name = match (known, &names[..]) {
        (Some(name), _) => (*name).to_owned(),
        (None, [only]) => only.clone(),
        _ => {
            return Err(ActivationsError::NoInputs {
                path: path.to_owned(),
                arrays: names,
            });
        }
    };
    let labels = of_array(path, arrays.array(&name)?)?;
    Ok(Labels {
        labels,
        names: None,
    })
}

#[cfg(not(feature = "files"))]
fn of_array_file(path: &Path) -> Result<Labels, ActivationsError> {
    Err(ActivationsError::FeatureOff {
        path: path.to_owned(),
        what: "arrays",
        feature: "files",
    })
}

#[cfg(feature = "files")]
fn of_array(path: &Path, array: Array) -> Result<Vec<i64>, ActivationsError> {
    let whole = |(index, value): (usize, f32)| match value {
        v if v.fract() == 0.0 && v.abs() < 1e9 => Ok(v as i64),
        value => Err(ActivationsError::BadLabel {
            path: path.to_owned(),
            index,
            value,
        }),
    };
    match array.values {
        Values::I64(values) => Ok(values),
        other => other
            .into_f32()
            .into_iter()
            .enumerate()
            .map(whole)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(names: &[&str], classes: Option<&[&str]>) -> Result<Labels, ActivationsError> {
        let owned = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        of_names(Path::new("x"), &owned(names), classes.map(owned).as_deref())
    }

    #[test]
    fn numbers_stay_names_are_sorted_and_a_list_decides() {
        // Sorted as names, 10 would come before 9.
        assert_eq!(
            labels(&["10", "9", "10"], None).unwrap().labels,
            [10, 9, 10]
        );
        let sorted = labels(&["dog", "cat", "dog", "9"], None).unwrap();
        assert_eq!(sorted.labels, [2, 1, 2, 0]);
        assert_eq!(sorted.names.unwrap(), ["9", "cat", "dog"]);
        let listed = labels(&["dog", "cat"], Some(&["dog", "bird", "cat"])).unwrap();
        assert_eq!(listed.labels, [0, 2]);
        let error = labels(&["cow"], Some(&["dog"])).err().unwrap().to_string();
        assert!(error.contains("`cow`"), "{error}");
    }
}

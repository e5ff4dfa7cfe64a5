//! Any value of the graph, as it is: to a closure or to a file.

use std::collections::BTreeSet;
#[cfg(feature = "files")]
use std::path::Path;

#[cfg(feature = "files")]
use convlens_model::arrays::NpzWriter;
use convlens_model::arrays::{Array, Values};
use rten::{NodeId, Value};
use rten_tensor::TensorView;
use rten_tensor::prelude::*;

use super::engine::{Outputs, RunOptions, Runner};
use crate::error::ActivationsError;
use crate::inputs::{Inputs, LeftOut};

/// Values of the graph for a batch of inputs.
#[derive(Debug)]
#[non_exhaustive]
pub struct TappedValues<'a> {
    /// Which inputs these are: row `i` of every array is that of input `inputs[i]`.
    pub inputs: &'a [usize],
    /// One array for each name, in their order; `None` for one that was refused. Floats are `f32`,
    /// integers `i64`.
    pub values: Vec<Option<Array>>,
    /// How many inputs are done with these, including those that are left out.
    pub done: usize,
}

/// Which values were tapped, and on which inputs.
#[derive(Debug)]
#[non_exhaustive]
pub struct WrittenValues {
    /// The names that were tapped.
    pub names: Vec<String>,
    /// Why others were not.
    pub refused: Vec<ActivationsError>,
    /// The inputs that were run, ascending.
    pub inputs: Vec<usize>,
    /// The inputs that could not be used.
    pub left_out: Vec<LeftOut>,
}

/// Arrays that are written beside the tapped values.
#[cfg(feature = "files")]
const LABELS: &str = "labels";
#[cfg(feature = "files")]
const INPUTS: &str = "inputs";

impl Runner {
    /// Resolves names to values, in the graph's order: a value by its own name, the first output of
    /// an operator by the operator's name, or all values whose own or whose operator's name matches
    /// a glob (`*`, `?`, `[..]`; a `*` matches `/` too).
    ///
    /// # Errors
    ///
    /// [`ActivationsError::NoSuchValue`] for a name or glob that matches nothing.
    pub fn value_names(&self, names: &[String]) -> Result<Vec<String>, ActivationsError> {
        let mut found = BTreeSet::new();
        for name in names {
            let by_operator = || self.values.iter().position(|v| v.operator == *name);
            let exact = self.by_name.get(name).copied().or_else(by_operator);
            let meant: Vec<usize> = match (exact, glob::Pattern::new(name)) {
                (Some(index), _) => vec![index],
                (None, Ok(pattern)) => (0..self.values.len())
                    .filter(|&i| {
                        let value = &self.values[i];
                        pattern.matches(&value.name) || pattern.matches(&value.operator)
                    })
                    .collect(),
                (None, Err(_)) => Vec::new(),
            };
            if meant.is_empty() {
                return Err(self.no_such_value(name));
            }
            found.extend(meant);
        }
        let names = found.into_iter().map(|i| self.values[i].name.clone());
        Ok(names.collect())
    }

    fn no_such_value(&self, name: &str) -> ActivationsError {
        ActivationsError::NoSuchValue {
            model: self.path().to_owned(),
            name: name.to_owned(),
            similar: self.similar(name),
        }
    }

    /// Some names that contain this one or are contained in it, else the first there are.
    fn similar(&self, name: &str) -> Vec<String> {
        const SHOWN: usize = 8;
        let name = name.to_lowercase();
        let alike = self.values.iter().map(|v| &v.name).filter(|other| {
            let other = other.to_lowercase();
            other.contains(&name) || name.contains(&other)
        });
        let alike: Vec<String> = alike.take(SHOWN).cloned().collect();
        if alike.is_empty() {
            let first = self.values.iter().take(SHOWN);
            return first.map(|v| v.name.clone()).collect();
        }
        alike
    }

    /// Runs all inputs and passes values of the graph to `visit`, batch by batch.
    ///
    /// Names are those of values ([`value_names`](Self::value_names) resolves others). A value that
    /// cannot be tapped (it is no tensor, or its first dimension is not the batch) does not stop
    /// the others, nor does an input that cannot be read.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run); [`ActivationsError::NoSuchValue`]; and what `visit` returns.
    ///
    /// # Example
    ///
    /// ```no_run
    /// use convlens_activations::{InputOptions, Inputs, RunOptions, Runner};
    /// use convlens_model::Model;
    ///
    /// let runner = Runner::new(&Model::open("model.onnx")?)?;
    /// let inputs = Inputs::open("inputs.npz", &InputOptions::default())?;
    /// let names = runner.value_names(&["/conv1/*".to_owned()])?;
    /// runner.tap_values(&inputs, &names, &RunOptions::default(), &mut |batch| {
    ///     for (name, array) in names.iter().zip(&batch.values) {
    ///         println!("{name}: {:?}", array.as_ref().map(|a| &a.shape));
    ///     }
    ///     Ok(())
    /// })?;
    /// # Ok::<(), convlens_activations::ActivationsError>(())
    /// ```
    pub fn tap_values(
        &self,
        inputs: &Inputs,
        names: &[String],
        options: &RunOptions,
        visit: &mut dyn FnMut(TappedValues<'_>) -> Result<(), ActivationsError>,
    ) -> Result<WrittenValues, ActivationsError> {
        let nodes = names.iter().map(|name| {
            let known = self.by_name.contains_key(name);
            let node = known.then(|| self.model.node_id(name).ok()).flatten();
            node.ok_or_else(|| self.no_such_value(name))
        });
        let nodes: Vec<NodeId> = nodes.collect::<Result<_, _>>()?;
        let mut refused: Vec<Option<String>> = vec![None; names.len()];
        self.probe(inputs, options, &nodes, &mut |outputs| {
            for (&node, refused) in nodes.iter().zip(&mut refused) {
                *refused = rows_of(outputs, node).err();
            }
        })?;
        let ran = self.each_batch(inputs, options, &nodes, &mut |outputs| {
            let mut values = Vec::with_capacity(nodes.len());
            for (&node, refused) in nodes.iter().zip(&mut refused) {
                let value = match refused {
                    Some(_) => None,
                    None => rows_of(outputs, node)
                        .map_err(|why| *refused = Some(why))
                        .ok(),
                };
                values.push(value);
            }
            visit(TappedValues {
                inputs: outputs.inputs(),
                values,
                done: outputs.done(),
            })
        })?;
        let tapped = names
            .iter()
            .zip(&refused)
            .filter(|(_, refused)| refused.is_none());
        let value_error = |(name, reason): (&String, &Option<String>)| {
            Some(ActivationsError::Value {
                name: name.clone(),
                reason: reason.clone()?,
            })
        };
        Ok(WrittenValues {
            names: tapped.map(|(name, _)| name.clone()).collect(),
            refused: names.iter().zip(&refused).filter_map(value_error).collect(),
            inputs: ran.inputs,
            left_out: ran.left_out,
        })
    }

    /// Runs all inputs and writes values of the graph to a NumPy archive: an array for each value
    /// under its own name, with one row for each input; `labels`, if there are some; and, if inputs
    /// are left out, `inputs`: which input each row is of. `progress` is called with the number of
    /// inputs done.
    ///
    /// Only one batch is in memory at a time; the archive appears whole or not at all
    /// ([`NpzWriter`]).
    ///
    /// # Errors
    ///
    /// As [`tap_values`](Self::tap_values); [`ActivationsError::File`] if the archive cannot be
    /// written, or values change their shape from batch to batch; the first of
    /// [`WrittenValues::refused`] if no value can be tapped.
    #[cfg(feature = "files")]
    pub fn write_values(
        &self,
        inputs: &Inputs,
        names: &[String],
        path: impl AsRef<Path>,
        options: &RunOptions,
        progress: &mut dyn FnMut(usize),
    ) -> Result<WrittenValues, ActivationsError> {
        let mut writer = NpzWriter::create(path)?;
        let mut written = self.tap_values(inputs, names, options, &mut |batch| {
            for (name, array) in names.iter().zip(&batch.values) {
                if let Some(array) = array {
                    writer.append(name, array)?;
                }
            }
            progress(batch.done);
            Ok(())
        })?;
        if written.names.is_empty() && !written.refused.is_empty() {
            return Err(written.refused.swap_remove(0));
        }
        let integers = |values: Vec<i64>| Array {
            shape: vec![values.len()],
            values: Values::I64(values),
        };
        let free = |name: &str| !written.names.iter().any(|n| n == name);
        if let Some(labels) = inputs.labels().filter(|_| free(LABELS)) {
            let labels = written.inputs.iter().map(|&i| labels[i]).collect();
            writer.append(LABELS, &integers(labels))?;
        }
        if written.inputs.len() < inputs.count() && free(INPUTS) {
            let rows = written.inputs.iter().map(|&i| i as i64).collect();
            writer.append(INPUTS, &integers(rows))?;
        }
        writer.finish()?;
        Ok(written)
    }
}

/// A value's rows of inputs; the error is a reason.
fn rows_of(outputs: &Outputs<'_>, node: NodeId) -> Result<Array, String> {
    let (shape, values) = match outputs.value(node) {
        Some(Value::FloatTensor(t)) => rows(t.view(), outputs, |v| v).map(floats)?,
        Some(Value::Int32Tensor(t)) => rows(t.view(), outputs, i64::from).map(integers)?,
        Some(Value::Int8Tensor(t)) => rows(t.view(), outputs, i64::from).map(integers)?,
        Some(Value::UInt8Tensor(t)) => rows(t.view(), outputs, i64::from).map(integers)?,
        _ => return Err("it is no tensor of numbers".into()),
    };
    Ok(Array { shape, values })
}

fn floats((shape, values): (Vec<usize>, Vec<f32>)) -> (Vec<usize>, Values) {
    (shape, Values::F32(values))
}

fn integers((shape, values): (Vec<usize>, Vec<i64>)) -> (Vec<usize>, Values) {
    (shape, Values::I64(values))
}

fn rows<T: Copy, U>(
    tensor: TensorView<'_, T>,
    outputs: &Outputs<'_>,
    convert: impl Fn(T) -> U,
) -> Result<(Vec<usize>, Vec<U>), String> {
    let mut shape = tensor.shape().to_vec();
    let Some(first) = shape.first_mut() else {
        return Err("it is a single number, not one row for each input".into());
    };
    if let Some(reason) = outputs.refuses_rows(*first) {
        return Err(reason);
    }
    *first = outputs.rows();
    let count = shape.iter().product();
    let contiguous = tensor.to_contiguous();
    let values = contiguous.data().iter().take(count);
    Ok((shape, values.map(|&v| convert(v)).collect()))
}

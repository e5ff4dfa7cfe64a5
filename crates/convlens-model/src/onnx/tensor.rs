//! Tensors of an ONNX file as numbers, in the file or in another beside it, checked before anything
//! is allocated.

use std::path::{Component, Path, PathBuf};

use super::proto::TensorProto;
use crate::error::{Cause, concerning};
use crate::layer::DType;
use crate::numbers::element_count;
use crate::source::Source;

const FLOAT: i32 = 1;
const INT64: i32 = 7;
const INT32: i32 = 6;
const FLOAT16: i32 = 10;
const DOUBLE: i32 = 11;
const BFLOAT16: i32 = 16;
const EXTERNAL: i32 = 1;

/// The most axes of a shape. Real tensors have at most 8 or so; a shape is copied for every value
/// that has it, so that without a bound a small file with one long shape would fill the memory.
pub(crate) const MAX_RANK: usize = 16;

/// The longest list of integers: `pads` has two for each axis, everything else at most one.
pub(crate) const MAX_INTEGERS: usize = 2 * MAX_RANK;

/// The float type of a type code, where it is one that weights are read in.
pub(crate) fn float_type_of(code: i32) -> Option<DType> {
    match code {
        FLOAT => Some(DType::F32),
        DOUBLE => Some(DType::F64),
        FLOAT16 => Some(DType::F16),
        BFLOAT16 => Some(DType::Bf16),
        _ => None,
    }
}

impl TensorProto {
    /// A tensor of floats: of rank 0 for `dims` empty.
    pub(crate) fn of_floats(dims: Vec<i64>, values: Vec<f32>) -> Self {
        TensorProto {
            dims,
            data_type: FLOAT,
            float_data: values,
            ..TensorProto::default()
        }
    }

    /// A tensor of integers: of rank 0 for `dims` empty.
    pub(crate) fn of_integers(dims: Vec<i64>, values: Vec<i64>) -> Self {
        TensorProto {
            dims,
            data_type: INT64,
            int64_data: values,
            ..TensorProto::default()
        }
    }

    /// The shape, or a reason why it cannot be one.
    pub(crate) fn shape(&self) -> Result<Vec<usize>, String> {
        if self.dims.len() > MAX_RANK {
            return Err(format!(
                "it has {} axes; up to {MAX_RANK} are supported",
                self.dims.len()
            ));
        }
        self.dims
            .iter()
            .map(|&d| usize::try_from(d).map_err(|_| format!("dimension {d} is negative")))
            .collect()
    }

    /// The float type of the elements, or a reason why they are not weights.
    pub(crate) fn float_type(&self) -> Result<DType, String> {
        float_type_of(self.data_type).ok_or_else(|| {
            format!(
                "element type {} is not f32, f64, f16 or bf16",
                type_name(self.data_type)
            )
        })
    }

    /// All elements in row-major order.
    pub(crate) fn floats(&self) -> Result<Vec<f64>, Cause> {
        let dtype = self.float_type()?;
        let count = self.checked_count()?;
        let values = match &self.raw_data {
            Some(raw) => {
                check_bytes(raw.len(), count, dtype.size())?;
                dtype.decode(raw)
            }
            None => match dtype {
                DType::F32 => self.float_data.iter().map(|&v| f64::from(v)).collect(),
                DType::F64 => self.double_data.clone(),
                // The specification stores 16-bit floats as bit patterns in `int32_data`.
                DType::F16 | DType::Bf16 => {
                    let bits = |&v: &i32| (v as u16).to_le_bytes();
                    dtype.decode(&self.int32_data.iter().flat_map(bits).collect::<Vec<u8>>())
                }
            },
        };
        check_count(values.len(), count)?;
        Ok(values)
    }

    /// All elements of a short integer tensor: axes, pads and target shapes.
    pub(crate) fn integers(&self) -> Result<Vec<i64>, String> {
        let count = self.checked_count()?;
        if count > MAX_INTEGERS {
            return Err(format!(
                "{count} integers; up to {MAX_INTEGERS} are supported"
            ));
        }
        let values: Vec<i64> = match (self.data_type, &self.raw_data) {
            (INT64, None) => self.int64_data.clone(),
            (INT32, None) => self.int32_data.iter().map(|&v| i64::from(v)).collect(),
            (INT64, Some(raw)) => {
                check_bytes(raw.len(), count, 8)?;
                raw.chunks_exact(8)
                    .map(|c| i64::from_le_bytes([c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]]))
                    .collect()
            }
            (INT32, Some(raw)) => {
                check_bytes(raw.len(), count, 4)?;
                raw.chunks_exact(4)
                    .map(|c| i64::from(i32::from_le_bytes([c[0], c[1], c[2], c[3]])))
                    .collect()
            }
            (other, _) => return Err(format!("element type {} is no integer", type_name(other))),
        };
        check_count(values.len(), count)?;
        Ok(values)
    }

    /// All elements in row-major order, from the file that `external_data` names where they are not
    /// here.
    ///
    /// `folder` is the model's: a path may lead into it or below, and nowhere else.
    pub(crate) fn floats_in(&self, folder: Option<&Path>) -> Result<Vec<f64>, Cause> {
        if !self.is_external() {
            return self.floats();
        }
        let folder = folder.ok_or("its data are in another file, and the model is in memory")?;
        let dtype = self.float_type()?;
        let declared = (self.declared_count()? as u64)
            .checked_mul(dtype.size() as u64)
            .ok_or("its shape overflows")?;
        let location = self
            .entry("location")
            .ok_or("it names no file for its data")?;
        let offset = self.number("offset")?.unwrap_or(0);
        if let Some(length) = self.number("length")?
            && length != declared
        {
            return Err(format!("its shape has {declared} bytes, its file {length}").into());
        }
        let path = below(folder, location)?;
        let read = || {
            if !path.is_file() {
                return Err("it does not exist".into());
            }
            Source::open(&path)?.floats(dtype, offset, declared)
        };
        read().map_err(concerning(format!("its file `{location}`")))
    }

    pub(super) fn entry(&self, key: &str) -> Option<&str> {
        let entry = self.external_data.iter().find(|entry| entry.key == key)?;
        Some(&entry.value)
    }

    fn number(&self, key: &str) -> Result<Option<u64>, String> {
        let parse = |text: &str| {
            text.parse()
                .map_err(|_| format!("the {key} of its data is `{text}`, not a size"))
        };
        self.entry(key).map(parse).transpose()
    }

    fn checked_count(&self) -> Result<usize, String> {
        if self.is_external() {
            return Err("its data are in another file".into());
        }
        self.declared_count()
    }

    /// Whether the numbers lie in another file.
    pub(super) fn is_external(&self) -> bool {
        self.data_location == EXTERNAL
    }

    /// The number of elements that the shape declares.
    pub(super) fn declared_count(&self) -> Result<usize, String> {
        let shape = self.shape()?;
        element_count(&shape).ok_or_else(|| format!("shape {shape:?} overflows"))
    }
}

/// A path below a folder, spelled without a way out of it.
pub(super) fn below(folder: &Path, location: &str) -> Result<PathBuf, String> {
    let path = Path::new(location);
    let inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    if location.is_empty() || !path.components().all(inside) {
        return Err(format!(
            "its file `{location}` is outside the folder of the model"
        ));
    }
    Ok(folder.join(path))
}

fn check_bytes(found: usize, count: usize, size: usize) -> Result<(), String> {
    if count.checked_mul(size) == Some(found) {
        Ok(())
    } else {
        Err(format!(
            "{count} elements of {size} bytes declared, {found} bytes present"
        ))
    }
}

fn check_count(found: usize, count: usize) -> Result<(), String> {
    if found == count {
        Ok(())
    } else {
        Err(format!("{count} elements declared, {found} present"))
    }
}

fn type_name(code: i32) -> String {
    match code {
        2 => "uint8".into(),
        3 => "int8".into(),
        INT32 => "int32".into(),
        INT64 => "int64".into(),
        9 => "bool".into(),
        17..=20 => "float8".into(),
        other => format!("number {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_tensor_is_refused_with_both_numbers() {
        let tensor = TensorProto {
            dims: vec![2, 3],
            data_type: FLOAT,
            raw_data: Some(vec![0; 20].into()),
            ..TensorProto::default()
        };
        let reason = tensor.floats().unwrap_err().to_string();
        assert!(reason.contains('6') && reason.contains("20"), "{reason}");
    }

    #[test]
    fn a_shape_that_overflows_allocates_nothing() {
        let tensor = TensorProto {
            dims: vec![i64::MAX, i64::MAX],
            data_type: FLOAT,
            ..TensorProto::default()
        };
        assert!(
            tensor
                .floats()
                .unwrap_err()
                .to_string()
                .contains("overflows")
        );
        let tensor = TensorProto {
            dims: vec![-1],
            data_type: FLOAT,
            ..TensorProto::default()
        };
        assert!(
            tensor
                .floats()
                .unwrap_err()
                .to_string()
                .contains("negative")
        );
    }

    #[test]
    fn typed_lists_are_read_like_raw_bytes() {
        let typed = TensorProto {
            dims: vec![2],
            data_type: FLOAT,
            float_data: vec![0.1, -3.0],
            ..TensorProto::default()
        };
        let bytes: Vec<u8> = [0.1f32, -3.0]
            .iter()
            .flat_map(|v| v.to_le_bytes())
            .collect();
        let raw = TensorProto {
            float_data: vec![],
            raw_data: Some(bytes.into()),
            ..typed.clone()
        };
        assert_eq!(typed.floats().unwrap(), raw.floats().unwrap());
    }
}

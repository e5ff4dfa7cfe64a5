//! An array of numbers, and the element types of arrays that hold data: inputs and labels.

use crate::error::Cause;
use crate::layer::DType;

/// The numbers of an array, in row-major order.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Values {
    /// Floating-point numbers; f16 and f64 are converted to f32.
    F32(Vec<f32>),
    /// Integers and booleans.
    I64(Vec<i64>),
}

impl Values {
    /// All numbers as `f32`; integers are rounded to the nearest.
    #[must_use]
    pub fn into_f32(self) -> Vec<f32> {
        match self {
            Values::F32(values) => values,
            Values::I64(values) => values.into_iter().map(|v| v as f32).collect(),
        }
    }
}

/// An array of numbers with its shape.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// The dimensions, outermost first.
    pub shape: Vec<usize>,
    /// The numbers.
    pub values: Values,
}

/// A type of numbers, little-endian in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Element {
    Float(DType),
    /// Signed integers of so many bytes.
    Signed(usize),
    /// Unsigned integers of so many bytes, and booleans.
    Unsigned(usize),
}

impl Element {
    /// By NumPy's code without the byte order.
    pub(crate) fn of_npy(code: &str) -> Option<Self> {
        Some(match code {
            "f2" => Element::Float(DType::F16),
            "f4" => Element::Float(DType::F32),
            "f8" => Element::Float(DType::F64),
            "i1" => Element::Signed(1),
            "i2" => Element::Signed(2),
            "i4" => Element::Signed(4),
            "i8" => Element::Signed(8),
            "b1" | "u1" => Element::Unsigned(1),
            "u2" => Element::Unsigned(2),
            "u4" => Element::Unsigned(4),
            _ => return None,
        })
    }

    #[cfg(feature = "safetensors")]
    pub(crate) fn of_safetensors(dtype: safetensors::Dtype) -> Option<Self> {
        use safetensors::Dtype;
        Some(match dtype {
            Dtype::F16 => Element::Float(DType::F16),
            Dtype::BF16 => Element::Float(DType::Bf16),
            Dtype::F32 => Element::Float(DType::F32),
            Dtype::F64 => Element::Float(DType::F64),
            Dtype::I8 => Element::Signed(1),
            Dtype::I16 => Element::Signed(2),
            Dtype::I32 => Element::Signed(4),
            Dtype::I64 => Element::Signed(8),
            Dtype::BOOL | Dtype::U8 => Element::Unsigned(1),
            Dtype::U16 => Element::Unsigned(2),
            Dtype::U32 => Element::Unsigned(4),
            _ => return None,
        })
    }

    /// Bytes of one element.
    pub(crate) fn size(self) -> usize {
        match self {
            Element::Float(dtype) => dtype.size(),
            Element::Signed(size) | Element::Unsigned(size) => size,
        }
    }

    /// Decodes elements: floats to `f32`, integers to `i64`.
    pub(crate) fn decode(self, data: &[u8]) -> Result<Values, Cause> {
        match self {
            Element::Float(DType::F32) => {
                let (elements, _) = data.as_chunks::<4>();
                let values = elements.iter().map(|&e| f32::from_le_bytes(e));
                Ok(Values::F32(values.collect()))
            }
            Element::Float(dtype) => {
                narrowed(&dtype.decode(data), dtype == DType::F64).map(Values::F32)
            }
            Element::Signed(size) => Ok(integers(data, size, true)),
            Element::Unsigned(size) => Ok(integers(data, size, false)),
        }
    }
}

/// Little-endian integers of up to eight bytes.
fn integers(data: &[u8], size: usize, signed: bool) -> Values {
    let one = |bytes: &[u8]| {
        let negative = signed && bytes.last().is_some_and(|&b| b > 0x7f);
        let start = if negative { -1 } else { 0 };
        bytes
            .iter()
            .rev()
            .fold(start, |n: i64, &b| n << 8 | i64::from(b))
    };
    Values::I64(data.chunks_exact(size).map(one).collect())
}

/// Numbers as `f32`, rounded; a finite one that would become infinite is an error.
fn narrowed(values: &[f64], may_overflow: bool) -> Result<Vec<f32>, Cause> {
    if !may_overflow {
        return Ok(values.iter().map(|&v| v as f32).collect());
    }
    let narrow = |(i, &v): (usize, &f64)| match v as f32 {
        x if x.is_infinite() && v.is_finite() => Err(format!(
            "value {v:e} does not fit in f32 (index {i} in the order of the file)"
        )
        .into()),
        x => Ok(x),
    };
    values.iter().enumerate().map(narrow).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_of_all_widths_keep_their_sign() {
        let of = |code: &str, bytes: &[u8]| match Element::of_npy(code).unwrap().decode(bytes) {
            Ok(Values::I64(values)) => values,
            other => panic!("{other:?}"),
        };
        assert_eq!(of("i1", &[0xff, 0x7f]), [-1, 127]);
        assert_eq!(of("u1", &[0xff]), [255]);
        assert_eq!(of("i2", &(-2i16).to_le_bytes()), [-2]);
        assert_eq!(of("u2", &65535u16.to_le_bytes()), [65535]);
        assert_eq!(of("i4", &i32::MIN.to_le_bytes()), [i64::from(i32::MIN)]);
        assert_eq!(of("u4", &u32::MAX.to_le_bytes()), [i64::from(u32::MAX)]);
        assert_eq!(of("i8", &i64::MIN.to_le_bytes()), [i64::MIN]);
    }
}

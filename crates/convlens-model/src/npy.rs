//! NumPy arrays: the `.npy` format, versions 1 to 3 (NumPy Enhancement Proposal 1).
//!
//! Why not a crate: those at hand read a header's shape on trust, and bring a parser generator and
//! a C compiler for what is one line of Python literals with three known keys.

use crate::dtype::element_count;

/// The numbers of an array, in row-major order.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ArrayValues {
    /// Floating-point numbers; halves and doubles are converted to this type.
    F32(Vec<f32>),
    /// Integers and booleans.
    I64(Vec<i64>),
}

/// An array of numbers with its shape.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// The dimensions, outermost first.
    pub shape: Vec<usize>,
    /// The numbers.
    pub values: ArrayValues,
}

/// What an array's header declares.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Header {
    descr: String,
    fortran_order: bool,
    shape: Vec<usize>,
}

impl Array {
    /// Parses a whole `.npy` file; the error is a reason without the file's name.
    ///
    /// Nothing larger than the given bytes is allocated on the header's word.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Array, String> {
        let (header, data) = split_header(bytes)?;
        let count = element_count(&header.shape)
            .ok_or_else(|| format!("shape {:?} overflows", header.shape))?;
        let (order, code) = header.descr.split_at_checked(1).unwrap_or(("", ""));
        if !matches!(order, "<" | "|") {
            return Err(format!(
                "element type `{}` is not little-endian",
                header.descr
            ));
        }
        let values = decode(code, data, count).ok_or_else(|| {
            format!(
                "element type `{}` is not a number type read here",
                header.descr
            )
        })??;
        let values = match (header.fortran_order && header.shape.len() > 1, values) {
            (false, values) => values,
            (true, ArrayValues::F32(v)) => ArrayValues::F32(row_major(&v, &header.shape)),
            (true, ArrayValues::I64(v)) => ArrayValues::I64(row_major(&v, &header.shape)),
        };
        Ok(Array {
            shape: header.shape,
            values,
        })
    }
}

fn decode(code: &str, data: &[u8], count: usize) -> Option<Result<ArrayValues, String>> {
    fn each<const N: usize, T>(
        data: &[u8],
        count: usize,
        read: impl Fn([u8; N]) -> T,
    ) -> Result<Vec<T>, String> {
        if count.checked_mul(N) != Some(data.len()) {
            return Err(format!(
                "{count} elements of {N} bytes declared, {} bytes present",
                data.len()
            ));
        }
        let (chunks, _) = data.as_chunks::<N>();
        Ok(chunks.iter().map(|&c| read(c)).collect())
    }
    let floats = |v: Result<Vec<f32>, String>| Some(v.map(ArrayValues::F32));
    let integers = |v: Result<Vec<i64>, String>| Some(v.map(ArrayValues::I64));
    match code {
        "f2" => floats(each(data, count, |c| half::f16::from_le_bytes(c).to_f32())),
        "f4" => floats(each(data, count, f32::from_le_bytes)),
        "f8" => floats(each(data, count, |c| f64::from_le_bytes(c) as f32)),
        "b1" | "u1" => integers(each(data, count, |[b]| i64::from(b))),
        "i1" => integers(each(data, count, |c| i64::from(i8::from_le_bytes(c)))),
        "u2" => integers(each(data, count, |c| i64::from(u16::from_le_bytes(c)))),
        "i2" => integers(each(data, count, |c| i64::from(i16::from_le_bytes(c)))),
        "u4" => integers(each(data, count, |c| i64::from(u32::from_le_bytes(c)))),
        "i4" => integers(each(data, count, |c| i64::from(i32::from_le_bytes(c)))),
        "i8" => integers(each(data, count, i64::from_le_bytes)),
        _ => None,
    }
}

fn split_header(bytes: &[u8]) -> Result<(Header, &[u8]), String> {
    let rest = bytes
        .strip_prefix(b"\x93NUMPY")
        .ok_or("it does not begin like a .npy file")?;
    let (&version, rest) = rest
        .split_first_chunk::<2>()
        .ok_or("it ends within its header")?;
    let (length, rest) = match version {
        [1, _] => rest
            .split_first_chunk::<2>()
            .map(|(n, r)| (u32::from(u16::from_le_bytes(*n)), r)),
        [2 | 3, _] => rest
            .split_first_chunk::<4>()
            .map(|(n, r)| (u32::from_le_bytes(*n), r)),
        [major, _] => return Err(format!("format version {major} is not read")),
    }
    .ok_or("it ends within its header")?;
    let (text, data) = usize::try_from(length)
        .ok()
        .and_then(|n| rest.split_at_checked(n))
        .ok_or("it ends within its header")?;
    let text = std::str::from_utf8(text).map_err(|_| "its header is not text")?;
    Ok((parse_header(text)?, data))
}

/// Reads the header's dictionary, `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
fn parse_header(text: &str) -> Result<Header, String> {
    let field = |key: &str| {
        let at = text
            .find(&format!("'{key}'"))
            .ok_or_else(|| format!("header lacks `{key}`"))?;
        let value = text[at + key.len() + 2..].trim_start().strip_prefix(':');
        value
            .map(str::trim_start)
            .ok_or_else(|| format!("header has no value for `{key}`"))
    };
    let descr = field("descr")?
        .strip_prefix('\'')
        .and_then(|v| v.split_once('\''))
        .map(|(v, _)| v.to_owned())
        .ok_or("records and other compound element types are not read")?;
    let order = field("fortran_order")?;
    let fortran_order = match (order.starts_with("True"), order.starts_with("False")) {
        (true, _) => true,
        (_, true) => false,
        _ => return Err("`fortran_order` is neither True nor False".into()),
    };
    let tuple = field("shape")?
        .strip_prefix('(')
        .and_then(|v| v.split_once(')'))
        .map(|(v, _)| v)
        .ok_or("`shape` is not a tuple")?;
    let dims = tuple.split(',').map(str::trim).filter(|d| !d.is_empty());
    let shape = dims
        .map(|d| {
            d.parse()
                .map_err(|_| format!("dimension `{d}` is not a size"))
        })
        .collect::<Result<_, _>>()?;
    Ok(Header {
        descr,
        fortran_order,
        shape,
    })
}

/// Reorders column-major numbers.
fn row_major<T: Copy>(values: &[T], shape: &[usize]) -> Vec<T> {
    let mut strides = vec![1; shape.len()];
    for i in 1..shape.len() {
        strides[i] = strides[i - 1] * shape[i - 1];
    }
    let mut index = vec![0; shape.len()];
    let mut out = Vec::with_capacity(values.len());
    for _ in 0..values.len() {
        out.push(
            values[index
                .iter()
                .zip(&strides)
                .map(|(i, s)| i * s)
                .sum::<usize>()],
        );
        for axis in (0..shape.len()).rev() {
            index[axis] += 1;
            if index[axis] < shape[axis] {
                break;
            }
            index[axis] = 0;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str, data: &[u8]) -> Vec<u8> {
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn column_major_arrays_come_out_row_major() {
        // numpy.asfortranarray([[1, 2, 3], [4, 5, 6]], dtype='u1')
        let bytes = file(
            "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }",
            &[1, 4, 2, 5, 3, 6],
        );
        let array = Array::parse(&bytes).unwrap();
        assert_eq!(array.shape, [2, 3]);
        assert_eq!(array.values, ArrayValues::I64(vec![1, 2, 3, 4, 5, 6]));
    }

    #[test]
    fn a_header_that_promises_more_than_there_is_is_refused() {
        for shape in [
            "(9999999999,)",
            "(18446744073709551615, 2)",
            "(4,)",
            "(-1,)",
            "(1.5,)",
        ] {
            let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}");
            assert!(Array::parse(&file(&header, &[0; 8])).is_err(), "{shape}");
        }
    }

    #[test]
    fn any_truncation_is_an_error() {
        let whole = file(
            "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }",
            &2.5f64.to_le_bytes(),
        );
        assert_eq!(
            Array::parse(&whole).unwrap().values,
            ArrayValues::F32(vec![2.5])
        );
        for end in 0..whole.len() {
            assert!(Array::parse(&whole[..end]).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn objects_and_big_endian_numbers_are_refused() {
        for descr in ["'|O'", "'>f4'", "[('a', '<f4')]", "'<c8'", "''"] {
            let header = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (2,), }}");
            assert!(Array::parse(&file(&header, &[0; 8])).is_err(), "{descr}");
        }
    }
}

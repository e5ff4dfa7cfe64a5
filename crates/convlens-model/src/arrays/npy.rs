//! NumPy arrays: the `.npy` format, versions 1 to 3 (NumPy Enhancement Proposal 1).
//!
//! Why not a crate: those at hand trust a header's shape, and bring a parser generator and a C
//! compiler for one line of Python literals with three known keys.

use std::io::Read;

use super::array::{Array, Element, Values};
use crate::error::Cause;
use crate::layer::DType;
use crate::numbers::element_count;

/// What an array's header declares.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Header {
    descr: String,
    fortran_order: bool,
    shape: Vec<usize>,
}

/// The longest header that is read: as long as version 1 allows. Arrays of numbers have one of
/// some hundred bytes.
const MAX_HEADER: usize = 1 << 16;

impl Array {
    /// Reads a whole `.npy` file of `size` bytes; the error is a reason without the file's name.
    ///
    /// The header is read first, and no more of the data than it declares: a file whose size
    /// contradicts its header is refused unread.
    pub(crate) fn read(file: impl Read, size: u64) -> Result<Array, Cause> {
        let (header, data) = header_and_data(file, size)?;
        let values = header.element()?.decode(&data)?;
        let values = match (header.is_column_major(), values) {
            (false, values) => values,
            (true, Values::F32(v)) => Values::F32(row_major(&v, &header.shape)),
            (true, Values::I64(v)) => Values::I64(row_major(&v, &header.shape)),
        };
        Ok(Array {
            shape: header.shape,
            values,
        })
    }
}

/// The shape of a `.npy` file, and its float type or why it has none.
pub(crate) fn describe(
    mut file: impl Read,
    size: u64,
) -> Result<(Vec<usize>, Result<DType, String>), Cause> {
    let (header, header_size) = read_header(&mut file)?;
    header.check_size(size.saturating_sub(header_size))?;
    let dtype = header.float_type();
    Ok((header.shape, dtype))
}

/// What there is to know to read an array by pieces.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) shape: Vec<usize>,
    pub(crate) element: Element,
    /// Where the data begin.
    pub(crate) offset: u64,
    /// The first dimension runs fastest: no row lies in one piece.
    pub(crate) column_major: bool,
}

/// How the data of a `.npy` file of `size` bytes lie in it.
pub(crate) fn layout(mut file: impl Read, size: u64) -> Result<Layout, Cause> {
    let (header, offset) = read_header(&mut file)?;
    header.check_size(size.saturating_sub(offset))?;
    Ok(Layout {
        element: header.element()?,
        column_major: header.is_column_major(),
        offset,
        shape: header.shape,
    })
}

/// The numbers of a `.npy` file of floats, exactly and in row-major order.
pub(crate) fn floats(file: impl Read, size: u64) -> Result<Vec<f64>, Cause> {
    let (header, data) = header_and_data(file, size)?;
    let values = header.float_type()?.decode(&data);
    Ok(if header.is_column_major() {
        row_major(&values, &header.shape)
    } else {
        values
    })
}

/// The header, and as many bytes as it declares.
fn header_and_data(mut file: impl Read, size: u64) -> Result<(Header, Vec<u8>), Cause> {
    let (header, header_size) = read_header(&mut file)?;
    let bytes = header.check_size(size.saturating_sub(header_size))?;
    let mut data = Vec::new();
    file.take(bytes.saturating_add(1)).read_to_end(&mut data)?;
    header.check_size(data.len() as u64)?;
    Ok((header, data))
}

impl Header {
    /// The element type without the byte order.
    fn code(&self) -> &str {
        self.descr.split_at_checked(1).map_or("", |(_, code)| code)
    }

    fn is_column_major(&self) -> bool {
        self.fortran_order && self.shape.len() > 1
    }

    fn element(&self) -> Result<Element, Cause> {
        Element::of_npy(self.code()).ok_or_else(|| {
            format!(
                "element type `{}` is not a supported number type",
                self.descr
            )
            .into()
        })
    }

    fn float_type(&self) -> Result<DType, String> {
        match self.code() {
            "f8" => Ok(DType::F64),
            "f4" => Ok(DType::F32),
            "f2" => Ok(DType::F16),
            _ => Err(format!("element type `{}` is not f2, f4 or f8", self.descr)),
        }
    }

    /// The bytes that shape and type declare, if they are those that are present.
    fn check_size(&self, present: u64) -> Result<u64, Cause> {
        let count = element_count(&self.shape)
            .ok_or_else(|| format!("shape {:?} overflows", self.shape))?;
        if !self.descr.starts_with(['<', '|']) {
            return Err(format!("element type `{}` is not little-endian", self.descr).into());
        }
        let element = self.element()?.size();
        // In 64 bits: a file may be longer than a 32-bit machine can address.
        let expected = (count as u64).checked_mul(element as u64);
        match expected {
            Some(bytes) if bytes == present => Ok(bytes),
            _ => Err(format!(
                "{count} elements of {element} bytes declared, {present} bytes present"
            )
            .into()),
        }
    }
}

/// Reads up to the first byte of data; also gives how many bytes that were.
fn read_header(file: &mut impl Read) -> Result<(Header, u64), Cause> {
    fn exactly<const N: usize>(file: &mut impl Read) -> Result<[u8; N], Cause> {
        let mut bytes = [0; N];
        file.read_exact(&mut bytes).map_err(ends_early)?;
        Ok(bytes)
    }
    if exactly::<6>(file)? != *b"\x93NUMPY" {
        return Err("it does not begin like a .npy file".into());
    }
    let (prefix, length) = match exactly::<2>(file)? {
        [1, _] => (10, u32::from(u16::from_le_bytes(exactly(file)?))),
        [2 | 3, _] => (12, u32::from_le_bytes(exactly(file)?)),
        [major, _] => return Err(format!("format version {major} is not read").into()),
    };
    let length = usize::try_from(length)
        .ok()
        .filter(|&n| n <= MAX_HEADER)
        .ok_or_else(|| format!("its header has {length} bytes; up to {MAX_HEADER} are read"))?;
    let mut text = vec![0; length];
    file.read_exact(&mut text).map_err(ends_early)?;
    let text = std::str::from_utf8(&text).map_err(|_| "its header is not text")?;
    Ok((parse_header(text)?, prefix + length as u64))
}

fn ends_early(error: std::io::Error) -> Cause {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => "it ends within its header".into(),
        _ => error.into(),
    }
}

/// Reads the header's dictionary, `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
fn parse_header(text: &str) -> Result<Header, Cause> {
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

    fn parse(bytes: &[u8]) -> Result<Array, String> {
        Array::read(bytes, bytes.len() as u64).map_err(|e| e.to_string())
    }

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
        let array = parse(&bytes).unwrap();
        assert_eq!(array.shape, [2, 3]);
        assert_eq!(array.values, Values::I64(vec![1, 2, 3, 4, 5, 6]));
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
            assert!(parse(&file(&header, &[0; 8])).is_err(), "{shape}");
        }
    }

    #[test]
    fn any_truncation_is_an_error() {
        let whole = file(
            "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }",
            &2.5f64.to_le_bytes(),
        );
        assert_eq!(parse(&whole).unwrap().values, Values::F32(vec![2.5]));
        for end in 0..whole.len() {
            assert!(parse(&whole[..end]).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn objects_and_big_endian_numbers_are_refused() {
        for descr in ["'|O'", "'>f4'", "[('a', '<f4')]", "'<c8'", "''"] {
            let header = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (2,), }}");
            assert!(parse(&file(&header, &[0; 8])).is_err(), "{descr}");
        }
    }

    #[test]
    fn data_beyond_the_header_s_word_are_not_read() {
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
        let short = file(header, &[]);
        // A file that claims a gigabyte of data for two numbers, and one that hides it.
        let mut endless = short.as_slice().chain(std::io::repeat(0));
        let claimed = Array::read(&mut endless, short.len() as u64 + (1 << 30))
            .unwrap_err()
            .to_string();
        assert!(
            claimed.contains("2 elements of 4 bytes declared"),
            "{claimed}"
        );
        let mut endless = short.as_slice().chain(std::io::repeat(0));
        let hidden = Array::read(&mut endless, short.len() as u64 + 8)
            .unwrap_err()
            .to_string();
        assert!(hidden.contains("9 bytes present"), "{hidden}");
        let mut long = b"\x93NUMPY\x02\x00".to_vec();
        long.extend(u32::MAX.to_le_bytes());
        let long = Array::read(long.as_slice().chain(std::io::repeat(b' ')), u64::MAX);
        assert!(long.unwrap_err().to_string().contains("4294967295"));
    }

    #[test]
    fn a_double_beyond_f32_is_named() {
        let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }";
        let bytes = |v: [f64; 3]| file(header, v.map(f64::to_le_bytes).as_flattened());
        let reason = parse(&bytes([0.5, 1e300, 1.0])).unwrap_err();
        assert!(
            reason.contains("value 1e300 does not fit in f32"),
            "{reason}"
        );
        assert!(reason.contains("index 1"), "{reason}");
        // What is infinite in the file stays so.
        let kept = parse(&bytes([f64::INFINITY, -0.0, 1e-300])).unwrap();
        assert_eq!(kept.values, Values::F32(vec![f32::INFINITY, 0.0, 0.0]));
    }
}

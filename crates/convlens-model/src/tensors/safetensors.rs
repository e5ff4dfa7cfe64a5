//! One safetensors file, read by position.

use std::collections::HashMap;
use std::ops::Range;

use safetensors::tensor::Dtype;
pub(crate) use safetensors::tensor::Metadata;

use super::layers::TensorInfo;
use crate::error::{Cause, concerning};
use crate::layer::DType;
use crate::source::Source;

/// Bytes of the number before the header that says how long the header is.
const LENGTH_BYTES: u64 = 8;

/// The longest header that the format allows.
const MAX_HEADER: u64 = 100_000_000;

/// An open file, and where each tensor of floats lies in it.
#[derive(Debug)]
pub(crate) struct Safetensors {
    source: Source,
    tensors: HashMap<String, (DType, Range<u64>)>,
}

impl Safetensors {
    /// Reads the header alone.
    pub(super) fn open(source: Source) -> Result<(Self, Vec<TensorInfo>), Cause> {
        let (metadata, data) = header(&source)?;
        let mut tensors = HashMap::new();
        let mut infos = Vec::new();
        for (name, info) in metadata.tensors() {
            let dtype = float_type(info.dtype);
            let (begin, end) = info.data_offsets;
            if let Ok(dtype) = dtype {
                let range = data + begin as u64..data + end as u64;
                tensors.insert(name.clone(), (dtype, range));
            }
            infos.push(TensorInfo {
                name,
                shape: info.shape.clone(),
                dtype,
            });
        }
        Ok((Safetensors { source, tensors }, infos))
    }

    /// The file's bytes.
    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    /// Where a tensor's bytes begin.
    pub(super) fn offset(&self, name: &str) -> Result<u64, String> {
        let (_, range) = self.tensors.get(name).ok_or("it is not in the file")?;
        Ok(range.start)
    }

    pub(super) fn read(&self, name: &str) -> Result<Vec<f64>, Cause> {
        let (dtype, range) = self.tensors.get(name).ok_or("it is not in the file")?;
        self.source
            .floats(*dtype, range.start, range.end - range.start)
    }
}

/// The header, checked, and where the data begin.
pub(crate) fn header(source: &Source) -> Result<(Metadata, u64), Cause> {
    let size = source.len();
    let length = source
        .read(0, LENGTH_BYTES)
        .map_err(|_| format!("{size} bytes are too few for a header"))?;
    let length = length.iter().rev().fold(0, |n, &b| n << 8 | u64::from(b));
    if length > MAX_HEADER || length > size - LENGTH_BYTES {
        return Err(format!(
            "it declares a header of {length} bytes in a file of {size}; at most {MAX_HEADER} are \
             allowed"
        )
        .into());
    }
    let header = source.read(LENGTH_BYTES, length)?;
    // Checks that the tensors lie one after another, each as long as its shape and type say.
    let metadata: Metadata = serde_json::from_slice(&header)
        .map_err(|source| concerning("its header is not valid")(source.into()))?;
    let data = LENGTH_BYTES + length;
    if data + metadata.data_len() as u64 != size {
        return Err(format!(
            "its tensors take {} bytes after the header, {} are there",
            metadata.data_len(),
            size - data
        )
        .into());
    }
    Ok((metadata, data))
}

fn float_type(dtype: Dtype) -> Result<DType, String> {
    match dtype {
        Dtype::F64 => Ok(DType::F64),
        Dtype::F32 => Ok(DType::F32),
        Dtype::F16 => Ok(DType::F16),
        Dtype::BF16 => Ok(DType::Bf16),
        other => Err(format!(
            "element type {other:?} is not f32, f64, f16 or bf16"
        )),
    }
}

#[cfg(test)]
mod tests {
    use safetensors::tensor::TensorView;

    use super::*;
    use crate::tensors::{Contents, Tensors};

    fn open(bytes: &[u8]) -> (Tensors, Contents) {
        Tensors::safetensors(Source::Memory(bytes.to_vec())).unwrap()
    }

    #[test]
    fn equal_numbers_are_told_apart_by_the_name() {
        let names = ["a1", "a01", "a001", "a0001", "a00001"];
        let views = names.map(|n| {
            let view = TensorView::new(Dtype::F32, vec![1, 1], &[0; 4]).unwrap();
            (n, view)
        });
        let bytes = safetensors::serialize(views, None).unwrap();
        // Each parse has a hash map with an order of its own.
        for _ in 0..8 {
            let (_, contents) = open(&bytes);
            let found: Vec<_> = contents.layers.iter().map(|l| l.name.as_str()).collect();
            assert_eq!(found, ["a00001", "a0001", "a001", "a01", "a1"]);
        }
    }

    #[test]
    fn every_tensor_has_its_own_bytes() {
        let data: Vec<[u8; 4]> = (0..6u8).map(|v| f32::from(v).to_le_bytes()).collect();
        let views = data.iter().enumerate().map(|(i, bytes)| {
            let view = TensorView::new(Dtype::F32, vec![1, 1], bytes).unwrap();
            (format!("layer{i}"), view)
        });
        let bytes = safetensors::serialize(views, None).unwrap();
        let (tensors, contents) = open(&bytes);
        for (i, layer) in contents.layers.iter().enumerate() {
            assert_eq!(tensors.read(&layer.weight).unwrap(), [i as f64]);
        }
        assert!(tensors.read("layer6").is_err());
    }

    #[test]
    fn a_tensor_longer_than_a_piece_is_read_whole() {
        let values: Vec<u8> = (0..700_000u32)
            .flat_map(|v| (v as f32).to_le_bytes())
            .collect();
        let view = TensorView::new(Dtype::F32, vec![700, 1000], &values).unwrap();
        let bytes = safetensors::serialize([("w", view)], None).unwrap();
        let read = open(&bytes).0.read("w").unwrap();
        assert!(read.iter().enumerate().all(|(i, &v)| v == i as f64));
        assert_eq!(read.len(), 700_000);
    }

    #[test]
    fn headers_that_promise_too_much_are_refused_unread() {
        for length in [5, 1 << 40, 1 << 63, u64::MAX] {
            let mut bytes = u64::to_le_bytes(length).to_vec();
            bytes.extend(b"{}");
            let reason = Tensors::safetensors(Source::Memory(bytes))
                .unwrap_err()
                .to_string();
            assert!(reason.contains(&length.to_string()), "{reason}");
        }
    }
}

//! Files of named tensors without a graph: safetensors.

use std::collections::HashMap;
use std::ops::Range;

use convlens_svd::Geometry;
use prost::bytes::Bytes;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorInfo};

use crate::dtype::DType;
use crate::layer::{Assumption, LayerKind, LayerSpec, SkipReason, Skipped, Storage};

/// Bytes of the number before the header that says how long the header is.
const LENGTH_BYTES: usize = 8;

/// A file's bytes, and where each tensor lies in them.
#[derive(Debug)]
pub(crate) struct Weights {
    bytes: Bytes,
    tensors: HashMap<String, (Dtype, Range<usize>)>,
}

impl Weights {
    /// All numbers of one tensor; the error is a reason without names.
    pub(crate) fn read(&self, name: &str) -> Result<Vec<f64>, String> {
        let (dtype, range) = self.tensors.get(name).ok_or("it is not in the file")?;
        let data = self
            .bytes
            .get(range.clone())
            .ok_or("its bytes are cut off")?;
        Ok(float_type(*dtype)?.decode(data))
    }
}

/// The layers of a safetensors file, in the order of the names' natural sort; the error is a
/// reason without the file's name.
pub(crate) fn parse(bytes: Bytes) -> Result<(Weights, Vec<LayerSpec>, Vec<Skipped>), String> {
    let (header, metadata) = SafeTensors::read_metadata(&bytes).map_err(|e| e.to_string())?;
    let data = LENGTH_BYTES + header;
    let by_name = metadata.tensors();
    let mut sorted: Vec<_> = by_name.iter().collect();
    // The header is a map without an order of its own; data offsets follow the writer's order
    // within an element type, but not across them. `a1` and `a01` are equal as numbers, so that
    // the name itself decides last.
    sorted.sort_by_cached_key(|(name, _)| (natural_key(name), (*name).clone()));
    let mut layers = Vec::new();
    let mut skipped = Vec::new();
    for (name, info) in sorted {
        match layer(name, info) {
            Ok(layer) => layers.push(layer),
            Err(reason) => {
                skipped.push(Skipped {
                    name: name.clone(),
                    kind: "tensor".into(),
                    reason,
                });
            }
        }
    }
    let tensors = by_name
        .into_iter()
        .map(|(name, info)| {
            let (begin, end) = info.data_offsets;
            (name, (info.dtype, data + begin..data + end))
        })
        .collect();
    Ok((Weights { bytes, tensors }, layers, skipped))
}

fn layer(name: &str, info: &TensorInfo) -> Result<LayerSpec, SkipReason> {
    let shape = info.shape.clone();
    let (kind, geometry, grid, assumptions) = match shape.len() {
        2 => (
            LayerKind::Dense,
            Geometry::new(0),
            Some(Vec::new()),
            Vec::new(),
        ),
        3..=5 => {
            let size = &shape[2..];
            let same = |&k: &usize| (k.saturating_sub(1) / 2, k / 2);
            let padding: Vec<_> = size.iter().map(same).collect();
            let geometry = Geometry::new(size.len()).with_padding(&padding);
            (
                LayerKind::Conv,
                geometry,
                None,
                vec![Assumption::PlainGeometry],
            )
        }
        _ => return Err(SkipReason::NotLinear),
    };
    let dtype = float_type(info.dtype).map_err(SkipReason::Unreadable)?;
    Ok(LayerSpec {
        name: name.to_owned(),
        kind,
        weight: name.to_owned(),
        shape,
        dtype,
        geometry,
        grid,
        output: None,
        assumptions,
        storage: Storage::plain(),
    })
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

/// Splits a name into text and numbers, so that `layer2` sorts before `layer10`.
fn natural_key(name: &str) -> Vec<(String, u64)> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let text_end = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (text, after) = rest.split_at(text_end);
        let digits_end = after
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(after.len());
        let (digits, tail) = after.split_at(digits_end);
        parts.push((text.to_owned(), digits.parse().unwrap_or(u64::MAX)));
        rest = tail;
    }
    parts
}

#[cfg(test)]
mod tests {
    use safetensors::tensor::TensorView;

    use super::*;

    #[test]
    fn numbers_in_names_sort_as_numbers() {
        let mut names = [
            "layer10.weight",
            "layer2.weight",
            "fc.weight",
            "layer2.bias",
        ];
        names.sort_by_key(|n| natural_key(n));
        assert_eq!(
            names,
            [
                "fc.weight",
                "layer2.bias",
                "layer2.weight",
                "layer10.weight"
            ]
        );
    }

    #[test]
    fn equal_numbers_are_told_apart_by_the_name() {
        let names = ["a1", "a01", "a001", "a0001", "a00001"];
        let views = names.map(|n| {
            let view = TensorView::new(Dtype::F32, vec![1, 1], &[0; 4]).unwrap();
            (n, view)
        });
        let bytes = Bytes::from(safetensors::serialize(views, None).unwrap());
        // Each parse has a hash map with an order of its own.
        for _ in 0..8 {
            let (_, layers, _) = parse(bytes.clone()).unwrap();
            let found: Vec<_> = layers.iter().map(|l| l.name.as_str()).collect();
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
        let bytes = Bytes::from(safetensors::serialize(views, None).unwrap());
        let (weights, layers, _) = parse(bytes).unwrap();
        for (i, layer) in layers.iter().enumerate() {
            assert_eq!(weights.read(&layer.weight).unwrap(), [i as f64]);
        }
        assert!(weights.read("layer6").is_err());
    }
}

//! Files of named tensors without a graph: safetensors.

use convlens_svd::Geometry;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};

use crate::dtype::DType;
use crate::layer::{Assumption, LayerKind, LayerSpec, SkipReason, Skipped, Storage};

/// The layers of a safetensors file, in the order of the names' natural sort; the error is a
/// reason without the file's name.
pub(crate) fn find(bytes: &[u8]) -> Result<(Vec<LayerSpec>, Vec<Skipped>), String> {
    let file = SafeTensors::deserialize(bytes).map_err(|e| e.to_string())?;
    let mut tensors = file.tensors();
    // The header is a map without an order of its own; data offsets follow the writer's order
    // within an element type, but not across them.
    tensors.sort_by_cached_key(|(name, _)| natural_key(name));
    let mut layers = Vec::new();
    let mut skipped = Vec::new();
    for (name, view) in &tensors {
        match layer(name, view) {
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
    Ok((layers, skipped))
}

/// All numbers of one tensor; the error is a reason without names.
pub(crate) fn read(bytes: &[u8], name: &str) -> Result<Vec<f64>, String> {
    let file = SafeTensors::deserialize(bytes).map_err(|e| e.to_string())?;
    let view = file.tensor(name).map_err(|e| e.to_string())?;
    Ok(float_type(view.dtype())?.decode(view.data()))
}

fn layer(name: &str, view: &TensorView<'_>) -> Result<LayerSpec, SkipReason> {
    let shape = view.shape().to_vec();
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
    let dtype = float_type(view.dtype()).map_err(SkipReason::Unreadable)?;
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
}

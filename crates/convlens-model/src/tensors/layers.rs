//! Which tensors are layers, by their shape alone.

use convlens_svd::Geometry;

use super::names::{natural_key, wrapper_prefix};
use super::{Contents, TensorInfo, skipped};
use crate::dtype::element_count;
use crate::hints::same_padding;
use crate::layer::{Assumption, LayerKind, LayerSpec, Note, SkipReason, Skipped, Storage};

/// Sorts tensors into layers and others, in the natural order of their names.
///
/// Files of tensors have no order of their own: headers are maps, and data offsets follow the
/// writer's order within an element type only. `a1` and `a01` are equal as numbers, so that the
/// name itself decides last.
pub(super) fn of(
    mut infos: Vec<TensorInfo>,
    mut left_out: Vec<Skipped>,
    mut notes: Vec<Note>,
) -> Contents {
    infos.sort_by_cached_key(|info| (natural_key(&info.name), info.name.clone()));
    let prefix = wrapper_prefix(infos.iter().map(|info| info.name.as_str()));
    if !prefix.is_empty() {
        notes.push(Note::PrefixRemoved {
            prefix: prefix.clone(),
        });
    }
    let mut layers = Vec::new();
    for info in infos {
        match layer(&info, &prefix) {
            Ok(layer) => layers.push(layer),
            Err(reason) => left_out.push(skipped(&info.name, reason)),
        }
    }
    Contents {
        layers,
        skipped: left_out,
        notes,
    }
}

fn layer(info: &TensorInfo, prefix: &str) -> Result<LayerSpec, SkipReason> {
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
            let padding = same_padding(size, &vec![1; size.len()]);
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
    let dtype = info.dtype.clone().map_err(SkipReason::Unreadable)?;
    if element_count(&shape).is_none() {
        let reason = format!("shape {shape:?} overflows");
        return Err(SkipReason::Unreadable(reason));
    }
    Ok(LayerSpec {
        name: info
            .name
            .strip_prefix(prefix)
            .unwrap_or(&info.name)
            .to_owned(),
        kind,
        weight: info.name.clone(),
        shape,
        dtype,
        geometry,
        grid,
        output: None,
        assumptions,
        batch_norm: None,
        storage: Storage::plain(),
    })
}

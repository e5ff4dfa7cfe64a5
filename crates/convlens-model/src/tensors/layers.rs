//! Which tensors are layers: by their shape alone, in the natural order of their names.

use convlens_svd::Geometry;

use crate::layer::{
    Assumption, DType, LayerKind, LayerSpec, Note, SkipReason, Skipped, Storage, same_padding,
};
use crate::numbers::element_count;

/// What a file says of one tensor.
#[derive(Debug, Clone)]
pub(crate) struct TensorInfo {
    /// The name under which the file has it.
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
    /// Why it cannot be read, if so.
    pub(super) dtype: Result<DType, String>,
}

/// The layers of a file of tensors, what is skipped, and what was changed.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) layers: Vec<LayerSpec>,
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) notes: Vec<Note>,
}

/// A tensor that is skipped whatever its shape.
pub(super) fn skipped(name: &str, reason: SkipReason) -> Skipped {
    Skipped {
        name: name.to_owned(),
        kind: "tensor".into(),
        reason,
    }
}

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

/// Prefixes that `DataParallel` and `torch.compile` put before every name.
const WRAPPERS: [&str; 2] = ["module.", "_orig_mod."];

/// The wrappers' prefixes that all names share, outermost first; empty for no names.
fn wrapper_prefix<'a>(names: impl Iterator<Item = &'a str> + Clone) -> String {
    let mut prefix = String::new();
    if names.clone().next().is_none() {
        return prefix;
    }
    while let Some(wrapper) = WRAPPERS.iter().find(|wrapper| {
        names.clone().all(|n| {
            n.strip_prefix(&prefix)
                .is_some_and(|n| n.starts_with(**wrapper))
        })
    }) {
        prefix.push_str(wrapper);
    }
    prefix
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

    #[test]
    fn wrappers_are_found_only_where_all_names_have_them() {
        let prefix = |names: &[&str]| wrapper_prefix(names.iter().copied());
        assert_eq!(prefix(&["module.a", "module.b"]), "module.");
        assert_eq!(
            prefix(&["_orig_mod.module.a", "_orig_mod.module.b"]),
            "_orig_mod.module."
        );
        assert_eq!(prefix(&["module.a", "head"]), "");
        assert_eq!(prefix(&["modules.a"]), "");
        assert_eq!(prefix(&["module."]), "module.");
        assert_eq!(prefix(&[]), "");
    }
}

//! Names of tensors: their order, and what wrappers put before them.

/// Prefixes that `DataParallel` and `torch.compile` put before every name.
const WRAPPERS: [&str; 2] = ["module.", "_orig_mod."];

/// The wrappers' prefixes that all names share, outermost first; empty for no names.
pub(super) fn wrapper_prefix<'a>(names: impl Iterator<Item = &'a str> + Clone) -> String {
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
pub(super) fn natural_key(name: &str) -> Vec<(String, u64)> {
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

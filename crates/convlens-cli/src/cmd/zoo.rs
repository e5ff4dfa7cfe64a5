//! The list of models of a batch: from files, folders, patterns and lists, in one order, and one shard of it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result, anyhow};
use convlens::model::Model;

/// One part of a list that is dealt out to so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shard {
    index: usize,
    count: usize,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text
            .split_once('/')
            .and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)));
        let (index, count): (usize, usize) = numbers.ok_or("it is not like 0/4")?;
        if index < count {
            return Ok(Shard { index, count });
        }
        match count.checked_sub(1) {
            None => Err("there are no 0 shards".into()),
            Some(last) => Err(format!(
                "shards count from 0: {count} of them are 0/{count} to {last}/{count}"
            )),
        }
    }
}

impl Shard {
    /// The elements of this shard: each `count`-th of the list, so that neighbours, which are often of one size, are spread.
    pub(super) fn of<T>(self, list: Vec<T>) -> Vec<T> {
        list.into_iter()
            .skip(self.index)
            .step_by(self.count)
            .collect()
    }
}

/// All models that paths and a list name, sorted, each once.
///
/// A file is a model, whether or not it is there: what cannot be opened is found out later, and does not stop the others. A
/// folder stands for the models in it and below; what is no path but matches as a pattern, for its matches.
pub(super) fn models(paths: &[PathBuf], list: Option<&Path>) -> Result<Vec<PathBuf>> {
    let mut found = BTreeSet::new();
    let listed = list.map(lines).transpose()?.unwrap_or_default();
    for path in paths.iter().chain(&listed) {
        if path.is_dir() {
            of_folder(path, &mut found)?;
        } else if let Some(matches) = pattern(path)? {
            for path in matches {
                if path.is_dir() {
                    of_folder(&path, &mut found)?;
                } else {
                    found.insert(path);
                }
            }
        } else {
            found.insert(path.clone());
        }
    }
    Ok(found.into_iter().collect())
}

/// The lines of a list, without empty ones and those that begin with `#`.
fn lines(list: &Path) -> Result<Vec<PathBuf>> {
    let text = fs::read_to_string(list).with_context(|| list.display().to_string());
    let text = text.map_err(|e| anyhow!("{e:#}"))?;
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty() && !l.starts_with('#'));
    Ok(lines.map(PathBuf::from).collect())
}

/// The matches of a path that is not there and reads as a pattern.
fn pattern(path: &Path) -> Result<Option<Vec<PathBuf>>> {
    let Some(text) = path.to_str().filter(|text| text.contains(['*', '?', '['])) else {
        return Ok(None);
    };
    if path.exists() {
        return Ok(None);
    }
    let matches = glob::glob(text).map_err(|e| anyhow!("{text}: {e}"))?;
    let matches: Vec<PathBuf> = matches
        .collect::<Result<_, _>>()
        .map_err(|e| anyhow!("{e}"))?;
    if matches.is_empty() {
        return Err(anyhow!("{text}: nothing matches"));
    }
    Ok(Some(matches))
}

/// Adds the models of a folder and of those below; links to folders are not followed, as they may form circles.
fn of_folder(folder: &Path, found: &mut BTreeSet<PathBuf>) -> Result<()> {
    found.extend(Model::files_of_folder(folder)?);
    let named = |e: std::io::Error| anyhow!("{}: {e}", folder.display());
    for entry in fs::read_dir(folder).map_err(named)? {
        let entry = entry.map_err(named)?;
        if entry.file_type().is_ok_and(|t| t.is_dir()) {
            of_folder(&entry.path(), found)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_disjoint_and_together_the_list() {
        let list: Vec<usize> = (0..10).collect();
        let shard = |text: &str| text.parse::<Shard>().unwrap().of(list.clone());
        assert_eq!(shard("0/3"), [0, 3, 6, 9]);
        assert_eq!(shard("1/3"), [1, 4, 7]);
        assert_eq!(shard("2/3"), [2, 5, 8]);
        assert_eq!(shard("0/1"), list);
        assert_eq!(shard("11/12"), [0; 0]);
        for bad in ["3/3", "0/0", "1", "-1/2", "a/b", "1/2/3", ""] {
            assert!(bad.parse::<Shard>().is_err(), "{bad}");
        }
        assert!("3/3".parse::<Shard>().unwrap_err().contains("0/3 to 2/3"));
    }

    #[test]
    fn folders_lists_and_patterns_give_each_model_once_in_one_order() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        let make = |name: &str, text: &str| {
            fs::create_dir_all(at(name).parent().unwrap()).unwrap();
            fs::write(at(name), text).unwrap();
        };
        for name in [
            "b.onnx",
            "a/c.pth",
            "a/data.npz",
            "a/notes.txt",
            "a/.convlens-x.tmp",
        ] {
            make(name, "");
        }
        for name in ["config.json", "model.safetensors", "training_args.bin"] {
            make(&format!("hf/{name}"), "");
        }
        let index = r#"{"weight_map": {"x": "m-1-of-2.safetensors", "y": "m-2-of-2.safetensors"}}"#;
        make("parts/m.safetensors.index.json", index);
        make(
            "bins/pytorch_model.bin.index.json",
            &index.replace("safetensors", "bin"),
        );
        for name in ["m-1-of-2.bin", "m-2-of-2.bin"] {
            make(&format!("bins/{name}"), "");
        }
        for name in [
            "m-1-of-2.safetensors",
            "m-2-of-2.safetensors",
            "other.safetensors",
        ] {
            make(&format!("parts/{name}"), "");
        }
        let all = [
            "a/c.pth",
            "b.onnx",
            "bins/pytorch_model.bin.index.json",
            "hf/model.safetensors",
            "parts/m.safetensors.index.json",
            "parts/other.safetensors",
        ]
        .map(at);
        let found = |paths: &[PathBuf]| models(paths, None).unwrap();
        assert_eq!(found(&[root.path().to_owned()]), all);
        assert_eq!(
            found(&[at("b.onnx"), at("*.onnx"), root.path().to_owned()]),
            all
        );
        assert_eq!(
            found(&[at("p*"), at("a/data.npz"), at("missing.pth")]),
            [
                at("a/data.npz"),
                at("missing.pth"),
                all[4].clone(),
                all[5].clone()
            ]
        );
        let list = at("list.txt");
        fs::write(
            &list,
            format!(
                "# zoo\n\n{}\n{}\n",
                at("hf").display(),
                at("b.onnx").display()
            ),
        )
        .unwrap();
        assert_eq!(
            models(&[], Some(&list)).unwrap(),
            [all[1].clone(), all[3].clone()]
        );
        let none = models(&[at("*.h5")], None).unwrap_err().to_string();
        assert!(none.contains("*.h5: nothing matches"), "{none}");
        assert!(
            models(&[], Some(&at("none.txt")))
                .unwrap_err()
                .to_string()
                .contains("none.txt")
        );
    }
}

//! `convlens batch`: many models, each with a result of its own.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Mutex;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args as ClapArgs;
use convlens::Analysis;
use convlens::model::Model;
use indicatif::ProgressBar;
use serde_json::json;

use crate::args::{AnalysisSettings, ImageArgs, InputArgs, Layers};
use crate::results::{FileState, Place, Record};
use crate::terminal::{bar, print, shown};

/// The arguments of `convlens batch`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Batch {
    /// Model files, folders (searched recursively) or glob patterns
    #[arg(required_unless_present = "list")]
    paths: Vec<PathBuf>,
    /// File with more paths, one per line
    #[arg(long, value_name = "FILE", help_heading = "Models")]
    list: Option<PathBuf>,
    /// Only every N-th model of the sorted list, starting with number K (from 0)
    #[arg(long, value_name = "K/N", help_heading = "Models")]
    shard: Option<Shard>,
    /// Models analyzed at the same time
    #[arg(long, value_name = "N", default_value = "1", help_heading = "Models")]
    jobs: NonZero<usize>,
    /// Folder for the results
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    out: PathBuf,
    /// Also write an HTML report for each model
    #[arg(long, help_heading = "Output")]
    reports: bool,
    /// Re-analyze models that already have results
    #[arg(long, help_heading = "Output")]
    rerun: bool,
    #[command(flatten)]
    inputs: InputArgs,
    #[command(flatten)]
    layers: Layers,
    #[command(flatten)]
    settings: AnalysisSettings,
    #[command(flatten)]
    images: ImageArgs,
}

/// The outcome of one model.
#[derive(Debug)]
enum End {
    AlreadyDone,
    Analyzed,
    Failed(String),
}

impl Batch {
    pub(crate) fn run(&self) -> Result<()> {
        let settings = self.settings.to_analysis();
        settings.check()?;
        let mut models = models(&self.paths, self.list.as_deref())?;
        if models.is_empty() {
            bail!(
                "no models were found; give model files, or folders or patterns with .onnx, .safetensors or \
                 PyTorch files"
            );
        }
        if let Some(shard) = self.shard {
            models = shard.of(models);
        }
        fs::create_dir_all(&self.out)
            .with_context(|| format!("{}: cannot be created", self.out.display()))?;
        // Opened once first, so that unreadable inputs are one error, and not one for each model.
        self.inputs.open(&self.images, None)?;
        let work = Work {
            batch: self,
            options: self.options(&settings),
            settings,
        };
        let ends = work.all(&models)?;
        report(&models, &ends, &self.out)
    }

    /// Everything that a result depends on, except the model.
    fn options(&self, settings: &convlens::Settings) -> serde_json::Value {
        let state =
            |path: &Option<PathBuf>| path.as_ref().map(|p| (shown(p), FileState::of_inputs(p)));
        json!({
            "settings": settings,
            "inputs": format!("{:?}", self.inputs),
            "images": format!("{:?}", self.images),
            "input_files": self.inputs.files().map(FileState::of_inputs).collect::<Vec<_>>(),
            "geometry": state(&self.layers.geometry),
            "select": self.layers.select,
            "grid": format!("{:?}", self.layers.grid),
            "stride": format!("{:?}", self.layers.stride),
            "input_shape": format!("{:?}", self.layers.input_shape),
            "fold_batch_norm": self.layers.fold_batch_norm,
        })
    }
}

/// What all models share.
struct Work<'a> {
    batch: &'a Batch,
    options: serde_json::Value,
    settings: convlens::Settings,
}

impl Work<'_> {
    /// The outcomes of all models, in their order. An error concerns the output folder, not one
    /// model, and stops the batch.
    fn all(&self, models: &[PathBuf]) -> Result<Vec<End>> {
        let bar = bar("models", models.len());
        let ends: Vec<Mutex<Option<Result<End>>>> =
            models.iter().map(|_| Mutex::new(None)).collect();
        let next = Mutex::new(0..models.len());
        let worker = || {
            while let Some(index) = take(&next) {
                let end = self.one(&models[index], &bar);
                let stop = end.is_err();
                if let Ok(mut place) = ends[index].lock() {
                    *place = Some(end);
                }
                if stop && let Ok(mut left) = next.lock() {
                    *left = 0..0;
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..self.batch.jobs.get().min(models.len()) {
                scope.spawn(worker);
            }
        });
        bar.finish_and_clear();
        let ends = ends
            .into_iter()
            .filter_map(|end| end.into_inner().ok().flatten());
        ends.collect()
    }

    /// Analyzes one model, unless it is already done.
    fn one(&self, path: &Path, bar: &ProgressBar) -> Result<End> {
        let place = Place::of(&self.batch.out, path);
        let mut record = Record {
            model: shown(path),
            file: FileState::of(path),
            parts: BTreeMap::new(),
            convlens_version: env!("CARGO_PKG_VERSION").into(),
            options: self.options.clone(),
            failure: None,
        };
        let before = place.read().ok();
        if let Some(before) = &before {
            // An unchanged model still refers to the same other files.
            let names = before.parts.keys().cloned();
            record.parts = names
                .map(|name| (name.clone(), FileState::of(&path.with_file_name(name))))
                .collect();
        }
        let done = before.as_ref() == Some(&record) && place.analysis().is_file();
        bar.set_message(record.model.clone());
        let end = if done && !self.batch.rerun {
            if self.batch.reports && !place.report().is_file() {
                convlens_report::write_html(
                    &Analysis::read_json(place.analysis())?,
                    place.report(),
                )?;
            }
            End::AlreadyDone
        } else {
            match self.analysis(path) {
                Ok((parts, analysis)) => {
                    record.parts = parts;
                    analysis.write_json(place.analysis())?;
                    if self.batch.reports {
                        convlens_report::write_html(&analysis, place.report())?;
                    }
                    place.write(&record)?;
                    End::Analyzed
                }
                Err(reason) => {
                    record.failure = Some(reason.clone());
                    place.write(&record)?;
                    // The result of an earlier file of this name, if there is one.
                    let _ = fs::remove_file(place.analysis());
                    End::Failed(reason)
                }
            }
        };
        bar.inc(1);
        Ok(end)
    }

    /// The states of the model's other files, and then its analysis; or the reason of the failure.
    /// A defect that one file triggers does not stop the others.
    fn analysis(&self, path: &Path) -> Result<(BTreeMap<String, FileState>, Analysis), String> {
        let analyze = || -> Result<_> {
            let mut model = Model::open(path)?;
            let files = model.external_files().into_iter();
            let parts = files.map(|(name, file)| (name, FileState::of(&file)));
            let parts = parts.collect();
            self.batch.layers.apply(&mut model)?;
            // Opened for each model: preprocessing of images depends on the model, and jobs that
            // share a compressed archive would unpack it from the start again and again.
            let inputs = self.batch.inputs.open(&self.batch.images, Some(&model))?;
            let settings = &self.settings;
            let analysis = Analysis::builder(&model)
                .inputs(inputs.as_ref())
                .settings(settings.clone())
                .run()?;
            Ok((parts, analysis))
        };
        match catch_unwind(AssertUnwindSafe(analyze)) {
            Ok(end) => end.map_err(|e| format!("{e:#}")),
            Err(panic) => Err(format!(
                "{}: defect in convlens, please report it: {}",
                path.display(),
                said(&*panic)
            )),
        }
    }
}

fn take(next: &Mutex<std::ops::Range<usize>>) -> Option<usize> {
    next.lock().ok()?.next()
}

fn said(panic: &dyn Any) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or(panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
}

fn report(models: &[PathBuf], ends: &[End], out: &Path) -> Result<()> {
    let count = |is: fn(&End) -> bool| ends.iter().filter(|end| is(end)).count();
    let (done, analyzed) = (
        count(|e| matches!(e, End::AlreadyDone)),
        count(|e| matches!(e, End::Analyzed)),
    );
    let failed = ends.len() - done - analyzed;
    let mut text = String::new();
    for (model, end) in models.iter().zip(ends) {
        if let End::Failed(reason) = end {
            text.push_str(&format!("Failed {}: {reason}\n", model.display()));
        }
    }
    text.push_str(&format!(
        "{} models: {analyzed} analyzed, {done} already done, {failed} failed; results are in {}\n",
        ends.len(),
        out.display()
    ));
    print(&text)?;
    if failed > 0 {
        return Err(anyhow!("{failed} of {} models failed", ends.len()));
    }
    Ok(())
}

/// Part `index` of a list that is dealt out in `count` parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shard {
    index: usize,
    count: usize,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text
            .split_once('/')
            .and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)));
        let (index, count): (usize, usize) = numbers.ok_or("expected K/N, such as 0/4")?;
        if index < count {
            return Ok(Shard { index, count });
        }
        match count.checked_sub(1) {
            None => Err("the number of shards must be at least 1".into()),
            Some(last) => Err(format!(
                "shards count from 0: use 0/{count} to {last}/{count}"
            )),
        }
    }
}

impl Shard {
    /// The elements of this shard: every `count`-th of the list, because neighbors often have
    /// similar sizes.
    fn of<T>(self, list: Vec<T>) -> Vec<T> {
        list.into_iter()
            .skip(self.index)
            .step_by(self.count)
            .collect()
    }
}

/// All models that paths and a list name, sorted, without duplicates.
///
/// A file is a model even if it does not exist: opening it fails later, and does not stop the
/// others. A folder stands for the models in it and in its subfolders, a pattern for its matches.
fn models(paths: &[PathBuf], list: Option<&Path>) -> Result<Vec<PathBuf>> {
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

/// The lines of a list, except empty ones and those that start with `#`.
fn lines(list: &Path) -> Result<Vec<PathBuf>> {
    let text = fs::read_to_string(list).with_context(|| shown(list))?;
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty() && !l.starts_with('#'));
    Ok(lines.map(PathBuf::from).collect())
}

/// The matches of a path that does not exist and has wildcards.
fn pattern(path: &Path) -> Result<Option<Vec<PathBuf>>> {
    let Some(text) = path.to_str().filter(|text| text.contains(['*', '?', '['])) else {
        return Ok(None);
    };
    if path.exists() {
        return Ok(None);
    }
    let matches = glob::glob(text).with_context(|| text.to_owned())?;
    let matches: Vec<PathBuf> = matches
        .collect::<Result<_, _>>()
        .with_context(|| text.to_owned())?;
    if matches.is_empty() {
        bail!("{text}: nothing matches");
    }
    Ok(Some(matches))
}

/// Adds the models of a folder and of its subfolders; links to folders are not followed, because
/// they may form circles.
fn of_folder(folder: &Path, found: &mut BTreeSet<PathBuf>) -> Result<()> {
    found.extend(Model::files_of_folder(folder)?);
    for entry in fs::read_dir(folder).with_context(|| shown(folder))? {
        let entry = entry.with_context(|| shown(folder))?;
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

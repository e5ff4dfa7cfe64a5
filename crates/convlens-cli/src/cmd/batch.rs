//! Many models, each to a result of its own.

use std::any::Any;
use std::collections::BTreeMap;
use std::fs;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Result, anyhow};
use clap::Args as ClapArgs;
use convlens::Analysis;
use convlens::model::Model;
use indicatif::ProgressBar;
use serde_json::json;

use super::record::{FileState, Place, Record};
use super::{print, shown, zoo};
use crate::args::{AnalysisSettings, Layers};
use crate::inputs::InputArgs;
use crate::progress;

/// The arguments of `convlens batch`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Batch {
    /// Models: files, folders (with all models in them and below; a folder of Hugging Face's kind is one), or patterns
    #[arg(required_unless_present = "list")]
    paths: Vec<PathBuf>,
    /// File with more of them, one a line
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
    /// Folder for the results
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Models at the same time
    #[arg(long, value_name = "N", default_value = "1")]
    jobs: NonZero<usize>,
    /// Only each N-th model of the sorted list, from the K-th on; K counts from 0
    #[arg(long, value_name = "K/N")]
    shard: Option<zoo::Shard>,
    /// Analyze again what is done
    #[arg(long)]
    force: bool,
    /// An HTML report for each model
    #[arg(long)]
    reports: bool,
    #[command(flatten)]
    inputs: InputArgs,
    #[command(flatten)]
    layers: Layers,
    #[command(flatten)]
    settings: AnalysisSettings,
}

/// How a model ended.
#[derive(Debug)]
enum End {
    Kept,
    Analysed,
    Failed(String),
}

impl Batch {
    pub(crate) fn run(&self) -> Result<()> {
        let settings = self.settings.to_analysis();
        settings.check()?;
        let mut models = zoo::models(&self.paths, self.list.as_deref())?;
        if models.is_empty() {
            return Err(anyhow!("no models were found"));
        }
        if let Some(shard) = self.shard {
            models = shard.of(models);
        }
        fs::create_dir_all(&self.out)
            .map_err(|e| anyhow!("{}: cannot be created: {e}", self.out.display()))?;
        // Inputs that cannot be opened are said once, not for every model.
        self.inputs.open(None)?;
        let work = Work {
            batch: self,
            options: self.options(&settings),
            settings,
        };
        let ends = work.all(&models)?;
        report(&models, &ends, &self.out)
    }

    /// All that a result depends on, but the model.
    fn options(&self, settings: &convlens::Settings) -> serde_json::Value {
        let state =
            |path: &Option<PathBuf>| path.as_ref().map(|p| (shown(p), FileState::of_inputs(p)));
        json!({
            "settings": settings,
            "inputs": format!("{:?}", self.inputs),
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

/// What is the same for all models.
struct Work<'a> {
    batch: &'a Batch,
    options: serde_json::Value,
    settings: convlens::Settings,
}

impl Work<'_> {
    /// The ends of all models, in their order. An error is of the output folder, not of a model: it stops everything.
    fn all(&self, models: &[PathBuf]) -> Result<Vec<End>> {
        let bar = progress::bar("models", models.len());
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

    /// Analyses one model, unless that is done.
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
            // A model that is what it was names the files that it named.
            let names = before.parts.keys().cloned();
            record.parts = names
                .map(|name| (name.clone(), FileState::of(&path.with_file_name(name))))
                .collect();
        }
        let done = before.as_ref() == Some(&record) && place.analysis().is_file();
        bar.set_message(record.model.clone());
        let end = if done && !self.batch.force {
            if self.batch.reports && !place.report().is_file() {
                convlens_report::write_html(
                    &Analysis::read_json(place.analysis())?,
                    place.report(),
                )?;
            }
            End::Kept
        } else {
            match self.analysis(path) {
                Ok((parts, analysis)) => {
                    record.parts = parts;
                    analysis.write_json(place.analysis())?;
                    if self.batch.reports {
                        convlens_report::write_html(&analysis, place.report())?;
                    }
                    place.write(&record)?;
                    End::Analysed
                }
                Err(reason) => {
                    record.failure = Some(reason.clone());
                    place.write(&record)?;
                    // What an earlier file of this name gave; there may be nothing.
                    let _ = fs::remove_file(place.analysis());
                    End::Failed(reason)
                }
            }
        };
        bar.inc(1);
        Ok(end)
    }

    /// The analysis and the states of the model's other files before it, or why there is none. A defect that one file brings
    /// to light does not stop the others.
    fn analysis(&self, path: &Path) -> Result<(BTreeMap<String, FileState>, Analysis), String> {
        let analyse = || -> Result<_> {
            let mut model = Model::open(path)?;
            let files = model.external_files().into_iter();
            let parts = files.map(|(name, file)| (name, FileState::of(&file)));
            let parts = parts.collect();
            self.batch.layers.apply(&mut model)?;
            // For each model its own: what is done to images depends on it, and jobs that share a compressed archive would
            // unpack it from the start at every turn.
            let inputs = self.batch.inputs.open(Some(&model))?;
            let analysis = Analysis::builder(&model)
                .inputs(inputs.as_ref())
                .settings(self.settings.clone())
                .run()?;
            Ok((parts, analysis))
        };
        match catch_unwind(AssertUnwindSafe(analyse)) {
            Ok(end) => end.map_err(|e| format!("{e:#}")),
            Err(panic) => Err(format!(
                "{}: a defect of convlens: {}",
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
        .unwrap_or("it says nothing")
}

fn report(models: &[PathBuf], ends: &[End], out: &Path) -> Result<()> {
    let count = |is: fn(&End) -> bool| ends.iter().filter(|end| is(end)).count();
    let (kept, analysed) = (
        count(|e| matches!(e, End::Kept)),
        count(|e| matches!(e, End::Analysed)),
    );
    let failed = ends.len() - kept - analysed;
    let mut text = String::new();
    for (model, end) in models.iter().zip(ends) {
        if let End::Failed(reason) = end {
            text.push_str(&format!("Failed {}: {reason}\n", model.display()));
        }
    }
    text.push_str(&format!(
        "{} models: {analysed} analysed, {kept} kept from before, {failed} failed; results are in {}\n",
        ends.len(),
        out.display()
    ));
    print(&text)?;
    if failed > 0 {
        return Err(anyhow!("{failed} of {} models failed", ends.len()));
    }
    Ok(())
}

//! The results of batches, joined into one table.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::PathBuf;

use anyhow::{Result, anyhow};
use clap::Args as ClapArgs;
use convlens::Analysis;
use convlens_report::{LayerRow, TableWriter};

use super::record::{Place, Record};
use super::{print, shown};

/// The arguments of `convlens merge`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Merge {
    /// Folders with results of `batch`
    #[arg(required = true, value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// The table: .csv, .jsonl or, if built with the feature `parquet`, .parquet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// The chosen result of each model, by its path.
type Models = BTreeMap<String, (Place, Record)>;

impl Merge {
    pub(crate) fn run(&self) -> Result<()> {
        let (models, duplicates) = self.models()?;
        let mut table = TableWriter::create(&self.out)?;
        let (mut rows, mut failed) = (0, 0);
        for (model, (place, record)) in &models {
            let found = layers(model, place, record);
            failed += usize::from(found.is_err());
            let found = found.unwrap_or_else(|reason| vec![LayerRow::of_failure(model, &reason)]);
            for row in &found {
                table.write(row)?;
            }
            rows += found.len();
        }
        table.finish()?;
        let mut text = format!(
            "Wrote {}: {rows} rows of {} models",
            shown(&self.out),
            models.len()
        );
        if failed > 0 {
            text.push_str(&format!(", {failed} of them failed"));
        }
        if duplicates > 0 {
            text.push_str(&format!(
                "; {duplicates} further results of the same models are left out"
            ));
        }
        let mut options: Vec<String> = models
            .values()
            .map(|(_, r)| r.options.to_string())
            .collect();
        options.sort();
        options.dedup();
        if options.len() > 1 {
            text.push_str(&format!(
                "; they were made with {} different sets of options",
                options.len()
            ));
        }
        print(&(text + "\n"))
    }

    /// The result of each model, and how many others there were.
    fn models(&self) -> Result<(Models, usize)> {
        let (mut models, mut duplicates) = (Models::new(), 0);
        for folder in &self.folders {
            for place in Place::all(folder)? {
                let record = place.read()?;
                match models.entry(record.model.clone()) {
                    Entry::Vacant(entry) => {
                        entry.insert((place, record));
                    }
                    Entry::Occupied(mut entry) => {
                        duplicates += 1;
                        if entry.get().1.failure.is_some() && record.failure.is_none() {
                            entry.insert((place, record));
                        }
                    }
                }
            }
        }
        if models.is_empty() {
            let folders: Vec<String> = self.folders.iter().map(|f| shown(f)).collect();
            return Err(anyhow!("{}: no results of a batch", folders.join(", ")));
        }
        Ok((models, duplicates))
    }
}

/// The rows of a model, or why it failed.
fn layers(model: &str, place: &Place, record: &Record) -> Result<Vec<LayerRow>, String> {
    match &record.failure {
        Some(reason) => Err(reason.clone()),
        None => Analysis::read_json(place.analysis())
            .map(|analysis| LayerRow::of_analysis(model, &analysis))
            .map_err(|e| e.to_string()),
    }
}

//! `convlens merge`: the results of batches, joined into one table.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::PathBuf;

use anyhow::{Result, anyhow};
use clap::Args as ClapArgs;
use convlens::Analysis;
use convlens_report::tables::{LayerRow, TableWriter};

use crate::results::{Place, Record};
use crate::terminal::{print, shown};

/// The arguments of `convlens merge`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Merge {
    /// Folders with results of `convlens batch`
    #[arg(required = true, value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// Table to write: .csv, .jsonl, or .parquet (if built with the feature `parquet`)
    #[arg(long, value_name = "FILE", help_heading = "Output")]
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
            let layers = layers(model, place, record);
            failed += usize::from(layers.is_err());
            let layers = layers.unwrap_or_else(|reason| vec![LayerRow::of_failure(model, &reason)]);
            for row in &layers {
                table.write(row)?;
            }
            rows += layers.len();
        }
        table.finish()?;
        let mut text = format!(
            "Wrote {}: {rows} rows from {} models",
            shown(&self.out),
            models.len()
        );
        if failed > 0 {
            text.push_str(&format!(", {failed} of them failed"));
        }
        text.push('\n');
        if duplicates > 0 {
            text.push_str(&format!(
                "Ignored {duplicates} more results of the same models\n"
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
                "Warning: these results were made with {} different sets of options\n",
                options.len()
            ));
        }
        print(&text)
    }

    /// The result of each model, and the number of duplicates.
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
            return Err(anyhow!(
                "{}: no results of `convlens batch`",
                folders.join(", ")
            ));
        }
        Ok((models, duplicates))
    }
}

/// The rows of a model, or the reason of its failure.
fn layers(model: &str, place: &Place, record: &Record) -> Result<Vec<LayerRow>, String> {
    match &record.failure {
        Some(reason) => Err(reason.clone()),
        None => Analysis::read_json(place.analysis())
            .map(|analysis| LayerRow::of_analysis(model, &analysis))
            .map_err(|e| format!("{:#}", anyhow!(e))),
    }
}

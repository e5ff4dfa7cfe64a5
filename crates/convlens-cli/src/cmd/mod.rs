//! The commands: each gets a model and perhaps inputs, and all end in the same analysis.

pub(crate) mod batch;
mod demo;
pub(crate) mod merge;
mod record;
mod taps;
mod zoo;

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use anyhow::{Result, anyhow};
use convlens::Analysis;
use convlens::activations::Inputs;
use convlens::model::Model;

use crate::args::{Args, Command, Settings};
use crate::progress::Bars;
use crate::summary;

pub(crate) use self::taps::Taps;

pub(crate) fn run(args: Args) -> Result<()> {
    match args
        .command
        .unwrap_or_else(|| Command::Demo(Settings::default()))
    {
        Command::Demo(settings) => {
            let (model, inputs) = demo::load()?;
            analyze(&model, Some(&inputs), &settings)
        }
        Command::Analyze {
            model,
            inputs,
            layers,
            settings,
        } => {
            let mut model = Model::open(model)?;
            layers.apply(&mut model)?;
            let inputs = inputs.open(Some(&model))?;
            analyze(&model, inputs.as_ref(), &settings)
        }
        Command::Taps(taps) => taps::run(&taps),
        Command::Batch(batch) => batch.run(),
        Command::Merge(merge) => merge.run(),
    }
}

fn analyze(model: &Model, inputs: Option<&Inputs>, settings: &Settings) -> Result<()> {
    // A folder that cannot be written is found out before the work.
    fs::create_dir_all(&settings.out)
        .map_err(|e| anyhow!("{}: cannot be created: {e}", settings.out.display()))?;
    let mut bars = Bars::default();
    let analysis = Analysis::builder(model)
        .inputs(inputs)
        .settings(settings.analysis.to_analysis())
        .progress(|p| bars.show(p))
        .run()?;
    bars.finish();
    print(&summary::text(&analysis))?;

    let json = settings.out.join("analysis.json");
    let html = settings.out.join("report.html");
    analysis.write_json(&json)?;
    convlens_report::write_html(&analysis, &html)?;
    print(&format!("Wrote {} and {}\n", shown(&json), shown(&html)))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Prints to standard output; a reader that went away, such as `head`, is no error.
fn print(text: &str) -> Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|e| anyhow!("standard output: {e}")),
    }
}

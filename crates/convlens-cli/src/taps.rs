//! `convlens taps`: values of an ONNX graph, saved to a NumPy archive.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};
use convlens::Stage;
use convlens::activations::{RunOptions, Runner};
use convlens::model::Model;
use convlens_report::number::plural;

use crate::args::{ImageArgs, InputArgs};
use crate::terminal::{Bars, print, shown};

/// The arguments of `convlens taps`.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Taps {
    /// ONNX model
    model: PathBuf,
    #[command(flatten)]
    inputs: InputArgs,
    /// Value, operator (its first output), or glob such as `*Conv*` (repeatable); without it, list
    /// all values
    #[arg(long = "node", value_name = "NAME", help_heading = "Values")]
    nodes: Vec<String>,
    /// Archive to write: one array per value, one row per input
    #[arg(
        long,
        value_name = "NPZ",
        default_value = "taps.npz",
        help_heading = "Output"
    )]
    out: PathBuf,
    /// Inputs per run of the model
    #[arg(long, value_name = "N", default_value_t = 32, help_heading = "Values")]
    batch_size: usize,
    #[command(flatten)]
    images: ImageArgs,
}

impl Taps {
    pub(crate) fn run(&self) -> Result<()> {
        let model = Model::open(&self.model)?;
        if self.nodes.is_empty() {
            return print(&list(&model));
        }
        let Some(inputs) = self.inputs.open(&self.images, Some(&model))? else {
            bail!("nothing to run the model on; give --inputs");
        };
        let runner = Runner::new(&model)?;
        let names = runner.value_names(&self.nodes)?;
        let mut bars = Bars::default();
        bars.begin(Stage::Activations, inputs.count());
        let options = RunOptions::default().batch_size(self.batch_size);
        let written = runner.write_values(&inputs, &names, &self.out, &options, &mut |done| {
            bars.update(done, "");
        })?;
        bars.finish();
        let mut text = String::new();
        for left_out in &written.left_out {
            let _ = writeln!(text, "Skipped {left_out}");
        }
        for name in &written.names {
            let _ = writeln!(text, "{name}");
        }
        let _ = writeln!(
            text,
            "Wrote {} of {} to {}",
            plural(written.names.len(), "value"),
            plural(written.inputs.len(), "input"),
            shown(&self.out)
        );
        print(&text)?;
        if written.refused.is_empty() {
            return Ok(());
        }
        // Each with its causes, on a line of its own.
        let reasons = written.refused.into_iter();
        let reasons: Vec<String> = reasons.map(|e| format!("{:#}", anyhow!(e))).collect();
        Err(anyhow!(reasons.join("\n")))
    }
}

/// All values by their names, with the operators that compute them.
fn list(model: &Model) -> String {
    let values = model.values();
    if values.is_empty() {
        let name = shown(model.path());
        return format!("{name}: this file format has no graph, and so no values to save\n");
    }
    let width = values.iter().map(|v| v.op_type.len()).max().unwrap_or(0);
    let mut text = String::new();
    for value in &values {
        let _ = write!(text, "{:width$}  {}", value.op_type, value.name);
        if !value.operator.is_empty() && value.operator != value.name {
            let _ = write!(text, "  ({})", value.operator);
        }
        text.push('\n');
    }
    text
}

//! `convlens taps`: values of the graph, as they are, to a file.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};
use convlens::Stage;
use convlens::activations::{RunOptions, Runner};
use convlens::model::Model;

use super::{print, shown};
use crate::inputs::InputArgs;
use crate::progress::Bars;

/// Which values go where.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Taps {
    /// The model, as ONNX
    model: PathBuf,
    #[command(flatten)]
    inputs: InputArgs,
    /// A value of the graph, an operator (for its first output), or a glob such as `*Conv*`; may be given more
    /// than once. Without any, all values are listed
    #[arg(long = "node", value_name = "NAME")]
    nodes: Vec<String>,
    /// The archive that is written: one array for each value, one row for each input
    #[arg(long, value_name = "NPZ", default_value = "taps.npz")]
    out: PathBuf,
    /// How many inputs are run at a time
    #[arg(long, value_name = "N", default_value_t = 32)]
    batch: usize,
}

pub(super) fn run(taps: &Taps) -> Result<()> {
    let model = Model::open(&taps.model)?;
    if taps.nodes.is_empty() {
        return print(&list(&model));
    }
    let Some(inputs) = taps.inputs.open(Some(&model))? else {
        bail!("taps need inputs: give --inputs");
    };
    let runner = Runner::new(&model)?;
    let names = runner.value_names(&taps.nodes)?;
    let mut bars = Bars::default();
    bars.begin(Stage::Activations, inputs.count());
    let options = RunOptions::default().batch_size(taps.batch);
    let written = runner.write_values(&inputs, &names, &taps.out, &options, &mut |done| {
        bars.update(done, "");
    })?;
    bars.finish();
    let mut text = String::new();
    for left_out in &written.left_out {
        let _ = writeln!(text, "Left out {left_out}");
    }
    for name in &written.names {
        let _ = writeln!(text, "{name}");
    }
    let _ = writeln!(
        text,
        "Wrote {} of {} to {}",
        plural(written.names.len(), "value"),
        plural(written.inputs.len(), "input"),
        shown(&taps.out)
    );
    print(&text)?;
    match &written.refused[..] {
        [] => Ok(()),
        refused => {
            let reasons: Vec<String> = refused.iter().map(ToString::to_string).collect();
            Err(anyhow!(reasons.join("\n")))
        }
    }
}

/// All values by their names, with what computes them.
fn list(model: &Model) -> String {
    let values = model.values();
    if values.is_empty() {
        let name = shown(model.path());
        return format!("{name}: this format holds no graph, so nothing can be tapped\n");
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

fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

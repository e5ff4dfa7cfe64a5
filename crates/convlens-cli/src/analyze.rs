//! `convlens analyze` and `convlens demo`: one model to its analysis, report and summary.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use convlens::Analysis;
use convlens::activations::Inputs;
use convlens::model::{Format, Model, arrays::Npz};

use crate::args::{ImageArgs, InputArgs, Layers, Settings};
use crate::summary;
use crate::terminal::{Bars, print, shown};

/// The arguments of `convlens analyze`.
#[derive(Debug, clap::Args)]
pub(crate) struct Analyze {
    /// Model file, or a folder with one: .onnx; or weights alone: .safetensors, .pth, .pt, .bin,
    /// .npz, .npy, or the .json index of sharded weights
    model: PathBuf,
    #[command(flatten)]
    inputs: InputArgs,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    layers: Layers,
    #[command(flatten)]
    images: ImageArgs,
}

impl Analyze {
    pub(crate) fn run(&self) -> Result<()> {
        let mut model = Model::open(&self.model)?;
        self.layers.apply(&mut model)?;
        let inputs = self.inputs.open(&self.images, Some(&model))?;
        analyze(&model, inputs.as_ref(), &self.settings)
    }
}

const DEMO_MODEL: &[u8] = include_bytes!("../demo/digits.onnx");
const DEMO_IMAGES: &[u8] = include_bytes!("../demo/digits-heldout.npz");

/// Analyzes the built-in model and images; `demo/README.md` says what they are.
pub(crate) fn demo(settings: &Settings) -> Result<()> {
    let model = Model::from_bytes("digits.onnx", Format::Onnx, DEMO_MODEL)?;
    let inputs = Inputs::from_arrays(Npz::from_bytes("digits-heldout.npz", DEMO_IMAGES)?)?;
    analyze(&model, Some(&inputs), settings)
}

fn analyze(model: &Model, inputs: Option<&Inputs>, settings: &Settings) -> Result<()> {
    // First, so that a folder that cannot be written does not cost the whole analysis.
    fs::create_dir_all(&settings.out)
        .with_context(|| format!("{}: cannot be created", settings.out.display()))?;
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

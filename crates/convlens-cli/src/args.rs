//! The command line.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};
use convlens::model::{LayerHint, Model, Sizes};

use crate::cmd::Taps;
use crate::inputs::InputArgs;

/// Explains a convolutional network from its weights.
///
/// Without a command, analyzes a small network for handwritten digits that comes with the program.
#[derive(Debug, Parser)]
#[command(version, about)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Analyze the digits network that comes with the program, on 450 held-out images
    ///
    /// The images are the UCI handwritten digits (E. Alpaydin and C. Kaynak, 1998,
    /// doi 10.24432/C50P49), CC BY 4.0.
    Demo(Settings),
    /// Analyze a model file
    Analyze {
        /// The model: .onnx; or, for weights alone, .safetensors, .pth, .pt,
        /// .bin, .npz, .npy, the .json index of several, or a folder that holds one of them
        model: PathBuf,
        #[command(flatten)]
        inputs: InputArgs,
        #[command(flatten)]
        layers: Layers,
        #[command(flatten)]
        settings: Settings,
    },
    /// Write the values that a model computes, at any place of its graph, to a NumPy archive
    Taps(Taps),
    /// Analyze many models, each to a result of its own; what is done is kept when it is run again
    ///
    /// All jobs share one pool of threads (one for each core, or RAYON_NUM_THREADS); each takes the memory of one model. Results
    /// do not depend on the number of jobs, of threads, or on the shard. The exit code is 1 if a model failed.
    Batch(crate::cmd::batch::Batch),
    /// Join the results of batches into one table, a row for each layer
    ///
    /// Models are sorted by path, so that the table does not depend on how they were dealt out. Skipped layers and failed models
    /// are rows too, with the reason. A model that is in several folders is taken from the first in which it was analysed.
    Merge(crate::cmd::merge::Merge),
}

/// Which layers, and what the file does not say of them.
#[derive(Debug, Clone, Default, ClapArgs)]
pub(crate) struct Layers {
    /// Only the layers whose names match; may be given more than once
    #[arg(long = "layers", value_name = "GLOB")]
    pub(crate) select: Vec<String>,
    /// TOML or JSON file with the geometry of layers, for files without one:
    /// `[[layer]]`, `name = "layer1.*"`, `stride = 2`, `grid = [56, 56]`, ..
    #[arg(long, value_name = "FILE")]
    pub(crate) geometry: Option<PathBuf>,
    /// Size of the convolutions' input, of all or of those that match, e.g. `conv1*=32x32`
    #[arg(long, value_name = "[GLOB=]HxW", value_parser = of_layers)]
    pub(crate) grid: Vec<(String, Sizes)>,
    /// Shape of the model's input where the file leaves dimensions open, e.g. 1x3x224x224
    #[arg(long, value_name = "NxCxHxW", value_parser = shape)]
    pub(crate) input_shape: Option<Shape>,
    /// Take every batch normalisation together with the layer before it
    #[arg(long)]
    pub(crate) fold_batch_norm: bool,
    /// Stride of the convolutions, of all or of those that match, e.g. `conv3*=2`
    #[arg(long, value_name = "[GLOB=]S", value_parser = of_layers)]
    pub(crate) stride: Vec<(String, Sizes)>,
}

/// The sizes of an input, the batch first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shape(Vec<usize>);

fn shape(text: &str) -> Result<Shape, String> {
    let sizes: Result<Vec<usize>, _> = text.split('x').map(str::parse).collect();
    match sizes {
        Ok(sizes) if !sizes.contains(&0) => Ok(Shape(sizes)),
        _ => Err(format!("`{text}` is not like 1x3x224x224")),
    }
}

/// `32x32`, `2`, or the same for the layers that a glob before `=` matches.
fn of_layers(text: &str) -> Result<(String, Sizes), String> {
    let (glob, sizes) = text.rsplit_once('=').unwrap_or(("*", text));
    let sizes: Result<Vec<usize>, _> = sizes.split('x').map(str::parse).collect();
    match sizes.map_err(|_| format!("`{text}` is not like 2, 32x32 or layer=32x32"))?[..] {
        [size] => Ok((glob.to_owned(), Sizes::All(size))),
        ref sizes => Ok((glob.to_owned(), Sizes::Each(sizes.to_vec()))),
    }
}

impl Layers {
    /// Hints of the file first, so that those of the command line win.
    pub(crate) fn apply(&self, model: &mut Model) -> anyhow::Result<()> {
        // Layers anew first, then what is said of them.
        if let Some(Shape(shape)) = &self.input_shape {
            model.set_input_shape(shape)?;
        }
        if self.fold_batch_norm {
            model.fold_batch_norms();
        }
        let mut hints = match &self.geometry {
            Some(file) => LayerHint::read_file(file)?,
            None => Vec::new(),
        };
        for (glob, sizes) in &self.grid {
            let mut hint = LayerHint::new(glob);
            hint.grid = Some(sizes.clone());
            hints.push(hint);
        }
        for (glob, sizes) in &self.stride {
            let mut hint = LayerHint::new(glob);
            hint.stride = Some(sizes.clone());
            hints.push(hint);
        }
        model.apply_hints(&hints)?;
        if !self.select.is_empty() {
            model.select(&self.select)?;
        }
        Ok(())
    }
}

#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct Settings {
    /// Folder for analysis.json and report.html
    #[arg(long, value_name = "DIR", default_value = "convlens-report")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) analysis: AnalysisSettings,
}

/// What an analysis can be told.
#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct AnalysisSettings {
    /// Seed of every random draw
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Label permutations of the separation's null
    #[arg(long, value_name = "N", default_value_t = 999)]
    pub(crate) permutations: usize,
    /// Leading directions of each layer that become features
    #[arg(long, value_name = "N", default_value_t = 32)]
    pub(crate) directions: usize,
    /// Memory that one layer may take, such as 512MiB, 4GiB or bytes; a layer over it is skipped, and listed as such
    #[arg(long, value_name = "SIZE", default_value = "4GiB", value_parser = bytes)]
    pub(crate) memory_budget: u64,
}

/// A number of bytes, of KiB, MiB, GiB or TiB.
fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match &text[digits.len()..] {
        "" | "B" => 0,
        "KiB" => 10,
        "MiB" => 20,
        "GiB" => 30,
        "TiB" => 40,
        unit => return Err(format!("`{unit}` is not one of KiB, MiB, GiB and TiB")),
    };
    let number: u64 = digits
        .parse()
        .map_err(|_| format!("`{text}` is not like 4GiB"))?;
    number
        .checked_mul(1 << shift)
        .ok_or_else(|| format!("`{text}` is too large"))
}

impl Default for Settings {
    /// What the parser gives when nothing is asked for.
    fn default() -> Self {
        let defaults = convlens::Settings::default();
        Settings {
            out: PathBuf::from("convlens-report"),
            analysis: AnalysisSettings {
                seed: defaults.seed,
                permutations: defaults.permutations,
                directions: defaults.directions,
                memory_budget: defaults.memory_budget,
            },
        }
    }
}

impl AnalysisSettings {
    pub(crate) fn to_analysis(&self) -> convlens::Settings {
        convlens::Settings::default()
            .seed(self.seed)
            .permutations(self.permutations)
            .directions(self.directions)
            .memory_budget(self.memory_budget)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn sizes_are_for_all_layers_or_for_those_of_a_glob() {
        let each = |sizes: &[usize]| Sizes::Each(sizes.to_vec());
        assert_eq!(of_layers("2"), Ok(("*".into(), Sizes::All(2))));
        assert_eq!(of_layers("8x16"), Ok(("*".into(), each(&[8, 16]))));
        assert_eq!(of_layers("a=b*=8x8"), Ok(("a=b*".into(), each(&[8, 8]))));
        for bad in ["", "x", "3x", "-1", "conv=", "1.5", "2,2"] {
            assert!(of_layers(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn memory_is_told_in_bytes_or_binary_units() {
        assert_eq!(bytes("1234"), Ok(1234));
        assert_eq!(bytes("512MiB"), Ok(512 << 20));
        assert_eq!(bytes("4GiB"), Ok(4 << 30));
        for bad in ["", "GiB", "4GB", "-1", "1.5GiB", "99999999999TiB", "4 GiB"] {
            assert!(bytes(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn no_command_and_demo_have_the_same_settings() {
        let Some(Command::Demo(parsed)) = Args::parse_from(["convlens", "demo"]).command else {
            panic!("demo expected")
        };
        let default = Settings::default();
        assert_eq!(parsed.out, default.out);
        assert_eq!(
            parsed.analysis.to_analysis(),
            default.analysis.to_analysis()
        );
        assert_eq!(parsed.analysis.to_analysis(), convlens::Settings::default());
    }
}

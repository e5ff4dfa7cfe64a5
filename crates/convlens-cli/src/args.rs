//! What commands have in common: inputs and their preprocessing, layers, settings.

use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, ValueEnum};
use convlens::activations::{
    InputOptions, Inputs, Preprocessing,
    inputs::{Color, Resize},
};
use convlens::model::{
    Model,
    hints::{LayerHint, Sizes},
};

/// What the model is run on.
#[derive(Debug, Clone, Default, ClapArgs)]
#[command(next_help_heading = "Inputs")]
pub(crate) struct InputArgs {
    /// Arrays (.npz, .npy, .safetensors), a folder of images (class/name.png), or a .csv table of
    /// paths and classes
    #[arg(long, value_name = "PATH")]
    inputs: Option<PathBuf>,
    /// Labels in a separate file: .npy, .npz, .safetensors, or text with one class per line
    #[arg(long, value_name = "FILE", requires = "inputs")]
    labels: Option<PathBuf>,
    /// Class names in the model's order, one per line; needed where labels are names
    #[arg(long, value_name = "FILE", requires = "inputs")]
    classes: Option<PathBuf>,
}

/// How images become the model's input.
#[derive(Debug, Clone, Default, ClapArgs)]
#[command(next_help_heading = "Image preprocessing")]
pub(crate) struct ImageArgs {
    /// Preprocessing of images; the options below override parts of it
    #[arg(long, value_enum, requires = "inputs")]
    preset: Option<Preset>,
    /// Resize: the shorter side, or height and width, e.g. 256 or 32x32
    #[arg(long, value_name = "N|HxW", value_parser = resize, requires = "inputs")]
    resize: Option<Resize>,
    /// Center crop, e.g. 224x224
    #[arg(long, value_name = "HxW", value_parser = size, requires = "inputs")]
    crop: Option<[usize; 2]>,
    /// Divide pixels, 0 to 255, by this number [default: 255]
    #[arg(long, value_name = "D", requires = "inputs")]
    divisor: Option<f32>,
    /// Per-channel mean, of divided pixels (one value, or one per channel)
    #[arg(long, value_name = "M,..", value_delimiter = ',', requires = "inputs")]
    mean: Option<Vec<f32>>,
    /// Per-channel standard deviation (one value, or one per channel)
    #[arg(long, value_name = "S,..", value_delimiter = ',', requires = "inputs")]
    std: Option<Vec<f32>>,
    /// Color channels of images [default: as many as the model takes]
    #[arg(long, value_enum, requires = "inputs")]
    color: Option<ColorArg>,
}

// Without doc comments, which would turn every help text into the long form; `PRESETS` in `main.rs`
// explains them.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Preset {
    Imagenet,
    Cifar,
    None,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ColorArg {
    Rgb,
    Bgr,
    Gray,
}

fn size(text: &str) -> Result<[usize; 2], String> {
    let sizes: Option<Vec<usize>> = text.split('x').map(|n| n.parse().ok()).collect();
    match sizes.as_deref() {
        Some(&[height, width]) => Ok([height, width]),
        _ => Err("expected height and width, such as 224x224".into()),
    }
}

fn resize(text: &str) -> Result<Resize, String> {
    match text.parse() {
        Ok(side) => Ok(Resize::ShorterSide(side)),
        Err(_) => size(text)
            .map(Resize::Exact)
            .map_err(|_| "expected one side or two, such as 256 or 32x32".into()),
    }
}

impl InputArgs {
    /// All files and folders among the arguments.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        let all = [&self.inputs, &self.labels, &self.classes];
        all.into_iter().flatten().map(PathBuf::as_path)
    }

    /// The inputs, if there are any, with their pixels prepared for a model.
    pub(crate) fn open(
        &self,
        images: &ImageArgs,
        model: Option<&Model>,
    ) -> anyhow::Result<Option<Inputs>> {
        let Some(path) = &self.inputs else {
            return Ok(None);
        };
        let mut options = InputOptions::default();
        // Arrays are fed as they are; `Inputs::open` refuses preprocessing of them.
        if Inputs::are_images(path) || images.any() {
            options.preprocessing = Some(images.preprocessing(model));
        }
        options.labels.clone_from(&self.labels);
        options.classes.clone_from(&self.classes);
        Ok(Some(Inputs::open(path, &options)?))
    }
}

impl ImageArgs {
    fn any(&self) -> bool {
        self.preset.is_some()
            || self.resize.is_some()
            || self.crop.is_some()
            || self.mean.is_some()
            || self.std.is_some()
            || self.divisor.is_some()
            || self.color.is_some()
    }

    fn preprocessing(&self, model: Option<&Model>) -> Preprocessing {
        let preset = match self.preset {
            Some(Preset::Imagenet) => Preprocessing::imagenet(),
            Some(Preset::Cifar) => Preprocessing::cifar(),
            Some(Preset::None) | None => Preprocessing::none(),
        };
        let mut found = match model.map(Model::inputs) {
            Some([input]) => preset.for_input(input),
            _ => preset,
        };
        if let Some(color) = self.color {
            found.color = match color {
                ColorArg::Rgb => Color::Rgb,
                ColorArg::Bgr => Color::Bgr,
                ColorArg::Gray => Color::Gray,
            };
        }
        found.resize = self.resize.or(found.resize);
        found.crop = self.crop.or(found.crop);
        if let Some(mean) = &self.mean {
            found.mean.clone_from(mean);
        }
        if let Some(std) = &self.std {
            found.std.clone_from(std);
        }
        found.divisor = self.divisor.unwrap_or(found.divisor);
        found
    }
}

/// Which layers, and what the file does not say about them.
#[derive(Debug, Clone, Default, ClapArgs)]
#[command(next_help_heading = "Layers")]
pub(crate) struct Layers {
    /// Analyze only layers whose names match (repeatable)
    #[arg(long = "layers", value_name = "GLOB")]
    pub(crate) select: Vec<String>,
    /// TOML or JSON file with the geometry of layers, for files that store none; see the README
    #[arg(long, value_name = "FILE")]
    pub(crate) geometry: Option<PathBuf>,
    /// Spatial size of the convolutions' input, e.g. 32x32 or conv1*=32x32 (repeatable)
    #[arg(long, value_name = "[GLOB=]HxW", value_parser = of_layers)]
    pub(crate) grid: Vec<(String, Sizes)>,
    /// Stride of the convolutions, e.g. 2 or conv3*=2 (repeatable)
    #[arg(long, value_name = "[GLOB=]S", value_parser = of_layers)]
    pub(crate) stride: Vec<(String, Sizes)>,
    /// Shape of the model's input where the file leaves dimensions open, e.g. 1x3x224x224
    #[arg(long, value_name = "NxCxHxW", value_parser = shape)]
    pub(crate) input_shape: Option<Shape>,
    /// Fold batch normalization into the preceding layer
    #[arg(long)]
    pub(crate) fold_batch_norm: bool,
}

/// The shape of an input, with the batch first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shape(Vec<usize>);

fn shape(text: &str) -> Result<Shape, String> {
    let sizes: Result<Vec<usize>, _> = text.split('x').map(str::parse).collect();
    match sizes {
        Ok(sizes) if !sizes.contains(&0) => Ok(Shape(sizes)),
        _ => Err("expected sizes such as 1x3x224x224, each at least 1".into()),
    }
}

/// `32x32`, `2`, or the same for the layers that a glob before `=` matches.
fn of_layers(text: &str) -> Result<(String, Sizes), String> {
    let (glob, sizes) = text.rsplit_once('=').unwrap_or(("*", text));
    let sizes: Result<Vec<usize>, _> = sizes.split('x').map(str::parse).collect();
    match sizes.map_err(|_| "expected sizes such as 2, 32x32 or conv1*=32x32")?[..] {
        [size] => Ok((glob.to_owned(), Sizes::All(size))),
        ref sizes => Ok((glob.to_owned(), Sizes::Each(sizes.to_vec()))),
    }
}

impl Layers {
    /// Applies the options to a model; hints on the command line override those of the file.
    pub(crate) fn apply(&self, model: &mut Model) -> anyhow::Result<()> {
        // These two replace layers, and come before the hints about layers.
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

/// Where one analysis goes, and how it is made.
#[derive(Debug, Clone, ClapArgs)]
#[command(next_help_heading = "Output")]
pub(crate) struct Settings {
    /// Folder for analysis.json and report.html
    #[arg(long, value_name = "DIR", default_value = "convlens-report")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) analysis: AnalysisSettings,
}

/// The settings of an analysis.
#[derive(Debug, Clone, ClapArgs)]
#[command(next_help_heading = "Analysis")]
pub(crate) struct AnalysisSettings {
    /// Seed of every random draw
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Leading singular directions per layer
    #[arg(long, value_name = "N", default_value_t = 32)]
    pub(crate) directions: usize,
    /// Label permutations that class separation is compared with
    #[arg(long, value_name = "N", default_value_t = 999)]
    pub(crate) permutations: usize,
    /// Memory per layer, in bytes or as 512MiB or 4GiB; a larger layer is skipped and listed
    #[arg(long, value_name = "SIZE", default_value = "4GiB", value_parser = bytes)]
    pub(crate) memory_budget: u64,
}

/// A number of bytes, with an optional unit.
fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match &text[digits.len()..] {
        "" | "B" => 0,
        "KiB" => 10,
        "MiB" => 20,
        "GiB" => 30,
        "TiB" => 40,
        unit => return Err(format!("unknown unit `{unit}`; use KiB, MiB, GiB or TiB")),
    };
    let number: u64 = digits
        .parse()
        .map_err(|_| "expected a whole number of bytes, such as 4GiB")?;
    number
        .checked_mul(1 << shift)
        .ok_or_else(|| "more than 2^64 bytes".into())
}

impl Default for Settings {
    /// The defaults of the command line.
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
    fn sizes_are_one_side_or_two() {
        assert_eq!(resize("256"), Ok(Resize::ShorterSide(256)));
        assert_eq!(resize("32x48"), Ok(Resize::Exact([32, 48])));
        for bad in ["", "x", "3x", "1x2x3", "-1"] {
            assert!(resize(bad).is_err(), "{bad}");
        }
    }
}

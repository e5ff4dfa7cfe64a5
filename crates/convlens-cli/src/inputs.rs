//! Inputs as the command line states them.

use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, ValueEnum};
use convlens::activations::{Colour, InputOptions, Inputs, Preprocessing, Resize};
use convlens::model::Model;

/// What is fed to the model, and what is done to images first.
#[derive(Debug, Clone, Default, ClapArgs)]
pub(crate) struct InputArgs {
    /// Inputs: a .npz, .npy or .safetensors file with an array `images` (and `labels`); a folder of PNG and
    /// JPEG images, `class/name.png`; or a .csv table of paths and classes
    #[arg(long, value_name = "PATH")]
    inputs: Option<PathBuf>,
    /// Labels in a file of their own: .npy, .npz, .safetensors, or text with a class on each line
    #[arg(long, value_name = "FILE", requires = "inputs")]
    labels: Option<PathBuf>,
    /// Text file with the names of the model's classes, one on each line, for labels that are names
    #[arg(long, value_name = "FILE", requires = "inputs")]
    classes: Option<PathBuf>,
    /// What is done to images; the options below change it
    #[arg(long, value_enum, requires = "inputs")]
    preset: Option<Preset>,
    /// Shorter side of images, or height and width, e.g. 256 or 32x32
    #[arg(long, value_name = "N|HxW", value_parser = resize, requires = "inputs")]
    resize: Option<Resize>,
    /// Middle of images that is cut out, e.g. 224x224
    #[arg(long, value_name = "HxW", value_parser = size, requires = "inputs")]
    crop: Option<[usize; 2]>,
    /// Subtracted from channels after the division by 255: one number or one for each
    #[arg(long, value_name = "M,..", value_delimiter = ',', requires = "inputs")]
    mean: Option<Vec<f32>>,
    /// Divides channels after that: one number or one for each
    #[arg(long, value_name = "S,..", value_delimiter = ',', requires = "inputs")]
    std: Option<Vec<f32>>,
    /// Pixels, 0 to 255, are divided by this first [default: 255]
    #[arg(long, value_name = "D", requires = "inputs")]
    divisor: Option<f32>,
    /// Channels of images [default: as many as the model takes]
    #[arg(long, value_enum, requires = "inputs")]
    colour: Option<ColourArg>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Preset {
    /// Shorter side 256, middle 224x224, ImageNet's mean and deviation, as torchvision's models of 2016
    Imagenet,
    /// CIFAR-10's mean and deviation
    Cifar,
    /// Pixels from 0 to 1
    None,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ColourArg {
    Rgb,
    Bgr,
    Gray,
}

fn size(text: &str) -> Result<[usize; 2], String> {
    let sizes: Option<Vec<usize>> = text.split('x').map(|n| n.parse().ok()).collect();
    match sizes.as_deref() {
        Some(&[height, width]) => Ok([height, width]),
        _ => Err(format!("`{text}` is not like 224x224")),
    }
}

fn resize(text: &str) -> Result<Resize, String> {
    match text.parse() {
        Ok(side) => Ok(Resize::ShorterSide(side)),
        Err(_) => size(text)
            .map(Resize::Exact)
            .map_err(|_| format!("`{text}` is not like 256 or 32x32")),
    }
}

impl InputArgs {
    /// The files and folders that are named.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        let all = [&self.inputs, &self.labels, &self.classes];
        all.into_iter().flatten().map(PathBuf::as_path)
    }

    /// The inputs, if there are any, with their pixels prepared for a model.
    pub(crate) fn open(&self, model: Option<&Model>) -> anyhow::Result<Option<Inputs>> {
        let Some(path) = &self.inputs else {
            return Ok(None);
        };
        let mut options = InputOptions::default();
        // Arrays are fed as they are; what is asked of them nevertheless is refused there.
        if Inputs::are_images(path) || self.asks_for_preprocessing() {
            options.preprocessing = Some(self.preprocessing(model));
        }
        options.labels.clone_from(&self.labels);
        options.classes.clone_from(&self.classes);
        Ok(Some(Inputs::open(path, &options)?))
    }

    fn asks_for_preprocessing(&self) -> bool {
        self.preset.is_some()
            || self.resize.is_some()
            || self.crop.is_some()
            || self.mean.is_some()
            || self.std.is_some()
            || self.divisor.is_some()
            || self.colour.is_some()
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
        if let Some(colour) = self.colour {
            found.colour = match colour {
                ColourArg::Rgb => Colour::Rgb,
                ColourArg::Bgr => Colour::Bgr,
                ColourArg::Gray => Colour::Gray,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_one_side_or_two() {
        assert_eq!(resize("256"), Ok(Resize::ShorterSide(256)));
        assert_eq!(resize("32x48"), Ok(Resize::Exact([32, 48])));
        for bad in ["", "x", "3x", "1x2x3", "-1"] {
            assert!(resize(bad).is_err(), "{bad}");
        }
    }
}

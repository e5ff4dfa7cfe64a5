//! How the pixels of an image become the numbers that a model is fed.

use std::fmt;

use convlens_model::{ChannelAxis, InputSpec};

#[cfg(any(feature = "image", test))]
use crate::error::ActivationsError;

/// From an image file to numbers: color, size, crop, scale and order, in this order.
///
/// A pixel `p` of 0 to 255 becomes `(p / divisor - mean) / std`, in single precision and with the
/// mean and deviation of its channel.
///
/// # Example
///
/// ```
/// use convlens_activations::Preprocessing;
/// use convlens_activations::inputs::Resize;
///
/// let imagenet = Preprocessing::imagenet();
/// assert_eq!(imagenet.resize, Some(Resize::ShorterSide(256)));
/// assert_eq!(imagenet.crop, Some([224, 224]));
/// assert_eq!(imagenet.mean, [0.485, 0.456, 0.406]);
/// ```
#[doc(alias = "transforms")]
#[doc(alias = "normalize")]
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Preprocessing {
    /// The size to resize to, by bilinear interpolation with a support that grows with the
    /// reduction (no aliasing), as Pillow does it, to one step of 255. `None`: not resized.
    pub resize: Option<Resize>,
    /// Height and width of the center crop. `None`: not cropped.
    pub crop: Option<[usize; 2]>,
    /// The channels that the model is fed.
    pub color: Color,
    /// The divisor of pixels: 255, or 1 for a model that takes bytes.
    pub divisor: f32,
    /// The mean that is subtracted from `p / divisor`: one number for each channel, or one for all.
    pub mean: Vec<f32>,
    /// The standard deviation that divides the difference: one number for each channel, or one for
    /// all.
    pub std: Vec<f32>,
    /// The axis of the channels in a batch: [`ChannelAxis::Second`] for
    /// `[batch, channels, height, width]`, [`ChannelAxis::Last`] for
    /// `[batch, height, width, channels]`.
    pub layout: ChannelAxis,
}

/// How an image's size is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Resize {
    /// The shorter side to this length, the longer one in proportion, rounded down.
    ShorterSide(usize),
    /// To this height and width, whatever the proportions.
    Exact([usize; 2]),
}

/// The channels that a model is fed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Color {
    /// Red, green, blue. A gray image has three equal channels.
    #[default]
    Rgb,
    /// Blue, green, red: the order of models from OpenCV and Caffe.
    Bgr,
    /// One channel: the luma of ITU-R 601, `0.299 R + 0.587 G + 0.114 B`.
    Gray,
}

impl Color {
    /// How many channels it has.
    #[must_use]
    pub fn channels(self) -> usize {
        match self {
            Color::Rgb | Color::Bgr => 3,
            Color::Gray => 1,
        }
    }
}

impl Default for Preprocessing {
    fn default() -> Self {
        Preprocessing::none()
    }
}

impl Preprocessing {
    /// Pixels between 0 and 1, and nothing else.
    #[must_use]
    pub fn none() -> Self {
        Preprocessing {
            resize: None,
            crop: None,
            color: Color::Rgb,
            divisor: 255.0,
            mean: vec![0.0],
            std: vec![1.0],
            layout: ChannelAxis::Second,
        }
    }

    /// For torchvision's ImageNet classifiers with V1 weights: shorter side to 256, center crop 224
    /// x 224, mean `[0.485, 0.456, 0.406]` and standard deviation `[0.229, 0.224, 0.225]`. Later
    /// weights may state another size.
    #[must_use]
    pub fn imagenet() -> Self {
        Preprocessing {
            resize: Some(Resize::ShorterSide(256)),
            crop: Some([224, 224]),
            mean: vec![0.485, 0.456, 0.406],
            std: vec![0.229, 0.224, 0.225],
            ..Preprocessing::none()
        }
    }

    /// For CIFAR-10: mean `[0.4914, 0.4822, 0.4465]` and standard deviation
    /// `[0.2470, 0.2435, 0.2616]` of the training images, over all pixels; not resized.
    #[must_use]
    pub fn cifar() -> Self {
        Preprocessing {
            mean: vec![0.4914, 0.4822, 0.4465],
            std: vec![0.2470, 0.2435, 0.2616],
            ..Preprocessing::none()
        }
    }

    /// Sets the size to resize to.
    #[must_use]
    pub fn resize(self, resize: Resize) -> Self {
        Preprocessing {
            resize: Some(resize),
            ..self
        }
    }

    /// Sets height and width of the center crop.
    #[must_use]
    pub fn crop(self, crop: [usize; 2]) -> Self {
        Preprocessing {
            crop: Some(crop),
            ..self
        }
    }

    /// Sets the channels.
    #[must_use]
    pub fn color(self, color: Color) -> Self {
        Preprocessing { color, ..self }
    }

    /// Sets the divisor of pixels.
    #[must_use]
    pub fn divisor(self, divisor: f32) -> Self {
        Preprocessing { divisor, ..self }
    }

    /// Sets the mean and the standard deviation of each channel.
    #[must_use]
    pub fn normalize(self, mean: Vec<f32>, std: Vec<f32>) -> Self {
        Preprocessing { mean, std, ..self }
    }

    /// Sets the axis of the channels.
    #[must_use]
    pub fn layout(self, layout: ChannelAxis) -> Self {
        Preprocessing { layout, ..self }
    }

    /// Takes the axis of the channels, and whether there are one or three of them, from the shape
    /// that a model declares for its input: `[?, 1, h, w]`, `[?, h, w, 3]` and the like. What it
    /// leaves open does not change.
    #[must_use]
    pub fn for_input(self, input: &InputSpec) -> Self {
        let Some(&[_, second, _, last]) = input.shape.as_deref() else {
            return self;
        };
        let is_channels = |n: Option<usize>| matches!(n, Some(1 | 3));
        let (layout, channels) = match (is_channels(second), is_channels(last)) {
            (true, _) => (ChannelAxis::Second, second),
            (false, true) => (ChannelAxis::Last, last),
            (false, false) => return self,
        };
        let color = match (channels, self.color) {
            (Some(1), _) => Color::Gray,
            (_, Color::Gray) => Color::Rgb,
            (_, color) => color,
        };
        Preprocessing {
            layout,
            color,
            ..self
        }
    }

    /// Checks the numbers, once and before any image is read.
    #[cfg(any(feature = "image", test))]
    pub(crate) fn check(&self) -> Result<(), ActivationsError> {
        let refuse = |what: &'static str, value: String, bound: &'static str| {
            Err(ActivationsError::Preprocessing { what, value, bound })
        };
        let sizes = match self.resize {
            Some(Resize::ShorterSide(n)) => vec![n],
            Some(Resize::Exact(size)) => size.to_vec(),
            None => Vec::new(),
        };
        let sizes = sizes.into_iter().chain(self.crop.into_iter().flatten());
        if let Some(size) = sizes.into_iter().find(|n| !(1..=MAX_SIDE).contains(n)) {
            return refuse("size", size.to_string(), "from 1 to 16384 pixels");
        }
        let channels = self.color.channels();
        for (what, numbers) in [("mean", &self.mean), ("std", &self.std)] {
            if numbers.len() != 1 && numbers.len() != channels {
                let value = format!("{} numbers for {channels} channels", numbers.len());
                return refuse(what, value, "one for each channel, or one for all");
            }
            if let Some(bad) = numbers.iter().find(|v| !v.is_finite()) {
                return refuse(what, bad.to_string(), "finite");
            }
        }
        let divisors = self.std.iter().chain([&self.divisor]);
        match divisors.into_iter().find(|d| d.is_nan() || **d <= 0.0) {
            Some(bad) => refuse("std or divisor", bad.to_string(), "above 0"),
            None => Ok(()),
        }
    }
}

/// The longest side to resize or crop to.
#[cfg(any(feature = "image", test))]
const MAX_SIDE: usize = 1 << 14;

impl fmt::Display for Preprocessing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.resize {
            Some(Resize::ShorterSide(n)) => write!(f, "shorter side resized to {n}, ")?,
            Some(Resize::Exact([h, w])) => write!(f, "resized to {h}x{w}, ")?,
            None => {}
        }
        if let Some([h, w]) = self.crop {
            write!(f, "center crop {h}x{w}, ")?;
        }
        f.write_str(match self.color {
            Color::Rgb => "RGB",
            Color::Bgr => "BGR",
            Color::Gray => "gray",
        })?;
        write!(f, " / {}", self.divisor)?;
        let list = |numbers: &[f32]| {
            let numbers: Vec<String> = numbers.iter().map(f32::to_string).collect();
            numbers.join(" ")
        };
        if self.mean.iter().any(|&m| m != 0.0) || self.std.iter().any(|&s| s != 1.0) {
            let (mean, std) = (list(&self.mean), list(&self.std));
            write!(f, ", mean {mean}, std {std}")?;
        }
        f.write_str(match self.layout {
            ChannelAxis::Second => ", channels first",
            ChannelAxis::Last => ", channels last",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_meant_is_refused_with_its_value() {
        let none = Preprocessing::none;
        let cases = [
            (none().crop([0, 4]), "size 0"),
            (none().resize(Resize::ShorterSide(20_000)), "size 20000"),
            (none().normalize(vec![0.0; 2], vec![1.0]), "2 numbers for 3"),
            (none().normalize(vec![f32::NAN], vec![1.0]), "mean NaN"),
            (none().normalize(vec![0.0], vec![0.0]), "std or divisor 0"),
            (none().divisor(-1.0), "std or divisor -1"),
            (
                Preprocessing::imagenet().color(Color::Gray),
                "3 numbers for 1",
            ),
        ];
        for (bad, part) in cases {
            let error = bad.check().unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
        for good in [none(), Preprocessing::imagenet(), Preprocessing::cifar()] {
            good.check().unwrap();
        }
    }

    #[test]
    fn what_was_done_is_said() {
        assert_eq!(
            Preprocessing::imagenet().to_string(),
            "shorter side resized to 256, center crop 224x224, RGB / 255, mean 0.485 0.456 0.406, \
             std 0.229 0.224 0.225, channels first"
        );
        assert_eq!(
            Preprocessing::none().to_string(),
            "RGB / 255, channels first"
        );
    }
}

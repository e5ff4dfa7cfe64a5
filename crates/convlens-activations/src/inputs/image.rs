//! One image file to numbers.

use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use convlens_model::{ChannelAxis, error_chain};
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use super::preprocessing::{Color, Preprocessing, Resize};

/// Pixels of an image file, at most: more than most cameras', and 192 MiB as RGB. A fuzzer would
/// spend its time on images just within the limit, and has a lower one.
const MAX_PIXELS: u64 = if cfg!(fuzzing) { 1 << 20 } else { 1 << 26 };

/// Bytes that a decoder may allocate.
const MAX_ALLOCATION: u64 = 1 << 30;

/// An image file on disk or in memory.
#[derive(Debug)]
pub(super) enum ImageFile {
    Path(PathBuf),
    Memory { name: String, bytes: Vec<u8> },
}

trait Bytes: BufRead + Seek {}

impl<T: BufRead + Seek> Bytes for T {}

impl ImageFile {
    fn bytes(&self) -> std::io::Result<Box<dyn Bytes + '_>> {
        Ok(match self {
            ImageFile::Path(path) => Box::new(BufReader::new(File::open(path)?)),
            ImageFile::Memory { bytes, .. } => Box::new(Cursor::new(&bytes[..])),
        })
    }

    /// Its path below a folder, or its name.
    pub(super) fn name_in(&self, folder: &Path) -> String {
        match self {
            ImageFile::Path(path) => path
                .strip_prefix(folder)
                .unwrap_or(path)
                .display()
                .to_string(),
            ImageFile::Memory { name, .. } => name.clone(),
        }
    }
}

impl fmt::Display for ImageFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ImageFile::Path(path) => path.display().fmt(f),
            ImageFile::Memory { name, .. } => f.write_str(name),
        }
    }
}

/// Height, width, and bytes `[height, width, channels]`.
struct Pixels {
    size: [usize; 2],
    channels: usize,
    bytes: Vec<u8>,
}

/// The numbers of one image, in the order of its layout; errors do not repeat its name.
pub(super) fn load(file: &ImageFile, preprocessing: &Preprocessing) -> Result<Vec<f32>, String> {
    let image = decode(file)?;
    let mut pixels = match preprocessing.color {
        Color::Gray => gray(image),
        Color::Rgb | Color::Bgr => rgb(image),
    };
    let size = resized(pixels.size, preprocessing.resize)?;
    if size != pixels.size {
        pixels = scale(&pixels, size)?;
    }
    if let Some(crop) = preprocessing.crop {
        pixels = middle(&pixels, crop)?;
    }
    Ok(numbers(&pixels, preprocessing))
}

/// Height and width after resizing and cropping, from the file's header alone.
pub(super) fn size(file: &ImageFile, preprocessing: &Preprocessing) -> Result<[usize; 2], String> {
    let (width, height) = contained(|| open(file).map(|decoder| decoder.dimensions()))?;
    let size = resized([height as usize, width as usize], preprocessing.resize)?;
    Ok(preprocessing.crop.unwrap_or(size))
}

/// A decoder for a file whose header is harmless.
fn open(file: &ImageFile) -> Result<impl ImageDecoder, String> {
    let reader = ImageReader::new(file.bytes().map_err(|e| error_chain(&e))?);
    let mut reader = reader.with_guessed_format().map_err(|e| error_chain(&e))?;
    // By content, not by name: what a file says of itself is what is decoded.
    if !matches!(reader.format(), Some(ImageFormat::Png | ImageFormat::Jpeg)) {
        return Err("it is neither PNG nor JPEG".into());
    }
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_ALLOCATION);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|e| error_chain(&e))?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels > MAX_PIXELS {
        return Err(format!(
            "it declares {height} x {width} pixels; from 1 to {MAX_PIXELS} are supported"
        ));
    }
    Ok(decoder)
}

fn decode(file: &ImageFile) -> Result<DynamicImage, String> {
    contained(|| DynamicImage::from_decoder(open(file)?).map_err(|e| error_chain(&e)))
}

/// What a decoder makes of one file. Decoders panic on some damaged ones (`zune-jpeg` 0.5.15 where
/// the colors are sampled finer than the brightness); nothing of theirs outlives the call, so that
/// this too is an error of that file alone.
fn contained<T>(decode: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(format!(
            "its decoder panicked on it: {}",
            text.unwrap_or("without a word")
        ))
    })
}

/// Transparency is dropped, as Pillow's `convert` does.
fn rgb(image: DynamicImage) -> Pixels {
    let image = image.into_rgb8();
    Pixels {
        size: [image.height() as usize, image.width() as usize],
        channels: 3,
        bytes: image.into_raw(),
    }
}

fn gray(image: DynamicImage) -> Pixels {
    if image.color().has_color() {
        let colored = rgb(image);
        let (pixels, _) = colored.bytes.as_chunks::<3>();
        // ITU-R 601 in 16 binary places, rounded: Pillow's own integers.
        let luma = |&[r, g, b]: &[u8; 3]| {
            let [r, g, b] = [r, g, b].map(u32::from);
            ((19_595 * r + 38_470 * g + 7_471 * b + 0x8000) >> 16) as u8
        };
        return Pixels {
            channels: 1,
            bytes: pixels.iter().map(luma).collect(),
            ..colored
        };
    }
    let image = image.into_luma8();
    Pixels {
        size: [image.height() as usize, image.width() as usize],
        channels: 1,
        bytes: image.into_raw(),
    }
}

/// Height and width that an image is brought to.
fn resized([height, width]: [usize; 2], how: Option<Resize>) -> Result<[usize; 2], String> {
    let size = match how {
        None => [height, width],
        Some(Resize::Exact(size)) => size,
        Some(Resize::ShorterSide(n)) if height <= width => [n, scaled(n, width, height)],
        Some(Resize::ShorterSide(n)) => [scaled(n, height, width), n],
    };
    let pixels = (size[0] as u64).saturating_mul(size[1] as u64);
    if pixels > MAX_PIXELS {
        return Err(format!(
            "resized from {height} x {width} it would have {} x {} pixels, more than {MAX_PIXELS}",
            size[0], size[1]
        ));
    }
    Ok(size)
}

/// `n * long / short`, rounded down, in 64 bits.
fn scaled(n: usize, long: usize, short: usize) -> usize {
    let length = (n as u64).saturating_mul(long as u64) / short as u64;
    usize::try_from(length).unwrap_or(usize::MAX)
}

fn scale(pixels: &Pixels, [height, width]: [usize; 2]) -> Result<Pixels, String> {
    let kind = if pixels.channels == 1 {
        PixelType::U8
    } else {
        PixelType::U8x3
    };
    let side = |n: usize| u32::try_from(n).map_err(|e| error_chain(&e));
    let [from_height, from_width] = pixels.size;
    let source = ImageRef::new(side(from_width)?, side(from_height)?, &pixels.bytes, kind);
    let source = source.map_err(|e| error_chain(&e))?;
    let mut target = Image::new(side(width)?, side(height)?, kind);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    Resizer::new()
        .resize(&source, &mut target, &options)
        .map_err(|e| error_chain(&e))?;
    Ok(Pixels {
        size: [height, width],
        channels: pixels.channels,
        bytes: target.into_vec(),
    })
}

fn middle(pixels: &Pixels, crop: [usize; 2]) -> Result<Pixels, String> {
    let [height, width] = pixels.size;
    if height < crop[0] || width < crop[1] {
        return Err(format!(
            "the crop of {} x {} pixels is larger than the image, {height} x {width}",
            crop[0], crop[1]
        ));
    }
    // Half a pixel is rounded to the even side, as torchvision's `round` does.
    let margin = |space: usize| space / 2 + usize::from(space % 4 == 3);
    let (top, left) = (margin(height - crop[0]), margin(width - crop[1]));
    let c = pixels.channels;
    let rows = (top..top + crop[0]).map(|y| {
        let from = (y * width + left) * c;
        &pixels.bytes[from..from + crop[1] * c]
    });
    Ok(Pixels {
        size: crop,
        channels: c,
        bytes: rows.flatten().copied().collect(),
    })
}

fn numbers(pixels: &Pixels, preprocessing: &Preprocessing) -> Vec<f32> {
    let c = pixels.channels;
    let of = |numbers: &[f32], channel: usize| {
        let index = if numbers.len() == 1 { 0 } else { channel };
        numbers[index]
    };
    // The channel of the file that channel `k` of the model is.
    let source = |k: usize| match preprocessing.color {
        Color::Bgr => c - 1 - k,
        Color::Rgb | Color::Gray => k,
    };
    let number = |byte: u8, k: usize| {
        let scaled = f32::from(byte) / preprocessing.divisor;
        (scaled - of(&preprocessing.mean, k)) / of(&preprocessing.std, k)
    };
    let bytes = &pixels.bytes;
    let positions = pixels.size[0] * pixels.size[1];
    match preprocessing.layout {
        ChannelAxis::Second => (0..c)
            .flat_map(|k| (0..positions).map(move |at| (at, k)))
            .map(|(at, k)| number(bytes[at * c + source(k)], k))
            .collect(),
        ChannelAxis::Last => (0..positions)
            .flat_map(|at| (0..c).map(move |k| (at, k)))
            .map(|(at, k)| number(bytes[at * c + source(k)], k))
            .collect(),
    }
}

//! Inputs for a model, whatever they are, read a batch at a time.

use std::ops::Range;
use std::path::{Path, PathBuf};
#[cfg(feature = "files")]
use std::sync::{Mutex, PoisonError};

#[cfg(feature = "image")]
use convlens_model::ChannelAxis;
#[cfg(feature = "files")]
use convlens_model::arrays::{Arrays, Rows};
#[cfg(feature = "image")]
use rayon::prelude::*;

use super::batch::{Batch, LeftOut};
#[cfg(feature = "image")]
use super::image::{self, ImageFile};
use super::labels::{self, Labels};
#[cfg(feature = "image")]
use super::listing;
use super::preprocessing::Preprocessing;
use crate::error::ActivationsError;

/// Inputs of one shape, optionally labeled with classes. They are read a batch at a time, on
/// demand.
///
/// # Example
///
/// ```
/// use convlens_activations::Inputs;
///
/// let pixels = vec![0.5; 3 * 64];
/// let inputs = Inputs::new("three digits", &[3, 1, 8, 8], pixels, Some(vec![0, 7, 7]))?;
/// assert_eq!(inputs.count(), 3);
/// let batch = inputs.batches(2).next().unwrap()?;
/// assert_eq!(batch.inputs, [0, 1]);
/// assert_eq!(batch.values.len(), 2 * 64);
/// # Ok::<(), convlens_activations::ActivationsError>(())
/// ```
#[doc(alias = "dataset")]
#[doc(alias = "dataloader")]
#[derive(Debug)]
pub struct Inputs {
    path: PathBuf,
    shape: Vec<usize>,
    source: Source,
    labels: Option<Vec<i64>>,
    class_names: Option<Vec<String>>,
    left_out: Vec<LeftOut>,
}

#[derive(Debug)]
enum Source {
    Memory(Vec<f32>),
    #[cfg(feature = "files")]
    Rows(Mutex<Rows>),
    #[cfg(feature = "image")]
    Images {
        files: Vec<ImageFile>,
        preprocessing: Preprocessing,
    },
}

/// How inputs are opened.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct InputOptions {
    /// The preprocessing of images. `None`, the default, is [`Preprocessing::none`] for images;
    /// arrays must have none, since their numbers are fed as they are.
    pub preprocessing: Option<Preprocessing>,
    /// A file with one label for each input, in their order: an array in a `.npy`, `.npz` or
    /// `.safetensors` file, or a text file with a class on each line. Replaces the labels that the
    /// inputs come with.
    pub labels: Option<PathBuf>,
    /// A text file with the names of the model's classes, one on each line, the first for class 0;
    /// for labels that are names.
    pub classes: Option<PathBuf>,
}

impl InputOptions {
    /// Sets the preprocessing of images.
    #[must_use]
    pub fn preprocessing(self, preprocessing: Preprocessing) -> Self {
        InputOptions {
            preprocessing: Some(preprocessing),
            ..self
        }
    }

    /// Sets the file of labels.
    #[must_use]
    pub fn labels(self, labels: impl Into<PathBuf>) -> Self {
        InputOptions {
            labels: Some(labels.into()),
            ..self
        }
    }

    /// Sets the file with the names of the classes.
    #[must_use]
    pub fn classes(self, classes: impl Into<PathBuf>) -> Self {
        InputOptions {
            classes: Some(classes.into()),
            ..self
        }
    }
}

impl Inputs {
    /// Inputs in memory: row-major `values` of this shape, the batch first. `path` is what results
    /// and errors call them.
    ///
    /// # Errors
    ///
    /// [`ActivationsError::Empty`] if there is no input, [`ActivationsError::ValueCount`] if shape
    /// and values disagree in number, [`ActivationsError::NonFiniteInput`],
    /// [`ActivationsError::LabelCount`].
    pub fn new(
        path: impl Into<PathBuf>,
        shape: &[usize],
        values: Vec<f32>,
        labels: Option<Vec<i64>>,
    ) -> Result<Inputs, ActivationsError> {
        let path = path.into();
        let count = shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d));
        if count != Some(values.len()) && !shape.contains(&0) && !shape.is_empty() {
            return Err(ActivationsError::ValueCount {
                path,
                shape: shape.to_vec(),
                values: values.len(),
            });
        }
        if let Some(index) = values.iter().position(|v| !v.is_finite()) {
            let value = values[index];
            return Err(ActivationsError::NonFiniteInput { path, index, value });
        }
        Inputs::checked(path, shape.to_vec(), Source::Memory(values), labels)
    }

    /// Opens inputs of any kind:
    ///
    /// - an array of inputs in a `.npz`, `.safetensors` or `.npy` file. Inputs are the array named
    ///   `inputs`, `images`, `x`, `X`, `data`, `x_test`, `test_images` or `arr_0`, else the only
    ///   array of rank 2 or more; labels are the array named `labels`, `y`, `Y`, `targets`,
    ///   `y_test`, `test_labels` or `arr_1`, if there is one. Numbers are fed to the model as they
    ///   are: scale them as the model was trained;
    /// - a folder of PNG and JPEG images by class, `class/name.png` (deeper ones belong to the
    ///   class too), or of images alone, without labels;
    /// - a `.csv` or `.tsv` table with the paths of images, relative to its folder, and their
    ///   classes: in the columns that its first line names `path` (or `file`, `filename`, `image`,
    ///   ..) and `label` (or `class`, `target`, ..), else the first two.
    ///
    /// Classes that are all numbers keep them; others are numbered from 0 in the order of their
    /// names, or as [`InputOptions::classes`] lists them. The orientation in a JPEG's metadata is
    /// not applied, as torchvision does not.
    ///
    /// An input that cannot be read (a broken image, one of another size, a number that is not
    /// finite) is left out with its reason while the others go on: [`Batch::left_out`].
    ///
    /// # Errors
    ///
    /// [`ActivationsError::UnknownInputs`] for any other extension,
    /// [`ActivationsError::FeatureOff`] where their reader is off, [`ActivationsError::File`],
    /// [`ActivationsError::NoInputs`], [`ActivationsError::Empty`], [`ActivationsError::BadLabel`],
    /// [`ActivationsError::LabelCount`] and [`ActivationsError::UnknownClass`] for arrays and
    /// labels that cannot be used, [`ActivationsError::Read`] for a folder or table that cannot be
    /// read, [`ActivationsError::Listing`] for one in which no image can,
    /// [`ActivationsError::Preprocessing`] for one that is out of range or set for arrays.
    ///
    /// # Complexity
    ///
    /// Arrays: their headers and all labels. Images: their names, and the headers of images up to
    /// the first that is one.
    pub fn open(
        path: impl AsRef<Path>,
        options: &InputOptions,
    ) -> Result<Inputs, ActivationsError> {
        let path = path.as_ref();
        let extension = path.extension().unwrap_or_default().to_string_lossy();
        let classes = options.classes.as_deref().map(labels::lines).transpose()?;
        let mut inputs = match &*extension.to_ascii_lowercase() {
            _ if Inputs::are_images(path) => {
                Inputs::open_images(path, options, classes.as_deref())?
            }
            "npz" | "npy" | "safetensors" => {
                if options.preprocessing.is_some() {
                    return Err(ActivationsError::Preprocessing {
                        what: "preprocessing",
                        value: "is set for an array".into(),
                        bound: "for images; arrays are fed as they are",
                    });
                }
                Inputs::open_arrays(path)?
            }
            _ => {
                return Err(ActivationsError::UnknownInputs {
                    path: path.to_owned(),
                });
            }
        };
        if let Some(file) = &options.labels {
            inputs.set_labels(labels::of_file(file, classes.as_deref())?, file)?;
        }
        Ok(inputs)
    }

    /// Whether [`Inputs::open`] reads images there: a folder, or a `.csv` or `.tsv` table.
    #[must_use]
    pub fn are_images(path: impl AsRef<Path>) -> bool {
        let path = path.as_ref();
        let table =
            |e: &std::ffi::OsStr| e.eq_ignore_ascii_case("csv") || e.eq_ignore_ascii_case("tsv");
        path.is_dir() || path.extension().is_some_and(table)
    }

    /// Inputs from a file of arrays that is already open, or in memory: an
    /// [`Npz`](convlens_model::arrays::Npz) or [`Arrays`]. Arrays are chosen as by
    /// [`open`](Inputs::open).
    ///
    /// # Errors
    ///
    /// As [`Inputs::open`].
    #[cfg(feature = "files")]
    pub fn from_arrays(arrays: impl Into<Arrays>) -> Result<Inputs, ActivationsError> {
        let arrays = arrays.into();
        let path = arrays.path().to_owned();
        let (rows, labels) = labels::choose(arrays)?;
        let shape = rows.shape().to_vec();
        Inputs::checked(path, shape, Source::Rows(Mutex::new(rows)), labels)
    }

    /// Images in memory: the names and bytes of PNG and JPEG files, with one label each or without
    /// labels. `path` is what results and errors call them.
    ///
    /// # Errors
    ///
    /// [`ActivationsError::Listing`] if no image can be read, [`ActivationsError::LabelCount`],
    /// [`ActivationsError::Preprocessing`].
    #[cfg(feature = "image")]
    pub fn from_images(
        path: impl Into<PathBuf>,
        images: impl IntoIterator<Item = (String, Vec<u8>)>,
        labels: Option<Vec<i64>>,
        preprocessing: Preprocessing,
    ) -> Result<Inputs, ActivationsError> {
        let path = path.into();
        let files = images
            .into_iter()
            .map(|(name, bytes)| ImageFile::Memory { name, bytes });
        let mut inputs = Inputs::of_images(&path, files.collect(), preprocessing, None)?;
        if let Some(labels) = labels {
            let names = None;
            inputs.set_labels(Labels { labels, names }, &path)?;
        }
        Ok(inputs)
    }

    #[cfg(feature = "files")]
    fn open_arrays(path: &Path) -> Result<Inputs, ActivationsError> {
        Inputs::from_arrays(Arrays::open(path)?)
    }

    #[cfg(not(feature = "files"))]
    fn open_arrays(path: &Path) -> Result<Inputs, ActivationsError> {
        Err(ActivationsError::FeatureOff {
            path: path.to_owned(),
            what: "arrays",
            feature: "files",
        })
    }

    #[cfg(feature = "image")]
    fn open_images(
        path: &Path,
        options: &InputOptions,
        classes: Option<&[String]>,
    ) -> Result<Inputs, ActivationsError> {
        let listing = match path.is_dir() {
            true => listing::folder(path)?,
            false => listing::table(path)?,
        };
        let preprocessing = options.preprocessing.clone().unwrap_or_default();
        let files = listing.files.into_iter().map(ImageFile::Path).collect();
        let first = listing.left_out.first();
        let mut inputs = Inputs::of_images(path, files, preprocessing, first)?;
        if !listing.classes.is_empty() {
            let labels = labels::of_names(path, &listing.classes, classes)?;
            inputs.set_labels(labels, path)?;
        }
        inputs.left_out = listing.left_out;
        Ok(inputs)
    }

    #[cfg(not(feature = "image"))]
    fn open_images(
        path: &Path,
        _: &InputOptions,
        _: Option<&[String]>,
    ) -> Result<Inputs, ActivationsError> {
        Err(ActivationsError::FeatureOff {
            path: path.to_owned(),
            what: "images",
            feature: "image",
        })
    }

    /// `left_out` is the first that was left out before, for the error if there is no image.
    #[cfg(feature = "image")]
    fn of_images(
        path: &Path,
        files: Vec<ImageFile>,
        preprocessing: Preprocessing,
        left_out: Option<&LeftOut>,
    ) -> Result<Inputs, ActivationsError> {
        preprocessing.check()?;
        let [height, width] = size_of_first(path, &files, &preprocessing, left_out)?;
        let (count, channels) = (files.len(), preprocessing.color.channels());
        let shape = match preprocessing.layout {
            ChannelAxis::Second => vec![count, channels, height, width],
            ChannelAxis::Last => vec![count, height, width, channels],
        };
        let source = Source::Images {
            files,
            preprocessing,
        };
        Inputs::checked(path.to_owned(), shape, source, None)
    }

    fn checked(
        path: PathBuf,
        shape: Vec<usize>,
        source: Source,
        labels: Option<Vec<i64>>,
    ) -> Result<Inputs, ActivationsError> {
        if shape.is_empty() || shape.contains(&0) {
            return Err(ActivationsError::Empty { path, shape });
        }
        let mut inputs = Inputs {
            path,
            shape,
            source,
            labels: None,
            class_names: None,
            left_out: Vec::new(),
        };
        if let Some(labels) = labels {
            let path = inputs.path.clone();
            let names = None;
            inputs.set_labels(Labels { labels, names }, &path)?;
        }
        Ok(inputs)
    }

    fn set_labels(&mut self, labels: Labels, file: &Path) -> Result<(), ActivationsError> {
        if labels.labels.len() != self.count() {
            return Err(ActivationsError::LabelCount {
                path: file.to_owned(),
                labels: labels.labels.len(),
                inputs: self.count(),
            });
        }
        self.labels = Some(labels.labels);
        self.class_names = labels.names;
        Ok(())
    }

    /// Their path, or what they are called.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The shape, the batch first, including inputs that will be left out.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The number of inputs, including those that will be left out.
    #[must_use]
    pub fn count(&self) -> usize {
        self.shape[0]
    }

    /// One class for each input, where there are labels.
    #[must_use]
    pub fn labels(&self) -> Option<&[i64]> {
        self.labels.as_deref()
    }

    /// The classes' names by number, where they have names.
    #[must_use]
    pub fn class_names(&self) -> Option<&[String]> {
        self.class_names.as_deref()
    }

    /// The preprocessing of images; `None` for arrays, which are fed as they are.
    #[must_use]
    pub fn preprocessing(&self) -> Option<&Preprocessing> {
        match &self.source {
            #[cfg(feature = "image")]
            Source::Images { preprocessing, .. } => Some(preprocessing),
            #[cfg(feature = "files")]
            Source::Rows(_) => None,
            Source::Memory(_) => None,
        }
    }

    /// What is listed but cannot be an input: images of unsupported formats, lines without a path.
    /// Inputs that turn out to be broken are in [`Batch::left_out`].
    #[must_use]
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// Reads all inputs, `size` at a time (at least one).
    #[must_use]
    pub fn batches(&self, size: usize) -> Batches<'_> {
        Batches::new(self, size.max(1))
    }
}

/// Height and width of the first image that has them.
#[cfg(feature = "image")]
fn size_of_first(
    path: &Path,
    files: &[ImageFile],
    preprocessing: &Preprocessing,
    left_out: Option<&LeftOut>,
) -> Result<[usize; 2], ActivationsError> {
    let mut first = None;
    for file in files {
        match image::size(file, preprocessing) {
            Ok(size) => return Ok(size),
            Err(reason) => _ = first.get_or_insert(LeftOut::new(file, reason)),
        }
    }
    let first = first.as_ref().or(left_out);
    Err(ActivationsError::Listing {
        path: path.to_owned(),
        reason: match first {
            Some(left_out) => format!("no image in it can be read; {left_out}"),
            None => "it has no image".into(),
        },
    })
}

/// All inputs, batch after batch. Every batch but the last is full, whatever is left out; the last
/// may hold nothing but inputs that are left out.
#[derive(Debug)]
pub struct Batches<'a> {
    inputs: &'a Inputs,
    size: usize,
    next: usize,
}

impl<'a> Batches<'a> {
    fn new(inputs: &'a Inputs, size: usize) -> Self {
        let next = 0;
        Batches { inputs, size, next }
    }

    /// The number of inputs read so far, including those that are left out.
    #[must_use]
    pub fn read(&self) -> usize {
        self.next
    }
}

impl Iterator for Batches<'_> {
    type Item = Result<Batch, ActivationsError>;

    fn next(&mut self) -> Option<Self::Item> {
        let count = self.inputs.count();
        if self.next >= count {
            return None;
        }
        let mut batch = Batch::default();
        while batch.inputs.len() < self.size && self.next < count {
            let missing = self.size - batch.inputs.len();
            let rows = self.next..self.next.saturating_add(missing).min(count);
            self.next = rows.end;
            if let Err(error) = self.inputs.read(rows, &mut batch) {
                // Nothing sensible follows what cannot be read.
                self.next = count;
                return Some(Err(error));
            }
        }
        Some(Ok(batch))
    }
}

impl Inputs {
    /// Appends inputs to a batch.
    fn read(&self, rows: Range<usize>, batch: &mut Batch) -> Result<(), ActivationsError> {
        let size: usize = self.shape[1..].iter().product();
        match &self.source {
            Source::Memory(values) => {
                batch
                    .values
                    .extend(&values[rows.start * size..rows.end * size]);
                batch.inputs.extend(rows);
            }
            #[cfg(feature = "files")]
            Source::Rows(array) => {
                let mut array = array.lock().unwrap_or_else(PoisonError::into_inner);
                let values = array.read(rows.clone())?;
                for (input, row) in rows.zip(values.chunks_exact(size)) {
                    let checked = match row.iter().position(|v| !v.is_finite()) {
                        Some(at) => Err(format!("its value {at} is {}", row[at])),
                        None => Ok(row),
                    };
                    batch.push(input, checked, || format!("input {input}"));
                }
            }
            #[cfg(feature = "image")]
            Source::Images {
                files,
                preprocessing,
            } => {
                let listed = &files[rows.clone()];
                let images = listed.par_iter().map(|f| image::load(f, preprocessing));
                let images: Vec<_> = images.collect();
                for ((input, image), file) in rows.zip(images).zip(listed) {
                    let checked = image.and_then(|values| match values.len() {
                        n if n == size => Ok(values),
                        n => Err(format!(
                            "its size is not that of the first image: {n} numbers, not {size}"
                        )),
                    });
                    batch.push(input, checked, || file.name_in(&self.path));
                }
            }
        }
        Ok(())
    }
}

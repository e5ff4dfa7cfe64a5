//! Inputs for a model, read as a stream, with labels if there are any.

mod arrays;
mod batches;
mod image;
mod labels;
mod listing;
mod options;
mod preprocessing;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use convlens_model::{ArrayRows, Arrays, ChannelAxis, Npz};

use self::labels::Labels;
use self::listing::Listing;
use crate::error::ActivationsError;

pub use self::batches::{Batch, Batches};
pub use self::options::InputOptions;
pub use self::preprocessing::{Colour, Preprocessing, Resize};

/// Inputs of one shape, optionally labelled with classes. They are read a batch at a time, when they are asked for.
///
/// # Example
///
/// ```
/// use convlens_activations::{InputOptions, Inputs};
///
/// let inputs = Inputs::open(convlens_fixtures::digits_heldout(), &InputOptions::default())?;
/// assert_eq!(inputs.shape(), [450, 1, 8, 8]);
/// assert_eq!(inputs.labels().unwrap().len(), 450);
/// let batch = inputs.batches(32).next().unwrap()?;
/// assert_eq!(batch.values.len(), 32 * 64);
/// # Ok::<(), convlens_activations::ActivationsError>(())
/// ```
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
    Rows(Mutex<ArrayRows>),
    Images {
        files: Vec<PathBuf>,
        preprocessing: Preprocessing,
    },
}

/// An input that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LeftOut {
    /// Its file as it was listed, or its number.
    pub name: String,
    /// Why it was left out.
    pub reason: String,
}

impl LeftOut {
    fn new(name: impl fmt::Display, reason: impl Into<String>) -> Self {
        LeftOut {
            name: name.to_string(),
            reason: reason.into(),
        }
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.reason)
    }
}

impl Inputs {
    /// Inputs from memory: row-major `values` of the given shape, the batch first. `path` is the
    /// name under which results and errors speak of them.
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

    /// Opens inputs, whatever they are:
    ///
    /// - an array of inputs in a `.npz`, `.safetensors` or `.npy` file. Inputs are the array named `inputs`, `images`,
    ///   `x`, `X`, `data`, `x_test`, `test_images` or `arr_0`, else the only array of rank 2 or more; labels the array
    ///   named `labels`, `y`, `Y`, `targets`, `y_test`, `test_labels` or `arr_1`, if there is one. Numbers are fed to the
    ///   model as they are: scale them as the model was trained;
    /// - a folder of PNG and JPEG images by class, `class/name.png` (deeper ones belong to the class too), or of images
    ///   alone, without labels;
    /// - a `.csv` or `.tsv` table with the paths of images, relative to its folder, and their classes: in the columns
    ///   that its first line names `path` (or `file`, `filename`, `image`, ..) and `label` (or `class`, `target`, ..),
    ///   else the first two.
    ///
    /// Classes that are all numbers keep them; others are numbered from 0 in the order of their names, or as
    /// [`InputOptions::classes`] lists them. An orientation that a JPEG's metadata state is not applied, as torchvision
    /// does not.
    ///
    /// An input that cannot be read (a broken image, one of another size, a number that is not finite) is left out
    /// with its reason while the others go on: [`Batch::left_out`].
    ///
    /// # Errors
    ///
    /// [`ActivationsError::UnknownInputs`] for any other extension, [`ActivationsError::File`],
    /// [`ActivationsError::NoInputs`], [`ActivationsError::Empty`], [`ActivationsError::BadLabel`],
    /// [`ActivationsError::LabelCount`] and [`ActivationsError::UnknownClass`] for arrays and labels that cannot be
    /// used, [`ActivationsError::Listing`] for a folder or table that cannot be read or in which no image can,
    /// [`ActivationsError::Preprocessing`] for one that is out of range or asked for arrays.
    ///
    /// # Complexity
    ///
    /// Arrays: their headers and all labels. Images: their names, and the headers of images up to the first that is
    /// one.
    pub fn open(
        path: impl AsRef<Path>,
        options: &InputOptions,
    ) -> Result<Inputs, ActivationsError> {
        let path = path.as_ref();
        let extension = path.extension().unwrap_or_default().to_string_lossy();
        let classes = options.classes.as_deref().map(labels::lines).transpose()?;
        let mut inputs = match &*extension.to_ascii_lowercase() {
            _ if Inputs::are_images(path) => {
                let listing = match path.is_dir() {
                    true => listing::folder(path)?,
                    false => listing::table(path)?,
                };
                Inputs::of_images(path, listing, options, classes.as_deref())?
            }
            "npz" | "npy" | "safetensors" => {
                if options.preprocessing.is_some() {
                    return Err(ActivationsError::Preprocessing {
                        what: "preprocessing",
                        value: "asked for an array".into(),
                        bound: "for images; arrays are fed as they are",
                    });
                }
                Inputs::of_arrays(Arrays::open(path)?)?
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

    /// Inputs from a NumPy archive that is already open.
    ///
    /// # Errors
    ///
    /// As [`Inputs::open`].
    pub fn from_archive(npz: Npz) -> Result<Inputs, ActivationsError> {
        Inputs::of_arrays(npz.into())
    }

    fn of_arrays(arrays: Arrays) -> Result<Inputs, ActivationsError> {
        let path = arrays.path().to_owned();
        let (rows, labels) = arrays::choose(arrays)?;
        let shape = rows.shape().to_vec();
        Inputs::checked(path, shape, Source::Rows(Mutex::new(rows)), labels)
    }

    fn of_images(
        path: &Path,
        listing: Listing,
        options: &InputOptions,
        classes: Option<&[String]>,
    ) -> Result<Inputs, ActivationsError> {
        let preprocessing = options.preprocessing.clone().unwrap_or_default();
        preprocessing.check()?;
        let [height, width] = size_of_first(path, &listing, &preprocessing)?;
        let (count, channels) = (listing.files.len(), preprocessing.colour.channels());
        let shape = match preprocessing.layout {
            ChannelAxis::Second => vec![count, channels, height, width],
            ChannelAxis::Last => vec![count, height, width, channels],
        };
        let labels = match &listing.classes[..] {
            [] => None,
            names => Some(labels::of_names(path, names, classes)?),
        };
        let source = Source::Images {
            files: listing.files,
            preprocessing,
        };
        let mut inputs = Inputs::checked(path.to_owned(), shape, source, None)?;
        if let Some(labels) = labels {
            inputs.set_labels(labels, path)?;
        }
        inputs.left_out = listing.left_out;
        Ok(inputs)
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

    fn set_labels(&mut self, given: Labels, file: &Path) -> Result<(), ActivationsError> {
        if given.labels.len() != self.count() {
            return Err(ActivationsError::LabelCount {
                path: file.to_owned(),
                labels: given.labels.len(),
                inputs: self.count(),
            });
        }
        self.labels = Some(given.labels);
        self.class_names = given.names;
        Ok(())
    }

    /// The path or name they came from.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The shape, the batch first, with the inputs that will be left out.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The number of inputs, with those that will be left out.
    #[must_use]
    pub fn count(&self) -> usize {
        self.shape[0]
    }

    /// One class for each input, where labels were given.
    #[must_use]
    pub fn labels(&self) -> Option<&[i64]> {
        self.labels.as_deref()
    }

    /// The classes' names by number, where they have names.
    #[must_use]
    pub fn class_names(&self) -> Option<&[String]> {
        self.class_names.as_deref()
    }

    /// What is done to the pixels; `None` for arrays, which are fed as they are.
    #[must_use]
    pub fn preprocessing(&self) -> Option<&Preprocessing> {
        match &self.source {
            Source::Images { preprocessing, .. } => Some(preprocessing),
            Source::Memory(_) | Source::Rows(_) => None,
        }
    }

    /// What was listed but is no input at all: images of formats that are not read, lines without a path. Inputs that
    /// turn out to be broken are in [`Batch::left_out`].
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
fn size_of_first(
    path: &Path,
    listing: &Listing,
    preprocessing: &Preprocessing,
) -> Result<[usize; 2], ActivationsError> {
    let mut first = None;
    for file in &listing.files {
        match image::size(file, preprocessing) {
            Ok(size) => return Ok(size),
            Err(reason) => _ = first.get_or_insert(LeftOut::new(file.display(), reason)),
        }
    }
    let first = first.as_ref().or(listing.left_out.first());
    Err(ActivationsError::Listing {
        path: path.to_owned(),
        reason: match first {
            Some(left_out) => format!("no image in it can be read; {left_out}"),
            None => "there is no image in it".into(),
        },
    })
}

//! Files of named arrays, whatever their format.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use safetensors::tensor::Metadata;

use crate::element::Element;
use crate::error::ModelError;
use crate::format::Format;
use crate::npy::{self, Array};
use crate::npz::Npz;
use crate::rows::{ArrayRows, Rows};
use crate::source::{Source, Window};
use crate::tensors::safetensors::header;

/// A file of named arrays: `.npz`, `.safetensors`, or `.npy` with one array, named as the file is.
///
/// # Example
///
/// ```
/// use convlens_model::Arrays;
///
/// let mut file = Arrays::open(convlens_fixtures::digits_heldout())?;
/// assert_eq!(file.names(), ["images", "labels"]);
/// assert_eq!(file.rows("images")?.count(), 450);
/// # Ok::<(), convlens_model::ModelError>(())
/// ```
#[derive(Debug)]
pub struct Arrays {
    path: PathBuf,
    held: Held,
}

#[derive(Debug)]
enum Held {
    Npz(Npz),
    Npy(Arc<Source>),
    Safetensors {
        source: Arc<Source>,
        metadata: Metadata,
        data: u64,
    },
}

impl Arrays {
    /// Opens a file by its extension.
    ///
    /// # Errors
    ///
    /// [`ModelError::UnknownFormat`] for any other extension, [`ModelError::Io`] if the file cannot be
    /// read, [`ModelError::Malformed`] if it is not what its extension says.
    pub fn open(path: impl AsRef<Path>) -> Result<Arrays, ModelError> {
        let path = path.as_ref().to_owned();
        let npy = path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("npy"));
        let source = |path: &Path| match Source::open(path) {
            Ok(source) => Ok(Arc::new(source)),
            Err(cause) => Err(ModelError::Io {
                path: path.to_owned(),
                cause,
            }),
        };
        let held = match Format::of_path(&path) {
            Some(Format::Numpy) if npy => Held::Npy(source(&path)?),
            Some(Format::Numpy) => Held::Npz(Npz::open(&path)?),
            Some(Format::Safetensors) => {
                let source = source(&path)?;
                let (metadata, data) = header(&source).map_err(|reason| ModelError::Malformed {
                    path: path.clone(),
                    format: Format::Safetensors.name(),
                    reason,
                })?;
                Held::Safetensors {
                    source,
                    metadata,
                    data,
                }
            }
            _ => return Err(ModelError::UnknownFormat { path }),
        };
        Ok(Arrays { path, held })
    }

    /// The path it was opened under.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The arrays' names: in the archive's order, or sorted.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        match &self.held {
            Held::Npz(npz) => npz.names(),
            Held::Npy(_) => vec![self.stem()],
            Held::Safetensors { metadata, .. } => {
                let mut names: Vec<String> = metadata.tensors().into_keys().collect();
                names.sort_unstable();
                names
            }
        }
    }

    /// Reads one array.
    ///
    /// # Errors
    ///
    /// [`ModelError::NoSuchArray`] if there is none of this name, [`ModelError::Tensor`] if it is no array
    /// of numbers.
    pub fn array(&mut self, name: &str) -> Result<Array, ModelError> {
        let read = match &mut self.held {
            Held::Npz(npz) => return npz.array(name),
            Held::Npy(source) if is_stem(&self.path, name) => {
                Array::read(Window::whole(Arc::clone(source)), source.len())
            }
            Held::Safetensors {
                source,
                metadata,
                data,
            } => match placed(metadata, *data, name) {
                Some(found) => found.and_then(|(shape, element, begin, len)| {
                    let values = element.decode(&source.read(begin, len)?)?;
                    Ok(Array { shape, values })
                }),
                None => return Err(self.absent(name)),
            },
            Held::Npy(_) => return Err(self.absent(name)),
        };
        read.map_err(|reason| ModelError::tensor(&self.path, name, reason))
    }

    /// Opens one array to be read by rows; see [`Npz::rows`].
    ///
    /// # Errors
    ///
    /// As [`array`](Self::array), for what the header alone shows.
    pub fn rows(&mut self, name: &str) -> Result<ArrayRows, ModelError> {
        let found = match &mut self.held {
            Held::Npz(npz) => return npz.rows(name),
            Held::Npy(source) if is_stem(&self.path, name) => npy_rows(source),
            Held::Safetensors {
                source,
                metadata,
                data,
            } => match placed(metadata, *data, name) {
                Some(found) => found.map(|(shape, element, begin, _)| {
                    let source = Arc::clone(source);
                    let rows = Rows::Placed {
                        source,
                        begin,
                        element,
                    };
                    (shape, rows)
                }),
                None => return Err(self.absent(name)),
            },
            Held::Npy(_) => return Err(self.absent(name)),
        };
        found
            .map(|(shape, rows)| ArrayRows::new(self.path.clone(), name, shape, rows))
            .map_err(|reason| ModelError::tensor(&self.path, name, reason))
    }

    fn stem(&self) -> String {
        let stem = self.path.file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    }

    fn absent(&self, name: &str) -> ModelError {
        ModelError::no_such_array(&self.path, name, self.names())
    }
}

impl From<Npz> for Arrays {
    fn from(npz: Npz) -> Self {
        Arrays {
            path: npz.path().to_owned(),
            held: Held::Npz(npz),
        }
    }
}

fn is_stem(path: &Path, name: &str) -> bool {
    path.file_stem()
        .is_some_and(|stem| stem.to_string_lossy() == name)
}

fn npy_rows(source: &Arc<Source>) -> Result<(Vec<usize>, Rows), String> {
    let layout = npy::layout(Window::whole(Arc::clone(source)), source.len())?;
    let rows = if layout.column_major {
        let array = Array::read(Window::whole(Arc::clone(source)), source.len())?;
        Rows::Held(array.values.into_f32())
    } else {
        Rows::Placed {
            source: Arc::clone(source),
            begin: layout.offset,
            element: layout.element,
        }
    };
    Ok((layout.shape, rows))
}

/// A tensor's shape, its type, and where its bytes begin and how many they are.
type Place = (Vec<usize>, Element, u64, u64);

fn placed(metadata: &Metadata, data: u64, name: &str) -> Option<Result<Place, String>> {
    let info = metadata.info(name)?;
    let Some(element) = Element::of_safetensors(info.dtype) else {
        let reason = format!("element type {:?} is not read here", info.dtype);
        return Some(Err(reason));
    };
    let (begin, end) = info.data_offsets;
    let begin = data + begin as u64;
    Some(Ok((
        info.shape.clone(),
        element,
        begin,
        data + end as u64 - begin,
    )))
}

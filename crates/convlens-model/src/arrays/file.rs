//! Files of named arrays, whatever their format.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::array::Array;
#[cfg(feature = "safetensors")]
use super::array::Element;
use super::npy;
use super::npz::Npz;
use super::rows::{Place, Rows};
use crate::error::{Cause, ModelError};
use crate::format::Format;
use crate::source::{Source, Window};
#[cfg(feature = "safetensors")]
use crate::tensors::safetensors::{Metadata, header};

/// A file of named arrays: `.npz`, `.safetensors`, or `.npy` with one array, which is named like
/// the file.
///
/// # Example
///
/// ```
/// use convlens_model::arrays::{Arrays, Values};
///
/// // A .npy file of three bytes, as numpy.save writes it.
/// let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }\n";
/// let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
/// bytes.extend((header.len() as u16).to_le_bytes());
/// bytes.extend(header.as_bytes());
/// bytes.extend([7, 0, 9]);
///
/// let mut file = Arrays::from_bytes("labels.npy", bytes)?;
/// assert_eq!(file.names(), ["labels"]);
/// assert_eq!(file.array("labels")?.values, Values::I64(vec![7, 0, 9]));
/// # Ok::<(), convlens_model::ModelError>(())
/// ```
#[derive(Debug)]
pub struct Arrays {
    path: PathBuf,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Npz(Npz),
    Npy(Arc<Source>),
    #[cfg(feature = "safetensors")]
    Safetensors {
        source: Arc<Source>,
        metadata: Metadata,
        data: u64,
    },
}

impl Arrays {
    /// Opens a file; its extension says which format it is.
    ///
    /// # Errors
    ///
    /// [`ModelError::UnknownFormat`] for any other extension, [`ModelError::FeatureOff`] if its
    /// reader is off, [`ModelError::Io`] if the file cannot be read, [`ModelError::Malformed`] if
    /// it is not what its extension says.
    pub fn open(path: impl AsRef<Path>) -> Result<Arrays, ModelError> {
        let path = path.as_ref();
        let format = array_format(path)?;
        match Source::open(path) {
            Ok(source) => Arrays::of_source(path.to_owned(), format, source),
            Err(source) => Err(ModelError::Io {
                path: path.to_owned(),
                source,
            }),
        }
    }

    /// Reads a file from memory. `path` is the name under which errors speak of it; its extension
    /// says which format it is.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn from_bytes(
        path: impl Into<PathBuf>,
        bytes: impl Into<Vec<u8>>,
    ) -> Result<Arrays, ModelError> {
        let path = path.into();
        let format = array_format(&path)?;
        Arrays::of_source(path, format, Source::Memory(bytes.into()))
    }

    fn of_source(path: PathBuf, format: Format, source: Source) -> Result<Arrays, ModelError> {
        let content = match format {
            Format::Numpy if is_npy(&path) => Content::Npy(Arc::new(source)),
            Format::Numpy => Content::Npz(Npz::new(path.clone(), source)?),
            #[cfg(feature = "safetensors")]
            Format::Safetensors => match header(&source) {
                Ok((metadata, data)) => Content::Safetensors {
                    source: Arc::new(source),
                    metadata,
                    data,
                },
                Err(source) => {
                    return Err(ModelError::Malformed {
                        path,
                        format: format.name(),
                        source,
                    });
                }
            },
            other => return Err(other.off(&path)),
        };
        Ok(Arrays { path, content })
    }

    /// Its path, or the name it was read under.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The arrays' names: in the archive's order, or sorted.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        match &self.content {
            Content::Npz(npz) => npz.names(),
            Content::Npy(_) => vec![self.stem()],
            #[cfg(feature = "safetensors")]
            Content::Safetensors { metadata, .. } => {
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
    /// [`ModelError::NoSuchArray`] if there is none of this name, [`ModelError::Tensor`] if it is
    /// no array of numbers.
    pub fn array(&mut self, name: &str) -> Result<Array, ModelError> {
        let read = match &mut self.content {
            Content::Npz(npz) => return npz.array(name),
            Content::Npy(source) if is_stem(&self.path, name) => {
                Array::read(Window::whole(Arc::clone(source)), source.len())
            }
            #[cfg(feature = "safetensors")]
            Content::Safetensors {
                source,
                metadata,
                data,
            } => match placed(metadata, *data, name) {
                Some(place) => place.and_then(|(shape, element, begin, len)| {
                    let values = element.decode(&source.read(begin, len)?)?;
                    Ok(Array { shape, values })
                }),
                None => return Err(self.absent(name)),
            },
            Content::Npy(_) => return Err(self.absent(name)),
        };
        read.map_err(|source| ModelError::tensor(&self.path, name, source))
    }

    /// Opens one array to be read by rows; see [`Npz::rows`].
    ///
    /// # Errors
    ///
    /// As [`array`](Self::array), for what the header alone shows.
    pub fn rows(&mut self, name: &str) -> Result<Rows, ModelError> {
        let opened = match &mut self.content {
            Content::Npz(npz) => return npz.rows(name),
            Content::Npy(source) if is_stem(&self.path, name) => npy_rows(source),
            #[cfg(feature = "safetensors")]
            Content::Safetensors {
                source,
                metadata,
                data,
            } => match placed(metadata, *data, name) {
                Some(place) => place.map(|(shape, element, begin, _)| {
                    let source = Arc::clone(source);
                    let place = Place::Stored {
                        source,
                        begin,
                        element,
                    };
                    (shape, place)
                }),
                None => return Err(self.absent(name)),
            },
            Content::Npy(_) => return Err(self.absent(name)),
        };
        opened
            .map(|(shape, place)| Rows::new(self.path.clone(), name, shape, place))
            .map_err(|source| ModelError::tensor(&self.path, name, source))
    }

    fn stem(&self) -> String {
        let stem = self.path.file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    }

    fn absent(&self, name: &str) -> ModelError {
        ModelError::NoSuchArray {
            path: self.path.clone(),
            array: name.to_owned(),
            available: self.names(),
        }
    }
}

impl From<Npz> for Arrays {
    fn from(npz: Npz) -> Self {
        Arrays {
            path: npz.path().to_owned(),
            content: Content::Npz(npz),
        }
    }
}

/// The format of a file of arrays by its extension.
fn array_format(path: &Path) -> Result<Format, ModelError> {
    match Format::of_path(path) {
        Some(format @ (Format::Numpy | Format::Safetensors)) => Ok(format),
        _ => Err(ModelError::UnknownFormat {
            path: path.to_owned(),
        }),
    }
}

fn is_npy(path: &Path) -> bool {
    path.extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("npy"))
}

fn is_stem(path: &Path, name: &str) -> bool {
    path.file_stem()
        .is_some_and(|stem| stem.to_string_lossy() == name)
}

fn npy_rows(source: &Arc<Source>) -> Result<(Vec<usize>, Place), Cause> {
    let layout = npy::layout(Window::whole(Arc::clone(source)), source.len())?;
    let place = if layout.column_major {
        let array = Array::read(Window::whole(Arc::clone(source)), source.len())?;
        Place::Memory(array.values.into_f32())
    } else {
        Place::Stored {
            source: Arc::clone(source),
            begin: layout.offset,
            element: layout.element,
        }
    };
    Ok((layout.shape, place))
}

/// A tensor's shape, its type, where its bytes begin and how many they are.
#[cfg(feature = "safetensors")]
type Tensor = (Vec<usize>, Element, u64, u64);

#[cfg(feature = "safetensors")]
fn placed(metadata: &Metadata, data: u64, name: &str) -> Option<Result<Tensor, Cause>> {
    let info = metadata.info(name)?;
    let Some(element) = Element::of_safetensors(info.dtype) else {
        let reason = format!("element type {:?} is not supported", info.dtype);
        return Some(Err(reason.into()));
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

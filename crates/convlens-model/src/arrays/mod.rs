//! Arrays of inputs and labels: NumPy's `.npy` and `.npz`, and safetensors files.
//!
//! - [`Arrays`]: a file of named arrays in any of these formats; [`Npz`]: an archive alone.
//! - [`Array`]: one array in memory, its [`Values`] as `f32` or `i64`. [`Rows`] reads one by rows,
//!   so that a data set of any length needs little memory.
//! - [`NpzWriter`]: writes an archive by rows.
//!
//! Weights do not pass through here but through [`Model`](crate::Model), which reads them exactly.
//!
//! ```
//! use convlens_model::arrays::{Array, Arrays, NpzWriter, Values};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("inputs.npz");
//! let mut writer = NpzWriter::create(&path)?;
//! writer.append("x", &Array { shape: vec![2, 3], values: Values::F32(vec![0.5; 6]) })?;
//! writer.finish()?;
//!
//! let mut file = Arrays::open(&path)?;
//! assert_eq!(file.names(), ["x"]);
//! assert_eq!(file.array("x")?.shape, [2, 3]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod array;
mod file;
pub(crate) mod npy;
pub(crate) mod npz;
mod rows;

pub use self::array::{Array, Values};
pub use self::file::Arrays;
pub use self::npz::{Npz, NpzWriter};
pub use self::rows::Rows;

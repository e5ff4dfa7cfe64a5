//! PyTorch checkpoints: state dicts, checkpoints around them, and whole modules. The pickle in them
//! is read as data by `pytorch-reader`; nothing in it is ever executed.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use pytorch_reader::{DType as Stored, PickleValue, PytorchReader, Tensor};
use zip::ZipArchive;

use super::layers::{TensorInfo, skipped};
use crate::error::Cause;
use crate::layer::{DType, Note, SkipReason, Skipped};

/// Keys under which training scripts store the state dict, the most telling first.
const STATE_DICTS: [&str; 4] = ["state_dict", "model_state_dict", "model", "net"];

/// Words in the keys of what training scripts store beside it.
const TRAINING_STATE: [&str; 12] = [
    "optimizer",
    "optimizers",
    "optim",
    "scheduler",
    "schedulers",
    "ema",
    "scaler",
    "amp",
    "callbacks",
    "loops",
    "hparams",
    "args",
];

/// A pickle may unpack to this many bytes, or to [`PICKLE_RATIO`] times its packed size.
const PICKLE_BYTES: u64 = 1 << 20;
const PICKLE_RATIO: u64 = 20;

/// An opened checkpoint; a tensor's bytes are read when it is asked for.
#[derive(Debug)]
pub(crate) struct Checkpoint {
    tensors: HashMap<String, Tensor>,
    size: u64,
}

type Opened = (Checkpoint, Vec<TensorInfo>, Vec<Skipped>, Vec<Note>);

impl Checkpoint {
    /// Reads names, shapes and types. Tensors outside the state dict are skipped with a reason.
    pub(super) fn open(path: &Path) -> Result<Opened, Cause> {
        let size = check(path)?;
        let reader = PytorchReader::new(path)?;
        let mut tensors = reader.into_tensors();
        let mut left_out = Vec::new();
        let mut notes = Vec::new();
        if let Some(key) = nested_state_dict(path, &tensors)? {
            let prefix = format!("{key}.");
            let (inside, outside): (HashMap<_, _>, HashMap<_, _>) = tensors
                .into_iter()
                .partition(|(name, _)| name.starts_with(&prefix));
            tensors = inside
                .into_iter()
                .map(|(name, tensor)| (name[prefix.len()..].to_owned(), tensor))
                .collect();
            let reason = SkipReason::OutsideStateDict {
                key: key.to_owned(),
            };
            let mut names: Vec<_> = outside.into_keys().collect();
            names.sort();
            left_out.extend(names.iter().map(|name| skipped(name, reason.clone())));
            notes.push(Note::StateDict {
                key: key.to_owned(),
            });
        }
        let infos = tensors
            .iter()
            .map(|(name, tensor)| TensorInfo {
                name: name.clone(),
                shape: tensor.shape().to_vec(),
                dtype: float_type(tensor.dtype()),
            })
            .collect();
        Ok((Checkpoint { tensors, size }, infos, left_out, notes))
    }

    pub(super) fn read(&self, name: &str) -> Result<Vec<f64>, Cause> {
        let tensor = self.tensors.get(name).ok_or("it is not in the file")?;
        let dtype = float_type(tensor.dtype())?;
        // A view may name the same element many times over.
        let len = tensor.byte_len() as u64;
        if len > self.size {
            return Err(format!(
                "it is a view of {len} bytes in a file of {}: elements repeat",
                self.size
            )
            .into());
        }
        let bytes = tensor.read()?;
        Ok(dtype.decode_native(&bytes))
    }
}

/// The key whose value is the state dict: one of the usual names, holding a dictionary, in a
/// dictionary that holds no tensors itself and no other module beside it.
fn nested_state_dict(
    path: &Path,
    tensors: &HashMap<String, Tensor>,
) -> Result<Option<&'static str>, Cause> {
    let below = |key: &&str| {
        let mut names = tensors.keys();
        names.any(|name| {
            name.strip_prefix(*key)
                .is_some_and(|rest| rest.starts_with('.'))
        })
    };
    // Names alone do not tell a dictionary from a dot in a key: the pickle does, and is read again.
    if !STATE_DICTS.iter().any(below) {
        return Ok(None);
    }
    match PytorchReader::read_pickle_data(path, None)? {
        PickleValue::Dict(root) => Ok(state_dict_of(&root)),
        _ => Ok(None),
    }
}

fn state_dict_of(root: &HashMap<String, PickleValue>) -> Option<&'static str> {
    let nested = |key: &&str| matches!(root.get(*key), Some(PickleValue::Dict(_)));
    let key = STATE_DICTS.into_iter().find(nested)?;
    // A module saved whole is a dictionary of its children, one of which may be called `model`:
    // then its siblings hold weights too. Beside a state dict are numbers and the optimizer's
    // state.
    let is_training_state = |name: &str| {
        let name = name.to_lowercase();
        name.split('_').any(|word| TRAINING_STATE.contains(&word))
    };
    let alone = root
        .iter()
        .filter(|(name, _)| *name != key)
        .all(|(name, value)| is_training_state(name) || !holds_tensors(value));
    (alone || key.contains("state_dict")).then_some(key)
}

/// Whether a tensor, or what is read like one, lies anywhere within.
fn holds_tensors(value: &PickleValue) -> bool {
    match value {
        PickleValue::Unsupported(_) => true,
        PickleValue::List(values) => values.iter().any(holds_tensors),
        PickleValue::Dict(values) => values.values().any(holds_tensors),
        _ => false,
    }
}

/// The file's size, once it is sure that its pickle does not unpack to far more than the file.
fn check(path: &Path) -> Result<u64, Cause> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    // What is no archive is a pickle as it lies there.
    let Ok(mut archive) = ZipArchive::new(std::io::BufReader::new(file)) else {
        return Ok(size);
    };
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index)?;
        let (packed, unpacked) = (entry.compressed_size(), entry.size());
        let is_pickle = entry.name().is_ok_and(|name| name.ends_with(".pkl"));
        if is_pickle && unpacked > PICKLE_BYTES.max(packed.min(size).saturating_mul(PICKLE_RATIO)) {
            return Err(
                format!("its pickle unpacks from {packed} bytes to {unpacked}: refused").into(),
            );
        }
    }
    Ok(size)
}

fn float_type(dtype: Stored) -> Result<DType, String> {
    match dtype {
        Stored::F64 => Ok(DType::F64),
        Stored::F32 => Ok(DType::F32),
        Stored::F16 => Ok(DType::F16),
        Stored::BF16 => Ok(DType::Bf16),
        other => Err(format!(
            "element type {other:?} is not f32, f64, f16 or bf16"
        )),
    }
}

//! What the decomposition of one layer of a file takes in memory, before its weights are read.
//!
//! All counts are `f64`: they cannot overflow, whatever sizes a file declares.

use convlens_model::DType;
use convlens_svd::{Accuracy, Geometry};

use crate::settings::Settings;

/// Weights of one matrix from which values come through its Gram matrix, where the file has no more
/// digits than that keeps: 32 MiB of them, above which the copies of an exact decomposition and its
/// time begin to matter.
const GRAM_WEIGHTS: f64 = (1u64 << 22) as f64;

/// Vectors that are added to a Gram matrix at once.
const GRAM_BLOCK: f64 = 256.0;

/// Why nothing is run without inputs.
pub(crate) const NO_INPUTS: &str = "no inputs were given";

/// How a layer is decomposed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Plan {
    /// With singular vectors.
    Vectors,
    /// Singular values alone.
    Values {
        /// How accurate.
        accuracy: Accuracy,
        /// Why there are no vectors.
        reason: String,
    },
}

/// How to decompose a layer of a file within the budget; the error is the reason to skip it.
pub(crate) fn plan(
    shape: &[usize],
    geometry: &Geometry,
    dtype: DType,
    tapped: bool,
    settings: &Settings,
) -> Result<Plan, String> {
    let sizes = Storage::of(shape, geometry);
    let budget = settings.memory_budget;
    let over = |bytes: f64| bytes > budget as f64;
    let vectors = sizes.with_vectors();
    if tapped && !over(vectors) {
        return Ok(Plan::Vectors);
    }
    let narrow = dtype != DType::F64;
    let accuracy = if narrow && sizes.weights / sizes.groups >= GRAM_WEIGHTS {
        Accuracy::Gram
    } else {
        Accuracy::Exact
    };
    let values = sizes.values_alone(accuracy);
    let says = |what: &str, bytes: f64| {
        format!("{what} would take {bytes:.1e} bytes of memory, over the budget of {budget}")
    };
    if over(values) {
        return Err(says("its decomposition", values));
    }
    let reason = if tapped {
        says("its singular vectors", vectors)
    } else {
        NO_INPUTS.into()
    };
    Ok(Plan::Values { accuracy, reason })
}

/// The sizes of a layer as its file declares them.
#[derive(Debug, Clone, Copy)]
struct Storage {
    weights: f64,
    groups: f64,
    /// The smaller side of one group's matrix.
    shorter: f64,
}

impl Storage {
    fn of(shape: &[usize], geometry: &Geometry) -> Self {
        let groups = geometry.groups().max(1) as f64;
        let weights: f64 = shape.iter().map(|&n| n as f64).product();
        let outputs = if geometry.is_transposed() {
            shape.get(1).map_or(1.0, |&n| n as f64)
        } else {
            shape.first().map_or(1.0, |&n| n as f64) / groups
        };
        let rows = outputs.max(1.0);
        Storage {
            weights,
            groups,
            shorter: rows.min(weights / groups / rows),
        }
    }

    /// Bytes for the kernel and its values. Decoding alone may take the kernel twice. The factors
    /// are those of the copies that are made, rounded up to the measured peak of the process
    /// (square and 1:8 matrices of 2^22 and 2^23 weights).
    fn values_alone(&self, accuracy: Accuracy) -> f64 {
        let (square, group) = (self.shorter * self.shorter, self.weights / self.groups);
        let beside = match accuracy {
            // The Gram matrix twice, a block of vectors, and what each thread packs of it.
            Accuracy::Gram => 2.0 * square + 4.0 * GRAM_BLOCK * self.shorter,
            _ => 2.5 * group + 1.5 * square,
        };
        8.0 * (self.weights + beside).max(2.0 * self.weights)
    }

    /// Bytes for the kernel and its thin decomposition, with the copies on the way there; measured
    /// likewise.
    fn with_vectors(&self) -> f64 {
        let square = self.groups * self.shorter * self.shorter;
        8.0 * (6.0 * self.weights + 6.0 * square)
    }
}

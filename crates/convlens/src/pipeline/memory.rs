//! What the decomposition of one layer takes in memory, before its weights are read.
//!
//! All counts are `f64`: they cannot overflow, whatever sizes a file declares.

use convlens_model::{DType, LayerSpec};
use convlens_svd::Accuracy;

use crate::settings::Settings;

/// Weights of one matrix from which values come through its Gram matrix, where the file has no more digits than
/// that keeps: 32 MiB of them, above which the copies of an exact decomposition and its time begin to matter.
const GRAM_WEIGHTS: f64 = (1u64 << 22) as f64;

/// Vectors that are added to a Gram matrix at once.
const GRAM_BLOCK: f64 = 256.0;

/// How a layer is decomposed.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Plan {
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

/// How to decompose a layer within the budget; the error is the reason to skip it.
pub(super) fn plan(spec: &LayerSpec, tapped: bool, settings: &Settings) -> Result<Plan, String> {
    let sizes = Sizes::of(spec);
    let budget = settings.memory_budget;
    let over = |bytes: f64| bytes > budget as f64;
    let vectors = sizes.with_vectors();
    if tapped && !over(vectors) {
        return Ok(Plan::Vectors);
    }
    let narrow = spec.dtype != DType::F64;
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
        "no inputs were given".into()
    };
    Ok(Plan::Values { accuracy, reason })
}

#[derive(Debug, Clone, Copy)]
struct Sizes {
    weights: f64,
    groups: f64,
    /// The smaller side of one group's matrix.
    shorter: f64,
}

impl Sizes {
    fn of(spec: &LayerSpec) -> Self {
        let groups = spec.geometry.groups().max(1) as f64;
        let weights: f64 = spec.shape.iter().map(|&n| n as f64).product();
        let outputs = if spec.geometry.is_transposed() {
            spec.shape.get(1).map_or(1.0, |&n| n as f64)
        } else {
            spec.shape.first().map_or(1.0, |&n| n as f64) / groups
        };
        let rows = outputs.max(1.0);
        Sizes {
            weights,
            groups,
            shorter: rows.min(weights / groups / rows),
        }
    }

    /// Bytes for the kernel and its values. Decoding alone may take the kernel twice. The factors are those of the copies that
    /// are made, rounded up to what was measured (square and 1:8 matrices of 2^22 and 2^23 weights, the peak of the process).
    fn values_alone(&self, accuracy: Accuracy) -> f64 {
        let (square, group) = (self.shorter * self.shorter, self.weights / self.groups);
        let beside = match accuracy {
            // The Gram matrix twice, a block of vectors, and what each thread packs of it.
            Accuracy::Gram => 2.0 * square + 4.0 * GRAM_BLOCK * self.shorter,
            _ => 2.5 * group + 1.5 * square,
        };
        8.0 * (self.weights + beside).max(2.0 * self.weights)
    }

    /// Bytes for the kernel and its thin decomposition, with the copies on the way there; measured likewise.
    fn with_vectors(&self) -> f64 {
        let square = self.groups * self.shorter * self.shorter;
        8.0 * (6.0 * self.weights + 6.0 * square)
    }
}

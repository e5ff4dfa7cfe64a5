//! What this crate offers for each task. A new way is one more line of a table.

use convlens_svd::{
    ConvKernel, NormBracket, OperatorSpectrum, OperatorSvd, SvdError,
    periodic::{ExtremeValue, FrequencySvd, Instructions, SpectrumOptions},
};
use serde::Deserialize;
use std::fmt;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Task {
    /// All singular values of the operator.
    Values,
    /// The largest one.
    Norm,
    /// A thin singular value decomposition at every frequency.
    Thin,
}

impl Task {
    pub(crate) const ALL: [Self; 3] = [Self::Values, Self::Norm, Self::Thin];
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Values => "All singular values",
            Self::Norm => "Norm only",
            Self::Thin => "Thin SVD at every frequency",
        })
    }
}

/// The precision that a variant works in and whether it goes through a Gram matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Accuracy {
    Double,
    Single,
    GramDouble,
    GramSingle,
}

impl Accuracy {
    /// The `|d sigma| / sigma_max` past which a run fails, for sides up to 256. Rounding of a
    /// direct SVD is a small multiple of `eps sqrt(256)` (4e-15, 2e-6); values through a Gram
    /// matrix are lost under about `sqrt(256 eps)` (2.4e-7, 6e-3). Two decades or less above that:
    /// a wrong convention is off by 1e-2 at least.
    pub(crate) fn bound(self) -> f64 {
        match self {
            Self::Double => 1e-12,
            Self::Single => 1e-4,
            Self::GramDouble => 2e-6,
            Self::GramSingle => 3e-2,
        }
    }
}

/// What a variant returns, kept until the clock has stopped.
#[derive(Debug)]
pub(crate) enum Output {
    Spectrum(Box<OperatorSpectrum>),
    Largest(ExtremeValue),
    Norm(NormBracket),
    /// The canonical half of the frequencies.
    Thin(Vec<FrequencySvd>),
}

impl Output {
    /// Singular values, descending.
    pub(crate) fn values(&self) -> Vec<f64> {
        match self {
            Self::Spectrum(spectrum) => spectrum.singular_values(),
            Self::Largest(largest) => vec![largest.value],
            Self::Norm(bracket) => vec![bracket.lower.midpoint(bracket.upper)],
            Self::Thin(all) => {
                let values = all.iter().flat_map(|at| {
                    std::iter::repeat_n(&at.singular_values, at.multiplicity).flatten()
                });
                let mut values: Vec<f64> = values.copied().collect();
                values.sort_unstable_by(|a, b| b.total_cmp(a));
                values
            }
        }
    }
}

/// One way of this crate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ours {
    pub(crate) name: &'static str,
    pub(crate) task: Task,
    pub(crate) accuracy: Accuracy,
    pub(crate) run: fn(&ConvKernel, &[usize]) -> Result<Output, SvdError>,
}

fn spectrum(
    kernel: &ConvKernel,
    grid: &[usize],
    accuracy: convlens_svd::Accuracy,
    instructions: Instructions,
) -> Result<Output, SvdError> {
    let options = SpectrumOptions::default()
        .accuracy(accuracy)
        .instructions(instructions);
    OperatorSpectrum::with_options(kernel, grid, &options).map(|s| Output::Spectrum(Box::new(s)))
}

/// Every way, in the order of the tables.
pub(crate) const OURS: &[Ours] = &[
    Ours {
        name: "Accuracy::Exact (default)",
        task: Task::Values,
        accuracy: Accuracy::Double,
        run: |kernel, grid| {
            let exact = convlens_svd::Accuracy::Exact;
            spectrum(kernel, grid, exact, Instructions::Detected)
        },
    },
    Ours {
        name: "Accuracy::Gram",
        task: Task::Values,
        accuracy: Accuracy::GramDouble,
        run: |kernel, grid| {
            let gram = convlens_svd::Accuracy::Gram;
            spectrum(kernel, grid, gram, Instructions::Detected)
        },
    },
    Ours {
        name: "Exact, Instructions::Portable",
        task: Task::Values,
        accuracy: Accuracy::Double,
        run: |kernel, grid| {
            let exact = convlens_svd::Accuracy::Exact;
            spectrum(kernel, grid, exact, Instructions::Portable)
        },
    },
    Ours {
        name: "OperatorSpectrum::largest",
        task: Task::Norm,
        accuracy: Accuracy::Double,
        run: |kernel, grid| {
            OperatorSpectrum::largest(kernel, grid, &SpectrumOptions::default())
                .map(Output::Largest)
        },
    },
    Ours {
        name: "NormBracket::circular",
        task: Task::Norm,
        accuracy: Accuracy::Double,
        run: |kernel, grid| NormBracket::circular(kernel, grid).map(Output::Norm),
    },
    Ours {
        name: "OperatorSvd",
        task: Task::Thin,
        accuracy: Accuracy::Double,
        run: |kernel, grid| {
            let all = OperatorSvd::new(kernel, grid)?
                .iter()
                .collect::<Result<_, _>>();
            all.map(Output::Thin)
        },
    },
];

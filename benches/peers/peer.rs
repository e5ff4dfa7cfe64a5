//! The Python process that runs the peers, and its protocol: one JSON object a line (see
//! `svd_peers.py`).

use crate::layers::Layer;
use crate::ours::{Accuracy, Task};
use anyhow::{Context, Result, ensure};
use convlens_benches::harness::PeerProcess;
use serde::Deserialize;
use serde_json::json;
use std::path::Path;

/// One way of a peer.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct PeerVariant {
    pub(crate) task: Task,
    pub(crate) name: String,
    pub(crate) family: String,
    pub(crate) accuracy: Accuracy,
}

/// What the process says of itself.
#[derive(Debug, Deserialize)]
pub(crate) struct Hello {
    pub(crate) versions: String,
    pub(crate) blas: Vec<String>,
    pub(crate) variants: Vec<PeerVariant>,
}

/// The running process.
#[derive(Debug)]
pub(crate) struct Peers {
    pub(crate) hello: Hello,
    process: PeerProcess,
}

impl Peers {
    /// Starts the peers with `workers` threads each.
    pub(crate) fn start(python: &Path, workers: usize) -> Result<Self> {
        let (process, hello) =
            PeerProcess::start(python, "peers/svd_peers.py", &[workers.to_string()])?;
        Ok(Self { hello, process })
    }

    /// Hands over a layer's weights, in a file of raw `f64`.
    pub(crate) fn load(&mut self, layer: &Layer, weights: &[f64]) -> Result<()> {
        let path = self.process.write("weights.f64", weights)?;
        let request = json!({"load": path, "shape": layer.shape(), "grid": layer.grid()});
        self.process.ask(&request).map(|_| ())
    }

    /// The mean seconds of one of `loops` calls, timed on the other side.
    pub(crate) fn run(
        &mut self,
        variant: &PeerVariant,
        loops: usize,
    ) -> Result<Result<f64, String>> {
        let task = match variant.task {
            Task::Values => "values",
            Task::Norm => "norm",
            Task::Thin => "thin",
        };
        let request = json!({"task": task, "variant": variant.name, "loops": loops});
        Ok(match self.process.try_ask(&request)? {
            Ok(answer) => Ok(answer["seconds"]
                .as_f64()
                .context("an answer without seconds")?),
            Err(error) => Err(error),
        })
    }

    /// The singular values that the last run found, descending.
    pub(crate) fn values(&mut self) -> Result<Vec<f64>> {
        let path = self.process.path("values.f64");
        let count = self.process.ask(&json!({"values": path}))?["count"].as_u64();
        let bytes = std::fs::read(&path)?;
        let (words, rest) = bytes.as_chunks::<8>();
        ensure!(
            rest.is_empty() && count == Some(words.len() as u64),
            "the peers' file of values is not whole"
        );
        Ok(words.iter().map(|word| f64::from_le_bytes(*word)).collect())
    }
}

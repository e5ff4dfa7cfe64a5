//! The Python process that runs the peers, and its protocol: one JSON object a line (see `svd_peers.py`).

use crate::layers::Layer;
use crate::ours::{Accuracy, Task};
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/svd_peers.py");

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
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    folder: tempfile::TempDir,
}

impl Drop for Peers {
    fn drop(&mut self) {
        // It may be inside a long call, or already gone: then there is nothing left to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Peers {
    /// Starts the peers with `workers` threads each.
    pub(crate) fn start(python: &Path, workers: usize) -> Result<Self> {
        let mut child = Command::new(python)
            .arg(SCRIPT)
            .arg(workers.to_string())
            .env_remove("OPENBLAS_CORETYPE")
            .env_remove("OPENBLAS_L2_SIZE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} cannot be started", python.display()))?;
        let stdin = child.stdin.take().context("no pipe to the peers")?;
        let mut stdout = BufReader::new(child.stdout.take().context("no pipe from the peers")?);
        let mut first = String::new();
        stdout.read_line(&mut first)?;
        let hello = serde_json::from_str(&first)
            .context("the peers did not start: are benches/peers/requirements.txt installed?")?;
        let folder = tempfile::tempdir()?;
        Ok(Self {
            hello,
            child,
            stdin,
            stdout,
            folder,
        })
    }

    /// The answer to a request, or what went wrong on the other side.
    fn ask(&mut self, request: &Value) -> Result<Result<Value, String>> {
        writeln!(self.stdin, "{request}")?;
        self.stdin.flush()?;
        let mut line = String::new();
        if self.stdout.read_line(&mut line)? == 0 {
            bail!("the peers' process ended at {request}");
        }
        let answer: Value = serde_json::from_str(&line).with_context(|| line.clone())?;
        Ok(match answer["error"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(answer),
        })
    }

    /// Hands over a layer's weights, in a file of raw `f64`.
    pub(crate) fn load(&mut self, layer: &Layer, weights: &[f64]) -> Result<()> {
        let path = self.folder.path().join("weights.f64");
        let bytes: Vec<u8> = weights.iter().flat_map(|w| w.to_le_bytes()).collect();
        std::fs::write(&path, bytes)?;
        let request = json!({"load": path, "shape": layer.shape(), "grid": layer.grid()});
        self.ask(&request)?.map_err(anyhow::Error::msg)?;
        Ok(())
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
        Ok(match self.ask(&request)? {
            Ok(answer) => Ok(answer["seconds"]
                .as_f64()
                .context("an answer without seconds")?),
            Err(error) => Err(error),
        })
    }

    /// The singular values that the last run found, descending.
    pub(crate) fn values(&mut self) -> Result<Vec<f64>> {
        let path = self.folder.path().join("values.f64");
        let answer = self.ask(&json!({"values": path}))?;
        let count = answer.map_err(anyhow::Error::msg)?["count"].as_u64();
        let bytes = std::fs::read(&path)?;
        let (words, rest) = bytes.as_chunks::<8>();
        ensure!(
            rest.is_empty() && count == Some(words.len() as u64),
            "the peers' file of values is not whole"
        );
        Ok(words.iter().map(|word| f64::from_le_bytes(*word)).collect())
    }
}

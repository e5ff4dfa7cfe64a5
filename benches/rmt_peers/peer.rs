//! The Python process that runs the peers, and its protocol: one JSON object a line (see `rmt_peers.py`).

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/rmt_peers/rmt_peers.py");

/// One way of a peer.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct PeerVariant {
    pub(crate) mode: String,
    pub(crate) name: String,
}

/// What the process says of itself.
#[derive(Debug, Deserialize)]
pub(crate) struct Hello {
    pub(crate) versions: String,
    pub(crate) variants: Vec<PeerVariant>,
}

/// One timed answer.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Timed {
    pub(crate) seconds: f64,
    pub(crate) alpha: f64,
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
    pub(crate) fn start(python: &Path) -> Result<Self> {
        let mut child = Command::new(python)
            .arg(SCRIPT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} cannot be started", python.display()))?;
        let stdin = child.stdin.take().context("no pipe to the peers")?;
        let mut stdout = BufReader::new(child.stdout.take().context("no pipe from the peers")?);
        let mut first = String::new();
        stdout.read_line(&mut first)?;
        let hello = serde_json::from_str(&first)
            .context("the peers did not start: is benches/rmt_peers/requirements.txt installed?")?;
        Ok(Self {
            hello,
            child,
            stdin,
            stdout,
            folder: tempfile::tempdir()?,
        })
    }

    fn ask(&mut self, request: &Value) -> Result<Value> {
        writeln!(self.stdin, "{request}")?;
        self.stdin.flush()?;
        let mut line = String::new();
        if self.stdout.read_line(&mut line)? == 0 {
            bail!("the peers' process ended at {request}");
        }
        let answer: Value = serde_json::from_str(&line).with_context(|| line.clone())?;
        if let Some(error) = answer["error"].as_str() {
            bail!("{request}: {error}");
        }
        Ok(answer)
    }

    /// Hands over values, in a file of raw `f64`.
    pub(crate) fn load(&mut self, values: &[f64]) -> Result<()> {
        let path = self.folder.path().join("values.f64");
        let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        std::fs::write(&path, bytes)?;
        self.ask(&json!({"load": path})).map(|_| ())
    }

    /// Times `loops` calls on the other side.
    pub(crate) fn run(&mut self, variant: &str, loops: usize) -> Result<Timed> {
        let answer = self.ask(&json!({"variant": variant, "loops": loops}))?;
        Ok(serde_json::from_value(answer)?)
    }
}

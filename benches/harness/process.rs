//! A Python process that runs peers, one JSON object a line each way.

use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The running process, and a folder for what is too large for a line; both end with it.
#[derive(Debug)]
pub struct PeerProcess {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    folder: tempfile::TempDir,
}

impl Drop for PeerProcess {
    fn drop(&mut self) {
        // It may be inside a long call, or already gone: then there is nothing left to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl PeerProcess {
    /// Starts `benches/SCRIPT` and reads its first line, what it says of itself.
    ///
    /// OpenBLAS is left to choose its kernels for the processor.
    ///
    /// # Errors
    ///
    /// Where Python or the script does not start.
    pub fn start<H: DeserializeOwned>(
        python: &Path,
        script: &str,
        arguments: &[String],
    ) -> Result<(Self, H)> {
        let mut child = Command::new(python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(script))
            .args(arguments)
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
        let hello = serde_json::from_str(&first).with_context(|| {
            format!(
                "{script} did not start: is the requirements.txt beside it installed for {}?",
                python.display()
            )
        })?;
        let process = Self {
            child,
            stdin,
            stdout,
            folder: tempfile::tempdir()?,
        };
        Ok((process, hello))
    }

    /// The answer to a request, or what went wrong on the other side.
    ///
    /// # Errors
    ///
    /// Where the process has ended or does not keep to the protocol.
    pub fn try_ask(&mut self, request: &Value) -> Result<Result<Value, String>> {
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

    /// The answer to a request.
    ///
    /// # Errors
    ///
    /// As [`try_ask`](Self::try_ask), and what went wrong on the other side.
    pub fn ask(&mut self, request: &Value) -> Result<Value> {
        match self.try_ask(request)? {
            Ok(answer) => Ok(answer),
            Err(error) => bail!("{request}: {error}"),
        }
    }

    /// Where a file of this name is for both sides.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes values for the other side, raw little-endian `f64`.
    ///
    /// # Errors
    ///
    /// Those of writing.
    pub fn write(&self, name: &str, values: &[f64]) -> Result<PathBuf> {
        let path = self.path(name);
        let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        std::fs::write(&path, bytes)?;
        Ok(path)
    }
}

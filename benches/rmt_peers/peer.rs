//! The Python process that runs the peers, and its protocol: one JSON object a line (see
//! `rmt_peers.py`).

use anyhow::Result;
use convlens_benches::harness::PeerProcess;
use serde::Deserialize;
use serde_json::json;
use std::path::Path;

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
    pub(crate) process: PeerProcess,
}

impl Peers {
    pub(crate) fn start(python: &Path) -> Result<Self> {
        let (process, hello) = PeerProcess::start(python, "rmt_peers/rmt_peers.py", &[])?;
        Ok(Self { hello, process })
    }

    /// Hands over values.
    pub(crate) fn load(&mut self, values: &[f64]) -> Result<()> {
        let path = self.process.write("values.f64", values)?;
        self.process.ask(&json!({"load": path})).map(|_| ())
    }

    /// Times `loops` calls on the other side.
    pub(crate) fn run(&mut self, variant: &str, loops: usize) -> Result<Timed> {
        let request = json!({"variant": variant, "loops": loops});
        let answer = self.process.ask(&request)?;
        Ok(serde_json::from_value(answer)?)
    }
}

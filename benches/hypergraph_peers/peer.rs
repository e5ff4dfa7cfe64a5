//! The Python process that runs the peers, and its protocol: one JSON object a line (see `hypergraph_peers.py`).

use anyhow::Result;
use convlens_benches::harness::PeerProcess;
use serde::Deserialize;
use serde_json::json;
use std::path::Path;

/// One way of a peer.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct PeerVariant {
    pub(crate) task: String,
    pub(crate) name: String,
}

/// What the process says of itself.
#[derive(Debug, Deserialize)]
pub(crate) struct Hello {
    pub(crate) versions: String,
    pub(crate) variants: Vec<PeerVariant>,
}

/// One timed answer.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Timed {
    pub(crate) seconds: f64,
    /// A number, or one for each hyperedge.
    pub(crate) found: Vec<f64>,
}

/// The running process.
#[derive(Debug)]
pub(crate) struct Peers {
    pub(crate) hello: Hello,
    process: PeerProcess,
}

impl Peers {
    pub(crate) fn start(python: &Path) -> Result<Self> {
        let (process, hello) =
            PeerProcess::start(python, "hypergraph_peers/hypergraph_peers.py", &[])?;
        Ok(Self { hello, process })
    }

    /// Hands over a hypergraph.
    pub(crate) fn load(&mut self, nodes: usize, edges: &[Vec<u32>]) -> Result<()> {
        let path = self.process.path("hypergraph.json");
        std::fs::write(&path, json!({"nodes": nodes, "edges": edges}).to_string())?;
        self.process.ask(&json!({"load": path})).map(|_| ())
    }

    /// Times one call on the other side.
    pub(crate) fn run(&mut self, variant: &PeerVariant, s: usize) -> Result<Timed> {
        let request = json!({"task": variant.task, "variant": variant.name, "s": s});
        let answer = self.process.ask(&request)?;
        Ok(serde_json::from_value(answer)?)
    }
}

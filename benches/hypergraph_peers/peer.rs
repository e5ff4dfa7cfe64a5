//! The Python process that runs the peers, and its protocol: one JSON object a line (see
//! `hypergraph_peers.py`).

use anyhow::Result;
use convlens_benches::harness::PeerProcess;
use convlens_hypergraph::Hypergraph;
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::Path;

/// One task that a peer offers.
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
    pub(crate) least: f64,
    pub(crate) found: Value,
}

/// The running process.
#[derive(Debug)]
pub(crate) struct Peers {
    pub(crate) hello: Hello,
    pub(crate) process: PeerProcess,
}

impl Peers {
    pub(crate) fn start(python: &Path) -> Result<Self> {
        let script = "hypergraph_peers/hypergraph_peers.py";
        let (process, hello) = PeerProcess::start(python, script, &[])?;
        Ok(Self { hello, process })
    }

    /// Hands over a hypergraph.
    pub(crate) fn load(&mut self, h: &Hypergraph) -> Result<()> {
        let path = self.process.path("hypergraph.json");
        let edges: Vec<&[u32]> = (0..h.n_edges()).map(|e| h.edge(e)).collect();
        std::fs::write(&path, serde_json::to_vec(&edges)?)?;
        self.process.ask(&json!({"load": path})).map(|_| ())
    }

    /// The peers that offer a task.
    pub(crate) fn of(&self, task: &str) -> Vec<String> {
        let offered = self.hello.variants.iter().filter(|v| v.task == task);
        offered.map(|v| v.name.clone()).collect()
    }

    /// Times `loops` calls on the other side.
    pub(crate) fn run(&mut self, name: &str, task: &str, s: usize, loops: usize) -> Result<Timed> {
        let request = json!({"variant": name, "task": task, "s": s, "loops": loops});
        let answer = self.process.ask(&request)?;
        Ok(serde_json::from_value(answer)?)
    }
}

//! The scaled incidence matrix B, and products with it.

use crate::checks::{check_weights, relative};
use crate::error::HypergraphError;
use crate::structure::hypergraph::Hypergraph;

/// B = Dv^-1/2 H (W De^-1)^1/2, n x m: an incidence of node v and hyperedge e holds
/// `node_scale[v] * edge_scale[e]`. The scale of an isolated node or an empty hyperedge is 0.
#[derive(Debug, Clone)]
pub(super) struct ScaledIncidence<'a> {
    pub(super) h: &'a Hypergraph,
    /// Sums of the (relative) weights of each node's hyperedges.
    pub(super) degrees: Vec<f64>,
    pub(super) node_scale: Vec<f64>,
    pub(super) edge_scale: Vec<f64>,
}

impl<'a> ScaledIncidence<'a> {
    pub(super) fn new(h: &'a Hypergraph, w: Option<&[f64]>) -> Result<Self, HypergraphError> {
        if let Some(w) = w {
            check_weights("hyperedge weights", w, h.n_edges())?;
        }
        let w = relative(w, h.n_edges());
        let degrees: Vec<f64> = (0..h.n_nodes())
            .map(|v| h.node(v).iter().map(|&e| w[e as usize]).sum())
            .collect();
        let node_scale = degrees.iter().map(|&d| inverse_root(d)).collect();
        let edge_scale = (0..h.n_edges())
            .map(|e| w[e].sqrt() * inverse_root(h.size(e) as f64))
            .collect();
        Ok(Self {
            h,
            degrees,
            node_scale,
            edge_scale,
        })
    }

    /// B y, into `out`.
    pub(super) fn to_nodes(&self, y: &[f64], out: &mut [f64]) {
        let y: Vec<f64> = y.iter().zip(&self.edge_scale).map(|(y, s)| y * s).collect();
        for (v, out) in out.iter_mut().enumerate() {
            let sum: f64 = self.h.node(v).iter().map(|&e| y[e as usize]).sum();
            *out = self.node_scale[v] * sum;
        }
    }

    /// B^T x, into `out`.
    pub(super) fn to_edges(&self, x: &[f64], out: &mut [f64]) {
        let x: Vec<f64> = x.iter().zip(&self.node_scale).map(|(x, s)| x * s).collect();
        for (e, out) in out.iter_mut().enumerate() {
            let sum: f64 = self.h.edge(e).iter().map(|&v| x[v as usize]).sum();
            *out = self.edge_scale[e] * sum;
        }
    }

    /// B^T B (hyperedge by hyperedge) or B B^T (node by node), dense, row-major.
    pub(super) fn gram(&self, side: Side) -> Vec<f64> {
        let n = side.len(self.h);
        let (own, other): (&[f64], &[f64]) = match side {
            Side::Nodes => (&self.node_scale, &self.edge_scale),
            Side::Edges => (&self.edge_scale, &self.node_scale),
        };
        let mut gram = vec![0.0; n * n];
        for (k, scale) in other.iter().enumerate() {
            let members = match side {
                Side::Nodes => self.h.edge(k),
                Side::Edges => self.h.node(k),
            };
            for (i, &a) in members.iter().enumerate() {
                let row = &mut gram[a as usize * n..][..n];
                let value = own[a as usize] * scale * scale;
                for &b in &members[i..] {
                    row[b as usize] += value * own[b as usize];
                }
            }
        }
        for i in 0..n {
            for j in 0..i {
                gram[i * n + j] = gram[j * n + i];
            }
        }
        gram
    }
}

/// Which of the two Gram matrices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Nodes,
    Edges,
}

impl Side {
    /// The smaller one.
    pub(super) fn smaller(h: &Hypergraph) -> Self {
        if h.n_edges() < h.n_nodes() {
            Self::Edges
        } else {
            Self::Nodes
        }
    }

    pub(super) fn len(self, h: &Hypergraph) -> usize {
        match self {
            Self::Nodes => h.n_nodes(),
            Self::Edges => h.n_edges(),
        }
    }
}

fn inverse_root(x: f64) -> f64 {
    if x > 0.0 { 1.0 / x.sqrt() } else { 0.0 }
}

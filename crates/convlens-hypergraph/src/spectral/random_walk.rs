//! The random walk on a hypergraph, with node weights that may depend on the hyperedge.

use crate::checks::{check_length, check_weights, relative};
use crate::error::HypergraphError;
use crate::structure::hypergraph::Hypergraph;

/// The random walk of Zhou, Huang and Schölkopf (2006), or with weights per incidence that of
/// Chitra and Raphael (2019, "Random walks on hypergraphs with edge-dependent vertex weights"):
/// from node u to a hyperedge e of u with probability w(e) / d(u), then to a node v of e with
/// probability gamma(e, v) / delta(e),
///
/// P(u, v) = sum over e with u and v of (w(e) / d(u)) (gamma(e, v) / delta(e)),
///
/// d(u) = sum over e with u of w(e), delta(e) = sum over v in e of gamma(e, v). Without incidence
/// weights gamma = 1; then d(v) / sum of d is stationary.
///
/// # Conventions
///
/// The walk may stay (v = u). A hyperedge whose weight or delta is 0 has no effect. At
/// a node without hyperedges the walk stays forever.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{Hypergraph, spectral};
///
/// let h = Hypergraph::from_edges(3, &[vec![0, 1], vec![1, 2]])?;
/// let walk = spectral::RandomWalk::new(&h, None, None)?;
/// assert_eq!(walk.step(&[0.0, 1.0, 0.0])?, [0.25, 0.5, 0.25]);
/// assert_eq!(walk.step(&[0.25, 0.5, 0.25])?, [0.25, 0.5, 0.25]); // stationary
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone)]
#[doc(alias = "pagerank")]
#[doc(alias = "markov chain")]
pub struct RandomWalk<'a> {
    h: &'a Hypergraph,
    weights: Vec<f64>,
    degrees: Vec<f64>,
    /// gamma(e, v) / delta(e), in the order of the incidences.
    arrivals: Vec<f64>,
}

/// The outcome of [`RandomWalk::stationary`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Stationary {
    /// One probability per node: 0 at nodes without hyperedges; all 0 if no node has any.
    pub distribution: Vec<f64>,
    /// The change of the last step, in total variation.
    pub change: f64,
}

impl<'a> RandomWalk<'a> {
    /// The walk on `h` with one weight per hyperedge and one per incidence, in the order of
    /// [`Hypergraph::incidences`] (1 each if `None`).
    ///
    /// # Errors
    ///
    /// [`LengthMismatch`](HypergraphError::LengthMismatch) or
    /// [`BadWeight`](HypergraphError::BadWeight) for weights that do not fit.
    pub fn new(
        h: &'a Hypergraph,
        edge_weights: Option<&[f64]>,
        incidence_weights: Option<&[f64]>,
    ) -> Result<Self, HypergraphError> {
        if let Some(w) = edge_weights {
            check_weights("hyperedge weights", w, h.n_edges())?;
        }
        if let Some(w) = incidence_weights {
            check_weights("incidence weights", w, h.n_incidences())?;
        }
        let mut weights = relative(edge_weights, h.n_edges());
        let mut arrivals = relative(incidence_weights, h.n_incidences());
        let mut rest = &mut arrivals[..];
        for (e, w) in weights.iter_mut().enumerate() {
            let (own, after) = rest.split_at_mut(h.size(e));
            rest = after;
            let largest = own.iter().copied().fold(0.0, f64::max);
            if largest > 0.0 {
                own.iter_mut().for_each(|x| *x /= largest);
                let delta: f64 = own.iter().sum();
                own.iter_mut().for_each(|x| *x /= delta);
            } else {
                *w = 0.0;
            }
        }
        let degrees = (0..h.n_nodes())
            .map(|v| h.node(v).iter().map(|&e| weights[e as usize]).sum())
            .collect();
        Ok(Self {
            h,
            weights,
            degrees,
            arrivals,
        })
    }

    /// The distribution after one step from the distribution `p` over the nodes: p P.
    ///
    /// # Errors
    ///
    /// [`LengthMismatch`](HypergraphError::LengthMismatch) unless there is one value per node.
    ///
    /// # Complexity
    ///
    /// O(nodes + hyperedges + incidences).
    pub fn step(&self, p: &[f64]) -> Result<Vec<f64>, HypergraphError> {
        check_length("values at nodes", p.len(), self.h.n_nodes())?;
        let mut next: Vec<f64> = p
            .iter()
            .zip(&self.degrees)
            .map(|(p, d)| if *d > 0.0 { 0.0 } else { *p })
            .collect();
        let mut at = 0;
        for (e, w) in self.weights.iter().enumerate() {
            let nodes = self.h.edge(e);
            let arrivals = &self.arrivals[at..at + nodes.len()];
            at += nodes.len();
            if *w > 0.0 {
                let leave = |v: &u32| p[*v as usize] * (w / self.degrees[*v as usize]);
                let mass: f64 = nodes.iter().map(leave).sum();
                for (&v, share) in nodes.iter().zip(arrivals) {
                    next[v as usize] += mass * share;
                }
            }
        }
        Ok(next)
    }

    /// A stationary distribution by steps from d(v) / sum of d (which is one already without
    /// incidence weights). Stops at a change of 1e-14 or after `max_steps`.
    ///
    /// # Complexity
    ///
    /// O(nodes + hyperedges + incidences) for each step.
    pub fn stationary(&self, max_steps: usize) -> Stationary {
        let total: f64 = self.degrees.iter().sum();
        let scale = if total > 0.0 { 1.0 / total } else { 0.0 };
        let mut p: Vec<f64> = self.degrees.iter().map(|d| d * scale).collect();
        let mut change = 0.0;
        for _ in 0..max_steps {
            let Ok(next) = self.step(&p) else { break };
            change = 0.5 * p.iter().zip(&next).map(|(a, b)| (a - b).abs()).sum::<f64>();
            p = next;
            if change <= 1e-14 {
                break;
            }
        }
        Stationary {
            distribution: p,
            change,
        }
    }
}

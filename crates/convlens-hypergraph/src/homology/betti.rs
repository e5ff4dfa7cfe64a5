//! Betti numbers and cycles.

use std::borrow::Cow;

use super::collapse::Core;
use super::faces::{self, Face, bits, for_each_subset};
use super::reduction::Filtration;
use super::{DowkerSide, HomologyOptions, WithinBudget, highest};
use crate::{Hypergraph, HypergraphError};

/// A cycle: simplices whose boundaries add up to nothing mod 2, each by its vertices, ascending.
pub type Cycle = Vec<Vec<u32>>;

/// Homology mod 2 up to some dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Homology {
    /// The Betti numbers of dimensions 0, 1, .. up to the highest asked for: components, loops, voids.
    pub betti: Vec<usize>,
    /// For each dimension as many cycles as its Betti number, none of them a boundary, nor any sum
    /// of them; empty lists if they were not asked for.
    pub cycles: Vec<Vec<Cycle>>,
    /// Whether vertices of the cycles are nodes or hyperedges.
    pub side: DowkerSide,
    /// The number of faces of each dimension that were left after the collapse.
    pub faces: Vec<usize>,
    /// Whether no homology can be above the highest dimension asked for.
    pub complete: bool,
}

impl Homology {
    /// The Euler characteristic, the alternating sum of the Betti numbers; `None` unless all of them
    /// are known.
    pub fn euler_characteristic(&self) -> Option<i64> {
        let signed = |(k, &b): (usize, &usize)| if k % 2 == 0 { b as i64 } else { -(b as i64) };
        self.complete
            .then(|| self.betti.iter().enumerate().map(signed).sum())
    }
}

impl Hypergraph {
    /// Homology mod 2 of the simplicial complex whose simplices are the hyperedges and all their
    /// nonempty subsets.
    ///
    /// The hypergraph is collapsed strongly first (Barmak and Minian 2012), then the faces of its
    /// maximal hyperedges, or those of the dual ([`DowkerSide`]), are listed, and their boundary
    /// matrices reduced with clearing (Chen and Kerber 2011).
    ///
    /// # Conventions
    ///
    /// Isolated nodes and empty hyperedges are not in the complex. The complex without simplices has
    /// Betti numbers 0.
    ///
    /// # Errors
    ///
    /// [`DimensionTooHigh`](HypergraphError::DimensionTooHigh) if simplices of the dimension do not
    /// fit in 128 bits. Too many faces are an outcome: [`WithinBudget::TooManyFaces`].
    ///
    /// # Complexity
    ///
    /// A collapse O(sum of squared degrees and of squared sizes), a few times over; then the faces of
    /// the core, at worst cubed, mostly little more than linear.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{DowkerSide, HomologyOptions, Hypergraph};
    ///
    /// // Three classes that share inputs pairwise, but never all three: a loop.
    /// let h = Hypergraph::from_edges(6, &[vec![0, 1, 2], vec![2, 3, 4], vec![4, 5, 0]])?;
    /// let options = HomologyOptions::default().side(DowkerSide::Edges).cycles(true);
    /// let homology = h.homology(&options)?.result().unwrap();
    /// assert_eq!(homology.betti, [1, 1, 0]);
    /// // The witness, by the hyperedges that go round: the classes.
    /// assert_eq!(homology.cycles[1], [[vec![0, 1], vec![0, 2], vec![1, 2]]]);
    /// assert_eq!(homology.euler_characteristic(), Some(0));
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn homology(
        &self,
        options: &HomologyOptions,
    ) -> Result<WithinBudget<Homology>, HypergraphError> {
        let core = Core::of(self);
        let most = options.max_dimension.saturating_add(2);
        let (h, side, count) = choose(&core.hypergraph, options.side, most);
        if count > options.face_budget {
            return Ok(WithinBudget::TooManyFaces {
                faces: count,
                budget: options.face_budget,
            });
        }
        let widest = (0..h.n_edges()).map(|e| h.size(e)).max().unwrap_or(0);
        // No simplex has more vertices than the largest hyperedge.
        let top = highest(options.max_dimension, widest, h.n_nodes())?;
        let filtration = unordered(&h, top);
        let classes = filtration.classes(options.cycles);
        let names = match side {
            DowkerSide::Edges => &core.edges,
            _ => &core.nodes,
        };
        let cycle = |dimension: usize, faces: &Vec<u32>| -> Cycle {
            let named = |&face: &u32| {
                let vertices = filtration.vertices(dimension, face);
                vertices.iter().map(|&v| names[v as usize]).collect()
            };
            faces.iter().map(named).collect()
        };
        let mut betti: Vec<usize> = classes.iter().map(|c| c.essential.len()).collect();
        let mut cycles: Vec<Vec<Cycle>> = classes
            .iter()
            .enumerate()
            .map(|(k, c)| c.cycles.iter().map(|faces| cycle(k, faces)).collect())
            .collect();
        let length = options
            .max_dimension
            .saturating_add(1)
            .min(MAX_LISTED.max(betti.len()));
        betti.resize(length, 0);
        cycles.resize(length, Vec::new());
        Ok(WithinBudget::Result(Homology {
            betti,
            cycles,
            side,
            faces: filtration.faces.iter().map(Vec::len).collect(),
            complete: widest <= options.max_dimension.saturating_add(1),
        }))
    }
}

impl Hypergraph {
    /// The number of simplices of dimensions 0, 1, .. `max_dimension` in the complex that the hyperedges
    /// span.
    ///
    /// # Errors
    ///
    /// [`DimensionTooHigh`](HypergraphError::DimensionTooHigh) as for [`homology`](Self::homology). More
    /// faces than `face_budget`, each counted as often as hyperedges hold it, are an outcome.
    ///
    /// # Complexity
    ///
    /// A sort of these faces.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// // Two triangles with a side in common.
    /// let h = Hypergraph::from_edges(4, &[vec![0, 1, 2], vec![1, 2, 3]])?;
    /// assert_eq!(h.f_vector(3, 1000)?.result().unwrap(), [4, 5, 2, 0]);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn f_vector(
        &self,
        max_dimension: usize,
        face_budget: usize,
    ) -> Result<WithinBudget<Vec<usize>>, HypergraphError> {
        let faces = faces::count(
            (0..self.n_edges()).map(|e| self.size(e)),
            max_dimension.saturating_add(1),
        );
        if faces > face_budget {
            return Ok(WithinBudget::TooManyFaces {
                faces,
                budget: face_budget,
            });
        }
        let widest = (0..self.n_edges()).map(|e| self.size(e)).max().unwrap_or(0);
        let top = highest(max_dimension, widest, self.n_nodes())?;
        let listed = faces_up_to(self, (top + 1).min(widest.max(1)));
        let mut counts: Vec<usize> = listed.iter().map(Vec::len).collect();
        let length = max_dimension.saturating_add(1);
        counts.resize(length.min(MAX_LISTED.max(counts.len())), 0);
        Ok(WithinBudget::Result(counts))
    }
}

/// Betti numbers that are 0 because there are no such simplices are not listed beyond this.
const MAX_LISTED: usize = 64;

/// The hypergraph or its dual, which of them it is, and how many faces it has.
pub(super) fn choose(
    h: &Hypergraph,
    side: DowkerSide,
    most: usize,
) -> (Cow<'_, Hypergraph>, DowkerSide, usize) {
    let over_nodes = faces::count((0..h.n_edges()).map(|e| h.size(e)), most);
    let over_edges = faces::count((0..h.n_nodes()).map(|v| h.degree(v)), most);
    let edges = match side {
        DowkerSide::Smaller => over_edges < over_nodes,
        given => given == DowkerSide::Edges,
    };
    if edges {
        (Cow::Owned(h.dual()), DowkerSide::Edges, over_edges)
    } else {
        (Cow::Borrowed(h), DowkerSide::Nodes, over_nodes)
    }
}

/// All faces with up to `top + 2` vertices, sorted by their vertices.
fn unordered(h: &Hypergraph, top: usize) -> Filtration {
    Filtration {
        bits: bits(h.n_nodes()),
        faces: faces_up_to(h, top + 2),
    }
}

/// The faces with 1, 2, .. `most` vertices, each once and sorted.
fn faces_up_to(h: &Hypergraph, most: usize) -> Vec<Vec<Face>> {
    let bits = bits(h.n_nodes());
    let of_count = |count| {
        let mut faces = Vec::new();
        for e in 0..h.n_edges() {
            let edge = h.edge(e);
            for_each_subset(edge, &vec![1.0; edge.len()], bits, count, &mut |face, _| {
                faces.push(face);
            });
        }
        faces.sort_unstable();
        faces.dedup();
        faces
    };
    (1..=most).map(of_count).collect()
}

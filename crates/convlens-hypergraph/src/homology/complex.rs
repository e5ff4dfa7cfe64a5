//! The machinery below: strong collapses, lists of faces, reduction of boundary matrices mod 2.

use std::collections::{BinaryHeap, HashMap};

use crate::structure::hypergraph::Hypergraph;
use crate::structure::restrict::Emptied;

/// The core of a hypergraph, and which nodes and hyperedges of it are left.
///
/// A node is dominated if another is in all of its hyperedges; a hyperedge if another holds all of
/// its nodes. Taking dominated ones away, until there are none, is a strong collapse (Barmak and
/// Minian 2012, "Strong homotopy types, nerves and collapses"): the complex of the core is a
/// subcomplex of the whole and has its homotopy type, so that cycles of the core are cycles of the
/// whole.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) hypergraph: Hypergraph,
    pub(super) nodes: Vec<u32>,
    pub(super) edges: Vec<u32>,
}

impl Core {
    pub(super) fn of(h: &Hypergraph) -> Self {
        let mut core = Core {
            hypergraph: h.clone(),
            nodes: (0..h.n_nodes() as u32).collect(),
            edges: (0..h.n_edges() as u32).collect(),
        };
        // Twice unchanged, once in each direction, is the end.
        let (mut unchanged, mut swapped) = (0, false);
        while unchanged < 2 {
            unchanged = if core.drop_dominated_edges() {
                0
            } else {
                unchanged + 1
            };
            core = core.swapped();
            swapped = !swapped;
        }
        if swapped {
            core = core.swapped();
        }
        core
    }

    /// Nodes and hyperedges change places.
    fn swapped(self) -> Self {
        Core {
            hypergraph: self.hypergraph.into_dual(),
            nodes: self.edges,
            edges: self.nodes,
        }
    }

    /// Whether there were any.
    fn drop_dominated_edges(&mut self) -> bool {
        let h = &self.hypergraph;
        let mut dominated: Vec<bool> = (0..h.n_edges()).map(|e| h.size(e) == 0).collect();
        h.for_each_overlap(1, |a, b, shared| {
            let shared = shared as usize;
            // Of equal ones the first stays.
            if shared == h.size(b as usize) {
                dominated[b as usize] = true;
            } else if shared == h.size(a as usize) {
                dominated[a as usize] = true;
            }
        });
        if !dominated.contains(&true) {
            return false;
        }
        let kept: Vec<u32> = (0..h.n_edges() as u32)
            .filter(|&e| !dominated[e as usize])
            .collect();
        self.hypergraph = h.keep_edges(&kept, Emptied::Keep).hypergraph;
        self.edges = kept.iter().map(|&e| self.edges[e as usize]).collect();
        true
    }
}

/// Vertices of a face in ascending order, the least in the highest bits, `bits(n)` each: faces of
/// one dimension sort like their lists of vertices.
pub(super) type Face = u128;

/// Bits of a vertex.
pub(super) fn bits(n_vertices: usize) -> usize {
    (usize::BITS - n_vertices.saturating_sub(1).leading_zeros()).max(1) as usize
}

/// The vertices of a face.
pub(super) fn vertices(
    face: Face,
    bits: usize,
    count: usize,
) -> impl DoubleEndedIterator<Item = u32> {
    let mask = (1u128 << bits) - 1;
    (0..count).map(move |i| (face >> ((count - 1 - i) * bits) & mask) as u32)
}

/// The face without each of its vertices in turn.
pub(super) fn facets(face: Face, bits: usize, count: usize) -> impl Iterator<Item = Face> {
    (0..count).map(move |i| {
        let low = face & ((1u128 << (i * bits)) - 1);
        // Two shifts: one by all 128 bits would not be one.
        let high = face >> (i * bits) >> bits;
        high << (i * bits) | low
    })
}

/// The number of faces with up to `most` vertices of simplices with `sizes` vertices, each as often
/// as they hold it; `usize::MAX` if there are more.
pub(super) fn count_faces(sizes: impl Iterator<Item = usize>, most: usize) -> usize {
    let of = |m: usize| {
        let mut sum = 0u128;
        let mut binomial = 1u128;
        for k in 1..=most.min(m) {
            let Some(next) = binomial.checked_mul((m - k + 1) as u128) else {
                return usize::MAX;
            };
            binomial = next / k as u128;
            sum = sum.saturating_add(binomial);
        }
        usize::try_from(sum).unwrap_or(usize::MAX)
    };
    sizes.map(of).fold(0, usize::saturating_add)
}

/// Calls `visit` for every subset of exactly `count` of the vertices, as a face, with the least of
/// the weights of its vertices.
pub(super) fn for_each_subset(
    edge: &[u32],
    weights: &[f64],
    bits: usize,
    count: usize,
    visit: &mut impl FnMut(Face, f64),
) {
    fn go(
        rest: (&[u32], &[f64]),
        bits: usize,
        missing: usize,
        face: (Face, f64),
        visit: &mut impl FnMut(Face, f64),
    ) {
        if missing == 0 {
            return visit(face.0, face.1);
        }
        for i in 0..=(rest.0.len() - missing) {
            let next = (
                face.0 << bits | Face::from(rest.0[i]),
                face.1.min(rest.1[i]),
            );
            go(
                (&rest.0[i + 1..], &rest.1[i + 1..]),
                bits,
                missing - 1,
                next,
                visit,
            );
        }
    }
    if count <= edge.len() {
        go((edge, weights), bits, count, (0, f64::INFINITY), visit);
    }
}

/// The faces of each dimension, in the order in which they enter the complex.
pub(super) struct Filtration {
    pub(super) bits: usize,
    pub(super) faces: Vec<Vec<Face>>,
}

/// What the reduction finds in each dimension k.
#[derive(Debug, Default)]
pub(super) struct Classes {
    /// Pairs (face of dimension k, face of dimension k + 1): the class that the first makes ends
    /// with the second.
    pub(super) pairs: Vec<(u32, u32)>,
    /// Faces of dimension k whose class never ends.
    pub(super) essential: Vec<u32>,
    /// For each of `essential` the faces of a cycle, if asked for.
    pub(super) cycles: Vec<Vec<u32>>,
}

impl Filtration {
    /// The vertices of a face.
    pub(super) fn vertices(&self, dimension: usize, index: u32) -> Vec<u32> {
        let face = self.faces[dimension][index as usize];
        vertices(face, self.bits, dimension + 1).collect()
    }

    /// Pairs and essential classes of dimensions 0 to one less than the highest of `faces`, by the
    /// standard reduction with clearing, from the top down (Chen and Kerber 2011, "Persistent
    /// homology computation with a twist"): a face that ends a class needs no column of its own,
    /// since it makes none.
    pub(super) fn classes(&self, cycles: bool) -> Vec<Classes> {
        let top = self.faces.len() - 1;
        let mut classes: Vec<Classes> = (0..top).map(|_| Classes::default()).collect();
        // Faces of dimension k that are pivots of columns of dimension k + 1.
        let mut cleared: Vec<bool> = vec![false; self.faces[top].len()];
        for dimension in (0..=top).rev() {
            let reduced = self.reduce(dimension, &cleared, cycles && dimension < top);
            if dimension < top {
                let found = &mut classes[dimension];
                for (index, cycle) in reduced.zero {
                    found.essential.push(index);
                    found.cycles.extend(cycle);
                }
            }
            if dimension > 0 {
                let mut next = vec![false; self.faces[dimension - 1].len()];
                for &(row, column) in &reduced.pairs {
                    next[row as usize] = true;
                    classes[dimension - 1].pairs.push((row, column));
                }
                cleared = next;
            }
        }
        for class in &mut classes {
            class.pairs.sort_unstable();
        }
        classes
    }

    /// Reduces the columns of one dimension but for the cleared ones.
    fn reduce(&self, dimension: usize, cleared: &[bool], cycles: bool) -> Reduced {
        let faces = &self.faces[dimension];
        let mut reduced = Reduced::default();
        let left = (0..faces.len() as u32).filter(|&j| !cleared[j as usize]);
        if dimension == 0 {
            reduced.zero = left.map(|j| (j, cycles.then(|| vec![j]))).collect();
            return reduced;
        }
        let rows: HashMap<Face, u32> = self.faces[dimension - 1].iter().copied().zip(0..).collect();
        let mut owner: HashMap<u32, usize> = HashMap::new();
        let mut columns: Vec<Vec<u32>> = Vec::new();
        let mut sources: Vec<Vec<u32>> = Vec::new();
        for j in left {
            let boundary = facets(faces[j as usize], self.bits, dimension + 1);
            let mut column = Column::new(boundary.map(|facet| rows[&facet]));
            let mut source = Column::new(cycles.then_some(j).into_iter());
            let pivot = loop {
                let Some(pivot) = column.pivot() else {
                    break None;
                };
                let Some(&at) = owner.get(&pivot) else {
                    break Some(pivot);
                };
                column.add(&columns[at]);
                if cycles {
                    source.add(&sources[at]);
                }
            };
            match pivot {
                Some(pivot) => {
                    owner.insert(pivot, columns.len());
                    columns.push(column.into_sorted());
                    sources.push(source.into_sorted());
                    reduced.pairs.push((pivot, j));
                }
                None => reduced.zero.push((j, cycles.then(|| source.into_sorted()))),
            }
        }
        reduced
    }
}

#[derive(Default)]
struct Reduced {
    pairs: Vec<(u32, u32)>,
    /// Columns that vanish, and the faces whose boundaries add up to nothing.
    zero: Vec<(u32, Option<Vec<u32>>)>,
}

/// A column mod 2 as a heap in which an entry that is there twice is not there.
struct Column(BinaryHeap<u32>);

impl Column {
    fn new(entries: impl Iterator<Item = u32>) -> Self {
        Self(entries.collect())
    }

    fn add(&mut self, entries: &[u32]) {
        self.0.extend(entries);
    }

    /// The last entry, which stays.
    fn pivot(&mut self) -> Option<u32> {
        loop {
            let top = self.0.pop()?;
            if self.0.peek() == Some(&top) {
                self.0.pop();
            } else {
                self.0.push(top);
                return Some(top);
            }
        }
    }

    fn into_sorted(mut self) -> Vec<u32> {
        let mut entries = Vec::new();
        while let Some(entry) = self.pivot() {
            self.0.pop();
            entries.push(entry);
        }
        entries.reverse();
        entries
    }
}

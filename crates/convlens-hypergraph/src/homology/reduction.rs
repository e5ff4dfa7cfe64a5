//! Column reduction of boundary matrices mod 2.

use std::collections::HashMap;

use super::faces::{Face, facets, vertices};

/// The faces of each dimension, in the order in which they enter the complex.
pub(super) struct Filtration {
    pub(super) bits: usize,
    pub(super) faces: Vec<Vec<Face>>,
}

/// What the reduction finds in each dimension k.
#[derive(Debug, Default)]
pub(super) struct Classes {
    /// Pairs (face of dimension k, face of dimension k + 1): the class that the first makes ends with
    /// the second.
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
    /// standard reduction with clearing, from the top down (Chen and Kerber 2011, "Persistent homology
    /// computation with a twist"): a face that ends a class needs no column of its own, since it makes
    /// none.
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
struct Column(std::collections::BinaryHeap<u32>);

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

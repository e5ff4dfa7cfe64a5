//! Breadth-first search, level by level.

use super::SWalks;
use super::bits::{BitMatrix, for_each};

/// What a search leaves behind, to be used again by the next.
#[derive(Debug, Clone, Default)]
pub(super) struct Search {
    /// Vertices in the order of their distance.
    pub(super) order: Vec<u32>,
    /// Where in `order` each level begins, and the end of the last.
    pub(super) starts: Vec<usize>,
    /// Distance of each vertex; [`FAR`] if not reached.
    pub(super) distance: Vec<u32>,
    /// Each level as bits, where the graph has them.
    pub(super) levels: Vec<Vec<u64>>,
}

pub(super) const FAR: u32 = u32::MAX;

impl Search {
    pub(super) fn of(walks: &SWalks) -> Self {
        Self {
            distance: vec![FAR; walks.n_edges()],
            ..Self::default()
        }
    }

    /// The number of levels, that of the source included.
    pub(super) fn n_levels(&self) -> usize {
        self.starts.len() - 1
    }

    pub(super) fn level(&self, level: usize) -> &[u32] {
        &self.order[self.starts[level]..self.starts[level + 1]]
    }

    /// Searches from one vertex.
    pub(super) fn run(&mut self, walks: &SWalks, source: u32) {
        for v in self.order.drain(..) {
            self.distance[v as usize] = FAR;
        }
        self.starts.clear();
        self.starts.extend([0, 1]);
        self.order.push(source);
        self.distance[source as usize] = 0;
        match &walks.bits {
            Some(bits) => self.by_words(bits, source),
            None => self.by_lists(walks),
        }
    }

    fn by_lists(&mut self, walks: &SWalks) {
        let mut from = 0;
        while from < self.order.len() {
            let (to, next) = (self.order.len(), self.n_levels() as u32);
            for at in from..to {
                for &w in walks.neighbours(self.order[at] as usize) {
                    if self.distance[w as usize] == FAR {
                        self.distance[w as usize] = next;
                        self.order.push(w);
                    }
                }
            }
            if self.order.len() > to {
                self.starts.push(self.order.len());
            }
            from = to;
        }
    }

    fn by_words(&mut self, bits: &BitMatrix, source: u32) {
        let n = self.distance.len();
        let words = bits.words();
        let mut unseen = vec![u64::MAX; words];
        if !n.is_multiple_of(64) {
            unseen[words - 1] = (1 << (n % 64)) - 1;
        }
        unseen[source as usize / 64] &= !(1 << (source % 64));
        self.levels.resize_with(1, Vec::new);
        self.levels[0].clear();
        self.levels[0].resize(words, 0);
        self.levels[0][source as usize / 64] |= 1 << (source % 64);
        loop {
            let mut reached = vec![0u64; words];
            for &v in self.level(self.n_levels() - 1) {
                for (reached, row) in reached.iter_mut().zip(bits.row(v as usize)) {
                    *reached |= row;
                }
            }
            for (reached, unseen) in reached.iter_mut().zip(&mut unseen) {
                *reached &= *unseen;
                *unseen &= !*reached;
            }
            let before = self.order.len();
            let next = self.n_levels() as u32;
            for_each(&reached, |v| {
                self.distance[v as usize] = next;
                self.order.push(v);
            });
            if self.order.len() == before {
                return;
            }
            self.starts.push(self.order.len());
            self.levels.push(reached);
        }
    }
}

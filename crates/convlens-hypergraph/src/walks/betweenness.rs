//! s-betweenness.

use super::SWalks;
use super::search::Search;
use crate::parallel::map_indexed;

/// In which units betweenness is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum BetweennessScale {
    /// Times `2 / ((n - 1)(n - 2))` for n hyperedges, those of all components counted: the share of
    /// pairs. As HyperNetX by default.
    #[default]
    Share,
    /// The plain sum over unordered pairs.
    Pairs,
}

/// Sources are summed in so many parts, whatever the number of threads: the order of additions, and
/// with it every bit, is fixed.
const PARTS: usize = 64;

impl SWalks {
    /// The s-betweenness of each hyperedge e (Freeman 1977 on the s-line graph; Aksoy et al. 2020):
    ///
    /// ```text
    /// b(e) = sum over unordered pairs {f, g}, both other than e, of sigma_fg(e) / sigma_fg,
    /// ```
    ///
    /// with `sigma_fg` the number of shortest s-walks from f to g and `sigma_fg(e)` those through e.
    /// Pairs that no s-walk joins add nothing. With two hyperedges or fewer all values are 0.
    ///
    /// # Complexity
    ///
    /// O(V E) for V hyperedges and E pairs of neighbours (Brandes 2001), sources in parallel. Where more
    /// than about one pair in 32 are neighbours, neighbours are bits and a step takes 64 of them.
    pub fn betweenness(&self, scale: BetweennessScale) -> Vec<f64> {
        let n = self.n_edges();
        let part = n.div_ceil(PARTS).max(1);
        let sums = map_indexed(
            n.div_ceil(part),
            || Brandes::of(self),
            |brandes, p| {
                let mut sum = vec![0.0; n];
                for source in p * part..n.min((p + 1) * part) {
                    brandes.add(self, source as u32, &mut sum);
                }
                sum
            },
        );
        // Each pair was seen from both ends.
        let factor = match scale {
            BetweennessScale::Pairs => 0.5,
            BetweennessScale::Share if n > 2 => 1.0 / ((n - 1) as f64 * (n - 2) as f64),
            BetweennessScale::Share => 0.0,
        };
        let mut total = vec![0.0; n];
        for sum in sums {
            for (total, one) in total.iter_mut().zip(sum) {
                *total += one;
            }
        }
        total.iter_mut().for_each(|b| *b *= factor);
        total
    }
}

/// The accumulation of Brandes 2001, "A faster algorithm for betweenness centrality".
struct Brandes {
    search: Search,
    /// Number of shortest paths from the source.
    paths: Vec<f64>,
    /// `(1 + dependency) / paths`: what a vertex hands back over each path that leads to it.
    share: Vec<f64>,
}

impl Brandes {
    fn of(walks: &SWalks) -> Self {
        Self {
            search: Search::of(walks),
            paths: vec![0.0; walks.n_edges()],
            share: vec![0.0; walks.n_edges()],
        }
    }

    fn add(&mut self, walks: &SWalks, source: u32, sum: &mut [f64]) {
        self.search.run(walks, source);
        let levels = self.search.n_levels();
        self.paths[source as usize] = 1.0;
        for level in 1..levels {
            for &w in self.search.level(level) {
                self.paths[w as usize] = self.paths_to(walks, w as usize, level);
            }
        }
        for level in (1..levels).rev() {
            for &v in self.search.level(level) {
                let v = v as usize;
                let dependency = self.paths[v] * self.shares_from(walks, v, level);
                sum[v] += dependency;
                self.share[v] = (1.0 + dependency) / self.paths[v];
            }
        }
    }

    /// The paths to the neighbours one level nearer to the source.
    fn paths_to(&self, walks: &SWalks, vertex: usize, level: usize) -> f64 {
        match (&walks.bits, level) {
            (_, 1) => 1.0,
            (Some(bits), 2) => f64::from(bits.count(vertex, &self.search.levels[1])),
            (Some(bits), _) => bits.sum(vertex, &self.search.levels[level - 1], &self.paths),
            (None, _) => self.sum_at(walks, vertex, level - 1, &self.paths),
        }
    }

    /// What the neighbours one level further hand back.
    fn shares_from(&self, walks: &SWalks, vertex: usize, level: usize) -> f64 {
        if level + 1 == self.search.n_levels() {
            return 0.0;
        }
        match &walks.bits {
            Some(bits) => bits.sum(vertex, &self.search.levels[level + 1], &self.share),
            None => self.sum_at(walks, vertex, level + 1, &self.share),
        }
    }

    fn sum_at(&self, walks: &SWalks, vertex: usize, level: usize, values: &[f64]) -> f64 {
        let neighbours = walks.neighbours(vertex).iter().map(|&w| w as usize);
        neighbours
            .filter(|&w| self.search.distance[w] == level as u32)
            .map(|w| values[w])
            .sum()
    }
}

//! Simplicial homology mod 2 of the complex that the hyperedges span, and its persistence over a
//! threshold on the incidences.
//!
//! [`Hypergraph::homology`] gives Betti numbers and cycles, [`Hypergraph::persistence`] barcodes,
//! [`Hypergraph::f_vector`] the number of simplices of each dimension. All of them list faces, so
//! [`Options::face_budget`] bounds the work, and what lies beyond it is an [`Outcome`].
//!
//! ```
//! use convlens_hypergraph::{Hypergraph, homology};
//!
//! // Four hyperedges in a ring: one piece, one hole.
//! let h = Hypergraph::from_edges(8, &[[0, 1, 2], [2, 3, 4], [4, 5, 6], [6, 7, 0]])?;
//! let found = h.homology(&homology::Options::default())?;
//! assert_eq!(found.value().map(|homology| &homology.betti[..]), Some(&[1, 1, 0][..]));
//! # Ok::<(), convlens_hypergraph::HypergraphError>(())
//! ```

mod complex;

use std::borrow::Cow;
use std::fmt;

use self::complex::{Core, Face, Filtration, bits, count_faces, for_each_subset};
use crate::checks::check_finite_weights;
use crate::error::HypergraphError;
use crate::structure::hypergraph::Hypergraph;

/// Over which of the two dual complexes homology is computed. Their homology is the same (Dowker
/// 1952, "Homology groups of relations"), and so is their persistence (Chowdhury and Mémoli 2018).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum DowkerSide {
    /// The one with fewer faces. The result says which it was.
    #[default]
    Smaller,
    /// Vertices are nodes; every hyperedge and each of its subsets is a simplex.
    Nodes,
    /// Vertices are hyperedges; those that share a node are a simplex.
    Edges,
}

/// What to compute, and how much it may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Options {
    /// The highest dimension to compute. Default 2. Faces up to one dimension more are listed.
    pub max_dimension: usize,
    /// The most faces that may be listed, each as often as hyperedges hold it. Default 20 million.
    /// A face takes 16 bytes, 32 for persistence, and its row and column some 50 more.
    pub face_budget: usize,
    /// Over nodes or over hyperedges. Default: whichever has fewer faces.
    pub side: DowkerSide,
    /// Whether to return cycles that represent the classes. Default `false`: they cost memory. For
    /// [`Hypergraph::homology`](crate::Hypergraph::homology); barcodes have none.
    pub cycles: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_dimension: 2,
            face_budget: 20_000_000,
            side: DowkerSide::Smaller,
            cycles: false,
        }
    }
}

impl Options {
    /// Sets the highest dimension.
    #[must_use]
    pub fn max_dimension(self, max_dimension: usize) -> Self {
        Self {
            max_dimension,
            ..self
        }
    }

    /// Sets how many faces may be listed.
    #[must_use]
    pub fn face_budget(self, face_budget: usize) -> Self {
        Self {
            face_budget,
            ..self
        }
    }

    /// Sets which of the dual complexes to use.
    #[must_use]
    pub fn side(self, side: DowkerSide) -> Self {
        Self { side, ..self }
    }

    /// Sets whether to return cycles.
    #[must_use]
    pub fn cycles(self, cycles: bool) -> Self {
        Self { cycles, ..self }
    }
}

/// What was computed, or how far beyond the budget it lies.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Outcome<T> {
    /// The result.
    Computed(T),
    /// It would take more faces than the budget allows. None was listed. Lower the dimension, or
    /// raise the budget.
    TooManyFaces {
        /// Faces up to the dimension needed, each as often as hyperedges hold it; `usize::MAX` if
        /// there are more than that.
        faces: usize,
        /// The budget.
        budget: usize,
    },
}

impl<T> Outcome<T> {
    /// The result, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Computed(value) => Some(value),
            Self::TooManyFaces { .. } => None,
        }
    }

    /// As [`value`](Self::value), by value.
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Computed(value) => Some(value),
            Self::TooManyFaces { .. } => None,
        }
    }
}

impl<T: fmt::Display> fmt::Display for Outcome<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Computed(value) => value.fmt(f),
            Self::TooManyFaces { faces, budget } => write!(
                f,
                "not computed: it takes {faces} faces, and the budget is {budget}; lower the \
                 dimension or raise the budget"
            ),
        }
    }
}

/// The highest dimension to look at, in which faces of `widest` vertices or fewer may lie, if those
/// that must be listed fit in the 128 bits that name one.
fn highest(
    max_dimension: usize,
    widest: usize,
    n_vertices: usize,
) -> Result<usize, HypergraphError> {
    let top = max_dimension.min(widest.saturating_sub(1));
    let most = 128 / bits(n_vertices);
    // The classes of one dimension end with simplices of the next, which have two vertices more.
    if (top + 2).min(widest) > most {
        return Err(HypergraphError::DimensionTooHigh {
            max_dimension,
            n_vertices,
            most: most - 2,
        });
    }
    Ok(top)
}

/// A cycle: simplices whose boundaries add up to nothing mod 2, each by its vertices, ascending.
pub type Cycle = Vec<Vec<u32>>;

/// Homology mod 2 up to some dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Homology {
    /// The Betti numbers of dimensions 0, 1, .. up to the highest asked for: components, loops,
    /// voids.
    pub betti: Vec<usize>,
    /// For each dimension as many cycles as its Betti number, none of them a boundary, nor any sum
    /// of them; empty lists if they were not asked for.
    pub cycles: Vec<Vec<Cycle>>,
    /// Whether vertices of the cycles are nodes or hyperedges.
    pub side: DowkerSide,
    /// The number of faces of each dimension that were left after the collapse.
    pub faces: Vec<usize>,
    /// Whether all homology above the highest dimension is known to vanish.
    pub complete: bool,
}

impl fmt::Display for Homology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.betti.iter().map(usize::to_string).collect();
        write!(
            f,
            "Betti numbers {} (dimension 0 first)",
            numbers.join(", ")
        )
    }
}

impl Homology {
    /// The Euler characteristic, the alternating sum of the Betti numbers; `None` unless all of
    /// them are known.
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
    /// Isolated nodes and empty hyperedges are not in the complex. The complex without simplices
    /// has Betti numbers 0.
    ///
    /// # Errors
    ///
    /// [`DimensionTooHigh`](HypergraphError::DimensionTooHigh) if simplices of the dimension do not
    /// fit in 128 bits. Too many faces are an outcome: [`Outcome::TooManyFaces`].
    ///
    /// # Complexity
    ///
    /// A collapse O(sum of squared degrees and of squared sizes), a few times over; then the faces
    /// of the core, at worst cubed, mostly little more than linear.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{Hypergraph, homology::{self, DowkerSide}};
    ///
    /// // Three classes that share inputs pairwise, but never all three: a loop.
    /// let h = Hypergraph::from_edges(6, &[vec![0, 1, 2], vec![2, 3, 4], vec![4, 5, 0]])?;
    /// let options = homology::Options::default().side(DowkerSide::Edges).cycles(true);
    /// let homology = h.homology(&options)?.into_value().unwrap();
    /// assert_eq!(homology.betti, [1, 1, 0]);
    /// // The witness, by the hyperedges that go round: the classes.
    /// assert_eq!(homology.cycles[1], [[vec![0, 1], vec![0, 2], vec![1, 2]]]);
    /// assert_eq!(homology.euler_characteristic(), Some(0));
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    #[doc(alias = "betti numbers")]
    pub fn homology(&self, options: &Options) -> Result<Outcome<Homology>, HypergraphError> {
        let core = Core::of(self);
        let most = options.max_dimension.saturating_add(2);
        let (h, side, count) = choose(&core.hypergraph, options.side, most);
        if count > options.face_budget {
            return Ok(Outcome::TooManyFaces {
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
        Ok(Outcome::Computed(Homology {
            betti,
            cycles,
            side,
            faces: filtration.faces.iter().map(Vec::len).collect(),
            complete: widest <= options.max_dimension.saturating_add(1),
        }))
    }
}

impl Hypergraph {
    /// The number of simplices of dimensions 0, 1, .. `max_dimension` in the complex that the
    /// hyperedges span.
    ///
    /// # Errors
    ///
    /// [`DimensionTooHigh`](HypergraphError::DimensionTooHigh) as for [`homology`](Self::homology).
    /// More faces than `face_budget`, each counted as often as hyperedges hold it, are an outcome.
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
    /// assert_eq!(h.f_vector(3, 1000)?.into_value().unwrap(), [4, 5, 2, 0]);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn f_vector(
        &self,
        max_dimension: usize,
        face_budget: usize,
    ) -> Result<Outcome<Vec<usize>>, HypergraphError> {
        let faces = count_faces(
            (0..self.n_edges()).map(|e| self.size(e)),
            max_dimension.saturating_add(1),
        );
        if faces > face_budget {
            return Ok(Outcome::TooManyFaces {
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
        Ok(Outcome::Computed(counts))
    }
}

/// Betti numbers that are 0 because there are no such simplices are not listed beyond this.
const MAX_LISTED: usize = 64;

/// The hypergraph or its dual, which of them it is, and how many faces it has.
fn choose(
    h: &Hypergraph,
    side: DowkerSide,
    most: usize,
) -> (Cow<'_, Hypergraph>, DowkerSide, usize) {
    let over_nodes = count_faces((0..h.n_edges()).map(|e| h.size(e)), most);
    let over_edges = count_faces((0..h.n_nodes()).map(|v| h.degree(v)), most);
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

impl Hypergraph {
    /// Persistent homology mod 2 over a threshold on the incidences.
    ///
    /// At threshold t, the complex holds a set of nodes if some hyperedge holds all of them with
    /// weights of at least t: as t falls from above, simplices enter and never leave. The value of
    /// a simplex is the highest such t,
    ///
    /// ```text
    /// max over hyperedges e that hold it of min over its nodes v of weight(v, e).
    /// ```
    ///
    /// # Conventions
    ///
    /// `weights` has one number for each incidence, in the order of
    /// [`incidences`](Self::incidences).
    ///
    /// # Errors
    ///
    /// [`LengthMismatch`](HypergraphError::LengthMismatch) if there is not one weight for each
    /// incidence, [`NonFiniteWeight`](HypergraphError::NonFiniteWeight) for NaN or infinity,
    /// [`DimensionTooHigh`](HypergraphError::DimensionTooHigh) as for [`homology`](Self::homology).
    ///
    /// # Complexity
    ///
    /// The faces of all hyperedges, at worst cubed, mostly little more than linear.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{Hypergraph, homology};
    ///
    /// // A triangle whose three sides come at 3, 2 and 1, filled at 0.5.
    /// let edges = [vec![0, 1], vec![1, 2], vec![0, 2], vec![0, 1, 2]];
    /// let h = Hypergraph::from_edges(3, &edges)?;
    /// let weights = [3.0, 3.0, 2.0, 2.0, 1.0, 1.0, 0.5, 0.5, 0.5];
    /// let barcode = h.persistence(&weights, &homology::Options::default())?.into_value().unwrap();
    /// assert_eq!(barcode.bars[0].len(), 1); // vertices come with their sides
    /// assert_eq!((barcode.bars[1][0].birth, barcode.bars[1][0].death), (1.0, Some(0.5)));
    /// assert_eq!(barcode.betti(0.7), [1, 1, 0]);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    #[doc(alias = "persistent homology")]
    #[doc(alias = "persistence diagram")]
    #[doc(alias = "barcode")]
    pub fn persistence(
        &self,
        weights: &[f64],
        options: &Options,
    ) -> Result<Outcome<Barcode>, HypergraphError> {
        check_finite_weights(
            "incidence",
            "incidence weights",
            weights,
            self.n_incidences(),
        )?;
        let most = options.max_dimension.saturating_add(2);
        let (h, side, count) = choose(self, options.side, most);
        if count > options.face_budget {
            return Ok(Outcome::TooManyFaces {
                faces: count,
                budget: options.face_budget,
            });
        }
        let widest = (0..h.n_edges()).map(|e| h.size(e)).max().unwrap_or(0);
        let top = highest(options.max_dimension, widest, h.n_nodes())?;
        let weights = match side {
            DowkerSide::Edges => self.dual_weights(weights),
            _ => weights.to_vec(),
        };
        let (filtration, values) = by_value(&h, &weights, top);
        let mut bars: Vec<Vec<Bar>> = filtration
            .classes(false)
            .iter()
            .enumerate()
            .map(|(k, classes)| {
                let birth = |face: u32| values[k][face as usize];
                let ends = |&(face, end): &(u32, u32)| Bar {
                    birth: birth(face),
                    death: Some(values[k + 1][end as usize]),
                };
                let lasts = |&face: &u32| Bar {
                    birth: birth(face),
                    death: None,
                };
                let mut bars: Vec<Bar> = classes.pairs.iter().map(ends).collect();
                bars.retain(|bar| bar.length() != Some(0.0));
                bars.extend(classes.essential.iter().map(lasts));
                let death = |bar: &Bar| bar.death.unwrap_or(f64::NEG_INFINITY);
                bars.sort_by(|a, b| {
                    let by_birth = b.birth.total_cmp(&a.birth);
                    by_birth.then(death(a).total_cmp(&death(b)))
                });
                bars
            })
            .collect();
        bars.resize(
            options
                .max_dimension
                .saturating_add(1)
                .min(MAX_LISTED.max(bars.len())),
            Vec::new(),
        );
        Ok(Outcome::Computed(Barcode {
            bars,
            side,
            faces: filtration.faces.iter().map(Vec::len).collect(),
        }))
    }
}

/// All faces with up to `top + 2` vertices and their values, the highest first.
fn by_value(h: &Hypergraph, weights: &[f64], top: usize) -> (Filtration, Vec<Vec<f64>>) {
    let bits = bits(h.n_nodes());
    let (faces, values) = (1..=top + 2)
        .map(|count| {
            let mut found: Vec<(Face, f64)> = Vec::new();
            let mut begin = 0;
            for e in 0..h.n_edges() {
                let edge = h.edge(e);
                let weights = &weights[begin..begin + edge.len()];
                begin += edge.len();
                for_each_subset(edge, weights, bits, count, &mut |face, value| {
                    found.push((face, value));
                });
            }
            found.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
            found.dedup_by_key(|(face, _)| *face);
            found.sort_by(|a, b| b.1.total_cmp(&a.1));
            found.into_iter().unzip()
        })
        .unzip();
    (Filtration { bits, faces }, values)
}

/// A homology class, and the range of falling thresholds at which it exists.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Bar {
    /// The highest threshold at which the class exists.
    pub birth: f64,
    /// The highest threshold at which it no longer exists; `None` if it lasts to the lowest.
    pub death: Option<f64>,
}

impl Bar {
    /// How long it lasts: `birth - death`, at most the largest `f64`; `None` if it never ends.
    pub fn length(&self) -> Option<f64> {
        self.death.map(|death| (self.birth - death).min(f64::MAX))
    }

    /// Whether it exists at a threshold.
    pub fn contains(&self, threshold: f64) -> bool {
        threshold <= self.birth && self.death.is_none_or(|death| threshold > death)
    }
}

/// The persistent homology of a hypergraph over a threshold on its incidences.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Barcode {
    /// The bars of dimensions 0, 1, .. up to the highest asked for, by birth, then death, both
    /// falling; endless bars before others of the same birth. Bars of length 0 are left out.
    pub bars: Vec<Vec<Bar>>,
    /// Over which of the dual complexes it was computed; both have the same bars.
    pub side: DowkerSide,
    /// The number of faces of each dimension.
    pub faces: Vec<usize>,
}

impl fmt::Display for Barcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.bars.iter().map(|b| b.len().to_string()).collect();
        write!(f, "{} bars (dimension 0 first)", numbers.join(", "))
    }
}

impl Barcode {
    /// The Betti numbers at one threshold: those of the hypergraph without the incidences below it.
    ///
    /// # Complexity
    ///
    /// O(bars).
    pub fn betti(&self, threshold: f64) -> Vec<usize> {
        let there = |bars: &Vec<Bar>| bars.iter().filter(|bar| bar.contains(threshold)).count();
        self.bars.iter().map(there).collect()
    }
}

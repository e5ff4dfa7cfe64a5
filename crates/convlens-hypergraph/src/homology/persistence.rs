//! Persistence over the incidence threshold.

use super::barcode::{Bar, Barcode};
use super::betti::choose;
use super::faces::{Face, bits, for_each_subset};
use super::reduction::Filtration;
use super::{DowkerSide, HomologyOptions, WithinBudget, highest};
use crate::weights::check_finite_weights;
use crate::{Hypergraph, HypergraphError};

impl Hypergraph {
    /// Persistent homology mod 2 over a threshold on the incidences.
    ///
    /// At threshold t, the complex holds a set of nodes if some hyperedge holds all of them with
    /// weights of at least t: as t falls from above, simplices enter and never leave. The value of a
    /// simplex is the highest such t,
    ///
    /// ```text
    /// max over hyperedges e that hold it of min over its nodes v of weight(v, e).
    /// ```
    ///
    /// # Conventions
    ///
    /// `weights` has one number for each incidence, in the order of [`incidences`](Self::incidences).
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
    /// use convlens_hypergraph::{HomologyOptions, Hypergraph};
    ///
    /// // A triangle whose three sides come at 3, 2 and 1, filled at 0.5.
    /// let edges = [vec![0, 1], vec![1, 2], vec![0, 2], vec![0, 1, 2]];
    /// let h = Hypergraph::from_edges(3, &edges)?;
    /// let weights = [3.0, 3.0, 2.0, 2.0, 1.0, 1.0, 0.5, 0.5, 0.5];
    /// let barcode = h.persistence(&weights, &HomologyOptions::default())?.result().unwrap();
    /// assert_eq!(barcode.bars[0].len(), 1); // vertices come with their sides
    /// assert_eq!((barcode.bars[1][0].birth, barcode.bars[1][0].death), (1.0, Some(0.5)));
    /// assert_eq!(barcode.betti(0.7), [1, 1, 0]);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn persistence(
        &self,
        weights: &[f64],
        options: &HomologyOptions,
    ) -> Result<WithinBudget<Barcode>, HypergraphError> {
        check_finite_weights(
            "incidence",
            "incidence weights",
            weights,
            self.n_incidences(),
        )?;
        let most = options.max_dimension.saturating_add(2);
        let (h, side, count) = choose(self, options.side, most);
        if count > options.face_budget {
            return Ok(WithinBudget::TooManyFaces {
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
                .min(64.max(bars.len())),
            Vec::new(),
        );
        Ok(WithinBudget::Result(Barcode {
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

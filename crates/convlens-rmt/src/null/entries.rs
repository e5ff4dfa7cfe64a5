//! Whether the entries of a matrix allow the Tracy-Widom law at its edge.

use std::f64::consts::PI;

use super::randomise::NullModel;
use super::traps::CorrelationTraps;

/// The probability under which evidence against the law counts, for each kind of it.
const LEVEL: f64 = 0.01;

/// The tails of the entries of one matrix, less their mean.
///
/// The largest eigenvalue of a matrix of independent entries follows the Tracy-Widom law if and only if
/// `s^4 P(|w| > s)` tends to 0 (Lee and Yin 2014, "A necessary and sufficient condition for edge universality of Wigner
/// matrices", for Wishart matrices Ding and Yang 2018): nearly, if there is a fourth moment. One entry `w` is a direction of
/// singular value `|w|`, and shows as a spike from the BBP threshold `sigma (N M)^(1/4)` on, which Gaussian entries do not reach.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct EntryTails {
    /// `mean w^4 / (mean w^2)^2`: 3 for a Gaussian. `None` if all entries are equal.
    pub kurtosis: Option<f64>,
    /// Its standard deviation over samples of as many Gaussian entries, `sqrt(24 / count)`.
    pub kurtosis_deviation: f64,
    /// The share of the largest entry in the sum of fourth powers: does not fall with the size of the matrix where there is
    /// no fourth moment.
    pub largest_share: f64,
    /// The largest entry over `sigma (N M)^(1/4)`: from 1 on it is a spike by itself.
    pub largest_strength: f64,
    /// An upper bound of the probability of an entry as large among as many Gaussian ones,
    /// `count sqrt(2 / pi) exp(-x^2 / 2) / x`.
    pub largest_p_value: f64,
}

/// Whether the Tracy-Widom law can be relied on at the edge of this matrix.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum EdgeLaw {
    /// Nothing speaks against it.
    TracyWidom,
    /// The fourth moment is suspect: eigenvalues past the edge may be nothing but large entries, and false-alarm rates do
    /// not hold. Compare with the permutation null
    /// ([`NullSpectra::largest_quantile`](crate::NullSpectra::largest_quantile)).
    FourthMomentSuspect {
        /// The largest entry is a spike by itself, and no Gaussian sample has one so large.
        largest_entry: bool,
        /// The permuted matrices pass the edge more often than their rate allows.
        permuted_edge: bool,
    },
}

impl NullModel {
    /// The tails of the entries.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{EdgeLaw, NullKind, NullModel};
    ///
    /// let mut weights = vec![0.1, -0.1, 0.05, -0.05];
    /// weights.extend_from_slice(&weights.clone().repeat(24));
    /// weights[17] = 5.0;
    /// let tails = NullModel::new(&weights, 10, 10, NullKind::Permutation)?.entry_tails();
    /// assert!(tails.kurtosis.expect("they differ") > 50.0);
    /// assert!(matches!(tails.edge_law(None), EdgeLaw::FourthMomentSuspect { largest_entry: true, .. }));
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    #[must_use]
    pub fn entry_tails(&self) -> EntryTails {
        let count = self.centred().len() as f64;
        let largest = self.centred().iter().fold(0.0_f64, |a, w| a.max(w.abs()));
        // In units of the largest entry: no power of it overflows or vanishes.
        let unit = |w: f64| if largest > 0.0 { w / largest } else { 0.0 };
        let squares = self.centred().iter().map(|&w| unit(w).powi(2)).sum::<f64>();
        let fourths = self.centred().iter().map(|&w| unit(w).powi(4)).sum::<f64>();
        let x = if squares > 0.0 {
            (count / squares).sqrt()
        } else {
            0.0
        };
        let bound = count * (2.0 / PI).sqrt() * (-0.5 * x * x).exp() / x;
        EntryTails {
            kurtosis: Some(fourths * count / (squares * squares)).filter(|k| k.is_finite()),
            kurtosis_deviation: (24.0 / count).sqrt(),
            largest_share: if fourths > 0.0 { 1.0 / fourths } else { 0.0 },
            largest_strength: x / count.powf(0.25),
            largest_p_value: bound.min(1.0),
        }
    }
}

impl EntryTails {
    /// The verdict, from these tails and, where they are known, the traps of the permutation null: each kind of evidence
    /// counts at 1%.
    #[must_use]
    pub fn edge_law(&self, permuted: Option<&CorrelationTraps>) -> EdgeLaw {
        let largest_entry = self.largest_strength >= 1.0 && self.largest_p_value <= LEVEL;
        let permuted_edge = permuted.is_some_and(|traps| traps.p_value <= LEVEL);
        if largest_entry || permuted_edge {
            EdgeLaw::FourthMomentSuspect {
                largest_entry,
                permuted_edge,
            }
        } else {
            EdgeLaw::TracyWidom
        }
    }
}

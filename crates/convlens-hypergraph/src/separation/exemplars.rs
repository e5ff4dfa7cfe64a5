//! The inputs that stand for a feature.

use std::cmp::Ordering;

use super::table::{Sign, SignalPositions, SignalTable};
use crate::checks::check_length;
use crate::error::HypergraphError;

/// One input that stands for a feature.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Exemplar {
    /// The input.
    pub input: u32,
    /// Its aggregated signal.
    pub signal: f64,
    /// Where on the layer's grid that signal is, if positions were given.
    pub position: Option<Vec<u32>>,
}

/// At which ends of a feature's signal to look for exemplars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ExemplarEnds {
    /// The largest signals: for a table with a column for each sign of a direction, in which the
    /// other column has the other sign's exemplars.
    #[default]
    Highest,
    /// The largest and the smallest: for a table with one column for each direction.
    Both,
}

/// Settings of [`exemplars`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ExemplarOptions {
    /// Number of exemplars at each end. Default 5.
    pub count: usize,
    /// At which ends to look. Default [`ExemplarEnds::Highest`].
    pub ends: ExemplarEnds,
}

impl Default for ExemplarOptions {
    fn default() -> Self {
        Self {
            count: 5,
            ends: ExemplarEnds::default(),
        }
    }
}

impl ExemplarOptions {
    /// Sets the number of exemplars at each end.
    #[must_use]
    pub fn count(mut self, count: usize) -> Self {
        self.count = count;
        self
    }

    /// Sets at which ends to look.
    #[must_use]
    pub fn ends(mut self, ends: ExemplarEnds) -> Self {
        self.ends = ends;
        self
    }
}

/// The inputs that stand for one feature.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FeatureExemplars {
    /// The feature (column).
    pub feature: u32,
    /// Its direction ([`SignalTable::columns`]).
    pub direction: u32,
    /// Which way along the direction.
    pub sign: Sign,
    /// Those with the largest signal, largest first.
    pub highest: Vec<Exemplar>,
    /// Those with the smallest, smallest first; empty unless [`ExemplarEnds::Both`] was asked for.
    pub lowest: Vec<Exemplar>,
}

/// The exemplars of every feature: the inputs with its largest aggregated signal (and with its
/// smallest), with the spatial position of that signal where `positions` says it.
///
/// # Conventions
///
/// Equal signals go by input, the lower first, on both ends. If there are fewer inputs than
/// requested, all of them.
///
/// # Errors
///
/// [`LengthMismatch`](HypergraphError::LengthMismatch) if the positions are of other inputs or
/// features than the table.
///
/// # Complexity
///
/// O(features × (inputs + count log count)).
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{
///     SignalTable, separation::{ExemplarEnds, ExemplarOptions, SignalPositions, exemplars},
/// };
///
/// // Four inputs, one feature, found at these columns of a one-dimensional grid.
/// let table = SignalTable::new(vec![0.2, 0.9, 0.9, -1.0], 4, 1)?;
/// let positions = SignalPositions::new(vec![10, 11, 12, 13], 4, 1, 1)?;
/// let options = ExemplarOptions::default().count(2).ends(ExemplarEnds::Both);
/// let found = exemplars(&table, &options, Some(&positions))?;
/// let inputs: Vec<u32> = found[0].highest.iter().map(|e| e.input).collect();
/// assert_eq!(inputs, [1, 2]); // a tie
/// assert_eq!(found[0].highest[0].position.as_deref(), Some(&[11][..]));
/// assert_eq!(found[0].lowest[0].input, 3);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
pub fn exemplars(
    table: &SignalTable,
    options: &ExemplarOptions,
    positions: Option<&SignalPositions>,
) -> Result<Vec<FeatureExemplars>, HypergraphError> {
    if let Some(positions) = positions {
        check(table, positions)?;
    }
    let mut order: Vec<u32> = (0..table.inputs() as u32).collect();
    let mut find = |feature: usize, sign: f64| {
        let rank = |a: &u32, b: &u32| {
            let (x, y) = (
                table.value(*a as usize, feature),
                table.value(*b as usize, feature),
            );
            let by_signal = (sign * y).partial_cmp(&(sign * x));
            // Finite values only; equal ones, 0 and -0 too, go by input.
            by_signal.unwrap_or(Ordering::Equal).then(a.cmp(b))
        };
        let first = options.count.min(order.len());
        if first > 0 && first < order.len() {
            order.select_nth_unstable_by(first - 1, rank);
        }
        order[..first].sort_unstable_by(rank);
        let exemplar = |&input: &u32| Exemplar {
            input,
            signal: table.value(input as usize, feature),
            position: positions.map(|p| p.at(input as usize, feature).to_vec()),
        };
        order[..first].iter().map(exemplar).collect::<Vec<_>>()
    };
    Ok((0..table.features())
        .map(|feature| FeatureExemplars {
            feature: feature as u32,
            direction: table.columns()[feature].direction,
            sign: table.columns()[feature].sign,
            highest: find(feature, 1.0),
            lowest: match options.ends {
                ExemplarEnds::Highest => Vec::new(),
                ExemplarEnds::Both => find(feature, -1.0),
            },
        })
        .collect())
}

fn check(table: &SignalTable, positions: &SignalPositions) -> Result<(), HypergraphError> {
    let (signals, places) = (table.inputs(), positions.inputs());
    check_length("inputs of signals and positions", signals, places)?;
    let (signals, places) = (table.features(), positions.features());
    check_length("features of signals and positions", signals, places)
}

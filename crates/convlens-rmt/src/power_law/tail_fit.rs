//! One fit on prepared observations, by search or at a given `xmin`: what data and replicates share.

use super::distance::{Stack, Tail};
use super::rules::Rules;
use super::sample::Points;
use super::scan::{distance, scan};
use super::slopes::slope;

/// How a tail is found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Method {
    pub(super) rules: Rules,
    /// Logarithm of a given `xmin`.
    pub(super) origin: Option<f64>,
    /// Logarithm of `xmax`.
    pub(super) ceiling: Option<f64>,
}

/// A tail and its law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    /// The first point of the tail.
    pub(super) index: usize,
    /// Logarithm of `xmin`.
    pub(super) origin: f64,
    /// `alpha - 1`.
    pub(super) slope: f64,
    pub(super) distance: f64,
}

impl Method {
    /// The tail of these points; none where no candidate has one.
    pub(super) fn find(&self, points: &Points) -> Option<Found> {
        match self.origin {
            None => {
                let best = scan(points, self.ceiling, &self.rules)?;
                Some(Found {
                    index: best.index,
                    origin: points.logs[best.index],
                    slope: best.slope,
                    distance: best.distance,
                })
            }
            Some(origin) => self.at(points, origin),
        }
    }

    /// The law above a given `xmin`.
    fn at(&self, points: &Points, origin: f64) -> Option<Found> {
        let index = points.logs.partition_point(|&log| log < origin);
        if index >= points.candidates {
            return None;
        }
        let steps = index..points.logs.len();
        let weighted = |i: usize| (points.mass[i] - points.mass[i + 1]) * (points.logs[i] - origin);
        let excess: f64 = steps.map(weighted).sum();
        let width = self.ceiling.map(|c| c - origin);
        let slope = slope(points.mass[index], excess, width)?;
        let series = (&points.logs[..], &points.mass[..]);
        let tail = Tail::new(series, index, (origin, slope), self.ceiling, self.rules.ks);
        Some(Found {
            index,
            origin,
            slope,
            distance: distance(&tail, &mut Stack::default()),
        })
    }
}

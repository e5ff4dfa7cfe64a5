//! Where to look next, when to restart, when to stop.

use super::projection::{Oriented, Projection, Residual};
use super::waves::Waves;
use crate::dense::Thin;
use crate::error::SvdError;

/// What to look for, and how hard.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) count: usize,
    pub(crate) basis: usize,
    pub(crate) max_steps: usize,
    /// Residual over the largest value.
    pub(crate) tolerance: f64,
    pub(crate) seed: u64,
    pub(crate) copies: Copies,
}

/// Whether copies of repeated values are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Copies {
    /// Enough for the norm.
    Ignore,
    /// Starts again from fresh vectors orthogonal to what was found, until nothing larger turns up.
    Seek,
}

/// Leading triplets, and what it took.
#[derive(Debug)]
pub(crate) struct Leading {
    pub(crate) values: Vec<f64>,
    /// Pairs of vectors: wide side, narrow side.
    pub(crate) vectors: Vec<(Vec<f64>, Vec<f64>)>,
    pub(crate) steps: usize,
    pub(crate) restarts: usize,
    /// Copies were looked for, or the whole space was spanned, and nothing larger turned up.
    pub(crate) settled: bool,
}

/// Steps before which a small residual is not believed: a start that is nearly orthogonal to the
/// leading vector meets another one first. (Of 4,000 random layers of a few unknowns each, four
/// stopped 0.1 to 14% low without this.)
const LEAST_STEPS: usize = 16;

/// Applications of the preconditioner to the random vectors that a search starts from.
const FILTERS: usize = 3;

/// The leading triplets of the layer.
pub(crate) fn leading(operator: Oriented<'_>, plan: &Plan) -> Result<Leading, SvdError> {
    let narrow = operator.narrow();
    let mut search = Search {
        at: Projection::new(operator, plan.basis.min(narrow), plan.seed),
        waves: Waves::new(operator, plan.count)?,
        count: plan.count.min(narrow),
        plan: *plan,
        found: None,
        passed: vec![false; plan.count.min(narrow)],
        since: 0,
        steps: 0,
        restarts: 0,
    };
    search.start()?;
    search.run()
}

#[derive(Debug)]
struct Search<'a> {
    at: Projection<'a>,
    waves: Option<Waves>,
    count: usize,
    plan: Plan,
    /// The values of the round before the fresh start.
    found: Option<Vec<f64>>,
    /// Triplets whose residual has been seen to be small since the last restart; checked again
    /// before the end.
    passed: Vec<bool>,
    /// Steps since the fresh start.
    since: usize,
    steps: usize,
    restarts: usize,
}

/// What the residuals say.
enum Next {
    /// The wanted triplets have small residuals, and nothing larger is in sight.
    Done,
    /// The triplet of this index does not.
    Improve(usize, Residual),
}

impl Search<'_> {
    /// A random vector, or one for each triplet that the preconditioner has filtered, and one that
    /// it has not.
    fn start(&mut self) -> Result<(), SvdError> {
        let filtered = if self.waves.is_some() { self.count } else { 0 };
        for i in 0..=filtered {
            if self.at.is_full() || self.steps >= self.plan.max_steps {
                break;
            }
            let mut x = self.at.random();
            if let (Some(waves), true) = (&self.waves, i < filtered) {
                for _ in 0..FILTERS {
                    x = waves.apply(&x, waves.first_value());
                }
            }
            self.expand(x)?;
        }
        Ok(())
    }

    fn expand(&mut self, x: Vec<f64>) -> Result<(), SvdError> {
        (self.steps, self.since) = (self.steps + 1, self.since + 1);
        self.at.expand(x)
    }

    fn run(mut self) -> Result<Leading, SvdError> {
        loop {
            let ritz = self.at.ritz()?;
            if self.at.is_complete() || self.steps >= self.plan.max_steps {
                return Ok(self.leading(&ritz, self.at.is_complete()));
            }
            match self.next(&ritz)? {
                Next::Done => {
                    let values = ritz.s[..self.count].to_vec();
                    let settled = self.found.as_ref().is_some_and(|old| {
                        let pairs = old.iter().zip(&values);
                        let change = pairs.fold(0.0, |m, (a, b)| f64::max(m, (a - b).abs()));
                        change <= self.plan.tolerance * values[0]
                    });
                    if settled || self.plan.copies == Copies::Ignore {
                        return Ok(self.leading(&ritz, settled));
                    }
                    self.found = Some(values);
                    self.compress(&ritz, self.count);
                    self.since = 0;
                    let x = self.at.random();
                    self.expand(x)?;
                }
                Next::Improve(index, residual) => {
                    let vector = match &self.waves {
                        Some(waves) => waves.apply(&residual.vector, ritz.s[index].powi(2)),
                        None => residual.vector,
                    };
                    if self.at.is_full() {
                        // A third of what is free beside the wanted ones: enough to keep what was
                        // learned about their neighbors.
                        let (count, basis) = (self.count, self.at.size());
                        let kept = (count + (basis - count) / 3).min(basis - 1);
                        self.compress(&ritz, kept);
                    }
                    if residual.size == 0.0 {
                        // An invariant space.
                        let x = self.at.random();
                        self.expand(x)?;
                    } else {
                        self.expand(vector)?;
                    }
                }
            }
        }
    }

    /// The first triplet to work on.
    fn next(&mut self, ritz: &Thin<f64>) -> Result<Next, SvdError> {
        let bound = self.plan.tolerance * ritz.s[0];
        if self.at.size() < self.count {
            let index = self.at.size() - 1;
            return Ok(Next::Improve(index, self.at.residual(ritz, index)?));
        }
        for index in 0..self.count {
            if !self.passed[index] {
                let residual = self.at.residual(ritz, index)?;
                self.passed[index] = residual.size <= bound;
                if !self.passed[index] {
                    return Ok(Next::Improve(index, residual));
                }
            }
        }
        let outsider = self.count.min(self.at.size() - 1);
        if self.found.is_some() {
            let residual = self.at.residual(ritz, outsider)?;
            if outsider < self.count || !self.is_lower(ritz, residual.size, bound) {
                return Ok(Next::Improve(outsider, residual));
            }
        } else if self.steps < LEAST_STEPS.min(self.at.narrow()) {
            let residual = self.at.residual(ritz, outsider)?;
            return Ok(Next::Improve(outsider, residual));
        }
        // Those seen before the last of them was improved.
        for index in 0..self.count {
            let residual = self.at.residual(ritz, index)?;
            if residual.size > bound {
                self.passed[index] = false;
                return Ok(Next::Improve(index, residual));
            }
        }
        Ok(Next::Done)
    }

    /// After a fresh start: the first value that is not wanted has been found, or lies lower than
    /// the last wanted one by more than its residual once as many steps were taken as fill the
    /// basis.
    fn is_lower(&self, ritz: &Thin<f64>, residual: f64, bound: f64) -> bool {
        let (value, last) = (ritz.s[self.count], ritz.s[self.count - 1]);
        let enough = self.since >= self.plan.basis.min(self.at.narrow()) - self.count;
        residual <= bound || (enough && value + residual <= last)
    }

    fn compress(&mut self, ritz: &Thin<f64>, kept: usize) {
        self.at.compress(ritz, kept);
        self.restarts += 1;
    }

    fn leading(&self, ritz: &Thin<f64>, settled: bool) -> Leading {
        let kept = self.count.min(self.at.size());
        Leading {
            values: ritz.s[..kept].to_vec(),
            vectors: (0..kept).map(|i| self.at.vectors(ritz, i)).collect(),
            steps: self.steps,
            restarts: self.restarts,
            settled,
        }
    }
}

//! One layer, one task: every way of this crate and of the peers, in turn, on the same weights.

use crate::layers::Layer;
use crate::ours::{Accuracy, OURS, Ours, Output, Task};
use crate::peer::{PeerVariant, Peers};
use anyhow::Result;
use convlens_svd::ConvKernel;
use rayon::ThreadPool;
use std::collections::HashMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Before every run: threads of OpenBLAS and OpenMP spin for a while after a call before they
/// sleep, and would run into the time of who comes next.
const PAUSE: Duration = Duration::from_millis(30);
/// A run repeats calls until about this long has passed, so that clocks and caches are warm.
const RUN_SECONDS: f64 = 0.05;
/// The time that the runs of one variant may take together; less runs where one takes longer.
const VARIANT_SECONDS: f64 = 30.0;

/// What came of one variant.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Mean seconds of a call in each run, ascending, and `max |d sigma| / sigma_max` against the
    /// reference.
    Timed {
        seconds: Vec<f64>,
        error: Option<f64>,
    },
    /// Not run: predicted to take this many seconds.
    Skipped(f64),
    /// Refused or failed.
    Failed(String),
}

/// One variant and what came of it.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) name: String,
    /// None: this crate.
    pub(crate) family: Option<String>,
    pub(crate) accuracy: Accuracy,
    pub(crate) outcome: Outcome,
}

impl Measured {
    pub(crate) fn is_ours(&self) -> bool {
        self.family.is_none()
    }

    /// Seconds of a call: the median over the runs.
    pub(crate) fn median(&self) -> Option<f64> {
        match &self.outcome {
            Outcome::Timed { seconds, .. } => Some(convlens_benches::harness::median(seconds)),
            _ => None,
        }
    }
}

/// Who runs.
#[derive(Debug)]
enum Who {
    Ours(Ours),
    Peer(PeerVariant),
}

/// A variant on its way through the rounds.
#[derive(Debug)]
struct Lane {
    who: Who,
    runs: usize,
    loops: usize,
    seconds: Vec<f64>,
    values: Vec<f64>,
    stopped: Option<Outcome>,
}

impl Lane {
    fn name(&self) -> &str {
        match &self.who {
            Who::Ours(ours) => ours.name,
            Who::Peer(peer) => &peer.name,
        }
    }

    fn accuracy(&self) -> Accuracy {
        match &self.who {
            Who::Ours(ours) => ours.accuracy,
            Who::Peer(peer) => peer.accuracy,
        }
    }

    /// Plans the runs from the first, which is the warm-up unless it alone takes all the time there
    /// is.
    fn plan(&mut self, first: f64, repeats: usize) {
        self.loops = (RUN_SECONDS / first).clamp(1.0, 1000.0) as usize;
        let fit = (VARIANT_SECONDS / first) as usize;
        match fit.min(repeats) {
            0 => self.seconds.push(first),
            fit => self.runs = fit - (fit + 1) % 2,
        }
    }
}

/// What is the same for all layers.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) peers: Peers,
    pub(crate) pool: ThreadPool,
    pub(crate) repeats: usize,
    pub(crate) limit: f64,
    /// Work and seconds of the largest layer so far, by variant.
    known: HashMap<String, (f64, f64)>,
}

impl Session {
    pub(crate) fn new(peers: Peers, pool: ThreadPool, repeats: usize, limit: f64) -> Self {
        Self {
            peers,
            pool,
            repeats,
            limit,
            known: HashMap::new(),
        }
    }

    /// Times all variants of a task on a layer: a warm-up round, then rounds in which each runs
    /// once.
    pub(crate) fn measure(&mut self, layer: &Layer, task: Task) -> Result<Vec<Measured>> {
        let kernel = layer.kernel()?;
        self.peers.load(layer, kernel.weights())?;
        let mut lanes = self.lanes(layer, task);
        for lane in lanes.iter_mut().filter(|lane| lane.stopped.is_none()) {
            if let Some(first) = self.run(lane, &kernel, layer, true)? {
                lane.plan(first, self.repeats);
            }
        }
        for round in 0..self.repeats {
            for lane in lanes.iter_mut().filter(|lane| round < lane.runs) {
                if let Some(seconds) = self.run(lane, &kernel, layer, false)? {
                    lane.seconds.push(seconds);
                }
            }
        }
        let reference = lanes
            .iter()
            .find(|l| matches!(l.who, Who::Peer(_)) && is_reference(l))
            .map(|lane| lane.values.clone());
        Ok(lanes
            .into_iter()
            .map(|lane| self.finish(lane, layer, reference.as_deref()))
            .collect())
    }

    fn lanes(&self, layer: &Layer, task: Task) -> Vec<Lane> {
        let ours = OURS
            .iter()
            .filter(|o| o.task == task)
            .map(|o| Who::Ours(*o));
        let theirs = self.peers.hello.variants.iter().filter(|p| p.task == task);
        ours.chain(theirs.cloned().map(Who::Peer))
            .map(|who| {
                let mut lane = Lane {
                    who,
                    runs: 0,
                    loops: 1,
                    seconds: Vec::new(),
                    values: Vec::new(),
                    stopped: None,
                };
                if let Some((work, seconds)) = self.known.get(lane.name()) {
                    let predicted = seconds * layer.work() / work;
                    lane.stopped = (predicted > self.limit).then_some(Outcome::Skipped(predicted));
                }
                lane
            })
            .collect()
    }

    /// The mean seconds of a call; none, and the lane stopped, where it failed.
    fn run(
        &mut self,
        lane: &mut Lane,
        kernel: &ConvKernel,
        layer: &Layer,
        keep: bool,
    ) -> Result<Option<f64>> {
        std::thread::sleep(PAUSE);
        let found = match &lane.who {
            Who::Ours(ours) => self
                .pool
                .install(|| time(ours, kernel, &layer.grid(), lane.loops))
                .map(|(seconds, output)| {
                    if keep {
                        lane.values = output.values();
                    }
                    seconds
                }),
            Who::Peer(peer) => {
                let found = self.peers.run(peer, lane.loops)?;
                if keep && found.is_ok() {
                    lane.values = self.peers.values()?;
                }
                found
            }
        };
        Ok(match found {
            Ok(seconds) => Some(seconds),
            Err(text) => {
                lane.runs = 0;
                lane.stopped = Some(Outcome::Failed(text));
                None
            }
        })
    }

    fn finish(&mut self, mut lane: Lane, layer: &Layer, reference: Option<&[f64]>) -> Measured {
        let (name, accuracy) = (lane.name().to_owned(), lane.accuracy());
        lane.seconds.sort_by(f64::total_cmp);
        let outcome = lane.stopped.unwrap_or_else(|| {
            let median = convlens_benches::harness::median(&lane.seconds);
            self.known.insert(name.clone(), (layer.work(), median));
            let error = reference.map(|reference| difference(&lane.values, reference));
            Outcome::Timed {
                seconds: lane.seconds,
                error,
            }
        });
        Measured {
            name,
            family: match lane.who {
                Who::Ours(_) => None,
                Who::Peer(peer) => Some(peer.family),
            },
            accuracy,
            outcome,
        }
    }
}

fn is_reference(lane: &Lane) -> bool {
    lane.accuracy() == Accuracy::Double && lane.stopped.is_none()
}

/// Mean seconds of `loops` calls in the current pool, and the last result.
pub(crate) fn time(
    ours: &Ours,
    kernel: &ConvKernel,
    grid: &[usize],
    loops: usize,
) -> Result<(f64, Output), String> {
    let start = Instant::now();
    let mut output = (ours.run)(black_box(kernel), grid);
    for _ in 1..loops {
        output = (ours.run)(black_box(kernel), grid);
    }
    let seconds = start.elapsed().as_secs_f64() / loops as f64;
    output.map(|o| (seconds, o)).map_err(|e| e.to_string())
}

/// `max |d sigma| / sigma_max` between descending lists; infinite where their lengths differ.
fn difference(values: &[f64], reference: &[f64]) -> f64 {
    if values.len() != reference.len() || reference.is_empty() {
        return f64::INFINITY;
    }
    let pairs = values.iter().zip(reference);
    let worst = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    worst / reference[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_relative_to_the_largest_value() {
        assert_eq!(difference(&[4.0, 1.0], &[4.0, 2.0]), 0.25);
        assert_eq!(difference(&[4.0], &[4.0, 2.0]), f64::INFINITY);
    }

    #[test]
    fn runs_are_odd_in_number_and_fit_the_time() {
        for (first, runs, kept) in [(0.1, 5, 0), (7.0, 3, 0), (12.0, 1, 0), (40.0, 0, 1)] {
            let mut lane = Lane {
                who: Who::Ours(OURS[0]),
                runs: 0,
                loops: 1,
                seconds: Vec::new(),
                values: Vec::new(),
                stopped: None,
            };
            lane.plan(first, 5);
            assert_eq!((lane.runs, lane.seconds.len(), lane.loops), (runs, kept, 1));
        }
    }
}

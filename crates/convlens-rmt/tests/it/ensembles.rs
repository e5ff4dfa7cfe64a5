//! Synthetic weight matrices of each phase, for the tests and for the tables of `docs/phases.md`.

use convlens_rmt::{Esd, Phase, phase};
use faer::Mat;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal, StudentT};

/// A phase and how matrices of it are drawn.
pub(crate) struct Ensemble {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) phase: Phase,
    draw: fn(usize, usize, &mut ChaCha8Rng) -> Mat<f64>,
}

pub(crate) const ENSEMBLES: [Ensemble; 7] = [
    Ensemble {
        name: "random-like",
        description: "independent Gaussian entries.",
        phase: Phase::RandomLike,
        draw: gaussian,
    },
    Ensemble {
        name: "bleeding-out",
        description: "Gaussian plus max(1, 2%) directions of strength 1.3 to 1.8 times the BBP threshold.",
        phase: Phase::BleedingOut,
        draw: |n, m, rng| planted(n, m, (m / 50).max(1), 1.3, 1.8, rng),
    },
    Ensemble {
        name: "bulk+spikes",
        description: "Gaussian plus max(1, 2%) directions of strength 3 to 6.",
        phase: Phase::BulkSpikes,
        draw: |n, m, rng| planted(n, m, (m / 50).max(1), 3.0, 6.0, rng),
    },
    Ensemble {
        name: "bulk-decay, signals",
        description: "Gaussian plus 25% of directions of strength 1 + exponential of mean 0.3: a continuum out of the edge that dies off fast.",
        phase: Phase::BulkDecay,
        draw: continuum,
    },
    Ensemble {
        name: "bulk-decay, Student",
        description: "independent Student entries with 4 to 5 degrees of freedom: the weakly heavy-tailed class, mu > 4.",
        phase: Phase::BulkDecay,
        draw: |n, m, rng| student(n, m, 4.0, 5.0, rng),
    },
    Ensemble {
        name: "heavy-tailed",
        description: "independent Student entries with 1.5 to 3 degrees of freedom, mu < 4.",
        phase: Phase::HeavyTailed,
        draw: |n, m, rng| student(n, m, 1.5, 3.0, rng),
    },
    Ensemble {
        name: "rank-collapse",
        description: "a product of Gaussian factors with a rank of 50% to 90%, rounded to single precision.",
        phase: Phase::RankCollapse,
        draw: low_rank,
    },
];

/// How many of `matrices` draws are put into each phase, in the order of [`Phase::ALL`].
pub(crate) fn confusion(
    ensemble: &Ensemble,
    n: usize,
    m: usize,
    matrices: u64,
    seed: u64,
    options: &phase::Options,
) -> [usize; 6] {
    let mut counts = [0; 6];
    for stream in 0..matrices {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        let matrix = (ensemble.draw)(n, m, &mut rng);
        let values = matrix.singular_values().expect("a finite matrix");
        let esd = Esd::from_singular_values(&values, n, m).expect("all of them");
        let outcome = Phase::classify(&esd, options).expect("good options");
        let phase = outcome.phase().expect("enough eigenvalues");
        counts[Phase::ALL
            .iter()
            .position(|&p| p == phase)
            .expect("one of all")] += 1;
    }
    counts
}

fn gaussian(n: usize, m: usize, rng: &mut ChaCha8Rng) -> Mat<f64> {
    Mat::from_fn(n, m, |_, _| StandardNormal.sample(rng))
}

/// Directions along coordinate axes: Gaussian noise is the same in every rotated basis.
fn with_strengths(n: usize, m: usize, strengths: &[f64], rng: &mut ChaCha8Rng) -> Mat<f64> {
    let mut matrix = gaussian(n, m, rng);
    for (k, strength) in strengths.iter().enumerate() {
        matrix[(k, k)] += strength * ((n * m) as f64).powf(0.25);
    }
    matrix
}

fn planted(
    n: usize,
    m: usize,
    count: usize,
    low: f64,
    high: f64,
    rng: &mut ChaCha8Rng,
) -> Mat<f64> {
    let strengths: Vec<f64> = (0..count).map(|_| rng.random_range(low..high)).collect();
    with_strengths(n, m, &strengths, rng)
}

fn continuum(n: usize, m: usize, rng: &mut ChaCha8Rng) -> Mat<f64> {
    let strengths: Vec<f64> = (0..m / 4)
        .map(|_| 1.0 - 0.3 * (1.0 - rng.random::<f64>()).ln())
        .collect();
    with_strengths(n, m, &strengths, rng)
}

fn student(n: usize, m: usize, low: f64, high: f64, rng: &mut ChaCha8Rng) -> Mat<f64> {
    let law = StudentT::new(rng.random_range(low..high)).expect("a positive number");
    Mat::from_fn(n, m, |_, _| law.sample(rng))
}

fn low_rank(n: usize, m: usize, rng: &mut ChaCha8Rng) -> Mat<f64> {
    let rank = (rng.random_range(0.5..0.9) * m as f64) as usize;
    let (left, right) = (gaussian(n, rank, rng), gaussian(rank, m, rng));
    let product = left * right;
    Mat::from_fn(n, m, |i, j| f64::from(product[(i, j)] as f32))
}

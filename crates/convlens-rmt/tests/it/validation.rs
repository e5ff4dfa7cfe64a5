//! The validation experiment on small kernels, every definition computed here from its definition.

use std::f64::consts::TAU;

use convlens_rmt::{
    Esd, NullModel, RmtError, null,
    validation::{self, Sample, SampleRefusal},
};
use faer::Mat;
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::support::within_999;

/// `c_out x c_in x k x k` weights, row-major.
#[derive(Clone, Copy)]
struct Shape {
    rows: usize,
    cols: usize,
    k: usize,
    grid: usize,
}

impl Shape {
    fn len(self) -> usize {
        self.rows * self.cols * self.k * self.k
    }

    fn spectra(self, weights: &[f64]) -> Vec<validation::Spectrum> {
        let Shape {
            rows,
            cols,
            k,
            grid,
        } = self;
        let taps = k * k;
        let at = |o: usize, i: usize, p: usize| weights[(o * cols + i) * taps + p];
        let unfolded = Mat::from_fn(rows, cols * taps, |o, j| weights[o * cols * taps + j]);
        let unfolded = esd(&unfolded, rows, cols * taps);
        let slices: Vec<Esd> = (0..taps)
            .map(|p| esd(&Mat::from_fn(rows, cols, |o, i| at(o, i, p)), rows, cols))
            .collect();
        let (mut values, mut counts) = (Vec::new(), Vec::new());
        for f in 0..grid * grid {
            let (fx, fy) = (f / grid, f % grid);
            let conjugate = (grid - fx) % grid * grid + (grid - fy) % grid;
            if conjugate < f {
                continue;
            }
            // [[Re, -Im], [Im, Re]] has every singular value of the symbol twice.
            let doubled = Mat::from_fn(2 * rows, 2 * cols, |r, c| {
                (0..taps)
                    .map(|p| {
                        let phase = TAU * (fx * (p / k) + fy * (p % k)) as f64 / grid as f64;
                        let w = at(r % rows, c % cols, p);
                        match (r < rows, c < cols) {
                            (true, true) | (false, false) => w * phase.cos(),
                            (true, false) => w * phase.sin(),
                            (false, true) => -w * phase.sin(),
                        }
                    })
                    .sum::<f64>()
            });
            let found = doubled.singular_values().expect("a finite matrix");
            values.extend(found.iter().step_by(2));
            let count = if conjugate == f { 1 } else { 2 };
            counts.extend(vec![count; rows.min(cols)]);
        }
        vec![
            validation::Spectrum::unfolding(&unfolded),
            validation::Spectrum::slices(&slices).expect("of one shape"),
            validation::Spectrum::operator(&values, &counts, rows, cols, taps).expect("values"),
        ]
    }

    fn noise(self, seed: u64) -> Vec<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        (0..self.len())
            .map(|_| StandardNormal.sample(&mut rng))
            .collect()
    }

    fn run(self, weights: &[f64], options: &validation::Options) -> validation::Validation {
        let trained = self.spectra(weights);
        validation::Validation::run(&trained, options, |draw| {
            let cols = self.len() / self.rows;
            let model = NullModel::new(weights, self.rows, cols, draw.kind)?;
            Ok::<_, RmtError>(self.spectra(&model.draw(draw.seed, draw.replicate)))
        })
        .expect("good input")
    }
}

fn esd(matrix: &Mat<f64>, rows: usize, cols: usize) -> Esd {
    let values = matrix.singular_values().expect("a finite matrix");
    Esd::from_singular_values(&values, rows, cols).expect("all of them")
}

const SHAPE: Shape = Shape {
    rows: 12,
    cols: 8,
    k: 3,
    grid: 8,
};

#[test]
fn noise_follows_the_law_under_every_definition_and_structure_does_not() {
    let options = validation::Options::default()
        .replicates(39)
        .level(0.1)
        .seed(3);
    let noise = SHAPE.noise(5);
    let found = SHAPE.run(&noise, &options);
    let cols = SHAPE.len() / SHAPE.rows;
    // Four directions with strengths 6, 5, 4, 3 over noise.
    let mut trained = noise;
    for (r, strength) in [6.0, 5.0, 4.0, 3.0].into_iter().enumerate() {
        for (j, w) in trained[r * cols..(r + 1) * cols].iter_mut().enumerate() {
            let sign = if (j >> r) & 1 == 0 { 1.0 } else { -1.0 };
            *w += sign * strength / 3.0;
        }
    }
    let structured = SHAPE.run(&trained, &options);
    for (noise, trained) in found.definitions.iter().zip(&structured.definitions) {
        let (noise, trained) = (noise.value().unwrap(), trained.value().unwrap());
        assert_eq!(
            noise.verdict,
            validation::Verdict::TrainedLikeNull,
            "{noise:?}"
        );
        assert_eq!(
            trained.verdict,
            validation::Verdict::Separates,
            "{trained:?}"
        );
        assert!(trained.trained.largest_over_mean > trained.edge_over_mean);
        // The Gaussian nulls have no spikes but at the false-alarm rate, 5% of 39; and sigma is 1
        // within 5%, twenty standard errors of unfolding's trace.
        assert!(noise.nulls[0].with_spikes <= 2);
        assert!((noise.trained.sigma - 1.0).abs() < 0.05);
    }
    let values = |at: usize| found.definitions[at].value().unwrap();
    assert_eq!(
        (values(0).values, values(1).values, values(2).values),
        (12, 72, 512)
    );
    assert_eq!(values(0).refusal, None);
    assert_eq!(
        values(2).refusal,
        Some(SampleRefusal::NotASample {
            values: 512,
            matrices: 9
        })
    );
}

#[test]
fn the_p_values_are_uniform_under_each_definition() {
    // 200 Gaussian kernels, 19 Gaussian nulls each: p is uniform on 0.05, 0.1, .. 1; the exact
    // central 99.9%.
    let shape = Shape {
        rows: 10,
        cols: 4,
        k: 2,
        grid: 4,
    };
    let mut counts = [[0_usize; 2]; 3];
    for seed in 0..200 {
        let options = validation::Options::default()
            .replicates(19)
            .kinds(vec![null::Kind::Gaussian])
            .level(0.2)
            .seed(1000 + seed);
        let found = shape.run(&shape.noise(seed), &options);
        for (count, outcome) in counts.iter_mut().zip(&found.definitions) {
            let null = &outcome.value().unwrap().nulls[0];
            count[0] += usize::from(null.distance_p_value <= 0.2 + 1e-9);
            count[1] += usize::from(null.largest_p_value <= 0.2 + 1e-9);
        }
    }
    for count in counts.as_flattened() {
        assert!(within_999(*count, 200, 0.2), "{counts:?}");
    }
}

#[test]
fn the_operator_is_no_sample() {
    let spectra = SHAPE.spectra(&SHAPE.noise(1));
    assert!(matches!(spectra[0].sample(), Sample::Values(values) if values.len() == 12));
    assert!(matches!(spectra[1].sample(), Sample::Values(values) if values.len() == 72));
    assert!(matches!(spectra[2].sample(), Sample::Refused(_)));
    // Parseval: the mean of lambda is the mean square of the weights, under each definition.
    for spectrum in &spectra {
        let (mut sum, mut count) = (0.0, 0.0);
        for (&value, &times) in spectrum.eigenvalues().iter().zip(spectrum.multiplicities()) {
            sum += value * f64::from(times);
            count += f64::from(times);
        }
        let weights = SHAPE.noise(1);
        let square = weights.iter().map(|w| w * w).sum::<f64>() / weights.len() as f64;
        // Unfolding: N is 72, of which each row has all; the sum of squares over N M.
        assert!(
            (sum / count / square - 1.0).abs() < 1e-12,
            "{:?}",
            spectrum.definition()
        );
    }
}

#[test]
fn what_cannot_be_compared_is_said() {
    let options = validation::Options::default().replicates(19).level(0.2);
    let spectrum = |values: &[f64]| {
        validation::Spectrum::unfolding(&Esd::from_eigenvalues(values, 9, values.len()).unwrap())
    };
    let run = |trained: &[f64], null: &[f64]| {
        validation::Validation::run(&[spectrum(trained)], &options, |_| {
            Ok::<_, RmtError>(vec![spectrum(null)])
        })
    };
    let few = run(&[1.0; 5], &[1.0; 5]).unwrap();
    assert!(matches!(
        few.definitions[0],
        validation::Outcome::TooFewEigenvalues { count: 5, .. }
    ));
    for (trained, null) in [([0.0; 8], [1.0; 8]), ([1.0; 8], [0.0; 8])] {
        let zero = run(&trained, &null).unwrap();
        let definition = validation::Definition::Unfolding;
        assert_eq!(
            zero.definitions[0],
            validation::Outcome::AllZero { definition }
        );
    }
    let odd = run(&[1.0; 8], &[1.0; 7]);
    assert!(matches!(odd, Err(RmtError::NullMismatch { index: 0, .. })));
    for bad in [
        validation::Options::default().replicates(18),
        validation::Options::default().kinds(vec![null::Kind::Permutation]),
        validation::Options::default().level(0.001),
        validation::Options::default().false_alarm_rate(f64::NAN),
    ] {
        let none = |_| Ok::<_, RmtError>(vec![]);
        assert!(validation::Validation::run(&[], &bad, none).is_err());
    }
    assert!(validation::Spectrum::slices(&[]).is_err());
    assert!(validation::Spectrum::operator(&[1.0], &[0], 1, 1, 1).is_err());
    assert!(validation::Spectrum::operator(&[1.0], &[1, 1], 1, 1, 1).is_err());
    assert!(validation::Spectrum::operator(&[1.0], &[1], 1, 1, 0).is_err());
    assert!(validation::Spectrum::operator(&[], &[], 1, 1, 1).is_err());
    assert!(validation::Spectrum::operator(&[f64::NAN], &[1], 1, 1, 1).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_spectra_give_finite_numbers(
        values in prop::collection::vec(prop_oneof![Just(0.0), 1e-150..1e-100_f64, 0.1..10.0_f64, 1e100..1e150_f64], 8..30),
        null in prop::collection::vec(0.1..10.0_f64, 30),
        counts in prop::collection::vec(1_u32..5, 30),
    ) {
        let size = values.len();
        let operator = |values: &[f64]| validation::Spectrum::operator(&values[..size], &counts[..size], 3, 2, 4);
        let options = validation::Options::default().replicates(19).level(0.2);
        let found = validation::Validation::run(&[operator(&values).unwrap()], &options, |_| Ok::<_, RmtError>(vec![operator(&null)?])).unwrap();
        if let Some(result) = found.definitions[0].value() {
            let trained = &result.trained;
            prop_assert!(trained.sigma.is_finite() && trained.sigma > 0.0);
            prop_assert!((0.0..=1.0).contains(&trained.ks_distance));
            prop_assert!((0.0..=0.5).contains(&trained.spike_share), "{}", trained.spike_share);
            prop_assert!(trained.largest_over_mean >= 1.0 - 1e-12 && trained.largest_over_mean.is_finite());
        }
    }
}

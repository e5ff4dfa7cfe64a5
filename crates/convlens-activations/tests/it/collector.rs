//! The collector of outside activations, against its definition.

use convlens_activations::{ActivationsError, Aggregation, Basis, SignalCollector, SignedSignals};
use convlens_model::ChannelAxis;
use proptest::prelude::*;

/// A layer's output over all inputs, with what it is projected onto.
#[derive(Debug, Clone)]
struct Case {
    channels: usize,
    grid: Vec<usize>,
    axis: ChannelAxis,
    how: Aggregation,
    offset: Vec<f64>,
    /// One basis for each, of as many directions as there are rows.
    bases: Vec<Vec<f64>>,
    /// `[inputs, positions, channels]`, whatever the axis.
    values: Vec<f32>,
    /// The inputs of each batch.
    batches: Vec<usize>,
}

impl Case {
    fn positions(&self) -> usize {
        self.grid.iter().product()
    }

    fn inputs(&self) -> usize {
        self.batches.iter().sum()
    }

    /// The shape of so many inputs, and where in it the value of a channel at a position is.
    fn layout(&self, inputs: usize) -> (Vec<usize>, impl Fn(usize, usize) -> usize) {
        let (channels, positions, axis) = (self.channels, self.positions(), self.axis);
        let mut shape = vec![inputs];
        match axis {
            ChannelAxis::Second => {
                shape.push(channels);
                shape.extend(&self.grid);
            }
            ChannelAxis::Last => {
                shape.extend(&self.grid);
                shape.push(channels);
            }
        }
        let at = move |position: usize, channel: usize| match axis {
            ChannelAxis::Second => channel * positions + position,
            ChannelAxis::Last => position * channels + channel,
        };
        (shape, at)
    }

    fn collect(&self, batches: &[usize]) -> Vec<SignedSignals> {
        let bases = self.bases.iter();
        let bases = bases.map(|rows| {
            Basis::new(rows.clone(), self.channels)
                .unwrap()
                .with_peaks()
        });
        let mut collector = SignalCollector::new(bases.collect())
            .with_offset(self.offset.clone())
            .unwrap()
            .with_aggregation(self.how)
            .with_channel_axis(self.axis);
        let size = self.positions() * self.channels;
        let mut rest = &self.values[..];
        for &inputs in batches {
            let (batch, after) = rest.split_at(inputs * size);
            let (shape, at) = self.layout(inputs);
            let mut laid_out = vec![0.0; batch.len()];
            for (from, to) in batch.chunks(size).zip(laid_out.chunks_mut(size)) {
                for (i, &v) in from.iter().enumerate() {
                    to[at(i / self.channels, i % self.channels)] = v;
                }
            }
            collector.add(&laid_out, &shape).unwrap();
            rest = after;
        }
        assert_eq!(collector.inputs(), self.inputs());
        collector.finish()
    }

    /// All signals `sign * u . (y - b)` of one input, in the order of its features.
    fn signals(&self, basis: &[f64], input: usize) -> Vec<Vec<f64>> {
        let size = self.positions() * self.channels;
        let maps = &self.values[input * size..(input + 1) * size];
        let signal = |u: &[f64], sign: f64| -> Vec<f64> {
            let centered = |y: &[f32]| -> f64 {
                let terms = y.iter().zip(&self.offset).zip(u);
                terms.map(|((&y, b), u)| u * (f64::from(y) - b)).sum()
            };
            let positions = maps.chunks(self.channels);
            positions.map(|y| sign * centered(y)).collect()
        };
        let directions = basis.chunks(self.channels);
        directions
            .flat_map(|u| [signal(u, 1.0), signal(u, -1.0)])
            .collect()
    }

    fn aggregate(&self, signal: &[f64]) -> f64 {
        match self.how {
            Aggregation::Max => signal.iter().copied().fold(f64::MIN, f64::max),
            Aggregation::Mean => signal.iter().sum::<f64>() / signal.len() as f64,
            Aggregation::L2 => {
                let squares = signal.iter().filter(|s| **s > 0.0).map(|s| s * s);
                squares.sum::<f64>().sqrt()
            }
            other => panic!("{other:?} has no definition here"),
        }
    }
}

fn cases() -> impl Strategy<Value = Case> {
    let shapes = (
        1usize..=4,
        prop::collection::vec(1usize..=3, 0..=2),
        prop_oneof![Just(ChannelAxis::Second), Just(ChannelAxis::Last)],
        prop::sample::select(vec![Aggregation::Max, Aggregation::Mean, Aggregation::L2]),
        prop::collection::vec(0usize..=4, 1..=4),
        prop::collection::vec(0usize..=3, 0..=2),
    );
    shapes.prop_flat_map(|(channels, grid, axis, how, batches, directions)| {
        let size = grid.iter().product::<usize>() * channels * batches.iter().sum::<usize>();
        let basis = |&rows: &usize| prop::collection::vec(-1.0f64..1.0, rows * channels);
        let bases: Vec<_> = directions.iter().map(basis).collect();
        let offset = prop::collection::vec(-5.0f64..5.0, channels);
        let values = prop::collection::vec(-10.0f32..10.0, size);
        (offset, bases, values).prop_map(move |(offset, bases, values)| Case {
            channels,
            grid: grid.clone(),
            axis,
            how,
            offset,
            bases,
            values,
            batches: batches.clone(),
        })
    })
}

/// Signals are sums of at most 4 channels, and their aggregates of at most 9 positions, of terms
/// below 15: some tens of roundings of 1e-15 each.
const TOLERANCE: f64 = 1e-13;

proptest! {
    #[test]
    fn tables_equal_their_definition(case in cases()) {
        for (basis, table) in case.bases.iter().zip(case.collect(&case.batches)) {
            let features = 2 * basis.len() / case.channels;
            prop_assert_eq!((table.inputs, table.features), (case.inputs(), features));
            prop_assert_eq!(table.values.len(), case.inputs() * features);
            prop_assert_eq!(table.peaks.is_some(), case.how == Aggregation::Max);
            for input in 0..case.inputs() {
                for (feature, signal) in case.signals(basis, input).iter().enumerate() {
                    let at = input * features + feature;
                    let (found, expected) = (table.values[at], case.aggregate(signal));
                    prop_assert!((found - expected).abs() <= TOLERANCE, "{} {}", found, expected);
                    if let Some(peaks) = &table.peaks {
                        let peak = signal[peaks.indices[at] as usize];
                        prop_assert!((peak - expected).abs() <= TOLERANCE);
                    }
                }
            }
        }
    }

    #[test]
    fn tables_are_the_same_bits_for_any_division_into_batches(case in cases()) {
        let divided = case.collect(&case.batches);
        prop_assert_eq!(&case.collect(&vec![1; case.inputs()]), &divided);
        prop_assert_eq!(&case.collect(&[case.inputs()]), &divided);
    }
}

#[test]
fn wider_numbers_are_not_rounded() {
    let mut collector = SignalCollector::new(vec![Basis::new(vec![1.0], 1).unwrap()]);
    collector.add(&[0.1f64], &[1, 1]).unwrap();
    collector.add(&[7u8], &[1, 1]).unwrap();
    assert_eq!(collector.finish()[0].values, [0.1, -0.1, 7.0, -7.0]);
}

#[test]
fn a_bad_batch_is_refused_by_its_numbers_and_changes_nothing() {
    let basis = Basis::new(vec![0.6, 0.8], 2).unwrap().with_peaks();
    let mut collector = SignalCollector::new(vec![basis])
        .with_offset(vec![0.0, 1.0])
        .unwrap();
    let good = [1.0f32, 2.0, 3.0, 4.0, 5.0, 6.0];
    collector.add(&good, &[1, 2, 3]).unwrap();
    let before = collector.clone().finish();
    let mut refuse = |values: &[f32], shape: &[usize]| collector.add(values, shape).unwrap_err();

    for shape in [&[][..], &[6], &[6, 0], &[1, 2, 3, 0]] {
        let error = refuse(&[], shape);
        assert!(
            matches!(error, ActivationsError::OutputShape { .. }),
            "{error}"
        );
        assert!(error.to_string().contains(&format!("{shape:?}")), "{error}");
    }
    for shape in [[2, 2, 3], [1, 2, 4], [usize::MAX, 2, 3], [1, 2, usize::MAX]] {
        let error = refuse(&good, &shape);
        let length = ActivationsError::OutputLength {
            shape: shape.to_vec(),
            values: 6,
        };
        assert_eq!(error.to_string(), length.to_string());
    }
    let error = refuse(&good, &[1, 3, 2]).to_string();
    assert!(error.contains("3 channels; 2 are expected"), "{error}");
    let error = refuse(&good[..4], &[1, 2, 2]);
    let ActivationsError::OutputGrid { found, expected } = error else {
        panic!("{error}")
    };
    assert_eq!((found, expected), (vec![2], vec![3]));
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut bad = good;
        bad[4] = value;
        let error = refuse(&bad, &[1, 2, 3]);
        assert!(
            matches!(error, ActivationsError::NonFiniteOutput { index: 4, .. }),
            "{error}"
        );
    }
    assert_eq!(collector.finish(), before);
}

#[test]
fn an_offset_of_another_width_is_refused() {
    let basis = Basis::new(vec![1.0, 0.0], 2).unwrap();
    let collector = SignalCollector::new(vec![basis]);
    // At once, before any activation is there.
    let error = collector.with_offset(vec![0.0; 3]).unwrap_err();
    assert!(matches!(
        error,
        ActivationsError::OffsetLength {
            offset: 3,
            channels: 2,
        }
    ));
    // Without a basis, the first batch decides.
    let mut bare = SignalCollector::new(vec![])
        .with_offset(vec![0.0; 3])
        .unwrap();
    let error = bare.add(&[1.0f32, 2.0], &[1, 2]).unwrap_err();
    assert!(matches!(
        error,
        ActivationsError::OutputChannels {
            found: 2,
            expected: 3,
            ..
        }
    ));
}

#[test]
fn a_basis_that_is_no_vectors_is_an_error() {
    for (values, channels) in [(3, 2), (0, 0), (4, 0)] {
        let error = Basis::new(vec![1.0; values], channels).unwrap_err();
        assert!(matches!(error, ActivationsError::Basis { .. }), "{error}");
    }
    let basis = Basis::new(vec![1.0; 4], 2).unwrap().with_name("pair");
    assert_eq!((basis.directions(), basis.name()), (2, Some("pair")));
    let table = SignalCollector::new(vec![basis]).finish().remove(0);
    assert_eq!((table.basis.as_deref(), table.features), (Some("pair"), 4));
}

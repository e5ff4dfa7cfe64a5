//! Folded batch norms against the two layers one after the other.

use crate::kernels::{cases, noise, random};
use crate::oracle::distance;
use convlens_svd::edit::{BatchNorm, FoldedBias};
use convlens_svd::{ConvKernel, Direction, Geometry, LayerOperator, PaddingMode, SvdError};
use proptest::prelude::*;

fn norm(channels: usize, seed: u64) -> BatchNorm {
    let list = |k: u64| noise(channels, seed.wrapping_add(k));
    let variance = list(1).iter().map(|v| 0.5 + v.abs()).collect();
    BatchNorm::new(list(2), variance)
        .gamma(list(3))
        .beta(list(4))
        .eps(1e-3)
}

/// The definition, channel by channel.
fn batch_norm(norm: &BatchNorm, x: &[f64]) -> Vec<f64> {
    let positions = x.len() / norm.mean.len();
    x.iter()
        .enumerate()
        .map(|(i, x)| {
            let c = i / positions;
            norm.gamma[c] * (x - norm.mean[c]) / (norm.variance[c] + norm.eps).sqrt() + norm.beta[c]
        })
        .collect()
}

fn with_bias(mut y: Vec<f64>, bias: &[f64]) -> Vec<f64> {
    let positions = y.len() / bias.len();
    y.iter_mut()
        .enumerate()
        .for_each(|(i, y)| *y += bias[i / positions]);
    y
}

/// Which outputs read input through every tap, by the layer of ones on an image of ones.
fn interior(kernel: &ConvKernel, grid: &[usize]) -> Vec<bool> {
    let ones = vec![1.0; kernel.weights().len()];
    let ones = ConvKernel::new(ones, kernel.shape(), kernel.geometry().clone()).unwrap();
    let layer = LayerOperator::new(&ones, grid).unwrap();
    let taps: usize = kernel.kernel_size().iter().product();
    let full = (kernel.c_in() / kernel.groups() * taps) as f64;
    let counts = layer.apply(&vec![1.0; layer.input_len()]).unwrap();
    counts.iter().map(|&count| count == full).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Sums of at most 400 products of numbers of size 10 at most: 1e-11.
    #[test]
    fn a_batch_norm_after_the_layer(case in cases(), seed in any::<u64>()) {
        let layer = match LayerOperator::new(&case.kernel, &case.grid) {
            Err(SvdError::EmptyOutput { .. }) => return Err(TestCaseError::reject("no output")),
            layer => layer.unwrap(),
        };
        let norm = norm(case.kernel.c_out(), seed);
        let bias = noise(case.kernel.c_out(), !seed);
        let (folded, fold) = case.kernel.fold_batch_norm(Some(&bias), &norm).unwrap();
        prop_assert_eq!((folded.shape(), folded.geometry()), (case.kernel.shape(), case.kernel.geometry()));
        let x = noise(layer.input_len(), seed);
        let expected = batch_norm(&norm, &with_bias(layer.apply(&x).unwrap(), &bias));
        let found = LayerOperator::new(&folded, &case.grid).unwrap().apply(&x).unwrap();
        prop_assert!(distance(&with_bias(found, &fold.bias), &expected) < 1e-11);
    }

    /// The kernel is exact with the layer's own answer to the shift as a map; where the type says
    /// that one number for each channel is enough, it is.
    #[test]
    fn a_batch_norm_before_the_layer(case in cases(), seed in any::<u64>()) {
        let layer = match LayerOperator::new(&case.kernel, &case.grid) {
            Err(SvdError::EmptyOutput { .. }) => return Err(TestCaseError::reject("no output")),
            layer => layer.unwrap(),
        };
        let norm = norm(case.kernel.c_in(), seed);
        let bias = noise(case.kernel.c_out(), !seed);
        let (folded, fold) = case.kernel.fold_batch_norm_before(Some(&bias), &norm).unwrap();
        let x = noise(layer.input_len(), seed);
        let expected = with_bias(layer.apply(&batch_norm(&norm, &x)).unwrap(), &bias);
        let linear = LayerOperator::new(&folded, &case.grid).unwrap().apply(&x).unwrap();
        let constant = with_bias(vec![0.0; layer.input_len()], &fold.shifts);
        let map = with_bias(layer.apply(&constant).unwrap(), &bias);
        let sum: Vec<f64> = linear.iter().zip(&map).map(|(a, b)| a + b).collect();
        prop_assert!(distance(&sum, &expected) < 1e-11);
        let inside = interior(&case.kernel, &case.grid);
        let compare = |folded: &[f64], at: &dyn Fn(usize) -> bool| {
            let found = with_bias(linear.clone(), folded);
            (0..found.len()).filter(|&i| at(i)).all(|i| (found[i] - expected[i]).abs() < 1e-11)
        };
        match &fold.bias {
            FoldedBias::Exact(folded) => {
                prop_assert!(inside.iter().all(|&i| i));
                prop_assert!(compare(folded, &|_| true));
            }
            FoldedBias::InteriorOnly(folded) => prop_assert!(compare(folded, &|i| inside[i])),
            FoldedBias::PositionDependent => {
                prop_assert!(case.kernel.geometry().stride().iter().any(|&s| s > 1));
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }
}

#[test]
fn where_the_bias_is_exact() {
    let of = |geometry: Geometry, size: usize| {
        let kernel = random(&[2, 2, size], geometry, 31);
        let fold = kernel.fold_batch_norm_before(None, &norm(2, 32)).unwrap().1;
        (kernel, fold)
    };
    let exact = |(kernel, fold): &(ConvKernel, convlens_svd::edit::BatchNormBeforeFold)| {
        let FoldedBias::Exact(bias) = &fold.bias else {
            return false;
        };
        let layer = LayerOperator::new(kernel, &[7]).unwrap();
        let constant = with_bias(vec![0.0; layer.input_len()], &fold.shifts);
        let map = layer.apply(&constant).unwrap();
        // Sums of six products of numbers of size 3.
        distance(&map, &with_bias(vec![0.0; map.len()], bias)) < 1e-14
    };
    let same = Geometry::new(1).with_padding(&[(1, 1)]);
    for mode in [
        PaddingMode::Circular,
        PaddingMode::Reflect,
        PaddingMode::Replicate,
    ] {
        assert!(exact(&of(same.clone().with_padding_mode(mode), 3)));
    }
    assert!(exact(&of(Geometry::new(1).with_stride(&[2]), 3)));
    let (_, padded) = of(same.clone(), 3);
    assert!(matches!(padded.bias, FoldedBias::InteriorOnly(_)));
    let transposed = |padding, output_padding: usize, stride: usize| {
        Geometry::new(1)
            .with_padding(&[padding])
            .with_dilation(&[2])
            .with_stride(&[stride])
            .with_direction(Direction::Transposed {
                output_padding: vec![output_padding],
            })
    };
    assert!(exact(&of(transposed((4, 4), 0, 1), 3)));
    assert!(exact(&of(transposed((4, 5), 1, 1), 3)));
    for (padding, output_padding) in [((3, 4), 0), ((4, 3), 0), ((4, 4), 1)] {
        let (kernel, fold) = of(transposed(padding, output_padding, 1), 3);
        assert!(matches!(fold.bias, FoldedBias::InteriorOnly(_)));
        assert!(interior(&kernel, &[7]).contains(&false));
    }
    let (_, strided) = of(transposed((0, 0), 0, 3), 3);
    assert_eq!(strided.bias, FoldedBias::PositionDependent);
    // Without a shift there is nothing that padding could miss.
    let no_shift = BatchNorm::new(vec![0.0; 2], vec![1.0; 2]);
    let kernel = random(&[2, 2, 3], same, 33);
    let (_, fold) = kernel
        .fold_batch_norm_before(Some(&[1.0, 2.0]), &no_shift)
        .unwrap();
    assert_eq!(fold.bias, FoldedBias::Exact(vec![1.0, 2.0]));
}

#[test]
fn faulty_batch_norms_are_refused_with_the_channel() {
    let kernel = ConvKernel::from_slice(&[1.0, 2.0], &[2, 1]).unwrap();
    let fold = |norm: &BatchNorm| kernel.fold_batch_norm(None, norm).unwrap_err();
    let ok = BatchNorm::new(vec![0.0; 2], vec![1.0; 2]);
    let length = |field, got| SvdError::FieldLength {
        field,
        expected: 2,
        got,
    };
    assert_eq!(
        fold(&BatchNorm::new(vec![0.0; 3], vec![1.0; 2])),
        length("gamma", 3)
    );
    assert_eq!(fold(&ok.clone().beta(vec![])), length("beta", 0));
    assert_eq!(
        kernel.fold_batch_norm(Some(&[0.0]), &ok),
        Err(length("bias", 1))
    );
    assert_eq!(
        fold(&BatchNorm::new(vec![0.0; 2], vec![1.0, -1e-5])),
        SvdError::ChannelValue {
            field: "variance + eps",
            channel: 1,
            value: 0.0,
            bound: "positive and finite"
        }
    );
    assert!(matches!(
        fold(&ok.clone().gamma(vec![1.0, f64::NAN])),
        SvdError::ChannelValue {
            field: "gamma",
            channel: 1,
            ..
        }
    ));
    assert!(matches!(
        fold(&ok.clone().eps(f64::NAN)),
        SvdError::ChannelValue { .. }
    ));
    assert!(matches!(
        fold(&ok.gamma(vec![1.0, f64::MAX])),
        SvdError::Overflow { .. }
    ));
}

#[cfg(feature = "serde")]
#[test]
fn folds_round_trip() {
    let kernel = random(&[2, 2, 3], Geometry::new(1), 34);
    let (_, fold) = kernel.fold_batch_norm_before(None, &norm(2, 35)).unwrap();
    let text = serde_json::to_string(&(norm(2, 35), &fold)).unwrap();
    let (back_norm, back): (BatchNorm, convlens_svd::edit::BatchNormBeforeFold) =
        serde_json::from_str(&text).unwrap();
    assert_eq!((back_norm, back), (norm(2, 35), fold));
}

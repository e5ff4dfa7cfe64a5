//! The same bits at any number of threads.

use crate::kernels::random;
use convlens_svd::norm::DavidsonOptions;
use convlens_svd::{Accuracy, Geometry, LayerSvd, LayerValues, NormBracket, OperatorSpectrum};

#[test]
fn one_two_three_and_seven_threads_give_the_same_bits() {
    let geometry = Geometry::new(2)
        .with_padding(&[(1, 1), (1, 1)])
        .with_stride(&[2, 1])
        .with_groups(2);
    let kernel = random(&[10, 6, 3, 3], geometry, 12);
    // Over one task of 256 columns, and one block of 256 vectors.
    let large = random(&[300, 600], Geometry::new(0), 13);
    let results: Vec<_> = [1, 2, 3, 7]
        .into_iter()
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| {
                (
                    LayerSvd::new(&kernel).unwrap(),
                    OperatorSpectrum::new(&kernel, &[14, 9]).unwrap(),
                    NormBracket::zero_padded(&kernel, &[14, 9], &DavidsonOptions::default())
                        .unwrap(),
                    NormBracket::grid_free(&kernel).unwrap(),
                    LayerValues::new(&large, Accuracy::Gram).unwrap(),
                )
            })
        })
        .collect();
    // PartialEq on finite floats that are not zero of either sign: equal means the same bits.
    for other in &results[1..] {
        assert_eq!(&results[0], other);
    }
}

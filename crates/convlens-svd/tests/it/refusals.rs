//! Typed errors of everything that takes weights, a grid or options; and no panic on hostile sizes.

use crate::kernels::random;
use convlens_svd::norm::DavidsonOptions;
use convlens_svd::norm::bounds::{self, GramOptions};
use convlens_svd::periodic::SpectrumOptions;
use convlens_svd::{
    Accuracy, ConvKernel, Direction, Geometry, LayerOperator, LayerSvd, LayerValues, NormBracket,
    OperatorSpectrum, OperatorSvd, PeriodicOperator, SvdError,
};
use std::ops::ControlFlow;

/// Every public constructor that takes a grid, by name.
fn on_grid(kernel: &ConvKernel, grid: &[usize]) -> Vec<(&'static str, Option<SvdError>)> {
    let (davidson, gram) = (
        DavidsonOptions::default().max_iterations(3),
        GramOptions::default(),
    );
    let geometry = kernel.geometry();
    vec![
        (
            "output_size",
            geometry.output_size(kernel.kernel_size(), grid).err(),
        ),
        ("LayerOperator", LayerOperator::new(kernel, grid).err()),
        (
            "OperatorSpectrum",
            OperatorSpectrum::new(kernel, grid).err(),
        ),
        ("circular", NormBracket::circular(kernel, grid).err()),
        (
            "gram_circular",
            bounds::gram_circular(kernel, grid, &gram).err(),
        ),
        (
            "zero_padded",
            NormBracket::zero_padded(kernel, grid, &davidson).err(),
        ),
        (
            "of_layer",
            NormBracket::of_layer(kernel, Some(grid), &davidson).err(),
        ),
    ]
}

/// Every other way to periodic padding that takes a grid, by name.
fn periodic_on_grid(kernel: &ConvKernel, grid: &[usize]) -> Vec<(&'static str, Option<SvdError>)> {
    let options = SpectrumOptions::default();
    vec![
        (
            "largest",
            OperatorSpectrum::largest(kernel, grid, &options).err(),
        ),
        (
            "smallest",
            OperatorSpectrum::smallest_only(kernel, grid, &options).err(),
        ),
        (
            "condition number",
            OperatorSpectrum::condition_number_only(kernel, grid, &options).err(),
        ),
        (
            "stream",
            OperatorSpectrum::for_each_frequency(
                kernel,
                grid,
                &options,
                |_| ControlFlow::Break(()),
            )
            .err(),
        ),
        ("OperatorSvd", OperatorSvd::new(kernel, grid).err()),
        (
            "PeriodicOperator",
            PeriodicOperator::new(kernel, grid).err(),
        ),
    ]
}

/// Every public constructor that takes a kernel alone.
fn without_grid(kernel: &ConvKernel) -> Vec<(&'static str, Option<SvdError>)> {
    let gram = GramOptions::default().spatial_iterations(1);
    vec![
        ("LayerSvd", LayerSvd::new(kernel).err()),
        (
            "values only",
            LayerValues::new(kernel, Accuracy::Exact).err(),
        ),
        ("grid_free", NormBracket::grid_free(kernel).err()),
        (
            "gram_grid_free",
            bounds::gram_grid_free(kernel, &gram).err(),
        ),
        ("gram_in_space", bounds::gram_in_space(kernel, &gram).err()),
        ("reshaped", bounds::reshaped(kernel).err()),
        (
            "of_layer",
            NormBracket::of_layer(kernel, None, &DavidsonOptions::default()).err(),
        ),
    ]
}

fn is_overflow(error: &Option<SvdError>) -> bool {
    matches!(error, Some(SvdError::SizeOverflow { .. }))
}

#[test]
fn weights_that_are_not_finite_never_make_a_kernel() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for index in [0, 5, 11] {
            let mut weights = vec![1.0; 12];
            weights[index] = value;
            for built in [
                ConvKernel::from_slice(&weights, &[2, 2, 3]),
                ConvKernel::new(weights.clone(), &[3, 4], Geometry::new(0)),
            ] {
                let Err(SvdError::NonFinite {
                    index: at,
                    value: found,
                }) = built
                else {
                    panic!("{built:?}");
                };
                assert_eq!((at, found.to_bits()), (index, value.to_bits()));
            }
        }
    }
}

#[test]
fn empty_and_overflowing_shapes_never_make_a_kernel() {
    for shape in [
        vec![0, 2],
        vec![2, 0, 3],
        vec![1, 1, 0, 2],
        vec![1, 1, 1, 1, 0],
    ] {
        let refused = ConvKernel::from_slice::<f64>(&[], &shape);
        assert!(
            matches!(refused, Err(SvdError::ZeroDimension { .. })),
            "{shape:?}"
        );
    }
    for shape in [
        vec![usize::MAX, 2],
        vec![1 << 32, 1 << 32, 3],
        vec![1 << 60, 1, 1],
        vec![usize::MAX; 5],
    ] {
        let refused = ConvKernel::from_slice(&[1.0], &shape);
        assert!(
            matches!(refused, Err(SvdError::SizeOverflow { .. })),
            "{shape:?}"
        );
    }
}

#[test]
fn faulty_grids_are_refused_by_everything_that_takes_one() {
    let kernel = random(
        &[2, 2, 3, 3],
        Geometry::new(2).with_padding(&[(1, 1), (1, 1)]),
        1,
    );
    for grid in [vec![], vec![4], vec![4, 4, 4]] {
        for (name, error) in on_grid(&kernel, &grid) {
            let known = SvdError::GridDims {
                expected: 2,
                got: grid.len(),
            };
            assert_eq!(error, Some(known), "{name}");
        }
        for (name, error) in periodic_on_grid(&kernel, &grid) {
            assert!(matches!(error, Some(SvdError::GridDims { .. })), "{name}");
        }
    }
    for (grid, axis) in [([0, 4], 0), ([4, 0], 1), ([0, 0], 0)] {
        for (name, error) in on_grid(&kernel, &grid) {
            assert_eq!(error, Some(SvdError::ZeroGrid { axis }), "{name}");
        }
    }
    for grid in [
        [usize::MAX, 4],
        [4, usize::MAX],
        [1 << 40, 1 << 40],
        [1 << 60, 1],
    ] {
        for (name, error) in on_grid(&kernel, &grid) {
            // Geometry alone knows no channels: an axis of 2^60 has an output.
            let sized = name == "output_size" && error.is_none();
            assert!(sized || is_overflow(&error), "{name} {grid:?} {error:?}");
        }
    }
    // A dense layer's grid is [].
    let dense = ConvKernel::from_slice(&[1.0, 2.0], &[1, 2]).unwrap();
    for (name, error) in on_grid(&dense, &[]) {
        assert_eq!(error, None, "{name}");
    }
    for (name, error) in on_grid(&dense, &[4]) {
        let refused = matches!(
            error,
            Some(SvdError::GridDims {
                expected: 0,
                got: 1
            })
        );
        // The bracket of a dense layer does not look at the grid.
        assert!(refused || name == "of_layer", "{name} {error:?}");
    }
}

#[test]
fn an_input_that_is_too_short_has_no_output() {
    let kernel = random(&[1, 1, 5], Geometry::new(1).with_dilation(&[3]), 2);
    for (name, error) in on_grid(&kernel, &[12]) {
        let periodic = ["OperatorSpectrum", "circular", "gram_circular"].contains(&name);
        let known = SvdError::EmptyOutput {
            axis: 0,
            padded: 12,
            extent: 13,
        };
        assert_eq!(error, (!periodic).then_some(known), "{name}");
    }
}

#[test]
fn strides_that_do_not_divide_the_grid_are_refused_for_periodic_padding_alone() {
    let kernel = random(&[1, 1, 3], Geometry::new(1).with_stride(&[3]), 3);
    for (name, error) in on_grid(&kernel, &[7]) {
        let periodic = ["OperatorSpectrum", "circular", "gram_circular"].contains(&name);
        let known = SvdError::StrideDoesNotDivideGrid {
            axis: 0,
            stride: 3,
            grid: 7,
        };
        assert_eq!(error, periodic.then_some(known), "{name}");
    }
}

#[test]
fn faulty_options_are_refused_before_any_work() {
    let kernel = random(&[1, 1, 3], Geometry::new(1), 4);
    for options in [
        DavidsonOptions::default().max_iterations(0),
        DavidsonOptions::default().tolerance(f64::NAN),
        DavidsonOptions::default().tolerance(f64::INFINITY),
        DavidsonOptions::default().tolerance(f64::NEG_INFINITY),
        DavidsonOptions::default().tolerance(-1e-300),
        DavidsonOptions::default().tolerance(1.0),
    ] {
        // Even on a grid that would be refused as well.
        for grid in [&[4][..], &[], &[0]] {
            let refused = NormBracket::zero_padded(&kernel, grid, &options);
            assert!(
                matches!(refused, Err(SvdError::InvalidOption { .. })),
                "{options:?}"
            );
        }
    }
    let faulty = GramOptions::default().iterations(0);
    let refused = bounds::gram_circular(&kernel, &[0], &faulty);
    assert!(matches!(
        refused,
        Err(SvdError::InvalidOption {
            option: "iterations",
            ..
        })
    ));
}

/// Sizes at the edge of the address range, everywhere that a geometry or a grid holds one: an
/// answer or an error, no panic. (Overflow checks are on in tests.)
#[test]
fn hostile_sizes_do_not_panic() {
    const SIZES: [usize; 8] = [
        1,
        2,
        3,
        1 << 62,
        (1 << 63) - 1,
        1 << 63,
        usize::MAX - 1,
        usize::MAX,
    ];
    let mut answers = 0;
    for stride in SIZES {
        for dilation in SIZES {
            for padding in [0].into_iter().chain(SIZES) {
                for output_padding in [None, Some(0), Some(1), Some(usize::MAX - 1)] {
                    let mut geometry = Geometry::new(1)
                        .with_stride(&[stride])
                        .with_dilation(&[dilation])
                        .with_padding(&[(padding, padding / 2)]);
                    if let Some(p) = output_padding {
                        let direction = Direction::Transposed {
                            output_padding: vec![p],
                        };
                        geometry = geometry.with_direction(direction);
                    }
                    let Ok(kernel) = ConvKernel::new(vec![1.0, -2.0], &[1, 1, 2], geometry) else {
                        continue;
                    };
                    let mut all = without_grid(&kernel);
                    for grid in SIZES {
                        all.extend(on_grid(&kernel, &[grid]));
                    }
                    answers += all.len();
                }
            }
        }
    }
    assert!(answers > 10_000, "{answers}");
}

/// Sizes that do not overflow but fit in no memory: refused before anything is allocated, by all
/// but the mere size.
#[test]
fn grids_past_any_memory_are_refused() {
    let kernel = random(&[1, 1, 3], Geometry::new(1).with_padding(&[(1, 1)]), 3);
    let grid = [1 << 40];
    let all = on_grid(&kernel, &grid);
    for (name, error) in all.into_iter().chain(periodic_on_grid(&kernel, &grid)) {
        match name {
            "output_size" => assert_eq!(error, None),
            _ => assert!(
                matches!(error, Some(SvdError::TooLarge { .. })),
                "{name}: {error:?}"
            ),
        }
    }
}

//! Seeded kernels, and a strategy of geometries.

use convlens_svd::{ConvKernel, Direction, Geometry};
use proptest::prelude::*;

/// Uniform numbers in `[-1, 1)` from a multiplicative congruential generator.
pub(crate) fn noise(len: usize, seed: u64) -> Vec<f64> {
    let mut state = seed.wrapping_mul(2).wrapping_add(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state = state.wrapping_mul(0xd134_2543_de82_ef95).wrapping_add(1);
        (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    for _ in 0..8 {
        next();
    }
    (0..len).map(|_| next()).collect()
}

pub(crate) fn random(shape: &[usize], geometry: Geometry, seed: u64) -> ConvKernel {
    ConvKernel::new(noise(shape.iter().product(), seed), shape, geometry).unwrap()
}

/// One axis: kernel size, stride, dilation, padding, and a coarse size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Axis {
    pub(crate) k: usize,
    pub(crate) stride: usize,
    pub(crate) dilation: usize,
    pub(crate) padding: (usize, usize),
    pub(crate) coarse: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) kernel: ConvKernel,
    /// Grid that the stride divides.
    pub(crate) grid: Vec<usize>,
}

fn axis(most_coarse: usize) -> impl Strategy<Value = Axis> {
    (
        1..=5usize,
        1..=3usize,
        1..=3usize,
        (0..=5usize, 0..=5usize),
        1..=most_coarse,
    )
        .prop_map(|(k, stride, dilation, padding, coarse)| Axis {
            k,
            stride,
            dilation,
            padding,
            coarse,
        })
}

/// Layers of 1 to 3 axes whose dense matrix stays small; about a third are transposed.
pub(crate) fn cases() -> impl Strategy<Value = Case> {
    let axes = prop_oneof![
        prop::collection::vec(axis(9), 1),
        prop::collection::vec(axis(3), 2),
        prop::collection::vec(axis(2), 3),
    ];
    (
        axes,
        1..=3usize,
        1..=2usize,
        1..=2usize,
        0..=2usize,
        any::<u64>(),
    )
        .prop_map(|(mut axes, groups, rows, cols, transposed, seed)| {
            if axes.len() == 3 {
                axes.iter_mut().for_each(|a| {
                    a.k = a.k.min(3);
                    a.stride = a.stride.min(2);
                });
            }
            let groups = if axes.len() == 1 {
                groups
            } else {
                groups.min(2)
            };
            let mut shape = vec![rows * groups, cols];
            shape.extend(axes.iter().map(|a| a.k));
            let each = |f: fn(&Axis) -> usize| axes.iter().map(f).collect::<Vec<_>>();
            let mut geometry = Geometry::new(axes.len())
                .with_stride(&each(|a| a.stride))
                .with_dilation(&each(|a| a.dilation))
                .with_padding(&axes.iter().map(|a| a.padding).collect::<Vec<_>>())
                .with_groups(groups);
            let transposed = transposed == 0;
            if transposed {
                let output_padding = each(|a| (a.padding.0 + a.k) % a.stride.max(a.dilation));
                geometry = geometry.with_direction(Direction::Transposed { output_padding });
            }
            let grid = each(|a| a.coarse);
            let fine = each(|a| a.coarse * a.stride);
            let grid = if transposed { grid } else { fine };
            Case {
                kernel: random(&shape, geometry, seed),
                grid,
            }
        })
}

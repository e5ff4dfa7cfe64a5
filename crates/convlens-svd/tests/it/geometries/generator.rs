//! Seeded random layers whose dense matrices stay small.

use crate::kernels::noise;
use crate::oracle::{Edge, plain};
use convlens_svd::{ConvKernel, Direction, Geometry};

/// SplitMix64 (Steele, Lea, Flood 2014): any seed will do.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From `low` to `high`, both included. The bias of the remainder does not matter here.
    fn within(&mut self, low: usize, high: usize) -> usize {
        low + (self.next() % (high - low + 1) as u64) as usize
    }

    fn percent(&mut self, p: u64) -> bool {
        self.next() % 100 < p
    }
}

/// A layer and an input grid. Its `Debug` says all that is needed to build it again.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) kernel: ConvKernel,
    /// Any grid: the stride need not divide it.
    pub(crate) grid: Vec<usize>,
    /// The nearest grid that periodic padding allows.
    pub(crate) periodic: Vec<usize>,
}

/// What a case is an example of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kinds {
    pub(crate) strided: bool,
    pub(crate) grouped: bool,
    pub(crate) dilated: bool,
    /// The dilated kernel is longer than the grid that it slides over.
    pub(crate) overhanging: bool,
    /// More taps than that grid has points, on some axis.
    pub(crate) wrapping: bool,
    pub(crate) non_square: bool,
    pub(crate) transposed: bool,
    pub(crate) output_padded: bool,
    pub(crate) depthwise: bool,
    pub(crate) even: bool,
    pub(crate) lopsided: bool,
    pub(crate) indivisible: bool,
    /// The zero-padded layer has no output.
    pub(crate) empty: bool,
    pub(crate) dims: usize,
    pub(crate) c_in: usize,
    pub(crate) c_out: usize,
}

/// Entries of a dense matrix, and its smaller side, at most: what keeps Jacobi fast.
const LIMITS: (usize, usize) = (60_000, 128);

/// The case of a seed: the first draw within the limits.
pub(crate) fn case(seed: u64) -> Case {
    let mut draw = Draw(seed.wrapping_mul(0x5851_f42d_4c95_7f2d));
    loop {
        let case = attempt(&mut draw);
        let layer = plain(&case.kernel);
        let small = |grid: &[usize], edge| {
            let Some(output) = layer.output_size(grid, edge) else {
                return true;
            };
            let inputs = case.kernel.c_in() * grid.iter().product::<usize>();
            let outputs = case.kernel.c_out() * output.iter().product::<usize>();
            inputs * outputs <= LIMITS.0 && inputs.min(outputs) <= LIMITS.1
        };
        let padded = small(&case.grid, Edge::Zeros);
        if padded && small(&case.periodic, Edge::Circular) {
            return case;
        }
    }
}

fn attempt(draw: &mut Draw) -> Case {
    let dims = [1, 1, 2, 2, 3][draw.within(0, 4)];
    let transposed = draw.percent(20);
    let most = |of: [usize; 3]| of[dims - 1];
    let kernel_size: Vec<usize> = (0..dims).map(|_| draw.within(1, most([7, 5, 3]))).collect();
    let steps = |draw: &mut Draw, share, most| -> Vec<usize> {
        let any = draw.percent(share);
        (0..dims)
            .map(|_| if any { draw.within(1, most) } else { 1 })
            .collect()
    };
    let stride = steps(draw, 60, most([4, 3, 2]));
    let dilation = steps(draw, 40, 3);
    let extent: Vec<usize> = (0..dims)
        .map(|a| dilation[a] * (kernel_size[a] - 1) + 1)
        .collect();

    let tight = draw.percent(35);
    let grid: Vec<usize> = (0..dims)
        .map(|a| match tight {
            true => draw.within(1, extent[a].min(most([14, 7, 4]))),
            false => draw.within(1, most([20, 9, 5])),
        })
        .collect();
    let periodic = (0..dims)
        .map(|a| {
            if transposed {
                grid[a]
            } else {
                (grid[a] / stride[a]).max(1) * stride[a]
            }
        })
        .collect();

    let usual = draw.within(0, 3);
    let mut padding: Vec<(usize, usize)> = (0..dims)
        .map(|a| match usual {
            0 => (0, 0),
            1 => ((extent[a] - 1) / 2, extent[a] / 2),
            _ => (draw.within(0, extent[a]), draw.within(0, extent[a])),
        })
        .collect();
    if !draw.percent(8) {
        // As much padding as an output needs, or as little.
        for a in 0..dims {
            if transposed {
                let full = stride[a] * (grid[a] - 1) + extent[a];
                padding[a].0 = padding[a].0.min((full - 1) / 2);
                padding[a].1 = padding[a].1.min((full - 1) / 2);
            } else {
                let short = extent[a].saturating_sub(grid[a] + padding[a].0 + padding[a].1);
                padding[a].1 += short;
            }
        }
    }

    let (groups, rows, cols) = match draw.within(0, 9) {
        0..=4 => (1, draw.within(1, 4), draw.within(1, 4)),
        // Depthwise, with a channel multiplier or without.
        5 | 6 => (draw.within(2, 4), draw.within(1, 2), 1),
        _ => (draw.within(2, 3), draw.within(1, 2), draw.within(1, 2)),
    };
    let mut shape = vec![rows * groups, cols];
    shape.extend(&kernel_size);
    let mut geometry = Geometry::new(dims)
        .with_stride(&stride)
        .with_dilation(&dilation)
        .with_padding(&padding)
        .with_groups(groups);
    if transposed {
        let output_padding = (0..dims)
            .map(|a| draw.within(0, stride[a].max(dilation[a]) - 1))
            .collect();
        geometry = geometry.with_direction(Direction::Transposed { output_padding });
    }
    let mut weights = noise(shape.iter().product(), draw.next());
    if draw.percent(12) {
        // -1, 0 and 1: equal columns, repeated values, ranks that drop.
        weights.iter_mut().for_each(|w| *w = (*w * 1.49).round());
    }
    Case {
        kernel: ConvKernel::new(weights, &shape, geometry).unwrap(),
        grid,
        periodic,
    }
}

impl Case {
    pub(crate) fn kinds(&self) -> Kinds {
        let (kernel, g) = (&self.kernel, self.kernel.geometry());
        let (size, dims) = (kernel.kernel_size(), kernel.spatial_dims());
        let unequal = |sizes: &[usize]| sizes.windows(2).any(|w| w[0] != w[1]);
        // The grid that the kernel slides over: of a transposed layer, that of the output.
        let fine = |a: usize| {
            if g.is_transposed() {
                self.grid[a] * g.stride()[a]
            } else {
                self.grid[a]
            }
        };
        let per_group = kernel.c_in() / kernel.groups();
        Kinds {
            strided: g.stride().iter().any(|&s| s > 1),
            grouped: kernel.groups() > 1,
            dilated: g.dilation().iter().any(|&d| d > 1),
            overhanging: (0..dims).any(|a| g.dilation()[a] * (size[a] - 1) + 1 > fine(a)),
            wrapping: (0..dims).any(|a| size[a] > fine(a)),
            non_square: unequal(size) || unequal(&self.grid),
            transposed: g.is_transposed(),
            output_padded: match g.direction() {
                Direction::Transposed { output_padding } => output_padding.iter().any(|&p| p > 0),
                _ => false,
            },
            depthwise: kernel.groups() > 1 && per_group == 1,
            even: size.iter().any(|k| k % 2 == 0),
            lopsided: g.padding().iter().any(|(begin, end)| begin != end),
            indivisible: self.grid != self.periodic,
            empty: plain(kernel).output_size(&self.grid, Edge::Zeros).is_none(),
            dims,
            c_in: kernel.c_in(),
            c_out: kernel.c_out(),
        }
    }
}

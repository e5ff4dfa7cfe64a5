//! What is checked on every geometry.

use super::brackets;
use super::scene::{Scene, Verdict, ensure};
use crate::kernels::noise;
use crate::oracle::{Dense, Edge, distance, exact, plain};
use convlens_svd::periodic::{Instructions, SpectrumOptions};
use convlens_svd::{
    Accuracy, ConvKernel, LayerOperator, LayerSvd, OperatorSpectrum, PaddingMode, SvdError,
};

pub(crate) type Check = fn(&Scene<'_>) -> Verdict;

/// One line for each.
pub(crate) const CHECKS: &[(&str, Check)] = &[
    ("zero-padded layer", |s| {
        layer(s, PaddingMode::Zeros, Edge::Zeros)
    }),
    ("circular layer", |s| {
        layer(s, PaddingMode::Circular, Edge::CircularPadded)
    }),
    ("reflecting layer", |s| {
        layer(s, PaddingMode::Reflect, Edge::Reflect)
    }),
    ("replicating layer", |s| {
        layer(s, PaddingMode::Replicate, Edge::Replicate)
    }),
    ("values of OperatorSpectrum", |s| {
        values(
            s,
            &OperatorSpectrum::new(&s.case.kernel, &s.case.periodic)
                .unwrap()
                .singular_values(),
        )
    }),
    ("values by portable instructions", |s| {
        let options = SpectrumOptions::default().instructions(Instructions::Portable);
        values(s, &spectrum(s, &options).singular_values())
    }),
    ("values by AVX2", |s| {
        let options = SpectrumOptions::default().instructions(Instructions::Avx2);
        values(s, &spectrum(s, &options).singular_values())
    }),
    ("values through Gram matrices", |s| {
        let options = SpectrumOptions::default().accuracy(Accuracy::Gram);
        gram_values(s, &spectrum(s, &options).singular_values())
    }),
    ("extremes alone", extremes),
    ("frequencies of OperatorSpectrum", frequencies),
    ("grids that the stride does not divide", indivisible),
    ("brackets", brackets::hold),
    ("interlacing of brackets", brackets::interlace),
    ("unfolding", unfolding),
];

fn spectrum(scene: &Scene<'_>, options: &SpectrumOptions) -> OperatorSpectrum {
    let case = scene.case;
    OperatorSpectrum::with_options(&case.kernel, &case.periodic, options).unwrap()
}

/// The contract of `Accuracy::Gram`, for squares; the sides are those of the dense matrix, as its
/// rounding grows with them.
fn gram_values(scene: &Scene<'_>, found: &[f64]) -> Verdict {
    let square = |values: &[f64]| values.iter().map(|s| s * s).collect::<Vec<_>>();
    let sides = scene.periodic.rows.max(scene.periodic.cols) as f64;
    let bound = 8.0 * f64::EPSILON * sides * scene.values[0].powi(2);
    let off = distance(&square(found), &square(&scene.values));
    ensure(off <= bound, || {
        format!("squares off by {off}, over {bound}")
    })
}

/// The largest and the smallest value, each by itself, within the contract twice.
fn extremes(scene: &Scene<'_>) -> Verdict {
    let (kernel, grid) = (&scene.case.kernel, &scene.case.periodic);
    let expected = &scene.values;
    let bound = 2.0 * exact(scene.periodic.rows, scene.periodic.cols, expected[0]);
    let options = SpectrumOptions::default();
    let largest = OperatorSpectrum::largest(kernel, grid, &options).unwrap();
    let smallest = OperatorSpectrum::smallest_only(kernel, grid, &options).unwrap();
    let last = expected[expected.len() - 1];
    let near =
        (largest.value - expected[0]).abs() <= bound && (smallest.value - last).abs() <= bound;
    ensure(near, || {
        format!("{largest:?}, {smallest:?}; not {} and {last}", expected[0])
    })
}

/// A list of all singular values of the periodic operator: the dense matrix's, and Parseval's sum.
pub(crate) fn values(scene: &Scene<'_>, found: &[f64]) -> Verdict {
    let expected = &scene.values;
    ensure(found.len() == expected.len(), || {
        format!("{} values, not {}", found.len(), expected.len())
    })?;
    ensure(found.windows(2).all(|w| w[0] >= w[1]), || {
        format!("not descending: {found:?}")
    })?;
    // The contract is for the symbols' sizes; the oracle's own rounding grows with those of the
    // dense matrix.
    let bound = exact(scene.periodic.rows, scene.periodic.cols, expected[0]);
    ensure(distance(found, expected) <= bound, || {
        format!("{found:?}, not {expected:?}")
    })?;
    // sum sigma^2 = prod(n / s) |W wrapped|^2, the grid of a transposed layer being n already. At
    // most 128 values and 1e3 taps: 1e-12 of the sum.
    let squares: f64 = found.iter().map(|v| v * v).sum();
    let kernel = &scene.case.kernel;
    let (stride, transposed) = (
        kernel.geometry().stride(),
        kernel.geometry().is_transposed(),
    );
    let axes = scene.case.periodic.iter().zip(stride);
    let (fine, coarse): (Vec<usize>, Vec<usize>) = axes
        .map(|(&n, &s)| if transposed { (n * s, n) } else { (n, n / s) })
        .unzip();
    let wrapped: f64 = plain(kernel).wrapped(&fine).iter().map(|w| w * w).sum();
    let parseval = coarse.iter().product::<usize>() as f64 * wrapped;
    ensure((squares - parseval).abs() <= 1e-12 * parseval, || {
        format!("Parseval: {squares}, not {parseval}")
    })?;
    let frobenius = scene.periodic.squares();
    ensure((frobenius - parseval).abs() <= 1e-12 * parseval, || {
        format!("oracle: {frobenius}, not {parseval}")
    })
}

/// Apply and adjoint are those of the dense matrix, and the layer is refused where that has no row.
fn layer(scene: &Scene<'_>, mode: PaddingMode, edge: Edge) -> Verdict {
    let kernel = &scene.case.kernel;
    let geometry = kernel.geometry().clone().with_padding_mode(mode);
    let moded = ConvKernel::new(kernel.weights().to_vec(), kernel.shape(), geometry).unwrap();
    let built = LayerOperator::new(&moded, &scene.case.grid);
    if mode != PaddingMode::Zeros && kernel.geometry().is_transposed() {
        return ensure(matches!(built, Err(SvdError::Unsupported { .. })), || {
            format!("{built:?}")
        });
    }
    let Some(slow) = plain(&moded).dense(&scene.case.grid, edge) else {
        return ensure(matches!(built, Err(SvdError::EmptyOutput { .. })), || {
            format!("{built:?}")
        });
    };
    let layer = built.map_err(|e| e.to_string())?;
    ensure(
        (layer.output_len(), layer.input_len()) == (slow.rows, slow.cols),
        || format!("{} x {}", layer.output_len(), layer.input_len()),
    )?;
    // Sums of at most 1e3 products of numbers under 1 (1.5 for weights of -1, 0, 1).
    let x = noise(slow.cols, 1);
    let (found, expected) = (layer.apply(&x).unwrap(), slow.apply(&x));
    ensure(distance(&found, &expected) < 1e-12, || {
        format!("apply: {found:?}, not {expected:?}")
    })?;
    let y = noise(slow.rows, 2);
    let (found, expected) = (layer.adjoint(&y).unwrap(), slow.transposed().apply(&y));
    ensure(distance(&found, &expected) < 1e-12, || {
        format!("adjoint: {found:?}, not {expected:?}")
    })
}

/// The half of the frequencies, counted twice, is the whole, and the surface holds the largest
/// values.
fn frequencies(scene: &Scene<'_>) -> Verdict {
    let spectrum = OperatorSpectrum::new(&scene.case.kernel, &scene.case.periodic).unwrap();
    let mut all = Vec::new();
    let surface = spectrum.norm_surface();
    for at in spectrum.per_frequency() {
        (0..at.multiplicity).for_each(|_| all.extend_from_slice(at.values));
        let axes = at.frequency.iter().zip(spectrum.frequency_grid());
        let flat = axes.fold(0, |flat, (f, n)| flat * n + f);
        ensure(surface[flat] == at.values[0], || {
            format!("surface at {:?}", at.frequency)
        })?;
    }
    all.sort_by(|a, b| b.total_cmp(a));
    ensure(all == spectrum.singular_values(), || format!("{all:?}"))?;
    let top = surface.iter().copied().fold(0.0, f64::max);
    ensure(top == spectrum.norm(), || {
        format!("{top}, not {}", spectrum.norm())
    })
}

fn indivisible(scene: &Scene<'_>) -> Verdict {
    if scene.case.grid == scene.case.periodic {
        return Ok(());
    }
    let refused = OperatorSpectrum::new(&scene.case.kernel, &scene.case.grid);
    ensure(
        matches!(refused, Err(SvdError::StrideDoesNotDivideGrid { .. })),
        || format!("{refused:?}"),
    )
}

/// Group by group: the values of the flattened filters, orthonormal vectors, and the weights back.
fn unfolding(scene: &Scene<'_>) -> Verdict {
    let kernel = &scene.case.kernel;
    let svd = LayerSvd::new(kernel).unwrap();
    let top = svd.singular_values()[0];
    let mut merged = Vec::new();
    for (g, group) in svd.groups().iter().enumerate() {
        let slow = flattened(kernel, g);
        let expected = slow.singular_values();
        let r = expected.len();
        let bound = exact(slow.rows, slow.cols, expected[0]);
        ensure(
            distance(group.singular_values(), &expected) <= bound,
            || format!("group {g}: {:?}, not {expected:?}", group.singular_values()),
        )?;
        // U^T U and V^T V: backward stable, so within a modest multiple of eps; 1e-13 for sides of
        // at most 256.
        let column =
            |l: usize| -> Vec<f64> { (0..slow.rows).map(|i| group.u()[i * r + l]).collect() };
        let row =
            |l: usize| -> Vec<f64> { group.v_t()[l * slow.cols..(l + 1) * slow.cols].to_vec() };
        for (a, b) in (0..r).flat_map(|a| (a..r).map(move |b| (a, b))) {
            let dot = |x: Vec<f64>, y: Vec<f64>| x.iter().zip(&y).map(|(x, y)| x * y).sum::<f64>();
            let unit = f64::from(a == b);
            let (u, v) = (dot(column(a), column(b)), dot(row(a), row(b)));
            let worst = (u - unit).abs().max((v - unit).abs());
            ensure(worst < 1e-13, || {
                format!("group {g}: vectors {a}, {b}: {u}, {v}")
            })?;
        }
        merged.extend_from_slice(group.singular_values());
    }
    merged.sort_by(|a, b| b.total_cmp(a));
    ensure(merged == svd.singular_values(), || {
        format!("{:?}", svd.singular_values())
    })?;
    let (rows, cols) = (svd.values().rows, svd.values().cols);
    let back = svd.reconstruct(usize::MAX);
    ensure(
        distance(&back, kernel.weights()) <= exact(rows, cols, top),
        || format!("{back:?}"),
    )
}

/// The unfolding of a group by its definition: rows are output channels, columns
/// `(input channel, tap)`.
fn flattened(kernel: &ConvKernel, group: usize) -> Dense {
    let taps: usize = kernel.kernel_size().iter().product();
    let (c_out, c_in) = (
        kernel.c_out() / kernel.groups(),
        kernel.c_in() / kernel.groups(),
    );
    let mut dense = Dense::zeros(c_out, c_in * taps);
    for (o, i, t) in
        (0..c_out).flat_map(|o| (0..c_in).flat_map(move |i| (0..taps).map(move |t| (o, i, t))))
    {
        let stored = if kernel.geometry().is_transposed() {
            ((group * c_in + i) * c_out + o) * taps + t
        } else {
            ((group * c_out + o) * c_in + i) * taps + t
        };
        dense.data[(o * c_in + i) * taps + t] = kernel.weights()[stored];
    }
    dense
}

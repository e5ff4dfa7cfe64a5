//! The validation experiment: which definition of a convolution's singular values random-matrix
//! theory bears out.

use convlens_rmt::{Esd, NullModel, validation};
use convlens_svd::{ConvKernel, Direction, OperatorSpectrum};

use crate::error::Error;

/// Compares a kernel's spectrum under three definitions (unfolding, slices, operator on the given
/// grid) with those of seeded random kernels: Gaussian ones of the same variance, and permutations
/// of its weights.
///
/// [`validation::Validation::run`] says what the steps, statistics and verdicts are.
///
/// # Conventions
///
/// The operator is that of the kernel with stride 1 and dilation 1 on a periodic grid, whatever the
/// layer's own: the symbols of strided layers follow another law. The mean of the weights is
/// subtracted in the nulls, and stays in the kernel.
///
/// # Errors
///
/// [`Error::Setting`] for a kernel with groups, a transposed one, a dense layer, which has one
/// definition only, and a grid smaller than the kernel; [`Error::Statistics`] for a bad option;
/// [`Error::Decomposition`] where a decomposition fails.
///
/// # Complexity
///
/// `1 + 2 replicates` times the three decompositions; the operator's, at half the frequencies of
/// the grid, take the most time.
///
/// # Example
///
/// ```
/// use convlens::rmt::validation;
/// use convlens::svd::ConvKernel;
/// use convlens::validate_definitions;
///
/// // An 8 x 8 kernel whose filters are all alike, but for a little noise.
/// let weights: Vec<f64> = (0..8 * 8 * 3)
///     .map(|i| f64::from(i % 24).sin() + 0.1 * f64::from(i * i).sin())
///     .collect();
/// let kernel = ConvKernel::from_slice(&weights, &[8, 8, 3])?;
/// let options = validation::Options::default().replicates(39).seed(1);
/// let found = validate_definitions(&kernel, &[6], &options)?;
/// for outcome in &found.definitions {
///     let result = outcome.value().expect("eight values and more");
///     assert_eq!(result.verdict, validation::Verdict::Separates);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn validate_definitions(
    kernel: &ConvKernel,
    grid: &[usize],
    options: &validation::Options,
) -> Result<validation::Validation, Error> {
    check(kernel, grid)?;
    let shape = kernel.shape();
    let (rows, cols) = (shape[0], shape[1..].iter().product());
    let trained = spectra(kernel.weights(), shape, grid)?;
    validation::Validation::run(&trained, options, |draw| {
        let model = NullModel::new(kernel.weights(), rows, cols, draw.kind)?;
        spectra(&model.draw(draw.seed, draw.replicate), shape, grid)
    })
}

fn check(kernel: &ConvKernel, grid: &[usize]) -> Result<(), Error> {
    let refuse = |setting, value: String, bound| {
        Err(Error::Setting {
            setting,
            value,
            bound,
        })
    };
    if kernel.groups() > 1 {
        let groups = format!("one of {} groups", kernel.groups());
        return refuse("kernel", groups, "without groups");
    }
    if *kernel.geometry().direction() != Direction::Forward {
        return refuse("kernel", "a transposed one".into(), "a forward convolution");
    }
    if kernel.is_dense() {
        return refuse("kernel", "a dense layer".into(), "a convolution");
    }
    let size = kernel.kernel_size();
    if grid.len() != size.len() || grid.iter().zip(size).any(|(n, k)| n < k) {
        return refuse(
            "grid",
            format!("{grid:?}"),
            "at least the kernel on each axis",
        );
    }
    Ok(())
}

/// The spectra under the three definitions, in the order of the enumeration.
fn spectra(
    weights: &[f64],
    shape: &[usize],
    grid: &[usize],
) -> Result<Vec<validation::Spectrum>, Error> {
    let (rows, cols) = (shape[0], shape[1]);
    let taps: usize = shape[2..].iter().product();
    let unfolding = esd(weights, rows, cols * taps)?;
    // Without a geometry: stride and dilation 1.
    let kernel = ConvKernel::from_slice(weights, shape)?;
    let slices = kernel.slices().into_iter();
    let slices: Vec<Esd> = slices
        .map(|slice| esd(&slice, rows, cols))
        .collect::<Result<_, _>>()?;
    let operator = OperatorSpectrum::new(&kernel, grid)?;
    let (mut values, mut multiplicities) = (Vec::new(), Vec::new());
    for at in operator.per_frequency() {
        values.extend_from_slice(at.values);
        multiplicities.extend(at.values.iter().map(|_| at.multiplicity as u32));
    }
    Ok(vec![
        validation::Spectrum::unfolding(&unfolding),
        validation::Spectrum::slices(&slices)?,
        validation::Spectrum::operator(&values, &multiplicities, rows, cols, taps)?,
    ])
}

fn esd(matrix: &[f64], rows: usize, cols: usize) -> Result<Esd, Error> {
    // A matrix is a layer without positions; no vectors are wanted.
    let spectrum = OperatorSpectrum::new(&ConvKernel::from_slice(matrix, &[rows, cols])?, &[])?;
    let values = spectrum.singular_values();
    Ok(Esd::from_singular_values(&values, rows, cols)?)
}

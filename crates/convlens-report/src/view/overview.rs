//! One row for each layer.

use convlens::{BasisKind, LayerAnalysis};

use super::geometry::{norm_method, norm_padding, padding, per_axis};
use crate::conclusions::{directions_for_energy, noise_directions_for_energy};
use crate::number::{exact, fixed, p_value, percent, short, sizes};

/// A column: its head, and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) head: &'static str,
    pub(crate) meaning: &'static str,
}

const fn column(head: &'static str, meaning: &'static str) -> Column {
    Column { head, meaning }
}

/// The columns after number and name.
pub(crate) const COLUMNS: [Column; 18] = [
    column("kind", "Operator of the layer"),
    column(
        "kernel",
        "Shape of the kernel: c_out × c_in / groups × positions (c_in × c_out / groups for a transposed convolution)",
    ),
    column(
        "s / p / g",
        "Stride, padding and groups; dilation stands in the layer's section",
    ),
    column("grid", "Spatial size of the layer's input"),
    column(
        "σ₁, σ₂, σ₃",
        "Leading singular values of the unfolded kernel",
    ),
    column(
        "k₉₀ / r",
        "Directions that hold 90% of the sum of squared weights, of all directions; in brackets, what noise of the same shape would take",
    ),
    column(
        "norm",
        "Operator norm under the layer's own padding: certified lower and upper bound",
    ),
    column(
        "for; by",
        "Padding that the bracket holds for, and the method: Lanczos steps on the layer below and a periodic operator around it above; Fourier symbols; torus samples; the matrix itself",
    ),
    column(
        "λ₊",
        "Upper edge of the fitted Marchenko-Pastur bulk, of eigenvalues of WᵀW / N",
    ),
    column(
        "spikes",
        "Eigenvalues past the Tracy-Widom threshold, of all eigenvalues",
    ),
    column(
        "D bulk",
        "Kolmogorov-Smirnov distance of the bulk from its Marchenko-Pastur law",
    ),
    column(
        "α ± se",
        "Exponent of the power law fitted to the tail of the eigenvalues, with its standard error at known xₘᵢₙ",
    ),
    column(
        "interval",
        "Bootstrap interval of α, the choice of xₘᵢₙ included",
    ),
    column(
        "D tail",
        "Kolmogorov-Smirnov distance of the tail from its power law",
    ),
    column("tail", "Eigenvalues at or above xₘᵢₙ, of all positive ones"),
    column(
        "accuracy",
        "Held-out accuracy of the nearest class profile, leading singular directions",
    ),
    column("p", "Permutation p-value of the accuracy"),
    column("p adj.", "The same, corrected over the layers (max-T)"),
];

/// One layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OverviewRow {
    pub(crate) number: usize,
    pub(crate) name: String,
    pub(crate) cells: Vec<Cell>,
}

/// A value; where there is none, a dash and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) reason: String,
}

impl Cell {
    fn new(text: impl Into<String>) -> Self {
        Cell {
            text: text.into(),
            reason: String::new(),
        }
    }

    fn none(reason: impl Into<String>) -> Self {
        Cell {
            text: "\u{2013}".into(),
            reason: reason.into(),
        }
    }
}

impl OverviewRow {
    pub(crate) fn new(index: usize, layer: &LayerAnalysis) -> Self {
        let mut cells = shape(layer);
        cells.extend(norm(layer));
        cells.extend(noise(layer));
        cells.extend(tail(layer));
        cells.extend(separation(layer));
        OverviewRow {
            number: index + 1,
            name: layer.name.clone(),
            cells,
        }
    }
}

fn shape(layer: &LayerAnalysis) -> Vec<Cell> {
    let g = &layer.geometry;
    let leading: Vec<String> = layer
        .unfolding
        .singular_values
        .iter()
        .take(3)
        .map(|&s| short(s))
        .collect();
    let geometry = if g.spatial_dims() == 0 {
        Cell::none("a dense layer has none")
    } else {
        Cell::new(format!(
            "{} / {} / {}",
            per_axis(g.stride()),
            padding(g),
            g.groups()
        ))
    };
    let grid = match layer.grid.as_deref() {
        Some([]) => Cell::none("a dense layer has none"),
        Some(grid) => Cell::new(sizes(grid)),
        None => Cell::none("the file does not tell"),
    };
    vec![
        Cell::new(layer.kind.to_string()),
        Cell::new(sizes(&layer.shape)),
        geometry,
        grid,
        Cell::new(leading.join(", ")),
        Cell::new(format!(
            "{} / {} ({})",
            directions_for_energy(&layer.unfolding.singular_values),
            layer.unfolding.singular_values.len(),
            noise_directions_for_energy(&layer.unfolding)
        )),
    ]
}

fn norm(layer: &LayerAnalysis) -> [Cell; 2] {
    match (layer.norm.value(), layer.norm.reason()) {
        (Some(n), _) => [
            Cell::new(format!("[{}, {}]", exact(n.lower), exact(n.upper))),
            Cell::new(format!("{}; {}", norm_padding(n), norm_method(n))),
        ],
        (_, reason) => [(); 2].map(|()| Cell::none(reason.unwrap_or_default())),
    }
}

fn noise(layer: &LayerAnalysis) -> [Cell; 3] {
    let statistics = layer.statistics.value();
    match statistics.and_then(|s| s.marchenko_pastur.fit()) {
        Some(f) => [
            Cell::new(short(f.bulk_upper)),
            Cell::new(format!("{} / {}", f.spikes, f.m)),
            Cell::new(fixed(f.ks_distance, 3)),
        ],
        None => {
            let reason = statistics
                .and_then(|s| super::no_bulk(&s.marchenko_pastur))
                .or_else(|| layer.statistics.reason().map(str::to_owned));
            [(); 3].map(|()| Cell::none(reason.clone().unwrap_or_default()))
        }
    }
}

fn tail(layer: &LayerAnalysis) -> [Cell; 4] {
    let statistics = layer.statistics.value();
    match statistics.and_then(|s| s.power_law.fit()) {
        Some(f) => [
            Cell::new(format!(
                "{} \u{b1} {}",
                fixed(f.alpha, 2),
                fixed(f.alpha_std_err, 2)
            )),
            f.bootstrap.as_ref().map_or_else(
                || Cell::none("no bootstrap was asked for"),
                |b| {
                    Cell::new(format!(
                        "[{}, {}]",
                        fixed(b.alpha.lower, 2),
                        fixed(b.alpha.upper, 2)
                    ))
                },
            ),
            Cell::new(fixed(f.ks_distance, 3)),
            Cell::new(format!("{} / {}", f.n_tail, f.n)),
        ],
        None => {
            let reason = statistics
                .and_then(|s| super::no_tail(&s.power_law))
                .or_else(|| layer.statistics.reason().map(str::to_owned));
            [(); 4].map(|()| Cell::none(reason.clone().unwrap_or_default()))
        }
    }
}

fn separation(layer: &LayerAnalysis) -> [Cell; 3] {
    let found = layer
        .separation
        .value()
        .and_then(|s| s.basis(BasisKind::Singular));
    match found {
        Some(s) => [
            Cell::new(percent(s.accuracy.observed)),
            Cell::new(p_value(s.accuracy.p_value)),
            s.accuracy
                .p_adjusted
                .map_or_else(|| Cell::none("one layer only"), |p| Cell::new(p_value(p))),
        ],
        None => {
            let reason = layer.separation.reason().unwrap_or("no singular basis");
            [(); 3].map(|()| Cell::none(reason))
        }
    }
}

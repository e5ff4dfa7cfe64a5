//! One row for each layer.

use super::geometry::{padding, per_axis};
use crate::number::{exact, fixed, p_value, percent, short, sizes};
use crate::tables::LayerRow;

/// The head of a column, and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) head: &'static str,
    pub(crate) meaning: &'static str,
}

const fn column(head: &'static str, meaning: &'static str) -> Head {
    Head { head, meaning }
}

/// The columns after number and name.
pub(crate) const HEADS: [Head; 18] = [
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
    pub(crate) fn new(index: usize, row: &LayerRow) -> Self {
        let mut cells = shape(row);
        cells.extend(norm(row));
        cells.extend(noise(row));
        cells.extend(tail(row));
        cells.extend(separation(row));
        OverviewRow {
            number: index + 1,
            name: row.layer.clone().unwrap_or_default(),
            cells,
        }
    }
}

fn plain(value: Option<&String>) -> String {
    value.cloned().unwrap_or_default()
}

fn whole(value: Option<u64>) -> u64 {
    value.unwrap_or(0)
}

fn shape(row: &LayerRow) -> Vec<Cell> {
    let leading = [row.spectral_norm, row.sigma_2, row.sigma_3];
    let leading: Vec<String> = leading.into_iter().flatten().map(short).collect();
    let (geometry, grid) = match (&row.stride, &row.padding) {
        (Some(stride), Some(pads)) => (
            Cell::new(format!(
                "{} / {} / {}",
                per_axis(&stride.0),
                padding(&pads.0, row.padding_mode.as_deref().unwrap_or("zeros")),
                whole(row.groups)
            )),
            row.grid.as_ref().map_or_else(
                || Cell::none("the file does not tell"),
                |grid| Cell::new(sizes(&grid.0)),
            ),
        ),
        _ => (
            Cell::none("a dense layer has none"),
            Cell::none("a dense layer has none"),
        ),
    };
    vec![
        Cell::new(plain(row.kind.as_ref())),
        Cell::new(row.shape.as_ref().map_or_else(String::new, |s| sizes(&s.0))),
        geometry,
        grid,
        Cell::new(leading.join(", ")),
        Cell::new(format!(
            "{} / {} ({})",
            whole(row.directions_90),
            whole(row.singular_values),
            whole(row.directions_90_noise)
        )),
    ]
}

fn norm(row: &LayerRow) -> [Cell; 2] {
    match (row.operator_norm_lower, row.operator_norm_upper) {
        (Some(lower), Some(upper)) => [
            Cell::new(format!("[{}, {}]", exact(lower), exact(upper))),
            Cell::new(format!(
                "{}; {}",
                plain(row.operator_norm_padding.as_ref()),
                plain(row.operator_norm_method.as_ref())
            )),
        ],
        _ => [(); 2].map(|()| Cell::none(plain(row.operator_norm_reason.as_ref()))),
    }
}

fn noise(row: &LayerRow) -> [Cell; 3] {
    match (row.mp_edge, row.mp_ks_distance) {
        (Some(edge), Some(distance)) => [
            Cell::new(short(edge)),
            Cell::new(format!(
                "{} / {}",
                whole(row.mp_spikes),
                whole(row.eigenvalues)
            )),
            Cell::new(fixed(distance, 3)),
        ],
        _ => {
            let reason = row.bulk_reason.as_ref().or(row.statistics_reason.as_ref());
            [(); 3].map(|()| Cell::none(plain(reason)))
        }
    }
}

fn tail(row: &LayerRow) -> [Cell; 4] {
    match (row.alpha, row.alpha_std_err, row.alpha_ks_distance) {
        (Some(alpha), Some(error), Some(distance)) => [
            Cell::new(format!("{} \u{b1} {}", fixed(alpha, 2), fixed(error, 2))),
            match (row.alpha_lower, row.alpha_upper) {
                (Some(lower), Some(upper)) => {
                    Cell::new(format!("[{}, {}]", fixed(lower, 2), fixed(upper, 2)))
                }
                _ => {
                    let reason = row.alpha_interval_reason.as_deref();
                    Cell::none(reason.unwrap_or("no bootstrap was asked for"))
                }
            },
            Cell::new(fixed(distance, 3)),
            Cell::new(format!(
                "{} / {}",
                whole(row.alpha_tail),
                whole(row.alpha_positive)
            )),
        ],
        _ => {
            let reason = row.tail_reason.as_ref().or(row.statistics_reason.as_ref());
            [(); 4].map(|()| Cell::none(plain(reason)))
        }
    }
}

fn separation(row: &LayerRow) -> [Cell; 3] {
    match (row.accuracy, row.accuracy_p) {
        (Some(accuracy), Some(p)) => [
            Cell::new(percent(accuracy)),
            Cell::new(p_value(p)),
            row.accuracy_p_adjusted
                .map_or_else(|| Cell::none("one layer only"), |p| Cell::new(p_value(p))),
        ],
        _ => {
            let reason = row.separation_reason.as_deref();
            [(); 3].map(|()| Cell::none(reason.unwrap_or("no singular basis")))
        }
    }
}

//! What the columns are called, hold and mean.

/// What a column of a table holds. Every value may be missing, but those of `model` and `status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ColumnKind {
    /// Text in UTF-8.
    Text,
    /// A whole number, not negative.
    Integer,
    /// A finite `f64`.
    Real,
}

/// A column of the table of layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Column {
    /// Its name: that of the field of [`LayerRow`](crate::LayerRow).
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
    /// What it means, with its unit.
    pub meaning: &'static str,
}

const fn text(name: &'static str, meaning: &'static str) -> Column {
    Column {
        name,
        kind: ColumnKind::Text,
        meaning,
    }
}

const fn integer(name: &'static str, meaning: &'static str) -> Column {
    Column {
        name,
        kind: ColumnKind::Integer,
        meaning,
    }
}

const fn real(name: &'static str, meaning: &'static str) -> Column {
    Column {
        name,
        kind: ColumnKind::Real,
        meaning,
    }
}

/// All columns, in the order of the files.
pub const COLUMNS: [Column; 49] = [
    text("model", "the model, as its path was given"),
    text("format", "its file format"),
    text(
        "status",
        "`analysed`, `skipped` (a layer) or `failed` (a whole model)",
    ),
    text("reason", "why a layer was skipped or a model failed"),
    text("layer", "the layer's name in the file"),
    text("kind", "its operator"),
    text("weight", "the name of its weight tensor"),
    text("dtype", "the type in which the file keeps the weights"),
    text("shape", "the kernel's shape, joined by `x`"),
    text("stride", "stride for each axis; empty for a dense layer"),
    text("dilation", "dilation for each axis"),
    text(
        "padding",
        "padding before and after for each axis, `1:1x1:1`",
    ),
    integer("groups", "channel groups"),
    text("grid", "the spatial size of the layer's input, where known"),
    integer("weights", "number of weights"),
    integer("rows", "rows of one group's unfolding"),
    integer("cols", "columns of one group's unfolding"),
    text(
        "rung",
        "the algorithm that gave the singular values; `gram`: those under 1.5e-8 of the largest are lost",
    ),
    integer(
        "rank",
        "singular values of the unfolding that are not zero in floating point",
    ),
    real(
        "spectral_norm",
        "largest singular value of the unfolding, in the unit of a weight",
    ),
    real(
        "frobenius_norm",
        "root of the sum of squared weights, in the unit of a weight",
    ),
    real(
        "stable_rank",
        "squared Frobenius norm over squared spectral norm",
    ),
    real(
        "operator_norm_lower",
        "lower end of the bracket of the layer's norm as an operator",
    ),
    real("operator_norm_upper", "its upper end"),
    text(
        "operator_norm_grid",
        "the grid that the bracket holds for; empty: all grids",
    ),
    text("operator_norm_reason", "why there is no bracket"),
    real(
        "operator_smallest",
        "smallest singular value of the operator under periodic padding",
    ),
    real(
        "condition_number",
        "of the same; missing where it is infinite",
    ),
    text("operator_reason", "why there is no operator spectrum"),
    text(
        "bulk",
        "end of the Marchenko-Pastur fit: `fit`, `too_few_eigenvalues`, `rank_deficient` or `no_bulk`",
    ),
    real(
        "mp_sigma",
        "standard deviation of the noise entries, in the unit of a weight",
    ),
    real(
        "mp_edge",
        "upper edge of the bulk, an eigenvalue of W^T W / N",
    ),
    integer(
        "mp_spikes",
        "eigenvalues past the edge, at the false-alarm rate",
    ),
    real(
        "mp_ks_distance",
        "Kolmogorov-Smirnov distance of the bulk to its law",
    ),
    text(
        "tail",
        "end of the power-law fit: `fit`, `not_enough_tail` or `all_equal`",
    ),
    real("alpha", "exponent of the tail of the eigenvalues' density"),
    real("alpha_lower", "lower end of its bootstrap interval"),
    real("alpha_upper", "upper end"),
    real("alpha_level", "nominal coverage of the interval"),
    real("alpha_xmin", "the eigenvalue where the tail begins"),
    real(
        "alpha_ks_distance",
        "Kolmogorov-Smirnov distance of the tail to its law",
    ),
    integer("alpha_tail", "eigenvalues in the tail"),
    text(
        "phase",
        "the phase of Martin and Mahoney that the spectrum looks like",
    ),
    text(
        "statistics_reason",
        "why there are no random-matrix statistics",
    ),
    real(
        "accuracy",
        "held-out accuracy of the class profiles in the singular basis, 0 to 1",
    ),
    real(
        "accuracy_p",
        "its p-value against permuted labels, adjusted over measures where that is known",
    ),
    real(
        "accuracy_channels",
        "the same accuracy with the loudest raw channels",
    ),
    real("accuracy_rotation", "the same with a random rotation"),
    text("separation_reason", "why there is no separation"),
];

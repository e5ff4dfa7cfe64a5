//! The one error of the crate.

/// What can go wrong in this crate. Each variant names the value and the bound it broke.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum HypergraphError {
    /// A node index is not below the number of nodes. Count the nodes first, isolated ones too.
    #[error("node index {node} is out of range: the hypergraph has {n_nodes} nodes")]
    NodeOutOfRange {
        /// The index given.
        node: u32,
        /// The number of nodes: indices must be below it.
        n_nodes: usize,
    },
    /// A hyperedge index is not below the number of hyperedges.
    #[error("hyperedge index {edge} is out of range: the hypergraph has {n_edges} hyperedges")]
    EdgeOutOfRange {
        /// The index given.
        edge: u32,
        /// The number of hyperedges: indices must be below it.
        n_edges: usize,
    },
    /// More nodes, hyperedges, inputs or features than `u32` indices can name.
    #[error("{count} {what} are more than u32 indices can name (at most {max})")]
    TooMany {
        /// What was counted.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// The most there can be.
        max: usize,
    },
    /// A table without inputs or without features.
    #[error("a signal table needs at least one input and one feature, not {inputs} x {features}")]
    EmptyTable {
        /// Rows asked for.
        inputs: usize,
        /// Columns asked for.
        features: usize,
    },
    /// The number of values is not inputs x features (or that product overflows).
    #[error("a table of {inputs} x {features} does not hold {len} values")]
    TableShape {
        /// Values given.
        len: usize,
        /// Rows asked for.
        inputs: usize,
        /// Columns asked for.
        features: usize,
    },
    /// A value is NaN or infinite. Drop the input, or find the layer that overflowed.
    #[error("the signal at input {input}, feature {feature} is {value}, not a finite number")]
    NonFinite {
        /// Row of the value.
        input: usize,
        /// Column of the value.
        feature: usize,
        /// The value itself.
        value: f64,
    },
    /// Not one label per input: more labels than inputs, or fewer.
    #[error("{labels} labels for {inputs} inputs: give exactly one label per input")]
    LabelCount {
        /// Labels given.
        labels: usize,
        /// Inputs (nodes) there are.
        inputs: usize,
    },
    /// No labels at all.
    #[error("no labels: class separation needs at least two classes")]
    NoLabels,
    /// All labels are the same, so there is nothing to separate.
    #[error("all {count} labels are class {class}: class separation needs at least two classes")]
    OneClass {
        /// The only class.
        class: i64,
        /// How many inputs it has.
        count: usize,
    },
    /// A class has too few inputs to be in both halves of the split. Leave the class out, or give
    /// it more inputs.
    #[error("class {class} has {count} input(s); a held-out split needs at least {min} per class")]
    SmallClass {
        /// The class, as the caller named it.
        class: i64,
        /// Inputs it has.
        count: usize,
        /// Inputs it needs.
        min: usize,
    },
    /// A fraction that must lie strictly between 0 and 1 does not.
    #[error("{what} is {value}: it must be above 0 and below 1")]
    Fraction {
        /// Which fraction.
        what: &'static str,
        /// Its value.
        value: f64,
    },
    /// The threshold of [`IncidenceRule::ZScore`](crate::IncidenceRule::ZScore) is not finite.
    #[error("the z-score threshold is {value}, not a finite number")]
    Threshold {
        /// Its value.
        value: f64,
    },
    /// No permutations, so no null. The default is 999.
    #[error("0 permutations give no null distribution: ask for at least 1, and for 999 to publish")]
    NoPermutations,
    /// A partition's length is not the number of nodes.
    #[error("a partition of {parts} entries for {n_nodes} nodes: give one part per node")]
    PartitionLength {
        /// Entries given.
        parts: usize,
        /// Nodes there are.
        n_nodes: usize,
    },
    /// A number of parts beyond the number of nodes. Number the parts 0, 1, 2, ...
    #[error("part {part} with only {n_nodes} nodes: number the parts from 0 without gaps")]
    PartOutOfRange {
        /// The part's number.
        part: u32,
        /// Nodes there are: part numbers must be below it.
        n_nodes: usize,
    },
    /// Two lists that must be of equal length are not.
    #[error("{what}: lengths {left} and {right} differ, they must be equal")]
    LengthMismatch {
        /// What the lists are.
        what: &'static str,
        /// Length of the first.
        left: usize,
        /// Length of the second.
        right: usize,
    },
    /// A statistic given to [`max_t_adjusted`](crate::max_t_adjusted) is not finite.
    #[error("statistic {layer} holds {value}, not a finite number")]
    NonFiniteStatistic {
        /// Index of the statistic.
        layer: usize,
        /// The value.
        value: f64,
    },
    /// Two influence profiles that are not of the same options and layers cannot be added or compared.
    #[error("two influence profiles have different {what}: make both alike")]
    ProfileMismatch {
        /// What differs.
        what: &'static str,
    },
    /// A share that must lie above 0 and at most at 1 does not.
    #[error("the {what} is {value}: it must be above 0 and at most 1")]
    Share {
        /// Which share.
        what: &'static str,
        /// Its value.
        value: f64,
    },
    /// The number of coordinates is not inputs x features x dimensions (or that product overflows).
    #[error("positions of {inputs} x {features} in {dims} dimensions are not {len} coordinates")]
    PositionShape {
        /// Coordinates given.
        len: usize,
        /// Inputs.
        inputs: usize,
        /// Features.
        features: usize,
        /// Coordinates of one position.
        dims: usize,
    },
    /// A weight that is negative or not finite, or 0 where it must be above 0.
    #[error(
        "{what}: weight {index} is {value}, it must be finite and not negative, or positive where it divides"
    )]
    BadWeight {
        /// What the weights are.
        what: &'static str,
        /// Index of the weight.
        index: usize,
        /// The weight.
        value: f64,
    },
    /// A count below the least that makes sense.
    #[error("{what} is {count}: it must be at least {min}")]
    TooFew {
        /// What is counted.
        what: &'static str,
        /// The count given.
        count: usize,
        /// The least there can be.
        min: usize,
    },
}

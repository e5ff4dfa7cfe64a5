//! The one error of the crate.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// What the source, the sink or the JSON parser of a file said: the
/// [`source`](std::error::Error::source) of a [`HypergraphError`].
///
/// Two causes are equal if their texts are.
#[derive(Debug, Clone)]
pub struct Cause(Arc<dyn Error + Send + Sync>);

impl Cause {
    #[cfg(feature = "hif")]
    pub(crate) fn new(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(Arc::from(error.into()))
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

impl PartialEq for Cause {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

/// What can go wrong in this crate. Each variant names the value and the bound it broke; what a
/// reader, a writer or the JSON parser said is in [`source`](std::error::Error::source), not in the
/// text.
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
    /// More nodes, hyperedges, incidences, inputs, features or permutations than there can be: what
    /// has an index must fit in `u32`.
    #[error("{count} {what} are too many: at most {max}")]
    TooMany {
        /// What was counted.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// The most there can be.
        max: usize,
    },
    /// The allocator has no room for a list. Ask for less, or use a machine with more memory.
    #[error("not enough memory for {count} {what}: they take {bytes} bytes")]
    OutOfMemory {
        /// What the list holds.
        what: &'static str,
        /// How many of them.
        count: usize,
        /// Their size in bytes.
        bytes: u128,
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
    /// A label is not among the class names.
    #[error("label {class} has no name: there are {len} class names, for labels from 0")]
    NoClassName {
        /// The label.
        class: i64,
        /// How many names there are.
        len: usize,
    },
    /// A class has too few inputs to be in both parts of the split. Leave the class out, or give
    /// it more inputs.
    #[error("class {class} has {count} input(s): a held-out split needs at least {min} per class")]
    SmallClass {
        /// The class, by its label.
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
    #[error("0 permutations give no null distribution: ask for at least 1, or 999 for publication")]
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
    /// A statistic given to [`max_t_adjusted`](crate::separation::max_t_adjusted) is not finite.
    #[error("the statistic of layer {layer} is {value}, not a finite number")]
    NonFiniteStatistic {
        /// Index of the statistic.
        layer: usize,
        /// The value.
        value: f64,
    },
    /// A HIF file is not JSON.
    #[error("the HIF file is not JSON (line {line}, column {column}, in {path})")]
    HifSyntax {
        /// Where in the document, as a JSON path.
        path: String,
        /// What the JSON parser says.
        source: Cause,
        /// Line of the file, from 1.
        line: usize,
        /// Column in bytes.
        column: usize,
    },
    /// A HIF file is not in UTF-8. Convert it first.
    #[error("the HIF file is in {encoding}: convert it to UTF-8, which JSON files must have")]
    HifEncoding {
        /// The encoding, by the file's first bytes.
        encoding: &'static str,
    },
    /// A HIF file is JSON, but breaks the schema.
    #[error("not HIF: {path}: {reason} (line {line}, column {column})")]
    HifSchema {
        /// The offending value or object, as a JSON path.
        path: String,
        /// The rule that is broken.
        reason: String,
        /// Line of the file, from 1.
        line: usize,
        /// Column in bytes.
        column: usize,
    },
    /// The source of a HIF file failed.
    #[error("the HIF file cannot be read")]
    HifRead {
        /// What the source says.
        source: Cause,
    },
    /// A HIF file cannot be written.
    #[error("the HIF file cannot be written")]
    HifWrite {
        /// What the sink says, or why an id cannot be written.
        source: Cause,
    },
    /// A sparse table without offsets. A table of no rows has the one offset 0.
    #[error("no offsets: a sparse table of r rows has r + 1 offsets, the first of them 0")]
    NoOffsets,
    /// Two influence profiles can be added or compared only if they have the same options and
    /// layers.
    #[error("two influence profiles have different {what}: make both with the same settings")]
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
    #[error(
        "{len} coordinates for {inputs} x {features} positions: give {inputs} x {features} x {dims}, \
         {dims} for each position"
    )]
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
    /// Offsets of a sparse table that do not start at 0, that decrease, or that do not end at the
    /// number of entries.
    #[error(
        "offset {position} is {value}: offsets start at 0, never decrease and end at the number \
         of entries, {entries}"
    )]
    Offsets {
        /// Index of the first offset that breaks the rule.
        position: usize,
        /// Its value.
        value: usize,
        /// Entries there are.
        entries: usize,
    },
    /// The nodes of a hyperedge in a file are not in the order that incidence weights would follow.
    #[error("the nodes of hyperedge {edge} in the file do not ascend without repeats")]
    EdgeOrder {
        /// The hyperedge.
        edge: usize,
    },
    /// A threshold of a [`TableRule`](crate::structure::TableRule) is not finite.
    #[error("the table's threshold is {value}, not a finite number")]
    TableThreshold {
        /// Its value.
        value: f64,
    },
    /// A weight is NaN or infinite.
    #[error("the weight of {what} {index} is {value}, not a finite number")]
    NonFiniteWeight {
        /// `"node"`, `"hyperedge"` or `"incidence"`.
        what: &'static str,
        /// Which one, from 0.
        index: usize,
        /// The weight given, or the sum of merged ones.
        value: f64,
    },
    /// A sum of finite weights is beyond the range of f64. Scale the weights down.
    #[error("the sum of weights of {what} {index} is beyond the range of f64: scale them down")]
    WeightOverflow {
        /// `"node"`, `"hyperedge"` or `"class"`.
        what: &'static str,
        /// Which one, from 0.
        index: usize,
    },
    /// An incidence is given twice under
    /// [`DuplicateWeights::Refuse`](crate::structure::DuplicateWeights::Refuse).
    #[error("the incidence of node {node} and hyperedge {edge} is given more than once")]
    DuplicateIncidence {
        /// Its node.
        node: u32,
        /// Its hyperedge.
        edge: u32,
    },
    /// An index is not below the length of the list that it is for.
    #[error("{what} index {index} is out of range: there are {len}")]
    IndexOutOfRange {
        /// What is indexed.
        what: &'static str,
        /// The index given.
        index: u32,
        /// How many there are: indices must be below it.
        len: usize,
    },
    /// Two things of one kind have the same name.
    #[error("the name {name} is given twice: names must differ")]
    DuplicateName {
        /// The name; text is in quotes, so that the text "1" is told from the integer 1.
        name: String,
    },
    /// A vertex of a bipartite graph is not below the number of vertices.
    #[error("vertex {vertex} is out of range: the graph has {n_vertices} vertices")]
    VertexOutOfRange {
        /// The vertex given.
        vertex: u32,
        /// The number of vertices.
        n_vertices: usize,
    },
    /// An edge of a graph that should be bipartite joins two vertices of one side.
    #[error("the graph is not bipartite: vertices {a} and {b} are joined and on the same side")]
    SameSide {
        /// One end.
        a: u32,
        /// The other end.
        b: u32,
    },
    /// Simplices of this dimension do not fit in the 128 bits that name one. Ask for a lower
    /// dimension.
    #[error(
        "homology in dimension {max_dimension} over {n_vertices} vertices is out of reach: ask for \
         dimension {most} at most"
    )]
    DimensionTooHigh {
        /// The dimension asked for, or that of the complex if that is lower.
        max_dimension: usize,
        /// The number of vertices after the collapse.
        n_vertices: usize,
        /// The highest dimension that is possible.
        most: usize,
    },
    /// A weight, expected degree or expected size is negative or not finite.
    #[error("{what}: weight {index} is {value}, it must be finite and at least 0")]
    BadWeight {
        /// What the weights are.
        what: &'static str,
        /// Index of the weight.
        index: usize,
        /// The weight.
        value: f64,
    },
    /// A count is below the least that makes sense, such as s = 0 for s-walks.
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

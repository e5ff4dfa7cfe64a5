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
    /// A HIF file is not JSON.
    #[error("not JSON: {reason} (line {line}, column {column}, in {path})")]
    HifSyntax {
        /// Where in the document, as a JSON path.
        path: String,
        /// What the JSON parser says.
        reason: String,
        /// Line of the file, from 1.
        line: usize,
        /// Column in bytes.
        column: usize,
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
    #[error("the HIF file cannot be read: {reason}")]
    HifRead {
        /// What the source says.
        reason: String,
    },
    /// A HIF file cannot be written.
    #[error("the HIF file cannot be written: {reason}")]
    HifWrite {
        /// What the sink says.
        reason: String,
    },
    /// A sparse table without offsets. A table of no rows has the one offset 0.
    #[error("no offsets: a sparse table of r rows has r + 1 of them, the first 0")]
    NoOffsets,
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
    /// A serialised hyperedge is not in the order that serialised incidence weights would follow.
    #[error("the nodes of serialised hyperedge {edge} do not ascend without repeats")]
    EdgeOrder {
        /// The hyperedge.
        edge: usize,
    },
    /// A threshold of a [`TableRule`](crate::TableRule) is not finite.
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
    /// An incidence is given twice and [`DuplicateWeights::Refuse`](crate::DuplicateWeights::Refuse)
    /// was asked for.
    #[error("the incidence of node {node} and hyperedge {edge} is given more than once")]
    DuplicateIncidence {
        /// Its node.
        node: u32,
        /// Its hyperedge.
        edge: u32,
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
    /// An edge of a graph that is to be bipartite joins two vertices of one side.
    #[error("the graph is not bipartite: vertices {a} and {b} are joined and on the same side")]
    SameSide {
        /// One end.
        a: u32,
        /// The other end.
        b: u32,
    },
    /// Simplices of this dimension do not fit in the 128 bits that name one. Ask for a lower dimension.
    #[error(
        "homology in dimension {max_dimension} over {n_vertices} vertices: at most {most} here"
    )]
    DimensionTooHigh {
        /// The dimension asked for, or that of the complex if that is lower.
        max_dimension: usize,
        /// The number of vertices after the collapse.
        n_vertices: usize,
        /// The highest dimension that is possible.
        most: usize,
    },
    /// A weight, expected degree or expected size that is negative or not finite, or 0 where it must be above 0.
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

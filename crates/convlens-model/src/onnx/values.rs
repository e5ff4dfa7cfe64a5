//! What a graph computes, by name.

use super::graph::Graph;

/// A value that an operator of the graph computes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ValueSpec {
    /// The value's own name.
    pub name: String,
    /// The name of the operator that computes it; often empty.
    pub operator: String,
    /// The operator's type, such as `Conv`.
    pub op_type: String,
}

/// All values that operators compute, in the graph's order, but for stored constants.
pub(crate) fn computed(graph: &Graph) -> Vec<ValueSpec> {
    let nodes = graph.proto.node.iter().filter(|n| n.op_type != "Constant");
    let outputs = nodes.flat_map(|node| node.output.iter().map(move |name| (node, name)));
    outputs
        .filter(|(_, name)| !name.is_empty())
        .map(|(node, name)| ValueSpec {
            name: name.clone(),
            operator: node.name.clone(),
            op_type: node.op_type.clone(),
        })
        .collect()
}

//! A graph with its constants by name, and typed access to node attributes.

use std::collections::HashMap;

use super::proto::{GraphProto, NodeProto, TensorProto};

/// A parsed graph and an index of everything constant in it.
#[derive(Debug)]
pub(crate) struct Graph {
    pub(crate) proto: GraphProto,
    constants: HashMap<String, Constant>,
}

/// Where a constant tensor stands in the graph.
#[derive(Debug, Clone, Copy)]
enum Constant {
    Initializer(usize),
    ConstantNode(usize),
}

impl Graph {
    pub(crate) fn new(proto: GraphProto) -> Self {
        let mut constants: HashMap<String, Constant> = proto
            .initializer
            .iter()
            .enumerate()
            .map(|(i, t)| (t.name.clone(), Constant::Initializer(i)))
            .collect();
        for (i, node) in proto.node.iter().enumerate() {
            let constant = match node.op_type.as_str() {
                "Constant" if node.tensor("value").is_some() => Some(Constant::ConstantNode(i)),
                // Exporters store equal tensors once and give the others by `Identity`.
                "Identity" => node.input_name(0).and_then(|n| constants.get(n).copied()),
                _ => None,
            };
            if let (Some(constant), Some(name)) = (constant, node.output.first()) {
                constants.insert(name.clone(), constant);
            }
        }
        Graph { proto, constants }
    }

    /// The constant tensor of this name: an initialiser, the output of a `Constant` node, or an
    /// `Identity` of one of these.
    pub(crate) fn constant(&self, name: &str) -> Option<&TensorProto> {
        match *self.constants.get(name)? {
            Constant::Initializer(i) => self.proto.initializer.get(i),
            Constant::ConstantNode(i) => self.proto.node.get(i)?.tensor("value"),
        }
    }

    /// The integers of a constant, where that is what the name stands for.
    pub(crate) fn constant_integers(&self, name: &str) -> Option<Vec<i64>> {
        self.constant(name)?.integers().ok()
    }
}

impl NodeProto {
    /// The `i`-th input's name, if it is given.
    pub(crate) fn input_name(&self, i: usize) -> Option<&str> {
        self.input
            .get(i)
            .map(String::as_str)
            .filter(|n| !n.is_empty())
    }

    /// An integer attribute.
    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        self.attribute.iter().find(|a| a.name == name)?.i
    }

    /// A float attribute.
    pub(crate) fn float(&self, name: &str) -> Option<f32> {
        self.attribute.iter().find(|a| a.name == name)?.f
    }

    /// A list of integers; `None` where the attribute is absent or empty.
    pub(crate) fn ints(&self, name: &str) -> Option<&[i64]> {
        let list = &self.attribute.iter().find(|a| a.name == name)?.ints;
        (!list.is_empty()).then_some(list.as_slice())
    }

    /// A text attribute.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let bytes = self.attribute.iter().find(|a| a.name == name)?.s.as_ref()?;
        std::str::from_utf8(bytes).ok()
    }

    /// A tensor attribute.
    pub(crate) fn tensor(&self, name: &str) -> Option<&TensorProto> {
        self.attribute.iter().find(|a| a.name == name)?.t.as_ref()
    }

    /// A list of counts with one entry for each of `dims` axes, `default` where absent.
    pub(crate) fn counts(
        &self,
        name: &str,
        dims: usize,
        default: usize,
    ) -> Result<Vec<usize>, String> {
        let Some(list) = self.ints(name) else {
            return Ok(vec![default; dims]);
        };
        if list.len() != dims {
            return Err(format!(
                "attribute `{name}` has {} entries for {dims} axes",
                list.len()
            ));
        }
        list.iter()
            .map(|&v| usize::try_from(v).map_err(|_| format!("attribute `{name}` holds {v}")))
            .collect()
    }
}

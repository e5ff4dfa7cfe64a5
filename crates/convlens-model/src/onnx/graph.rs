//! A graph with its constants by name, and typed access to node attributes.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::proto::{AttributeProto, GraphProto, NodeProto, TensorProto};
use super::tensor::{below, float_type_of};

/// A parsed graph and an index of everything constant in it.
#[derive(Debug)]
pub(crate) struct Graph {
    pub(crate) proto: GraphProto,
    constants: HashMap<String, Constant>,
    /// Tensors of `Constant` nodes that give numbers instead of a tensor.
    written_out: HashMap<usize, TensorProto>,
    /// Values that are made of stored integers.
    dequantized: HashSet<String>,
}

/// A constant value: a stored tensor, as it is or as its transpose.
#[derive(Debug, Clone, Copy)]
struct Constant {
    place: Place,
    transposed: bool,
}

/// Where a constant tensor stands in the graph.
#[derive(Debug, Clone, Copy)]
enum Place {
    Initializer(usize),
    ConstantNode(usize),
}

/// A constant as an operand of a linear operator.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weight<'g> {
    /// The name under which [`Graph::constant`] gives the stored tensor.
    pub(crate) name: &'g str,
    pub(crate) tensor: &'g TensorProto,
    /// The operand is the transpose of the stored matrix.
    pub(crate) transposed: bool,
}

impl Graph {
    pub(crate) fn new(proto: GraphProto) -> Self {
        let stored = |place| Constant {
            place,
            transposed: false,
        };
        let mut graph = Graph {
            constants: proto
                .initializer
                .iter()
                .enumerate()
                .map(|(i, t)| (t.name.clone(), stored(Place::Initializer(i))))
                .collect(),
            written_out: proto
                .node
                .iter()
                .enumerate()
                .filter(|(_, node)| node.is_standard() && node.op_type == "Constant")
                .filter_map(|(i, node)| Some((i, node.numbers()?)))
                .collect(),
            dequantized: HashSet::new(),
            proto,
        };
        for i in 0..graph.proto.node.len() {
            let node = &graph.proto.node[i];
            let constant = match node.op_type.as_str() {
                _ if !node.is_standard() => None,
                "Constant" => Some(stored(Place::ConstantNode(i)))
                    .filter(|c| graph.tensor_at(c.place).is_some()),
                op => graph.passed_on(node, op),
            };
            if let (Some(constant), Some(name)) = (constant, node.output.first()) {
                let name = name.clone();
                graph.constants.insert(name, constant);
            }
        }
        let of_constants = graph.proto.node.iter().filter(|node| {
            let constant = |name: &str| graph.constants.contains_key(name);
            node.op_type == "DequantizeLinear" && node.input_name(0).is_some_and(constant)
        });
        graph.dequantized = of_constants
            .filter_map(|n| n.output.first().cloned())
            .collect();
        graph
    }

    /// The constant that a node passes on: exporters store equal tensors once and give the others
    /// by `Identity`, and may leave a weight's `Transpose` or `Cast` in the graph.
    fn passed_on(&self, node: &NodeProto, op: &str) -> Option<Constant> {
        if !matches!(op, "Identity" | "Cast" | "Transpose") {
            return None;
        }
        let constant = *self.constants.get(node.input_name(0)?)?;
        let tensor = self.tensor_at(constant.place)?;
        match op {
            "Identity" => Some(constant),
            "Cast" => {
                let to = i32::try_from(node.int("to")?).ok()?;
                let floats = tensor.float_type().is_ok() && float_type_of(to).is_some();
                floats.then_some(constant)
            }
            _ => {
                let swaps = matches!(node.ints("perm"), None | Some([1, 0]));
                (swaps && tensor.dims.len() == 2).then_some(Constant {
                    transposed: !constant.transposed,
                    ..constant
                })
            }
        }
    }

    /// Every stored tensor: initializers and those of `Constant` nodes.
    pub(crate) fn tensors(&self) -> impl Iterator<Item = &TensorProto> {
        let nodes = 0..self.proto.node.len();
        let of_nodes = nodes.filter_map(|i| self.tensor_at(Place::ConstantNode(i)));
        self.proto.initializer.iter().chain(of_nodes)
    }

    /// The files in the model's folder or below that hold tensors, with the names that the model
    /// gives them.
    pub(crate) fn external_files(&self, folder: &Path) -> Vec<(String, PathBuf)> {
        let external = self.tensors().filter(|tensor| tensor.is_external());
        let names: BTreeSet<&str> = external
            .filter_map(|tensor| tensor.entry("location"))
            .collect();
        names
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), below(folder, name).ok()?)))
            .filter(|(_, path)| path.is_file())
            .collect()
    }

    /// The constant tensor of this name: an initializer, the output of a `Constant` node, or an
    /// `Identity` or a float `Cast` of one of these.
    pub(crate) fn constant(&self, name: &str) -> Option<&TensorProto> {
        let constant = self.constants.get(name).filter(|c| !c.transposed)?;
        self.tensor_at(constant.place)
    }

    /// Whether a `DequantizeLinear` makes this value of stored integers.
    pub(crate) fn is_dequantized(&self, value: &str) -> bool {
        self.dequantized.contains(value)
    }

    /// The constant of this name, which may also be the transpose of a stored matrix.
    pub(crate) fn weight(&self, name: &str) -> Option<Weight<'_>> {
        let constant = self.constants.get(name)?;
        let name = match constant.place {
            Place::Initializer(i) => &self.proto.initializer.get(i)?.name,
            Place::ConstantNode(i) => self.proto.node.get(i)?.output.first()?,
        };
        Some(Weight {
            name,
            tensor: self.tensor_at(constant.place)?,
            transposed: constant.transposed,
        })
    }

    /// The integers of a constant, where that is what the name stands for.
    pub(crate) fn constant_integers(&self, name: &str) -> Option<Vec<i64>> {
        self.constant(name)?.integers().ok()
    }

    fn tensor_at(&self, place: Place) -> Option<&TensorProto> {
        match place {
            Place::Initializer(i) => self.proto.initializer.get(i),
            Place::ConstantNode(i) => {
                let node = self.proto.node.get(i)?;
                node.tensor("value").or_else(|| self.written_out.get(&i))
            }
        }
    }
}

impl NodeProto {
    /// Whether the operator is one of the ONNX standard; other domains may reuse its names.
    pub(crate) fn is_standard(&self) -> bool {
        is_standard(&self.domain)
    }

    /// Whether the node holds graphs of its own: `If`, `Loop`, `Scan`.
    pub(crate) fn has_subgraph(&self) -> bool {
        let holds = |a: &AttributeProto| a.g.is_some() || !a.graphs.is_empty();
        self.attribute.iter().any(holds)
    }

    /// What messages call the node: its name, else that of its output, else its operator.
    pub(crate) fn label(&self) -> &str {
        match self.output.first() {
            _ if !self.name.is_empty() => &self.name,
            Some(output) => output,
            None => &self.op_type,
        }
    }

    /// The `i`-th input's name, if there is one.
    pub(crate) fn input_name(&self, i: usize) -> Option<&str> {
        self.input
            .get(i)
            .map(String::as_str)
            .filter(|n| !n.is_empty())
    }

    fn attribute(&self, name: &str) -> Option<&AttributeProto> {
        self.attribute.iter().find(|a| a.name == name)
    }

    /// An integer attribute; zero where it is present without its value, as writers of protocol
    /// buffers omit zeros.
    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        Some(self.attribute(name)?.i.unwrap_or(0))
    }

    /// A float attribute; zero where it is present without its value.
    pub(crate) fn float(&self, name: &str) -> Option<f32> {
        Some(self.attribute(name)?.f.unwrap_or(0.0))
    }

    /// A list of integers; `None` where the attribute is absent or empty.
    pub(crate) fn ints(&self, name: &str) -> Option<&[i64]> {
        let list = &self.attribute(name)?.ints;
        (!list.is_empty()).then_some(list.as_slice())
    }

    /// A list of floats; `None` where the attribute is absent or empty.
    pub(crate) fn floats(&self, name: &str) -> Option<&[f32]> {
        let list = &self.attribute(name)?.floats;
        (!list.is_empty()).then_some(list.as_slice())
    }

    /// A text attribute; `None` where it is absent or empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let bytes = self.attribute(name)?.s.as_ref()?;
        std::str::from_utf8(bytes).ok().filter(|s| !s.is_empty())
    }

    /// A tensor attribute.
    pub(crate) fn tensor(&self, name: &str) -> Option<&TensorProto> {
        self.attribute(name)?.t.as_deref()
    }

    /// The tensor that a `Constant` node gives as plain numbers.
    fn numbers(&self) -> Option<TensorProto> {
        let a = self
            .attribute
            .iter()
            .find(|a| a.name.starts_with("value_"))?;
        // A list is no longer than the file, so its length is far below 2^63.
        match a.name.as_str() {
            "value_float" => Some(TensorProto::of_floats(vec![], vec![a.f.unwrap_or(0.0)])),
            "value_floats" => Some(TensorProto::of_floats(
                vec![a.floats.len() as i64],
                a.floats.clone(),
            )),
            "value_int" => Some(TensorProto::of_integers(vec![], vec![a.i.unwrap_or(0)])),
            "value_ints" => Some(TensorProto::of_integers(
                vec![a.ints.len() as i64],
                a.ints.clone(),
            )),
            _ => None,
        }
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

/// Whether a domain is that of ONNX's own operators.
pub(crate) fn is_standard(domain: &str) -> bool {
    matches!(domain, "" | "ai.onnx")
}

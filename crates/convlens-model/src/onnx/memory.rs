//! The memory that decoding a file would take, told from its bytes before anything is decoded.
//!
//! An empty message is two bytes in a file and some hundred in memory, so that a file of them would
//! take a hundred times its size.

use std::mem::size_of;

use prost::bytes::{Buf, Bytes};

use super::proto::{
    AttributeProto, Dimension, GraphProto, ModelProto, NodeProto, OperatorSetId, StringEntry,
    TensorProto, TensorShape, TensorType, TypeProto, ValueInfo,
};

/// Decoded elements may take this many times the file, beside [`ALWAYS`]. Of 228 files by PyTorch's
/// exporters and ONNX's own tests, the elements of those with next to no weights take most: up to
/// 11 times the file.
const TIMES: usize = 24;

/// What they may take whatever the file's size, in bytes.
const ALWAYS: usize = 1 << 20;

/// An element of a list: its own size, and which of its fields are messages or lists of elements
/// that take more in memory than in the file.
struct Element {
    size: usize,
    fields: &'static [(usize, &'static Element)],
}

const fn leaf<T>() -> Element {
    Element {
        size: size_of::<T>(),
        fields: &[],
    }
}

const fn node<T>(fields: &'static [(usize, &'static Element)]) -> Element {
    Element {
        size: size_of::<T>(),
        fields,
    }
}

static STRING: Element = leaf::<String>();
static BYTES: Element = leaf::<Bytes>();
static ENTRY: Element = leaf::<StringEntry>();
static TENSOR: Element = node::<TensorProto>(&[(13, &ENTRY)]);
static ATTRIBUTE: Element = node::<AttributeProto>(&[(5, &TENSOR), (11, &BYTES)]);
static NODE: Element = node::<NodeProto>(&[(1, &STRING), (2, &STRING), (5, &ATTRIBUTE)]);
static DIMENSION: Element = leaf::<Dimension>();
static SHAPE: Element = node::<TensorShape>(&[(1, &DIMENSION)]);
static TENSOR_TYPE: Element = node::<TensorType>(&[(2, &SHAPE)]);
static TYPE: Element = node::<TypeProto>(&[(1, &TENSOR_TYPE)]);
static VALUE: Element = node::<ValueInfo>(&[(2, &TYPE)]);
static GRAPH: Element = node::<GraphProto>(&[
    (1, &NODE),
    (5, &TENSOR),
    (11, &VALUE),
    (12, &VALUE),
    (13, &VALUE),
]);
static OPERATOR_SET: Element = leaf::<OperatorSetId>();
static MODEL: Element = node::<ModelProto>(&[(7, &GRAPH), (8, &OPERATOR_SET)]);

/// Refuses a file whose elements would take far more memory than it is long.
pub(super) fn check(bytes: &[u8]) -> Result<(), String> {
    let taken = taken(bytes, &MODEL);
    if taken > bytes.len().saturating_mul(TIMES).saturating_add(ALWAYS) {
        return Err(format!(
            "its {} bytes would take {taken} in memory: refused",
            bytes.len()
        ));
    }
    Ok(())
}

/// The sizes of all elements in a message, without its own. A malformed part ends the count as it
/// ends the decoder, which reports it.
fn taken(mut message: &[u8], element: &Element) -> usize {
    let mut sum = 0_usize;
    while message.has_remaining() {
        let Ok(key) = prost::decode_length_delimiter(&mut message) else {
            break;
        };
        let skipped = match key & 7 {
            // Of up to 64 bits, more than a 32-bit machine's lengths.
            0 => match message.iter().position(|&byte| byte < 0x80) {
                Some(last) => last + 1,
                None => break,
            },
            1 => 8,
            2 => match prost::decode_length_delimiter(&mut message) {
                Ok(length) if length <= message.len() => {
                    let field = element.fields.iter().find(|(tag, _)| *tag == key >> 3);
                    if let Some((_, inner)) = field {
                        sum = sum
                            .saturating_add(inner.size)
                            .saturating_add(taken(&message[..length], inner));
                    }
                    length
                }
                _ => break,
            },
            5 => 4,
            // Bounds of groups: what is between them counts as if it stood outside.
            3 | 4 => 0,
            _ => break,
        };
        if skipped > message.len() {
            break;
        }
        message.advance(skipped);
    }
    sum
}

#[cfg(test)]
mod tests {
    use prost::Message;

    use super::*;

    #[test]
    fn each_element_counts_once() {
        let tensor = TensorProto {
            dims: vec![300, 2],
            float_data: vec![1.0; 600],
            external_data: vec![StringEntry::default(); 3],
            ..TensorProto::default()
        };
        let attribute = AttributeProto {
            f: Some(1.0),
            i: Some(-1),
            t: Some(Box::new(tensor.clone())),
            ..AttributeProto::default()
        };
        let one = NodeProto {
            input: vec!["a".into(), String::new()],
            attribute: vec![attribute],
            ..NodeProto::default()
        };
        let model = ModelProto {
            ir_version: 8,
            graph: Some(GraphProto {
                node: vec![one; 2],
                initializer: vec![tensor],
                ..GraphProto::default()
            }),
            opset_import: vec![OperatorSetId::default()],
        };
        let tensor = size_of::<TensorProto>() + 3 * size_of::<StringEntry>();
        let node =
            size_of::<NodeProto>() + 2 * size_of::<String>() + size_of::<AttributeProto>() + tensor;
        let expected = size_of::<GraphProto>() + size_of::<OperatorSetId>() + 2 * node + tensor;
        let bytes = model.encode_to_vec();
        assert_eq!(taken(&bytes, &MODEL), expected);
        assert!(check(&bytes).is_ok());
        // Cut anywhere, it counts what is whole, and ends.
        for end in 0..bytes.len() {
            assert!(taken(&bytes[..end], &MODEL) <= expected);
        }
    }
}

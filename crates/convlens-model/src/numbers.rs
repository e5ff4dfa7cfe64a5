//! Numbers as files store them: decoded to `f64` at the loading border, encoded for a saved copy.

use crate::layer::DType;

impl DType {
    /// Decodes little-endian bytes; a trailing part of an element is left out.
    #[cfg(any(feature = "onnx", feature = "pytorch", feature = "numpy"))]
    pub(crate) fn decode(self, bytes: &[u8]) -> Vec<f64> {
        let mut values = Vec::with_capacity(bytes.len() / self.size());
        self.decode_into(bytes, &mut values);
        values
    }

    /// Decodes bytes in this machine's order.
    #[cfg(feature = "pytorch")]
    pub(crate) fn decode_native(self, bytes: &[u8]) -> Vec<f64> {
        if cfg!(target_endian = "little") {
            return self.decode(bytes);
        }
        let elements = bytes.chunks_exact(self.size());
        self.decode(
            &elements
                .flat_map(|e| e.iter().rev().copied())
                .collect::<Vec<_>>(),
        )
    }

    /// As [`decode`](Self::decode), behind what is there already.
    pub(crate) fn decode_into(self, bytes: &[u8], values: &mut Vec<f64>) {
        fn each<const N: usize>(
            bytes: &[u8],
            values: &mut Vec<f64>,
            read: impl Fn([u8; N]) -> f64,
        ) {
            let (elements, _) = bytes.as_chunks::<N>();
            values.extend(elements.iter().map(|&e| read(e)));
        }
        match self {
            DType::F64 => each(bytes, values, f64::from_le_bytes),
            DType::F32 => each(bytes, values, |e| f64::from(f32::from_le_bytes(e))),
            DType::F16 => each(bytes, values, |e| half::f16::from_le_bytes(e).to_f64()),
            DType::Bf16 => each(bytes, values, |e| half::bf16::from_le_bytes(e).to_f64()),
        }
    }

    /// Appends a number as little-endian bytes, rounded to the nearest that the type has (ties to
    /// even), and gives what it became: infinite where it is out of range.
    #[cfg(any(feature = "onnx", feature = "safetensors"))]
    pub(crate) fn encode_into(self, value: f64, bytes: &mut Vec<u8>) -> f64 {
        match self {
            DType::F64 => {
                bytes.extend(value.to_le_bytes());
                value
            }
            DType::F32 => {
                let stored = value as f32;
                bytes.extend(stored.to_le_bytes());
                f64::from(stored)
            }
            DType::F16 => {
                let stored = half::f16::from_f64(value);
                bytes.extend(stored.to_le_bytes());
                stored.to_f64()
            }
            DType::Bf16 => {
                let stored = half::bf16::from_f64(value);
                bytes.extend(stored.to_le_bytes());
                stored.to_f64()
            }
        }
    }
}

/// The product of a shape's dimensions, or `None` where it overflows.
pub(crate) fn element_count(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_decodes_one_and_a_half_exactly() {
        let cases: [(DType, Vec<u8>); 4] = [
            (DType::F64, 1.5f64.to_le_bytes().to_vec()),
            (DType::F32, 1.5f32.to_le_bytes().to_vec()),
            (DType::F16, vec![0x00, 0x3e]),
            (DType::Bf16, vec![0xc0, 0x3f]),
        ];
        for (dtype, bytes) in cases {
            assert_eq!(dtype.size(), bytes.len());
            assert_eq!(dtype.decode(&bytes), [1.5], "{dtype}");
            let mut encoded = Vec::new();
            assert_eq!(dtype.encode_into(1.5, &mut encoded), 1.5);
            assert_eq!(encoded, bytes, "{dtype}");
        }
    }

    #[test]
    fn a_shape_product_that_overflows_is_none() {
        assert_eq!(element_count(&[usize::MAX, 2]), None);
        assert_eq!(element_count(&[]), Some(1));
    }
}

//! `candle-core` 0.11.

use crate::{ConvKernel, Geometry, SvdError};
use candle_core::{DType, Device, Error, Tensor};
use half::{bf16, f16};

impl ConvKernel {
    /// Copies a tensor of type `f64`, `f32`, `f16` or `bf16` on any device and in any memory layout; its axes are those of
    /// [`ConvKernel::new`]'s shape. Needs the feature `candle`.
    ///
    /// # Errors
    /// [`SvdError::Unsupported`] for other types, [`SvdError::Interop`] if candle cannot copy the tensor, and those of
    /// [`ConvKernel::new`].
    ///
    /// # Example
    /// ```
    /// use candle_core::{DType, Device, Tensor};
    /// use convlens_svd::{ConvKernel, Geometry};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let tensor = Tensor::from_vec(vec![0.5f32, -1.0, 2.0], (1, 1, 3), &Device::Cpu)?;
    /// let kernel = ConvKernel::from_candle(&tensor, Geometry::new(1))?;
    /// assert_eq!(kernel.weights(), [0.5, -1.0, 2.0]);
    /// let half = kernel.to_candle(DType::BF16, &Device::Cpu)?;
    /// assert_eq!(ConvKernel::from_candle(&half, Geometry::new(1))?, kernel);
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_candle(tensor: &Tensor, geometry: Geometry) -> Result<Self, SvdError> {
        let supported = [DType::F64, DType::F32, DType::F16, DType::BF16];
        if !supported.contains(&tensor.dtype()) {
            return Err(SvdError::Unsupported {
                operation: "a kernel from a candle tensor",
                what: "types other than f64, f32, f16 and bf16",
            });
        }
        // On the CPU first: not every device has f64.
        let copy = tensor.to_device(&Device::Cpu).and_then(|t| {
            t.to_dtype(DType::F64)?
                .contiguous()?
                .flatten_all()?
                .to_vec1::<f64>()
        });
        Self::new(copy.map_err(refused)?, tensor.dims(), geometry)
    }

    /// The weights as a tensor of the kernel's shape, rounded to nearest. Needs the feature `candle`.
    ///
    /// # Errors
    /// [`SvdError::Unsupported`] for types other than `f64`, `f32`, `f16` and `bf16`, [`SvdError::Overflow`] where a weight
    /// exceeds the range of the type, [`SvdError::Interop`] if candle cannot make the tensor.
    pub fn to_candle(&self, dtype: DType, device: &Device) -> Result<Tensor, SvdError> {
        let (w, shape) = (self.weights().iter(), self.shape());
        let tensor = match dtype {
            DType::F64 => Tensor::from_vec(self.weights().to_vec(), shape, device),
            DType::F32 => {
                let w = in_range(w.map(|&w| w as f32), f32::is_finite)?;
                Tensor::from_vec(w, shape, device)
            }
            DType::F16 => {
                let w = in_range(w.map(|&w| f16::from_f64(w)), f16::is_finite)?;
                Tensor::from_vec(w, shape, device)
            }
            DType::BF16 => {
                let w = in_range(w.map(|&w| bf16::from_f64(w)), bf16::is_finite)?;
                Tensor::from_vec(w, shape, device)
            }
            _ => {
                return Err(SvdError::Unsupported {
                    operation: "a candle tensor of a kernel",
                    what: "types other than f64, f32, f16 and bf16",
                });
            }
        };
        tensor.map_err(refused)
    }
}

fn in_range<T: Copy>(
    weights: impl Iterator<Item = T>,
    is_finite: impl Fn(T) -> bool,
) -> Result<Vec<T>, SvdError> {
    let what = "a weight in the tensor's type";
    weights
        .map(|w| is_finite(w).then_some(w).ok_or(SvdError::Overflow { what }))
        .collect()
}

fn refused(error: Error) -> SvdError {
    SvdError::Interop {
        library: "candle",
        cause: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPES: [DType; 4] = [DType::F64, DType::F32, DType::F16, DType::BF16];

    #[test]
    fn every_float_type_and_memory_layout_comes_back() {
        // Multiples of 1/4 under 8: exact in every type.
        let weights: Vec<f64> = (0..12).map(|i| f64::from(i) / 4.0 - 1.0).collect();
        let kernel = ConvKernel::from_slice(&weights, &[2, 2, 3]).unwrap();
        for dtype in TYPES {
            let tensor = kernel.to_candle(dtype, &Device::Cpu).unwrap();
            assert_eq!((tensor.dtype(), tensor.dims()), (dtype, &[2, 2, 3][..]));
            let back = ConvKernel::from_candle(&tensor, Geometry::new(1)).unwrap();
            assert_eq!(back, kernel);
            let turned = tensor.transpose(0, 2).unwrap();
            let turned = ConvKernel::from_candle(&turned, Geometry::new(1)).unwrap();
            assert_eq!(turned.shape(), [3, 2, 2]);
            assert_eq!(turned.weights()[..4], [-1.0, 0.5, -0.25, 1.25]);
        }
    }

    #[test]
    fn other_types_and_weights_out_of_range_are_typed() {
        let integers = Tensor::from_vec(vec![1u32, 2], (1, 2), &Device::Cpu).unwrap();
        let refused = ConvKernel::from_candle(&integers, Geometry::new(0));
        assert!(matches!(refused, Err(SvdError::Unsupported { .. })));
        let large = ConvKernel::from_slice(&[1.0, 1e39], &[1, 2]).unwrap();
        for dtype in &TYPES[1..] {
            let found = large.to_candle(*dtype, &Device::Cpu);
            assert!(matches!(found, Err(SvdError::Overflow { .. })));
        }
        let found = large.to_candle(DType::U8, &Device::Cpu);
        assert!(matches!(found, Err(SvdError::Unsupported { .. })));
        let nan = Tensor::from_vec(vec![f32::NAN], (1, 1), &Device::Cpu).unwrap();
        let found = ConvKernel::from_candle(&nan, Geometry::new(0));
        assert!(matches!(found, Err(SvdError::NonFinite { index: 0, .. })));
    }
}

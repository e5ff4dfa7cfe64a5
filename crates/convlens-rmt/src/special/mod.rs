//! Special functions on top of `libm`, where cancellation or underflow asks for more than it has,
//! and the numerical tools that go with them.

pub(crate) mod numeric;
pub(crate) mod simplex;
pub(crate) mod zeta;

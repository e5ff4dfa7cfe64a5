//! Whether singular vectors are random directions.
//!
//! [`HaarNull`] simulates random unit vectors of one length once; [`HaarNull::test`] compares one
//! vector with them (distance to the Porter-Thomas law, participation ratio, entropy), and
//! [`HaarNull::test_set`] several. [`PorterThomas`] is the law itself.
//!
//! ```
//! use convlens_rmt::HaarNull;
//!
//! let null = HaarNull::new(64, 199, 7)?;
//! let mut axis = vec![0.0; 64];
//! axis[5] = 1.0;
//! let outcome = null.test(&axis)?;
//! assert_eq!(outcome.value().unwrap().participation_p_value, 0.005); // localized
//! # Ok::<(), convlens_rmt::RmtError>(())
//! ```

mod haar;
pub(crate) mod porter_thomas;

pub use haar::{HaarNull, Outcome, SetNull, SetOutcome, SetTest, Test};
pub use porter_thomas::PorterThomas;

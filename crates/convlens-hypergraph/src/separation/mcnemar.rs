//! McNemar's exact test: are two classifiers right on different inputs?

use statrs::distribution::{Binomial, DiscreteCDF};

use crate::HypergraphError;

/// The outcome of [`mcnemar`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct McNemar {
    /// Inputs that only the first got right.
    pub only_a: usize,
    /// Inputs that only the second got right.
    pub only_b: usize,
    /// Exact two-sided p-value; 1 if the two were right on the same inputs.
    pub p_value: f64,
}

/// McNemar's test (1947) in its exact form: given that one classifier alone is right, each is so
/// with probability 1/2, so with m = only_a + only_b
///
/// p = min(1, 2 P(Bin(m, 1/2) <= min(only_a, only_b))).
///
/// Use it on two bases or layers judged on the same held-out inputs
/// ([`HeldOut::correct`](crate::HeldOut::correct)). It says nothing of inputs beyond the draw of the
/// split, and both classifiers being no better than chance is a question for their own nulls.
///
/// # Errors
///
/// [`LengthMismatch`](HypergraphError::LengthMismatch) unless both lists are of the same inputs.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::mcnemar;
///
/// let a = [true, true, true, true, true, true, false, true];
/// let b = [false, false, false, false, false, false, false, true];
/// let test = mcnemar(&a, &b)?;
/// assert_eq!((test.only_a, test.only_b), (6, 0));
/// assert!((test.p_value - 2.0 / 64.0).abs() < 1e-15);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
pub fn mcnemar(correct_a: &[bool], correct_b: &[bool]) -> Result<McNemar, HypergraphError> {
    if correct_a.len() != correct_b.len() {
        return Err(HypergraphError::LengthMismatch {
            what: "correctness of two classifiers",
            left: correct_a.len(),
            right: correct_b.len(),
        });
    }
    let (mut only_a, mut only_b) = (0, 0);
    for (&a, &b) in correct_a.iter().zip(correct_b) {
        only_a += usize::from(a && !b);
        only_b += usize::from(b && !a);
    }
    // p = 1/2 is always a valid parameter.
    let p_value = Binomial::new(0.5, (only_a + only_b) as u64).map_or(1.0, |binomial| {
        (2.0 * binomial.cdf(only_a.min(only_b) as u64)).min(1.0)
    });
    Ok(McNemar {
        only_a,
        only_b,
        p_value,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_values_match_the_binomial_sum() {
        for (a, b) in [(0, 0), (1, 0), (3, 3), (5, 2), (0, 20), (12, 25), (30, 60)] {
            let left: Vec<bool> = (0..a + b + 4).map(|i| i < a).collect();
            let right: Vec<bool> = (0..a + b + 4).map(|i| i >= a && i < a + b).collect();
            let test = mcnemar(&left, &right).unwrap();
            assert_eq!((test.only_a, test.only_b), (a, b));
            let (mut term, mut sum) = (0.5_f64.powi((a + b) as i32), 0.0);
            for c in 0..=a.min(b) {
                sum += term;
                term *= (a + b - c) as f64 / (c + 1) as f64;
            }
            let exact = (2.0 * sum).min(1.0);
            // statrs goes through the incomplete beta function, good to about 1e-14 here.
            assert!((test.p_value - exact).abs() < 1e-13, "{a} {b}");
        }
    }

    #[test]
    fn lengths_must_agree() {
        assert!(mcnemar(&[true], &[]).is_err());
    }
}

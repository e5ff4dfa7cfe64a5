//! p-values corrected for their number.

use super::PairCorrection;
use crate::HypergraphError;
use crate::separation::measure::TIE;
use crate::separation::{Measure, max_t_adjusted};

impl PairCorrection {
    /// Corrects p-values over tests; `observed` and `draws` are signed so that larger is more extreme.
    pub(super) fn adjust(
        self,
        p_values: &[f64],
        observed: &[f64],
        draws: &mut [Vec<f64>],
    ) -> Result<Vec<f64>, HypergraphError> {
        match self {
            Self::Holm => Ok(holm(p_values)),
            Self::MaxT => {
                for (&o, list) in observed.iter().zip(draws.iter_mut()) {
                    // Ties are made exact, so that rounding is never blown up to unit variance.
                    list.iter_mut()
                        .filter(|d| (**d - o).abs() <= TIE)
                        .for_each(|d| *d = o);
                }
                let adjusted = max_t_adjusted(observed, draws)?;
                Ok(adjusted
                    .iter()
                    .zip(p_values)
                    .map(|(a, p)| a.max(*p))
                    .collect())
            }
        }
    }

    /// Fills `p_adjusted` of the measures from their draws.
    pub(super) fn adjust_measures(
        self,
        measures: &mut [&mut Measure],
        draws: &[Vec<f64>],
    ) -> Result<(), HypergraphError> {
        let sign = |m: &Measure| m.alternative.sign();
        let p_values: Vec<f64> = measures.iter().map(|m| m.p_value).collect();
        let observed: Vec<f64> = measures.iter().map(|m| sign(m) * m.observed).collect();
        let mut signed: Vec<Vec<f64>> = measures
            .iter()
            .zip(draws)
            .map(|(m, list)| list.iter().map(|d| sign(m) * d).collect())
            .collect();
        let adjusted = self.adjust(&p_values, &observed, &mut signed)?;
        for (measure, p) in measures.iter_mut().zip(adjusted) {
            measure.p_adjusted = Some(p);
        }
        Ok(())
    }
}

/// Holm (1979): the i-th smallest of m p-values times m - i + 1, made ascending, at most 1.
fn holm(p_values: &[f64]) -> Vec<f64> {
    let m = p_values.len();
    let mut order: Vec<usize> = (0..m).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![0.0; m];
    let mut least = 0.0_f64;
    for (rank, &i) in order.iter().enumerate() {
        least = least.max(p_values[i] * (m - rank) as f64).min(1.0);
        adjusted[i] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holm_by_hand() {
        // Sorted 0.01, 0.02, 0.03, 0.5: times 4, 3, 2, 1 is 0.04, 0.06, 0.06, 0.5.
        let adjusted = holm(&[0.5, 0.01, 0.03, 0.02]);
        for (ours, theirs) in adjusted.iter().zip([0.5, 0.04, 0.06, 0.06]) {
            assert!((ours - theirs).abs() < 1e-15, "{adjusted:?}");
        }
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
        assert!(holm(&[]).is_empty());
    }
}

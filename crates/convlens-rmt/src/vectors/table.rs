//! The distribution of `u = sqrt(n) |v_i|` on a grid, for the many evaluations of a simulation.

use super::PorterThomas;

/// Cells of the grid.
const CELLS: usize = 2048;
/// The grid ends here: the law has less than 1e-20 beyond.
const END: f64 = 10.0;

/// Cubic Hermite interpolation of the exact distribution function, values and slopes from the law; the error is under 1e-10.
#[derive(Debug, Clone)]
pub(super) struct CdfTable {
    step: f64,
    /// `(F, F' step)` at each end of a cell.
    knots: Vec<(f64, f64)>,
}

impl CdfTable {
    pub(super) fn new(law: PorterThomas) -> Self {
        let end = law.dimension().map_or(END, |n| (n as f64).sqrt().min(END));
        let step = end / CELLS as f64;
        let knots = (0..=CELLS)
            .map(|i| {
                // At the origin 2 u p(u^2) is 0 times infinity: the limit is taken a little above it.
                let u = step * i as f64;
                let near = u.max(1e-9);
                (law.cdf(u * u), step * 2.0 * near * law.pdf(near * near))
            })
            .collect();
        Self { step, knots }
    }

    /// `P(sqrt(n) |v_i| <= u)`.
    pub(super) fn cdf(&self, u: f64) -> f64 {
        let place = u / self.step;
        let index = place as usize;
        if index >= CELLS {
            return 1.0;
        }
        let t = place - index as f64;
        let ((f0, d0), (f1, d1)) = (self.knots[index], self.knots[index + 1]);
        let rise = f1 - f0;
        f0 + t * (d0 + t * (3.0 * rise - 2.0 * d0 - d1 + t * (d0 + d1 - 2.0 * rise)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpolates_the_law() {
        for n in [8, 9, 30, 1000] {
            let law = PorterThomas::of_dimension(n).unwrap();
            let table = CdfTable::new(law);
            for i in 0..700 {
                let u = 0.01 * f64::from(i);
                // h^4/384 of a fourth derivative of order 1, h = 5e-3; at n = 8 and 9 the density ends as a power 5/2 or 3 of the distance.
                let error = table.cdf(u) - law.cdf(u * u);
                assert!(error.abs() < 1e-9, "n {n} u {u}: {error:e}");
            }
        }
    }
}

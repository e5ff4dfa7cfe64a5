//! The simplex search of Nelder and Mead, as SciPy makes it.

/// Both tolerances, in place and in value.
const TOLERANCE: f64 = 1e-4;

/// Where the search of Nelder and Mead (Computer Journal 7 (1965)) ends from `start`, with the
/// steps, bounds and ends of SciPy 1.17's `minimize(method="Nelder-Mead", tol=1e-4)` and `fmin`:
/// for those who need a tool's own digits, for it may stop short of the minimum.
///
/// Factors 1, 2, 1/2 and 1/2. The first simplex has each coordinate of the start stretched by a
/// twentieth in turn, or set to `0.00025` where it is 0; all corners are held within `bounds`. It
/// ends when all corners are within the tolerance of the best, in each coordinate and in value, or
/// after `200 N` steps or values of the function. Equal values keep their order, and a value that
/// is not a number ranks last.
pub(crate) fn simplex_search<const N: usize>(
    start: [f64; N],
    bounds: [(f64, f64); N],
    f: impl Fn(&[f64; N]) -> f64,
) -> [f64; N] {
    let mut search = Search {
        bounds,
        f,
        left: 200 * N,
        corners: Vec::with_capacity(N + 1),
    };
    search.begin(start);
    for _ in 1..200 * N {
        if search.left == 0 || search.small() || search.step().is_none() {
            break;
        }
        search.sort();
    }
    search.sort();
    search.corners[0].0
}

type Corner<const N: usize> = ([f64; N], f64);

struct Search<const N: usize, F> {
    bounds: [(f64, f64); N],
    f: F,
    /// Values of the function that may still be taken.
    left: usize,
    /// Best first.
    corners: Vec<Corner<N>>,
}

impl<const N: usize, F: Fn(&[f64; N]) -> f64> Search<N, F> {
    fn begin(&mut self, start: [f64; N]) {
        let start = self.within(start);
        let mut places = vec![start];
        for k in 0..N {
            let mut place = start;
            place[k] = match place[k] == 0.0 {
                true => 0.00025,
                false => 1.05 * place[k],
            };
            let (low, high) = self.bounds[k];
            // Over an upper bound it is reflected, so that the simplex stays one.
            if place[k] > high {
                place[k] = (2.0 * high - place[k]).clamp(low, high);
            }
            places.push(self.within(place));
        }
        for place in places {
            let value = self.value(&place).unwrap_or(f64::INFINITY);
            self.corners.push((place, value));
        }
        self.sort();
    }

    fn within(&self, mut place: [f64; N]) -> [f64; N] {
        for (x, (low, high)) in place.iter_mut().zip(self.bounds) {
            *x = x.max(low).min(high);
        }
        place
    }

    /// None when no more may be taken.
    fn value(&mut self, place: &[f64; N]) -> Option<f64> {
        self.left = self.left.checked_sub(1)?;
        Some((self.f)(place))
    }

    /// Stable, as an insertion sort is.
    fn sort(&mut self) {
        self.corners.sort_by(|a, b| {
            let nan = a.1.is_nan().cmp(&b.1.is_nan());
            nan.then(a.1.partial_cmp(&b.1).unwrap_or(std::cmp::Ordering::Equal))
        });
    }

    fn small(&self) -> bool {
        let (best, value) = self.corners[0];
        self.corners[1..].iter().all(|(place, other)| {
            let near = place
                .iter()
                .zip(best)
                .all(|(x, b)| (x - b).abs() <= TOLERANCE);
            near && (value - other).abs() <= TOLERANCE
        })
    }

    /// The point `factor` times as far from the middle of the better corners as the worst is.
    fn along(&self, factor: f64) -> [f64; N] {
        let worst = self.corners[N].0;
        let mut place = [0.0; N];
        for (k, x) in place.iter_mut().enumerate() {
            let sum: f64 = self.corners[..N].iter().map(|(corner, _)| corner[k]).sum();
            *x = (1.0 - factor) * (sum / N as f64) + factor * worst[k];
        }
        self.within(place)
    }

    /// One step; none when the values ran out on the way.
    fn step(&mut self) -> Option<()> {
        let reflected = self.along(-1.0);
        let value = self.value(&reflected)?;
        let (best, second, worst) = (self.corners[0].1, self.corners[N - 1].1, self.corners[N].1);
        let taken = if value < best {
            let expanded = self.along(-2.0);
            let further = self.value(&expanded)?;
            match further < value {
                true => Some((expanded, further)),
                false => Some((reflected, value)),
            }
        } else if value < second {
            Some((reflected, value))
        } else {
            let outside = value < worst;
            let contracted = self.along(if outside { -0.5 } else { 0.5 });
            let inner = self.value(&contracted)?;
            let better = if outside {
                inner <= value
            } else {
                inner < worst
            };
            better.then_some((contracted, inner))
        };
        match taken {
            Some(corner) => self.corners[N] = corner,
            None => self.shrink()?,
        }
        Some(())
    }

    fn shrink(&mut self) -> Option<()> {
        let best = self.corners[0].0;
        for j in 1..=N {
            let mut place = self.corners[j].0;
            for (x, b) in place.iter_mut().zip(best) {
                *x = b + 0.5 * (*x - b);
            }
            self.corners[j].0 = self.within(place);
            self.corners[j].1 = self.value(&place)?;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANY: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

    #[test]
    fn ends_where_scipy_ends() {
        // scipy.optimize.minimize(f, start, method="Nelder-Mead", bounds=bounds, tol=1e-4).x of
        // SciPy 1.17.1: all digits, for each is sums and products of a few numbers in the same
        // order.
        let rosenbrock =
            |&[x, y]: &[f64; 2]| 100.0 * (y - x * x) * (y - x * x) + (1.0 - x) * (1.0 - x);
        let valley = [1.000_022_021_783_569_6, 1.000_042_219_751_771_5];
        assert_eq!(simplex_search([-1.2, 1.0], [ANY; 2], rosenbrock), valley);
        let bounds = [(f64::NEG_INFINITY, 0.5), (0.0, 2.0)];
        let side = [0.161_278_562_200_255_8, 0.0];
        assert_eq!(simplex_search([0.0, 0.5], bounds, rosenbrock), side);
        // Reflected at both upper bounds, and flat at once.
        let bounds = [(1.5, 2.05), (f64::NEG_INFINITY, 3.0)];
        let corner = [1.999_999_999_999_999_6, 3.0];
        assert_eq!(simplex_search([2.0, 3.0], bounds, rosenbrock), corner);
        let [x] = simplex_search([1.0], [ANY], |&[x]| (x - 1.3) * (x - 1.3));
        assert_eq!(x, 1.300_000_000_000_000_7);
        // A slope without end: out of steps.
        let [x] = simplex_search([1.0], [ANY], |&[x]| -x);
        assert_eq!(x, 6.338_253_001_141_164e28);
    }

    #[test]
    fn nan_ranks_last() {
        let f = |&[x, y]: &[f64; 2]| if x < 0.9 { f64::NAN } else { x * x + y * y };
        let [x, y] = simplex_search([1.0, 1.0], [ANY; 2], f);
        // There: 0.900 000 06 and 0.005 283 78.
        assert!((x - 0.900_000_06).abs() < 1e-8 && (y - 0.005_283_78).abs() < 1e-8);
    }
}

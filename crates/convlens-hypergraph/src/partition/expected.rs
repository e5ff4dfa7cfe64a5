//! Mutual information expected by chance.

use std::collections::BTreeMap;

/// The expected mutual information (nats) of two random partitions with parts of the given sizes
/// (Vinh, Epps and Bailey 2010, equation 24a): the contingency table is drawn under the
/// hypergeometric model, so with N items and each pair of sizes (a, b)
///
/// E\[MI\] = sum over (a, b) of E\[ (n / N) ln(N n / (a b)) \], n ~ Hypergeometric(N, a, b).
///
/// It depends on the sizes alone: a permutation null computes it once. Exact: no sampling. The
/// probabilities come by recurrence from the mode of n outwards and are divided by their sum, so no
/// factorial is taken and nothing overflows.
///
/// # Panics
///
/// Unless the sizes of both partitions have the same sum.
///
/// # Complexity
///
/// O(pairs of distinct sizes × spread of n), with a spread of at most min(a, b), and of some
/// twenty standard deviations.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::expected_mutual_information;
///
/// // Two items: {1, 1} against {1, 1} always agree.
/// assert!((expected_mutual_information(&[1, 1], &[1, 1]) - 2f64.ln()).abs() < 1e-15);
/// assert_eq!(expected_mutual_information(&[4], &[2, 2]), 0.0);
/// ```
pub fn expected_mutual_information(rows: &[usize], columns: &[usize]) -> f64 {
    let total: usize = rows.iter().sum();
    assert_eq!(
        total,
        columns.iter().sum::<usize>(),
        "two partitions of different numbers of items"
    );
    let (rows, columns) = (by_size(rows), by_size(columns));
    let mut sum = 0.0;
    for (&a, &times_a) in &rows {
        for (&b, &times_b) in &columns {
            sum += times_a as f64 * times_b as f64 * expected_term(total, a, b);
        }
    }
    // Every term is a mean of n ln n less its convex bound: the whole is not negative.
    f64::max(sum, 0.0)
}

fn by_size(sizes: &[usize]) -> BTreeMap<usize, usize> {
    let mut times = BTreeMap::new();
    for &size in sizes.iter().filter(|&&size| size > 0) {
        *times.entry(size).or_default() += 1;
    }
    times
}

/// E[(n / N) ln(N n / (a b))].
fn expected_term(total: usize, a: usize, b: usize) -> f64 {
    let low = (a + b).saturating_sub(total);
    let high = a.min(b);
    let (nf, af, bf) = (total as f64, a as f64, b as f64);
    let value = |n: usize| {
        let x = n as f64;
        if n == 0 {
            0.0
        } else {
            x / nf * (x * nf / (af * bf)).ln()
        }
    };
    // P(n + 1) / P(n).
    let ratio = |n: usize| {
        let x = n as f64;
        (af - x) * (bf - x) / ((x + 1.0) * (nf - af - bf + x + 1.0))
    };
    let mode = (((af + 1.0) * (bf + 1.0) / (nf + 2.0)) as usize).clamp(low, high);
    let (mut mass, mut sum) = (1.0, value(mode));
    let mut add = |p: f64, n: usize| {
        mass += p;
        sum += p * value(n);
        p > 1e-25
    };
    let mut p = 1.0;
    for n in mode..high {
        p *= ratio(n);
        if !add(p, n + 1) {
            break;
        }
    }
    p = 1.0;
    for n in (low..mode).rev() {
        p /= ratio(n);
        if !add(p, n) {
            break;
        }
    }
    sum / mass
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mean over all orders of the second partition.
    fn by_enumeration(rows: &[usize], columns: &[usize]) -> f64 {
        let expand = |sizes: &[usize]| -> Vec<u32> {
            let parts = sizes.iter().enumerate();
            parts
                .flat_map(|(i, &n)| std::iter::repeat_n(i as u32, n))
                .collect()
        };
        let (a, mut b) = (expand(rows), expand(columns));
        let (mut sum, mut orders) = (0.0, 0.0);
        permute(&mut b, 0, &mut |b| {
            let table = crate::Contingency::new(&a, b).unwrap();
            sum += table.mutual_information();
            orders += 1.0;
        });
        sum / orders
    }

    fn permute(items: &mut [u32], from: usize, visit: &mut impl FnMut(&[u32])) {
        if from == items.len() {
            return visit(items);
        }
        for i in from..items.len() {
            items.swap(from, i);
            permute(items, from + 1, visit);
            items.swap(from, i);
        }
    }

    #[test]
    fn it_is_the_mean_over_all_orders() {
        for (rows, columns) in [
            (vec![3, 4], vec![2, 5]),
            (vec![1, 1, 5], vec![6, 1]),
            (vec![2, 2, 2], vec![3, 2, 1]),
            (vec![1, 1, 1, 1], vec![2, 2]),
            (vec![7], vec![3, 4]),
        ] {
            let slow = by_enumeration(&rows, &columns);
            let fast = expected_mutual_information(&rows, &columns);
            // Up to 5040 terms below 2 are summed in the slow one.
            assert!((slow - fast).abs() < 1e-12, "{rows:?} {columns:?}");
        }
    }
}

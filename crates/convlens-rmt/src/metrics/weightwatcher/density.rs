//! A kernel density on a grid.

/// The density of ascending `values` with the kernel `max(0, 1 - |u| / h) / h` at each of an ascending `grid`.
pub(super) fn linear_kernel(values: &[f64], grid: &[f64], h: f64) -> Vec<f64> {
    let scale = 1.0 / (h * values.len() as f64);
    let mut first = 0;
    grid.iter()
        .map(|&x| {
            while first < values.len() && values[first] <= x - h {
                first += 1;
            }
            let near = values[first..].iter().take_while(|&&v| v < x + h);
            near.map(|v| 1.0 - (x - v).abs() / h).sum::<f64>() * scale
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_sum_of_tents() {
        let values = [0.5, 1.0, 1.05];
        let density = linear_kernel(&values, &[0.0, 0.45, 1.0, 2.0], 0.1);
        for (found, expected) in density.iter().zip([0.0, 0.5, 1.0 + 0.5, 0.0]) {
            assert!((found - expected / 0.3).abs() < 1e-12);
        }
    }
}

//! Upper bound and curve of the discrete fit, against definitions.

use convlens_rmt::{
    DiscretePowerLaw,
    tail::{self, Bootstrap, CurvePoint, GofOptions, XminChoice},
};

use crate::support::within_999;

pub(crate) fn draws(alpha: f64, xmin: u64, n: usize, seed: u64) -> Vec<u64> {
    let law = DiscretePowerLaw::new(alpha, xmin).expect("parameters in range");
    law.sample(n, seed)
}

pub(crate) fn fit(values: &[u64], options: &tail::DiscreteOptions) -> tail::Fit<u64> {
    match DiscretePowerLaw::fit(values, options) {
        Ok(tail::Outcome::Fit(fit)) => fit,
        other => panic!("no fit: {other:?}"),
    }
}

/// `sum of x^(-alpha)` from the small end, for every `alpha` of the definition: no zeta function.
fn power_sum(alpha: f64, xmin: u64, xmax: u64) -> f64 {
    (xmin..=xmax)
        .rev()
        .map(|x| (-alpha * (x as f64).ln()).exp())
        .sum()
}

/// The logarithm of the likelihood of values in `xmin..=xmax`, as it is defined.
fn likelihood(tail: &[u64], alpha: f64, xmin: u64, xmax: u64) -> f64 {
    let logs: f64 = tail.iter().map(|&x| (x as f64).ln()).sum();
    -(tail.len() as f64) * power_sum(alpha, xmin, xmax).ln() - alpha * logs
}

#[test]
fn an_xmax_cuts_off_law_and_data() {
    // A short range, one that the sum takes by Euler and Maclaurin, one far out, and one of two
    // values.
    for (alpha, xmin, xmax) in [(2.5, 2, 30), (1.3, 1, 4000), (3.0, 1000, 1400), (2.0, 3, 4)] {
        let values = [vec![0; 7], draws(alpha, xmin, 3000, 5), vec![1; 20]].concat();
        let found = fit(
            &values,
            &tail::DiscreteOptions::default().xmin(xmin).xmax(xmax),
        );
        let inside = |x: &u64| (xmin..=xmax).contains(x);
        let tail: Vec<u64> = values.iter().copied().filter(inside).collect();
        let above = values.iter().filter(|&&x| x > xmax).count();
        let counted = (found.n_tail, found.n_above, found.n_zero, found.n);
        assert_eq!(counted, (tail.len(), above, 7, 3020 - above));
        assert_eq!((found.xmin, found.xmax), (xmin, Some(xmax)));
        assert_eq!(found.xmin_choice, XminChoice::Given);
        assert!(
            (found.alpha - alpha).abs() < 5.0 * found.alpha_std_err,
            "{found:?}"
        );
        // Sums of 10^3 logarithms of up to 10: rounding under 1e-12 of them.
        let best = likelihood(&tail, found.alpha, xmin, xmax);
        assert!(
            (found.log_likelihood / best - 1.0).abs() < 1e-12,
            "{found:?} {best}"
        );
        // No exponent of a grid is more likely, and the likeliest of them is a neighbor.
        let grid: Vec<f64> = (1..1200).map(|i| 1.0 + 0.005 * f64::from(i)).collect();
        let on_grid: Vec<f64> = grid
            .iter()
            .map(|&a| likelihood(&tail, a, xmin, xmax))
            .collect();
        assert!(on_grid.iter().all(|&l| l <= best + 1e-12 * best.abs()));
        let top = (0..grid.len())
            .max_by(|&i, &j| on_grid[i].total_cmp(&on_grid[j]))
            .unwrap();
        assert!((grid[top] - found.alpha).abs() < 0.005, "{found:?}");
        // The standard error is the curvature. Where the second difference over one standard error
        // h is about n I h^2 = 1, its next term is h^2/12 of the fourth derivative, under 1% here;
        // rounding is 1e-12 of 10^4.
        let h = found.alpha_std_err;
        let ends = likelihood(&tail, found.alpha + h, xmin, xmax)
            + likelihood(&tail, found.alpha - h, xmin, xmax);
        assert!(
            (2.0 * best - ends - 1.0).abs() < 0.01,
            "{found:?} {}",
            2.0 * best - ends
        );
        // The distance at every whole number of the range.
        let norm = power_sum(found.alpha, xmin, xmax);
        let (mut law, mut worst) = (0.0, 0.0_f64);
        for x in xmin..=xmax {
            law += (-found.alpha * (x as f64).ln()).exp() / norm;
            let share = tail.iter().filter(|&&v| v <= x).count() as f64 / tail.len() as f64;
            worst = worst.max((law - share).abs());
        }
        assert!(
            (found.ks_distance - worst).abs() < 1e-12,
            "{found:?} {worst}"
        );
    }
}

#[test]
fn a_far_xmax_is_none_and_a_near_one_is_tested_with_its_own_law() {
    let values = draws(2.5, 1, 2000, 8);
    let plain = fit(&values, &tail::DiscreteOptions::default().xmin(1));
    let far = fit(
        &values,
        &tail::DiscreteOptions::default().xmin(1).xmax(u64::MAX),
    );
    // 2^64 cuts 10^-29 of the mass off.
    assert!((plain.alpha - far.alpha).abs() < 1e-12);
    assert!((plain.ks_distance - far.ks_distance).abs() < 1e-12);
    // Replicates end at the bound too: else none of these samples would be as far off as theirs.
    // With 49 replicates p is 0.02, 0.04, .. 1: at or under 0.1 and 0.5 in as many of 200 samples,
    // within the exact central 99.9% of the binomial.
    let options = tail::DiscreteOptions::default().xmin(1).xmax(6);
    let p: Vec<f64> = (0..200)
        .map(|seed| {
            let test = GofOptions::new(1000 + seed).replicates(49);
            let found = fit(&draws(1.5, 1, 100, seed), &options.goodness_of_fit(test));
            let test = found.goodness_of_fit.expect("asked for");
            test.value().map_or(f64::NAN, |test| test.p_value)
        })
        .collect();
    for level in [0.1, 0.5] {
        let count = p.iter().filter(|&&p| p <= level + 1e-9).count();
        assert!(within_999(count, 200, level), "{level}: {count}");
    }
}

#[test]
fn the_curve_holds_the_fit_to_the_bit() {
    let plain = tail::DiscreteOptions::default();
    for seed in 0..20 {
        let body = (0..200).map(|i| 1 + (i * 7) % 9);
        let values: Vec<u64> = draws(2.2, 8, 300, seed).into_iter().chain(body).collect();
        for options in [
            plain,
            plain.xmax(60),
            plain.min_tail(100),
            plain.xmax(25).min_tail(2),
        ] {
            let curve = DiscretePowerLaw::curve(&values, &options).unwrap();
            let found = fit(&values, &options);
            let least = |a: &&CurvePoint<u64>, b: &&CurvePoint<u64>| {
                a.ks_distance.total_cmp(&b.ks_distance)
            };
            let best = curve.iter().min_by(least).unwrap();
            assert_eq!((best.xmin, best.n_tail), (found.xmin, found.n_tail));
            assert_eq!(best.alpha.to_bits(), found.alpha.to_bits());
            assert_eq!(best.ks_distance.to_bits(), found.ks_distance.to_bits());
            assert!(curve.windows(2).all(|pair| pair[0].xmin < pair[1].xmin));
            // Each point is the fit at that bound.
            for point in &curve {
                let given = fit(&values, &options.xmin(point.xmin));
                assert_eq!(given.alpha.to_bits(), point.alpha.to_bits());
                assert_eq!(given.ks_distance.to_bits(), point.ks_distance.to_bits());
            }
            let upper = DiscretePowerLaw::curve(&values, &options.xmin(5)).unwrap();
            let expected: Vec<_> = curve.into_iter().filter(|p| p.xmin >= 5).collect();
            assert_eq!(upper, expected);
        }
    }
}

#[test]
fn bad_options_are_refused_and_bad_data_said() {
    let values = draws(2.5, 1, 100, 1);
    let plain = tail::DiscreteOptions::default();
    for bad in [
        plain.xmin(0),
        plain.xmax(0),
        plain.xmin(5).xmax(5),
        plain.xmin(6).xmax(5),
        plain.min_tail(1),
        plain.bootstrap(Bootstrap::new(1).replicates(1)),
        plain.bootstrap(Bootstrap::new(1).replicates(usize::MAX)),
        plain.bootstrap(Bootstrap::new(1).level(1.0)),
        plain.bootstrap(Bootstrap::new(1).level(f64::NAN)),
    ] {
        assert!(DiscretePowerLaw::fit(&values, &bad).is_err(), "{bad:?}");
        assert!(DiscretePowerLaw::curve(&values, &bad).is_err(), "{bad:?}");
    }
    let no_fit = |values: &[u64], options| {
        assert_eq!(DiscretePowerLaw::curve(values, &options), Ok(vec![]));
        DiscretePowerLaw::fit(values, &options).unwrap()
    };
    // All above the bound; one value under it.
    let few = no_fit(&[50; 30], plain.xmax(40));
    assert_eq!(few, tail::Outcome::NotEnoughTail { n: 0, needed: 10 });
    let equal = no_fit(&[[40; 30], [50; 30]].concat(), plain.xmax(40));
    assert_eq!(equal, tail::Outcome::AllEqual { value: 40, n: 30 });
    let rising: Vec<u64> = (1..=10).flat_map(|x| vec![x; x as usize]).collect();
    // A law that rises is a law between two bounds: of mean ln x the sample's.
    let rising = fit(&rising, &plain.xmin(1).xmax(10).min_tail(2));
    assert!((rising.alpha + 1.0).abs() < 1e-12, "{rising:?}");
    assert!(rising.ks_distance < 1e-12);
    // All at the bound but one: an exponent past all that is served.
    let end = no_fit(
        &[vec![u64::MAX; 100_000], vec![u64::MAX - 4096]].concat(),
        plain.xmin(1 << 62).xmax(u64::MAX),
    );
    assert_eq!(end, tail::Outcome::NoExponent { n: 100_001 });
}

#[test]
fn a_histogram_is_its_list() {
    let values = [draws(2.3, 3, 400, 6), vec![0; 5], vec![1; 60], vec![2; 40]].concat();
    let mut pairs: Vec<(u64, u64)> = Vec::new();
    for &value in &values {
        match pairs.iter_mut().find(|pair| pair.0 == value) {
            // A value may come in parts.
            Some(pair) if pair.1 < 30 => pair.1 += 1,
            _ => pairs.push((value, 1)),
        }
    }
    pairs.push((7, 0));
    let plain = tail::DiscreteOptions::default();
    for options in [plain, plain.xmax(40), plain.xmin(3)] {
        let options = options
            .bootstrap(Bootstrap::new(4).replicates(20))
            .goodness_of_fit(GofOptions::new(5).replicates(19));
        let listed = DiscretePowerLaw::fit(&values, &options);
        assert_eq!(DiscretePowerLaw::fit_counts(&pairs, &options), listed);
    }
    // Independent values: the error falls with their number.
    let many: Vec<(u64, u64)> = pairs.iter().map(|&(v, count)| (v, 100 * count)).collect();
    let one = DiscretePowerLaw::fit_counts(&pairs, &plain.xmin(3)).unwrap();
    let hundred = DiscretePowerLaw::fit_counts(&many, &plain.xmin(3)).unwrap();
    let (one, hundred) = (one.value().unwrap(), hundred.value().unwrap());
    assert!((one.alpha_std_err / hundred.alpha_std_err - 10.0).abs() < 1e-9);
    assert_eq!(hundred.n_eff, hundred.n_tail as f64);
    let huge = [(1, u64::MAX), (2, u64::MAX)];
    assert!(DiscretePowerLaw::fit_counts(&huge, &plain).is_err());
}

#[test]
fn under_an_xmax_exponents_of_any_size_are_found() {
    for alpha in [-2.0, 0.0, 0.7, 1.0] {
        let law = DiscretePowerLaw::between(alpha, 2, 200).unwrap();
        let options = tail::DiscreteOptions::default().xmin(2).xmax(200);
        let found = fit(&law.sample(4000, 3), &options);
        let off = (found.alpha - alpha).abs();
        assert!(off < 5.0 * found.alpha_std_err, "{alpha}: {found:?}");
        assert_eq!(found.law().xmax(), Some(200));
    }
}

//! Agreement of partitions and Laplacian eigenvalues against `tests/data/partition_agreement.py`.

use convlens_hypergraph::{
    Hypergraph, HypergraphError,
    partition::{
        Contingency, InformationBaseline, InformationBound, adjusted_mutual_information,
        adjusted_rand_index, expected_mutual_information,
    },
    spectral,
};
use proptest::prelude::*;
use serde_json::Value;

fn data() -> Value {
    serde_json::from_str(include_str!("../data/partition_agreement.json")).unwrap()
}

fn parts(value: &Value) -> Vec<u32> {
    let list = value.as_array().unwrap();
    list.iter().map(|v| v.as_u64().unwrap() as u32).collect()
}

fn floats(value: &Value) -> Vec<f64> {
    let list = value.as_array().unwrap();
    list.iter().map(|v| v.as_f64().unwrap()).collect()
}

#[test]
fn scikit_learn_is_reproduced() {
    let data = data();
    let cases = data["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 14);
    for case in cases {
        let (a, b) = (parts(&case["a"]), parts(&case["b"]));
        let table = Contingency::new(&a, &b).unwrap();
        let value = |name: &str| case[name].as_f64().unwrap();
        // scikit-learn goes through lgamma of up to 300: about 1e-12 relative.
        let expected = expected_mutual_information(table.rows(), table.columns()).unwrap();
        assert!((expected - value("expected")).abs() < 1e-11);
        assert!((adjusted_rand_index(&a, &b).unwrap() - value("ari")).abs() < 1e-13);
        for (name, bound) in [
            ("arithmetic", InformationBound::Arithmetic),
            ("geometric", InformationBound::Geometric),
            ("max", InformationBound::Max),
            ("min", InformationBound::Min),
        ] {
            let ami = adjusted_mutual_information(&a, &b, bound).unwrap();
            // The quotient of such values by a room of at least 0.1. With singletons chance
            // reaches the bound (Min): 0 / 0, which scikit-learn rounds one way or the other.
            let baseline = InformationBaseline::new(&table, bound);
            if table.is_match() || (baseline.upper - baseline.expected).abs() > 1e-9 {
                assert!(
                    (ami - value(name)).abs() < 1e-10,
                    "{name}: {ami}, not {}",
                    value(name)
                );
            } else {
                assert_eq!(ami, 0.0);
            }
        }
    }
}

#[test]
fn numpy_eigenvalues_are_reproduced() {
    for case in data()["spectra"].as_array().unwrap() {
        let edges: Vec<Vec<u32>> = case["edges"]
            .as_array()
            .unwrap()
            .iter()
            .map(parts)
            .collect();
        let n = case["n"].as_u64().unwrap() as usize;
        let h = Hypergraph::from_edges(n, &edges).unwrap();
        let laplacian = spectral::Laplacian::new(&h, Some(&floats(&case["weights"]))).unwrap();
        let pairs = laplacian.eigenpairs(n, 0);
        let mut values = pairs.values.clone();
        values.resize(n, 1.0);
        for (ours, theirs) in values.iter().zip(floats(&case["eigenvalues"])) {
            // Two backward stable solvers at order 40; eigenvalues above 1 - 1e-10 are taken as 1.
            assert!((ours - theirs).abs() < 2e-10, "{ours} {theirs}");
        }
    }
}

#[test]
fn lengths_must_agree_and_no_items_are_equal() {
    let bound = InformationBound::Arithmetic;
    assert!(adjusted_mutual_information(&[0], &[], bound).is_err());
    assert!(adjusted_rand_index(&[0], &[]).is_err());
    assert_eq!(adjusted_mutual_information(&[], &[], bound), Ok(1.0));
    assert_eq!(adjusted_rand_index(&[], &[]), Ok(1.0));
}

#[test]
fn large_partitions_stay_exact() {
    // 10^6 items in halves: n - N/4 is nearly normal with variance N/16, so E[MI] is half a
    // chi-squared mean over N, 1 / (2 (N - 1)), up to relative O(1 / N).
    let half = 500_000;
    let expected = expected_mutual_information(&[half, half], &[half, half]).unwrap();
    // Terms of size 0.17 cancel to 5e-7: 1e-16 x 2,000 terms of unit mass leave 1e-13.
    assert!((expected - 0.5 / 999_999.0).abs() < 2e-12, "{expected}");
}

proptest! {
    #[test]
    fn agreement_is_symmetric_and_at_most_one(
        pairs in prop::collection::vec((0u32..6, 0u32..6), 0..60), relabel in 1u32..1000,
    ) {
        let (a, b): (Vec<u32>, Vec<u32>) = pairs.into_iter().unzip();
        for bound in [
            InformationBound::Arithmetic, InformationBound::Geometric,
            InformationBound::Max, InformationBound::Min,
        ] {
            let forth = adjusted_mutual_information(&a, &b, bound).unwrap();
            let back = adjusted_mutual_information(&b, &a, bound).unwrap();
            prop_assert!(forth.is_finite() && forth <= 1.0 + 1e-9);
            // Sums in another order, over a room that is at least 1e-12.
            prop_assert!((forth - back).abs() < 1e-3 * (1.0 + forth.abs()));
            prop_assert_eq!(adjusted_mutual_information(&a, &a, bound).unwrap(), 1.0);
        }
        let ari = adjusted_rand_index(&a, &b).unwrap();
        prop_assert!(ari.is_finite() && ari <= 1.0);
        let renamed: Vec<u32> = a.iter().map(|x| (5 - x) * relabel).collect();
        prop_assert_eq!(adjusted_rand_index(&renamed, &b).unwrap(), ari);
        // The pairs, one by one.
        let n = a.len();
        let (mut both, mut in_a, mut in_b, mut all) = (0.0, 0.0, 0.0, 0.0);
        for i in 0..n {
            for j in 0..i {
                let (x, y) = (a[i] == a[j], b[i] == b[j]);
                both += f64::from(u8::from(x && y));
                in_a += f64::from(u8::from(x));
                in_b += f64::from(u8::from(y));
                all += 1.0;
            }
        }
        let room = 0.5 * (in_a + in_b) * all - in_a * in_b;
        if room != 0.0 {
            prop_assert!((ari - (both * all - in_a * in_b) / room).abs() < 1e-12);
        }
    }
}

#[test]
fn sizes_of_different_sums_are_refused() {
    for (rows, columns) in [
        (&[1, 2][..], &[4][..]),
        (&[usize::MAX, 1], &[usize::MAX, 1]),
        (&[], &[1]),
    ] {
        assert!(matches!(
            expected_mutual_information(rows, columns),
            Err(HypergraphError::LengthMismatch { .. })
        ));
    }
    // Sizes whose sum no double names exactly neither overflow nor panic.
    let half = usize::MAX / 2;
    let value = expected_mutual_information(&[half], &[half - 1, 1]).unwrap();
    assert!(value < 1e-15);
}

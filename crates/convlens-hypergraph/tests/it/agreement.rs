//! Agreement of the classes with spectral clusters of the inputs.

use convlens_hypergraph::{
    IncidenceRule, Labels, Separation, SeparationOptions, SignalTable, feature_hypergraph,
    partition::{InformationBound, adjusted_mutual_information},
    spectral,
};

use crate::common::{cyclic_labels, noise_table, planted_table};

#[test]
fn it_is_the_adjusted_mutual_information_of_classes_and_clusters() {
    let labels = cyclic_labels(90, 3);
    let table = planted_table(&labels, 9, 0.4, 5);
    for clusters in [None, Some(2), Some(7)] {
        let options = SeparationOptions::default()
            .permutations(19)
            .clusters(clusters)
            .seed(4);
        let found = Separation::new(&table, &labels, &options).unwrap();
        let h = feature_hypergraph(&table, options.incidence_rule).unwrap();
        let clustering = spectral::Options::default()
            .clusters(clusters.unwrap_or(3))
            .restarts(options.cluster_restarts)
            .seed(4);
        let parts = spectral::cluster(&h, &clustering).unwrap().parts();
        let direct =
            adjusted_mutual_information(labels.class_of(), &parts, InformationBound::default());
        // Sums of at most 90 x ln x, in another order.
        assert!((found.agreement.observed - direct.unwrap()).abs() < 1e-12);
        assert_eq!(found.clusters, *parts.iter().max().unwrap() as usize + 1);
    }
}

#[test]
fn clusters_find_classes_that_are_there() {
    let labels = cyclic_labels(80, 4);
    let table = planted_table(&labels, 8, 3.0, 1);
    let options = SeparationOptions::default()
        .incidence_rule(IncidenceRule::TopQuantile { fraction: 0.25 })
        .permutations(199);
    let found = Separation::new(&table, &labels, &options).unwrap();
    // Four hyperedges (twice each), without a common input: four components.
    assert!((found.agreement.observed - 1.0).abs() < 1e-12);
    assert_eq!(found.agreement.p_value, 1.0 / 200.0);
    assert_eq!(found.clusters, 4);
}

#[test]
fn its_null_centers_on_zero() {
    // E is the mean over all permutations, so that the mean of 1999 draws is within five standard
    // errors of 0.
    let labels = cyclic_labels(60, 3);
    let options = SeparationOptions::default().permutations(1999);
    let found = Separation::new(&noise_table(60, 12, 3), &labels, &options).unwrap();
    let error = found.agreement.null_sd / 1999_f64.sqrt();
    assert!(found.agreement.null_mean.abs() < 5.0 * error);
    assert!(found.agreement.null_sd > 0.0);
}

#[test]
fn inputs_without_a_feature_are_a_cluster_of_their_own() {
    // Ten inputs with the one feature, thirty without any: the classes, as it happens.
    let values = (0..40).map(|i| if i < 10 { f64::from(i + 1) } else { 0.0 });
    let table = SignalTable::new(values.collect(), 40, 1).unwrap();
    let labels = Labels::new(&(0..40).map(|i| i32::from(i < 10)).collect::<Vec<_>>()).unwrap();
    let options = SeparationOptions::default()
        .incidence_rule(IncidenceRule::TopQuantile { fraction: 0.25 })
        .permutations(99)
        .clusters(Some(1));
    let found = Separation::new(&table, &labels, &options).unwrap();
    assert_eq!(found.clusters, 2);
    assert!((found.agreement.observed - 1.0).abs() < 1e-12);
}

#[test]
fn one_cluster_agrees_with_nothing() {
    let labels = cyclic_labels(20, 2);
    for table in [
        SignalTable::new(vec![1.0; 40], 20, 2).unwrap(),
        noise_table(20, 2, 0),
    ] {
        // Every input in the one hyperedge of the first feature, or no input in any.
        let rule = IncidenceRule::ZScore { threshold: -9.0 };
        let options = SeparationOptions::default()
            .incidence_rule(rule)
            .permutations(19)
            .clusters(Some(1));
        let found = Separation::new(&table, &labels, &options).unwrap();
        let agreement = found.agreement;
        assert_eq!((found.clusters, agreement.observed), (1, 0.0));
        assert_eq!((agreement.effect, agreement.p_value), (None, 1.0));
    }
}

#[test]
fn no_clusters_are_refused() {
    let labels = cyclic_labels(20, 2);
    let table = noise_table(20, 2, 0);
    let error = |options| Separation::new(&table, &labels, &options).unwrap_err();
    let options = SeparationOptions::default();
    let text = error(options.clusters(Some(0))).to_string();
    assert_eq!(text, "clusters is 0: it must be at least 1");
    let text = error(options.cluster_restarts(0)).to_string();
    assert_eq!(text, "cluster_restarts is 0: it must be at least 1");
}

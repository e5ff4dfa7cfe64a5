//! Bad input is refused by name; dull input has a stated outcome.

use convlens_hypergraph::{
    Hypergraph, HypergraphError, IncidenceRule, Labels, MeasureKind, Separation, SeparationOptions,
    SignalTable, feature_hypergraph, homology, separate_layers,
    separation::{entropy, mcnemar, purity},
};

use crate::common::{cyclic_labels, noise_table, planted_table, random_hypergraph};

fn quick() -> SeparationOptions {
    SeparationOptions::default().permutations(19)
}

#[test]
fn labels_must_match_inputs() {
    let table = noise_table(10, 2, 0);
    for n in [9, 11] {
        assert_eq!(
            Separation::new(&table, &cyclic_labels(n, 2), &quick()).unwrap_err(),
            HypergraphError::LabelCount {
                labels: n,
                inputs: 10
            }
        );
    }
    let h = random_hypergraph(5, 2, 0.5, 0);
    assert!(purity(&h, &cyclic_labels(6, 2)).is_err());
}

#[test]
fn options_are_checked() {
    let (table, labels) = (noise_table(10, 2, 0), cyclic_labels(10, 2));
    let error =
        |options: SeparationOptions| Separation::new(&table, &labels, &options).unwrap_err();
    assert_eq!(
        error(quick().permutations(0)),
        HypergraphError::NoPermutations
    );
    assert!(matches!(
        error(quick().permutations(usize::MAX)),
        HypergraphError::TooMany {
            what: "permutations",
            ..
        }
    ));
    for value in [0.0, 1.0, -0.5, f64::INFINITY] {
        assert_eq!(
            error(quick().test_fraction(value)),
            HypergraphError::Fraction {
                what: "test_fraction",
                value
            }
        );
        let rule = IncidenceRule::TopQuantile { fraction: value };
        let expected = HypergraphError::Fraction {
            what: "fraction",
            value,
        };
        assert_eq!(error(quick().incidence_rule(rule)), expected);
        assert_eq!(feature_hypergraph(&table, rule).unwrap_err(), expected);
    }
    assert!(matches!(
        error(quick().incidence_rule(IncidenceRule::TopQuantile { fraction: f64::NAN })),
        HypergraphError::Fraction { .. }
    ));
    assert!(matches!(
        error(quick().incidence_rule(IncidenceRule::ZScore {
            threshold: f64::NAN
        })),
        HypergraphError::Threshold { .. }
    ));
}

#[test]
fn a_class_with_one_input_is_refused() {
    let labels = Labels::new(&[0_i64, 0, 0, 5]).unwrap();
    assert_eq!(
        Separation::new(&noise_table(4, 2, 0), &labels, &quick()).unwrap_err(),
        HypergraphError::SmallClass {
            class: 5,
            count: 1,
            min: 2
        }
    );
}

#[test]
fn constant_features_leave_an_empty_hypergraph_at_its_baselines() {
    let labels = cyclic_labels(12, 3);
    let dull = SignalTable::new(vec![4.5; 36], 12, 3).unwrap();
    for rule in [
        IncidenceRule::default(),
        IncidenceRule::ZScore { threshold: 0.5 },
    ] {
        let h = feature_hypergraph(&dull, rule).unwrap();
        assert_eq!(h.n_incidences(), 0);
        assert_eq!(purity(&h, &labels), Ok(None));
        assert_eq!(entropy(&h, &labels), Ok(None));
        let options = quick().incidence_rule(rule);
        let separation = Separation::new(&dull, &labels, &options).unwrap();
        assert_eq!((separation.incidences, separation.empty_edges), (0, 3));
        assert_eq!(separation.purity.observed, separation.majority_share);
        assert_eq!(separation.entropy.observed, separation.label_entropy);
        assert_eq!(separation.modularity.observed, 0.0);
        assert_eq!(separation.jaccard_separation.observed, 0.0);
        // Every input looks alike, so all go to the lowest class.
        assert_eq!(separation.accuracy.observed, 1.0 / 3.0);
        for kind in MeasureKind::ALL {
            let measure = separation.measure(kind);
            assert_eq!((measure.effect, measure.p_value), (None, 1.0), "{kind:?}");
        }
        // A dead layer takes nothing from a live one.
        let live = noise_table(12, 3, 1);
        let layers = separate_layers(&[&dull, &live], &labels, &options).unwrap();
        for kind in MeasureKind::ALL {
            let (dull, live) = (layers[0].measure(kind), layers[1].measure(kind));
            assert_eq!(dull.p_adjusted, Some(1.0));
            assert_eq!(live.p_adjusted, Some(live.p_value));
        }
    }
}

#[cfg(feature = "serde")]
#[test]
fn results_survive_json() {
    let labels = cyclic_labels(30, 3);
    let options = quick().incidence_rule(IncidenceRule::ZScore { threshold: 1.0 });
    let (separation, draws) =
        Separation::new_with_draws(&noise_table(30, 5, 2), &labels, &options).unwrap();
    let json = serde_json::to_string(&separation).unwrap();
    assert!(json.contains(r#""incidence_rule":{"z_score":{"threshold":1.0}}"#));
    assert!(json.contains(r#""alternative":"less""#));
    assert_eq!(
        serde_json::from_str::<Separation>(&json).unwrap(),
        separation
    );
    let json = serde_json::to_string(&draws).unwrap();
    assert_eq!(
        serde_json::from_str::<convlens_hypergraph::separation::NullDraws>(&json).unwrap(),
        draws
    );
    let line = random_hypergraph(10, 5, 0.6, 1).s_line_graph(2).unwrap();
    let json = serde_json::to_string(&line).unwrap();
    assert_eq!(
        serde_json::from_str::<convlens_hypergraph::structure::SLineGraph>(&json).unwrap(),
        line
    );
}

#[test]
fn outcomes_read_as_sentences() {
    let table = planted_table(&cyclic_labels(40, 2), 2, 2.0, 1);
    let labels = cyclic_labels(40, 2);
    let options = quick().incidence_rule(IncidenceRule::TopQuantile { fraction: 0.5 });
    let mut separation = Separation::new(&table, &labels, &options).unwrap();
    separation.purity.null_mean = 0.6;
    separation.purity.null_sd = 0.05;
    assert_eq!(
        separation.purity.to_string(),
        "1.0000; by chance 0.6000 with standard deviation 0.0500; one-sided p = 0.0500"
    );
    separation.purity.p_adjusted = Some(1e-5);
    assert!(
        separation
            .purity
            .to_string()
            .ends_with("p = 0.0500, 1.0e-5 after correction")
    );
    assert_eq!(
        separation.held_out.to_string(),
        "20 of 20 held-out inputs in their own class (100.0%; naming the largest class every time \
         gives 50.0%)"
    );
    assert_eq!(MeasureKind::Accuracy.to_string(), "held-out accuracy");
    let test = mcnemar(&[true, true], &[false, true]).unwrap();
    assert_eq!(
        test.to_string(),
        "only the first is right on 1 inputs, only the second on 0; two-sided p = 1.0000"
    );

    let h = Hypergraph::from_edges(4, &[vec![0, 1], vec![1, 2], vec![3]]).unwrap();
    let diameter = h.s_walks(1).unwrap().diameter();
    assert_eq!(diameter.value(), None);
    assert_eq!(
        diameter.to_string(),
        "the s-diameter is infinite: 2 s-components, the widest of diameter 1"
    );
    let none = h.s_walks(9).unwrap().diameter();
    assert_eq!(none.to_string(), "no hyperedge has s nodes");
    let small = homology::Options::default().face_budget(2);
    let outcome = h.homology(&small).unwrap();
    assert_eq!(
        outcome.value(),
        Some(&outcome.clone().into_value().unwrap())
    );
    let triangle = Hypergraph::from_edges(3, &[[0, 1], [1, 2], [0, 2]]).unwrap();
    let outcome = triangle.homology(&small).unwrap();
    assert_eq!(
        (outcome.value(), outcome.clone().into_value()),
        (None, None)
    );
    assert_eq!(
        outcome.to_string(),
        "not computed: it takes 9 faces, and the budget is 2; lower the dimension or raise the budget"
    );
}

#[test]
fn labels_come_from_integers_indices_and_names() {
    let names = Labels::from_names(&["b".to_owned(), "a".into(), "b".into()]).unwrap();
    assert_eq!(
        (names.classes(), names.class_of()),
        (&[0, 1][..], &[1, 0, 1][..])
    );
    assert_eq!(names.class_names().unwrap(), ["a", "b"]);
    assert_eq!(
        Labels::from_names(&["x", "x"]),
        Err(HypergraphError::OneClass { class: 0, count: 2 })
    );
    assert_eq!(
        Labels::from_names::<&str>(&[]),
        Err(HypergraphError::NoLabels)
    );

    let indices = Labels::from_indices(&[3, 0, 3]).unwrap();
    assert_eq!(indices, Labels::new(&[3_i64, 0, 3]).unwrap());
    assert_eq!(indices.class_names(), None);
    let named = indices.clone().with_class_names(&["a", "b", "c", "d"]);
    assert_eq!(named.unwrap().class_names().unwrap(), ["a", "d"]);
    assert_eq!(
        indices.clone().with_class_names(&["a", "b"]),
        Err(HypergraphError::NoClassName { class: 3, len: 2 })
    );
    assert!(matches!(
        indices.with_class_names(&["a", "b", "c", "a"]),
        Err(HypergraphError::DuplicateName { .. })
    ));
    let negative = Labels::new(&[-1_i64, 0]).unwrap();
    assert!(matches!(
        negative.with_class_names(&["a"]),
        Err(HypergraphError::NoClassName { class: -1, .. })
    ));
}

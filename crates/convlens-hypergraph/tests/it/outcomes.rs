//! Bad input is refused by name; dull input has a stated outcome.

use convlens_hypergraph::{
    HypergraphError, IncidenceRule, Labels, MeasureKind, Separation, SeparationOptions,
    SignalTable, feature_hypergraph, separate_layers,
    separation::{entropy, purity},
};

use crate::common::{cyclic_labels, noise_table, random_hypergraph};

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

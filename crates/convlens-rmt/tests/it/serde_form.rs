//! The serialized form of options and results.

use convlens_rmt::{
    DiscretePowerLaw, Esd, GaussianEnsemble, HaarNull, MarchenkoPastur, NullSpectra, PorterThomas,
    PowerLaw, TracyWidom, bulk,
    law::{DysonIndex, LargerGramLaw, QuarterCircle, Semicircle, SingularValueLaw},
    spacing,
    tail::{self, Bootstrap},
    vectors::{self, SetNull},
};
use serde_json::{from_value, json, to_value};

#[test]
fn outcomes_have_snake_case_tags_and_come_back() {
    let options = tail::Options::default();
    let few = PowerLaw::fit(&[1.0], &options).unwrap();
    let form = to_value(&few).unwrap();
    assert_eq!(form, json!({"not_enough_tail": {"n": 1, "needed": 10}}));
    assert_eq!(from_value::<tail::Outcome>(form).unwrap(), few);

    let data = PowerLaw::new(2.5, 1.0).unwrap().sample(100, 3);
    let fitted = PowerLaw::fit(&data, &options.bootstrap(Bootstrap::new(9))).unwrap();
    let form = to_value(&fitted).unwrap();
    assert_eq!(form["fit"]["ks"], "supremum");
    assert_eq!(form["fit"]["bootstrap"]["intervals"]["seed"], 9);
    assert_eq!(from_value::<tail::Outcome>(form).unwrap(), fitted);
}

#[test]
fn a_bulk_comes_back_to_the_last_bit() {
    let values = MarchenkoPastur::new(2.0, 1.0).unwrap().sample(50, 1);
    let esd = Esd::from_eigenvalues(&values, 100, 50).unwrap();
    let outcome = MarchenkoPastur::fit(&esd, &bulk::Options::default()).unwrap();
    let form = to_value(&outcome).unwrap();
    assert_eq!(form["fit"]["scaling"], "ma");
    assert_eq!(form["fit"]["estimator"], "adaptive");
    assert_eq!(from_value::<bulk::Outcome>(form).unwrap(), outcome);
    let form = to_value(&esd).unwrap();
    assert_eq!(from_value::<Esd>(form).unwrap(), esd);
}

#[test]
fn a_spectrum_that_was_tampered_with_is_refused() {
    for form in [
        r#"{"eigenvalues":[],"n":3,"m":0}"#,
        r#"{"eigenvalues":[1.0],"n":3,"m":2}"#,
        r#"{"eigenvalues":[-1.0,2.0],"n":3,"m":2}"#,
    ] {
        assert!(serde_json::from_str::<Esd>(form).is_err(), "{form}");
    }
    let esd: Esd = serde_json::from_str(r#"{"eigenvalues":[1.0,2.0],"n":3,"m":2}"#).unwrap();
    assert_eq!(esd.largest(), 2.0);
}

#[test]
fn laws_come_back_and_bad_ones_are_refused() {
    let law = MarchenkoPastur::new(2.0, 0.5).unwrap();
    let form = to_value(law.larger_gram()).unwrap();
    assert_eq!(form, json!({"bulk": {"q": 2.0, "sigma2": 0.5}}));
    assert_eq!(
        from_value::<LargerGramLaw>(form).unwrap(),
        law.larger_gram()
    );
    let form = to_value(law.singular_values()).unwrap();
    assert_eq!(
        from_value::<SingularValueLaw>(form).unwrap(),
        law.singular_values()
    );
    let law = TracyWidom::new(DysonIndex::Two);
    assert_eq!(to_value(law).unwrap(), json!({"beta": "two"}));
    assert!(from_value::<MarchenkoPastur>(json!({"q": 0.5, "sigma2": 1.0})).is_err());
    assert!(from_value::<Semicircle>(json!({"radius": 0.0})).is_err());
    assert!(from_value::<QuarterCircle>(json!({"radius": -1.0})).is_err());
    assert!(from_value::<PorterThomas>(json!({"dimension": 1})).is_err());
    assert!(from_value::<PowerLaw>(json!({"alpha": 1.0, "xmin": 1.0})).is_err());
    assert!(from_value::<DiscretePowerLaw>(json!({"alpha": 2.0, "xmin": 0})).is_err());
    let law = DiscretePowerLaw::new(2.5, 3).unwrap();
    let form = to_value(law).unwrap();
    assert_eq!(form, json!({"alpha": 2.5, "xmin": 3}));
    assert_eq!(from_value::<DiscretePowerLaw>(form).unwrap(), law);
    assert_eq!(
        from_value::<PorterThomas>(json!({"dimension": null})).unwrap(),
        PorterThomas::limit()
    );
}

#[test]
fn nulls_come_back_and_bad_ones_are_refused() {
    let ensemble = GaussianEnsemble::new(4, 3, 0.5).unwrap();
    let form = to_value(ensemble).unwrap();
    assert_eq!(from_value::<GaussianEnsemble>(form).unwrap(), ensemble);
    let empty = json!({"n": 0, "m": 0, "sigma": 1.0, "strength": 0.0});
    assert!(from_value::<GaussianEnsemble>(empty).is_err());

    let nulls = NullSpectra::gaussian(4, 3, 0.5, 1, 2).unwrap();
    let mut form = to_value(&nulls).unwrap();
    assert_eq!(from_value::<NullSpectra>(form.clone()).unwrap(), nulls);
    form["esds"][1] = json!({"eigenvalues": [1.0], "n": 2, "m": 1});
    assert!(from_value::<NullSpectra>(form.clone()).is_err());
    form["esds"] = json!([]);
    assert!(from_value::<NullSpectra>(form).is_err());
}

#[test]
fn vector_and_spacing_outcomes_come_back() {
    let levels: Vec<f64> = (0..30).map(|i| f64::from(i * i + i % 3)).collect();
    let outcome = spacing::Ratios::measure(&levels, &spacing::Options::default()).unwrap();
    let form = to_value(&outcome).unwrap();
    assert_eq!(form["ratios"]["options"]["repeats"], "refuse");
    assert_eq!(form["ratios"]["distances"][1]["law"], "goe");
    assert_eq!(from_value::<spacing::Outcome>(form).unwrap(), outcome);

    let null = HaarNull::new(10, 19, 4).unwrap();
    let outcome = null.test_set(&levels, SetNull::Orthonormal).unwrap();
    let form = to_value(&outcome).unwrap();
    assert_eq!(form["test"]["null"], "orthonormal");
    assert_eq!(form["test"]["vectors"][0]["seed"], 4);
    assert_eq!(from_value::<vectors::SetOutcome>(form).unwrap(), outcome);
    let form = to_value(null.test(&[0.0; 10]).unwrap()).unwrap();
    assert_eq!(form, json!("zero_vector"));
}

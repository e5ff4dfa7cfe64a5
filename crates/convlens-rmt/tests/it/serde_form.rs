//! The serialised form of options and results.

use convlens_rmt::{
    Bootstrap, Esd, MarchenkoPastur, MpOptions, MpOutcome, PowerLaw, PowerLawOptions,
    PowerLawOutcome,
};
use serde_json::{from_value, json, to_value};

#[test]
fn outcomes_have_snake_case_tags_and_come_back() {
    let options = PowerLawOptions::default();
    let few = PowerLaw::fit(&[1.0], &options).unwrap();
    let form = to_value(&few).unwrap();
    assert_eq!(form, json!({"not_enough_tail": {"n": 1, "needed": 10}}));
    assert_eq!(from_value::<PowerLawOutcome>(form).unwrap(), few);

    let data = PowerLaw::new(2.5, 1.0).unwrap().sample(100, 3);
    let fitted = PowerLaw::fit(&data, &options.bootstrap(Bootstrap::new(9))).unwrap();
    let form = to_value(&fitted).unwrap();
    assert_eq!(form["fit"]["ks"], "supremum");
    assert_eq!(form["fit"]["bootstrap"]["seed"], 9);
    assert_eq!(from_value::<PowerLawOutcome>(form).unwrap(), fitted);
}

#[test]
fn a_bulk_comes_back_to_the_last_bit() {
    let values = MarchenkoPastur::new(2.0, 1.0).unwrap().sample(50, 1);
    let esd = Esd::from_eigenvalues(&values, 100, 50).unwrap();
    let outcome = MarchenkoPastur::fit(&esd, &MpOptions::default()).unwrap();
    let form = to_value(&outcome).unwrap();
    assert_eq!(form["fit"]["scaling"], "ma");
    assert_eq!(form["fit"]["estimator"], "adaptive");
    assert_eq!(from_value::<MpOutcome>(form).unwrap(), outcome);
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

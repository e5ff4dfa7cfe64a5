//! What an analysis lacks is said in its place.

use convlens::Outcome;
use convlens::rmt::{Esd, Phase, phase};
use convlens_report::render;

use crate::support::{check_figure, digits, figures, text, weights_only};

#[test]
fn without_inputs_the_page_says_why() {
    let page = text(&render(&weights_only("matmul-add")).unwrap());
    assert!(page.contains("Not measured: no inputs were given."));
    assert!(page.contains("Separation was not measured: no inputs were given."));
    assert!(!page.contains("Held-out accuracy by layer"));
}

#[test]
fn unavailable_parts_say_why_in_their_place() {
    // Groups have no spectrum; a stride that does not divide the grid has no symbols.
    let grouped = weights_only("grouped");
    let page = text(&render(&grouped).unwrap());
    let reason = grouped.layers[0].statistics.reason().unwrap();
    assert!(
        page.contains(&format!("Eigenvalue density Not available: {reason}.")),
        "{reason}"
    );
    let reason = grouped.layers[0].operator.reason().unwrap();
    assert!(
        page.contains(&format!("Operator spectrum Not available: {reason}.")),
        "{reason}"
    );

    let mut bare = digits().clone();
    let missing = || "the disk was full".to_owned();
    for layer in &mut bare.layers {
        layer.operator = Outcome::Unavailable { reason: missing() };
        layer.norm = Outcome::Unavailable { reason: missing() };
        layer.statistics = Outcome::Unavailable { reason: missing() };
        layer.separation = Outcome::Unavailable { reason: missing() };
    }
    let page = render(&bare).unwrap();
    // Each layer still has its singular values, and nothing else to draw.
    assert_eq!(figures(&page).len(), bare.layers.len());
    let page = text(&page);
    assert!(page.contains("No layer has eigenvalues to which a noise bulk could be fitted"));
    assert!(page.contains("no bracket: the disk was full"));
    assert!(page.contains("Separation was not measured: the disk was full."));
}

#[test]
fn a_phase_gives_its_reasons_or_why_there_is_none() {
    let mut analysis = digits().clone();
    let expected: Vec<String> = analysis
        .layers
        .iter()
        .map(|layer| {
            let evidence = layer.statistics.value().unwrap().phase.value().unwrap();
            let fit = evidence.bulk.value().unwrap();
            let limit = evidence.ks_critical.unwrap() * evidence.options.misfit;
            let distance = fit.ks_distance;
            let near = match distance <= limit {
                true => "as near to its law as noise",
                false => "farther from its law than noise",
            };
            assert!(near.starts_with("as") || evidence.phase != Phase::RandomLike);
            format!("the bulk is {near} (D = {distance:.3}, limit {limit:.3})")
        })
        .collect();
    let page = text(&render(&analysis).unwrap());
    for reasons in expected {
        assert!(page.contains(&reasons), "{reasons}");
    }
    let esd = Esd::from_eigenvalues(&[1.0, 2.0], 2, 2).unwrap();
    let Outcome::Value(statistics) = &mut analysis.layers[0].statistics else {
        panic!("the demo's layers have statistics");
    };
    statistics.phase = Phase::classify(&esd, &phase::Options::default()).unwrap();
    let page = text(&render(&analysis).unwrap());
    assert!(page.contains("none: 2 eigenvalues above zero are too few, it takes 8"));
}

#[test]
fn odd_models_render_with_their_skipped_parts() {
    for name in convlens_fixtures::ONNX_CASES {
        let analysis = weights_only(name);
        let page = render(&analysis).unwrap();
        for svg in figures(&page) {
            check_figure(svg);
        }
        let page = text(&page);
        for part in &analysis.skipped {
            assert!(
                page.contains(&part.name) && page.contains(&part.reason),
                "{name}: {part:?}"
            );
        }
        // One of them is skipped for a NaN among its weights.
        assert!(name == "nan" || !page.contains("NaN"), "{name}");
        assert!(!page.contains("not finite"), "{name}");
    }
}

#[test]
fn a_model_without_layers_left_renders() {
    let mut analysis = digits().clone();
    analysis.layers.clear();
    assert!(render(&analysis).unwrap().contains("Findings"));
}

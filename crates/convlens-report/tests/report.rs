//! The report of the demo network, and of analyses with parts missing.

use std::sync::OnceLock;

use convlens::activations::Inputs;
use convlens::model::Model;
use convlens::{Analysis, BasisKind, Outcome, Settings, SkippedLayer, analyze};
use convlens_report::{ReportError, render, write_html};
use roxmltree::Document;

/// The trained demo network on its held-out images; 99 permutations to be quick.
fn digits() -> &'static Analysis {
    static DIGITS: OnceLock<Analysis> = OnceLock::new();
    DIGITS.get_or_init(|| {
        let model = Model::open(convlens_fixtures::digits_onnx()).unwrap();
        let inputs = Inputs::from_npz(convlens_fixtures::digits_heldout()).unwrap();
        let settings = Settings::default()
            .permutations(99)
            .bootstrap_replicates(50);
        analyze(&model, Some(&inputs), &settings, &mut ()).unwrap()
    })
}

fn weights_only(name: &str) -> Analysis {
    let model = Model::open(convlens_fixtures::onnx_case(name)).unwrap();
    analyze(&model, None, &Settings::default(), &mut ()).unwrap()
}

/// The page without tags, styles and figures, spaces collapsed and entities resolved.
fn text(page: &str) -> String {
    let mut text = String::new();
    let mut rest = page.split_once("</style>").unwrap().1;
    while let Some(start) = rest.find('<') {
        text.push_str(&rest[..start]);
        text.push(' ');
        rest = if rest[start..].starts_with("<svg") {
            rest[start..].split_once("</svg>").unwrap().1
        } else {
            rest[start..].split_once('>').unwrap().1
        };
    }
    text.push_str(rest);
    let text = text
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#39;", "'");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn figures(page: &str) -> Vec<&str> {
    let starts = page.match_indices("<svg").map(|(start, _)| &page[start..]);
    starts
        .map(|rest| &rest[..rest.find("</svg>").unwrap() + "</svg>".len()])
        .collect()
}

#[test]
fn names_and_numbers_of_the_overview_stand_in_the_page() {
    let analysis = digits();
    let text = text(&render(analysis).unwrap());
    for expected in ["digits.onnx", "ONNX", "72,608", "digits-heldout.npz"] {
        assert!(text.contains(expected), "{expected}");
    }
    let correct = analysis.inputs.value().unwrap().correct.unwrap();
    assert!(text.contains(&format!("{correct} / 450")), "{correct}");
    for layer in &analysis.layers {
        let norm = layer.norm.value().unwrap();
        let fit = layer
            .statistics
            .value()
            .unwrap()
            .marchenko_pastur
            .fit()
            .unwrap();
        let singular = layer
            .separation
            .value()
            .unwrap()
            .basis(BasisKind::Singular)
            .unwrap();
        // All norms of this network lie between 1 and 10: four digits are three decimals.
        let mut expected = vec![
            layer.name.clone(),
            format!("[{:.3}, {:.3}]", norm.lower, norm.upper),
            format!("{} / {}", fit.spikes, fit.m),
            format!("{:.3}", fit.ks_distance),
            format!("{:.1}%", 100.0 * singular.accuracy.observed),
        ];
        if let Some(tail) = layer.statistics.value().unwrap().power_law.fit() {
            expected.push(format!("{:.2} ± {:.2}", tail.alpha, tail.alpha_std_err));
            expected.push(format!("{} / {}", tail.n_tail, tail.n));
        }
        for value in expected {
            assert!(text.contains(&value), "{}: {value}", layer.name);
        }
    }
}

#[test]
fn conclusions_follow_the_numbers() {
    let mut analysis = digits().clone();
    let spiked = analysis
        .layers
        .iter()
        .filter(|l| {
            let fit = l
                .statistics
                .value()
                .unwrap()
                .marchenko_pastur
                .fit()
                .unwrap();
            fit.spikes > 0
        })
        .count();
    let page = text(&render(&analysis).unwrap());
    let sentence = format!("{spiked} of 5 layers with enough eigenvalues have spikes");
    assert!(page.contains(&sentence), "{sentence}");
    assert!(
        page.contains("The SVD does not win here"),
        "raw channels win on this network"
    );

    // The same analysis with the accuracies of singular and raw basis exchanged: now it wins.
    for layer in &mut analysis.layers {
        let Outcome::Value(separation) = &mut layer.separation else {
            panic!("{}", layer.name)
        };
        let (singular, others) = separation.bases.split_first_mut().unwrap();
        let raw = &mut others[0].separation;
        std::mem::swap(&mut singular.separation.accuracy, &mut raw.accuracy);
        std::mem::swap(&mut singular.separation.held_out, &mut raw.held_out);
    }
    let page = text(&render(&analysis).unwrap());
    assert!(page.contains("The SVD earns its place here"));
    assert!(!page.contains("The SVD does not win here"));
}

#[test]
fn names_from_a_model_are_escaped_everywhere() {
    let evil = "<script>alert(1)</script>\"'&";
    let mut analysis = digits().clone();
    analysis.model.name = evil.into();
    analysis.layers[1].name = evil.into();
    analysis.layers[1].weight = evil.into();
    analysis.layers[2].operator = Outcome::Unavailable {
        reason: evil.into(),
    };
    if let Outcome::Value(inputs) = &mut analysis.inputs {
        inputs.name = evil.into();
    }
    analysis.skipped.push(SkippedLayer {
        name: evil.into(),
        kind: evil.into(),
        reason: evil.into(),
    });
    // Few layers, so that the name stands on the axis of the depth curve too.
    analysis.layers.truncate(2);
    let page = render(&analysis).unwrap();
    assert!(!page.contains("<script"));
    assert!(text(&page).contains("<script>alert(1)</script>"));
    let on_an_axis = figures(&page)
        .iter()
        .any(|svg| svg.contains("&lt;script&gt;alert(1)"));
    assert!(
        on_an_axis,
        "the name is on no axis: this test says nothing of figures"
    );
    for svg in figures(&page) {
        Document::parse(svg).unwrap();
    }
    // No attribute is closed by the name's quotes.
    assert!(!page.contains("</script>\""));
}

#[test]
fn the_page_needs_nothing_else() {
    let page = render(digits()).unwrap();
    let outside = page.replace("http://www.w3.org/2000/svg", "");
    for forbidden in [
        "http://", "https://", "<script", "src=", "<link", "@import", "url(",
    ] {
        assert!(!outside.contains(forbidden), "{forbidden}");
    }
    // Links stay within the page and lead somewhere.
    for (start, _) in page.match_indices("href=\"") {
        let target = page[start + 6..].split('"').next().unwrap();
        let id = target.strip_prefix('#').unwrap();
        assert_eq!(page.matches(&format!("id=\"{id}\"")).count(), 1, "{target}");
    }
}

#[test]
fn every_figure_is_xml_with_a_name_and_finite_coordinates() {
    let page = render(digits()).unwrap();
    let mut named = 0;
    for svg in figures(&page) {
        let document = Document::parse(svg).unwrap();
        let root = document.root_element();
        if root.attribute("aria-hidden") == Some("true") {
            continue;
        }
        named += 1;
        let title = root.children().find(|n| n.has_tag_name("title")).unwrap();
        assert_eq!(root.attribute("role"), Some("img"));
        assert_eq!(root.attribute("aria-label"), title.text());
        assert!(!title.text().unwrap().is_empty());
        let (width, height) = {
            let view = root.attribute("viewBox").unwrap();
            let parts: Vec<f64> = view.split(' ').map(|v| v.parse().unwrap()).collect();
            (parts[2], parts[3])
        };
        for node in document.descendants() {
            for (name, limit) in [("x", width), ("y", height), ("cx", width), ("cy", height)] {
                if let Some(value) = node.attribute(name) {
                    let value: f64 = value.parse().unwrap();
                    assert!(
                        (0.0..=limit).contains(&value),
                        "{name}={value} in {:?}",
                        title.text()
                    );
                }
            }
            for name in ["width", "height"] {
                if let Some(value) = node.attribute(name) {
                    assert!(value.parse::<f64>().unwrap() >= 0.0, "{name}={value}");
                }
            }
        }
    }
    // Two of depth; scree, density, tail, operator, similarity and directions for each layer.
    assert_eq!(named, 2 + 6 * 5);
}

#[test]
fn the_same_analysis_gives_the_same_bytes() {
    assert_eq!(render(digits()).unwrap(), render(digits()).unwrap());
}

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
fn odd_models_render_with_their_skipped_parts() {
    for name in convlens_fixtures::ONNX_CASES {
        let analysis = weights_only(name);
        let page = render(&analysis).unwrap();
        for svg in figures(&page) {
            Document::parse(svg).unwrap_or_else(|e| panic!("{name}: {e}\n{svg}"));
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

#[test]
fn the_file_holds_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.html");
    let analysis = weights_only("conv1d");
    write_html(&analysis, &path).unwrap();
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        render(&analysis).unwrap()
    );
    let nowhere = folder.path().join("no/such/folder/report.html");
    let error = write_html(&analysis, &nowhere).unwrap_err();
    assert!(
        matches!(&error, ReportError::Io { path, .. } if *path == nowhere),
        "{error}"
    );
}

//! What stands in the page, and what must not.

use convlens::{BasisKind, LayerAnalysis, Outcome};
use convlens_report::{ReportError, render, write_html};
use roxmltree::Document;

use crate::support::{digits, figures, text, weights_only};

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
            .value()
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
        if let Some(tail) = layer.statistics.value().unwrap().power_law.value() {
            expected.push(format!("{:.2} ± {:.2}", tail.alpha, tail.alpha_std_err));
            expected.push(format!("{} / {}", tail.n_tail, tail.n));
        }
        let statistics = layer.statistics.value().unwrap();
        if let Some(phase) = statistics.phase.phase() {
            expected.push(format!("{}: the bulk is ", phase.name()));
        }
        if let Some(tail) = statistics.metrics.tail.value() {
            // The page writes a minus sign, not a hyphen.
            let number = format!("{:.2}", tail.log_alpha_norm).replace('-', "\u{2212}");
            expected.push(format!("λ^α = {number}"));
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
                .value()
                .unwrap();
            fit.spikes > 0
        })
        .count();
    let page = text(&render(&analysis).unwrap());
    let sentence = format!("{spiked} of 5 layers with enough eigenvalues have spikes");
    assert!(page.contains(&sentence), "{sentence}");
    // Without the class scores, the tests tell the singular directions from the rotation only.
    assert!(page.contains("Mean accuracy is highest in one random rotation: "));
    assert!(page.contains("not told from raw channels in any of 4 layers"));
    assert!(page.contains("worse than one random rotation in 1 of 4 layers (/fc1/Gemm)"));

    // The same analysis with the accuracies of singular basis and rotation exchanged.
    for layer in &mut analysis.layers {
        let Outcome::Value(separation) = &mut layer.separation else {
            panic!("{}", layer.name)
        };
        let bases = &mut separation.bases;
        let (singular, rotated) = (&mut bases.singular, &mut bases.rotations.first);
        std::mem::swap(&mut singular.accuracy, &mut rotated.accuracy);
        std::mem::swap(&mut singular.held_out, &mut rotated.held_out);
    }
    let page = text(&render(&analysis).unwrap());
    assert!(page.contains("Mean accuracy is highest in singular directions: "));
    assert!(page.contains("better than one random rotation in 1 of 4 layers (/fc1/Gemm)"));
    assert!(!page.contains("worse than one random rotation"));

    // Where all bases are right on the same inputs, no test can tell them apart.
    for layer in &mut analysis.layers {
        let Outcome::Value(separation) = &mut layer.separation else {
            panic!("{}", layer.name)
        };
        let bases = &mut separation.bases;
        for other in [&mut bases.channels, &mut bases.rotations.first] {
            other.held_out = bases.singular.held_out.clone();
        }
    }
    let page = text(&render(&analysis).unwrap());
    assert!(page.contains("No basis is shown to win."));
}

#[test]
fn bases_are_not_compared_where_channels_are_the_class_scores() {
    let mut analysis = digits().clone();
    let (last, before) = analysis.layers.split_last().unwrap();
    let accuracy = |l: &LayerAnalysis| {
        let separation = l.separation.value().unwrap();
        let raw = separation.basis(BasisKind::Channels).unwrap();
        raw.accuracy.observed
    };
    let mean = before.iter().map(accuracy).sum::<f64>() / before.len() as f64;
    let sentence = format!("(raw channels {:.1}%, ", 100.0 * mean);
    let without = format!("over 4 layers, without {}, whose raw channels", last.name);
    let page = text(&render(&analysis).unwrap());
    assert!(page.contains(&sentence), "{sentence}");
    assert!(page.contains(&without), "{without}");

    // Alone, it leaves nothing to compare.
    analysis.layers.drain(..4);
    let page = text(&render(&analysis).unwrap());
    assert!(page.contains("so that the bases are not compared there"));
    assert!(!page.contains("Mean accuracy"));

    // With another number of classes it is a layer like any other.
    let mut analysis = digits().clone();
    if let Outcome::Value(inputs) = &mut analysis.inputs {
        inputs.classes = Some(9);
    }
    assert!(text(&render(&analysis).unwrap()).contains(", over 5 layers."));
}

#[test]
fn names_from_a_model_are_escaped_everywhere() {
    let evil = "<script>alert(1)</script>\"'&";
    let mut analysis = digits().clone();
    analysis.model.name = evil.into();
    analysis.layers[1].name = evil.into();
    analysis.layers[1].weight = Some(evil.into());
    analysis.layers[2].operator = Outcome::Unavailable {
        reason: evil.into(),
    };
    if let Outcome::Value(inputs) = &mut analysis.inputs {
        inputs.name = Some(evil.into());
    }
    let mut skipped = weights_only("nan").skipped.remove(0);
    skipped.name = evil.into();
    skipped.kind = evil.into();
    skipped.reason = evil.into();
    analysis.skipped.push(skipped);
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
fn the_same_analysis_gives_the_same_bytes() {
    assert_eq!(render(digits()).unwrap(), render(digits()).unwrap());
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
    assert!(!error.to_string().contains("os error"), "{error}");
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("os error"), "{source}");
}

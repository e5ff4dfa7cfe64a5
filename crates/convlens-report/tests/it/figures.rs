//! Figures are well-formed, named, and keep within their frames.

use convlens::Outcome;
use convlens::hypergraph::{Labels, Separation, SeparationOptions, SignalTable};
use convlens::rmt::{Esd, MarchenkoPastur, PowerLaw, bulk, tail};
use convlens_report::render;

use crate::support::{check_figure, digits, figures, text};

#[test]
fn every_figure_is_xml_with_a_name_and_marks_within_it() {
    let page = render(digits()).unwrap();
    let named = figures(&page)
        .into_iter()
        .filter(|svg| check_figure(svg))
        .count();
    // Two of depth; scree, density, tail, operator, similarity and directions for each layer.
    assert_eq!(named, 2 + 6 * 5);
}

#[test]
fn spectra_of_any_shape_are_drawn_within_their_frames() {
    let spectra: [(&str, Vec<f64>); 7] = [
        (
            "twelve decades",
            (0..64)
                .map(|i| 10_f64.powf(f64::from(i) / 5.0 - 10.0))
                .collect(),
        ),
        (
            "zeros",
            (0..64).map(|i| f64::from(i / 32) * f64::from(i)).collect(),
        ),
        ("all equal", vec![2.0; 30]),
        ("all zero", vec![0.0; 30]),
        ("one", vec![0.5]),
        (
            "a far spike",
            (0..64)
                .map(|i| {
                    if i < 63 {
                        1.0 + f64::from(i) / 60.0
                    } else {
                        1e9
                    }
                })
                .collect(),
        ),
        (
            "a long tail",
            (0..1500)
                .map(|i| (1.0 - f64::from(i) / 1500.0).powf(-0.8))
                .collect(),
        ),
    ];
    for (name, values) in spectra {
        let mut analysis = digits().clone();
        analysis.layers.truncate(1);
        let layer = &mut analysis.layers[0];
        let esd = Esd::from_eigenvalues(&values, 2 * values.len(), values.len()).unwrap();
        let sigma = esd
            .eigenvalues()
            .iter()
            .rev()
            .map(|v| (v * esd.n() as f64).sqrt());
        layer.unfolding.singular_values = sigma.collect();
        let Outcome::Value(statistics) = &mut layer.statistics else {
            panic!("{}", layer.name)
        };
        statistics.marchenko_pastur =
            MarchenkoPastur::fit(&esd, &bulk::Options::default()).unwrap();
        statistics.power_law = PowerLaw::fit(esd.nonzero(), &tail::Options::default()).unwrap();
        statistics.esd = esd;
        let page = render(&analysis).unwrap();
        let drawn = figures(&page)
            .into_iter()
            .filter(|svg| check_figure(svg))
            .count();
        let spectrum = if name == "all zero" { 0 } else { 2 };
        assert_eq!(drawn, 2 + 4 + spectrum, "{name}");
        assert!(!text(&page).contains("NaN"), "{name}");
    }
}

#[test]
fn more_classes_than_a_figure_can_show_are_said_to_be_so() {
    let labels: Vec<i64> = (0..120).map(|i| i % 60).collect();
    let values = (0..120 * 4).map(|i| f64::from(i * 7919 % 1009)).collect();
    let table = SignalTable::new(values, 120, 4).unwrap();
    let options = SeparationOptions::default().permutations(9);
    let many = Separation::new(&table, &Labels::new(&labels).unwrap(), &options).unwrap();
    let mut analysis = digits().clone();
    if let Outcome::Value(separation) = &mut analysis.layers[0].separation {
        separation.bases.singular = many;
    }
    let page = text(&render(&analysis).unwrap());
    assert!(page.contains("Similarity of class profiles Not available: 60 classes are too many"));
}

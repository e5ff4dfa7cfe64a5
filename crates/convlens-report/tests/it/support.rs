//! Analyses, and what their pages say.

use std::sync::OnceLock;

use convlens::activations::{InputOptions, Inputs};
use convlens::model::Model;
use convlens::{Analysis, Settings};
use roxmltree::Document;

/// The trained demo network on its held-out images; 99 permutations to be quick.
pub(crate) fn digits() -> &'static Analysis {
    static DIGITS: OnceLock<Analysis> = OnceLock::new();
    DIGITS.get_or_init(|| {
        let model = Model::open(convlens_fixtures::digits_onnx()).unwrap();
        let inputs = Inputs::open(
            convlens_fixtures::digits_heldout(),
            &InputOptions::default(),
        )
        .unwrap();
        let settings = Settings::default()
            .permutations(99)
            .bootstrap_replicates(50);
        Analysis::builder(&model)
            .inputs(&inputs)
            .settings(settings)
            .run()
            .unwrap()
    })
}

pub(crate) fn weights_only(name: &str) -> Analysis {
    let model = Model::open(convlens_fixtures::onnx_case(name)).unwrap();
    Analysis::builder(&model).run().unwrap()
}

/// The page without tags, styles and figures, spaces collapsed and entities resolved.
pub(crate) fn text(page: &str) -> String {
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

pub(crate) fn figures(page: &str) -> Vec<&str> {
    let starts = page.match_indices("<svg").map(|(start, _)| &page[start..]);
    starts
        .map(|rest| &rest[..rest.find("</svg>").unwrap() + "</svg>".len()])
        .collect()
}

/// Parses a figure, and checks its name and that all its marks lie within it. False for swatches.
pub(crate) fn check_figure(svg: &str) -> bool {
    let document = Document::parse(svg).unwrap_or_else(|e| panic!("{e}\n{svg}"));
    let root = document.root_element();
    if root.attribute("aria-hidden") == Some("true") {
        return false;
    }
    let title = root.children().find(|n| n.has_tag_name("title")).unwrap();
    assert_eq!(root.attribute("role"), Some("img"));
    assert_eq!(root.attribute("aria-label"), title.text());
    let title = title.text().unwrap();
    assert!(!title.is_empty());
    let view: Vec<f64> = root
        .attribute("viewBox")
        .unwrap()
        .split(' ')
        .map(|v| v.parse().unwrap())
        .collect();
    let within = |value: f64, limit: f64| {
        assert!(
            (0.0..=limit).contains(&value),
            "{value} of {limit} in {title:?}"
        );
    };
    let marks = document
        .descendants()
        .filter(|n| n.is_element() && *n != root);
    for mark in marks {
        let number = |name| {
            mark.attribute(name)
                .map_or(0.0, |v| v.parse::<f64>().unwrap())
        };
        for name in ["x", "cx", "x1", "x2"] {
            within(number(name), view[2]);
        }
        for name in ["y", "cy", "y1", "y2"] {
            within(number(name), view[3]);
        }
        within(number("x") + number("width"), view[2]);
        within(number("y") + number("height"), view[3]);
        assert!(
            number("width") >= 0.0 && number("height") >= 0.0,
            "{title:?}"
        );
        for point in mark
            .attribute("points")
            .unwrap_or_default()
            .split_whitespace()
        {
            let (x, y) = point.split_once(',').unwrap();
            within(x.parse().unwrap(), view[2]);
            within(y.parse().unwrap(), view[3]);
        }
    }
    true
}

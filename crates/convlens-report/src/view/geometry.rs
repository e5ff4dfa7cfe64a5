//! A layer's geometry and norm in words.

use convlens::svd::{Direction, Geometry, NormBracket, norm};

use crate::number::sizes;
use crate::tables::row::padding_mode;

/// "2", or "2 × 1" where the axes differ; "–" for a dense layer.
pub(super) fn per_axis(values: &[usize]) -> String {
    match values {
        [first, rest @ ..] if rest.iter().all(|v| v == first) => first.to_string(),
        _ => sizes(values),
    }
}

/// The padding by axis, "1", "0+1" where begin and end differ, with its mode unless it is zeros.
pub(super) fn padding(pads: &[(usize, usize)], mode: &str) -> String {
    let axes: Vec<String> = pads
        .iter()
        .map(|&(begin, end)| {
            if begin == end {
                begin.to_string()
            } else {
                format!("{begin}+{end}")
            }
        })
        .collect();
    let text = match axes.as_slice() {
        [] => "\u{2013}".to_owned(),
        [first, rest @ ..] if rest.iter().all(|a| a == first) => first.clone(),
        _ => axes.join(" \u{d7} "),
    };
    match mode {
        "zeros" => text,
        other => format!("{text} {other}"),
    }
}

/// The whole geometry in words.
pub(super) fn describe(geometry: &Geometry) -> String {
    if geometry.spatial_dims() == 0 {
        return "none: a matrix".into();
    }
    let mut text = format!(
        "stride {}, padding {}, dilation {}, groups {}",
        per_axis(geometry.stride()),
        padding(geometry.padding(), padding_mode(geometry.padding_mode())),
        per_axis(geometry.dilation()),
        geometry.groups()
    );
    if let Direction::Transposed { output_padding } = geometry.direction() {
        text.push_str(&format!(
            ", transposed, output padding {}",
            per_axis(output_padding)
        ));
    }
    text
}

/// By which method, in a sentence.
pub(super) fn norm_method_in_full(norm: &NormBracket) -> String {
    match &norm.method {
        norm::Method::Dense => "the largest singular value of the matrix".into(),
        norm::Method::CircularSpectrum => {
            "the largest singular value over all Fourier symbols of the periodic operator".into()
        }
        norm::Method::DavidsonAndEmbedding {
            periodic_grid,
            iterations,
            ..
        } => format!(
            "below, {iterations} Lanczos steps on the layer; above, the periodic norm on a grid of {} into which it embeds",
            sizes(periodic_grid)
        ),
        norm::Method::DavidsonAndCholesky { iterations, .. } => format!(
            "below, {iterations} Lanczos steps on the layer; above, an upper bound certified by a Cholesky factorization"
        ),
        norm::Method::TorusSamples { samples, factor } => format!(
            "the symbol at {} points of the torus, and a factor of {factor:.4} for what lies between; holds on every grid",
            sizes(samples)
        ),
        _ => "a method that this version of the report does not know".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use convlens::svd::PaddingMode;

    #[test]
    fn axes_that_differ_are_written_out() {
        let odd = Geometry::new(2)
            .with_stride(&[2, 1])
            .with_padding(&[(0, 1), (1, 1)])
            .with_groups(4);
        assert_eq!(
            describe(&odd),
            "stride 2\u{a0}×\u{a0}1, padding 0+1 × 1, dilation 1, groups 4"
        );
        assert_eq!(describe(&Geometry::new(0)), "none: a matrix");
        let same = Geometry::new(2)
            .with_padding(&[(1, 1), (1, 1)])
            .with_padding_mode(PaddingMode::Reflect);
        let mode = padding_mode(same.padding_mode());
        assert_eq!(padding(same.padding(), mode), "1 reflect");
    }
}

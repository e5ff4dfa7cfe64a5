//! Results go through JSON and come back the same.

use crate::kernels::random;
use convlens_svd::norm::DavidsonOptions;
use convlens_svd::{Direction, Geometry, LayerSvd, NormBracket, OperatorSpectrum, PaddingMode};

#[test]
fn results_round_trip() {
    let kernel = random(
        &[4, 2, 3],
        Geometry::new(1).with_padding(&[(1, 1)]).with_groups(2),
        13,
    );
    fn back<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> (T, String) {
        let text = serde_json::to_string(value).unwrap();
        (serde_json::from_str(&text).unwrap(), text)
    }
    let svd = LayerSvd::new(&kernel).unwrap();
    assert_eq!(back(&svd).0, svd);
    let spectrum = OperatorSpectrum::new(&kernel, &[6]).unwrap();
    assert_eq!(back(&spectrum).0, spectrum);
    let bracket = NormBracket::zero_padded(&kernel, &[6], &DavidsonOptions::default()).unwrap();
    let (same, text) = back(&bracket);
    assert_eq!(same, bracket);
    assert!(
        text.contains("davidson_and_embedding") && text.contains("\"zeros\""),
        "{text}"
    );
    let geometry = Geometry::new(1)
        .with_padding_mode(PaddingMode::Replicate)
        .with_direction(Direction::Transposed {
            output_padding: vec![0],
        });
    let (same, text) = back(&geometry);
    assert_eq!(same, geometry);
    assert!(
        text.contains("replicate") && text.contains("transposed"),
        "{text}"
    );
}

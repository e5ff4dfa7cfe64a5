//! Damaged models in the runtime: an error or a result, whatever byte is wrong.

use std::path::Path;

use convlens_activations::{Inputs, RunOptions, Runner};
use convlens_model::{Format, Model};

const STEP: usize = 7;

#[test]
fn a_model_with_any_byte_flipped_ends_in_a_result_or_a_typed_error() {
    let file = "tests/data/resnet-torchscript.onnx";
    let whole = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let inputs = Inputs::new("x", &[1, 3, 15, 12], vec![0.5; 540], None).unwrap();
    let (mut ran, mut refused) = (0, 0);
    // Most bytes are weights; a stride prime to all field sizes meets the others too.
    for at in (0..whole.len()).step_by(STEP) {
        for flip in [0x01, 0x80] {
            let mut bytes = whole.clone();
            bytes[at] ^= flip;
            let Ok(model) = Model::from_bytes("flipped.onnx", Format::Onnx, bytes) else {
                continue;
            };
            let run = Runner::new(&model)
                .and_then(|runner| runner.run(&inputs, &[], &RunOptions::default(), &mut |_| ()));
            match run {
                Ok(_) => ran += 1,
                Err(error) => {
                    assert!(error.to_string().contains("flipped.onnx"), "{error}");
                    refused += 1;
                }
            }
        }
    }
    assert!(ran > 100 && refused > 100, "{ran} {refused}");
}

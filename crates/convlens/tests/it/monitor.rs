//! Layers that another program runs give what an analysis of the whole model gives.

use convlens::activations::{ActivationsError, RunOptions, Runner};
use convlens::svd::{ConvKernel, Geometry};
use convlens::{Error, Monitor, MonitoredLayer, Settings};

use crate::analysis::{TRAINED, heldout, open};

#[test]
fn activations_added_by_hand_give_the_analysis_bit_for_bit() {
    let model = open(convlens_fixtures::digits_onnx());
    let mut monitor = Monitor::new(&Settings::default()).unwrap();
    for (index, layer) in model.layers().iter().enumerate() {
        let (kernel, bias) = (model.kernel(index).unwrap(), model.bias(index).unwrap());
        let number = monitor.layer(&layer.name, &kernel, bias.as_deref());
        assert_eq!(number.unwrap(), index);
    }
    let inputs = heldout();
    let names = model
        .layers()
        .iter()
        .map(|l| l.output.as_ref().unwrap().name.clone());
    let names: Vec<String> = names.collect();
    // Of the batch size of an analysis: a matrix product may round otherwise for another.
    let (runner, options) = (Runner::new(&model).unwrap(), RunOptions::default());
    runner
        .tap_values(&inputs, &names, &options, &mut |batch| {
            for (layer, array) in batch.values.into_iter().enumerate() {
                let array = array.unwrap();
                let added = monitor.add(layer, &array.values.into_f32(), &array.shape);
                added.unwrap();
            }
            Ok(())
        })
        .unwrap();
    let layers = monitor.finish(inputs.labels().unwrap()).unwrap();
    assert_eq!(layers.len(), TRAINED.layers.len());
    for (layer, expected) in layers.iter().zip(&TRAINED.layers) {
        assert_eq!(layer.name, expected.name);
        assert_eq!(layer.unfolding, expected.unfolding);
        assert_eq!(layer.statistics, expected.statistics);
        assert!(layer.separation.value().is_some(), "{:?}", layer.separation);
        assert_eq!(layer.separation, expected.separation, "{}", layer.name);
    }
}

/// Two channels, the second of them unused.
fn kernel(weights: [f64; 4]) -> ConvKernel {
    ConvKernel::new(weights.to_vec(), &[2, 2], Geometry::new(0)).unwrap()
}

fn quick() -> Monitor {
    Monitor::new(&Settings::default().permutations(19)).unwrap()
}

#[test]
fn a_layer_without_all_inputs_leaves_the_others_alone() {
    let mut monitor = quick();
    let plain = kernel([1.0, 0.0, 0.0, 1.0]);
    for name in ["whole", "part", "none"] {
        monitor.layer(name, &plain, None).unwrap();
    }
    monitor.layer("zero", &kernel([0.0; 4]), None).unwrap();
    let outputs: Vec<f64> = (0..40).map(|i| f64::from(i * 7 % 11)).collect();
    for layer in [0, 3] {
        monitor.add(layer, &outputs, &[20, 2]).unwrap();
    }
    monitor.add(1, &outputs[..20], &[10, 2]).unwrap();
    let labels: Vec<u8> = (0..20).map(|i| i % 2).collect();
    let layers = monitor.finish(&labels).unwrap();
    assert!(layers[0].separation.value().is_some());
    let reason = |layer: &MonitoredLayer| layer.separation.reason().unwrap().to_owned();
    assert!(reason(&layers[1]).contains("20 labels for 10 inputs"));
    assert!(reason(&layers[2]).contains("no activations"));
    assert!(reason(&layers[3]).contains("all zero"));
}

#[test]
fn what_a_caller_gets_wrong_is_a_typed_error() {
    let settings = Settings::default().directions(0);
    assert!(matches!(
        Monitor::new(&settings),
        Err(Error::Setting { .. })
    ));
    let mut monitor = quick();
    let layer = monitor
        .layer("dense", &kernel([1.0; 4]), Some(&[0.5, 0.5]))
        .unwrap();
    let error = monitor.add(layer, &[1.0f32; 6], &[2, 3]).unwrap_err();
    let channels = matches!(
        error,
        Error::Inputs(ActivationsError::OutputChannels { found: 3, .. })
    );
    assert!(channels, "{error}");
    let unlabelled = monitor.clone().finish::<i64>(&[]).unwrap_err();
    assert!(matches!(unlabelled, Error::Separation(_)), "{unlabelled}");
    assert!(matches!(
        monitor.finish(&[3, 3, 3]),
        Err(Error::Separation(_))
    ));
}

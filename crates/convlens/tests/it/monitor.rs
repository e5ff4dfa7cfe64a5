//! Layers that another program runs give what an analysis of the whole model gives.

use convlens::activations::{ActivationsError, RunOptions, Runner};
use convlens::monitor::WatchedLayer;
use convlens::svd::{ConvKernel, Geometry};
use convlens::{Analysis, Error, LayerAnalysis, Monitor, Settings};

use crate::analysis::{TRAINED, heldout, open};

#[test]
fn activations_added_by_hand_give_the_analysis_bit_for_bit() {
    let model = open(convlens_fixtures::digits_onnx());
    let mut monitor = Monitor::new(&Settings::default()).unwrap();
    let mut ids = Vec::new();
    for (index, layer) in model.layers().iter().enumerate() {
        let (kernel, bias) = (model.kernel(index).unwrap(), model.bias(index).unwrap());
        let mut watched = WatchedLayer::new(&kernel).grid(layer.grid.as_ref().unwrap());
        if let Some(bias) = &bias {
            watched = watched.bias(bias);
        }
        let id = monitor.layer(&layer.name, watched).unwrap();
        assert_eq!(id.index(), index);
        ids.push(id);
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
            for (&layer, array) in ids.iter().zip(batch.values) {
                let array = array.unwrap();
                let added = monitor.add(layer, &array.values.into_f32(), &array.shape);
                added.unwrap();
            }
            Ok(())
        })
        .unwrap();
    let analysis = monitor.finish(inputs.labels().unwrap()).unwrap();
    let layers = &analysis.layers;
    assert_eq!(layers.len(), TRAINED.layers.len());
    for (layer, expected) in layers.iter().zip(&TRAINED.layers) {
        assert_eq!(layer.name, expected.name);
        assert_eq!(layer.unfolding, expected.unfolding);
        assert_eq!(layer.statistics, expected.statistics);
        assert!(layer.separation.value().is_some(), "{:?}", layer.separation);
        assert_eq!(layer.separation, expected.separation, "{}", layer.name);
        // All but what only a file says.
        let mut unnamed = expected.clone();
        (unnamed.weight, unnamed.dtype) = (None, None);
        assert_eq!(*layer, unnamed);
    }
    let inputs = analysis.inputs.value().unwrap();
    assert_eq!((inputs.count, inputs.classes), (450, Some(10)));
    assert_eq!(analysis.model.weights, TRAINED.model.weights);
    let text = analysis.to_json().unwrap();
    assert_eq!(Analysis::from_json(&text).unwrap(), analysis);
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
    let mut layer = |name, kernel| monitor.layer(name, kernel).unwrap();
    let [whole, part, _] = ["whole", "part", "none"].map(|name| layer(name, &plain));
    let zero = layer("zero", &kernel([0.0; 4]));
    let outputs: Vec<f64> = (0..40).map(|i| f64::from(i * 7 % 11)).collect();
    for layer in [whole, zero] {
        monitor.add(layer, &outputs, &[20, 2]).unwrap();
    }
    monitor.add(part, &outputs[..20], &[10, 2]).unwrap();
    let labels: Vec<u8> = (0..20).map(|i| i % 2).collect();
    let layers = monitor.finish(&labels).unwrap().layers;
    assert!(layers[0].separation.value().is_some());
    let reason = |layer: &LayerAnalysis| layer.separation.reason().unwrap().to_owned();
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
    let dense = kernel([1.0; 4]);
    let watched = WatchedLayer::new(&dense).bias(&[0.5, 0.5]);
    let layer = monitor.layer("dense", watched).unwrap();
    let error = monitor.add(layer, &[1.0f32; 6], &[2, 3]).unwrap_err();
    let Error::Layer { layer, source } = &error else {
        panic!("{error}")
    };
    let channels = matches!(
        **source,
        Error::Inputs(ActivationsError::OutputChannels { found: 3, .. })
    );
    assert!(channels && layer == "dense", "{error}");
    let unlabeled = monitor.clone().finish::<i64>(&[]).unwrap_err();
    assert!(matches!(unlabeled, Error::Separation(_)), "{unlabeled}");
    assert!(matches!(
        monitor.finish(&[3, 3, 3]),
        Err(Error::Separation(_))
    ));
}

/// The error inside of one that names the layer.
fn of_layer(error: Error, name: &str) -> Error {
    match error {
        Error::Layer { layer, source } if layer == name => *source,
        other => panic!("{other:?}"),
    }
}

#[test]
fn layers_that_cannot_be_watched_are_refused_by_name_at_once() {
    let mut monitor = quick();
    let dense = kernel([1.0, 0.0, 0.0, 1.0]);
    let error = monitor.layer("bias", WatchedLayer::new(&dense).bias(&[0.5; 3]));
    let error = of_layer(error.unwrap_err(), "bias");
    assert!(
        matches!(
            error,
            Error::BiasLength {
                expected: 2,
                found: 3
            }
        ),
        "{error}"
    );
    let conv = ConvKernel::from_slice(&[1.0; 9], &[1, 1, 3, 3]).unwrap();
    for grid in [&[8][..], &[8, 0], &[8, 8, 8]] {
        let error = monitor.layer("grid", WatchedLayer::new(&conv).grid(grid));
        let error = of_layer(error.unwrap_err(), "grid");
        assert!(matches!(error, Error::Grid { axes: 2, .. }), "{error}");
    }
    let first = monitor.layer("twice", &dense).unwrap();
    let error = of_layer(monitor.layer("twice", &dense).unwrap_err(), "twice");
    assert!(matches!(error, Error::DuplicateLayer), "{error}");
    // The one that was there is as it was, and a handle of another monitor is no panic.
    monitor.add(first, &[1.0, 2.0], &[1, 2]).unwrap();
    let error = quick().add(first, &[1.0, 2.0], &[1, 2]).unwrap_err();
    assert!(
        matches!(
            error,
            Error::UnknownLayer {
                index: 0,
                layers: 0
            }
        ),
        "{error}"
    );
}

#[test]
fn weights_alone_can_be_watched() {
    let mut monitor = quick().with_name("epoch 3");
    monitor
        .layer("dense", &kernel([1.0, 0.0, 0.0, 2.0]))
        .unwrap();
    let conv = ConvKernel::from_slice(&[1.0; 18], &[2, 1, 3, 3]).unwrap();
    monitor.layer("conv", &conv).unwrap();
    let analysis = monitor.finish_unlabeled().unwrap();
    assert_eq!(analysis.model.name, "epoch 3");
    assert_eq!(analysis.inputs.reason(), Some("no labels were given"));
    let [dense, conv] = &analysis.layers[..] else {
        panic!("{:?}", analysis.layers)
    };
    assert_eq!(dense.operator.value().unwrap().norm, 2.0);
    assert!(conv.operator.reason().unwrap().contains("not known"));
    assert!(conv.norm.value().unwrap().grid.is_none());
    let empty = quick().finish_unlabeled().unwrap_err();
    assert!(matches!(empty, Error::NoLayers { .. }), "{empty}");
}

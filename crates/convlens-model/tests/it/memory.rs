//! Models without files: from bytes, and from layers in memory.

use convlens_model::arrays::Arrays;
use convlens_model::{Format, LayerKind, MemoryLayer, Model, ModelError};
use convlens_svd::{ConvKernel, Direction, Geometry};

use super::data;

fn kernel(shape: &[usize], geometry: Geometry) -> ConvKernel {
    let count = shape.iter().product::<usize>();
    ConvKernel::new((0..count).map(|i| i as f64).collect(), shape, geometry).unwrap()
}

#[test]
fn bytes_are_the_model_of_their_file() {
    for (name, format) in [
        ("arrays.npz", Format::Numpy),
        ("one.npy", Format::Numpy),
        ("all.safetensors", Format::Safetensors),
        ("opsets/17.onnx", Format::Onnx),
    ] {
        let file = Model::open(data(name)).unwrap();
        let bytes = std::fs::read(data(name)).unwrap();
        let memory = Model::from_bytes(name, format, bytes).unwrap();
        assert_eq!(memory.layers(), file.layers(), "{name}");
        assert_eq!(memory.skipped(), file.skipped(), "{name}");
        for i in 0..file.layers().len() {
            let (a, b) = (memory.kernel(i).unwrap(), file.kernel(i).unwrap());
            assert_eq!(a.weights(), b.weights(), "{name}");
        }
    }
    for name in ["arrays.npz", "one.npy", "all.safetensors"] {
        let mut file = Arrays::open(data(name)).unwrap();
        let mut memory = Arrays::from_bytes(name, std::fs::read(data(name)).unwrap()).unwrap();
        assert_eq!(memory.names(), file.names());
        let first = &file.names()[0];
        assert_eq!(memory.array(first).unwrap(), file.array(first).unwrap());
    }
}

#[test]
fn layers_in_memory_are_a_model() {
    let up = Geometry::new(2).with_direction(Direction::Transposed {
        output_padding: vec![0, 0],
    });
    let layers = [
        MemoryLayer::new("conv", kernel(&[2, 3, 3, 3], Geometry::new(2))).grid(&[8, 9]),
        MemoryLayer::new("up", kernel(&[2, 5, 2, 2], up)).bias(vec![1.0; 5]),
        MemoryLayer::new("fc", kernel(&[4, 6], Geometry::new(0))).bias(vec![0.5; 4]),
    ];
    let kernels = layers.clone().map(|layer| layer.kernel);
    let mut model = Model::from_layers("net", layers).unwrap();
    assert_eq!(
        (model.format(), model.path().to_str()),
        (Format::Memory, Some("net"))
    );
    let kinds: Vec<_> = model.layers().iter().map(|l| l.kind).collect();
    assert_eq!(
        kinds,
        [LayerKind::Conv, LayerKind::ConvTranspose, LayerKind::Dense]
    );
    let grids: Vec<_> = model.layers().iter().map(|l| l.grid.clone()).collect();
    assert_eq!(grids, [Some(vec![8, 9]), None, Some(vec![])]);
    for (i, kernel) in kernels.iter().enumerate() {
        assert_eq!(model.kernel(i).unwrap().weights(), kernel.weights());
        assert_eq!(model.kernel(i).unwrap().geometry(), kernel.geometry());
    }
    assert_eq!(model.bias(0).unwrap(), None);
    assert_eq!(model.bias(1).unwrap(), Some(vec![1.0; 5]));
    assert!(model.runnable().is_none() && model.external_files().is_empty());
    let folder = tempfile::tempdir().unwrap();
    let saved = model.save_with(&[(0, &kernels[0])], folder.path().join("x.safetensors"));
    assert!(matches!(saved, Err(ModelError::NotWritable { .. })));
    model.select(&["fc"]).unwrap();
    assert_eq!((model.layers().len(), model.skipped().len()), (1, 2));
}

#[test]
fn layers_in_memory_that_do_not_fit_are_named() {
    let conv = || MemoryLayer::new("conv", kernel(&[2, 3, 3, 3], Geometry::new(2)));
    let refused = |layers: Vec<MemoryLayer>| {
        let error = Model::from_layers("net", layers).unwrap_err();
        assert!(matches!(error, ModelError::Layer { .. }), "{error}");
        error.to_string()
    };
    assert_eq!(
        refused(vec![conv(), conv()]),
        "net: layer `conv`: another layer has the same name"
    );
    let bias = refused(vec![conv().bias(vec![0.0; 3])]);
    assert!(bias.ends_with("3 biases for 2 output channels"), "{bias}");
    for grid in [&[8][..], &[8, 0]] {
        let text = refused(vec![conv().grid(grid)]);
        assert!(text.contains(&format!("{grid:?}")), "{text}");
    }
}

//! Folders of models, and indices over several files.

use std::fs;
use std::path::PathBuf;

use convlens_model::{Format, Model, ModelError, Note};
use tempfile::TempDir;

use super::{Chain, data};

/// A folder and what is put into it.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn copy(&self, from: &str, to: &str) {
        fs::copy(data(from), self.at(to)).unwrap();
    }

    fn copy_all(&self, from: &str) {
        for file in fs::read_dir(data(from)).unwrap() {
            let path = file.unwrap().path();
            fs::copy(&path, self.0.path().join(path.file_name().unwrap())).unwrap();
        }
    }

    fn chosen(&self) -> Result<PathBuf, ModelError> {
        Model::file_of_folder(self.0.path())
    }

    fn files(&self) -> Vec<PathBuf> {
        Model::files_of_folder(self.0.path()).unwrap()
    }
}

#[test]
fn a_folder_is_opened_by_its_only_model() {
    let folder = Folder::new();
    let refused = || folder.chosen().unwrap_err().chain();
    assert!(refused().ends_with("the folder has no model file"));
    folder.copy("arrays.npz", "arrays.npz"); // data as likely as a model
    fs::write(folder.at("config.json"), "{}").unwrap();
    assert!(refused().ends_with("the folder has no model file"));
    folder.copy("state.pth", "state.pth");
    assert_eq!(
        Model::open(folder.0.path()).unwrap().format(),
        Format::Pytorch
    );
    folder.copy("legacy.pt", "legacy.pt");
    let both = "the folder has several models: legacy.pt, state.pth";
    assert!(refused().ends_with(both), "{}", refused());
    assert_eq!(
        folder.files(),
        [folder.at("legacy.pt"), folder.at("state.pth")]
    );
}

#[test]
fn the_usual_names_of_hugging_face_come_first() {
    let folder = Folder::new();
    let chosen = || folder.chosen().unwrap();
    folder.copy("state.pth", "training_args.bin");
    folder.copy("state.pth", "optimizer.pt");
    folder.copy("model_key.bin", "pytorch_model.bin");
    assert_eq!(folder.files().len(), 3);
    fs::write(folder.at("config.json"), "{}").unwrap();
    assert_eq!(chosen(), folder.at("pytorch_model.bin"));
    assert_eq!(folder.files(), [folder.at("pytorch_model.bin")]);
    folder.copy_all("sharded_bin");
    assert_eq!(chosen(), folder.at("pytorch_model.bin.index.json"));
    folder.copy("all.safetensors", "model.safetensors");
    assert_eq!(chosen(), folder.at("model.safetensors"));
    folder.copy_all("sharded");
    assert_eq!(chosen(), folder.at("model.safetensors.index.json"));
    assert_eq!(folder.files(), [folder.at("model.safetensors.index.json")]);
}

#[test]
fn an_index_stands_for_its_files() {
    for (from, name, format) in [
        (
            "sharded",
            "model.safetensors.index.json",
            Format::SafetensorsIndex,
        ),
        (
            "sharded_bin",
            "pytorch_model.bin.index.json",
            Format::PytorchIndex,
        ),
    ] {
        let folder = Folder::new();
        folder.copy_all(from);
        assert_eq!(folder.files(), [folder.at(name)]);
        let model = Model::open(folder.0.path()).unwrap();
        assert_eq!((model.path(), model.format()), (&*folder.at(name), format));
        let files = model.external_files();
        assert_eq!(files.len(), 2);
        assert!(files.iter().all(|(_, path)| path.is_file()), "{files:?}");
        // A variant of it, and a file that is none of its own.
        let variant = name.replace("index.json", "index.fp16.json");
        fs::rename(folder.at(name), folder.at(&variant)).unwrap();
        assert_eq!(folder.chosen().unwrap(), folder.at(&variant));
        folder.copy("state.pth", "other.pth");
        assert_eq!(folder.chosen().unwrap(), folder.at(&variant));
        let files = folder.files();
        assert_eq!(files.len(), 2, "{files:?}");
        assert!(files.contains(&folder.at("other.pth")));
    }
}

#[test]
fn data_of_an_onnx_file_are_no_model() {
    let folder = Folder::new();
    let onnx = fs::read(data("external/grouped.onnx")).unwrap();
    let (name, other) = (b"grouped.weights", b"grouped_dat.bin");
    let mut renamed = onnx.clone();
    for at in 0..onnx.len() - name.len() {
        if onnx[at..].starts_with(name) {
            renamed[at..at + name.len()].copy_from_slice(other);
        }
    }
    assert_ne!(renamed, onnx);
    fs::write(folder.at("grouped.onnx"), renamed).unwrap();
    folder.copy("external/grouped.weights", "grouped_dat.bin");
    assert_eq!(folder.chosen().unwrap(), folder.at("grouped.onnx"));
    let model = Model::open(folder.0.path()).unwrap();
    let file = ("grouped_dat.bin".to_owned(), folder.at("grouped_dat.bin"));
    assert_eq!(model.external_files(), [file]);
    folder.copy("state.pth", "other.bin");
    assert_eq!(
        folder.files(),
        [folder.at("grouped.onnx"), folder.at("other.bin")]
    );
}

#[test]
fn files_of_an_index_may_be_of_both_formats_and_say_what_was_done() {
    let folder = Folder::new();
    folder.copy("all.safetensors", "all.safetensors");
    folder.copy("nested.ckpt", "nested.ckpt");
    folder.copy("nested.ckpt", "again.ckpt");
    let index = r#"{"weight_map": {"conv.weight": "all.safetensors", "half.weight": "nested.ckpt", "brain.weight": "again.ckpt"}}"#;
    fs::write(folder.at("x.bin.index.json"), index).unwrap();
    let model = Model::open(folder.at("x.bin.index.json")).unwrap();
    let names: Vec<_> = model.layers().iter().map(|l| l.name.as_str()).collect();
    assert_eq!(names, ["brain.weight", "conv.weight", "half.weight"]);
    let key = "state_dict".into();
    assert_eq!(model.notes(), [Note::StateDict { key }]);
    let whole = Model::open(data("all.safetensors")).unwrap();
    for (layer, spec) in model.layers().iter().enumerate() {
        let same = whole.layers().iter().position(|l| l.name == spec.name);
        assert_eq!(
            model.kernel(layer).unwrap().weights(),
            whole.kernel(same.unwrap()).unwrap().weights()
        );
        let edited = [(layer, &model.kernel(layer).unwrap())];
        let refused = model.save_with(&edited, folder.at("copy.bin"));
        let words = match spec.name.as_str() {
            "conv.weight" => "one of several files",
            _ => "PyTorch files are not written",
        };
        let error = refused.unwrap_err().chain();
        assert!(error.contains(words), "{error}");
    }
    // An index within an index would be a way to circles.
    let circle = r#"{"weight_map": {"w": "x.bin.index.json"}}"#;
    fs::write(folder.at("x.bin.index.json"), circle).unwrap();
    let error = Model::open(folder.at("x.bin.index.json")).unwrap_err();
    let words = "not a valid PyTorch index file: its file `x.bin.index.json`: it \
         is neither a safetensors nor a PyTorch file";
    assert!(error.chain().ends_with(words), "{error}");
}

#[test]
fn an_index_names_only_files_beside_it_and_what_they_hold() {
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("model.safetensors.index.json");
    let open = |map: &str| {
        std::fs::write(&index, format!("{{\"weight_map\": {map}}}")).unwrap();
        Model::open(&index)
    };
    for outside in [
        "../all.safetensors",
        "/etc/passwd",
        "a/b.safetensors",
        "",
        ".",
        "..",
    ] {
        let error = open(&format!("{{\"w\": {outside:?}}}"))
            .unwrap_err()
            .chain();
        assert!(error.contains("is not beside it"), "{error}");
    }
    let missing = open("{\"w\": \"gone.safetensors\"}").unwrap_err().chain();
    assert!(missing.contains("gone.safetensors"), "{missing}");
    std::fs::copy(
        data("all.safetensors"),
        folder.path().join("all.safetensors"),
    )
    .unwrap();
    let model = open(r#"{"conv.weight": "all.safetensors", "ghost": "all.safetensors"}"#).unwrap();
    assert_eq!(model.layers().len(), 1);
    let reason = |name: &str| {
        let skipped = model.skipped().iter().find(|s| s.name == name).unwrap();
        skipped.reason.to_string()
    };
    assert!(reason("ghost").contains("does not have it"));
    assert!(reason("half.weight").contains("the index does not list it"));
    for bad in ["[]", "{\"w\": 3}", "null"] {
        assert!(open(bad).is_err());
    }
}

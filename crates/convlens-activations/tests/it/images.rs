//! Images by folder and table, against what torchvision makes of them.

use std::fs;
use std::path::{Path, PathBuf};

use convlens_activations::ActivationsError;
use convlens_activations::inputs::{Batch, Color, InputOptions, Inputs, Preprocessing, Resize};
use convlens_model::ChannelAxis;
use convlens_model::arrays::{Array, Npz, NpzWriter, Values};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

fn reference(array: &str) -> Vec<f32> {
    let mut npz = Npz::open(data("images-reference.npz")).unwrap();
    npz.array(array).unwrap().values.into_f32()
}

fn small() -> Preprocessing {
    let mut small = Preprocessing::imagenet();
    small.resize = Some(Resize::ShorterSide(16));
    small.crop([11, 14])
}

fn open(path: impl AsRef<Path>, preprocessing: Preprocessing) -> Inputs {
    Inputs::open(path, &InputOptions::default().preprocessing(preprocessing)).unwrap()
}

/// All inputs in one batch.
fn all(inputs: &Inputs) -> Batch {
    let mut batches = inputs.batches(usize::MAX);
    let batch = batches.next().unwrap().unwrap();
    assert!(batches.next().is_none());
    batch
}

/// The files of `images` in their order; the last two are JPEGs.
const FILES: [&str; 7] = [
    "cat/a.png",
    "cat/deep/b.png",
    "dog/c.png",
    "dog/d.png",
    "dog/e.png",
    "dog/f.jpg",
    "dog/g.jpeg",
];

/// Pillow and the resizer here may round a pixel, or the decoders of JPEG a coefficient, to the
/// other side: one step of 255 (seen: 1.0003), and in few places.
fn close(found: &[f32], expected: &[f32], std: f32) {
    assert_eq!(found.len(), expected.len());
    let steps = found.iter().zip(expected);
    let steps: Vec<f32> = steps.map(|(a, b)| (a - b).abs() * std * 255.0).collect();
    assert!(steps.iter().all(|&s| s < 1.05), "{steps:?}");
    let other = steps.iter().filter(|&&s| s > 0.01).count();
    assert!(other * 8 < steps.len(), "{other} of {}", steps.len());
}

#[test]
fn a_folder_of_classes_is_what_torchvision_reads() {
    let inputs = open(data("images"), small());
    assert_eq!(inputs.shape(), [7, 3, 11, 14]);
    assert_eq!(inputs.labels(), Some(&[0, 0, 1, 1, 1, 1, 1][..]));
    assert_eq!(inputs.class_names().unwrap(), ["cat", "dog"]);
    let batch = all(&inputs);
    assert!(batch.left_out.is_empty());
    close(&batch.values, &reference("small"), 0.229);
    let exact = Preprocessing::none().resize(Resize::Exact([9, 13]));
    let batch = all(&open(data("images"), exact.clone()));
    close(&batch.values, &reference("exact"), 1.0);
    let batch = all(&open(data("images"), exact.color(Color::Gray)));
    close(&batch.values, &reference("grey"), 1.0);
}

#[test]
fn the_imagenet_preset_is_torchvisions() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(data("large.png"), folder.path().join("large.png")).unwrap();
    let inputs = open(folder.path(), Preprocessing::imagenet());
    assert_eq!(inputs.shape(), [1, 3, 224, 224]);
    assert!(inputs.labels().is_none(), "images alone have no classes");
    let values = all(&inputs).values;
    let at = reference("large_at");
    let chosen: Vec<f32> = at.iter().map(|&i| values[i as usize]).collect();
    close(&chosen, &reference("large"), 0.229);
}

#[test]
fn the_layout_of_a_batch_is_the_models() {
    let first = all(&open(data("images"), small())).values;
    let last = open(data("images"), small().layout(ChannelAxis::Last));
    assert_eq!(last.shape(), [7, 11, 14, 3]);
    let last = all(&last).values;
    let blue_first = all(&open(
        data("images"),
        small().normalize(vec![0.0], vec![1.0]).color(Color::Bgr),
    ));
    let red_first = all(&open(
        data("images"),
        small().normalize(vec![0.0], vec![1.0]),
    ));
    for (n, image) in first.chunks(3 * 154).enumerate() {
        for (i, &v) in image.iter().enumerate() {
            let (c, at) = (i / 154, i % 154);
            assert_eq!(last[n * 462 + at * 3 + c], v);
            let (blue, red) = (&blue_first.values, &red_first.values);
            assert_eq!(blue[n * 462 + i], red[n * 462 + (2 - c) * 154 + at]);
        }
    }
}

/// A copy of `images` in which some things are wrong.
fn damaged() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in FILES {
        let to = folder.path().join(file);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(data("images").join(file), to).unwrap();
    }
    let at = |name: &str| folder.path().join(name);
    let whole = fs::read(at("cat/a.png")).unwrap();
    fs::write(at("cat/cut.png"), &whole[..whole.len() / 2]).unwrap();
    fs::write(at("cat/empty.jpg"), "").unwrap();
    fs::write(at("dog/text.png"), "not an image").unwrap();
    fs::write(at("dog/old.bmp"), "BM").unwrap();
    fs::write(at("dog/notes.txt"), "no input").unwrap();
    fs::write(at("beside.png"), &whole).unwrap();
    fs::create_dir(at(".hidden")).unwrap();
    fs::write(at(".hidden/x.png"), &whole).unwrap();
    fs::write(at("dog/bomb.png"), bomb(60_000, 60_000)).unwrap();
    folder
}

#[test]
fn a_decoder_that_panics_leaves_one_image_out() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::copy(data("images/dog/f.jpg"), at("whole.jpg")).unwrap();
    // Found by fuzzing: a color with twice the samples of the brightness across.
    fs::copy(data("finer-color.jpg"), at("strange.jpg")).unwrap();
    fs::write(at("list.csv"), "strange.jpg,0\nwhole.jpg,1\n").unwrap();
    let whole = Preprocessing::none().resize(Resize::Exact([8, 8]));
    let batch = all(&open(at("list.csv"), whole));
    assert_eq!(batch.inputs, [1]);
    let reason = batch.left_out[0].to_string();
    assert!(
        reason.contains("strange.jpg: its decoder panicked on it: range end index"),
        "{reason}"
    );
}

/// A PNG of some hundred bytes that declares so many pixels.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let chunk = |kind: &[u8; 4], body: &[u8]| {
        let mut crc = flate2::Crc::new();
        crc.update(kind);
        crc.update(body);
        let length = (body.len() as u32).to_be_bytes();
        [&length[..], kind, body, &crc.sum().to_be_bytes()].concat()
    };
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let header = [&size[..], &[8, 6, 0, 0, 0]].concat();
    [
        &b"\x89PNG\r\n\x1a\n"[..],
        &chunk(b"IHDR", &header),
        &chunk(b"IDAT", &[0x78, 0x9c, 0x63, 0, 1]),
        &chunk(b"IEND", &[]),
    ]
    .concat()
}

#[test]
fn what_cannot_be_read_is_left_out_with_its_reason() {
    let folder = damaged();
    let inputs = open(folder.path(), small());
    let listed: Vec<String> = inputs.left_out().iter().map(ToString::to_string).collect();
    assert_eq!(
        listed,
        [
            "dog/old.bmp: `.bmp` is not supported; use PNG or JPEG",
            "beside.png: it is beside the folders of the classes, not in one"
        ]
    );
    // In batches of every size the same inputs are kept, and all batches but the last are full.
    let names = [
        "cat/cut.png",
        "cat/empty.jpg",
        "dog/bomb.png",
        "dog/text.png",
    ];
    let whole = all(&open(data("images"), small()));
    for size in [1, 2, 3, 100] {
        let batches: Vec<Batch> = inputs.batches(size).map(Result::unwrap).collect();
        let left_out = batches.iter().flat_map(|b| &b.left_out);
        let left_out: Vec<_> = left_out.map(|l| l.name.as_str()).collect();
        assert_eq!(left_out, names);
        let kept: Vec<f32> = batches.iter().flat_map(|b| b.values.clone()).collect();
        assert_eq!(kept, whole.values);
        let full = &batches[..batches.len() - 1];
        assert!(full.iter().all(|b| b.inputs.len() == size));
        let labels = inputs.labels().unwrap();
        let labels = batches
            .iter()
            .flat_map(|b| b.inputs.iter().map(|&i| labels[i]));
        assert_eq!(labels.collect::<Vec<_>>(), [0, 0, 1, 1, 1, 1, 1]);
    }
    let bomb = all(&inputs);
    let bomb = bomb.left_out.iter().find(|l| l.name == "dog/bomb.png");
    assert!(bomb.unwrap().reason.contains("60000 x 60000 pixels"));
}

#[test]
fn images_of_another_size_than_the_first_are_left_out() {
    let batch = all(&open(data("images"), Preprocessing::none()));
    assert_eq!(batch.inputs, [0]);
    assert!(batch.left_out[0].reason.contains("not that of the first"));
    let cut = Preprocessing::none().crop([40, 40]);
    // Only the last two are that large; the first image's size is not asked for.
    assert_eq!(all(&open(data("images"), cut)).inputs, [5, 6]);
}

#[test]
fn a_table_names_files_and_classes_in_its_own_order() {
    let folder = damaged();
    let table = folder.path().join("list.csv");
    fs::write(
        &table,
        "id,Label,path\n1,wolf,dog/c.png\n2,\"cat, wild\",cat/a.png\n3,wolf,no/such.png\n4,,dog/d.png\n5,wolf,\n",
    )
    .unwrap();
    let inputs = open(&table, small());
    assert_eq!(inputs.class_names().unwrap(), ["cat, wild", "wolf"]);
    assert_eq!(inputs.labels(), Some(&[1, 0, 1][..]));
    let listed: Vec<String> = inputs.left_out().iter().map(ToString::to_string).collect();
    assert_eq!(
        listed,
        ["dog/d.png: line 5 has no class", "line 6: it has no path"]
    );
    let batch = all(&inputs);
    assert_eq!(batch.inputs, [0, 1]);
    assert!(batch.left_out[0].name.ends_with("no/such.png"));
    // Without a first line of names: a path and a class; numbers are kept.
    let bare = folder.path().join("bare.tsv");
    fs::write(&bare, "dog/c.png\t7\ncat/a.png\t-1\n").unwrap();
    assert_eq!(open(&bare, small()).labels(), Some(&[7, -1][..]));
    let alone = folder.path().join("alone.csv");
    fs::write(&alone, "dog/c.png\ncat/a.png\n").unwrap();
    let inputs = open(&alone, small());
    assert_eq!((inputs.count(), inputs.labels()), (2, None));
}

#[test]
fn labels_and_class_names_may_come_from_files_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("classes.txt"), "bird\ndog\ncat\n").unwrap();
    let options = InputOptions::default()
        .preprocessing(small())
        .classes(at("classes.txt"));
    let listed = Inputs::open(data("images"), &options).unwrap();
    assert_eq!(listed.labels(), Some(&[2, 2, 1, 1, 1, 1, 1][..]));
    fs::write(at("labels.txt"), "bird\nbird\ndog\ncat\ncat\ncat\ncat\n").unwrap();
    let given = Inputs::open(data("images"), &options.clone().labels(at("labels.txt")));
    assert_eq!(given.unwrap().labels(), Some(&[0, 0, 1, 2, 2, 2, 2][..]));

    let mut npz = NpzWriter::create(at("y.npz")).unwrap();
    let labels = Array {
        shape: vec![7],
        values: Values::I64(vec![9, 8, 7, 6, 5, 4, 3]),
    };
    npz.append("classes", &labels).unwrap();
    npz.finish().unwrap();
    let given = Inputs::open(data("images"), &options.clone().labels(at("y.npz"))).unwrap();
    assert_eq!(given.labels(), Some(&[9, 8, 7, 6, 5, 4, 3][..]));

    fs::write(at("short.txt"), "bird\n").unwrap();
    let short = Inputs::open(data("images"), &options.clone().labels(at("short.txt")));
    let short = short.unwrap_err().to_string();
    assert!(
        short.contains("short.txt: 1 labels for 7 inputs"),
        "{short}"
    );
    fs::write(at("classes.txt"), "bird\n").unwrap();
    let unknown = Inputs::open(data("images"), &options).unwrap_err();
    assert!(matches!(unknown, ActivationsError::UnknownClass { class, .. } if class == "cat"));
}

#[test]
fn folders_and_files_without_inputs_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let open = |path: &Path| {
        Inputs::open(path, &InputOptions::default())
            .unwrap_err()
            .to_string()
    };
    assert!(open(folder.path()).contains("it has no image"));
    fs::create_dir(folder.path().join("a")).unwrap();
    fs::write(folder.path().join("a/x.png"), "text").unwrap();
    assert!(open(folder.path()).contains("a/x.png: it is neither PNG nor JPEG"));
    assert!(open(&folder.path().join("none.csv")).contains("none.csv"));
    let text = folder.path().join("x.txt");
    fs::write(&text, "").unwrap();
    assert!(open(&text).contains("inputs are a .npz"));
    let options = InputOptions::default().preprocessing(Preprocessing::cifar());
    let array = Inputs::open(data("images-reference.npz"), &options).unwrap_err();
    assert!(
        array.to_string().contains("arrays are fed as they are"),
        "{array}"
    );
}

#[test]
fn numbers_that_are_not_finite_leave_their_input_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.npz");
    let mut npz = NpzWriter::create(&path).unwrap();
    let values = Values::F32(vec![1.0, 2.0, 3.0, f32::NAN, 5.0, 6.0]);
    npz.append(
        "x",
        &Array {
            shape: vec![3, 2],
            values,
        },
    )
    .unwrap();
    npz.finish().unwrap();
    let inputs = Inputs::open(&path, &InputOptions::default()).unwrap();
    let batch = all(&inputs);
    assert_eq!(
        (batch.inputs, batch.values),
        (vec![0, 2], vec![1.0, 2.0, 5.0, 6.0])
    );
    assert_eq!(batch.left_out[0].to_string(), "input 1: its value 1 is NaN");
}

#[test]
fn images_in_memory_are_those_of_files() {
    let preprocessing = Preprocessing::none().resize(Resize::Exact([6, 7]));
    let options = InputOptions::default().preprocessing(preprocessing.clone());
    let files = Inputs::open(data("images"), &options).unwrap();
    let names = ["cat/a.png", "dog/c.png", "dog/f.jpg"];
    let bytes = names.map(|name| {
        let bytes = fs::read(data("images").join(name)).unwrap();
        (name.to_owned(), bytes)
    });
    let broken = ("broken".to_owned(), vec![0; 9]);
    let images = bytes.into_iter().chain([broken]);
    let labels = Some(vec![3, 1, 1, 0]);
    let memory = Inputs::from_images("uploads", images, labels, preprocessing.clone()).unwrap();
    assert_eq!(memory.labels(), Some(&[3, 1, 1, 0][..]));
    let (all_files, in_memory) = (all(&files), all(&memory));
    assert_eq!(in_memory.inputs, [0, 1, 2]);
    assert_eq!(
        in_memory.left_out[0].to_string(),
        "broken: it is neither PNG nor JPEG"
    );
    let size = 3 * 6 * 7;
    let of = |at: usize| &all_files.values[at * size..][..size];
    // Their places in `FILES`.
    assert_eq!(&in_memory.values[..size], of(0));
    assert_eq!(&in_memory.values[size..][..size], of(2));
    assert_eq!(&in_memory.values[2 * size..][..size], of(5));
    let none = Inputs::from_images("none", [], None, preprocessing).unwrap_err();
    assert_eq!(none.to_string(), "none: it has no image");
}

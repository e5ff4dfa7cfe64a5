//! Tables: what is read back equals what was written.

use std::fs;
use std::path::Path;

use convlens::Analysis;
use convlens::model::Model;
use convlens_report::ReportError;
use convlens_report::tables::{COLUMNS, LayerRow, RowStatus, TableWriter};

/// Layers with and without results, a grouped one among them; skipped parts; a failure with a
/// reason that needs quoting.
fn rows() -> Vec<LayerRow> {
    let analyzed = |path: std::path::PathBuf| {
        let model = Model::open(path).unwrap();
        let analysis = Analysis::builder(&model).run().unwrap();
        LayerRow::of_analysis("a, \"b\".onnx", &analysis)
    };
    let mut rows = analyzed(convlens_fixtures::digits_onnx());
    rows.extend(analyzed(convlens_fixtures::digits_safetensors()));
    rows.push(LayerRow::of_failure(
        "gr\u{f6}\u{df}e.pth",
        "line 1,\nline \"2\"",
    ));
    rows
}

fn write(path: &Path, rows: &[LayerRow]) {
    let mut table = TableWriter::create(path).unwrap();
    for row in rows {
        table.write(row).unwrap();
    }
    assert!(!path.exists(), "it is there before it is whole");
    table.finish().unwrap();
}

#[test]
fn csv_and_json_lines_read_back_equal() {
    let folder = tempfile::tempdir().unwrap();
    let rows = rows();
    let csv = folder.path().join("t.csv");
    write(&csv, &rows);
    let mut reader = csv::Reader::from_path(&csv).unwrap();
    let names: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    let columns: Vec<&str> = COLUMNS.iter().map(|column| column.name).collect();
    assert_eq!(names, columns);
    let back: Vec<LayerRow> = reader.deserialize().map(Result::unwrap).collect();
    assert_eq!(back, rows);

    let lines = folder.path().join("t.jsonl");
    write(&lines, &rows);
    let text = fs::read_to_string(&lines).unwrap();
    let back: Vec<LayerRow> = text
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(back, rows);
}

#[test]
fn rows_say_what_the_analysis_says() {
    let model = Model::open(convlens_fixtures::digits_onnx()).unwrap();
    let analysis = Analysis::builder(&model).run().unwrap();
    let rows = LayerRow::of_analysis("digits", &analysis);
    assert_eq!(rows.len(), analysis.layers.len() + analysis.skipped.len());
    for (row, layer) in rows.iter().zip(&analysis.layers) {
        assert_eq!(
            (row.status, row.layer.as_deref()),
            (RowStatus::Analyzed, Some(&*layer.name))
        );
        assert_eq!(row.spectral_norm, Some(layer.unfolding.singular_values[0]));
        assert_eq!(row.operator_norm_upper, layer.norm.value().map(|n| n.upper));
        let statistics = layer.statistics.value().unwrap();
        assert_eq!(row.alpha, statistics.power_law.value().map(|f| f.alpha));
        assert_eq!(
            row.mp_sigma,
            statistics.marchenko_pastur.value().map(|f| f.sigma)
        );
        assert_eq!(row.separation_reason.as_deref(), layer.separation.reason());
    }
    let conv2 = &rows[1];
    assert_eq!(conv2.stride.as_ref().unwrap().to_string(), "1x1");
    assert_eq!(conv2.padding.as_ref().unwrap().to_string(), "1:1x1:1");
}

#[test]
fn a_table_that_is_dropped_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    fs::write(&path, "before").unwrap();
    let mut table = TableWriter::create(&path).unwrap();
    table.write(&LayerRow::of_failure("m", "r")).unwrap();
    drop(table);
    assert_eq!(fs::read_to_string(&path).unwrap(), "before");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    for name in ["t.xlsx", "t"] {
        let refused = TableWriter::create(folder.path().join(name)).unwrap_err();
        assert!(
            matches!(refused, ReportError::TableFormat { .. }),
            "{refused}"
        );
    }
    let nowhere = TableWriter::create(folder.path().join("none/t.csv")).unwrap_err();
    assert!(matches!(nowhere, ReportError::Io { .. }));
}

#[cfg(not(feature = "parquet"))]
#[test]
fn parquet_is_refused_where_it_is_not_built_in() {
    let refused = TableWriter::create("t.parquet").unwrap_err();
    assert!(refused.to_string().contains("feature `parquet`"));
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_reads_back_equal() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;
    use serde_json::Value;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    let few = rows();
    // Over two groups of 8192 rows.
    let rows: Vec<LayerRow> = few.iter().cycle().take(20_000).cloned().collect();
    write(&path, &rows);
    let reader = SerializedFileReader::new(fs::File::open(&path).unwrap()).unwrap();
    assert_eq!(reader.num_row_groups(), 3);
    let mut found = 0;
    for (row, expected) in reader.get_row_iter(None).unwrap().zip(&rows) {
        let row = row.unwrap();
        let expected = serde_json::to_value(expected).unwrap();
        for ((name, field), column) in row.get_column_iter().zip(COLUMNS) {
            assert_eq!(name, column.name);
            let value = match field {
                Field::Null => Value::Null,
                Field::Str(text) => text.as_str().into(),
                Field::Long(number) => (*number).into(),
                Field::Double(number) => (*number).into(),
                other => panic!("{name}: {other:?}"),
            };
            assert_eq!(value, expected[name.as_str()], "{name}");
        }
        assert_eq!(row.len(), COLUMNS.len());
        found += 1;
    }
    assert_eq!(found, rows.len());
}

#[test]
fn the_columns_are_documented() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/model-zoo.md");
    let page = fs::read_to_string(page).unwrap();
    for column in COLUMNS {
        let line = format!("| `{}` | {} |", column.name, column.meaning);
        assert!(page.contains(&line), "docs/model-zoo.md lacks: {line}");
    }
}

//! The proof suite: every fast path against its slow definition, on thousands of random geometries
//! that are counted.
//!
//! To put one more thing to the test, add a line to `checks::CHECKS` (or to `brackets::all`, for a
//! norm bracket).

mod brackets;
mod checks;
mod generator;
mod scene;

use checks::{CHECKS, Check};
use generator::{Kinds, case};
use rayon::prelude::*;
use scene::{Scene, Verdict};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A check's answer, or the message of its panic, so that the geometry is printed all the same.
fn verdict(check: Check, scene: &Scene<'_>) -> Verdict {
    catch_unwind(AssertUnwindSafe(|| check(scene))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(format!("panic: {}", text.unwrap_or("without a message")))
    })
}

const CASES: u64 = 4000;

/// At least 2,000 geometries, with at least these shares of each kind, in percent. (The draw is
/// seeded, so the shares are fixed; the bounds say what the suite must go on covering.)
#[test]
fn every_result_is_that_of_the_dense_matrix_on_thousands_of_geometries() {
    let results: Vec<(Kinds, Vec<String>)> = (0..CASES)
        .into_par_iter()
        .map(|seed| {
            let case = case(seed);
            let scene = Scene::new(&case);
            let failed = CHECKS.iter().filter_map(|(name, check)| {
                let why = verdict(*check, &scene).err()?;
                Some(format!("case {seed}, {name}: {why}\n  {case:?}"))
            });
            (case.kinds(), failed.collect())
        })
        .collect();
    let failures: Vec<&String> = results.iter().flat_map(|(_, failed)| failed).collect();
    let shown: Vec<String> = failures.iter().take(5).map(|f| f.to_string()).collect();
    assert!(
        failures.is_empty(),
        "{} failures; the first ones:\n{}",
        failures.len(),
        shown.join("\n")
    );

    assert!(results.len() >= 2000);
    let share = |of: fn(&Kinds) -> bool| {
        let count = results.iter().filter(|(kinds, _)| of(kinds)).count();
        100.0 * count as f64 / results.len() as f64
    };
    let shares = [
        ("strided", share(|k| k.strided), 30.0),
        ("grouped", share(|k| k.grouped), 20.0),
        ("dilated", share(|k| k.dilated), 20.0),
        (
            "kernel extent over the grid",
            share(|k| k.overhanging),
            20.0,
        ),
        (
            "more taps than the grid has points",
            share(|k| k.wrapping),
            5.0,
        ),
        ("non-square", share(|k| k.non_square), 30.0),
        ("transposed", share(|k| k.transposed), 10.0),
        ("with output padding", share(|k| k.output_padded), 2.0),
        ("depthwise", share(|k| k.depthwise), 5.0),
        ("an even kernel axis", share(|k| k.even), 20.0),
        ("one axis", share(|k| k.dims == 1), 20.0),
        ("two axes", share(|k| k.dims == 2), 20.0),
        ("three axes", share(|k| k.dims == 3), 10.0),
        ("c_in < c_out", share(|k| k.c_in < k.c_out), 20.0),
        ("c_in > c_out", share(|k| k.c_in > k.c_out), 20.0),
        ("unequal padding", share(|k| k.lopsided), 20.0),
        (
            "stride that does not divide the grid",
            share(|k| k.indivisible),
            10.0,
        ),
        (
            "strided, grouped and dilated",
            share(|k| k.strided && k.grouped && k.dilated),
            2.0,
        ),
        ("without an output", share(|k| k.empty), 1.0),
        ("with an output", share(|k| !k.empty), 85.0),
    ];
    for (kind, percent, least) in shares {
        println!("{percent:5.1}% {kind} (at least {least}%)");
    }
    for (kind, percent, least) in shares {
        assert!(percent >= least, "{kind}: {percent:.1}%, not {least}%");
    }
}

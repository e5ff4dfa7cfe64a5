//! The table of `docs/compat.md`, computed: our defaults beside each tool's number on one same
//! spectrum.

use convlens_rmt::{
    Compat, Esd, LayerMetrics, ModelMetrics, bulk,
    metrics::{self, BulkOutcome, EigenvalueScale, FingerRule},
    tail::{self, AlternativeSearch},
};
use serde_json::Value;

use crate::layer_metrics::{case, numbers, reference, slices, weightwatcher};
use crate::power_law_peers::{cases, compared};

/// One row: quantity, spectrum, our default, the tool and its number.
struct Row([String; 4]);

fn row(quantity: &str, spectrum: &str, ours: impl ToString, theirs: impl ToString) -> Row {
    Row([
        quantity.into(),
        spectrum.into(),
        ours.to_string(),
        theirs.to_string(),
    ])
}

struct Case<'a> {
    data: &'a Value,
    slices: Vec<Esd>,
}

impl<'a> Case<'a> {
    fn new(data: &'a Value, name: &str) -> Self {
        let data = case(data, name);
        Self {
            data,
            slices: slices(data),
        }
    }

    fn ours(&self) -> LayerMetrics {
        LayerMetrics::pooled(
            &self.slices,
            &tail::Options::default(),
            &metrics::Options::default(),
        )
        .expect("good options")
    }

    /// The unfolding of a convolution, our view of one.
    fn unfolded(&self) -> LayerMetrics {
        let shape = numbers(&self.data["shape"]);
        let values = numbers(&self.data["unfolded_singular_values"]);
        let columns = shape[1..].iter().product::<f64>() as usize;
        let esd = Esd::from_singular_values(&values, shape[0] as usize, columns).expect("a number");
        LayerMetrics::new(&esd, &metrics::Options::default()).expect("good options")
    }

    fn number(&self, tool: &str, column: &str) -> f64 {
        self.data[tool][column].as_f64().expect("a number")
    }

    fn weightwatcher(&self, column: &str) -> f64 {
        self.number("weightwatcher", column)
    }
}

fn alpha(metrics: &LayerMetrics) -> String {
    format!("{:.3}", metrics.alpha().expect("a number"))
}

fn bulk(metrics: &LayerMetrics) -> String {
    match &metrics.bulk {
        BulkOutcome::Fit(fit) => format!("{}", fit.num_spikes),
        BulkOutcome::NoFit(bulk::Outcome::NoBulk { .. }) => "no bulk".into(),
        other => format!("{other:?}"),
    }
}

fn norms(data: &Value) -> Vec<Row> {
    let (wide, conv) = (Case::new(data, "wide"), Case::new(data, "conv"));
    let slice = Case::new(data, "conv_slice");
    let ours = wide.ours();
    let largest = conv.ours().spectral_norm * 24.0;
    vec![
        row(
            "`spectral_norm`: unit of eigenvalues, dense",
            "wide, 48 x 200",
            format!("{:.5} (sigma^2 / 200)", ours.spectral_norm),
            format!("WW {:.5} (sigma^2)", wide.weightwatcher("spectral_norm")),
        ),
        row(
            "the same",
            "wide, 48 x 200",
            format!("{:.5} (sigma^2 / N)", ours.spectral_norm),
            format!(
                "DDP {:.5} (sigma^2 / rows)",
                wide.number("deepdataprofiler", "eig_max")
            ),
        ),
        row(
            "`spectral_norm`: convolution, slices pooled; largest sigma^2 of a slice",
            "conv, 24 x 16 x 3 x 3",
            format!("{largest:.5} with `Gram`"),
            format!("WW {:.5} (half of it)", conv.weightwatcher("spectral_norm")),
        ),
        row(
            "`spectral_norm`: convolution, one slice (`pool=False`)",
            "conv_slice, 40 x 28 x 3 x 3",
            format!("{:.5} with `Gram`", slice.ours().spectral_norm * 40.0),
            format!("WW {:.5} (9/2 of it)", slice.weightwatcher("spectral_norm")),
        ),
        row(
            "`sv_min` of a convolution",
            "conv",
            format!("{:.5} (least of all slices)", conv.ours().sv_min),
            format!(
                "WW {:.5} (largest of the slices' least, times sqrt(1/2))",
                conv.weightwatcher("sv_min")
            ),
        ),
        row(
            "alpha-hat of the layer, `alpha_weighted`",
            "wide",
            format!("{:.4}", ours.tail.value().expect("a number").alpha_weighted),
            format!(
                "WW {:.4}; DDP {:.4} (natural logarithm)",
                wide.weightwatcher("alpha_weighted"),
                wide.number("deepdataprofiler", "universal")
            ),
        ),
    ]
}

fn tails(data: &Value) -> Vec<Row> {
    let (slice, wide) = (Case::new(data, "conv_slice"), Case::new(data, "wide"));
    let (small, fingers) = (Case::new(data, "small"), Case::new(data, "fingers"));
    let conv = Case::new(data, "conv_student");
    let clipped = metrics::Options::default().fingers(FingerRule::clip());
    let cut = LayerMetrics::pooled(&fingers.slices, &tail::Options::default(), &clipped)
        .expect("good options");
    let count = cut
        .tail
        .value()
        .expect("a number")
        .fingers
        .as_ref()
        .expect("a number")
        .num_fingers;
    let theirs = LayerMetrics::pooled(
        &fingers.slices,
        &tail::Options::default(),
        &weightwatcher(fingers.data),
    )
    .expect("good options");
    let removed = theirs
        .tail
        .value()
        .expect("a number")
        .fingers
        .as_ref()
        .expect("a number")
        .removed
        .len();
    vec![
        row(
            "`alpha`: distance by both steps or one, tails of 10 or of 2",
            "conv_slice",
            alpha(&slice.ours()),
            format!("WW, powerlaw {:.3}", slice.weightwatcher("alpha")),
        ),
        row(
            "`alpha`: powerlaw 2.0.0 by default holds it under 3",
            "wide",
            alpha(&wide.ours()),
            format!(
                "powerlaw {:.3}, with `parameter_ranges` {:.3}",
                wide.number("powerlaw_default", "alpha"),
                wide.number("powerlaw", "alpha")
            ),
        ),
        row(
            "`alpha`: WeightWatcher's other rule under 20 eigenvalues",
            "small, 16 x 12",
            alpha(&small.ours()),
            format!(
                "WW {:.3}, powerlaw {:.3}",
                small.weightwatcher("alpha"),
                small.number("powerlaw", "alpha")
            ),
        ),
        row(
            "`alpha` of a convolution: unfolded, or slices pooled",
            "conv_student, 32 x 20 x 3 x 3",
            format!("{} (32 eigenvalues)", alpha(&conv.unfolded())),
            format!(
                "WW {:.3} (180 of 9 slices); DDP {:.3} (unfolded)",
                conv.weightwatcher("alpha"),
                conv.number("deepdataprofiler", "alpha")
            ),
        ),
        row(
            "`Q` of a convolution: the matrix decomposed, or one slice",
            "conv_student",
            format!("{}", conv.unfolded().q),
            format!(
                "WW {}; DDP {}",
                conv.weightwatcher("Q"),
                conv.number("deepdataprofiler", "Q")
            ),
        ),
        row(
            "`num_fingers`: eigenvalues cut",
            "fingers, 120 x 80",
            format!("{count} cut, {count} reported"),
            format!(
                "WW {removed} cut, {} reported",
                fingers.weightwatcher("num_fingers")
            ),
        ),
        row(
            "`detX_num`: product nearest to 1, or first under 1",
            "student, 128 x 64",
            Case::new(data, "student")
                .ours()
                .det_x
                .expect("a number")
                .num,
            format!(
                "WW {}",
                Case::new(data, "student").weightwatcher("detX_num")
            ),
        ),
    ]
}

fn bulks(data: &Value) -> Vec<Row> {
    let (spiked, gaussian) = (Case::new(data, "spiked"), Case::new(data, "gaussian"));
    let (ours, noise) = (spiked.ours(), gaussian.ours());
    let (fit, noise_fit) = (
        ours.bulk.value().expect("a number"),
        noise.bulk.value().expect("a number"),
    );
    // In the unit of a weight.
    let theirs =
        spiked.weightwatcher("sigma_mp") / spiked.weightwatcher("W_scale") / 150.0_f64.sqrt();
    let ddp = spiked.number("deepdataprofiler", "sigma");
    let options = metrics::Options::compat(Compat::WeightWatcher);
    let margin = |metrics: &LayerMetrics| {
        let fit = metrics.bulk.value().expect("a number");
        fit.threshold / fit.bulk_max
    };
    let low = Case::new(data, "rank_deficient");
    vec![
        row(
            "`sigma_mp`, as standard deviation of a weight (planted 0.1)",
            "spiked, 150 x 100, 3 spikes",
            format!("{:.4}", fit.sigma_mp),
            format!("WW {theirs:.4}; DDP {ddp:.4}"),
        ),
        row(
            "`num_spikes` (planted at 1.5, 2.5 and 4 times the threshold)",
            "spiked",
            bulk(&ours),
            format!("WW {}; DDP 0", spiked.weightwatcher("num_spikes")),
        ),
        row(
            "threshold of spikes over the edge",
            "gaussian, 120 x 60",
            format!("{:.4} (Tracy-Widom, 1%)", margin(&noise)),
            format!(
                "WW {:.4} (sqrt of a scale)",
                margin(
                    &LayerMetrics::pooled(&gaussian.slices, &tail::Options::default(), &options)
                        .expect("good options")
                )
            ),
        ),
        row(
            "`mp_softrank` of noise",
            "gaussian",
            format!("{:.4}", noise_fit.mp_softrank),
            format!("WW {:.4}; DDP 1", gaussian.weightwatcher("mp_softrank")),
        ),
        row(
            "`num_spikes` of a matrix without noise, rank 25 of 40",
            "rank_deficient, 60 x 40",
            bulk(&low.ours()),
            format!("WW {}", low.weightwatcher("num_spikes")),
        ),
    ]
}

fn ranks(data: &Value) -> Vec<Row> {
    let low = Case::new(data, "rank_deficient");
    let ours = low.ours();
    let scaled: Vec<f64> = low.slices[0]
        .eigenvalues()
        .iter()
        .map(|v| v * 1e-8)
        .collect();
    let scaled = [Esd::from_eigenvalues(&scaled, 60, 40).expect("a number")];
    let weak = |options: metrics::Options| {
        LayerMetrics::pooled(&scaled, &tail::Options::default(), &options)
            .expect("a number")
            .weak_rank_loss
    };
    let entropy = ours.entropy.expect("a number");
    let equal = Esd::from_eigenvalues(&[1.0; 30], 40, 30).expect("a number");
    let failed = LayerMetrics::new(&equal, &metrics::Options::compat(Compat::Powerlaw))
        .expect("good options");
    let powerlaw = metrics::Options::compat(Compat::Powerlaw).scale(EigenvalueScale::Gram);
    let fitted = LayerMetrics::pooled(
        &Case::new(data, "gaussian").slices,
        &tail::Options::default(),
        &powerlaw,
    )
    .expect("good options");
    let mean = ModelMetrics::new([("a", &fitted), ("b", &failed)]).alpha;
    let theirs = (Case::new(data, "gaussian").weightwatcher("alpha") - 1.0) / 2.0;
    vec![
        row(
            "rank of weights stored as f32 (25)",
            "rank_deficient",
            format!(
                "`hard_rank` {}, `matrix_rank` {}",
                ours.hard_rank, ours.matrix_rank
            ),
            format!(
                "WW `hard_rank` {}, `matrix_rank` {}",
                low.data["hard_rank"],
                low.weightwatcher("matrix_rank")
            ),
        ),
        row(
            "`weak_rank_loss`, relative or absolute, weights times 1e-4",
            "rank_deficient",
            weak(metrics::Options::default()),
            format!(
                "WW {}",
                weak(metrics::Options::compat(Compat::WeightWatcher))
            ),
        ),
        row(
            "`entropy`: 1e-10 added to each share, and the rank",
            "rank_deficient",
            format!("{entropy:.10}"),
            format!("WW {:.10}", low.weightwatcher("entropy")),
        ),
        row(
            "mean `alpha` of two layers of which one has no fit",
            "gaussian, and 30 equal eigenvalues",
            format!(
                "{:.4} ({} layer, 1 named)",
                mean.mean.expect("a number"),
                mean.layers
            ),
            format!("WW {theirs:.4} (-1 averaged in)"),
        ),
    ]
}

fn ratios() -> Vec<Row> {
    let spectra = cases();
    let ratio = |name: &str, key: &str, alternative: tail::Alternative| {
        let case = spectra.iter().find(|case| case["name"] == name);
        let case = case.expect("a case");
        let ours = compared(case, AlternativeSearch::Greatest);
        let ours = ours.with(alternative).expect("asked for").ratio;
        let theirs = case["powerlaw"][key]["ratio"].as_f64().expect("a number");
        (format!("{ours:.4}"), format!("powerlaw {theirs:.4}"))
    };
    let stretched = ratio(
        "pareto_2.2",
        "stretched_exponential",
        tail::Alternative::StretchedExponential,
    );
    let lognormal = ratio("t3_256x128", "lognormal", tail::Alternative::Lognormal);
    vec![
        row(
            "`ratio` to the stretched exponential: at the greatest likelihood, or where the search ends",
            "300 draws of a power law of 2.2",
            stretched.0,
            stretched.1,
        ),
        row(
            "`ratio` to the lognormal: with its normalizer, or with one that underflows",
            "Student's t of 3, 256 x 128",
            lognormal.0,
            lognormal.1,
        ),
    ]
}

#[test]
fn the_documented_table_is_the_computed_one() {
    let data = reference();
    let mut rows = norms(&data);
    rows.extend(tails(&data));
    rows.extend(bulks(&data));
    rows.extend(ranks(&data));
    rows.extend(ratios());
    let table: String = rows
        .iter()
        .map(|Row(cells)| format!("| {} |\n", cells.join(" | ")))
        .collect();
    let documented: String = include_str!("../../docs/compat.md")
        .lines()
        .skip_while(|line| *line != "<!-- table -->")
        .take_while(|line| *line != "<!-- end -->")
        .skip(4)
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(
        documented == table,
        "put this into docs/compat.md:\n{table}"
    );
}

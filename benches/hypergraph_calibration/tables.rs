//! How often the p-values of a separation analysis are small when labels are shuffled, as Markdown.

use convlens_hypergraph::{
    HypergraphError, IncidenceRule, Labels, MeasureKind, SeparationOptions, SignalTable, influence,
    separate_layers,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const SEED: u64 = 20_240_601;
const SHUFFLES: usize = 2000;
const PERMUTATIONS: usize = 199;
const LAYERS: usize = 3;
const LEVELS: [f64; 3] = [0.01, 0.05, 0.1];

/// What the features of a table are like.
#[derive(Clone, Copy)]
enum Signals {
    /// Independent and uniform.
    Noise,
    /// Uniform, less 0.8, negative ones 0, to two digits: ties everywhere, as behind a ReLU.
    Tied,
    /// Uniform, with features raised on inputs of one of five groups, which the labels do not
    /// follow.
    Grouped,
    /// Reciprocals of uniform values: no mean.
    Heavy,
}

struct Shape {
    name: &'static str,
    /// Inputs of each class.
    classes: &'static [usize],
    features: usize,
    signals: Signals,
    rule: IncidenceRule,
}

const TOP: IncidenceRule = IncidenceRule::TopQuantile { fraction: 0.1 };
const Z: IncidenceRule = IncidenceRule::ZScore { threshold: 1.0 };

fn shapes() -> Vec<Shape> {
    let shape = |name, classes, features, signals, rule| Shape {
        name,
        classes,
        features,
        signals,
        rule,
    };
    let (even, uneven): (&[usize], &[usize]) = (&[15; 4], &[3, 12, 45]);
    let influence = IncidenceRule::CumulativeInfluence(influence::Rule::default());
    vec![
        shape(
            "4 even classes, 8 features, noise",
            even,
            8,
            Signals::Noise,
            TOP,
        ),
        shape(
            "4 even classes, 64 features, noise",
            even,
            64,
            Signals::Noise,
            TOP,
        ),
        shape(
            "10 even classes, 32 features, groups",
            &[8; 10],
            32,
            Signals::Grouped,
            TOP,
        ),
        shape(
            "3 uneven classes, 16 features, noise",
            uneven,
            16,
            Signals::Noise,
            TOP,
        ),
        shape(
            "3 uneven classes, 16 features, ties",
            uneven,
            16,
            Signals::Tied,
            TOP,
        ),
        shape(
            "2 even classes, 1 feature, noise",
            &[20; 2],
            1,
            Signals::Noise,
            TOP,
        ),
        shape(
            "4 even classes, 8 features, noise",
            even,
            8,
            Signals::Noise,
            Z,
        ),
        shape(
            "4 even classes, 64 features, groups",
            even,
            64,
            Signals::Grouped,
            Z,
        ),
        shape(
            "3 uneven classes, 16 features, ties",
            uneven,
            16,
            Signals::Tied,
            Z,
        ),
        shape(
            "3 uneven classes, 4 features, heavy tails",
            uneven,
            4,
            Signals::Heavy,
            Z,
        ),
        shape(
            "4 even classes, 16 features, ties",
            even,
            16,
            Signals::Tied,
            influence,
        ),
    ]
}

impl Shape {
    fn table(&self, layer: u64) -> Result<SignalTable, HypergraphError> {
        let mut rng = ChaCha8Rng::seed_from_u64(SEED);
        rng.set_stream(layer);
        let inputs = self.classes.iter().sum::<usize>();
        let values = (0..inputs * self.features).map(|at| {
            let u = rng.random::<f64>();
            match self.signals {
                Signals::Noise => u,
                Signals::Tied => ((u - 0.8).max(0.0) * 100.0).round(),
                Signals::Grouped => {
                    let own = (at / self.features) % 5 == (at % self.features) % 5;
                    u + if own { 0.5 } else { 0.0 }
                }
                Signals::Heavy => 1.0 / (u + 1e-9),
            }
        });
        SignalTable::new(values.collect(), inputs, self.features)
    }

    /// Labels in random order.
    fn labels(&self, shuffle: u64) -> Result<Labels, HypergraphError> {
        let mut rng = ChaCha8Rng::seed_from_u64(SEED + 1);
        rng.set_stream(shuffle);
        let classes = (0i64..).zip(self.classes);
        let mut labels: Vec<i64> = classes
            .flat_map(|(class, &count)| vec![class; count])
            .collect();
        for i in (1..labels.len()).rev() {
            labels.swap(i, rng.random_range(0..=i));
        }
        Labels::new(&labels)
    }

    fn rule_name(&self) -> String {
        match self.rule {
            IncidenceRule::TopQuantile { fraction } => format!("top {}%", 100.0 * fraction),
            IncidenceRule::ZScore { threshold } => format!("z >= {threshold}"),
            _ => "influence".into(),
        }
    }
}

/// Rejections at each level: of the first layer's p-value, and of the least p-value corrected over
/// all layers.
#[derive(Clone, Copy, Default)]
struct Rejected {
    one: [usize; LEVELS.len()],
    family: [usize; LEVELS.len()],
}

fn rejections(shape: &Shape, shuffles: usize) -> Result<Vec<Rejected>, HypergraphError> {
    let tables = (0..LAYERS as u64)
        .map(|layer| shape.table(layer))
        .collect::<Result<Vec<_>, _>>()?;
    let tables: Vec<&SignalTable> = tables.iter().collect();
    let mut rejected = vec![Rejected::default(); MeasureKind::ALL.len()];
    for shuffle in 0..shuffles as u64 {
        let options = SeparationOptions::default()
            .incidence_rule(shape.rule)
            .permutations(PERMUTATIONS)
            .seed(shuffle);
        let layers = separate_layers(&tables, &shape.labels(shuffle)?, &options)?;
        for (rejected, kind) in rejected.iter_mut().zip(MeasureKind::ALL) {
            let one = layers[0].measure(kind).p_value;
            let family = layers
                .iter()
                .filter_map(|layer| layer.measure(kind).p_adjusted)
                .fold(1.0, f64::min);
            for (l, level) in LEVELS.into_iter().enumerate() {
                rejected.one[l] += usize::from(one <= level);
                rejected.family[l] += usize::from(family <= level);
            }
        }
    }
    Ok(rejected)
}

/// a + 3 binomial standard deviations.
fn bound(level: f64, shuffles: usize) -> f64 {
    level + 3.0 * (level * (1.0 - level) / shuffles as f64).sqrt()
}

fn print_row(shape: &Shape, kind: MeasureKind, counts: &[usize], shuffles: usize) -> usize {
    let mut over = 0;
    let cells: Vec<String> = counts
        .iter()
        .zip(LEVELS)
        .map(|(&count, level)| {
            let share = count as f64 / shuffles as f64;
            let mark = if share > bound(level, shuffles) {
                " **over**"
            } else {
                ""
            };
            over += usize::from(!mark.is_empty());
            format!("{share:.4}{mark}")
        })
        .collect();
    let (name, rule) = (shape.name, shape.rule_name());
    println!("| {name} | {rule} | {kind:?} | {} |", cells.join(" | "));
    over
}

fn print_table(title: &str, rows: impl FnOnce() -> usize, shuffles: usize) -> usize {
    println!("\n## {title}\n");
    println!("| signals | rule | measure | P(p <= 0.01) | P(p <= 0.05) | P(p <= 0.1) |");
    println!("|---|---|---|---|---|---|");
    let bounds = LEVELS.map(|level| format!("{:.4}", bound(level, shuffles)));
    println!("| *at most* | | | {} |", bounds.join(" | "));
    rows()
}

/// Prints both tables and returns how many shares are over their bound.
pub(crate) fn print(quick: bool) -> Result<usize, HypergraphError> {
    let shuffles = if quick { SHUFFLES / 20 } else { SHUFFLES };
    let shapes = shapes();
    let rejected = shapes
        .iter()
        .map(|shape| rejections(shape, shuffles))
        .collect::<Result<Vec<_>, _>>()?;
    println!("# Calibration of the separation analysis\n");
    println!(
        "Written by `cargo run --release -p convlens-benches --bin hypergraph-calibration -- --tables`, \
         seed {SEED}.\n"
    );
    println!(
        "{LAYERS} tables (layers) of each shape are drawn once; labels are shuffled {shuffles} times, and \
         each time all measures are tested with B = {PERMUTATIONS} permutations, seeded by the number of \
         the shuffle. Uniform p-values would give each share its level; *at most* is the level plus 3 \
         binomial standard deviations, and a share above it is marked. Shares far below the level are \
         those of measures with few values (a single feature, ties)."
    );
    let rows = |counts: fn(&Rejected) -> [usize; LEVELS.len()]| {
        let mut over = 0;
        for (shape, rejected) in shapes.iter().zip(&rejected) {
            for (kind, rejected) in MeasureKind::ALL.into_iter().zip(rejected) {
                over += print_row(shape, kind, &counts(rejected), shuffles);
            }
        }
        over
    };
    let one = print_table("One layer", || rows(|r| r.one), shuffles);
    let title = format!("The least of {LAYERS} layers, corrected by max-T");
    let family = print_table(&title, || rows(|r| r.family), shuffles);
    let cells = 2 * shapes.len() * MeasureKind::ALL.len() * LEVELS.len();
    println!("\n{} of {cells} shares are over their bound.", one + family);
    Ok(one + family)
}

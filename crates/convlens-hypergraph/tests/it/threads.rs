//! Same bits at any number of threads.

#![cfg(feature = "rayon")]

use convlens_hypergraph::{IncidenceRule, Separation, SeparationOptions};

use crate::common::{cyclic_labels, planted_table};

#[test]
fn threads_do_not_change_a_bit() {
    let labels = cyclic_labels(90, 3);
    let table = planted_table(&labels, 9, 0.3, 11);
    for rule in [
        IncidenceRule::default(),
        IncidenceRule::ZScore { threshold: 1.0 },
    ] {
        let options = SeparationOptions::default()
            .incidence_rule(rule)
            .permutations(101)
            .seed(3);
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| Separation::new_with_draws(&table, &labels, &options).unwrap())
        };
        let one = run(1);
        for threads in [2, 3, 7] {
            // Equality of f64 here is equality of bits: no NaN, no signed zero among results.
            assert_eq!(run(threads), one, "{threads} threads");
        }
    }
}

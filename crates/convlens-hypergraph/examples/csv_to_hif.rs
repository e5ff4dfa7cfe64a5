//! Reads a table of memberships (CSV: node, hyperedge), prints what kind of hypergraph it is, and
//! writes it in the Hypergraph Interchange Format.
//!
//! ```sh
//! cargo run -p convlens-hypergraph --example csv_to_hif [memberships.csv [hypergraph.json]]
//! ```
//!
//! The first line is a header; fields are separated by commas, without quotes. Without an argument
//! a small table of papers and authors is read; without a second one the file goes to standard
//! output.
#![expect(clippy::print_stdout, reason = "an example shows its results")]

use std::error::Error;
use std::fs::{self, File};

use convlens_hypergraph::{Hypergraph, Names, hif, walks};

const SAMPLE: &str = "\
author,paper
Aksoy,walks
Joslyn,walks
Praggastis,walks
Purvine,walks
Joslyn,hypernetworks
Aksoy,hypernetworks
Purvine,hypernetworks
Praggastis,separation
Purvine,separation
Chitra,random walks
Raphael,random walks
";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let text = match arguments.next() {
        Some(path) => fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?,
        None => SAMPLE.to_owned(),
    };

    let (mut nodes, mut edges, mut pairs) = (Names::new(), Names::new(), Vec::new());
    for (number, line) in (1..).zip(text.lines()).skip(1) {
        let Some((node, edge)) = line.split_once(',') else {
            return Err(format!("line {number}: expected node,hyperedge, not {line:?}").into());
        };
        pairs.push((
            nodes.get_or_insert(node.trim())?,
            edges.get_or_insert(edge.trim())?,
        ));
    }
    let h = Hypergraph::from_incidences(nodes.len(), edges.len(), pairs)?;

    let statistics = h.statistics();
    println!(
        "{} nodes, {} hyperedges, {} incidences",
        statistics.n_nodes, statistics.n_edges, statistics.n_incidences
    );
    if let Some(sizes) = statistics.sizes.summary {
        println!("hyperedges hold {} to {} nodes", sizes.min, sizes.max);
    }
    for s in 1..=3 {
        let s_walks = h.s_walks(s)?;
        println!("s = {s}: {}", s_walks.diameter());
    }
    let betweenness = h.s_walks(1)?.betweenness(walks::Normalization::Vertices);
    for (name, value) in edges.as_slice().iter().zip(betweenness) {
        println!("betweenness of {name}: {value:.3}");
    }

    let mut document = hif::Document::from_hypergraph(&h).to_hypergraph()?;
    let ids = |names: &Names| -> Vec<hif::Id> {
        let names = names.as_slice().iter();
        names.map(|name| name.clone().into()).collect()
    };
    document.node_ids = ids(&nodes);
    document.edge_ids = ids(&edges);
    let file = document.to_hif()?;
    match arguments.next() {
        Some(path) => file.write(File::create(&path)?)?,
        None => {
            file.write(std::io::stdout().lock())?;
            println!();
        }
    }
    Ok(())
}

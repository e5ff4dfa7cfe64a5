//! temporary
use convlens::hypergraph::{Labels, Separation, SeparationOptions, SignalTable};
use convlens::rmt::{Esd, MpFit, MpFitOptions, PowerLaw, PowerLawOptions};
use convlens::{Analysis, LayerStatistics, Outcome};
fn stats(v: &[f64], rows: usize) -> Outcome<LayerStatistics> {
    let esd = Esd::from_eigenvalues(v, rows, v.len()).unwrap();
    let mp = MpFit::fit(&esd, &MpFitOptions::default()).unwrap();
    let pl = PowerLaw::fit(esd.nonzero(), &PowerLawOptions::default()).unwrap();
    Outcome::Value(LayerStatistics { esd, marchenko_pastur: mp, power_law: pl })
}
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let mut x = Analysis::read_json(&a[1]).unwrap();
    let base = x.layers.clone();
    x.layers.clear();
    for i in 0..40 {
        let mut l = base[i % 5].clone();
        l.name = format!("backbone.layer{}.{}.bottleneck.conv{}.with_a_really_long_name", i / 9, i, i % 3);
        x.layers.push(l);
    }
    // wide spectra
    let wide: Vec<f64> = (0..64).map(|i| 10f64.powf(-10.0 + i as f64 * 0.2)).collect();
    x.layers[0].statistics = stats(&wide, 256);
    x.layers[0].unfolding.singular_values = wide.iter().rev().map(|v| (v * 256.0).sqrt()).collect();
    let mut zero = vec![0.0; 20]; zero.extend((0..44).map(|i| 1.0 + i as f64 * 0.01));
    x.layers[1].statistics = stats(&zero, 256);
    x.layers[1].unfolding.singular_values = zero.iter().rev().map(|v| (v * 256.0).sqrt()).collect();
    x.layers[2].statistics = stats(&vec![2.0; 30], 60);
    x.layers[2].unfolding.singular_values = vec![3.0; 30];
    x.layers[3].statistics = stats(&vec![0.0; 30], 60);
    x.layers[3].unfolding.singular_values = vec![0.0; 30];
    let many: Vec<f64> = (0..2048).map(|i| 1e-4 * (1.0 - (i as f64 + 0.5) / 2048.0).powf(-0.8)).collect();
    x.layers[4].statistics = stats(&many, 4608);
    x.layers[4].unfolding.singular_values = many.iter().rev().map(|v| (v * 4608.0).sqrt()).collect();
    // big spike
    let mut sp: Vec<f64> = (0..63).map(|i| { let t = (i as f64 + 0.5) / 63.0; convlens::rmt::MarchenkoPastur::new(4.0, 1e-6).unwrap().quantile(t).unwrap() }).collect(); sp.push(1.0);
    x.layers[5].statistics = stats(&sp, 256);
    // many classes
    let labels: Vec<i64> = (0..200).map(|i| (i % 100) as i64).collect();
    let table = SignalTable::new((0..200 * 8).map(|i| ((i * 7919) % 1009) as f64 + (i / 8 % 100) as f64 * 20.0).collect(), 200, 8).unwrap();
    let s = Separation::new(&table, &Labels::new(&labels).unwrap(), &SeparationOptions::default().permutations(99)).unwrap();
    if let Outcome::Value(v) = &mut x.layers[6].separation { v.bases[0].separation = s.clone(); v.directions = 4; }
    let labels: Vec<i64> = (0..200).map(|i| (i % 35) as i64 - 5).collect();
    let s = Separation::new(&table, &Labels::new(&labels).unwrap(), &SeparationOptions::default().permutations(99)).unwrap();
    if let Outcome::Value(v) = &mut x.layers[7].separation { v.bases[0].separation = s; }
    x.layers[8].separation = Outcome::Unavailable { reason: "it was not tapped".into() };
    convlens_report::write_html(&x, &a[2]).unwrap();
}

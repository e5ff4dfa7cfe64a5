//! Trains the network and prints what convlens sees after every epoch.

use candle_monitor::{Epoch, train};

fn main() -> anyhow::Result<()> {
    println!("epoch  loss   held out  layer  norm   alpha  spikes  separation  p");
    train(10, 0, &mut print)?;
    Ok(())
}

fn print(epoch: &Epoch) {
    let loss = if epoch.number == 0 {
        "-".into()
    } else {
        format!("{:.3}", epoch.loss)
    };
    let mut head = format!(
        "{:>5}  {loss:<5}  {:>7.1}%",
        epoch.number,
        100.0 * epoch.accuracy
    );
    for layer in &epoch.layers {
        let alpha = layer.alpha.map_or("-".into(), |a| format!("{a:.2}"));
        let spikes = layer.spikes.map_or("-".into(), |n| n.to_string());
        println!(
            "{head:<22}  {:<5}  {:>5.2}  {alpha:>5}  {spikes:>6}  {:>9.1}%  {:.2}",
            layer.name,
            layer.norm,
            100.0 * layer.separation,
            layer.p_value
        );
        head.clear();
    }
}

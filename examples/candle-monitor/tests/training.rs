//! What the monitor shows is what training does.

use candle_monitor::train;

#[test]
fn separation_rises_with_training_and_the_seed_decides_all() {
    let run = || train(3, 0, &mut |_| ()).unwrap();
    let epochs = run();
    let (before, after) = (&epochs[0], &epochs[3]);
    // Ten classes: 10% by chance, and far from it after three epochs.
    assert!(
        before.accuracy < 0.3 && after.accuracy > 0.8,
        "{} {}",
        before.accuracy,
        after.accuracy
    );
    let last = |epoch: &candle_monitor::Epoch| epoch.layers[2].clone();
    assert_eq!(last(after).name, "conv3");
    assert!(last(after).separation > last(before).separation);
    assert!(last(after).p_value <= 0.01);
    assert!(after.loss < epochs[1].loss);
    let numbers = |epochs: &[candle_monitor::Epoch]| format!("{epochs:?}");
    assert_eq!(numbers(&epochs), numbers(&run()));
}

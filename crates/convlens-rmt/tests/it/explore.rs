use crate::support::*;
use convlens_rmt::*;
#[test]
fn explore() {
    for (n,m,k) in [(400,200,0),(400,200,20),(200,200,20),(600,60,6),(400,200,5)] {
        for s in [1.1,1.3,1.5, 2.0, 5.0, 20.0] {
            if k==0 && s>1.1 {continue}
            for est in [BulkEstimator::Median, BulkEstimator::Mean] {
                let mut worst=0.0f64; let mut mean=0.0; let mut sp=0.0; let reps=10; let mut it=0;
                for seed in 0..reps {
                    let esd=planted(n,m,0.3,&vec![s;k],seed);
                    let o=MpFit::fit(&esd,&MpFitOptions::default().estimator(est)).unwrap();
                    let f=o.fit().unwrap();
                    let r=f.sigma/0.3-1.0; mean+=r/reps as f64; worst=worst.max(r.abs()); sp+=f.spikes as f64/reps as f64; it=it.max(f.iterations);
                }
                println!("{n}x{m} k={k} s={s} {est:?}: mean {mean:+.4} worst {worst:.4} spikes {sp} it {it}");
            }
        }
    }
    for (n,m) in [(16,8),(20,10),(10,10),(100,20),(60,60),(200,50)] {
        for est in [BulkEstimator::Median, BulkEstimator::Mean] {
            for rate in [0.01,0.05]{
            let reps=4000;
            let mut c=0;
            for seed in 0..reps { let esd=planted(n,m,1.0,&[],seed);
              if let Some(f)=MpFit::fit(&esd,&MpFitOptions::default().estimator(est).false_alarm_rate(rate)).unwrap().fit(){ if f.spikes>0 {c+=1} } }
            println!("FAR {n}x{m} {est:?} {rate}: {}", c as f64/reps as f64);
        }}
    }
}

use convlens_rmt::*;
use crate::support::planted;
#[test]
fn scratch() {
    for alpha in [2.5, 4.0] { for n in [64usize,256,512,2048] {
        let law=PowerLaw::new(alpha,1.0).unwrap();
        let reps=600; let mut cov=0; let mut naive=0; let mut v=vec![]; let mut se=0.0; 
        for seed in 0..reps {
            let o=PowerLaw::fit(&law.sample(n,seed),&PowerLawOptions::default().bootstrap(Bootstrap::new(seed))).unwrap();
            let f=o.fit().unwrap().clone(); let b=f.bootstrap.clone().unwrap();
            if b.alpha.lower<=alpha && alpha<=b.alpha.upper {cov+=1}
            if (f.alpha-alpha).abs()<=1.96*f.alpha_std_err {naive+=1}
            v.push(f.alpha); se+=f.alpha_std_err/reps as f64;
        }
        v.sort_by(f64::total_cmp);
        let mean=v.iter().sum::<f64>()/reps as f64; let sd=(v.iter().map(|x|(x-mean).powi(2)).sum::<f64>()/reps as f64).sqrt();
        println!("COV a={alpha} n={n}: boot {:.3} naive {:.3} sd {sd:.3} mean se {se:.3} fullse {:.3} 95% range {:.2}-{:.2}", cov as f64/reps as f64, naive as f64/reps as f64, (alpha-1.0)/(n as f64).sqrt(), v[15],v[585]);
    }}
    for s in [1.2,1.5,2.0,3.0,5.0] { for (n,m) in [(400,200),(800,400)] {
        let mut w=0f64; let mut mean=0.0; let mut sp=0.0;
        for seed in 0..20 { let o=MpFit::fit(&planted(n,m,1.0,&vec![s;m/10],seed),&MpFitOptions::default()).unwrap(); let f=o.fit().unwrap().clone(); mean+=(f.sigma-1.0)/20.0; w=w.max((f.sigma-1.0).abs()); sp+=f.spikes as f64/20.0; }
        println!("COV {n}x{m} s={s} {mean:+.4} worst {w:.4} spikes {sp}");
    }}
}

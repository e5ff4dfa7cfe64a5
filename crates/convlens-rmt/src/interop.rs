//! The laws as distributions of `rand` (feature `rand`) and of `statrs` (feature `statrs`).

#[cfg(feature = "rand")]
mod draws {
    use rand::distr::Distribution;
    use rand::{Rng, RngExt};

    use crate::law::circle::{QuarterCircle, Semicircle};
    use crate::law::derived::{LargerGramLaw, SingularValueLaw};
    use crate::law::marchenko_pastur::MarchenkoPastur;
    use crate::law::tracy_widom::TracyWidom;
    use crate::spacing::RatioLaw;
    use crate::special::numeric::root;
    use crate::tail::discrete_power_law::DiscretePowerLaw;
    use crate::tail::power_law::PowerLaw;
    use crate::vectors::porter_thomas::PorterThomas;

    /// Draws by inversion, one uniform number each: those of the law's own `sample`.
    macro_rules! by_inversion {
        ($($law:ty),*) => {$(
            impl Distribution<f64> for $law {
                fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
                    self.draw(rng.random())
                }
            }
        )*};
    }

    by_inversion!(
        MarchenkoPastur,
        LargerGramLaw,
        SingularValueLaw,
        QuarterCircle,
        Semicircle,
        TracyWidom
    );

    impl Distribution<f64> for PowerLaw {
        fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
            self.value(1.0 - rng.random::<f64>())
        }
    }

    impl Distribution<u64> for DiscretePowerLaw {
        fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> u64 {
            self.upper_quantile(1.0 - rng.random::<f64>())
        }
    }

    impl Distribution<f64> for PorterThomas {
        fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
            // A uniform number is in [0, 1), where every quantile is.
            self.quantile(rng.random()).unwrap_or(0.0)
        }
    }

    impl Distribution<f64> for RatioLaw {
        fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
            let u: f64 = rng.random();
            root(|r| self.cdf(r) - u, 0.0, 1.0)
        }
    }
}

#[cfg(feature = "statrs")]
mod functions {
    use statrs::distribution::{Continuous, ContinuousCDF, Discrete, DiscreteCDF};
    use statrs::statistics::{Max, Min};

    use crate::law::circle::{QuarterCircle, Semicircle};
    use crate::law::derived::SingularValueLaw;
    use crate::law::marchenko_pastur::MarchenkoPastur;
    use crate::law::tracy_widom::TracyWidom;
    use crate::tail::discrete_power_law::DiscretePowerLaw;
    use crate::tail::power_law::PowerLaw;
    use crate::vectors::porter_thomas::PorterThomas;

    /// `Continuous` and `ContinuousCDF` by the law's own functions; quantiles of 0 and 1 are the
    /// ends, and of a number outside `[0, 1]` NaN.
    macro_rules! continuous {
        ($($law:ty, $survival:expr, $ends:expr;)*) => {$(
            impl Min<f64> for $law {
                fn min(&self) -> f64 {
                    let ends: fn(&$law) -> (f64, f64) = $ends;
                    ends(self).0
                }
            }

            impl Max<f64> for $law {
                fn max(&self) -> f64 {
                    let ends: fn(&$law) -> (f64, f64) = $ends;
                    ends(self).1
                }
            }

            impl Continuous<f64, f64> for $law {
                fn pdf(&self, x: f64) -> f64 {
                    <$law>::pdf(self, x)
                }

                fn ln_pdf(&self, x: f64) -> f64 {
                    <$law>::pdf(self, x).ln()
                }
            }

            impl ContinuousCDF<f64, f64> for $law {
                fn cdf(&self, x: f64) -> f64 {
                    <$law>::cdf(self, x)
                }

                fn sf(&self, x: f64) -> f64 {
                    let survival: fn(&$law, f64) -> f64 = $survival;
                    survival(self, x)
                }

                fn inverse_cdf(&self, p: f64) -> f64 {
                    if p == 0.0 {
                        self.min()
                    } else if p == 1.0 {
                        self.max()
                    } else {
                        self.quantile(p).unwrap_or(f64::NAN)
                    }
                }
            }
        )*};
    }

    continuous! {
        MarchenkoPastur, |law, x| 1.0 - law.cdf(x), MarchenkoPastur::support;
        SingularValueLaw, |law, x| 1.0 - law.cdf(x), SingularValueLaw::support;
        QuarterCircle, QuarterCircle::survival, |law| (0.0, law.radius());
        Semicircle, Semicircle::survival, |law| (-law.radius(), law.radius());
        TracyWidom, TracyWidom::survival, |_| (f64::NEG_INFINITY, f64::INFINITY);
        PowerLaw, |law, x| 1.0 - law.cdf(x), |law| (law.xmin(), law.xmax().unwrap_or(f64::INFINITY));
        PorterThomas, PorterThomas::survival, |law| (0.0, law.dimension().map_or(f64::INFINITY, |n| n as f64));
    }

    impl Min<u64> for DiscretePowerLaw {
        fn min(&self) -> u64 {
            self.xmin()
        }
    }

    impl Max<u64> for DiscretePowerLaw {
        fn max(&self) -> u64 {
            self.xmax().unwrap_or(u64::MAX)
        }
    }

    impl Discrete<u64, f64> for DiscretePowerLaw {
        fn pmf(&self, x: u64) -> f64 {
            Self::pmf(self, x)
        }

        fn ln_pmf(&self, x: u64) -> f64 {
            Self::pmf(self, x).ln()
        }
    }

    impl DiscreteCDF<u64, f64> for DiscretePowerLaw {
        fn cdf(&self, x: u64) -> f64 {
            Self::cdf(self, x)
        }

        fn sf(&self, x: u64) -> f64 {
            self.survival(x.saturating_add(1))
        }
    }
}

#[cfg(all(test, feature = "rand", feature = "statrs"))]
mod tests {
    use rand::SeedableRng;
    use rand::distr::Distribution;
    use rand_chacha::ChaCha8Rng;
    use statrs::distribution::{Continuous, ContinuousCDF, DiscreteCDF};

    use crate::law::{DysonIndex, MarchenkoPastur, QuarterCircle, Semicircle, TracyWidom};
    use crate::spacing::RatioLaw;
    use crate::tail::{DiscretePowerLaw, PowerLaw};
    use crate::vectors::PorterThomas;

    fn drawn<T, D: Distribution<T>>(law: D) -> Vec<T> {
        law.sample_iter(ChaCha8Rng::seed_from_u64(7))
            .take(50)
            .collect()
    }

    #[test]
    fn draws_are_those_of_sample() {
        let law = MarchenkoPastur::new(2.0, 1.5).unwrap();
        assert_eq!(drawn(law), law.sample(50, 7));
        assert_eq!(drawn(law.larger_gram()), law.larger_gram().sample(50, 7));
        assert_eq!(
            drawn(law.singular_values()),
            law.singular_values().sample(50, 7)
        );
        let law = QuarterCircle::new(2.0).unwrap();
        assert_eq!(drawn(law), law.sample(50, 7));
        let law = Semicircle::new(2.0).unwrap();
        assert_eq!(drawn(law), law.sample(50, 7));
        let law = TracyWidom::new(DysonIndex::One);
        assert_eq!(drawn(law), law.sample(50, 7));
        let law = PowerLaw::between(0.3, 1.0, 9.0).unwrap();
        assert_eq!(drawn(law), law.sample(50, 7));
        let law = DiscretePowerLaw::new(2.5, 3).unwrap();
        assert_eq!(drawn(law), law.sample(50, 7));
        // Kolmogorov's 99.9% point is 1.95 / sqrt(50) = 0.276.
        let far = |mut values: Vec<f64>, cdf: &dyn Fn(f64) -> f64| {
            values.sort_by(f64::total_cmp);
            let steps = values.iter().enumerate().map(|(i, &x)| {
                let (below, upto) = (i as f64 / 50.0, (i + 1) as f64 / 50.0);
                (cdf(x) - below).abs().max((upto - cdf(x)).abs())
            });
            steps.fold(0.0, f64::max)
        };
        let law = PorterThomas::of_dimension(12).unwrap();
        assert!(far(drawn(law), &|x| law.cdf(x)) < 0.276);
        let law = RatioLaw::Goe;
        assert!(far(drawn(law), &|x| law.cdf(x)) < 0.276);
    }

    fn consistent(law: &(impl Continuous<f64, f64> + ContinuousCDF<f64, f64>)) {
        for p in [0.01, 0.3, 0.45, 0.9] {
            let x = law.inverse_cdf(p);
            assert!((law.cdf(x) - p).abs() < 1e-12 && (law.sf(x) + p - 1.0).abs() < 1e-12);
            // A central difference (not at 0, a median); near 0, where a density may be as steep as
            // a power, by a step in proportion.
            let h = 1e-5 * x.abs().min(1.0);
            let slope = (law.cdf(x + h) - law.cdf(x - h)) / (2.0 * h);
            assert!((law.ln_pdf(x).exp() / slope - 1.0).abs() < 1e-5, "{p}");
        }
        assert_eq!(
            (law.inverse_cdf(0.0), law.inverse_cdf(1.0)),
            (law.min(), law.max())
        );
        assert!(law.inverse_cdf(1.5).is_nan());
    }

    #[test]
    fn functions_of_statrs_are_those_of_the_laws() {
        let law = MarchenkoPastur::new(2.0, 1.5).unwrap();
        consistent(&law);
        consistent(&law.singular_values());
        consistent(&QuarterCircle::new(2.0).unwrap());
        consistent(&Semicircle::new(2.0).unwrap());
        consistent(&TracyWidom::new(DysonIndex::Two));
        consistent(&PowerLaw::new(2.5, 1.0).unwrap());
        consistent(&PowerLaw::between(0.3, 1.0, 9.0).unwrap());
        consistent(&PorterThomas::of_dimension(9).unwrap());
        let law = DiscretePowerLaw::new(2.5, 3).unwrap();
        let x = law.inverse_cdf(0.8);
        assert!(law.cdf(x) >= 0.8 && law.cdf(x - 1) < 0.8);
        assert!((DiscreteCDF::sf(&law, 5) + law.cdf(5) - 1.0).abs() < 1e-14);
    }
}

//! What a hyperedge of d nodes is worth to a part that holds c of them.

/// The weight w(c, d) of a hyperedge of d nodes with c of them in one part.
///
/// The first three are those of Kamiński et al. (2019, 2020). All three are 0 unless c > d/2, so
/// they say nothing of hyperedges in which no part has a majority: with many classes and large
/// hyperedges all three may be near 0 whatever the features. (Without that bar the linear weight
/// would be worth sum_i c_i / d = 1 on every hyperedge, tax included, and modularity would be 0
/// always.) [`Pairwise`](Self::Pairwise) has no bar and still speaks there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ModularityWeight {
    /// 1 if c = d: only hyperedges inside one part count.
    Strict,
    /// 1 if c > d/2.
    Majority,
    /// c/d if c > d/2: the default of Kamiński, Prałat and Théberge's own code.
    Linear,
    /// c (c - 1) / (d (d - 1)): the share of the hyperedge's pairs inside the part, for any c (1 if
    /// c = d = 1). The tax is (vol(A_i) / vol(V))²: Newman and Girvan's modularity of the 2-section
    /// in which each hyperedge weighs 1 in total, but with the hypergraph's own degrees. The
    /// default here, because it alone says something of large hyperedges over many classes.
    #[default]
    Pairwise,
}

impl ModularityWeight {
    pub(crate) fn of(self, c: u32, d: u32) -> f64 {
        let majority = u64::from(c) * 2 > u64::from(d);
        let (cf, df) = (f64::from(c), f64::from(d));
        match self {
            Self::Strict if c > 0 && c == d => 1.0,
            Self::Majority if majority => 1.0,
            Self::Linear if majority => cf / df,
            Self::Pairwise if d >= 2 => cf * (cf - 1.0) / (df * (df - 1.0)),
            Self::Pairwise if c == 1 => 1.0,
            _ => 0.0,
        }
    }
}

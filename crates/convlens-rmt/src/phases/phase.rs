//! The names of the phases.

/// The 5+1 phases of training of Martin and Mahoney, "Implicit self-regularization in deep neural networks: evidence
/// from random matrix theory and implications for learning", JMLR 22 (2021), section 5 and table 3, in which a weight matrix is seen as noise
/// plus signal.
///
/// Their definitions are pictures of spectra, with few numbers. The rules that turn them into a classification
/// are ours, except where [`PhaseOptions`](crate::PhaseOptions) cites them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Phase {
    /// A Marchenko-Pastur bulk and nothing past its edge.
    RandomLike,
    /// A Marchenko-Pastur bulk whose edge is overrun a little: spikes near the edge.
    BleedingOut,
    /// A Marchenko-Pastur bulk, and spikes well apart from it.
    BulkSpikes,
    /// A bulk that is no longer Marchenko-Pastur and decays beyond its edge, with a tail that is at most weakly heavy.
    BulkDecay,
    /// No Marchenko-Pastur bulk, but a heavy tail.
    HeavyTailed,
    /// Many eigenvalues that are zero: the "+1", a failure of regularisation.
    RankCollapse,
}

impl Phase {
    /// All of them in the order of growing signal, rank collapse last.
    pub const ALL: [Phase; 6] = [
        Phase::RandomLike,
        Phase::BleedingOut,
        Phase::BulkSpikes,
        Phase::BulkDecay,
        Phase::HeavyTailed,
        Phase::RankCollapse,
    ];

    /// The paper's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Phase::RandomLike => "random-like",
            Phase::BleedingOut => "bleeding-out",
            Phase::BulkSpikes => "bulk+spikes",
            Phase::BulkDecay => "bulk-decay",
            Phase::HeavyTailed => "heavy-tailed",
            Phase::RankCollapse => "rank-collapse",
        }
    }
}

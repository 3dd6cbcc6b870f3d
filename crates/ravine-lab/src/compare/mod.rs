//! A fair comparison of optimisers.
//!
//! # The protocol
//! 1. Every optimiser gets the same number of learning rates, on a grid of half decades (factor √10) around its usual one,
//!    and at each the same tuning seeds.
//! 2. Its learning rate is the one with the smallest median, over the tuning seeds, of the lowest validation loss of a run.
//!    A run that failed counts as an infinite loss. Of equal rates the smallest is taken.
//! 3. When that rate is at an edge of the grid, the grid slides one rate beyond it, and so on up to a limit: the choice
//!    is always the best of the same number of neighbouring rates, as if the grid had been well placed to begin with.
//!    The rates it slid over stay in the record, and their number is shown. A choice still at an edge at the limit is marked.
//! 4. The chosen rate, and beside it the optimiser's default one, are run with fresh seeds: they give the reported numbers.
//!    Both have the same schedule and the hyper-parameters that were set.
//! 5. For one seed every optimiser starts from the same parameters and sees the same batches; the split of the data is
//!    the same for all runs.
//! 6. The target is declared before; cost to reach it is counted in steps and in seconds of training, without evaluation. A miss is
//!    infinite and stays in the median.
//! 7. A failure (a loss that is not finite) is never left out: its loss is infinite, its accuracy below every other.
//!
//! The ranking is by what was reported: for classification by median test accuracy, the higher the better, and of equal ones by
//! median test loss; for regression by median test loss. Of equal optimisers, that of smaller median validation loss is first,
//! and then that named first. The test data have no part in any choice of a learning rate.
//!
//! Sources: Schneider, Balles & Hennig 2019 (DeepOBS); Schmidt, Schneider & Hennig 2021, "Descending through a Crowded
//! Valley"; Sivaprasad et al. 2020, "Optimizer Benchmarking Needs to Account for Hyperparameter Tuning"; Dahl et al. 2023 (AlgoPerf).

mod crew;
mod document;
mod grid;
mod protocol;
mod race;
mod ranking;
mod trial;

pub use document::{Document, LeftOut, Ranked, Results, SCHEMA, TargetRecord};
pub use protocol::{Entrant, Plan, Protocol};
pub use race::{Event, Finished, Race, race};
pub use ranking::rank;
pub use trial::{Curve, Phase, Trial, TrialSpec};

/// Most seeds for tuning, and most for reporting: each trial's seed is the comparison's × 1000, plus its number,
/// plus 500 for reporting, so that no two comparisons and no two phases share one.
pub const MOST_SEEDS: usize = 500;

/// The seeds of the tuning runs and those of the reported runs.
pub fn seeds(seed: u64, tuning: usize, reporting: usize) -> (Vec<u64>, Vec<u64>) {
    let base = seed.saturating_mul(2 * MOST_SEEDS as u64);
    let from = |first: u64, count: usize| (0..count as u64).map(|i| first + i).collect();
    (
        from(base, tuning),
        from(base + MOST_SEEDS as u64, reporting),
    )
}

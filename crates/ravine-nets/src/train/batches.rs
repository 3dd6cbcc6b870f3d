//! The order in which rows are trained on.

use ravine::random::{self, ChaCha8Rng, Purpose};

use super::LastBatch;
use crate::data::{Part, PartTargets};

/// The batches of each epoch: all rows in a new random order, cut into pieces.
///
/// The order of an epoch depends on the seed, the number of rows and the epoch only.
#[derive(Debug)]
pub struct Batches {
    rng: ChaCha8Rng,
    order: Vec<u32>,
    batch: usize,
    last_batch: LastBatch,
}

impl Batches {
    pub fn new(rows: usize, batch: usize, last_batch: LastBatch, seed: u64) -> Self {
        Self {
            rng: random::stream(seed, Purpose::Order, 0),
            order: vec![0; rows],
            batch: batch.min(rows).max(1),
            last_batch,
        }
    }

    /// The rows of each batch of the next epoch.
    pub fn next_epoch(&mut self) -> impl Iterator<Item = &[u32]> {
        for (position, row) in (0..).zip(&mut self.order) {
            *row = position;
        }
        random::shuffle(&mut self.rng, &mut self.order);
        let used = match self.last_batch {
            LastBatch::Keep => self.order.len(),
            LastBatch::Drop => self.order.len() / self.batch * self.batch,
        };
        self.order[..used].chunks(self.batch)
    }
}

/// The inputs of some rows, row-major.
pub fn gather_inputs(part: &Part, rows: &[u32]) -> Vec<f32> {
    let mut inputs = Vec::with_capacity(rows.len() * part.features);
    for row in rows {
        inputs.extend_from_slice(part.input(*row as usize));
    }
    inputs
}

/// The targets of some rows.
pub fn gather_targets(part: &Part, rows: &[u32]) -> PartTargets {
    let rows = rows.iter().map(|row| *row as usize);
    match &part.targets {
        PartTargets::Classes(labels) => PartTargets::Classes(rows.map(|row| labels[row]).collect()),
        PartTargets::Values(values) => PartTargets::Values(rows.map(|row| values[row]).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epochs(batches: &mut Batches, count: usize) -> Vec<Vec<Vec<u32>>> {
        (0..count)
            .map(|_| batches.next_epoch().map(<[u32]>::to_vec).collect())
            .collect()
    }

    #[test]
    fn every_row_comes_once_an_epoch_in_a_new_order() {
        let epochs = epochs(&mut Batches::new(10, 4, LastBatch::Keep, 3), 3);
        for epoch in &epochs {
            let sizes: Vec<usize> = epoch.iter().map(Vec::len).collect();
            assert_eq!(sizes, [4, 4, 2]);
            let mut rows = epoch.concat();
            rows.sort_unstable();
            assert_eq!(rows, (0..10).collect::<Vec<u32>>());
        }
        assert!(epochs[0] != epochs[1] && epochs[1] != epochs[2]);
    }

    #[test]
    fn the_last_batch_can_be_dropped() {
        let kept = epochs(&mut Batches::new(10, 4, LastBatch::Keep, 3), 2);
        let dropped = epochs(&mut Batches::new(10, 4, LastBatch::Drop, 3), 2);
        for (kept, dropped) in kept.iter().zip(dropped) {
            assert_eq!(kept[..2], dropped);
        }
    }

    #[test]
    fn a_batch_is_never_larger_than_the_data() {
        for last_batch in [LastBatch::Keep, LastBatch::Drop] {
            let epochs = epochs(&mut Batches::new(3, 64, last_batch, 0), 1);
            assert_eq!(epochs[0].len(), 1);
            assert_eq!(epochs[0][0].len(), 3);
        }
    }

    #[test]
    fn the_seed_sets_the_order() {
        let order = |seed| epochs(&mut Batches::new(50, 7, LastBatch::Keep, seed), 2);
        assert_eq!(order(1), order(1));
        assert_ne!(order(1), order(2));
    }
}

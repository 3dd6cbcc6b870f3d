//! The random numbers of a method, and where their stream stands.

use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::random::{self, Purpose};

/// The stream of one seed.
#[derive(Debug)]
pub(super) struct Noise {
    seed: u64,
    stream: ChaCha8Rng,
    /// The stream's position when the step began.
    begun: u64,
}

/// What of it is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    pub seed: u64,
    begun: u64,
    now: u64,
}

impl Noise {
    pub fn new(seed: u64) -> Self {
        Self::at(Position {
            seed,
            begun: 0,
            now: 0,
        })
    }

    pub fn at(position: Position) -> Self {
        Self {
            seed: position.seed,
            stream: random::resume(position.seed, Purpose::Walk, 0, position.now),
            begun: position.begun,
        }
    }

    pub fn position(&self) -> Position {
        Position {
            seed: self.seed,
            begun: self.begun,
            now: random::position(&self.stream),
        }
    }

    /// A number from the standard normal distribution.
    pub fn normal(&mut self) -> f64 {
        random::normal(&mut self.stream)
    }

    /// Ends a step. One that was not done gives its numbers back.
    pub fn end(&mut self, done: bool) {
        if !done {
            self.stream = random::resume(self.seed, Purpose::Walk, 0, self.begun);
        }
        self.begun = random::position(&self.stream);
    }
}

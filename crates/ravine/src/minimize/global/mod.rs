//! Methods that look for the lowest of many minima, one file each.
//!
//! None can promise it in finite time; the example `global_success` prints their success rates on known functions.
//! Populations are evaluated on all threads, with the same bits on any number of them.

mod annealing;
mod basin_hopping;
mod cma_es;
mod cooling;
mod differential_evolution;
mod genetic;
mod langevin;
mod metropolis;
mod multi_start;
mod particle_swarm;
mod polished;
mod population;
mod restarts;
mod sampling;
mod shade;

pub use annealing::SimulatedAnnealing;
pub use basin_hopping::BasinHopping;
pub use cma_es::CmaEs;
pub use cooling::Cooling;
pub use differential_evolution::{DifferentialEvolution, Mutant};
pub use genetic::{Crossover, Genetic};
pub use langevin::Langevin;
pub use metropolis::Metropolis;
pub use multi_start::{Basin, MultiStart};
pub use particle_swarm::ParticleSwarm;
pub use polished::Polished;
pub use restarts::Restarts;
pub use sampling::Sampling;
pub use shade::Shade;

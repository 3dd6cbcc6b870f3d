//! The way of a method that minimises functions, step by step as its observer sees it.

use std::ops::ControlFlow;
use std::sync::Mutex;

use ravine::minimize::{Evaluations, Limits, Method, Objective, Progress, Task};
use ravine::random::{self, ChaCha8Rng, Purpose};

use super::{Path, Race};
use crate::LabError;

/// What a method did.
pub(super) struct Found {
    pub path: Path,
    pub evaluations: Evaluations,
    pub stopped: String,
}

pub(super) fn run(method: &dyn Method<f64>, race: &Race) -> Result<Found, LabError> {
    let noisy = Noisy {
        race,
        stream: Mutex::new(random::stream(race.noise.seed, Purpose::Noise, 1)),
    };
    let mut path = Path::default();
    let limits = Limits {
        iterations: race.steps as u64,
        ..Limits::default()
    };
    let mut watch = |progress: &Progress<'_, f64>| {
        let x = [0, 1].map(|i| progress.x.get(i).copied().unwrap_or(f64::NAN));
        // A noisy value is not the surface's.
        match path.push(x, race.surface.value(x)) {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    };
    let answer = Task::new(&noisy, &race.start)
        .with_limits(limits)
        .with_seed(race.noise.seed)
        .observed_by(&mut watch)
        .minimize(method)
        .map_err(|error| LabError::Race(format!("{}: {error}", method.name())))?;
    Ok(Found {
        path,
        evaluations: answer.evaluations,
        stopped: answer.stopped.to_string(),
    })
}

/// The surface, with noise on its gradients.
struct Noisy<'a> {
    race: &'a Race,
    stream: Mutex<ChaCha8Rng>,
}

impl Objective<f64> for Noisy<'_> {
    fn value(&self, x: &[f64]) -> f64 {
        self.race.surface.expression.value(x)
    }

    fn gradient(&self, x: &[f64], gradient: &mut [f64]) -> bool {
        self.value_and_gradient(x, gradient).is_some()
    }

    fn value_and_gradient(&self, x: &[f64], gradient: &mut [f64]) -> Option<f64> {
        let value = self
            .race
            .surface
            .expression
            .value_and_gradient(x, gradient)?;
        let deviation = self.race.noise.deviation;
        if deviation > 0.0 {
            let mut stream = self.stream.lock().ok()?;
            for g in gradient {
                *g += deviation * random::normal(&mut *stream);
            }
        }
        Some(value)
    }

    fn hessian_vector(&self, x: &[f64], v: &[f64], product: &mut [f64]) -> bool {
        self.race.surface.expression.hessian_vector(x, v, product)
    }

    fn hessian(&self, x: &[f64], hessian: &mut [f64]) -> bool {
        self.race.surface.expression.hessian(x, hessian)
    }

    fn dimension(&self) -> Option<usize> {
        Some(2)
    }
}

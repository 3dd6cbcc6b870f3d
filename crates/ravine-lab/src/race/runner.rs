//! One optimiser's way over a surface.

use ravine::random::{self, Purpose};
use ravine::{Chain, Optimizer, Parameter};

use super::Surface;
use crate::LabError;

/// Normal noise that is added to every gradient, the same for all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// Its standard deviation in each coordinate; 0 for none.
    pub deviation: f64,
    /// The seed of its stream.
    pub seed: u64,
}

impl Noise {
    /// The noise of each step; empty if there is none.
    pub(super) fn draw(&self, steps: usize) -> Vec<[f64; 2]> {
        if self.deviation == 0.0 {
            return Vec::new();
        }
        let mut stream = random::stream(self.seed, Purpose::Noise, 0);
        let mut draw = || self.deviation * random::normal(&mut stream);
        (0..steps).map(|_| [draw(), draw()]).collect()
    }
}

/// Where an optimiser was, from the start on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Path {
    /// The points.
    pub points: Vec<[f64; 2]>,
    /// The values there.
    pub values: Vec<f64>,
    /// The step after which the point, its value or its gradient was not finite.
    pub diverged: Option<usize>,
}

impl Path {
    /// Takes in a point. Whether the path can go on from there.
    pub(super) fn push(&mut self, x: [f64; 2], value: f64) -> bool {
        let finite = value.is_finite() && x.iter().all(|x| x.is_finite());
        if finite {
            self.points.push(x);
            self.values.push(value);
        } else {
            self.diverged = Some(self.points.len());
        }
        finite
    }
}

/// Runs a chain for so many steps, or until it diverges.
pub(super) fn run(
    chain: &Chain,
    surface: &Surface,
    start: [f64; 2],
    steps: usize,
    noise: &[[f64; 2]],
) -> Result<Path, LabError> {
    let refused = |error: ravine::Error| LabError::Race(error.to_string());
    let mut optimizer = Optimizer::<f64>::new(chain.clone()).map_err(refused)?;
    let reads_hessian = chain.reads_hessian();
    let mut path = Path::default();
    let mut x = start;
    for step in 0..=steps {
        let (value, mut gradient) = surface.value_and_gradient(x);
        if !path.push(x, value) || step == steps {
            break;
        }
        if let Some(noise) = noise.get(step) {
            gradient
                .iter_mut()
                .zip(noise)
                .for_each(|(g, noise)| *g += noise);
        }
        let hessian = reads_hessian.then(|| surface.hessian_diagonal(x));
        if chain.needs_loss() {
            optimizer.set_loss(value);
        }
        let mut parameter = Parameter::new("x", &mut x, Some(&gradient));
        if let Some(hessian) = &hessian {
            parameter = parameter.hessian(hessian);
        }
        match optimizer.step([parameter.shape(&[2])]) {
            Ok(_) => {}
            Err(ravine::Error::NonFinite { .. } | ravine::Error::Diverged { .. }) => {
                path.diverged = Some(step + 1);
                break;
            }
            Err(error) => return Err(refused(error)),
        }
    }
    Ok(path)
}

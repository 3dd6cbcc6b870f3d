//! MeZO: zeroth-order steps on the parameters of a network, in place.

use rayon::prelude::*;

use crate::Scalar;
use crate::minimize::Error;
use crate::random::{Purpose, normal, stream};

/// Numbers that one random stream perturbs. Part of what a seed means.
const CHUNK: usize = 1 << 14;

/// MeZO, memory-efficient zeroth-order steps: `g = (L(θ + εz) − L(θ − εz))/2ε`, `θ ← θ − ηgz`, with z normal.
///
/// Fine-tunes a network in the memory of inference: z is drawn anew from its seed whenever it is needed and never
/// stored, and the parameters are perturbed in place. After a step of rate 0 they are what they were, up to rounding. z
/// depends on the seed, the step and the names of the parameters, neither on their order nor on the number of threads.
///
/// The way back from θ − εz and the step along z are one addition, `(ε − ηg)z`, so that a step costs two losses and
/// three passes over the parameters. A loss that is not finite leaves the parameters as they were.
///
/// ```
/// use ravine::minimize::Mezo;
///
/// let (mut weight, mut bias) = (vec![1.0_f32, -2.0], vec![0.5_f32]);
/// let mut mezo = Mezo::new(0.01, 1e-3)?.with_seed(7);
/// for _ in 0..1000 {
///     let mut parameters = [("fc.weight", &mut weight[..]), ("fc.bias", &mut bias[..])];
///     mezo.step(&mut parameters, |parameters| {
///         let squares = parameters.iter().flat_map(|(_, values)| values.iter());
///         squares.map(|x| f64::from(*x) * f64::from(*x)).sum()
///     });
/// }
/// assert!(weight.iter().chain(&bias).all(|x| x.abs() < 1e-2));
/// # Ok::<(), ravine::minimize::Error>(())
/// ```
///
/// Source: S. Malladi et al., "Fine-tuning language models with just forward passes", 2023, algorithm 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mezo {
    /// η, the learning rate; may be changed between steps. The paper's networks want 1e-7 to 1e-5.
    pub rate: f64,
    epsilon: f64,
    seed: u64,
    steps: u64,
}

/// What one step saw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MezoReport {
    /// L(θ + εz).
    pub loss_above: f64,
    /// L(θ − εz).
    pub loss_below: f64,
    /// g, the slope along z; NaN where a loss was not finite and the step was skipped.
    pub slope: f64,
}

impl Mezo {
    /// With a learning rate η, and ε, the size of perturbations (the paper's is 1e-3).
    ///
    /// # Errors
    ///
    /// If η is not finite, or ε not a positive number.
    pub fn new(rate: f64, epsilon: f64) -> Result<Self, Error> {
        Error::unless(rate.is_finite(), "rate", rate, "a finite number")?;
        Error::unless_positive("epsilon", epsilon)?;
        Ok(Self {
            rate,
            epsilon,
            seed: 0,
            steps: 0,
        })
    }

    /// With another seed than 0.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// As it is after a number of steps, to resume.
    #[must_use]
    pub fn after(mut self, steps: u64) -> Self {
        self.steps = steps;
        self
    }

    /// Steps so far: with the seed, all of its state.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// One step. `loss` is asked twice, with the parameters perturbed in place, on the same batch.
    pub fn step<T: Scalar>(
        &mut self,
        parameters: &mut [(&str, &mut [T])],
        mut loss: impl FnMut(&[(&str, &mut [T])]) -> f64,
    ) -> MezoReport {
        let epsilon = self.epsilon;
        self.add(parameters, epsilon);
        let loss_above = loss(parameters);
        self.add(parameters, -2.0 * epsilon);
        let loss_below = loss(parameters);
        let slope = (loss_above - loss_below) / (2.0 * epsilon);
        let step = self.rate * slope;
        let finite = step.is_finite();
        self.add(parameters, if finite { epsilon - step } else { epsilon });
        self.steps += 1;
        MezoReport {
            loss_above,
            loss_below,
            slope: if finite { slope } else { f64::NAN },
        }
    }

    /// θ ← θ + scale·z, with this step's z.
    fn add<T: Scalar>(&self, parameters: &mut [(&str, &mut [T])], scale: f64) {
        for (name, values) in parameters {
            let key = fnv(fnv(FNV_OFFSET, name.as_bytes()), &self.steps.to_le_bytes());
            let chunks = values.par_chunks_mut(CHUNK).enumerate();
            chunks.for_each(|(i, chunk)| {
                let worker = fnv(key, &(i as u64).to_le_bytes());
                let mut rng = stream(self.seed, Purpose::Noise, worker);
                for x in chunk {
                    *x = T::from_f64(x.to_f64() + scale * normal(&mut rng));
                }
            });
        }
    }
}

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

/// The hash FNV-1a, continued.
fn fnv(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

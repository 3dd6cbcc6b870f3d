//! Many starts.

use rayon::prelude::*;

use super::population::{MOST, finite_bounds, rounded};
use super::sampling::Sampling;
use crate::Scalar;
use crate::minimize::objective::comparable;
use crate::minimize::options::options;
use crate::minimize::{Answer, Error, Method, Run, Stopped, Task};
use crate::random::{Purpose, stream};

options! {
    /// Multi-start: any method from many random points between the bounds, in parallel; and all the minima that it found.
    ///
    /// The simplest global method, and often the best where local searches are cheap. The first point is the task's start,
    /// the others are a [`Sampling`] of the bounds, which must be finite. A method that does not take bounds still begins
    /// between them, but may leave them.
    ///
    /// Each local search runs in the task's limits; of a limit on evaluations those that run side by side, 16 at a time, get equal
    /// parts of what is left for them and the later ones. An iteration is a local search. Ends after all of them, for the reason for
    /// which the best one ended.
    ///
    /// ```
    /// use ravine::minimize::{Bounds, Function, MultiStart, NelderMead, Task};
    ///
    /// // Minima at −1 and 1.
    /// let two = Function::new(|x: &[f64]| (x[0] * x[0] - 1.0).powi(2) + 0.1 * x[0]);
    /// let bounds = Bounds::uniform(1, -2.0, 2.0)?;
    /// let basins = MultiStart::new(NelderMead::new()).basins(Task::new(&two, &[0.0]).with_bounds(&bounds))?;
    /// assert_eq!(basins.len(), 2);
    /// assert!(basins[0].answer.x[0] < 0.0 && basins[1].answer.x[0] > 0.0);
    /// # Ok::<(), ravine::minimize::Error>(())
    /// ```
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct MultiStart<M> {
        /// The local method.
        pub method: M,
        /// Starts, between 1 and 1,000,000. 32.
        pub starts: usize,
        /// How they are spread. A Latin hypercube.
        pub sampling: Sampling,
        /// Minima are the same if no coordinate differs by more than this times the distance of its bounds, at least 0. 1e-4.
        pub distance: f64,
    }
}

impl<M> MultiStart<M> {
    /// With a local method and 32 starts.
    pub fn new(method: M) -> Self {
        Self {
            method,
            starts: 32,
            sampling: Sampling::LatinHypercube,
            distance: 1e-4,
        }
    }

    /// With so many starts.
    #[must_use]
    pub fn with_starts(mut self, starts: usize) -> Self {
        self.starts = starts;
        self
    }

    /// With starts spread in another way.
    #[must_use]
    pub fn with_sampling(mut self, sampling: Sampling) -> Self {
        self.sampling = sampling;
        self
    }
}

/// A minimum, and how often it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Basin<T> {
    /// The best answer there.
    pub answer: Answer<T>,
    /// How many starts led there.
    pub hits: u64,
}

/// Local searches between two looks at the limits. Part of what an answer's bits are, unlike the number of threads.
const WAVE: usize = 16;

impl<M> MultiStart<M> {
    /// All distinct minima that were found, the lowest first.
    ///
    /// # Errors
    ///
    /// As [`Task::minimize`].
    pub fn basins<T: Scalar>(&self, task: Task<'_, T>) -> Result<Vec<Basin<T>>, Error>
    where
        M: Method<T>,
    {
        Ok(self.explore(&mut task.prepare(self)?)?.0)
    }

    fn explore<T: Scalar>(
        &self,
        run: &mut Run<'_, T>,
    ) -> Result<(Vec<Basin<T>>, Option<Stopped>), Error>
    where
        M: Method<T>,
    {
        let count = self.starts;
        Error::unless(
            (1..=MOST).contains(&count),
            "starts",
            count as f64,
            "between 1 and 1,000,000",
        )?;
        let d = self.distance;
        Error::unless(d >= 0.0 && d.is_finite(), "distance", d, "at least 0")?;
        let bounds = finite_bounds(run, self)?;
        let mut rng = stream(run.seed(), Purpose::Initialization, 0);
        let mut starts: Vec<Vec<T>> = vec![run.start()];
        let others = self.sampling.points(bounds, count - 1, &mut rng);
        starts.extend(others.iter().map(|x| rounded::<T>(x)));
        let (objective, seed) = (run.evaluator.objective(), run.seed());
        let difference = run.difference();
        // Each costs one evaluation at least.
        starts.truncate(usize::try_from(run.limits().evaluations.max(1)).unwrap_or(usize::MAX));
        let mut to_come = starts.len() as u64;
        let widths: Vec<f64> = bounds
            .lower()
            .iter()
            .zip(bounds.upper())
            .map(|(l, u)| u - l)
            .collect();
        let same = |a: &[T], b: &[T]| {
            let pairs = a.iter().zip(b).zip(&widths);
            pairs
                .map(|((a, b), w)| (a.to_f64() - b.to_f64()).abs() - d * w)
                .all(|beyond| beyond <= 0.0)
        };
        let mut basins: Vec<Basin<T>> = Vec::new();
        let mut stopped = None;
        for (wave, starts) in starts.chunks(WAVE).enumerate() {
            let mut limits = *run.limits();
            if limits.evaluations < u64::MAX {
                let spent = run.evaluator.evaluations().total();
                limits.evaluations = limits.evaluations.saturating_sub(spent) / to_come;
            }
            to_come -= starts.len() as u64;
            // Not the run itself: its observer stays on this thread.
            let searches = starts.par_iter().enumerate().map(|(i, start)| {
                let mut task = Task::new(objective, start)
                    .with_limits(limits)
                    .with_seed(seed.wrapping_add((wave * WAVE + i) as u64));
                if let Some(h) = difference {
                    task = task.with_difference(h);
                }
                if self.method.takes_bounds() {
                    task = task.with_bounds(bounds);
                }
                task.minimize(&self.method)
            });
            let answers = searches.collect::<Vec<_>>();
            for answer in answers {
                let found = answer?;
                run.evaluator.count(found.evaluations);
                let answer = Answer {
                    value: comparable(found.value),
                    ..found
                };
                match basins.iter_mut().find(|b| same(&b.answer.x, &answer.x)) {
                    Some(basin) => {
                        basin.hits += 1;
                        if answer.value < basin.answer.value {
                            basin.answer = answer;
                        }
                    }
                    None => basins.push(Basin { answer, hits: 1 }),
                }
                basins.sort_by(|a, b| a.answer.value.total_cmp(&b.answer.value));
                if let Some(best) = basins.first() {
                    // A start where there is no value says nothing about the next one.
                    let value = best.answer.value.min(f64::MAX);
                    let x = &best.answer.x;
                    let told = run.check_extent(x, value, f64::INFINITY, f64::INFINITY);
                    stopped = stopped.or(told);
                }
            }
            if stopped.is_some() {
                break;
            }
        }
        Ok((basins, stopped))
    }
}

impl<T: Scalar, M: Method<T>> Method<T> for MultiStart<M> {
    fn name(&self) -> String {
        "multi-start".into()
    }

    fn takes_bounds(&self) -> bool {
        true
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        let (basins, stopped) = self.explore(run)?;
        let best = basins.into_iter().next().ok_or(Error::Empty)?.answer;
        let stopped = stopped.unwrap_or(best.stopped);
        Ok(run.answer(best.x, best.value, best.gradient_norm, stopped))
    }
}

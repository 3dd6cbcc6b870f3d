//! The time of an iteration of L-BFGS (m = 10) on Rosenbrock's function in a million dimensions, as a multiple of the bare memory
//! traffic that it needs.
//!
//! `cargo bench -p ravine --bench lbfgs [-- DIMENSIONS]`. The traffic of an iteration with one value and one gradient, in vectors of n
//! numbers, each pass by the simplest loop on the same number of threads:
//!
//! | pass | reads | writes |
//! |---|---|---|
//! | the new pair and all inner products | 2(m − 1) of s and y, x, x₊, g, g₊ | s, y |
//! | the direction | 2m of s and y, g | d |
//! | the slope gᵀd | g, d | |
//! | the next point | x, d | x₊ |
//! | its value | x₊ | |
//! | its gradient | x₊ | g₊ |
//! | the slope there | g₊, d | |
//! | the largest of the gradient | g₊ | |
//!
//! Iteration and traffic are timed in turns, in one run, each on arrays of its own. The shortest of both are compared,
//! of iterations that took one value and one gradient.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use ravine::minimize::catalogue::named;
use ravine::minimize::{Limits, Method, Objective, Progress, Task};
use rayon::prelude::*;

const CHUNK: usize = 1 << 14;
const MEMORY: usize = 10;

/// `Σ 100(xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)²`.
struct Rosenbrock;

impl Objective for Rosenbrock {
    fn value(&self, x: &[f64]) -> f64 {
        let part = |chunk: usize| {
            let end = x.len().min((chunk + 1) * CHUNK + 1);
            let x = &x[chunk * CHUNK..end];
            let terms = x.iter().zip(&x[1..]).map(|(x, next)| {
                let (t, u) = (next - x * x, 1.0 - x);
                100.0 * t * t + u * u
            });
            terms.sum::<f64>()
        };
        let parts = (0..x.len().div_ceil(CHUNK)).into_par_iter().map(part);
        parts.collect::<Vec<f64>>().iter().sum()
    }

    fn gradient(&self, x: &[f64], gradient: &mut [f64]) -> bool {
        let last = x.len() - 1;
        let part = |(chunk, gradient): (usize, &mut [f64])| {
            for (i, g) in (chunk * CHUNK..).zip(gradient) {
                let mut sum = 0.0;
                if i > 0 {
                    sum += 200.0 * (x[i] - x[i - 1] * x[i - 1]);
                }
                if i < last {
                    sum -= 400.0 * x[i] * (x[i + 1] - x[i] * x[i]) + 2.0 * (1.0 - x[i]);
                }
                *g = sum;
            }
        };
        gradient.par_chunks_mut(CHUNK).enumerate().for_each(part);
        true
    }
}

/// Arrays of the same sizes, read and written by the simplest loops.
struct Bare {
    pairs: Vec<Vec<f64>>,
    x: Vec<f64>,
    trial: Vec<f64>,
    g: Vec<f64>,
    trial_g: Vec<f64>,
    d: Vec<f64>,
}

fn read(a: &[f64]) -> f64 {
    let mut sums = [0.0; 16];
    for row in a.as_chunks::<16>().0 {
        for (sum, number) in sums.iter_mut().zip(row) {
            *sum += number;
        }
    }
    sums.iter().sum()
}

fn scale(a: &mut [f64]) {
    a.fill(1e-3);
}

impl Bare {
    fn new(n: usize) -> Self {
        let numbers = || vec![1e-3; n];
        Self {
            pairs: (0..2 * MEMORY).map(|_| numbers()).collect(),
            x: numbers(),
            trial: numbers(),
            g: numbers(),
            trial_g: numbers(),
            d: numbers(),
        }
    }

    fn iteration(&mut self) {
        let (old, new) = self.pairs.split_at_mut(2 * (MEMORY - 1));
        let reads: Vec<&[f64]> = old.iter().map(Vec::as_slice).collect();
        let [s, y] = new else { return };
        let points = [&self.x[..], &self.trial, &self.g, &self.trial_g];
        pass(&[&reads[..], &points].concat(), &mut [s, y]);
        let reads: Vec<&[f64]> = self.pairs.iter().map(Vec::as_slice).collect();
        pass(&[&reads[..], &[&self.g]].concat(), &mut [&mut self.d]);
        pass(&[&self.g, &self.d], &mut []);
        pass(&[&self.x, &self.d], &mut [&mut self.trial]);
        pass(&[&self.trial], &mut []);
        pass(&[&self.trial], &mut [&mut self.trial_g]);
        pass(&[&self.trial_g, &self.d], &mut []);
        pass(&[&self.trial_g], &mut []);
    }
}

/// Reads some arrays and writes some, chunk by chunk.
fn pass(reads: &[&[f64]], writes: &mut [&mut Vec<f64>]) {
    let n = reads.first().map_or(0, |array| array.len());
    let mut outputs: Vec<_> = writes.iter_mut().map(|w| w.chunks_mut(CHUNK)).collect();
    let chunks: Vec<Vec<&mut [f64]>> = (0..n.div_ceil(CHUNK))
        .map(|_| outputs.iter_mut().filter_map(Iterator::next).collect())
        .collect();
    let each = chunks.into_par_iter().enumerate().map(|(chunk, writes)| {
        let here = chunk * CHUNK..n.min((chunk + 1) * CHUNK);
        writes.into_iter().for_each(scale);
        reads.iter().map(|a| read(&a[here.clone()])).sum::<f64>()
    });
    std::hint::black_box(each.sum::<f64>());
}

/// L-BFGS as it is by default, which remembers ten steps.
fn method() -> Box<dyn Method> {
    named("lbfgs").expect("a method of this name").method()
}

fn large(n: usize) {
    let start: Vec<f64> = [-1.2, 1.0].into_iter().cycle().take(n).collect();
    let mut bare = Bare::new(n);
    let (mut iterations, mut traffics) = (Vec::new(), Vec::new());
    let mut before: Option<(Instant, u64)> = None;
    let mut observer = |progress: &Progress<'_, f64>| {
        let now = Instant::now();
        let spent = progress.evaluations.total();
        if let Some((then, spent_before)) = before
            && progress.iteration > MEMORY as u64 + 2
            && spent == spent_before + 2
        {
            iterations.push(now - then);
            let start = Instant::now();
            bare.iteration();
            traffics.push(start.elapsed());
        }
        before = Some((Instant::now(), spent));
        ControlFlow::Continue(())
    };
    let answer = Task::new(&Rosenbrock, &start)
        .with_limits(Limits {
            iterations: 120,
            ..Limits::default()
        })
        .observed_by(&mut observer)
        .minimize(&*method())
        .expect("a possible task");
    let count = iterations.len();
    let shortest = |times: Vec<Duration>| times.into_iter().min().unwrap_or_default();
    let (iteration, traffic) = (shortest(iterations), shortest(traffics));
    println!(
        "{n} dimensions: {:.2} ms an iteration, {:.2} times its traffic of {:.2} ms (shortest of {count})",
        iteration.as_secs_f64() * 1e3,
        iteration.as_secs_f64() / traffic.as_secs_f64(),
        traffic.as_secs_f64() * 1e3,
    );
    println!(
        "  {} after {} iterations",
        answer.stopped, answer.iterations
    );
}

fn main() {
    let n = std::env::args().skip(1).find_map(|arg| arg.parse().ok());
    println!("{} threads", rayon::current_num_threads());
    large(n.unwrap_or(1_000_000));
}

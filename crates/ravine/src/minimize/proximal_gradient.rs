//! Proximal gradient.

use super::composite::{Backtracking, begin};
use super::patience::Lowest;
use super::term::{Term, Zero};
use super::vector::zeros;
use super::{Answer, Error, Method, Run, Stopped};
use crate::Scalar;

/// Proximal gradient (ISTA): for `f(x) + g(x)` with a smooth f and a [`Term`] g.
///
/// ```text
/// x ← prox_tg(x − t∇f(x))
/// ```
/// with t by backtracking. The value f + g falls in every step, for convex f as 1/k; [`Fista`](super::Fista) is faster, and this the simpler
/// one, which also works where f is not convex.
///
/// The stopping measure, in place of ‖∇f‖∞, is ‖x − prox_g(x − ∇f(x))‖∞, which is 0 at a minimum. Where x is so large that x − ∇f(x)
/// would be x again, it is that of a longer step, ‖x − prox_tg(x − t∇f(x))‖∞/t.
///
/// Source: P. Combettes, V. Wajs, "Signal recovery by proximal forward-backward splitting", 2005; Beck & Teboulle 2009.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProximalGradient<G = Zero> {
    /// g.
    pub term: G,
}

impl<G> ProximalGradient<G> {
    /// With a term.
    #[must_use]
    pub fn new(term: G) -> Self {
        Self { term }
    }
}

impl<T: Scalar, G: Term<T>> Method<T> for ProximalGradient<G> {
    fn name(&self) -> String {
        "proximal-gradient".into()
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        let term = &self.term;
        let mut x = run.start();
        term.check(x.len())?;
        begin(term, &mut x);
        let mut next = zeros(x.len());
        let mut search = Backtracking::new(x.len(), None);
        let mut smooth = search.look(run, &x);
        let mut value = smooth + term.value(&x);
        let mut ceiling = value;
        let mut lowest = Lowest::none();
        loop {
            let norm = search.measure(term, &x);
            if let Some(stopped) = run.check_norm(&x, value, Some(norm), Some(search.step())) {
                return Ok(lowest.answer(run, x, value, norm, stopped));
            }
            let there = search.next(run, term, &x, (smooth, ceiling), &mut next);
            let Some(there) = there.filter(|_| next != x) else {
                return Ok(lowest.answer(run, x, value, norm, Stopped::NoProgress));
            };
            smooth = there;
            let there = smooth + term.value(&next);
            lowest.leave(&x, value, norm, there);
            std::mem::swap(&mut x, &mut next);
            value = there;
            ceiling = ceiling.min(value);
            search.turn(run, &x);
        }
    }
}

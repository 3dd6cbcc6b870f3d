//! Proximal gradient.

use super::composite::{Backtracking, measure};
use super::term::{Term, Zero};
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
/// The stopping measure, in place of ‖∇f‖∞, is ‖x − prox_g(x − ∇f(x))‖∞, which is 0 at a minimum.
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
        // A start where g is infinite is moved to where it is not.
        if !term.value(&x).is_finite() {
            term.prox(1.0, &mut x);
        }
        let mut search = Backtracking::new(x.len(), None);
        let mut smooth = search.look(run, &x);
        loop {
            let value = smooth + term.value(&x);
            let norm = measure(term, &x, search.gradient());
            if let Some(stopped) = run.check_norm(&x, value, Some(norm), Some(search.step())) {
                return Ok(run.answer(x, value, Some(norm), stopped));
            }
            let next = search.next(run, term, &x, smooth).filter(|(z, _)| *z != x);
            let Some((next, there)) = next else {
                return Ok(run.answer(x, value, Some(norm), Stopped::NoProgress));
            };
            x = next;
            smooth = there;
            search.turn(run, &x);
        }
    }
}

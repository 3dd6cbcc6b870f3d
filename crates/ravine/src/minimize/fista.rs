//! FISTA.

use super::composite::{Backtracking, begin};
use super::patience::Lowest;
use super::term::{Term, Zero};
use super::vector::{largest, overwrite, sums, zeros};
use super::{Answer, Error, Method, Run, Stopped};
use crate::Scalar;

/// FISTA, accelerated proximal gradient: for `f(x) + g(x)` with a smooth f and a [`Term`] g.
///
/// ```text
/// x₊ = prox_tg(y − t∇f(y)),   y₊ = x₊ + β(x₊ − x)
/// β = (θ − 1)/θ₊  with  θ₊ = (1 + √(1 + 4θ²))/2
/// ```
/// For convex f whose gradient has the Lipschitz constant L, after k steps of t = 1/L the value is within `2L‖x₀ − x*‖²/(k + 1)²` of the
/// least. Where f has curvature of at least μ that is known, β is constant, `(1 − √(μ/L))/(1 + √(μ/L))`, and the distance
/// shrinks by 1 − √(μ/L) a step; where it is not, a restart (θ = 1) whenever momentum leads uphill, `(y − x₊)ᵀ(x₊ − x) > 0`, does as
/// well. Without L, the step is found by backtracking, and may grow again: then it is restarts that keep it fast, not the bound.
///
/// The answer's value is f + g. The stopping measure, in place of ‖∇f‖∞, is ‖x − prox_g(x − ∇f(x))‖∞, which is 0 at a minimum; it costs
/// a gradient of its own, and is looked at (as in [`ProximalGradient`](super::ProximalGradient)) where ‖y − x₊‖∞/t is as small as asked for, which stands in for it until then.
///
/// Source: A. Beck, M. Teboulle, "A fast iterative shrinkage-thresholding algorithm for linear inverse problems", 2009; Y. Nesterov,
/// "Introductory lectures on convex optimization", 2004, (2.2.11); B. O'Donoghue, E. Candès, "Adaptive restart for accelerated gradient
/// schemes", 2015, (12).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fista<G = Zero> {
    /// g.
    pub term: G,
    /// L, positive; `None`: by backtracking.
    pub lipschitz: Option<f64>,
    /// μ, not negative, and not above L. 0: not known.
    pub strong_convexity: f64,
    /// Whether to restart where momentum leads uphill. Yes.
    pub restart: bool,
}

impl<G> Fista<G> {
    /// With a term.
    #[must_use]
    pub fn new(term: G) -> Self {
        Self {
            term,
            lipschitz: None,
            strong_convexity: 0.0,
            restart: true,
        }
    }
}

impl<T: Scalar, G: Term<T>> Method<T> for Fista<G> {
    fn name(&self) -> String {
        "fista".into()
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        let mu = self.strong_convexity;
        Error::unless(
            mu >= 0.0 && mu.is_finite(),
            "strong_convexity",
            mu,
            "not negative",
        )?;
        if let Some(lipschitz) = self.lipschitz {
            let holds = lipschitz > 0.0 && lipschitz.is_finite() && lipschitz >= mu;
            Error::unless(
                holds,
                "lipschitz",
                lipschitz,
                "positive, and not below the strong convexity",
            )?;
        }
        let term = &self.term;
        let mut x = run.start();
        let n = x.len();
        term.check(n)?;
        begin(term, &mut x);
        let mut search = Backtracking::new(n, self.lipschitz.map(|l| 1.0 / l));
        let (mut y, mut next) = (x.clone(), zeros(n));
        let mut at_y = search.look(run, &y);
        let mut value = at_y + term.value(&x);
        let mut norm = search.measure(term, &y);
        let mut measured = true;
        let mut theta = 1.0f64;
        let mut lowest = Lowest::none();
        loop {
            if let Some(stopped) = run.check_norm(&x, value, Some(norm), Some(search.step())) {
                return Ok(lowest.answer(run, x, value, norm, stopped));
            }
            let found = search.next(run, term, &y, (at_y, f64::INFINITY), &mut next);
            let stands = found.is_some() && next == x && y == x;
            let Some(smooth) = found.filter(|_| !(stands && measured)) else {
                return Ok(lowest.answer(run, x, value, norm, Stopped::NoProgress));
            };
            if stands {
                norm = search.measure(term, &x);
                measured = true;
                continue;
            }
            let there = smooth + term.value(&next);
            lowest.leave(&x, value, norm, there);
            value = there;
            let [uphill] = sums([&y, &next, &x], |[y, next, x]| [(y - next) * (next - x)]);
            overwrite(&mut y, [&next], |y, [next]| y - next);
            norm = largest(&y) / search.step();
            let root = (mu * search.step()).min(1.0).sqrt();
            let before = theta;
            theta = 0.5 * (1.0 + (1.0 + 4.0 * theta * theta).sqrt());
            let mut momentum = if mu > 0.0 {
                (1.0 - root) / (1.0 + root)
            } else {
                (before - 1.0) / theta
            };
            let small = norm <= run.limits().gradient;
            if small || (self.restart && uphill > 0.0) {
                // Where it is small, the gradient that the measure needs serves the next step as well.
                (theta, momentum) = (1.0, 0.0);
            }
            overwrite(&mut y, [&next, &x], |_, [next, x]| {
                let (next, x) = (next.to_f64(), x.to_f64());
                T::from_f64(next + momentum * (next - x))
            });
            std::mem::swap(&mut x, &mut next);
            at_y = smooth;
            if y != x {
                at_y = search.look(run, &y);
                if !at_y.is_finite() {
                    // Momentum led to where there is no value.
                    (theta, at_y) = (1.0, smooth);
                    y.copy_from_slice(&x);
                    search.turn(run, &x);
                }
            } else {
                search.turn(run, &x);
            }
            if small {
                norm = search.measure(term, &x);
            }
            measured = small;
        }
    }
}

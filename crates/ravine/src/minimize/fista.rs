//! FISTA.

use super::composite::{Backtracking, measure};
use super::term::{Term, Zero};
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
/// well. Without L, the step is found by backtracking.
///
/// The answer's value is f + g. The stopping measure, in place of ‖∇f‖∞, is ‖x − prox_g(x − ∇f(x))‖∞, which is 0 at a minimum; it costs
/// a gradient of its own, and is looked at where ‖y − x₊‖∞/t is as small as asked for, which stands in for it until then.
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
        term.check(x.len())?;
        // A start where g is infinite is moved to where it is not.
        if !term.value(&x).is_finite() {
            term.prox(1.0, &mut x);
        }
        let mut search = Backtracking::new(x.len(), self.lipschitz.map(|l| 1.0 / l));
        let mut y = x.clone();
        let mut at_y = search.look(run, &y);
        let mut value = at_y + term.value(&x);
        let mut norm = measure(term, &y, search.gradient());
        let mut theta = 1.0f64;
        let mut best = (x.clone(), value, norm);
        loop {
            if let Some(stopped) = run.check_norm(&x, value, Some(norm), Some(search.step())) {
                let here = stopped.converged() || best.1.is_nan();
                let (x, value, norm) = if here { (x, value, norm) } else { best };
                return Ok(run.answer(x, value, Some(norm), stopped));
            }
            let Some((next, smooth)) = search.next(run, term, &y, at_y) else {
                let (x, value, norm) = best;
                return Ok(run.answer(x, value, Some(norm), Stopped::NoProgress));
            };
            let step = search.step();
            let (mut uphill, mut gap) = (0.0, 0.0f64);
            for ((y, next), x) in y.iter().zip(&next).zip(&x) {
                let (y, next, x) = (y.to_f64(), next.to_f64(), x.to_f64());
                uphill += (y - next) * (next - x);
                gap = gap.max((y - next).abs());
            }
            norm = gap / step;
            let root = (mu * step).min(1.0).sqrt();
            let before = theta;
            theta = 0.5 * (1.0 + (1.0 + 4.0 * theta * theta).sqrt());
            let mut momentum = if mu > 0.0 {
                (1.0 - root) / (1.0 + root)
            } else {
                (before - 1.0) / theta
            };
            if self.restart && uphill > 0.0 {
                (theta, momentum) = (1.0, 0.0);
            }
            for ((y, next), x) in y.iter_mut().zip(&next).zip(&x) {
                *y = T::from_f64(next.to_f64() + momentum * (next.to_f64() - x.to_f64()));
            }
            x = next;
            value = smooth + term.value(&x);
            let small = norm <= run.limits().gradient;
            if small {
                // From here on without momentum, so that the gradient serves the next step as well.
                y.copy_from_slice(&x);
                theta = 1.0;
            }
            let mut looked = y != x;
            if looked {
                at_y = search.look(run, &y);
                if !at_y.is_finite() {
                    // Momentum led to where there is no value.
                    y.copy_from_slice(&x);
                    theta = 1.0;
                    looked = false;
                }
            }
            if !looked {
                at_y = smooth;
                search.turn(run, &x);
            }
            if small {
                norm = measure(term, &x, search.gradient());
            }
            if value < best.1 {
                best.0.copy_from_slice(&x);
                (best.1, best.2) = (value, norm);
            }
        }
    }
}

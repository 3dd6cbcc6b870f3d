//! OWL-QN.

use super::descent::first_step;
use super::direction::Lbfgs;
use super::line::may_be_lost;
use super::term::{L1, Term};
use super::vector::{dot, largest, overwrite, sums, zeros};
use super::{Answer, Direction, Error, Method, Point, Run, Stopped};
use crate::Scalar;

/// OWL-QN (orthant-wise limited-memory quasi-Newton): for `f(x) + λ‖x‖₁` with a smooth f.
///
/// Within an orthant the l1 norm is linear, so that quasi-Newton steps serve as well as they do without it; every iteration chooses the
/// orthant that the value falls into.
/// ```text
/// ◇ᵢ = ∇ᵢf + λ sign(xᵢ);  where xᵢ = 0, the one-sided slope that is downhill, or 0     the pseudo-gradient
/// d = −H◇,  with dᵢ = 0 where xᵢ = 0 and dᵢ does not go along −◇ᵢ
/// x₊ = π(x + αd),  πᵢ = 0 where the sign is not that of xᵢ (where xᵢ = 0, of −◇ᵢ)
/// F(x₊) ≤ F(x) + c₁ ◇ᵀ(x₊ − x),   α = 1, ½, ¼ …
/// ```
/// H learns from the change of ∇f alone: it is told of the slopes of one orthant, that of ◇ at x₊, at both ends of a step. α begins at 1
/// once H knows the scale, and before that as in [`Descent`](super::Descent). Where the fall is lost in rounding, the slope at x₊ judges.
///
/// The answer's value is f + λ‖x‖₁. The stopping measure, in place of ‖∇f‖∞, is ‖◇‖∞: that of the shortest subgradient.
///
/// Source: G. Andrew, J. Gao, "Scalable training of L1-regularized log-linear models", 2007. There all dᵢ that do not go along −◇ᵢ are
/// 0; but only where xᵢ = 0 does a short step need that in order to lead downhill, and elsewhere it undoes what H knows: without a term,
/// a valley as narrow as Rosenbrock's would take thousands of steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Owlqn<D = Lbfgs> {
    /// λ, not negative.
    pub weight: f64,
    /// H: a quasi-Newton direction. L-BFGS.
    pub direction: D,
    /// c₁, in (0, 1). 1e-4.
    pub decrease: f64,
}

impl Owlqn {
    /// With the weight λ.
    #[must_use]
    pub fn new(weight: f64) -> Self {
        Self::with_direction(weight, Lbfgs::new())
    }
}

impl<D> Owlqn<D> {
    /// With the weight λ, and another quasi-Newton direction.
    #[must_use]
    pub fn with_direction(weight: f64, direction: D) -> Self {
        Self {
            weight,
            direction,
            decrease: 1e-4,
        }
    }
}

/// ◇.
fn pseudo_gradient(x: f64, gradient: f64, weight: f64) -> f64 {
    if x > 0.0 {
        gradient + weight
    } else if x < 0.0 {
        gradient - weight
    } else if gradient + weight < 0.0 {
        gradient + weight
    } else if gradient - weight > 0.0 {
        gradient - weight
    } else if gradient.is_nan() {
        gradient
    } else {
        0.0
    }
}

impl<T: Scalar, D: Direction<T>> Method<T> for Owlqn<D> {
    fn name(&self) -> String {
        "owlqn".into()
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        let term = L1::new(self.weight);
        let mut x = run.start();
        let n = x.len();
        Term::<T>::check(&term, n)?;
        let decrease = self.decrease;
        Error::unless(
            decrease > 0.0 && decrease < 1.0,
            "decrease",
            decrease,
            "in (0, 1)",
        )?;
        let mut directing = self.direction.start(&run.evaluator, n)?;
        let (mut gradient, mut next_gradient) = (zeros(n), zeros(n));
        let (mut pseudo, mut direction, mut next) = (zeros(n), zeros(n), zeros(n));
        let mut smooth = run.evaluator.value_and_gradient(&x, &mut gradient);
        let slopes = |x: &[T], gradient: &[T], pseudo: &mut [T]| {
            overwrite(pseudo, [x, gradient], |_, [x, g]| {
                T::from_f64(pseudo_gradient(x.to_f64(), g.to_f64(), self.weight))
            });
        };
        slopes(&x, &gradient, &mut pseudo);
        let mut taken = None;
        let mut value_before = None;
        loop {
            let value = smooth + term.value(&x);
            let fall_before = value_before.map(|before: f64| value - before);
            let fall_before = fall_before.filter(|&fall| fall < 0.0);
            let measure = largest(&pseudo);
            if let Some(stopped) = run.check_norm(&x, value, Some(measure), taken) {
                return Ok(run.answer(x, value, Some(measure), stopped));
            }
            let at = Point {
                x: &x,
                value,
                gradient: &pseudo,
            };
            directing.direction(at, &mut run.evaluator, &mut direction);
            let found = loop {
                // A coordinate that is 0 leaves it downhill only. Elsewhere H knows better.
                overwrite(&mut direction, [&x, &pseudo], |d, [x, p]| {
                    let stays = x.to_f64() == 0.0 && d.to_f64() * p.to_f64() >= 0.0;
                    if stays { T::from_f64(0.0) } else { d }
                });
                let slope = dot(&pseudo, &direction);
                let mut step = if directing.is_scaled() {
                    1.0
                } else {
                    first_step(slope, fall_before, &direction)
                };
                let lost = may_be_lost::<T>(slope, value);
                let found = loop {
                    if !(slope < 0.0 && slope.is_finite() && step > f64::MIN_POSITIVE) {
                        break None;
                    }
                    overwrite(&mut next, [&x, &direction, &pseudo], |_, [x, d, p]| {
                        let x = x.to_f64();
                        let orthant = if x == 0.0 { -p.to_f64() } else { x };
                        let moved = x + step * d.to_f64();
                        let (up, down) = (orthant > 0.0, orthant < 0.0);
                        let stays = (up && moved > 0.0) || (down && moved < 0.0);
                        T::from_f64(if stays { moved } else { 0.0 })
                    });
                    if next == x {
                        break None;
                    }
                    let there = run.evaluator.value(&next);
                    let value_there = there + term.value(&next);
                    let [fall] = sums([&pseudo, &next, &x], |[p, next, x]| [p * (next - x)]);
                    if lost && may_be_lost::<T>(value_there - value, value) {
                        // Values no longer tell; the slope at the other end does.
                        run.evaluator.gradient(&next, &mut next_gradient);
                        let vectors = [&next[..], &x, &next_gradient];
                        let [slope_there] = sums(vectors, |[next, x, g]| {
                            [pseudo_gradient(next, g, self.weight) * (next - x)]
                        });
                        if slope_there <= -0.8 * fall {
                            break Some((step, there, true));
                        }
                    } else if value_there <= value + decrease * fall && value_there < value {
                        break Some((step, there, false));
                    }
                    step *= 0.5;
                };
                if found.is_some() || !directing.forget() {
                    break found;
                }
                for (d, p) in direction.iter_mut().zip(&pseudo) {
                    *d = -*p;
                }
            };
            let Some((step, there, has_gradient)) = found else {
                return Ok(run.answer(x, value, Some(measure), Stopped::NoProgress));
            };
            if !has_gradient {
                run.evaluator.gradient(&next, &mut next_gradient);
            }
            slopes(&next, &next_gradient, &mut pseudo);
            overwrite(&mut gradient, [&pseudo, &next_gradient], |g, [p, next]| {
                p - (next - g)
            });
            let from = Point {
                x: &x,
                value,
                gradient: &gradient,
            };
            let to = Point {
                x: &next,
                value: there + term.value(&next),
                gradient: &pseudo,
            };
            directing.moved(from, to, step);
            taken = Some(step);
            value_before = Some(value);
            smooth = there;
            std::mem::swap(&mut x, &mut next);
            std::mem::swap(&mut gradient, &mut next_gradient);
        }
    }
}

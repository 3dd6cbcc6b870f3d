//! Trust regions: the least of a quadratic model, as far as it can be trusted.

mod cauchy;
mod cholesky;
mod dogleg;
mod exact;
mod path;
mod sr1;
mod steihaug;

pub use cauchy::cauchy;
pub use dogleg::dogleg;
pub use exact::exact;
pub use steihaug::steihaug;

use super::patience::{Lowest, Patience};
use super::vector::{along, dot, largest, norm, rounded, rounding, times, widened, zeros};
use super::{Answer, Error, Evaluator, Method, Run, Stopped};
use crate::Scalar;
use crate::minimize::options::{Field, options};
use path::Path;

options! {
    /// Trust regions: each step is about the least of a model within a radius Δ,
    ///
    /// ```text
    /// m(p) = f(x) + ∇f(x)ᵀp + ½pᵀBp,   ‖p‖ ≤ Δ
    /// ```
    /// and the part ρ of the fall that the model promised and the function kept says whether to take it, and how far to trust the next one. Negative curvature is
    /// welcome, unlike with line searches: it leads away from saddles. Where rounding has used up the values, gradients tell the fall: `−½(∇f(x) + ∇f(x + p))ᵀp`.
    ///
    /// With the Hessian as B there are a solver that finds [the least](Self::new), the [dogleg](Self::dogleg), which is almost as good and simpler, [Steihaug's](Self::steihaug)
    /// conjugate gradients, for many variables because they need only products `∇²f(x)·v`, and the [Cauchy point](Self::cauchy), to compare with. Or B is [learnt](Self::sr1)
    /// from gradients.
    ///
    /// Source: Nocedal & Wright, "Numerical Optimization", 2nd ed., algorithms 4.1 and 6.2.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct TrustRegion {
        kind: Kind,
        /// The first Δ, where one was asked for.
        radius: Option<f64>,
        /// The least ρ of a step that is taken.
        accept: f64,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Exact,
    Dogleg,
    Steihaug,
    Cauchy,
    Sr1,
}

// Each has a name of its own in the catalogue.
impl Field for Kind {}

impl Default for TrustRegion {
    fn default() -> Self {
        Self::new()
    }
}

impl TrustRegion {
    /// With the Hessian, and the least of its model. n³ operations a step.
    #[must_use]
    pub fn new() -> Self {
        Self::of(Kind::Exact)
    }

    /// With the Hessian, and Powell's dogleg. n³ operations a step.
    #[must_use]
    pub fn dogleg() -> Self {
        Self::of(Kind::Dogleg)
    }

    /// With products of the Hessian, and Steihaug's conjugate gradients. n operations a product.
    #[must_use]
    pub fn steihaug() -> Self {
        Self::of(Kind::Steihaug)
    }

    /// With the Hessian, and the Cauchy point: steepest descent.
    #[must_use]
    pub fn cauchy() -> Self {
        Self::of(Kind::Cauchy)
    }

    /// With gradients only: B is learnt by symmetric rank-1 updates, and its model's least is found.
    #[must_use]
    pub fn sr1() -> Self {
        Self::of(Kind::Sr1)
    }

    /// With another first Δ, positive, than the length of the starting point or 1, whichever is larger. (1 where B is learnt: the first
    /// model knows nothing.)
    #[must_use]
    pub fn with_radius(mut self, radius: f64) -> Self {
        self.radius = Some(radius);
        self
    }

    /// Takes steps from another ρ on, in (0, ¼), than 1e-4.
    #[must_use]
    pub fn with_accept(mut self, accept: f64) -> Self {
        self.accept = accept;
        self
    }

    fn of(kind: Kind) -> Self {
        Self {
            kind,
            radius: None,
            accept: 1e-4,
        }
    }
}

impl<T: Scalar> Method<T> for TrustRegion {
    fn name(&self) -> String {
        match self.kind {
            Kind::Exact => "trust-region",
            Kind::Dogleg => "dogleg",
            Kind::Steihaug => "steihaug",
            Kind::Cauchy => "cauchy-point",
            Kind::Sr1 => "trust-sr1",
        }
        .to_owned()
    }

    fn run(&self, run: &mut Run<'_, T>) -> Result<Answer<T>, Error> {
        let mut x = run.start();
        let n = x.len();
        let first = self.radius.unwrap_or_else(|| match self.kind {
            Kind::Sr1 => 1.0,
            _ => norm(&x).max(1.0),
        });
        let mut radius = first;
        Error::unless_positive("radius", radius)?;
        let inside = self.accept > 0.0 && self.accept < 0.25;
        Error::unless(inside, "accept", self.accept, "in (0, 1/4)")?;
        let (mut gradient, mut next_gradient, mut next) = (zeros(n), zeros(n), zeros(n));
        let mut value = run.evaluator.value_and_gradient(&x, &mut gradient);
        let mut model = Model::new(self.kind, n);
        let mut length = None;
        let (mut patience, mut lowest) = (Patience::new(), Lowest::none());
        loop {
            let size = largest(&gradient);
            if let Some(stopped) = run.check(&x, value, Some(&gradient), length) {
                return Ok(lowest.answer(run, x, value, size, stopped));
            }
            if patience.ends(value, size) {
                return Ok(lowest.answer(run, x, value, size, Stopped::NoProgress));
            }
            let g = widened(&gradient);
            model.look(&mut run.evaluator, &x, &g, radius);
            let mut forgot = false;
            loop {
                let (p, promised) = model.step(&g, radius);
                along(&x, 1.0, &rounded::<T>(&p), &mut next);
                // Nothing left to gain, or all of it lost in rounding.
                if promised <= 0.0 || promised.is_nan() || next == x {
                    // Once: what is learnt from here again would lead nowhere again.
                    if !forgot && model.forget() {
                        forgot = true;
                        radius = first;
                        continue;
                    }
                    return Ok(lowest.answer(run, x, value, size, Stopped::NoProgress));
                }
                let next_value = run.evaluator.value(&next);
                let mut fall = value - next_value;
                let rounding = rounding::<T>() * value.abs();
                let by_gradients = promised <= rounding && fall.abs() <= rounding;
                let mut exists = next_value == f64::NEG_INFINITY;
                if by_gradients || fall >= self.accept * promised || self.kind == Kind::Sr1 {
                    run.evaluator.gradient(&next, &mut next_gradient);
                    exists |= largest(&next_gradient).is_finite();
                    let next_g = widened(&next_gradient);
                    if by_gradients {
                        fall = -0.5 * (dot(&g, &p) + dot(&next_g, &p));
                    }
                    if exists {
                        model.learn(&p, &g, &next_g);
                    }
                }
                let long = norm(&p);
                let kept = fall / promised;
                let taken = exists && kept >= self.accept;
                if !taken || kept < 0.25 {
                    radius = long * shorter(dot(&g, &p), -fall);
                } else if kept > 0.75 && long > 0.8 * radius {
                    radius = GROWTH * long;
                }
                if taken {
                    length = Some(long);
                    lowest.leave(&x, value, size, next_value);
                    value = next_value;
                    std::mem::swap(&mut x, &mut next);
                    std::mem::swap(&mut gradient, &mut next_gradient);
                    break;
                }
            }
        }
    }
}

/// How much larger the radius becomes after a step that kept its promise.
const GROWTH: f64 = 2.5;

/// How much shorter than a bad step the next one may be: as far as a parabola is lowest along it, between 1/10 and 1/2.
pub(super) fn shorter(slope: f64, rise: f64) -> f64 {
    let part = -0.5 * slope / (rise - slope);
    if part.is_nan() {
        0.1
    } else {
        part.clamp(0.1, 0.5)
    }
}

/// The model of one run.
struct Model {
    kind: Kind,
    /// B, row by row; empty for products.
    b: Vec<f64>,
    /// Whether B has learnt nothing yet.
    fresh: bool,
    path: Option<Path>,
}

impl Model {
    fn new(kind: Kind, n: usize) -> Self {
        let b = match kind {
            Kind::Steihaug => Vec::new(),
            _ => zeros(n * n),
        };
        Self {
            kind,
            b,
            fresh: true,
            path: None,
        }
    }

    /// Computes what the steps from a point need, whatever the radius: at most the one given.
    fn look<T: Scalar>(
        &mut self,
        evaluator: &mut Evaluator<'_, T>,
        x: &[T],
        g: &[f64],
        radius: f64,
    ) {
        match self.kind {
            Kind::Exact | Kind::Dogleg | Kind::Cauchy => {
                let mut hessian = zeros(self.b.len());
                evaluator.hessian(x, &mut hessian);
                self.b = widened(&hessian);
            }
            Kind::Steihaug | Kind::Sr1 => {}
        }
        self.path = match self.kind {
            Kind::Cauchy => Some(cauchy::path(g, &self.b)),
            Kind::Dogleg => Some(dogleg::path(g, &self.b)),
            Kind::Steihaug => {
                let mut written = zeros(x.len());
                let product = |v: &[f64], bv: &mut [f64]| {
                    evaluator.hessian_vector(x, &rounded::<T>(v), &mut written);
                    bv.copy_from_slice(&widened(&written));
                };
                Some(steihaug::path(g, product, radius))
            }
            Kind::Exact | Kind::Sr1 => None,
        };
    }

    /// A step within the radius, and the fall that the model promises.
    fn step(&self, g: &[f64], radius: f64) -> (Vec<f64>, f64) {
        if let Some(path) = &self.path {
            return path.cut(radius);
        }
        let p = exact(g, &self.b, radius);
        let fall = -(dot(g, &p) + 0.5 * dot(&p, &times(&self.b, &p)));
        (p, fall)
    }

    /// Forgets what B has learnt. Answers whether there was anything.
    fn forget(&mut self) -> bool {
        let had = self.kind == Kind::Sr1 && !self.fresh;
        if had {
            self.b.fill(0.0);
            self.fresh = true;
        }
        had
    }

    /// Learns from the gradient at the end of a step.
    fn learn(&mut self, s: &[f64], from: &[f64], to: &[f64]) {
        if self.kind == Kind::Sr1 {
            let y: Vec<f64> = to.iter().zip(from).map(|(to, from)| to - from).collect();
            sr1::update(&mut self.b, self.fresh, s, &y);
            self.fresh = false;
        }
    }
}

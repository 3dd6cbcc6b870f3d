//! Nonlinear conjugate gradients.

use crate::Scalar;
use crate::minimize::options::{Field, options};
use crate::minimize::vector::{overwrite, sums, zeros};
use crate::minimize::{Directing, Direction, Error, Evaluator, Point};

options! {
    /// Nonlinear conjugate gradients: `d ← −∇f(x) + βd`, with one of several [`Beta`].
    ///
    /// The method for many variables and little memory: it keeps one gradient and one direction, and beats steepest descent by
    /// far in ravines. On a quadratic with exact steps all β are the same, and it ends in at most n steps. It wants a
    /// step size that sees the slope (strong Wolfe with c₂ = 0.1, or Hager–Zhang).
    ///
    /// The past is forgotten after every 6n steps (or as many as [said](Self::restart)), and, with the β of Fletcher–Reeves and Dai–Yuan,
    /// where successive gradients are far from orthogonal, `|∇f(x₊)ᵀ∇f(x)| ≥ 0.2‖∇f(x₊)‖²`: after one poor step these
    /// two take thousands that are short and poor. The others restart by themselves, as their β is near 0 there.
    ///
    /// Source: Nocedal & Wright, "Numerical Optimization", 2nd ed., section 5.2; W. Hager & H. Zhang, "A survey of nonlinear
    /// conjugate gradient methods", 2006.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct ConjugateGradient {
        /// The formula of β.
        pub beta: Beta,
        /// Steps from one restart to the next, at least 1; `None` for 6n.
        pub restart: Option<usize>,
        /// ν of Powell's restart where `|∇f(x₊)ᵀ∇f(x)| ≥ ν‖∇f(x₊)‖²`, positive; infinite for never. 0.2 for
        /// Fletcher–Reeves and Dai–Yuan, infinite for the others.
        pub orthogonality: f64,
    }
}

/// How much of the last direction stays. `g = ∇f(x)`, `g₊ = ∇f(x₊)`, `y = g₊ − g`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Beta {
    /// `g₊ᵀg₊ / gᵀg` (1964).
    FletcherReeves,
    /// `max(0, g₊ᵀy / gᵀg)` (Polak and Ribière 1969; the 0: Powell 1986).
    PolakRibiere,
    /// `max(0, g₊ᵀy / dᵀy)` (1952).
    HestenesStiefel,
    /// `g₊ᵀg₊ / dᵀy` (1999).
    DaiYuan,
    /// `max(η, (y − 2d·yᵀy/dᵀy)ᵀg₊ / dᵀy)`, with `η = −1 / (‖d‖ min(0.01, ‖g‖))` (2005, (1.3), (1.7)).
    HagerZhang,
}

// Each has a name of its own in the catalogue.
impl Field for Beta {}

/// What the formulas of β are made of.
struct Products {
    g_g: f64,
    /// g₊ᵀg₊
    new_new: f64,
    /// g₊ᵀy
    new_y: f64,
    y_y: f64,
    d_d: f64,
    d_y: f64,
    /// dᵀg₊
    d_new: f64,
}

impl Beta {
    fn of(self, p: &Products) -> f64 {
        match self {
            Self::FletcherReeves => p.new_new / p.g_g,
            Self::PolakRibiere => (p.new_y / p.g_g).max(0.0),
            Self::HestenesStiefel => (p.new_y / p.d_y).max(0.0),
            Self::DaiYuan => p.new_new / p.d_y,
            Self::HagerZhang => {
                let eta = -1.0 / (p.d_d.sqrt() * p.g_g.sqrt().min(0.01));
                let beta = (p.new_y - 2.0 * p.d_new * p.y_y / p.d_y) / p.d_y;
                // Not `max` alone, which would take η for a NaN.
                if beta < eta { eta } else { beta }
            }
        }
    }
}

impl ConjugateGradient {
    /// With a formula of β and its usual restarts.
    #[must_use]
    pub fn new(beta: Beta) -> Self {
        Self {
            beta,
            restart: None,
            orthogonality: match beta {
                Beta::FletcherReeves | Beta::DaiYuan => 0.2,
                _ => f64::INFINITY,
            },
        }
    }

    /// Fletcher and Reeves' β.
    #[must_use]
    pub fn fletcher_reeves() -> Self {
        Self::new(Beta::FletcherReeves)
    }

    /// Polak and Ribière's β, where positive.
    #[must_use]
    pub fn polak_ribiere() -> Self {
        Self::new(Beta::PolakRibiere)
    }

    /// Hestenes and Stiefel's β, where positive.
    #[must_use]
    pub fn hestenes_stiefel() -> Self {
        Self::new(Beta::HestenesStiefel)
    }

    /// Dai and Yuan's β.
    #[must_use]
    pub fn dai_yuan() -> Self {
        Self::new(Beta::DaiYuan)
    }

    /// Hager and Zhang's β.
    #[must_use]
    pub fn hager_zhang() -> Self {
        Self::new(Beta::HagerZhang)
    }
}

impl<T: Scalar> Direction<T> for ConjugateGradient {
    fn name(&self) -> &'static str {
        match self.beta {
            Beta::FletcherReeves => "cg-fr",
            Beta::PolakRibiere => "cg-pr",
            Beta::HestenesStiefel => "cg-hs",
            Beta::DaiYuan => "cg-dy",
            Beta::HagerZhang => "cg-hz",
        }
    }

    fn start<'s>(
        &'s self,
        _evaluator: &Evaluator<'_, T>,
        n: usize,
    ) -> Result<Box<dyn Directing<T> + 's>, Error> {
        let restart = self.restart.unwrap_or(n.saturating_mul(6));
        Error::unless(restart > 0, "restart", restart as f64, "at least 1")?;
        Error::unless(
            self.orthogonality > 0.0,
            "orthogonality",
            self.orthogonality,
            "positive",
        )?;
        Ok(Box::new(Conjugate {
            options: self,
            restart,
            gradient: zeros(n),
            age: 0,
        }))
    }
}

struct Conjugate<'s, T> {
    options: &'s ConjugateGradient,
    restart: usize,
    /// ∇f where the last direction began.
    gradient: Vec<T>,
    /// Directions since the last restart.
    age: usize,
}

impl<T: Scalar> Conjugate<'_, T> {
    /// β, if the last direction is to be remembered.
    fn beta(&self, new: &[T], direction: &[T]) -> Option<f64> {
        if self.age == 0 || self.age >= self.restart {
            return None;
        }
        let sums = sums([&self.gradient, new, direction], |[g, new, d]| {
            let y = new - g;
            [
                g * g,
                new * new,
                new * g,
                new * y,
                y * y,
                d * d,
                d * y,
                d * new,
            ]
        });
        let [g_g, new_new, new_g, new_y, y_y, d_d, d_y, d_new] = sums;
        if new_g.abs() >= self.options.orthogonality * new_new {
            return None;
        }
        let beta = self.options.beta.of(&Products {
            g_g,
            new_new,
            new_y,
            y_y,
            d_d,
            d_y,
            d_new,
        });
        Some(beta).filter(|beta| beta.is_finite())
    }
}

impl<T: Scalar> Directing<T> for Conjugate<'_, T> {
    fn direction(
        &mut self,
        at: Point<'_, T>,
        _evaluator: &mut Evaluator<'_, T>,
        direction: &mut [T],
    ) {
        if let Some(beta) = self.beta(at.gradient, direction) {
            let beta = T::from_f64(beta);
            overwrite(direction, [at.gradient], |d, [g]| beta * d - g);
            self.age += 1;
        } else {
            overwrite(direction, [at.gradient], |_, [g]| -g);
            self.age = 1;
        }
        overwrite(&mut self.gradient, [at.gradient], |_, [g]| g);
    }

    fn forget(&mut self) -> bool {
        let had = self.age > 1;
        self.age = 1;
        had
    }
}

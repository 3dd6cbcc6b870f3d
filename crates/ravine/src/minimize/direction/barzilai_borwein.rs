//! Barzilai and Borwein's gradient method.

use crate::Scalar;
use crate::minimize::options::{choice, options};
use crate::minimize::vector::{largest, overwrite, sums};
use crate::minimize::{Directing, Direction, Error, Evaluator, Point};

options! {
    /// Barzilai and Borwein's method: `d = −∇f(x)/a`, where a·I is the multiple of the identity that fits the Hessian best along the last
    /// step. `s = x₊ − x`, `y = ∇f(x₊) − ∇f(x)`:
    ///
    /// ```text
    /// long:  1/a = sᵀs/sᵀy        short:  1/a = sᵀy/yᵀy
    /// ```
    /// As cheap as steepest descent, and on smooth functions often nearly as fast as conjugate gradients. It owes that to
    /// letting the value rise now and then: take it with a constant step size of 1, or a non-monotone search.
    /// Where a step saw no positive curvature, 1/a is `‖s‖/‖y‖`, which is the geometric mean of the two. At the very first, d
    /// moves no coordinate by more than 1.
    ///
    /// Source: J. Barzilai & J. Borwein, "Two-point step size gradient methods", 1988, (5), (6); Y.-H. Dai & R. Fletcher,
    /// "Projected Barzilai–Borwein methods …", 2005 (alternating).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct BarzilaiBorwein {
        /// Which of the two.
        pub length: Length,
    }
}

/// Which of Barzilai and Borwein's step lengths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Length {
    /// sᵀs/sᵀy, "BB1".
    #[default]
    Long,
    /// sᵀy/yᵀy, "BB2".
    Short,
    /// The long one and the short one in turns.
    Alternating,
}

choice!(Length: "long" => Long, "short" => Short, "alternating" => Alternating);

impl BarzilaiBorwein {
    /// The long steps.
    #[must_use]
    pub fn long() -> Self {
        Self {
            length: Length::Long,
        }
    }

    /// The short steps.
    #[must_use]
    pub fn short() -> Self {
        Self {
            length: Length::Short,
        }
    }

    /// Long and short steps in turns.
    #[must_use]
    pub fn alternating() -> Self {
        Self {
            length: Length::Alternating,
        }
    }
}

impl<T: Scalar> Direction<T> for BarzilaiBorwein {
    fn name(&self) -> &'static str {
        match self.length {
            Length::Long => "barzilai-borwein",
            Length::Short => "barzilai-borwein-short",
            Length::Alternating => "barzilai-borwein-alternating",
        }
    }

    fn start<'s>(
        &'s self,
        _evaluator: &Evaluator<'_, T>,
        _n: usize,
    ) -> Result<Box<dyn Directing<T> + 's>, Error> {
        Ok(Box::new(TwoPoint {
            length: self.length,
            inverse: Inverse::Unmeasured,
            is_long: true,
        }))
    }
}

/// 1/a.
enum Inverse {
    /// No step was seen yet.
    Unmeasured,
    Measured(f64),
    /// The gradient did not change along the last step, or that was forgotten.
    Unknown,
}

struct TwoPoint {
    length: Length,
    inverse: Inverse,
    /// Whether the next of alternating lengths is the long one.
    is_long: bool,
}

impl<T: Scalar> Directing<T> for TwoPoint {
    fn direction(
        &mut self,
        at: Point<'_, T>,
        _evaluator: &mut Evaluator<'_, T>,
        direction: &mut [T],
    ) {
        let inverse = match self.inverse {
            Inverse::Unmeasured => 1.0 / largest(at.gradient).max(1.0),
            Inverse::Measured(inverse) => inverse,
            Inverse::Unknown => 1.0,
        };
        overwrite(direction, [at.gradient], |_, [g]| {
            T::from_f64(-inverse * g.to_f64())
        });
    }

    fn moved(&mut self, from: Point<'_, T>, to: Point<'_, T>, _step_size: f64) {
        let vectors = [from.x, to.x, from.gradient, to.gradient];
        let [s_s, s_y, y_y] = sums(vectors, |[x, to, g, new]| {
            let (s, y) = (to - x, new - g);
            [s * s, s * y, y * y]
        });
        let inverse = match self.length {
            _ if s_y <= 0.0 => (s_s / y_y).sqrt(),
            Length::Long => s_s / s_y,
            Length::Short => s_y / y_y,
            Length::Alternating if self.is_long => s_s / s_y,
            Length::Alternating => s_y / y_y,
        };
        self.is_long = !self.is_long;
        self.inverse = if inverse.is_finite() && inverse > 0.0 {
            Inverse::Measured(inverse)
        } else {
            Inverse::Unknown
        };
    }

    fn forget(&mut self) -> bool {
        let had = !matches!(self.inverse, Inverse::Unknown);
        self.inverse = Inverse::Unknown;
        had
    }

    fn is_scaled(&self) -> bool {
        !matches!(self.inverse, Inverse::Unknown)
    }
}

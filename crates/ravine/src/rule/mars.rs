//! MARS, in its AdamW and Lion forms.

use super::{At, Measure, Rule, Step, TERMS, adam::moments};
use crate::catalogue::{Choice, HALF_DECADE, Recipe, decoupled};
use crate::{Hyper, Real, hyper, hyper::Range};

hyper! {
    /// MARS-AdamW: Adam on a gradient whose noise is reduced by the gradient of the step before.
    ///
    /// ```text
    /// c = g + γβ₁/(1 − β₁)·(g − g₋₁)      (c = g in the parameter's first update)
    /// c ← c · min(1, 1/‖c‖)
    /// m ← β₁m + (1 − β₁)c
    /// v ← β₂v + (1 − β₂)c²
    /// u = m̂ / (√v̂ + ε)      with  m̂ = m / (1 − β₁ⁿ),  v̂ = v / (1 − β₂ⁿ)
    /// ```
    /// ‖c‖ is over the parameter. g₋₁ is the gradient of the update before, on that update's data: the paper's MARS-approx. The
    /// exact form asks for the gradient at the old point on the new data.
    /// The paper begins with x₁ = x₀, hence c = g; the authors' code begins with g₋₁ = 0.
    ///
    /// Source: Yuan et al., "MARS: Unleashing the Power of Variance Reduction for Training Large Models", 2024, algorithm 2.
    Mars {
        /// decay rate β₁ of the average of the corrected gradient
        beta1: 0.95, Range::DECAY_RATE;
        /// decay rate β₂ of the average of its square
        beta2: 0.99, Range::DECAY_RATE;
        /// strength γ of the correction
        gamma: 0.025, Range::NON_NEGATIVE;
        /// ε, added to √v̂
        eps: 1e-8, Range::NON_NEGATIVE;
    }
}

hyper! {
    /// MARS-Lion: the sign of an average of the corrected gradient.
    ///
    /// ```text
    /// m ← β₁m + (1 − β₁)c
    /// u = sign(m)
    /// ```
    /// with the c of [`Mars`]. Unlike [`Lion`](super::Lion), it has one decay rate, and takes the sign of the new m.
    ///
    /// Source: Yuan et al., "MARS: Unleashing the Power of Variance Reduction for Training Large Models", 2024, algorithm 3.
    MarsLion {
        /// decay rate β₁ of the average of the corrected gradient
        beta1: 0.95, Range::DECAY_RATE;
        /// strength γ of the correction
        gamma: 0.025, Range::NON_NEGATIVE;
    }
}

/// γβ₁/(1 − β₁), which is 0 in the first update, and min(1, 1/‖c‖), which is of no use before the sum is known.
fn correction(step: &Step, beta1: f64, gamma: &Hyper) -> [f64; 2] {
    let strength = if step.is_first() {
        0.0
    } else {
        step.value(gamma) * beta1 / (1.0 - beta1)
    };
    [strength, 1.0 / step.sums[0].sqrt().max(1.0)]
}

/// c before it is shortened.
#[inline(always)]
fn corrected<T: Real>(strength: T, g: T, previous: T) -> T {
    g + strength * (g - previous)
}

/// What a coordinate adds to ‖c‖².
#[inline(always)]
fn square<T: Real>(strength: T, g: T, previous: T) -> [T; TERMS] {
    let c = corrected(strength, g, previous);
    let none = g.like(0.0);
    [c * c, none, none, none]
}

impl Rule for Mars {
    const NAME: &'static str = "mars";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_sq", "last_grad"];
    const CONSTANTS: &'static [&'static str] = &[
        "γβ₁/(1 − β₁)",
        "min(1, 1/‖c‖)",
        "β₁",
        "1 − β₁",
        "β₂",
        "1 − β₂",
        "1/(1 − β₁ⁿ)",
        "1/√(1 − β₂ⁿ)",
        "ε",
    ];
    const MEASURE: Measure = Measure::ParameterSums;
    const SUMS: &'static [&'static str] = &["‖c‖²"];
    type State<T> = [T; 3];
    type Constants<T> = [T; 9];

    fn constants(&self, step: &Step) -> [f64; 9] {
        let [b1, c1, b2, c2, debias1, debias2, eps] =
            moments(step, &self.beta1, &self.beta2, &self.eps);
        let [strength, scale] = correction(step, b1, &self.gamma);
        [strength, scale, b1, c1, b2, c2, debias1, debias2, eps]
    }

    #[inline(always)]
    fn terms<T: Real>(
        [strength, ..]: &[T; 9],
        At { g, .. }: At<T>,
        [_, _, previous]: &[T; 3],
    ) -> [T; TERMS] {
        square(*strength, g, *previous)
    }

    #[inline(always)]
    fn apply<T: Real>(
        [strength, scale, b1, c1, b2, c2, debias1, debias2, eps]: &[T; 9],
        At { g, .. }: At<T>,
        [m, v, previous]: &mut [T; 3],
    ) -> T {
        let c = *scale * corrected(*strength, g, *previous);
        *previous = g;
        *m = *b1 * *m + *c1 * c;
        *v = *b2 * *v + *c2 * (c * c);
        (*debias1 * *m) / (*debias2 * v.sqrt() + *eps)
    }
}

impl Rule for MarsLion {
    const NAME: &'static str = "mars_lion";
    const STATE: &'static [&'static str] = &["exp_avg", "last_grad"];
    const CONSTANTS: &'static [&'static str] =
        &["γβ₁/(1 − β₁)", "min(1, 1/‖c‖)", "β₁", "1 − β₁"];
    const MEASURE: Measure = Measure::ParameterSums;
    const SUMS: &'static [&'static str] = &["‖c‖²"];
    type State<T> = [T; 2];
    type Constants<T> = [T; 4];

    fn constants(&self, step: &Step) -> [f64; 4] {
        let b1 = step.value(&self.beta1);
        let [strength, scale] = correction(step, b1, &self.gamma);
        [strength, scale, b1, 1.0 - b1]
    }

    #[inline(always)]
    fn terms<T: Real>(
        [strength, ..]: &[T; 4],
        At { g, .. }: At<T>,
        [_, previous]: &[T; 2],
    ) -> [T; TERMS] {
        square(*strength, g, *previous)
    }

    #[inline(always)]
    fn apply<T: Real>(
        [strength, scale, b1, c1]: &[T; 4],
        At { g, .. }: At<T>,
        [m, previous]: &mut [T; 2],
    ) -> T {
        let c = *scale * corrected(*strength, g, *previous);
        *previous = g;
        *m = *b1 * *m + *c1 * c;
        m.sign()
    }
}

const FORM: Choice = Choice {
    name: "form",
    words: &["adamw", "lion"],
    doc: "what becomes of the corrected gradient: Adam's scaled step, or the sign of its average",
};

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "mars",
    family: "adaptive",
    summary: "Adam or Lion on a gradient whose noise the previous gradient reduces",
    source: "Yuan et al., \"MARS: Unleashing the Power of Variance Reduction for Training Large Models\", 2024",
    usual_learning_rate: HALF_DECADE * 1e-3,
    choices: &[FORM],
    build: |choices| {
        if choices.is("form", "lion") {
            decoupled(MarsLion::new(), 0.0, 3e-3)
        } else {
            decoupled(Mars::new(), 0.0, 3e-3)
        }
    },
}];

//! Rprop.

use super::{At, Rule, Step, WeightDecay};
use crate::Chain;
use crate::catalogue::{HALF_DECADE, Recipe};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Resilient backpropagation: every coordinate has a step of its own, which grows while the sign of its gradient stays and
    /// shrinks when it turns. Only signs count.
    ///
    /// ```text
    /// s ← s·η⁺ if gp > 0,  s·η⁻ if gp < 0,  s otherwise;  then within [s_min, s_max]      s = lr before the first update
    /// p ← 0 if gp < 0,  g otherwise                                                       p: the previous gradient
    /// u = s·sign(p)
    /// ```
    /// Where the sign turned the coordinate rests for one step. For whole-batch gradients: the noise of mini-batches turns
    /// signs. The learning rate is only where the steps begin.
    ///
    /// As in PyTorch. Optax 0.2.8 moves by the step of the update before.
    ///
    /// Source: Riedmiller & Braun, "A direct adaptive method for faster backpropagation learning: the RPROP algorithm", 1993;
    /// in this form Igel & Hüsken, "Improving the Rprop Learning Algorithm", 2000, iRprop⁻.
    Rprop {
        /// size of every step before the first update
        lr: 1e-2, Range::NON_NEGATIVE;
        /// factor η⁻ where the sign turned
        etaminus: 0.5, Range::new(0.0, true, 1.0, true);
        /// factor η⁺ where it stayed
        etaplus: 1.2, Range::new(1.0, true, f64::INFINITY, true);
        /// smallest step
        step_size_min: 1e-6, Range::NON_NEGATIVE;
        /// largest step
        step_size_max: 50.0, Range::POSITIVE;
    }
}

impl Rule for Rprop {
    const NAME: &'static str = "rprop";
    const STATE: &'static [&'static str] = &["prev", "step_size"];
    const CONSTANTS: &'static [&'static str] = &["η⁻", "η⁺", "s₀", "s_min", "s_max"];
    type State<T> = [T; 2];
    type Constants<T> = [T; 5];

    fn constants(&self, step: &Step) -> [f64; 5] {
        // The state begins at zero, so that a schedule's learning rate is the one of the parameter's first update.
        let start = if step.is_first() { step.value(&self.lr) } else { 0.0 };
        [
            step.value(&self.etaminus),
            step.value(&self.etaplus),
            start,
            step.value(&self.step_size_min),
            step.value(&self.step_size_max),
        ]
    }

    #[inline(always)]
    fn apply<T: Real>(
        [minus, plus, start, min, max]: &[T; 5],
        At { g, .. }: At<T>,
        [p, s]: &mut [T; 2],
    ) -> T {
        let (zero, one) = (g.like(0.0), g.like(1.0));
        // Of the signs, for the product of small gradients may vanish.
        let agreement = g.sign() * p.sign();
        let factor = agreement.if_less(zero, *minus, zero.if_less(agreement, *plus, one));
        *s = ((*s + *start) * factor).max(*min).min(*max);
        *p = agreement.if_less(zero, zero, g);
        *s * p.sign()
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "rprop",
    family: "sign",
    summary: "a step per coordinate that grows while the gradient's sign stays; for whole-batch gradients",
    source: "Riedmiller & Braun, 1993; Igel & Hüsken, \"Improving the Rprop Learning Algorithm\", 2000",
    usual_learning_rate: HALF_DECADE * 1e-3,
    choices: &[],
    build: |_| Chain::from(WeightDecay::new()).then(Rprop::new()),
}];

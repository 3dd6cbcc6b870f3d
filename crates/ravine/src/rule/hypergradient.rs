//! Hypergradient descent.

use super::{Adam, At, Measure, Rule, Step, TERMS, WeightDecay};
use crate::Chain;
use crate::catalogue::{Choice, HALF_DECADE, Recipe, TRUE_FALSE};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// Hypergradient descent: the learning rate goes down its own gradient, whatever rule stands before.
    ///
    /// ```text
    /// h = ⟨∇f, d⟩                      over all parameters; d was the direction in the step before
    /// α ← α + βh                       or, multiplicative: α ← α(1 + βh / (‖∇f‖‖d‖))
    /// d = g
    /// u = αd
    /// ```
    /// It stands in the place of the learning rate; g is the direction that the rules before it give. As x = x′ − αd, −h is the
    /// derivative of the loss with respect to α. α begins at η. Should η be a schedule, α = η + δ or α = ηρ, with δ or ρ − 1
    /// learnt and remembered as `adaptation`. The loss is the caller's: decay that stands before is part of the direction,
    /// not of the loss. α may become negative, as in the paper, if β is too large.
    ///
    /// When one would use it: to mend a learning rate that is off by some factor, for the price of one array. The additive β
    /// depends on the size of gradients; the multiplicative does not.
    ///
    /// Source: Baydin et al., "Online Learning Rate Adaptation with Hypergradient Descent", ICLR 2018, equations 5 and 7,
    /// algorithms 4 and 5.
    Hypergradient {
        /// η, the first learning rate, or a schedule
        lr: 1e-3, Range::NON_NEGATIVE;
        /// β, the learning rate of the learning rate
        hypergrad_lr: 1e-3, Range::NON_NEGATIVE;
        with
        /// change α by factors
        multiplicative: bool = false;
    }
}

impl Rule for Hypergradient {
    const NAME: &'static str = "hypergradient";
    const STATE: &'static [&'static str] = &["direction"];
    const CONSTANTS: &'static [&'static str] = &["α"];
    const MEASURE: Measure = Measure::GlobalSums;
    const SUMS: &'static [&'static str] = &["h", "‖∇f‖²", "‖d‖²"];
    const MEMORY: &'static [&'static str] = &["adaptation"];
    const READS_GRADIENT: bool = true;
    type State<T> = [T; 1];
    type Constants<T> = [T; 1];

    fn constants(&self, step: &Step) -> [f64; 1] {
        let lr = step.value(&self.lr);
        let adaptation = step.memory[0];
        [if self.multiplicative {
            lr + lr * adaptation
        } else {
            lr + adaptation
        }]
    }

    #[inline(always)]
    fn apply<T: Real>([alpha]: &[T; 1], At { g, .. }: At<T>, [direction]: &mut [T; 1]) -> T {
        *direction = g;
        *alpha * g
    }

    #[inline(always)]
    fn terms<T: Real>(_: &[T; 1], At { gradient, .. }: At<T>, [d]: &[T; 1]) -> [T; TERMS] {
        [
            gradient * *d,
            gradient * gradient,
            *d * *d,
            gradient.like(0.0),
        ]
    }

    fn remember(&self, step: &Step, memory: &mut [f64]) {
        let [h, g_square, d_square, _] = step.sums;
        let beta = step.value(&self.hypergrad_lr);
        if !self.multiplicative {
            memory[0] += beta * h;
        } else if g_square > 0.0 && d_square > 0.0 {
            let cosine = h / (g_square.sqrt() * d_square.sqrt());
            memory[0] += (1.0 + memory[0]) * beta * cosine;
        }
    }
}

const MULTIPLICATIVE: Choice = Choice {
    name: "multiplicative",
    words: TRUE_FALSE,
    doc: "change the learning rate by factors, by the cosine instead of the product",
};

/// The last link, with β as it suits the form.
fn learnt(lr: f64, additive: f64, multiplicative: bool) -> Hypergradient {
    Hypergradient::new()
        .lr(lr)
        .hypergrad_lr(if multiplicative { 0.02 } else { additive })
        .multiplicative(multiplicative)
}

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "hypergradient-sgd",
        family: "learning-rate-free",
        summary: "SGD that learns its learning rate by the product of successive gradients",
        source: "Baydin et al., \"Online Learning Rate Adaptation with Hypergradient Descent\", ICLR 2018",
        usual_learning_rate: 0.1,
        choices: &[MULTIPLICATIVE],
        build: |choices| {
            let factors = choices.is("multiplicative", "true");
            Chain::from(WeightDecay::new()).then(learnt(1e-3, 1e-3, factors))
        },
    },
    Recipe {
        name: "hypergradient-adam",
        family: "learning-rate-free",
        summary: "Adam that learns its learning rate by the product of gradient and last update",
        source: "Baydin et al., \"Online Learning Rate Adaptation with Hypergradient Descent\", ICLR 2018",
        usual_learning_rate: HALF_DECADE * 1e-3,
        choices: &[MULTIPLICATIVE],
        build: |choices| {
            let factors = choices.is("multiplicative", "true");
            Chain::from(Adam::new())
                .then(WeightDecay::new())
                .then(learnt(1e-3, 1e-7, factors))
        },
    },
];

//! Where the optimiser stands, for one parameter.

use crate::hyper::Hyper;

/// How many sums a rule may ask for: see [`Rule::terms`](super::Rule::terms).
pub const TERMS: usize = 4;

/// Where the optimiser stands, for one parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step<'a> {
    /// Steps of the optimiser, counted from 0: what schedules are functions of.
    pub index: u64,
    /// Updates of this parameter, this one included, so at least 1: what bias corrections are functions of. It
    /// stays behind where gradients were missing.
    pub updates: u64,
    /// The norm that [`Rule::MEASURE`](super::Rule::MEASURE) asked for; NaN where it asked for none.
    pub norm: f64,
    /// The sums that [`Rule::terms`](super::Rule::terms) ask for; NaN where they ask for none, or are not made yet.
    pub sums: [f64; TERMS],
    /// How many coordinates the norm or the sums go over; 0 where there are none.
    pub elements: usize,
    /// The rule's own numbers: see [`Rule::MEMORY`](super::Rule::MEMORY).
    pub memory: &'a [f64],
    /// The chain's learning rate at this step, that of the parameter's groups; NaN for a chain without one.
    pub learning_rate: f64,
    /// The loss that the caller gave for this step; NaN if none.
    pub loss: f64,
    /// Whether the caller gave an estimate of the Hessian's diagonal for this parameter.
    pub has_hessian: bool,
}

impl Step<'_> {
    /// The hyper-parameter's value at this step.
    #[must_use]
    pub fn value(&self, hyper: &Hyper) -> f64 {
        hyper.at(self.index)
    }

    /// The chain's learning rate, or 1 for a chain without one: what the update will be multiplied by.
    #[must_use]
    pub fn rate(&self) -> f64 {
        if self.learning_rate.is_nan() {
            1.0
        } else {
            self.learning_rate
        }
    }

    /// `1 − βⁿ` after n updates: the sum of the weights that an average with decay rate β, begun at zero, has given. For a
    /// β that is scheduled it is that of its present value, as in the other libraries, and then an approximation.
    #[must_use]
    pub fn bias_correction(&self, beta: f64) -> f64 {
        1.0 - power(beta, self.updates)
    }

    /// Whether the norm or the sums that the rule asked for are known.
    #[must_use]
    pub fn is_measured(&self) -> bool {
        self.elements > 0
    }

    /// Whether this is the parameter's first update.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.updates == 1
    }
}

/// `baseⁿ` by repeated squaring: the same bits on every platform, unlike `powf`.
#[must_use]
pub fn power(mut base: f64, mut exponent: u64) -> f64 {
    let mut result = 1.0;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result *= base;
        }
        base *= base;
        exponent >>= 1;
    }
    result
}

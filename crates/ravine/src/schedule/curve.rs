//! How a schedule moves from one value to another.

use std::f64::consts::FRAC_PI_2;

/// The way from one value to another; `x` goes from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    /// `from + (to − from) · x`
    Linear,
    /// `to + (from − to) · (1 + cos(π x)) / 2`: slow at both ends.
    Cosine,
    /// `to + (from − to) · (1 − √x)`: fast at first (Hägele et al. 2024, [arXiv:2405.18392](https://arxiv.org/abs/2405.18392)).
    Sqrt,
}

impl Curve {
    /// Every curve.
    pub const ALL: [Self; 3] = [Self::Linear, Self::Cosine, Self::Sqrt];

    /// Its name in the text form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Cosine => "cosine",
            Self::Sqrt => "sqrt",
        }
    }

    /// The value on the way `from` one value `to` another.
    pub(super) fn between(self, from: f64, to: f64, progress: Progress) -> f64 {
        let Progress { done, left } = progress;
        match self {
            Self::Linear => mix(from, left, to, done),
            // 1 + cos cancels near the end; squared sines of either part do not.
            Self::Cosine => mix(
                from,
                square(libm::sin(FRAC_PI_2 * left)),
                to,
                square(libm::sin(FRAC_PI_2 * done)),
            ),
            Self::Sqrt => mix(from, left / (1.0 + done.sqrt()), to, done.sqrt()),
        }
    }
}

/// How much of a stretch is done and how much is left; each computed by itself, so that neither cancels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Progress {
    pub(super) done: f64,
    pub(super) left: f64,
}

impl Progress {
    /// All of it is done from step `steps` on.
    pub(super) fn new(step: u64, steps: u64) -> Self {
        if step >= steps {
            return Self {
                done: 1.0,
                left: 0.0,
            };
        }
        Self {
            done: step as f64 / steps as f64,
            left: (steps - step) as f64 / steps as f64,
        }
    }
}

/// The weighted mean of two values, for weights that add up to 1: each end exact, and never outside the two.
pub(super) fn mix(from: f64, of_from: f64, to: f64, of_to: f64) -> f64 {
    if of_to <= 0.0 || from == to {
        return from;
    }
    if of_from <= 0.0 {
        return to;
    }
    // Starting from the smaller value keeps its digits when the other has faded.
    let (base, other, weight) = if from.abs() <= to.abs() {
        (from, to, of_to)
    } else {
        (to, from, of_from)
    };
    let way = other - base;
    let value = if way.is_finite() {
        base + way * weight
    } else {
        base * (1.0 - weight) + other * weight
    };
    value.clamp(from.min(to), from.max(to))
}

fn square(value: f64) -> f64 {
    value * value
}

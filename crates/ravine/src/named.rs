//! The named optimisers: each a tuple of rules, so its definition reads as its meaning.

use crate::Hyper;
use crate::rule::{Adagrad, Adam, LearningRate, Lion, Momentum, Nesterov, RmsProp, WeightDecay};

/// AdamW: Adam, then decoupled weight decay, then the learning rate. One pass over memory.
pub type AdamW = (Adam, (WeightDecay, LearningRate));

fn rate(lr: impl Into<Hyper>) -> LearningRate {
    LearningRate::new().lr(lr)
}

/// Stochastic gradient descent: `x ← x − ηg`.
#[must_use]
pub fn sgd(lr: impl Into<Hyper>) -> LearningRate {
    rate(lr)
}

/// Heavy-ball [`Momentum`] with β = 0.9.
#[must_use]
pub fn momentum(lr: impl Into<Hyper>) -> (Momentum, LearningRate) {
    (Momentum::new(), rate(lr))
}

/// [`Nesterov`] momentum with β = 0.9.
#[must_use]
pub fn nesterov(lr: impl Into<Hyper>) -> (Nesterov, LearningRate) {
    (Nesterov::new(), rate(lr))
}

/// [`Adagrad`] with PyTorch's defaults.
#[must_use]
pub fn adagrad(lr: impl Into<Hyper>) -> (Adagrad, LearningRate) {
    (Adagrad::new(), rate(lr))
}

/// [`RmsProp`] with PyTorch's defaults.
#[must_use]
pub fn rmsprop(lr: impl Into<Hyper>) -> (RmsProp, LearningRate) {
    (RmsProp::new(), rate(lr))
}

/// [`Adam`] with PyTorch's defaults.
#[must_use]
pub fn adam(lr: impl Into<Hyper>) -> (Adam, LearningRate) {
    (Adam::new(), rate(lr))
}

/// AdamW with PyTorch's defaults: weight decay 0.01, times the learning rate.
#[must_use]
pub fn adamw(lr: impl Into<Hyper>) -> AdamW {
    (
        Adam::new(),
        (WeightDecay::new().weight_decay(0.01), rate(lr)),
    )
}

/// [`Lion`] with the paper's decay rates.
#[must_use]
pub fn lion(lr: impl Into<Hyper>) -> (Lion, LearningRate) {
    (Lion::new(), rate(lr))
}

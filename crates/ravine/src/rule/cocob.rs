//! Continuous coin betting.

use super::{At, Initial, Rule, Step};
use crate::catalogue::{Recipe, coupled};
use crate::{Real, hyper, hyper::Range};

hyper! {
    /// COCOB-Backprop: each coordinate bets on the sign of its next gradient, with a fraction of what it has won.
    ///
    /// ```text
    /// L ← max(L, |g|)                 the largest gradient
    /// G ← G + |g|
    /// R ← max(R − g(x − x₀), 0)       what was won
    /// θ ← θ − g
    /// w = x₀ + θ / (L max(G + L, αL)) · (L + R)
    /// u = x − w
    /// ```
    /// All coordinate by coordinate. A learning rate behind it moves the parameter only part of the way from x to w, so that a
    /// schedule can bring it to rest. α keeps the first bets small: a coordinate moves by about 1/α at first.
    ///
    /// When one would use it: where nothing is known of the scale of anything, with five arrays of memory to spare.
    ///
    /// Source: Orabona & Tommasi, "Training Deep Networks without Learning Rates Through Coin Betting", NeurIPS 2017,
    /// algorithm 2 (which writes g for the negative gradient). The paper begins L at 0; ε, as in Optax, keeps a coordinate
    /// without gradients from dividing by it.
    Cocob {
        /// α: the fraction of the first bets is at most 1/α
        alpha: 100.0, Range::POSITIVE;
        /// what L begins with
        eps: 1e-8, Range::POSITIVE;
    }
}

impl Rule for Cocob {
    const NAME: &'static str = "cocob";
    const STATE: &'static [&'static str] =
        &["x0", "max_grad", "abs_grad_sum", "reward", "neg_grad_sum"];
    const CONSTANTS: &'static [&'static str] = &["α"];
    type State<T> = [T; 5];
    type Constants<T> = [T; 1];

    fn constants(&self, step: &Step) -> [f64; 1] {
        [step.value(&self.alpha)]
    }

    #[inline(always)]
    fn apply<T: Real>(
        [alpha]: &[T; 1],
        At { x, g, .. }: At<T>,
        [x0, largest, total, reward, theta]: &mut [T; 5],
    ) -> T {
        let bet = x - *x0;
        *largest = largest.max(g.abs());
        *total = *total + g.abs();
        *reward = (*reward - g * bet).max(g.like(0.0));
        *theta = *theta - g;
        let fraction = *theta / (*largest * (*total + *largest).max(*alpha * *largest));
        bet - fraction * (*largest + *reward)
    }

    fn initial(&self, state: usize) -> Initial {
        match state {
            0 => Initial::Parameter,
            1 => Initial::Constant(self.eps.at(0)),
            _ => Initial::Constant(0.0),
        }
    }
}

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "cocob",
    family: "learning-rate-free",
    summary: "each coordinate bets what it has won on the sign of its next gradient",
    source: "Orabona & Tommasi, \"Training Deep Networks without Learning Rates Through Coin Betting\", NeurIPS 2017",
    usual_learning_rate: 1.0,
    choices: &[],
    build: |_| coupled(Cocob::new(), 1.0),
}];

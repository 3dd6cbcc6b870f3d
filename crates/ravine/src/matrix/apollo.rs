//! APOLLO.

use super::algebra::{Matrix, frobenius_norm};
use super::fold::{COUNT, Fold, LAYOUT, by_rank, layout, product};
use super::noise::normal_matrix;
use crate::Scalar;
use crate::catalogue::{Recipe, decoupled};
use crate::rule::{self, Adam, Array, Layout, Step, Tensor, Whole};
use crate::storage::key;
use crate::{Chain, hyper, hyper::Range};

hyper! {
    /// APOLLO: the gradient, each of its channels scaled as Adam scales a random projection of it.
    ///
    /// ```text
    /// every T updates: P ← r random rows, N(0, 1/r)
    /// r' = Pg      (gPᵀ where g has more rows than columns)
    /// m ← β₁m + (1 − β₁)r'      v ← β₂v + (1 − β₂)r'²      r̃ = m̂/(√v̂ + ε)
    /// s_j = ‖r̃_j‖/‖r'_j‖ for each column j (row, where there are more of them); or one s = ‖r̃‖/‖r'‖ for all
    /// u = α·s·g, shortened to γ times the last update's norm
    /// ```
    /// For m × n, with m ≤ n, it keeps 2n·r + 1 numbers instead of 2mn: P is made anew in every step, a function of the
    /// seed, the parameter's name and the projection's number, the same on any number of threads and after loading.
    /// APOLLO-Mini is r = 1, one s, α = √128, for states as small as SGD's.
    ///
    /// Source: Zhu et al., "APOLLO: SGD-like Memory, AdamW-level Performance", MLSys 2025, algorithm 1; the bound on the
    /// norm's growth is Fira's (Chen et al., 2024). It is not the Apollo of Ma, 2020.
    Apollo {
        /// decay rate β₁ of the average of the projection
        beta1: 0.9, Range::DECAY_RATE;
        /// decay rate β₂ of the average of its square
        beta2: 0.999, Range::DECAY_RATE;
        /// ε, added to √v̂
        eps: 1e-8, Range::NON_NEGATIVE;
        /// rank r of the projection
        rank: 256.0, COUNT;
        /// updates T from one projection to the next
        projection_gap: 200.0, COUNT;
        /// factor α of the updates
        scale: 1.0, Range::NON_NEGATIVE;
        /// bound γ on the growth of the update's norm in a step; ∞ for none
        growth: 1.01, Range::BOUND;
        /// seed of the projections, a whole number
        projection_seed: 0.0, Range::NON_NEGATIVE;
        with
        /// what has a scale of its own
        scaling: Scaling = Scaling::Channel;
        /// where a weight has its outputs
        layout: Layout = Layout::OutIn;
    }
}

/// What has a scale of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scaling {
    /// Each column of a matrix, or each row where there are more of them.
    Channel,
    /// The tensor as a whole.
    Tensor,
}

impl Whole for Apollo {
    const NAME: &'static str = "apollo";
    const STATE: &'static [&'static str] = &["exp_avg", "exp_avg_sq", "update_norm"];
    const FORMULA: &'static str = "every T updates: P ← r random rows
r ← P g
exp_avg ← β₁·exp_avg + (1 − β₁)·r
exp_avg_sq ← β₂·exp_avg_sq + (1 − β₂)·r²
s ← ‖exp_avg/(1 − β₁ⁿ) / (√(exp_avg_sq/(1 − β₂ⁿ)) + ε)‖ / ‖r‖, column by column
u ← s·g
u ← α·u·min(1, γ·update_norm/‖u‖)
update_norm ← ‖u‖/α";

    fn array(&self, state: usize, shape: &[usize]) -> Option<Array> {
        let fold = Fold::of(self.layout, shape);
        let (short, long) = (fold.rows.min(fold.cols), fold.rows.max(fold.cols));
        let rank = rank(self.rank.at(0), short);
        Some(match (state, fold.rows > fold.cols) {
            (2, _) => Array::zeros(&[1]),
            (_, true) => Array::zeros(&[long, rank]),
            (_, false) => Array::zeros(&[rank, long]),
        })
    }

    fn update<T: Scalar>(&self, step: &Step, tensor: Tensor<'_, T>) -> Result<(), String> {
        let fold = Fold::of(self.layout, tensor.shape);
        let (moments, norms) = tensor.states.split_at_mut(2);
        let [last] = norms else {
            return Err("apollo has lost its states".into());
        };
        let tall = fold.rows > fold.cols;
        let (short, long) = (fold.rows.min(fold.cols), fold.rows.max(fold.cols));
        let rank = rank(self.rank.at(0), short);
        let gap = (step.value(&self.projection_gap) as u64).max(1);
        let seed = step.value(&self.projection_seed) as u64;
        let key = key(seed, (step.updates - 1) / gap, tensor.name, Self::NAME);
        let p = normal_matrix(key, rank, short, 1.0 / (rank as f64).sqrt());
        let low = {
            let (g, p) = (fold.read(tensor.u)?, Matrix::new(&p, rank, short)?);
            if tall { product(g, p.transposed())? } else { product(p, g)? }
        };
        let mut scaled = low.clone();
        let adam = Adam::new()
            .beta1(self.beta1.clone())
            .beta2(self.beta2.clone())
            .eps(self.eps.clone());
        rule::run(&adam, step, &mut scaled, moments)?;

        let ratio = |(scaled, low): (f64, f64)| if low > 0.0 { scaled / low } else { 0.0 };
        let factors: Vec<f64> = match self.scaling {
            Scaling::Tensor => vec![ratio((frobenius_norm(&scaled), frobenius_norm(&low))); long],
            Scaling::Channel => {
                let (before, after) = (channels(&low, long, tall), channels(&scaled, long, tall));
                after.into_iter().zip(before).map(ratio).collect()
            }
        };
        for (i, row) in tensor.u.chunks_exact_mut(fold.cols.max(1)).enumerate() {
            for (j, u) in row.iter_mut().enumerate() {
                let factor = factors[if tall { i } else { j }];
                *u = *u * T::from_f64(factor);
            }
        }

        let norm = frobenius_norm(tensor.u);
        let Some(last) = last.first_mut() else {
            return Err("apollo has lost its states".into());
        };
        let bound = step.value(&self.growth) * last.to_f64();
        let shortening = if bound > 0.0 && norm > bound { bound / norm } else { 1.0 };
        if norm > 0.0 {
            *last = T::from_f64(norm * shortening);
        }
        let factor = T::from_f64(shortening * step.value(&self.scale));
        fold.write(tensor.u)?.scale(factor);
        Ok(())
    }
}

/// The rank of a projection of so many rows or columns.
fn rank(wanted: f64, short: usize) -> usize {
    (wanted as usize).clamp(1, short.max(1))
}

/// The norms of the columns of a matrix with `long` columns, or of the rows of one with `long` rows.
fn channels<T: Scalar>(a: &[T], long: usize, rows: bool) -> Vec<f64> {
    let mut sums = vec![0.0; long];
    let rank = (a.len() / long.max(1)).max(1);
    for (k, x) in a.iter().enumerate() {
        sums[if rows { k / rank } else { k % long }] += x.to_f64() * x.to_f64();
    }
    sums.into_iter().map(f64::sqrt).collect()
}

crate::whole!(Apollo);

fn recipe(apollo: Apollo, layout: Layout) -> Chain {
    decoupled(by_rank(apollo.layout(layout), Adam::new()), 0.0, 1e-2)
}

const SOURCE: &str =
    "Zhu et al., \"APOLLO: SGD-like Memory, AdamW-level Performance\", MLSys 2025";

pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "apollo",
        family: "matrix",
        summary: "the gradient, each channel scaled as Adam scales a random projection; Adam for vectors",
        source: SOURCE,
        usual_learning_rate: 1e-2,
        choices: &[LAYOUT],
        build: |choices| recipe(Apollo::new(), layout(choices)),
    },
    Recipe {
        name: "apollo-mini",
        family: "matrix",
        summary: "APOLLO with a projection to one row and one scale a matrix; Adam for vectors",
        source: SOURCE,
        usual_learning_rate: 1e-2,
        choices: &[LAYOUT],
        build: |choices| {
            let mini = Apollo::new()
                .rank(1.0)
                .scaling(Scaling::Tensor)
                .scale(128_f64.sqrt());
            recipe(mini, layout(choices))
        },
    },
];

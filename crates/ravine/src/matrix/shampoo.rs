//! Shampoo.

use rayon::prelude::*;

use super::algebra::{
    AlgebraError, Matrix, MatrixMut, frobenius_norm, gram, inverse_root, inverse_root_relative,
};
use super::fold::{COUNT, Fold, LAYOUT, between, by_rank, identity, layout};
use crate::catalogue::{Choice, HALF_DECADE, Recipe, decoupled};
use crate::rule::{self, Adagrad, Adam, Array, Layout, Momentum, Step, Tensor, Whole};
use crate::{Chain, Scalar, hyper, hyper::Range};

hyper! {
    /// Shampoo: a gradient between the inverse fourth roots of the sums of its rows' and its columns' products.
    ///
    /// ```text
    /// L ← βL + (1 − β)ggᵀ      R ← βR + (1 − β)gᵀg      (β = 1: plain sums, L + ggᵀ)
    /// d = (L + ε)^(−1/4) g (R + ε)^(−1/4)
    /// u = d·‖γ‖/‖d‖
    /// ```
    /// γ is the update of a simpler method, whose size is *grafted* on d: see [`Graft`]. A matrix larger than `block_size` is cut
    /// into blocks, each with its own L and R. The roots are computed in update number `start_preconditioning_step` and every f
    /// updates from there; before it u = γ. Where a root cannot be computed, the last one stays (at first, the identity).
    ///
    /// β, the blocks, grafting and the ε that is relative to the largest eigenvalue are Anil's; Gupta's form is β = 1, no
    /// grafting, an absolute ε, roots in every update. Tensors of higher rank are matrices here, so the roots are always
    /// fourth roots; Gupta's order-k tensor has k factors with 2k-th roots. Anil's ε is 1e-6, but sums in f32 do not tell
    /// eigenvalues below about 1e-7 of the largest from rounding errors, and the roots' smallest directions are made of them.
    ///
    /// Source: Gupta, Koren & Singer, "Shampoo: Preconditioned Stochastic Tensor Optimization", ICML 2018, algorithm 1;
    /// Anil, Gupta, Koren, Regan & Singer, "Scalable Second Order Optimization for Deep Learning", 2020.
    Shampoo {
        /// decay rate β of L and R; 1 for sums
        shampoo_beta: 0.999, Range::FRACTION;
        /// ε of the roots
        matrix_eps: 1e-5, Range::NON_NEGATIVE;
        /// decay rate of the squares in the grafted RMSProp
        beta2: 0.999, Range::DECAY_RATE;
        /// ε of the grafted Adagrad or RMSProp
        eps: 1e-8, Range::NON_NEGATIVE;
        /// longest side of a block
        block_size: 1024.0, COUNT;
        /// updates f from one computation of the roots to the next
        precondition_frequency: 10.0, COUNT;
        /// the update that computes the first roots
        start_preconditioning_step: 10.0, COUNT;
        with
        /// whose size the update has
        graft: Graft = Graft::RmsProp;
        /// what ε is measured in
        ridge: Ridge = Ridge::Relative;
        /// where a weight has its outputs
        layout: Layout = Layout::OutIn;
    }
}

/// The method whose updates' size Shampoo's updates have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Graft {
    /// None: the size is what the roots make it.
    Nothing,
    /// The gradient's.
    Sgd,
    /// [`Adagrad`]'s.
    Adagrad,
    /// RMSProp's with bias correction, which is [`Adam`]'s with β₁ = 0; without it the first steps would be 30 times as long.
    RmsProp,
}

/// What the ε of Shampoo's roots is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ridge {
    /// The largest eigenvalue.
    Relative,
    /// One: it has the unit of a squared gradient.
    Absolute,
}

impl Shampoo {
    /// γ, in place of the gradient.
    fn grafted<T: Scalar>(
        &self,
        step: &Step,
        u: &mut [T],
        squares: &mut Vec<T>,
    ) -> Result<(), String> {
        match self.graft {
            Graft::Nothing | Graft::Sgd => Ok(()),
            Graft::Adagrad => {
                let adagrad = Adagrad::new().eps(self.eps.clone());
                rule::run(&adagrad, step, u, std::slice::from_mut(squares))
            }
            Graft::RmsProp => {
                // With β₁ = 0 the average is the gradient, and need not be kept.
                let mut states = [vec![T::from_f64(0.0); u.len()], std::mem::take(squares)];
                let done = rule::run(&self.rmsprop(), step, u, &mut states);
                [_, *squares] = states;
                done
            }
        }
    }

    /// RMSProp with bias correction.
    fn rmsprop(&self) -> Adam {
        let (beta2, eps) = (self.beta2.clone(), self.eps.clone());
        Adam::new().beta1(0.0).beta2(beta2).eps(eps)
    }

    fn blocks(&self, fold: Fold) -> Vec<Span> {
        let side = (self.block_size.at(0) as usize).max(1);
        let starts = |len: usize| (0..len).step_by(side);
        let end = |start: usize, len: usize| (start + side).min(len);
        let rows = starts(fold.rows).map(|row| (row, end(row, fold.rows)));
        rows.flat_map(|rows| starts(fold.cols).map(move |col| (rows, (col, end(col, fold.cols)))))
            .map(|(rows, cols)| Span { rows, cols })
            .collect()
    }

    fn root<T: Scalar>(&self, a: &[T], n: usize, eps: f64) -> Result<Vec<T>, AlgebraError> {
        let a = Matrix::new(a, n, n)?;
        match self.ridge {
            Ridge::Relative => inverse_root_relative(a, 4.0, eps),
            Ridge::Absolute => inverse_root(a, 4.0, eps),
        }
    }
}

/// Where a block lies in its matrix.
#[derive(Clone, Copy)]
struct Span {
    rows: (usize, usize),
    cols: (usize, usize),
}

impl Span {
    fn height(&self) -> usize {
        self.rows.1 - self.rows.0
    }

    fn width(&self) -> usize {
        self.cols.1 - self.cols.0
    }

    /// The block's part of row `row` of a matrix with so many columns.
    fn part(&self, row: usize, cols: usize) -> std::ops::Range<usize> {
        let from = (self.rows.0 + row) * cols;
        from + self.cols.0..from + self.cols.1
    }
}

impl Whole for Shampoo {
    const NAME: &'static str = "shampoo";
    const STATE: &'static [&'static str] = &[
        "graft_square",
        "statistics_left",
        "statistics_right",
        "root_left",
        "root_right",
    ];
    const FORMULA: &'static str = "statistics_left ← β·statistics_left + (1 − β)·g gᵀ
statistics_right ← β·statistics_right + (1 − β)·gᵀ g
every f updates: root ← (statistics + ε)^(−1/4)
d ← root_left g root_right
u ← d·‖graft(g)‖/‖d‖";

    fn array(&self, state: usize, shape: &[usize]) -> Option<Array> {
        let squares = matches!(self.graft, Graft::Adagrad | Graft::RmsProp);
        if state == 0 {
            return squares.then(|| Array::zeros(shape));
        }
        let blocks = self.blocks(Fold::of(self.layout, shape));
        let left = state == 1 || state == 3;
        let orders: Vec<usize> = blocks
            .iter()
            .map(|b| if left { b.height() } else { b.width() })
            .collect();
        // Blocks of one size stand in one array behind each other; those of several sizes are a flat one.
        let first = orders.first().copied().unwrap_or(0);
        Some(if orders.iter().all(|order| *order == first) {
            Array::zeros(&[orders.len(), first, first])
        } else {
            Array::zeros(&[orders.iter().map(|order| order * order).sum()])
        })
    }

    fn update<T: Scalar>(&self, step: &Step, tensor: Tensor<'_, T>) -> Result<(), String> {
        let fold = Fold::of(self.layout, tensor.shape);
        let gradient = tensor.u.to_vec();
        let [squares, left, right, left_root, right_root] = tensor.states else {
            return Err("shampoo has lost its states".into());
        };
        self.grafted(step, tensor.u, squares)?;

        let spans = self.blocks(fold);
        let (mut left, mut left_root) = (left.as_mut_slice(), left_root.as_mut_slice());
        let (mut right, mut right_root) = (right.as_mut_slice(), right_root.as_mut_slice());
        let mut blocks = Vec::with_capacity(spans.len());
        for span in spans {
            let (height, width) = (span.height(), span.width());
            let rows = (0..height).flat_map(|row| &gradient[span.part(row, fold.cols)]);
            blocks.push(Part {
                span,
                g: rows.copied().collect(),
                left: Side::cut(&mut left, &mut left_root, height)?,
                right: Side::cut(&mut right, &mut right_root, width)?,
            });
        }

        let beta = step.value(&self.shampoo_beta);
        let begun = step.updates.checked_sub(step.value(&self.start_preconditioning_step) as u64);
        let frequency = (step.value(&self.precondition_frequency) as u64).max(1);
        let due = begun.is_some_and(|since| since.is_multiple_of(frequency));
        let eps = step.value(&self.matrix_eps);
        let results: Vec<Result<(), AlgebraError>> = blocks
            .par_iter_mut()
            .map(|part| {
                let (height, width) = (part.span.height(), part.span.width());
                let g = Matrix::new(&part.g, height, width)?;
                part.left.gather(g, beta)?;
                part.right.gather(g.transposed(), beta)?;
                if begun.is_none() {
                    return Ok(());
                }
                let (left, right) = (&mut part.left, &mut part.right);
                let roots = rayon::join(
                    || left.refresh(due, |a, n| self.root(a, n, eps)),
                    || right.refresh(due, |a, n| self.root(a, n, eps)),
                );
                let block = Fold {
                    rows: height,
                    cols: width,
                    ..fold
                };
                between(&mut part.g, block, Some(left.root()?), Some(right.root()?))?;
                roots.0.and(roots.1)
            })
            .collect();
        if begun.is_none() {
            return Ok(results.into_iter().collect::<Result<(), _>>()?);
        }

        let size = frobenius_norm(tensor.u);
        for part in &blocks {
            for (row, d) in part.g.chunks_exact(part.span.width()).enumerate() {
                tensor.u[part.span.part(row, fold.cols)].copy_from_slice(d);
            }
        }
        let made = frobenius_norm(tensor.u);
        if self.graft != Graft::Nothing && made > 0.0 {
            fold.write(tensor.u)?.scale(T::from_f64(size / made));
        }
        Ok(results.into_iter().collect::<Result<(), _>>()?)
    }
}

/// A block of the gradient, which becomes that of the direction.
struct Part<'a, T> {
    span: Span,
    g: Vec<T>,
    left: Side<'a, T>,
    right: Side<'a, T>,
}

/// The statistics of a block's rows or columns, and their root.
struct Side<'a, T> {
    order: usize,
    statistics: &'a mut [T],
    root: &'a mut [T],
}

impl<'a, T: Scalar> Side<'a, T> {
    /// The next block's part of the arrays.
    fn cut(
        statistics: &mut &'a mut [T],
        roots: &mut &'a mut [T],
        order: usize,
    ) -> Result<Self, String> {
        let len = order * order;
        let next = |array: &mut &'a mut [T]| {
            let (part, rest) = std::mem::take(array).split_at_mut_checked(len)?;
            *array = rest;
            Some(part)
        };
        match (next(statistics), next(roots)) {
            (Some(statistics), Some(root)) => Ok(Self {
                order,
                statistics,
                root,
            }),
            _ => Err("the states are of another block size; the update is the grafted one".into()),
        }
    }

    fn gather(&mut self, g: Matrix<'_, T>, beta: f64) -> Result<(), AlgebraError> {
        let new = if beta == 1.0 { 1.0 } else { 1.0 - beta };
        let statistics = MatrixMut::new(self.statistics, self.order, self.order)?;
        gram(statistics, T::from_f64(new), g, T::from_f64(beta))
    }

    /// Computes the root if that is due, or there is none.
    fn refresh(
        &mut self,
        due: bool,
        root: impl FnOnce(&[T], usize) -> Result<Vec<T>, AlgebraError>,
    ) -> Result<(), AlgebraError> {
        let zero = T::from_f64(0.0);
        let missing = self.root.iter().all(|x| *x == zero);
        if !due && !missing {
            return Ok(());
        }
        match root(self.statistics, self.order) {
            Ok(root) => self.root.copy_from_slice(&root),
            Err(error) => {
                if missing {
                    self.root.copy_from_slice(&identity(self.order));
                }
                return Err(error);
            }
        }
        Ok(())
    }

    fn root(&self) -> Result<Matrix<'_, T>, AlgebraError> {
        Matrix::new(self.root, self.order, self.order)
    }
}

crate::whole!(Shampoo);

const GRAFT: Choice = Choice {
    name: "graft",
    words: &["rmsprop", "adagrad", "sgd", "none"],
    doc: "whose size the updates have; vectors are left to it as a whole",
};

const RIDGE: Choice = Choice {
    name: "ridge",
    words: &["relative", "absolute"],
    doc: "ε of the roots as a multiple of the largest eigenvalue, or as it is",
};

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "shampoo",
    family: "matrix",
    summary: "gradients between the inverse fourth roots of their rows' and columns' products, by blocks",
    source: "Gupta, Koren & Singer, \"Shampoo\", ICML 2018; Anil et al., \"Scalable Second Order Optimization\", 2020",
    usual_learning_rate: HALF_DECADE * 1e-3,
    choices: &[GRAFT, RIDGE, LAYOUT],
    build: |choices| {
        let shampoo = Shampoo::new();
        let (graft, vectors) = if choices.is("graft", "none") {
            (Graft::Nothing, Chain::default())
        } else if choices.is("graft", "sgd") {
            (Graft::Sgd, Chain::default())
        } else if choices.is("graft", "adagrad") {
            let adagrad = Adagrad::new().eps(shampoo.eps.clone());
            (Graft::Adagrad, Chain::from(adagrad))
        } else {
            (Graft::RmsProp, Chain::from(shampoo.rmsprop()))
        };
        let ridge = if choices.is("ridge", "absolute") {
            Ridge::Absolute
        } else {
            Ridge::Relative
        };
        let shampoo = shampoo.graft(graft).ridge(ridge).layout(layout(choices));
        decoupled(by_rank(shampoo, vectors).then(Momentum::new()), 0.0, 1e-3)
    },
}];

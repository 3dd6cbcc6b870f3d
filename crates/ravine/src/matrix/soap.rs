//! SOAP.

use super::algebra::{AlgebraError, Matrix, MatrixMut, gram, ordered_iteration, symmetric_eigen};
use super::fold::{COUNT, Fold, LAYOUT, between, by_rank, identity, layout};
use crate::Scalar;
use crate::catalogue::{HALF_DECADE, Recipe, decoupled};
use crate::rule::{self, Adam, Array, Layout, Step, Tensor, Whole};
use crate::{hyper, hyper::Range};

hyper! {
    /// SOAP: Adam in the slowly turning eigenbasis of Shampoo's preconditioner.
    ///
    /// ```text
    /// g' = Q_Lᵀ g Q_R
    /// m' ← β₁m' + (1 − β₁)g'        v' ← β₂v' + (1 − β₂)g'²
    /// u = Q_L (m̂' / (√v̂' + ε)) Q_Rᵀ
    /// L ← βL + (1 − β)ggᵀ           R ← βR + (1 − β)gᵀg
    /// every f updates: Q_L ← QR(L Q_L), Q_R ← QR(R Q_R), by descending eigenvalues; m' turns with the basis
    /// ```
    /// As in the authors' code the first update only begins L and R and their eigenvectors, and moves nothing, so that no
    /// gradient is ever seen in a basis that it made; Adam's count n begins with the second. Of m the paper keeps the one in
    /// the parameter's own coordinates; m' is it in the present basis, which saves two products a step.
    ///
    /// Departures: ε is Adam's (the code adds it to √v' before the bias correction), decay comes before the step instead of
    /// behind it, tensors of higher rank are matrices (the code's `merge_dims`). A side longer than `max_precondition_dim`
    /// keeps its own coordinates. If a decomposition fails, the basis stays what it was (at first, the parameter's own).
    ///
    /// Source: Vyas et al., "SOAP: Improving and Stabilizing Shampoo using Adam", 2024, algorithms 3 and 4.
    Soap {
        /// decay rate β₁ of the average of the gradient
        beta1: 0.95, Range::DECAY_RATE;
        /// decay rate β₂ of the average of the squared gradient
        beta2: 0.95, Range::DECAY_RATE;
        /// decay rate β of L and R
        shampoo_beta: 0.95, Range::DECAY_RATE;
        /// ε, added to √v̂'
        eps: 1e-8, Range::NON_NEGATIVE;
        /// updates f from one turn of the basis to the next
        precondition_frequency: 10.0, COUNT;
        /// the longest side that gets a basis
        max_precondition_dim: 10_000.0, COUNT;
        with
        /// where a weight has its outputs
        layout: Layout = Layout::OutIn;
    }
}

impl Soap {
    fn has_basis(&self, order: usize) -> bool {
        order as f64 <= self.max_precondition_dim.at(0)
    }
}

impl Whole for Soap {
    const NAME: &'static str = "soap";
    const STATE: &'static [&'static str] = &[
        "exp_avg",
        "exp_avg_sq",
        "statistics_left",
        "statistics_right",
        "basis_left",
        "basis_right",
    ];
    const FORMULA: &'static str = "g' ← basis_leftᵀ g basis_right
exp_avg ← β₁·exp_avg + (1 − β₁)·g'
exp_avg_sq ← β₂·exp_avg_sq + (1 − β₂)·g'²
u' ← exp_avg/(1 − β₁ⁿ) / (√(exp_avg_sq/(1 − β₂ⁿ)) + ε)
u ← basis_left u' basis_rightᵀ
statistics_left ← β·statistics_left + (1 − β)·g gᵀ
statistics_right ← β·statistics_right + (1 − β)·gᵀ g
every f updates: basis ← QR(statistics basis)";

    fn array(&self, state: usize, shape: &[usize]) -> Option<Array> {
        let fold = Fold::of(self.layout, shape);
        let order = match state {
            0 | 1 => return Some(Array::zeros(shape)),
            2 | 4 => fold.rows,
            _ => fold.cols,
        };
        self.has_basis(order).then(|| Array::zeros(&[order, order]))
    }

    fn update<T: Scalar>(&self, step: &Step, tensor: Tensor<'_, T>) -> Result<(), String> {
        if tensor.u.is_empty() {
            return Ok(());
        }
        let fold = Fold::of(self.layout, tensor.shape);
        let (moments, sides) = tensor.states.split_at_mut(2);
        let [left, right, left_basis, right_basis] = sides else {
            return Err("soap has lost its states".into());
        };
        let mut left = Side::new(fold.rows, left, left_basis);
        let mut right = Side::new(fold.cols, right, right_basis);
        let gradient = tensor.u.to_vec();
        let beta = step.value(&self.shampoo_beta);

        if step.is_first() || left.is_new() || right.is_new() {
            tensor.u.fill(T::from_f64(0.0));
            left.gather(fold.read(&gradient)?, beta)?;
            right.gather(fold.read(&gradient)?.transposed(), beta)?;
            let (left, right) = rayon::join(|| left.begin(), || right.begin());
            return Ok(left.and(right)?);
        }

        let mut u = gradient.clone();
        left.with(&right, |l, r| between(&mut u, fold, l.map(Matrix::transposed), r))?;
        let adam = Adam::new()
            .beta1(self.beta1.clone())
            .beta2(self.beta2.clone())
            .eps(self.eps.clone());
        let updates = step.updates - 1;
        rule::run(&adam, &Step { updates, ..*step }, &mut u, moments)?;
        left.with(&right, |l, r| between(&mut u, fold, l, r.map(Matrix::transposed)))?;
        tensor.u.copy_from_slice(&u);

        left.gather(fold.read(&gradient)?, beta)?;
        right.gather(fold.read(&gradient)?.transposed(), beta)?;
        let frequency = step.value(&self.precondition_frequency) as u64;
        if updates.is_multiple_of(frequency.max(1)) {
            let [m, v] = moments else { return Ok(()) };
            left.with(&right, |l, r| between(m, fold, l, r.map(Matrix::transposed)))?;
            let (rows, cols) = rayon::join(|| left.turn(), || right.turn());
            left.with(&right, |l, r| between(m, fold, l.map(Matrix::transposed), r))?;
            let old = v.clone();
            let order = |order: &Result<Vec<usize>, AlgebraError>, len: usize| {
                order.clone().unwrap_or_else(|_| (0..len).collect())
            };
            let (rows_from, cols_from) = (order(&rows, fold.rows), order(&cols, fold.cols));
            for (row, &from) in v.chunks_exact_mut(fold.cols).zip(&rows_from) {
                let old = &old[from * fold.cols..][..fold.cols];
                for (v, &from) in row.iter_mut().zip(&cols_from) {
                    *v = old[from];
                }
            }
            rows.and(cols)?;
        }
        Ok(())
    }
}

/// What is known of the rows, or of the columns. Without a basis both arrays are empty.
struct Side<'a, T> {
    order: usize,
    statistics: &'a mut Vec<T>,
    basis: &'a mut Vec<T>,
}

impl<'a, T: Scalar> Side<'a, T> {
    fn new(order: usize, statistics: &'a mut Vec<T>, basis: &'a mut Vec<T>) -> Self {
        Self {
            order,
            statistics,
            basis,
        }
    }

    /// Whether it should have a basis and has none.
    fn is_new(&self) -> bool {
        let zero = T::from_f64(0.0);
        !self.basis.is_empty() && self.basis.iter().all(|x| *x == zero)
    }

    fn basis(&self) -> Result<Option<Matrix<'_, T>>, AlgebraError> {
        let matrix = || Matrix::new(self.basis, self.order, self.order);
        (!self.basis.is_empty()).then(matrix).transpose()
    }

    /// Calls with the bases of this side and the other.
    fn with(
        &self,
        other: &Self,
        job: impl FnOnce(Option<Matrix<'_, T>>, Option<Matrix<'_, T>>) -> Result<(), AlgebraError>,
    ) -> Result<(), AlgebraError> {
        job(self.basis()?, other.basis()?)
    }

    /// `S ← βS + (1 − β)ggᵀ`.
    fn gather(&mut self, g: Matrix<'_, T>, beta: f64) -> Result<(), AlgebraError> {
        if self.statistics.is_empty() {
            return Ok(());
        }
        let statistics = MatrixMut::new(self.statistics, self.order, self.order)?;
        gram(statistics, T::from_f64(1.0 - beta), g, T::from_f64(beta))
    }

    /// The eigenvectors, by descending eigenvalues; the identity if there are none to be had.
    fn begin(&mut self) -> Result<(), AlgebraError> {
        if self.basis.is_empty() {
            return Ok(());
        }
        let n = self.order;
        let eigen = symmetric_eigen(Matrix::new(self.statistics, n, n)?);
        *self.basis = match &eigen {
            Ok(eigen) => (0..n * n)
                .map(|k| eigen.vectors[k / n * n + (n - 1 - k % n)])
                .collect(),
            Err(_) => identity(n),
        };
        eigen.map(|_| ())
    }

    /// A step of orthogonal iteration; gives the order that the old axes have in the new basis.
    fn turn(&mut self) -> Result<Vec<usize>, AlgebraError> {
        let n = self.order;
        if self.basis.is_empty() {
            return Ok((0..n).collect());
        }
        let (statistics, basis) = (Matrix::new(self.statistics, n, n)?, self.basis()?);
        let Some(basis) = basis else {
            return Ok(Vec::new());
        };
        let (basis, order) = ordered_iteration(statistics, basis)?;
        *self.basis = basis;
        Ok(order)
    }
}

crate::whole!(Soap);

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "soap",
    family: "matrix",
    summary: "Adam in the eigenbasis of Shampoo's preconditioner; Adam for vectors",
    source: "Vyas et al., \"SOAP: Improving and Stabilizing Shampoo using Adam\", 2024",
    usual_learning_rate: HALF_DECADE * 1e-3,
    choices: &[LAYOUT],
    build: |choices| {
        let soap = Soap::new().layout(layout(choices));
        let adam = Adam::new().beta1(0.95).beta2(0.95);
        decoupled(by_rank(soap, adam), 0.01, 3e-3)
    },
}];

//! PSGD with a Kronecker product as preconditioner.

use super::algebra::{
    AlgebraError, Matrix, MatrixMut, frobenius_norm, gram, solve_upper_right,
};
use super::fold::{COUNT, Fold, LAYOUT, identity, layout, product};
use super::noise::normal_matrix;
use crate::Scalar;
use crate::catalogue::{Recipe, decoupled};
use crate::rule::{self, Array, Layout, Qhm, Step, Tensor, Whole};
use crate::storage::key;
use crate::{hyper, hyper::Range};

hyper! {
    /// PSGD Kron: momentum whitened by a Kronecker product of two triangular factors, which are fitted by gradient descent.
    ///
    /// ```text
    /// m ← βm + (1 − β)g                    ĝ = m/(1 − βⁿ)
    /// in some updates, with V ~ N(0, 1):
    ///     A = Q_L ĝ Q_Rᵀ                   B = Q_L⁻ᵀ V Q_R⁻¹
    ///     Q_L ← Q_L − η·triu(AAᵀ − BBᵀ)/‖AAᵀ + BBᵀ‖ · Q_L
    ///     Q_R ← Q_R − η·triu(AᵀA − BᵀB)/‖AᵀA + BᵀB‖ · Q_R
    /// d = Q_LᵀQ_L ĝ Q_RᵀQ_R                u = d·min(1, 1.1/(rms(d) + 1e-6))
    /// ```
    /// ‖·‖ is Li's lower bound of the spectral norm: one step of power iteration from the longest row. A side of length 1,
    /// one longer than `max_size_triangular`, and that of a vector has a diagonal factor: triu(·) is its diagonal then, and the norm
    /// the largest number.
    ///
    /// *Which updates?* In the reference a share p(n) = min(1, max(`min_probability`, exp(−(n − `flat_start`)·`probability_decay`)))
    /// of them. Here the update n is one of them if the integral of p from 0 to n reaches another whole number, which
    /// needs no memory and no luck. In every hundredth of those (`balance_every`) both factors are given the same largest number (the
    /// reference balances with a probability of 1%). V is a function of the seed, the parameter's name and n.
    ///
    /// Tensors of higher rank are matrices; the reference has a factor for each dimension. If a factor cannot be inverted
    /// or its gradient is not finite, it stays what it was.
    ///
    /// Source: Li, "Preconditioned Stochastic Gradient Descent", 2018, and "Stochastic Hessian Fittings with Lie Groups",
    /// 2024; the whitening form, the schedule and the bound of the root mean square are those of `kron_torch`.
    PsgdKron {
        /// decay rate β of the momentum
        momentum: 0.9, Range::DECAY_RATE;
        /// learning rate η of the factors
        precondition_lr: 0.1, Range::FRACTION;
        /// how many updates fit the factors at first
        flat_start: 500.0, Range::NON_NEGATIVE;
        /// how fast the share of updates that fit the factors falls behind them
        probability_decay: 0.001, Range::POSITIVE;
        /// the share that it falls to
        min_probability: 0.03, Range::new(0.0, true, 1.0, false);
        /// so many fits of the factors from one balancing to the next
        balance_every: 100.0, COUNT;
        /// the longest side that gets a triangular factor
        max_size_triangular: 8192.0, COUNT;
        /// bound of the root mean square of the update; ∞ for none
        max_rms: 1.1, Range::BOUND;
        /// seed of the noise, a whole number
        noise_seed: 0.0, Range::NON_NEGATIVE;
        with
        /// where a weight has its outputs
        layout: Layout = Layout::OutIn;
    }
}

impl PsgdKron {
    /// The integral of the share of updates that fit the factors, over the first `n`.
    fn fits(&self, step: &Step, n: u64) -> f64 {
        let (flat, decay) = (
            step.value(&self.flat_start),
            step.value(&self.probability_decay),
        );
        let least = step.value(&self.min_probability);
        let n = n as f64;
        // From `flat` the share falls, until it is the least.
        let falling = (-libm::log(least) / decay).min((n - flat).max(0.0));
        let later = (n - flat - falling).max(0.0);
        n.min(flat) + (1.0 - libm::exp(-decay * falling)) / decay + least * later
    }

    fn is_triangular(&self, order: usize, rank: usize) -> bool {
        order > 1 && rank > 1 && order as f64 <= self.max_size_triangular.at(0)
    }
}

impl Whole for PsgdKron {
    const NAME: &'static str = "psgd_kron";
    const STATE: &'static [&'static str] = &["momentum_buffer", "factor_left", "factor_right"];
    const FORMULA: &'static str = "momentum_buffer ← β·momentum_buffer + (1 − β)·g
ĝ ← momentum_buffer/(1 − βⁿ)
in some updates: V ← noise
  A ← factor_left ĝ factor_rightᵀ
  B ← factor_left⁻ᵀ V factor_right⁻¹
  factor_left ← factor_left − η·triu(A Aᵀ − B Bᵀ)/‖A Aᵀ + B Bᵀ‖·factor_left
  factor_right ← factor_right − η·triu(Aᵀ A − Bᵀ B)/‖Aᵀ A + Bᵀ B‖·factor_right
d ← factor_leftᵀ factor_left ĝ factor_rightᵀ factor_right
u ← d·min(1, 1.1/rms(d))";

    fn array(&self, state: usize, shape: &[usize]) -> Option<Array> {
        let fold = Fold::of(self.layout, shape);
        let order = match state {
            0 => return Some(Array::zeros(shape)),
            1 => fold.rows,
            // A vector has one factor, on whichever side it lies.
            _ if shape.len() < 2 && fold.cols == 1 => return None,
            _ => fold.cols,
        };
        if state == 1 && shape.len() < 2 && fold.cols > 1 {
            return None;
        }
        let triangular = self.is_triangular(order, shape.len());
        Some(if triangular {
            Array::zeros(&[order, order])
        } else {
            Array::zeros(&[order])
        })
    }

    fn update<T: Scalar>(&self, step: &Step, tensor: Tensor<'_, T>) -> Result<(), String> {
        if tensor.u.is_empty() {
            return Ok(());
        }
        let fold = Fold::of(self.layout, tensor.shape);
        let (momentum, factors) = tensor.states.split_at_mut(1);
        let [left, right] = factors else {
            return Err("psgd_kron has lost its states".into());
        };
        let average = Qhm::new().momentum(self.momentum.clone()).nu(1.0);
        rule::run(&average, step, tensor.u, momentum)?;
        let correction = 1.0 / step.bias_correction(step.value(&self.momentum));
        fold.write(tensor.u)?.scale(T::from_f64(correction));

        let rank = tensor.shape.len();
        let mut left = Factor::new(left, fold.rows, self.is_triangular(fold.rows, rank));
        let mut right = Factor::new(right, fold.cols, self.is_triangular(fold.cols, rank));
        let before = self.fits(step, step.updates - 1).floor();
        let fits = self.fits(step, step.updates).floor();
        let mut fitted = Ok(());
        if fits > before {
            let every = step.value(&self.balance_every).floor();
            if fits % every == 0.0 && rank > 1 {
                balance(&mut left, &mut right);
            }
            let seed = step.value(&self.noise_seed) as u64;
            let key = key(seed, step.updates, tensor.name, Self::NAME);
            let v = normal_matrix(key, fold.rows, fold.cols, 1.0);
            let rate = step.value(&self.precondition_lr);
            fitted = fit(&mut left, &mut right, fold, tensor.u.to_vec(), v, rate);
        }

        let mut d = tensor.u.to_vec();
        left.times(&mut d, fold, false)?;
        right.times_right(&mut d, fold, true)?;
        left.times(&mut d, fold, true)?;
        right.times_right(&mut d, fold, false)?;
        let rms = frobenius_norm(&d) / (d.len() as f64).sqrt();
        let factor = (step.value(&self.max_rms) / (rms + 1e-6)).min(1.0);
        tensor.u.copy_from_slice(&d);
        fold.write(tensor.u)?.scale(T::from_f64(factor));
        Ok(fitted?)
    }
}

/// A step of gradient descent of both factors, from the gradient `a` and the noise `b`.
fn fit<T: Scalar>(
    left: &mut Factor<'_, T>,
    right: &mut Factor<'_, T>,
    fold: Fold,
    mut a: Vec<T>,
    mut b: Vec<T>,
    rate: f64,
) -> Result<(), AlgebraError> {
    left.times(&mut a, fold, false)?;
    right.times_right(&mut a, fold, true)?;
    left.divide(fold.write(&mut b)?.transposed())?;
    right.divide(fold.write(&mut b)?)?;
    let (a, b) = (fold.read(&a)?, fold.read(&b)?);
    let (one, other) = rayon::join(
        || left.descent(a, b, rate),
        || right.descent(a.transposed(), b.transposed(), rate),
    );
    let (one, other) = (one?, other?);
    left.store(one);
    right.store(other);
    Ok(())
}

/// Gives both factors the same largest number.
fn balance<T: Scalar>(left: &mut Factor<'_, T>, right: &mut Factor<'_, T>) {
    let (l, r) = (left.largest(), right.largest());
    let mean = (l * r).sqrt();
    if l > 0.0 && r > 0.0 {
        left.scale(mean / l);
        right.scale(mean / r);
    }
}

/// One factor of the preconditioner: upper triangular, diagonal, or, with no numbers, the identity.
struct Factor<'a, T> {
    order: usize,
    triangular: bool,
    numbers: &'a mut Vec<T>,
}

impl<'a, T: Scalar> Factor<'a, T> {
    fn new(numbers: &'a mut Vec<T>, order: usize, triangular: bool) -> Self {
        // Its diagonal is never zero, unless it has just been made.
        if numbers.first() == Some(&T::from_f64(0.0)) {
            if triangular {
                *numbers = identity(order);
            } else {
                numbers.fill(T::from_f64(1.0));
            }
        }
        Self {
            order,
            triangular,
            numbers,
        }
    }

    fn matrix(&self) -> Result<Matrix<'_, T>, AlgebraError> {
        Matrix::new(self.numbers, self.order, self.order)
    }

    /// `X ← QX`, or `QᵀX`.
    fn times(&self, x: &mut Vec<T>, fold: Fold, transposed: bool) -> Result<(), AlgebraError> {
        if self.triangular {
            let q = self.matrix()?;
            let q = if transposed { q.transposed() } else { q };
            *x = product(q, fold.read(x)?)?;
            Ok(())
        } else {
            self.times_diagonal(fold.write(x)?.transposed())
        }
    }

    /// `X ← XQ`, or `XQᵀ`.
    fn times_right(
        &self,
        x: &mut Vec<T>,
        fold: Fold,
        transposed: bool,
    ) -> Result<(), AlgebraError> {
        if self.triangular {
            let q = self.matrix()?;
            let q = if transposed { q.transposed() } else { q };
            *x = product(fold.read(x)?, q)?;
            Ok(())
        } else {
            self.times_diagonal(fold.write(x)?)
        }
    }

    fn times_diagonal(&self, mut x: MatrixMut<'_, T>) -> Result<(), AlgebraError> {
        if self.numbers.is_empty() {
            return Ok(());
        }
        x.scale_columns(self.numbers)
    }

    /// `X ← XQ⁻¹`.
    fn divide(&self, mut x: MatrixMut<'_, T>) -> Result<(), AlgebraError> {
        if self.triangular {
            return solve_upper_right(self.matrix()?, x);
        }
        if self.numbers.is_empty() {
            return Ok(());
        }
        let inverse = self.numbers.iter().map(|q| T::from_f64(1.0 / q.to_f64()));
        x.scale_columns(&inverse.collect::<Vec<T>>())
    }

    /// The factor behind a step of gradient descent, of which `a` and `b` have a row for each of its rows.
    fn descent(&self, a: Matrix<'_, T>, b: Matrix<'_, T>, rate: f64) -> Result<Vec<T>, AlgebraError> {
        let not_finite = AlgebraError::NotFinite {
            of: "gradient of a preconditioner",
        };
        let tiny = f64::from(f32::MIN_POSITIVE);
        if self.numbers.is_empty() {
            return Ok(Vec::new());
        }
        if !self.triangular {
            let (a, b) = (a.row_squares(), b.row_squares());
            let size = a.iter().zip(&b).fold(0.0_f64, |size, (a, b)| size.max(a + b));
            let terms = self.numbers.iter().zip(a.iter().zip(&b));
            let new = terms.map(|(q, (a, b))| {
                let q = q.to_f64();
                T::from_f64(q - q * (rate * (a - b) / (size + tiny)))
            });
            let new: Vec<T> = new.collect();
            return if new.iter().all(|x| Scalar::is_finite(*x)) {
                Ok(new)
            } else {
                Err(not_finite)
            };
        }
        let n = self.order;
        let (zero, one) = (T::from_f64(0.0), T::from_f64(1.0));
        let mut sum = vec![zero; n * n];
        gram(MatrixMut::new(&mut sum, n, n)?, one, a, zero)?;
        let mut difference = sum.clone();
        gram(MatrixMut::new(&mut sum, n, n)?, one, b, one)?;
        gram(MatrixMut::new(&mut difference, n, n)?, -one, b, one)?;
        let size = norm_lower_bound(&sum, n)?;
        if !size.is_finite() {
            return Err(not_finite);
        }
        let factor = T::from_f64(rate / (size + tiny));
        for (i, row) in difference.chunks_exact_mut(n).enumerate() {
            row[..i].fill(zero);
            row[i..].iter_mut().for_each(|x| *x = *x * factor);
        }
        let descent = product(Matrix::new(&difference, n, n)?, self.matrix()?)?;
        let pairs = self.numbers.iter().zip(&descent);
        Ok(pairs.map(|(q, d)| *q - *d).collect())
    }

    fn store(&mut self, numbers: Vec<T>) {
        *self.numbers = numbers;
    }

    fn largest(&self) -> f64 {
        let sizes = self.numbers.iter().map(|x| x.to_f64().abs());
        sizes.fold(0.0, f64::max)
    }

    fn scale(&mut self, factor: f64) {
        for x in self.numbers.iter_mut() {
            *x = *x * T::from_f64(factor);
        }
    }
}

/// A lower bound of the spectral norm of a symmetric matrix: ‖A x‖/‖x‖ with x = A a, a its longest row.
fn norm_lower_bound<T: Scalar>(a: &[T], n: usize) -> Result<f64, AlgebraError> {
    let largest = a.iter().fold(0.0_f64, |largest, x| largest.max(x.to_f64().abs()));
    if largest == 0.0 {
        return Ok(0.0);
    }
    let scaled: Vec<T> = a.iter().map(|x| T::from_f64(x.to_f64() / largest)).collect();
    let square = |row: &[T]| row.iter().map(|x| x.to_f64() * x.to_f64()).sum::<f64>();
    let mut longest = (0.0, &scaled[..n]);
    for row in scaled.chunks_exact(n) {
        let length = square(row);
        if length > longest.0 {
            longest = (length, row);
        }
    }
    let matrix = Matrix::new(&scaled, n, n)?;
    let image = product(matrix, Matrix::new(longest.1, n, 1)?)?;
    let length = frobenius_norm(&image);
    let next = product(matrix, Matrix::new(&image, n, 1)?)?;
    Ok(largest * frobenius_norm(&next) / length)
}

crate::whole!(PsgdKron);

pub(super) const RECIPES: &[Recipe] = &[Recipe {
    name: "psgd-kron",
    family: "matrix",
    summary: "momentum whitened by a Kronecker product of triangular factors, which are learned",
    source: "Li, \"Preconditioned Stochastic Gradient Descent\", 2018; \"Stochastic Hessian Fittings with Lie Groups\", 2024",
    usual_learning_rate: 1e-3,
    choices: &[LAYOUT],
    build: |choices| decoupled(PsgdKron::new().layout(layout(choices)), 0.0, 1e-3),
}];

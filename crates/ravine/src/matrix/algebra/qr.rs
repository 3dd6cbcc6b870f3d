//! The QR decomposition.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::householder::{
    apply_block_householder_sequence_on_the_left_in_place_scratch as apply_scratch,
    apply_block_householder_sequence_on_the_left_in_place_with_conj as apply,
};
use faer::linalg::qr::no_pivoting::factor::{
    qr_in_place, qr_in_place_scratch, recommended_block_size,
};
use faer::{Conj, Mat, Par, Spec};

use super::scaled::scaled;
use super::{AlgebraError, Matrix};
use crate::Scalar;

/// `A = QR`, both row-major. With k = min(m, n):
#[derive(Clone, Debug, PartialEq)]
pub struct Qr<T> {
    /// m × k with orthonormal columns.
    pub q: Vec<T>,
    /// k × n, upper triangular, with a diagonal that is not negative.
    pub r: Vec<T>,
}

/// The QR decomposition of an m × n matrix, by Householder reflections.
///
/// The diagonal of `R` is not negative, which makes `Q` unique where `A` has full rank. `Q` is orthonormal also where it
/// has not.
///
/// # Errors
/// [`AlgebraError::NotFinite`] if the matrix is not finite.
pub fn qr<T: Scalar>(a: Matrix<'_, T>) -> Result<Qr<T>, AlgebraError> {
    let (rows, cols) = a.shape();
    let size = rows.min(cols);
    let (mut a, scale) = scaled::<T, T::Itself>(a, "QR decomposition")?;
    if size == 0 {
        return Ok(Qr {
            q: Vec::new(),
            r: Vec::new(),
        });
    }
    let block = recommended_block_size::<T::Itself>(rows, cols);
    let mut coefficients = Mat::zeros(block, size);
    let scratch = qr_in_place_scratch::<T::Itself>(rows, cols, block, Par::Seq, Spec::default());
    qr_in_place(
        a.as_mut(),
        coefficients.as_mut(),
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Spec::default(),
    );

    let mut q = Mat::<T::Itself>::identity(rows, size);
    apply(
        a.as_ref().subcols(0, size),
        coefficients.as_ref(),
        Conj::No,
        q.as_mut(),
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(apply_scratch::<T::Itself>(
            rows, block, size,
        ))),
    );

    let flip: Vec<bool> = (0..size).map(|j| a[(j, j)].to_f64() < 0.0).collect();
    let signed =
        |flip: bool, x: T::Itself| T::from_f64(if flip { -x.to_f64() } else { x.to_f64() });
    let zero = T::from_f64(0.0);
    let scale = T::from_f64(scale);
    Ok(Qr {
        q: (0..rows * size)
            .map(|k| signed(flip[k % size], q[(k / size, k % size)]))
            .collect(),
        r: (0..size * cols)
            .map(|k| match (k / cols, k % cols) {
                (i, j) if i > j => zero,
                (i, j) => signed(flip[i], a[(i, j)]) * scale,
            })
            .collect(),
    })
}

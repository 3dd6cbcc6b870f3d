//! An estimate of the Hessian's diagonal, smoothed.

use crate::Scalar;

/// Replaces each block of so many neighbours by the mean of their absolute values.
///
/// ```text
/// D[ib + j] ← (|D[ib]| + … + |D[ib + b − 1]|) / b      for j = 0 … b − 1
/// ```
/// AdaHessian's spatial averaging: the estimates of neighbours in a kernel are alike, and their mean varies less. For the
/// weights of a convolution, of shape [out, in, height, width], b = height · width; the authors leave matrices and vectors as
/// they are. The signs are dropped, as in the authors' code, so that they do not cancel. The last block may be shorter.
///
/// Source: Yao et al., "ADAHESSIAN", AAAI 2021, section 3.2.
///
/// ```
/// let mut diagonal = [1.0, -3.0, 4.0, 0.0];
/// ravine::curvature::average_blocks(&mut diagonal, 2);
/// assert_eq!(diagonal, [2.0, 2.0, 2.0, 2.0]);
/// ```
pub fn average_blocks<T: Scalar>(diagonal: &mut [T], block: usize) {
    for values in diagonal.chunks_mut(block.max(1)) {
        let sum: f64 = values.iter().map(|value| value.to_f64().abs()).sum();
        values.fill(T::from_f64(sum / values.len() as f64));
    }
}

//! Hutchinson's estimate.

use crate::Scalar;
use crate::random::Rng;

/// Hutchinson's estimate of the Hessian's diagonal, from products of the Hessian with random vectors.
///
/// ```text
/// ĥ = mean of z ⊙ Hz      over `samples` vectors z of independent signs ±1
/// ```
/// The mean of ĥ is the diagonal of H, exactly; a coordinate's variance is the sum of the squares of the others in its row,
/// over the number of samples. One sample is usual, as the methods average over steps. Where H is diagonal one is exact.
///
/// `lengths` are those of the parameters. `product` is handed the vectors z, one for each parameter, and writes Hz: the product
/// of the Hessian over all parameters together. Draw from [`Purpose::Probe`](crate::random::Purpose::Probe): then the same
/// seed gives the same signs on every platform.
///
/// Source: Hutchinson, "A stochastic estimator of the trace of the influence matrix for Laplacian smoothing splines", 1990;
/// for the diagonal: Bekas, Kokiopoulou & Saad, 2007.
///
/// # Errors
/// That of `product`.
///
/// ```
/// use ravine::curvature::hutchinson;
/// use ravine::random::{self, Purpose};
///
/// // f(x) = x₀² + 3x₁²: H has 2 and 6 on its diagonal.
/// let mut signs = random::stream(7, Purpose::Probe, 0);
/// let diagonal = hutchinson(&mut signs, &[2], 1, |z: &[Vec<f64>], hz: &mut [Vec<f64>]| {
///     hz[0].copy_from_slice(&[2.0 * z[0][0], 6.0 * z[0][1]]);
///     Ok::<(), ravine::Error>(())
/// })?;
/// assert_eq!(diagonal, [[2.0, 6.0]]);
/// # Ok::<(), ravine::Error>(())
/// ```
pub fn hutchinson<T: Scalar, E>(
    rng: &mut impl Rng,
    lengths: &[usize],
    samples: u32,
    mut product: impl FnMut(&[Vec<T>], &mut [Vec<T>]) -> Result<(), E>,
) -> Result<Vec<Vec<T>>, E> {
    let zeros = || -> Vec<Vec<T>> {
        let lengths = lengths.iter();
        lengths.map(|&len| vec![T::from_f64(0.0); len]).collect()
    };
    let (mut z, mut hz, mut mean) = (zeros(), zeros(), zeros());
    let scale = T::from_f64(1.0 / f64::from(samples.max(1)));
    for _ in 0..samples.max(1) {
        for z in &mut z {
            signs(rng, z);
        }
        product(&z, &mut hz)?;
        for ((mean, z), hz) in mean.iter_mut().zip(&z).zip(&hz) {
            for ((mean, z), hz) in mean.iter_mut().zip(z).zip(hz) {
                *mean = *mean + scale * (*z * *hz);
            }
        }
    }
    Ok(mean)
}

/// Fills with independent signs, each as likely: the bits of the stream, from the lowest of each 64 on.
fn signs<T: Scalar>(rng: &mut impl Rng, z: &mut [T]) {
    for z in z.chunks_mut(64) {
        let bits = rng.next_u64();
        for (i, z) in z.iter_mut().enumerate() {
            *z = T::from_f64(if bits >> i & 1 == 0 { 1.0 } else { -1.0 });
        }
    }
}

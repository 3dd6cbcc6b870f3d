//! Matrix mathematics on row-major slices, for methods that see a whole matrix.
//!
//! [`Matrix`] and [`MatrixMut`] are slices with a shape. Products ([`multiply`], [`gram`]) use all threads of the current
//! Rayon pool; every tile of a result is computed by one thread, and the tiles follow from the shapes alone, so the bits
//! are the same on any number of threads. They may differ between processors, whose registers are of different widths:
//! products fuse multiplication and addition and add in the order that suits the registers.
//!
//! Nothing here panics on its input: shapes that do not fit, infinities and NaN are [`AlgebraError`]s, and where a
//! function fails, what it was to change is as it was.
//!
//! ```
//! use ravine::matrix::algebra::{Matrix, MatrixMut, multiply};
//!
//! let (a, b) = ([1.0_f32, 2.0, 3.0, 4.0], [1.0_f32, -1.0]);
//! let mut c = [0.0_f32; 2];
//! let (a, b) = (Matrix::new(&a, 2, 2)?, Matrix::new(&b, 2, 1)?);
//! multiply(MatrixMut::new(&mut c, 2, 1)?, 1.0, a.transposed(), b, 0.0)?;
//! assert_eq!(c, [-2.0, -2.0]);
//! # Ok::<(), ravine::matrix::algebra::AlgebraError>(())
//! ```

mod eigen;
mod element;
mod error;
mod newton_schulz;
mod norm;
mod orthogonal_iteration;
mod parallel;
mod product;
mod qr;
mod root;
mod scaled;
mod sign;
mod svd;
mod triangular;
mod view;

pub use eigen::{Eigen, symmetric_eigen};
pub use element::Element;
pub use error::AlgebraError;
pub use newton_schulz::{NEWTON_SCHULZ, newton_schulz};
pub use norm::{frobenius_norm, spectral_norm};
pub use orthogonal_iteration::{ordered_iteration, orthogonal_iteration, rayleigh_quotients};
pub use product::{gram, multiply};
pub use qr::{Qr, qr};
pub use root::{inverse_root, inverse_root_relative};
pub use svd::{Svd, thin_svd};
pub use triangular::{solve_upper, solve_upper_right};
pub use view::{Matrix, MatrixMut};

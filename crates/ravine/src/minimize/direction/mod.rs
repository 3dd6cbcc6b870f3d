//! Ways to choose the direction, one file each.

mod barzilai_borwein;
mod bfgs;
mod cg;
mod dfp;
mod gauss_newton;
mod heavy_ball;
mod inverse;
mod lbfgs;
mod newton;
mod newton_cg;
mod sr1;
mod steepest;

pub use barzilai_borwein::{BarzilaiBorwein, Length};
pub use bfgs::Bfgs;
pub use cg::{Beta, ConjugateGradient};
pub use dfp::Dfp;
pub use gauss_newton::GaussNewton;
pub use heavy_ball::HeavyBall;
pub use lbfgs::Lbfgs;
pub use newton::Newton;
pub use newton_cg::NewtonCg;
pub use sr1::Sr1;
pub use steepest::Steepest;

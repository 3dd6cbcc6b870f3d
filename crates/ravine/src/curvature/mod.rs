//! Estimates of the Hessian's diagonal, for the methods that want one: [`AdaHessian`](crate::rule::AdaHessian) and
//! [`Sophia`](crate::rule::Sophia).
//!
//! Ravine does not differentiate, so the caller computes, and these functions say what. The estimate ĥ goes into the step by
//! [`Parameter::hessian`](crate::Parameter::hessian).
//!
//! - [`hutchinson`] needs products of the Hessian with vectors, for any loss. The product Hz is the gradient of ⟨∇f(x), z⟩
//!   with z held, or about (∇f(x + δz) − ∇f(x − δz)) / 2δ.
//! - **Gauss–Newton–Bartlett**, for losses that are a negative log-likelihood, needs no more than a gradient: draw for each of
//!   the B examples of a batch a label from the model's own prediction, and let ĝ be the gradient of their mean loss; then
//!   ĥ = B · ĝ ⊙ ĝ. It is never negative. Source: Liu et al., "Sophia", ICLR 2024, algorithm 2.

mod average_blocks;
mod hutchinson;

pub use average_blocks::average_blocks;
pub use hutchinson::hutchinson;

//! Tests of `ravine::minimize` and `ravine::problem`, one program: each file is one subject.

mod constrained;
mod descent;
mod projections;
mod proximal;

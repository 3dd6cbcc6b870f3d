//! Tests of `ravine::minimize` and `ravine::problem`, one program: each file is one subject.

mod descent;
mod problems;

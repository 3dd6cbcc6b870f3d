//! Tests of `ravine::minimize` and `ravine::problem`, one program: each file is one subject.

mod descent;
mod derivative_free;
mod global;
mod zeroth_order;

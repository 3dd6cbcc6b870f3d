//! Tests of `ravine::minimize` and `ravine::problem`, one program: each file is one subject.

mod derivative_free;
mod descent;
mod global;
mod zeroth_order;

//! Tests of `ravine::minimize` and `ravine::problem`, one program: each file is one subject.

mod catalogue;
mod constrained;
mod derivative_free;
mod descent;
mod directions;
mod global;
mod hock_schittkowski;
mod levenberg_marquardt;
mod more_garbow_hillstrom;
mod problems;
mod projections;
mod proximal;
mod robust;
mod step_sizes;
mod trust_region;
mod zeroth_order;

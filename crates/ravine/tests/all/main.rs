//! All tests that see Ravine from outside, in one program: the engine is compiled for them once, not once a file.

mod accumulation;
mod adaptive;
mod any_rule;
mod averages;
mod catalogue;
mod checkpoint;
mod common;
mod counterexamples;
mod functions;
mod golden;
mod layer;
mod learning_rate_free;
mod matrix;
mod matrix_algebra;
mod new_process;
mod only;
mod optimizer;
mod points;
mod program;
mod properties;
mod schedules;
mod small_states;
mod storage;

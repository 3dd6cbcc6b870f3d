//! Averages of the parameters, kept beside them in the same pass, and averages of whole trainings.
//!
//! An average is a link at the end of a chain. [`Optimizer::swap_in`](crate::Optimizer::swap_in) puts it in the place of the
//! parameters for an evaluation, and [`Optimizer::swap_out`](crate::Optimizer::swap_out) takes it out again, to the bit.

pub mod soup;
mod toward;

crate::catalogue::methods! {
    optimizers {
        lookahead: Lookahead;
    }
    links {
        asgd_average: AsgdAverage;
        debiased_ema: DebiasedEma;
        ema: Ema;
        polyak: Polyak;
        polynomial: Polynomial;
        suffix: Suffix;
        swa: Swa;
    }
}

pub use swa::swa_schedule;

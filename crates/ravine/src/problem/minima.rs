//! x
pub(super) static MINIMA: &[(&str, usize, f64, &[f64])] = &[];

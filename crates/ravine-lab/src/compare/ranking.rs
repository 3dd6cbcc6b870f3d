use std::cmp::Ordering;

use super::document::Ranked;
use crate::statistics::Summary;

/// Sorts best first: by median test accuracy where there is one, then median test loss, then median validation loss;
/// of equal ones that which came first stays first. A median that is not finite comes last.
pub fn rank(mut optimizers: Vec<Ranked>) -> Vec<Ranked> {
    optimizers.sort_by(|a, b| {
        let (a, b) = (&a.tuned, &b.tuned);
        accuracy(b)
            .total_cmp(&accuracy(a))
            .then(smaller(a.test_loss, b.test_loss))
            .then(smaller(a.validation_loss, b.validation_loss))
    });
    optimizers
}

fn accuracy(results: &super::Results) -> f64 {
    let median = results.test_accuracy.and_then(|summary| summary.median);
    median.unwrap_or(f64::NEG_INFINITY)
}

fn smaller(a: Summary, b: Summary) -> Ordering {
    let loss = |summary: Summary| summary.median.unwrap_or(f64::INFINITY);
    loss(a).total_cmp(&loss(b))
}

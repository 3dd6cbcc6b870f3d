//! The answer, for people and for programs.

use ravine::minimize::{Answer, Basin, Evaluations};
use serde_json::{Value, json};

use super::function::Function;
use crate::format::{counted, significant};

const SCHEMA: &str = "ravine.minimize/1";

/// Of longer points the first coordinates are printed.
const SHOWN: usize = 10;

pub(super) struct Report<'a> {
    pub function: &'a Function,
    pub method: &'a str,
    /// Why the method was chosen, if it was not asked for.
    pub why: Option<&'a str>,
    pub answer: &'a Answer<f64>,
    /// Every minimum found, if there were many starts.
    pub basins: &'a [Basin<f64>],
}

impl Report<'_> {
    pub fn text(&self) -> String {
        let answer = self.answer;
        let mut lines = vec![self.function.title()];
        lines.push(match self.why {
            Some(why) => format!("by {}, since {why}", self.method),
            None => format!("by {}", self.method),
        });
        lines.push(String::new());
        let mut row = |name: &str, text: String| lines.push(format!("{name:10}{text}"));
        row("value", number(answer.value));
        row("at", self.point(&answer.x));
        if let Some(norm) = answer.gradient_norm {
            row("gradient", format!("{} (largest part)", significant(norm)));
        }
        if let Some(known) = self.function.known_minimum() {
            let above = answer.value - known;
            let text = if above <= 1e-8 * known.abs().max(1.0) {
                format!("{}: reached", number(known))
            } else {
                format!("{}: missed by {}", number(known), significant(above))
            };
            row("known", text);
        }
        row("stopped", answer.stopped.to_string());
        let iterations = counted(
            usize::try_from(answer.iterations).unwrap_or(usize::MAX),
            "iteration",
        );
        row("cost", format!("{iterations}: {}", answer.evaluations));
        for (i, basin) in self.basins.iter().enumerate() {
            let name = if i == 0 { "minima" } else { "" };
            let starts = counted(usize::try_from(basin.hits).unwrap_or(usize::MAX), "start");
            let at = self.point(&basin.answer.x);
            row(
                name,
                format!("{} at {at} from {starts}", number(basin.answer.value)),
            );
        }
        lines.join("\n") + "\n"
    }

    pub fn document(&self) -> Value {
        let answer = self.answer;
        let mut document = json!({
            "schema": SCHEMA,
            "method": self.method,
            "variables": self.function.variables(),
            "x": answer.x,
            "value": answer.value,
            "gradient_norm": answer.gradient_norm,
            "iterations": answer.iterations,
            "evaluations": counts(&answer.evaluations),
            "stopped": answer.stopped.name(),
        });
        if !self.basins.is_empty() {
            let minima = self.basins.iter().map(|basin| {
                json!({ "x": basin.answer.x, "value": basin.answer.value, "starts": basin.hits })
            });
            document["minima"] = minima.collect();
        }
        document
    }

    /// `x = 1, y = 2`.
    fn point(&self, x: &[f64]) -> String {
        let names = self.function.variables();
        let parts = names.iter().zip(x).take(SHOWN);
        let mut parts: Vec<String> = parts
            .map(|(name, x)| format!("{name} = {}", number(*x)))
            .collect();
        if x.len() > SHOWN {
            parts.push(format!("… ({} variables)", x.len()));
        }
        parts.join(", ")
    }
}

/// How often each part of the function was computed, as JSON.
pub(super) fn counts(evaluations: &Evaluations) -> Value {
    json!({
        "value": evaluations.value,
        "gradient": evaluations.gradient,
        "hessian_vector": evaluations.hessian_vector,
        "hessian": evaluations.hessian,
    })
}

/// With ten significant digits, without trailing zeros.
pub(super) fn number(value: f64) -> String {
    let rounded: f64 = format!("{value:.9e}").parse().unwrap_or(value);
    if rounded == 0.0 || (1e-5..1e10).contains(&rounded.abs()) || !rounded.is_finite() {
        rounded.to_string()
    } else {
        format!("{rounded:e}")
    }
}

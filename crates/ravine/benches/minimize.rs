//! The time of whole minimisations in two dimensions, of functions as one writes them:
//!
//! `cargo bench -p ravine --bench minimize`
//!
//! A JSON object a line; `bench/peers/minimize.py --speed` sets SciPy's time for the same functions beside it. The shortest of 2,000.

use std::f64::consts::PI;
use std::time::{Duration, Instant};

use ravine::minimize::catalogue::named;
use ravine::minimize::{Function, Task};

fn functions() -> [(&'static str, [f64; 2], Function<'static>); 4] {
    let rosenbrock = Function::new(|x: &[f64]| {
        let (t, u) = (x[1] - x[0] * x[0], 1.0 - x[0]);
        100.0 * t * t + u * u
    })
    .with_gradient(|x, g| {
        let t = x[1] - x[0] * x[0];
        g[0] = -400.0 * x[0] * t - 2.0 * (1.0 - x[0]);
        g[1] = 200.0 * t;
    });
    let beale = Function::new(|x: &[f64]| {
        let (x, y) = (x[0], x[1]);
        let a = 1.5 - x * (1.0 - y);
        let b = 2.25 - x * (1.0 - y * y);
        let c = 2.625 - x * (1.0 - y * y * y);
        a * a + b * b + c * c
    })
    .with_gradient(|x, g| {
        let (x, y) = (x[0], x[1]);
        let a = 1.5 - x * (1.0 - y);
        let b = 2.25 - x * (1.0 - y * y);
        let c = 2.625 - x * (1.0 - y * y * y);
        g[0] = -2.0 * (a * (1.0 - y) + b * (1.0 - y * y) + c * (1.0 - y * y * y));
        g[1] = 2.0 * x * (a + 2.0 * b * y + 3.0 * c * y * y);
    });
    let himmelblau = Function::new(|x: &[f64]| {
        let (a, b) = (x[0] * x[0] + x[1] - 11.0, x[0] + x[1] * x[1] - 7.0);
        a * a + b * b
    })
    .with_gradient(|x, g| {
        let (a, b) = (x[0] * x[0] + x[1] - 11.0, x[0] + x[1] * x[1] - 7.0);
        g[0] = 4.0 * a * x[0] + 2.0 * b;
        g[1] = 2.0 * a + 4.0 * b * x[1];
    });
    let (b, c) = (5.1 / (4.0 * PI * PI), 5.0 / PI);
    let t = 10.0 * (1.0 - 1.0 / (8.0 * PI));
    let branin = Function::new(move |x: &[f64]| {
        let bend = x[1] - b * x[0] * x[0] + c * x[0] - 6.0;
        bend * bend + t * x[0].cos() + 10.0
    })
    .with_gradient(move |x, g| {
        let bend = x[1] - b * x[0] * x[0] + c * x[0] - 6.0;
        g[0] = 2.0 * bend * (c - 2.0 * b * x[0]) - t * x[0].sin();
        g[1] = 2.0 * bend;
    });
    [
        ("rosenbrock", [-1.2, 1.0], rosenbrock),
        ("beale", [1.0, 1.0], beale),
        ("himmelblau", [0.0, 0.0], himmelblau),
        ("branin", [2.5, 7.5], branin),
    ]
}

fn main() {
    for (name, start, function) in &functions() {
        for method_name in ["bfgs", "lbfgs"] {
            let Ok(method) = named(method_name).map(|named| named.method()) else {
                continue;
            };
            let (mut shortest, mut last) = (Duration::MAX, None);
            for _ in 0..2000 {
                let began = Instant::now();
                let answer = Task::new(function, start).minimize(&*method);
                shortest = shortest.min(began.elapsed());
                last = answer.ok();
            }
            let Some(answer) = last else { continue };
            println!(
                "{{\"problem\": \"{name}\", \"method\": \"{method_name}\", \"microseconds\": {:.3}, \"iterations\": {}, \"evaluations\": {}, \"value\": {:e}}}",
                shortest.as_secs_f64() * 1e6,
                answer.iterations,
                answer.evaluations.total(),
                answer.value,
            );
        }
    }
}

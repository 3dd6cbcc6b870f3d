//! Problems with general constraints, of W. Hock, K. Schittkowski, "Test examples for nonlinear programming codes", 1981.

use ravine::minimize::{Bounds, Constrained, Function};

/// A problem, and its minimum as published; as a formula where there is one.
pub struct Problem {
    pub name: &'static str,
    pub objective: Function<'static>,
    pub constraints: Constrained<'static>,
    pub bounds: Option<Bounds>,
    pub start: Vec<f64>,
    /// One of several where coordinates may change their signs, as those in `even` may.
    pub x: Vec<f64>,
    pub even: &'static [usize],
    pub value: f64,
}

/// Writes numbers, in order.
fn write(g: &mut [f64], numbers: &[f64]) {
    g.copy_from_slice(numbers);
}

fn problem(
    name: &'static str,
    objective: Function<'static>,
    constraints: Constrained<'static>,
    start: &[f64],
    x: &[f64],
    value: f64,
) -> Problem {
    Problem {
        name,
        objective,
        constraints,
        bounds: None,
        start: start.to_vec(),
        x: x.to_vec(),
        even: &[],
        value,
    }
}

fn within(problem: Problem, lower: &[f64], upper: &[f64]) -> Problem {
    let bounds = Bounds::new(lower.to_vec(), upper.to_vec()).unwrap();
    Problem {
        bounds: Some(bounds),
        ..problem
    }
}

pub fn problems() -> Vec<Problem> {
    let free = f64::INFINITY;
    let root = |part: f64| 2f64.powf(-part);
    vec![
        problem(
            "6",
            Function::new(|x: &[f64]| (1.0 - x[0]).powi(2))
                .with_gradient(|x, g| write(g, &[-2.0 * (1.0 - x[0]), 0.0])),
            Constrained::new().equal(
                |x| 10.0 * (x[1] - x[0] * x[0]),
                |x, g| write(g, &[-20.0 * x[0], 10.0]),
            ),
            &[-1.2, 1.0],
            &[1.0, 1.0],
            0.0,
        ),
        Problem {
            even: &[0],
            ..problem(
                "7",
                Function::new(|x: &[f64]| (1.0 + x[0] * x[0]).ln() - x[1])
                    .with_gradient(|x, g| write(g, &[2.0 * x[0] / (1.0 + x[0] * x[0]), -1.0])),
                Constrained::new().equal(
                    |x: &[f64]| (1.0 + x[0] * x[0]).powi(2) + x[1] * x[1] - 4.0,
                    |x, g| write(g, &[4.0 * x[0] * (1.0 + x[0] * x[0]), 2.0 * x[1]]),
                ),
                &[2.0, 2.0],
                &[0.0, 3f64.sqrt()],
                -3f64.sqrt(),
            )
        },
        within(
            problem(
                "21",
                Function::new(|x: &[f64]| 0.01 * x[0] * x[0] + x[1] * x[1] - 100.0)
                    .with_gradient(|x, g| write(g, &[0.02 * x[0], 2.0 * x[1]])),
                Constrained::new().at_most(
                    |x| 10.0 - 10.0 * x[0] + x[1],
                    |_, g| write(g, &[-10.0, 1.0]),
                ),
                &[-1.0, -1.0],
                &[2.0, 0.0],
                -99.96,
            ),
            &[2.0, -50.0],
            &[50.0, 50.0],
        ),
        problem(
            "26",
            Function::new(|x: &[f64]| (x[0] - x[1]).powi(2) + (x[1] - x[2]).powi(4)).with_gradient(
                |x, g| {
                    let (a, b) = (2.0 * (x[0] - x[1]), 4.0 * (x[1] - x[2]).powi(3));
                    write(g, &[a, b - a, -b]);
                },
            ),
            Constrained::new().equal(
                |x: &[f64]| (1.0 + x[1] * x[1]) * x[0] + x[2].powi(4) - 3.0,
                |x, g| {
                    let numbers = [1.0 + x[1] * x[1], 2.0 * x[0] * x[1], 4.0 * x[2].powi(3)];
                    write(g, &numbers);
                },
            ),
            &[-2.6, 2.0, 2.0],
            &[1.0, 1.0, 1.0],
            0.0,
        ),
        problem(
            "28",
            Function::new(|x: &[f64]| (x[0] + x[1]).powi(2) + (x[1] + x[2]).powi(2)).with_gradient(
                |x, g| {
                    let (a, b) = (2.0 * (x[0] + x[1]), 2.0 * (x[1] + x[2]));
                    write(g, &[a, a + b, b]);
                },
            ),
            Constrained::new().equal(
                |x| x[0] + 2.0 * x[1] + 3.0 * x[2] - 1.0,
                |_, g| write(g, &[1.0, 2.0, 3.0]),
            ),
            &[-4.0, 1.0, 1.0],
            &[0.5, -0.5, 0.5],
            0.0,
        ),
        within(
            problem(
                "35",
                Function::new(|x: &[f64]| {
                    let linear = 9.0 - 8.0 * x[0] - 6.0 * x[1] - 4.0 * x[2];
                    let squares = 2.0 * x[0] * x[0] + 2.0 * x[1] * x[1] + x[2] * x[2];
                    linear + squares + 2.0 * x[0] * x[1] + 2.0 * x[0] * x[2]
                })
                .with_gradient(|x, g| {
                    g[0] = -8.0 + 4.0 * x[0] + 2.0 * x[1] + 2.0 * x[2];
                    g[1] = -6.0 + 4.0 * x[1] + 2.0 * x[0];
                    g[2] = -4.0 + 2.0 * x[2] + 2.0 * x[0];
                }),
                Constrained::new().at_most(
                    |x| x[0] + x[1] + 2.0 * x[2] - 3.0,
                    |_, g| write(g, &[1.0, 1.0, 2.0]),
                ),
                &[0.5; 3],
                &[4.0 / 3.0, 7.0 / 9.0, 4.0 / 9.0],
                1.0 / 9.0,
            ),
            &[0.0; 3],
            &[free; 3],
        ),
        problem(
            "39",
            Function::new(|x: &[f64]| -x[0]).with_gradient(|_, g| write(g, &[-1.0, 0.0, 0.0, 0.0])),
            Constrained::new()
                .equal(
                    |x: &[f64]| x[1] - x[0].powi(3) - x[2] * x[2],
                    |x, g| write(g, &[-3.0 * x[0] * x[0], 1.0, -2.0 * x[2], 0.0]),
                )
                .equal(
                    |x| x[0] * x[0] - x[1] - x[3] * x[3],
                    |x, g| write(g, &[2.0 * x[0], -1.0, 0.0, -2.0 * x[3]]),
                ),
            &[2.0; 4],
            &[1.0, 1.0, 0.0, 0.0],
            -1.0,
        ),
        Problem {
            even: &[2, 3],
            ..problem(
                "40",
                Function::new(|x: &[f64]| -x.iter().product::<f64>()).with_gradient(|x, g| {
                    g[0] = -x[1] * x[2] * x[3];
                    g[1] = -x[0] * x[2] * x[3];
                    g[2] = -x[0] * x[1] * x[3];
                    g[3] = -x[0] * x[1] * x[2];
                }),
                Constrained::new()
                    .equal(
                        |x: &[f64]| x[0].powi(3) + x[1] * x[1] - 1.0,
                        |x, g| write(g, &[3.0 * x[0] * x[0], 2.0 * x[1], 0.0, 0.0]),
                    )
                    .equal(
                        |x| x[0] * x[0] * x[3] - x[2],
                        |x, g| write(g, &[2.0 * x[0] * x[3], 0.0, -1.0, x[0] * x[0]]),
                    )
                    .equal(
                        |x| x[3] * x[3] - x[1],
                        |x, g| write(g, &[0.0, -1.0, 0.0, 2.0 * x[3]]),
                    ),
                &[0.8; 4],
                &[
                    root(1.0 / 3.0),
                    root(1.0 / 2.0),
                    root(11.0 / 12.0),
                    root(1.0 / 4.0),
                ],
                -0.25,
            )
        },
        problem(
            "43",
            Function::new(|x: &[f64]| {
                let squares = x[0] * x[0] + x[1] * x[1] + 2.0 * x[2] * x[2] + x[3] * x[3];
                squares - 5.0 * x[0] - 5.0 * x[1] - 21.0 * x[2] + 7.0 * x[3]
            })
            .with_gradient(|x, g| {
                g[0] = 2.0 * x[0] - 5.0;
                g[1] = 2.0 * x[1] - 5.0;
                g[2] = 4.0 * x[2] - 21.0;
                g[3] = 2.0 * x[3] + 7.0;
            }),
            Constrained::new()
                .at_most(
                    |x: &[f64]| {
                        let squares: f64 = x.iter().map(|x| x * x).sum();
                        squares + x[0] - x[1] + x[2] - x[3] - 8.0
                    },
                    |x, g| {
                        g[0] = 2.0 * x[0] + 1.0;
                        g[1] = 2.0 * x[1] - 1.0;
                        g[2] = 2.0 * x[2] + 1.0;
                        g[3] = 2.0 * x[3] - 1.0;
                    },
                )
                .at_most(
                    |x| {
                        let squares = x[0] * x[0] + 2.0 * x[1] * x[1];
                        let squares = squares + x[2] * x[2] + 2.0 * x[3] * x[3];
                        squares - x[0] - x[3] - 10.0
                    },
                    |x, g| {
                        g[0] = 2.0 * x[0] - 1.0;
                        g[1] = 4.0 * x[1];
                        g[2] = 2.0 * x[2];
                        g[3] = 4.0 * x[3] - 1.0;
                    },
                )
                .at_most(
                    |x| {
                        let squares = 2.0 * x[0] * x[0] + x[1] * x[1] + x[2] * x[2];
                        squares + 2.0 * x[0] - x[1] - x[3] - 5.0
                    },
                    |x, g| {
                        g[0] = 4.0 * x[0] + 2.0;
                        g[1] = 2.0 * x[1] - 1.0;
                        g[2] = 2.0 * x[2];
                        g[3] = -1.0;
                    },
                ),
            &[0.0; 4],
            &[0.0, 1.0, 2.0, -1.0],
            -44.0,
        ),
        within(
            problem(
                "71",
                Function::new(|x: &[f64]| x[0] * x[3] * (x[0] + x[1] + x[2]) + x[2]).with_gradient(
                    |x, g| {
                        g[0] = x[3] * (2.0 * x[0] + x[1] + x[2]);
                        g[1] = x[0] * x[3];
                        g[2] = x[0] * x[3] + 1.0;
                        g[3] = x[0] * (x[0] + x[1] + x[2]);
                    },
                ),
                Constrained::new()
                    .equal(
                        |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>() - 40.0,
                        |x, g| {
                            for (g, x) in g.iter_mut().zip(x) {
                                *g = 2.0 * x;
                            }
                        },
                    )
                    .at_most(
                        |x: &[f64]| 25.0 - x.iter().product::<f64>(),
                        |x, g| {
                            let product: f64 = x.iter().product();
                            for (g, x) in g.iter_mut().zip(x) {
                                *g = -product / x;
                            }
                        },
                    ),
                &[1.0, 5.0, 5.0, 1.0],
                &[1.0, 4.742_999_6, 3.821_150_3, 1.379_408_3],
                17.014_017_3,
            ),
            &[1.0; 4],
            &[5.0; 4],
        ),
        problem(
            "100",
            Function::new(|x: &[f64]| {
                let squares = (x[0] - 10.0).powi(2) + 5.0 * (x[1] - 12.0).powi(2);
                let squares = squares + x[2].powi(4) + 3.0 * (x[3] - 11.0).powi(2);
                let powers = 10.0 * x[4].powi(6) + 7.0 * x[5] * x[5] + x[6].powi(4);
                squares + powers - 4.0 * x[5] * x[6] - 10.0 * x[5] - 8.0 * x[6]
            })
            .with_gradient(|x, g| {
                g[0] = 2.0 * (x[0] - 10.0);
                g[1] = 10.0 * (x[1] - 12.0);
                g[2] = 4.0 * x[2].powi(3);
                g[3] = 6.0 * (x[3] - 11.0);
                g[4] = 60.0 * x[4].powi(5);
                g[5] = 14.0 * x[5] - 4.0 * x[6] - 10.0;
                g[6] = 4.0 * x[6].powi(3) - 4.0 * x[5] - 8.0;
            }),
            Constrained::new()
                .at_most(
                    |x: &[f64]| {
                        let powers = 2.0 * x[0] * x[0] + 3.0 * x[1].powi(4) + 4.0 * x[3] * x[3];
                        powers + x[2] + 5.0 * x[4] - 127.0
                    },
                    |x, g| {
                        let powers = [4.0 * x[0], 12.0 * x[1].powi(3), 1.0, 8.0 * x[3], 5.0];
                        write(&mut g[..5], &powers);
                    },
                )
                .at_most(
                    |x| 7.0 * x[0] + 3.0 * x[1] + 10.0 * x[2] * x[2] + x[3] - x[4] - 282.0,
                    |x, g| write(&mut g[..5], &[7.0, 3.0, 20.0 * x[2], 1.0, -1.0]),
                )
                .at_most(
                    |x| 23.0 * x[0] + x[1] * x[1] + 6.0 * x[5] * x[5] - 8.0 * x[6] - 196.0,
                    |x, g| {
                        let squares = 2.0 * x[1];
                        write(g, &[23.0, squares, 0.0, 0.0, 0.0, 12.0 * x[5], -8.0]);
                    },
                )
                .at_most(
                    |x| {
                        let squares = 4.0 * x[0] * x[0] + x[1] * x[1] + 2.0 * x[2] * x[2];
                        squares - 3.0 * x[0] * x[1] + 5.0 * x[5] - 11.0 * x[6]
                    },
                    |x, g| {
                        g[0] = 8.0 * x[0] - 3.0 * x[1];
                        g[1] = 2.0 * x[1] - 3.0 * x[0];
                        g[2] = 4.0 * x[2];
                        g[5] = 5.0;
                        g[6] = -11.0;
                    },
                ),
            &[1.0, 2.0, 0.0, 4.0, 0.0, 1.0, 1.0],
            &[
                2.330_499,
                1.951_372,
                -0.477_541_4,
                4.365_726,
                -0.624_487_0,
                1.038_131,
                1.594_227,
            ],
            680.630_057_3,
        ),
    ]
}

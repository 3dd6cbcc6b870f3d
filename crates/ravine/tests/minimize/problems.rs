//! Problems with known answers: their derivatives, their minima, their values by an independent program, their formulas as text.

use ravine::minimize::{Objective, Residuals};
use ravine::problem::{self, Problem};
use ravine::random::{self, Purpose};

mod formula;

/// Every problem at its usual dimension, and some at others.
fn problems() -> Vec<Problem> {
    let more = [
        ("rosenbrock", 7),
        ("watson", 9),
        ("penalty-1", 4),
        ("penalty-2", 5),
        ("chebyquad", 9),
        ("broyden-banded", 17),
        ("broyden-tridiagonal", 2),
        ("discrete-boundary-value", 1),
        ("linear-rank-1-zero", 3),
        ("rastrigin", 5),
        ("ackley", 9),
        ("griewank", 6),
        ("ellipsoid", 1),
        ("quadratic", 23),
    ];
    let more = more.map(|(name, n)| problem::named_with(name, n).unwrap());
    problem::all().into_iter().chain(more).collect()
}

/// Points at which derivatives are looked at: the starts, and random ones in the domain and around the start.
fn points(problem: &Problem) -> Vec<Vec<f64>> {
    let mut rng = random::stream(3, Purpose::Probe, 0);
    let mut points = vec![problem.start().to_vec(), problem.race_start().to_vec()];
    // The waves of the surfaces are too short for differences out there.
    if problem::more_garbow_hillstrom().any(|family| family.name == problem.name()) {
        points.extend(problem.far_starts());
    }
    for _ in 0..4 {
        let domain = problem.domain().iter();
        points.push(
            domain
                .map(|(lo, hi)| lo + (hi - lo) * random::unit(&mut rng))
                .collect(),
        );
        let start = problem.start().iter();
        points.push(
            start
                .map(|x| x + 0.1 * x.abs().max(0.1) * random::normal(&mut rng))
                .collect(),
        );
    }
    points
}

/// Derivatives of `f`, m functions, at x along coordinate i: by differences of two orders, and how far they can be trusted.
fn difference(f: &dyn Fn(&[f64]) -> Vec<f64>, x: &[f64], i: usize) -> Vec<(f64, f64)> {
    let at = |h: f64| {
        let mut moved = x.to_vec();
        moved[i] = x[i] + h;
        let above = f(&moved);
        let up = moved[i];
        moved[i] = x[i] - h;
        let below = f(&moved);
        let width = up - moved[i];
        let slopes = above.iter().zip(&below).map(|(a, b)| (a - b) / width);
        let noise = above
            .iter()
            .zip(&below)
            .map(|(a, b)| (a.abs() + b.abs()) * 1e-15 / width);
        (slopes.collect::<Vec<f64>>(), noise.collect::<Vec<f64>>())
    };
    let h = 2e-4 * x[i].abs().max(1e-2);
    let ((coarse, _), (fine, noise)) = (at(h), at(h / 2.0));
    // Richardson: the error of the finer one is a third of their distance, and is taken away.
    let pairs = coarse.iter().zip(&fine).zip(noise);
    pairs
        .map(|((coarse, fine), noise)| {
            (
                fine + (fine - coarse) / 3.0,
                (fine - coarse).abs() / 10.0 + 100.0 * noise,
            )
        })
        .collect()
}

fn agree(exact: f64, (difference, trust): (f64, f64), scale: f64) -> bool {
    // Where values overflow, there is nothing to compare.
    !difference.is_finite()
        || !trust.is_finite()
        || (exact - difference).abs() <= trust + 1e-7 * difference.abs() + 1e-12 * scale
}

fn is_smooth(problem: &Problem) -> bool {
    problem.name() != "noisy-quadratic"
}

#[test]
fn gradients_are_those_of_the_values() {
    for problem in problems().iter().filter(|p| is_smooth(p)) {
        for x in points(problem) {
            let mut gradient = vec![f64::NAN; x.len()];
            let value = problem.value_and_gradient(&x, &mut gradient).unwrap();
            let alone = problem.value(&x);
            assert!(
                (value - alone).abs() <= 1e-14 * alone.abs() || !alone.is_finite(),
                "{problem:?} {value} {alone}"
            );
            let mut again = vec![f64::NAN; x.len()];
            assert!(problem.gradient(&x, &mut again));
            assert!(
                again
                    .iter()
                    .zip(&gradient)
                    .all(|(a, b)| a.to_bits() == b.to_bits())
            );
            for (i, &g) in gradient.iter().enumerate() {
                let d = difference(&|x| vec![problem.value(x)], &x, i);
                assert!(agree(g, d[0], 0.0), "{problem:?} at {x:?}, {i}: {g} {d:?}");
            }
        }
    }
}

#[test]
fn hessians_are_those_of_the_gradients() {
    for problem in problems().iter().filter(|p| is_smooth(p)) {
        for x in points(problem) {
            let n = x.len();
            let mut hessian = vec![f64::NAN; n * n];
            assert!(problem.hessian(&x, &mut hessian));
            if hessian.iter().any(|h| !h.is_finite()) {
                continue;
            }
            let scale = hessian.iter().fold(0.0, |s: f64, h| s.max(h.abs()));
            let gradient = |x: &[f64]| {
                let mut gradient = vec![f64::NAN; n];
                problem.gradient(x, &mut gradient);
                gradient
            };
            for i in 0..n {
                for (j, d) in difference(&gradient, &x, i).into_iter().enumerate() {
                    let (h, mirrored) = (hessian[i * n + j], hessian[j * n + i]);
                    assert!((h - mirrored).abs() <= 1e-12 * scale, "{problem:?} {i} {j}");
                    assert!(
                        agree(h, d, scale),
                        "{problem:?} at {x:?}, {i} {j}: {h} {d:?}"
                    );
                }
            }
            let v: Vec<f64> = (0..n).map(|i| 1.0 - 0.3 * i as f64).collect();
            let mut product = vec![f64::NAN; n];
            assert!(problem.hessian_vector(&x, &v, &mut product));
            for (row, p) in hessian.chunks(n).zip(product) {
                let terms = row.iter().zip(&v).map(|(h, v)| h * v);
                let (sum, size) = terms.fold((0.0, 0.0), |(s, t), x| (s + x, t + f64::abs(x)));
                assert!(
                    (sum - p).abs() <= 1e-13 * n as f64 * size,
                    "{problem:?} {sum} {p}"
                );
            }
        }
    }
}

#[test]
fn jacobians_are_those_of_the_residuals() {
    let mut with_residuals = 0;
    for problem in problems() {
        let Some(parts) = Objective::residuals(&problem) else {
            continue;
        };
        with_residuals += 1;
        let n = problem.variables();
        let m = parts.count(n);
        let residuals = |x: &[f64]| {
            let mut residuals = vec![f64::NAN; m];
            Residuals::residuals(parts, x, &mut residuals);
            residuals
        };
        for x in points(&problem) {
            let r = residuals(&x);
            let (sum, value) = (r.iter().map(|r| r * r).sum::<f64>(), problem.value(&x));
            assert!(
                (sum - value).abs() <= 1e-13 * value || !value.is_finite(),
                "{problem:?}"
            );
            let mut jacobian = vec![f64::NAN; m * n];
            assert!(parts.jacobian(&x, &mut jacobian));
            for j in 0..n {
                for (i, d) in difference(&residuals, &x, j).into_iter().enumerate() {
                    let exact = jacobian[i * n + j];
                    assert!(
                        agree(exact, d, 0.0),
                        "{problem:?} at {x:?}, {i} {j}: {exact} {d:?}"
                    );
                }
            }
        }
    }
    assert!(with_residuals >= 38, "{with_residuals}");
}

/// Whether `H + shift·D` has a Cholesky factor, where D is H's diagonal (or 1).
fn is_positive(hessian: &[f64], n: usize, free: &[usize]) -> bool {
    let d = |i: usize| {
        let diagonal = hessian[free[i] * n + free[i]].abs();
        if diagonal > 0.0 { diagonal.sqrt() } else { 1.0 }
    };
    let k = free.len();
    let mut a = vec![vec![0.0; k]; k];
    for i in 0..k {
        for j in 0..=i {
            a[i][j] = hessian[free[i] * n + free[j]] / (d(i) * d(j));
        }
        a[i][i] += 1e-9;
    }
    for i in 0..k {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|l| a[i][l] * a[j][l]).sum();
            let rest = a[i][j] - sum;
            if i == j {
                if rest <= 0.0 {
                    return false;
                }
                a[i][i] = rest.sqrt();
            } else {
                a[i][j] = rest / a[j][j];
            }
        }
    }
    true
}

#[test]
fn minima_are_minima() {
    let others = [4, 9, 10, 12].into_iter().flat_map(|n| {
        [
            "rosenbrock",
            "watson",
            "penalty-1",
            "penalty-2",
            "chebyquad",
            "styblinski-tang",
        ]
        .map(|name| problem::named_with(name, n).unwrap())
    });
    let mut points = 0;
    for problem in problems().into_iter().chain(others).filter(is_smooth) {
        let n = problem.variables();
        let sorted = problem.minima().is_sorted_by(|a, b| a.value <= b.value);
        assert!(sorted, "{problem:?}");
        for minimum in problem.minima() {
            let Some(x) = &minimum.point else { continue };
            points += 1;
            let mut gradient = vec![0.0; n];
            let value = problem.value_and_gradient(x, &mut gradient).unwrap();
            let mut hessian = vec![0.0; n * n];
            problem.hessian(x, &mut hessian);
            // A rounded point is off by half a unit in the last place of each coordinate.
            let rounding = |i: usize| {
                let row = hessian[i * n..(i + 1) * n].iter().zip(x);
                f64::EPSILON * row.map(|(h, x)| h.abs() * x.abs().max(1e-3)).sum::<f64>()
            };
            let slack: f64 = (0..n).map(|i| rounding(i) * x[i].abs().max(1.0)).sum();
            assert!(
                (value - minimum.value).abs()
                    <= 1e-12 * minimum.value.abs() + 1e-13 + slack.min(1e-10),
                "{problem:?} {value} {minimum:?}"
            );
            let inside = |&i: &usize| {
                let (lower, upper) = problem.domain()[i];
                problem.name() != "eggholder" || (lower < x[i] && x[i] < upper)
            };
            let free: Vec<usize> = (0..n).filter(inside).collect();
            for &i in &free {
                assert!(
                    gradient[i].abs() <= 100.0 * rounding(i) + 1e-12,
                    "{problem:?} {minimum:?} {gradient:?} {}",
                    rounding(i)
                );
            }
            assert!(
                is_positive(&hessian, n, &free),
                "{problem:?} {minimum:?} {hessian:?}"
            );
        }
    }
    assert!(points > 120, "{points}");
}

/// As published by Moré, Garbow and Hillstrom, and for the surfaces by Jamil and Yang, to the digits that they give.
#[test]
fn the_least_values_are_those_published() {
    for (name, n, published) in [
        ("freudenstein-roth", 2, &[0.0, 48.9842][..]),
        ("jennrich-sampson", 2, &[124.362]),
        ("bard", 3, &[8.21487e-3, 17.4286]),
        ("gaussian", 3, &[1.12793e-8]),
        ("meyer", 3, &[87.9458]),
        ("kowalik-osborne", 4, &[3.07505e-4, 1.02734e-3]),
        ("brown-dennis", 4, &[85822.2]),
        ("osborne-1", 5, &[5.46489e-5]),
        ("biggs-exp6", 6, &[0.0, 5.65565e-3]),
        ("osborne-2", 11, &[4.01377e-2]),
        ("watson", 6, &[2.28767e-3]),
        ("watson", 9, &[1.39976e-6]),
        ("watson", 12, &[4.72238e-10]),
        ("penalty-1", 4, &[2.24997e-5]),
        ("penalty-1", 10, &[7.08765e-5]),
        ("penalty-2", 4, &[9.37629e-6]),
        ("penalty-2", 10, &[2.93660e-4]),
        ("trigonometric", 10, &[0.0, 2.79506e-5]),
        ("brown-almost-linear", 10, &[0.0, 1.0]),
        ("chebyquad", 8, &[3.51687e-3]),
        ("chebyquad", 9, &[0.0]),
        // The published value is that of a local minimum.
        ("chebyquad", 10, &[4.77271e-3, 6.50395e-3]),
        ("goldstein-price", 2, &[3.0]),
        ("styblinski-tang", 2, &[-78.3323]),
        ("schaffer-n4", 2, &[0.292579]),
        ("cross-in-tray", 2, &[-2.06261]),
        ("eggholder", 2, &[-959.641]),
        ("holder-table", 2, &[-19.2085]),
        ("mccormick", 2, &[-1.91322]),
        ("branin", 2, &[0.397887]),
        ("six-hump-camel", 2, &[-1.03163]),
    ] {
        let problem = problem::named_with(name, n).unwrap();
        let close =
            |value: f64, published: f64| (value - published).abs() <= 6e-6 * published.abs();
        let known = problem.minima();
        assert!(close(known[0].value, published[0]), "{name} {n} {known:?}");
        for &value in published {
            assert!(
                known.iter().any(|m| close(m.value, value)),
                "{name} {n} {value} {known:?}"
            );
        }
    }
}

#[test]
fn values_and_gradients_are_those_of_an_independent_program() {
    let golden: serde_json::Value =
        serde_json::from_str(include_str!("../golden/problems.json")).unwrap();
    let golden = golden["problems"].as_array().unwrap();
    let numbers = |value: &serde_json::Value| -> Vec<f64> {
        let array = value.as_array().unwrap().iter();
        array.map(|x| x.as_f64().unwrap()).collect()
    };
    for expected in golden {
        let name = expected["name"].as_str().unwrap();
        let problem = problem::named(name).unwrap();
        let points = expected["points"].as_array().unwrap();
        let (start, given) = (numbers(&points[0]["x"]), problem.start());
        assert!(
            start.iter().zip(given).all(|(a, b)| (a - b).abs() < 1e-15),
            "{name}"
        );
        assert_eq!(start.len(), given.len(), "{name}");
        for point in points {
            let x = numbers(&point["x"]);
            let mut gradient = vec![0.0; x.len()];
            let value = problem.value_and_gradient(&x, &mut gradient).unwrap();
            let exact = point["value"].as_f64().unwrap();
            assert!(
                (value - exact).abs() <= 1e-12 * exact.abs() + 1e-14,
                "{name} {value} {exact}"
            );
            if point["gradient"].is_null() {
                continue;
            }
            let exact = numbers(&point["gradient"]);
            let scale = exact.iter().fold(1.0, |s: f64, g| s.max(g.abs()));
            for (g, exact) in gradient.iter().zip(exact) {
                assert!((g - exact).abs() <= 1e-11 * scale, "{name} {g} {exact}");
            }
        }
    }
    // All but those that draw random numbers.
    assert_eq!(golden.len() + 2, problem::families().count());
}

#[test]
fn values_are_those_of_published_programs() {
    let published: serde_json::Value =
        serde_json::from_str(include_str!("../golden/published.json")).unwrap();
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    for expected in published["problems"].as_array().unwrap() {
        let name = expected["name"].as_str().unwrap();
        for point in expected["points"].as_array().unwrap() {
            let x: Vec<f64> = point["x"].as_array().unwrap().iter().map(number).collect();
            let value = problem::named_with(name, x.len()).unwrap().value(&x);
            let known = number(&point["value"]);
            assert!(
                (value - known).abs() <= 1e-11 * known.abs() + 1e-14,
                "{} {value} {known}",
                expected["source"]
            );
        }
    }
}

/// As printed by Moré, Garbow and Hillstrom's own program, algorithm 566 of the ACM, in the order of its 18 problems.
#[test]
fn values_at_the_standard_starts_are_those_of_algorithm_566() {
    for (name, n, printed) in [
        ("helical-valley", 3, 2.50e3),
        ("biggs-exp6", 6, 7.79e-1),
        ("gaussian", 3, 3.89e-6),
        ("powell-badly-scaled", 2, 1.14),
        ("box-3d", 3, 1.03e3),
        ("variably-dimensioned", 40, 9.39e10),
        ("watson", 9, 3.00e1),
        ("penalty-1", 60, 5.45e9),
        ("penalty-2", 65, 2.87e5),
        ("brown-badly-scaled", 2, 1.00e12),
        ("brown-dennis", 4, 7.93e6),
        ("gulf", 3, 1.21e1),
        ("trigonometric", 40, 2.01e-3),
        ("extended-rosenbrock", 40, 4.84e2),
        ("extended-powell-singular", 60, 3.23e3),
        ("beale", 2, 1.42e1),
        ("wood", 4, 1.92e4),
        ("chebyquad", 50, 1.39e-2),
    ] {
        let problem = problem::named_with(name, n).unwrap();
        let value = problem.value(problem.start());
        // Three digits.
        assert!(
            (value - printed).abs() <= 5.001e-3 * printed,
            "{name} {value} {printed}"
        );
    }
}

#[test]
fn formulas_as_text_are_the_functions() {
    let mut with_text = 0;
    for problem in problem::all().iter().filter(|p| p.variables() == 2) {
        let Some(text) = problem.expression() else {
            assert_eq!(problem.name(), "noisy-quadratic");
            continue;
        };
        with_text += 1;
        for point in points(problem) {
            let (value, read) = (
                problem.value(&point),
                formula::value(text, point[0], point[1]),
            );
            if value.is_finite() {
                let scale = value.abs().max(1e-3);
                assert!(
                    (value - read).abs() <= 1e-9 * scale,
                    "{problem:?} {point:?} {value} {read}"
                );
            }
        }
    }
    assert!(with_text >= 26, "{with_text}");
}

#[test]
fn names_are_found_and_slips_understood() {
    let mut names: Vec<&str> = problem::families().map(|family| family.name).collect();
    let count = names.len();
    assert_eq!(problem::more_garbow_hillstrom().count(), 35);
    for name in &names {
        let problem = problem::named(name).unwrap();
        assert_eq!(
            (problem.name(), problem.domain().len()),
            (*name, problem.variables())
        );
        assert!(!problem.title().is_empty() && !problem.source().is_empty());
        let dimensions = problem::family(name).unwrap().dimensions;
        assert!(dimensions.contain(problem.variables()), "{name}");
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    for (typed, message) in [
        (
            "himelblau",
            "no problem is called himelblau; did you mean himmelblau?",
        ),
        ("Beale", "no problem is called Beale; did you mean beale?"),
        ("weather", "no problem is called weather"),
    ] {
        assert_eq!(problem::named(typed).unwrap_err().to_string(), message);
    }
    for (name, n, message) in [
        ("beale", 3, "beale has 2 variables, not 3"),
        ("watson", 40, "watson has 2 to 31 variables, not 40"),
        (
            "extended-powell-singular",
            6,
            "extended-powell-singular has 4 to 16777216 variables (multiples of 4), not 6",
        ),
        ("sphere", 0, "sphere has 1 to 16777216 variables, not 0"),
        (
            "sphere",
            usize::MAX,
            "sphere has 1 to 16777216 variables, not 18446744073709551615",
        ),
    ] {
        assert_eq!(
            problem::named_with(name, n).unwrap_err().to_string(),
            message
        );
    }
    let zero = problem::named("watson").unwrap();
    assert_eq!(zero.far_starts(), [vec![10.0; 6], vec![100.0; 6]]);
    let rosenbrock = problem::named("rosenbrock").unwrap();
    assert_eq!(
        rosenbrock.far_starts(),
        [vec![-12.0, 10.0], vec![-120.0, 100.0]]
    );
}

#[test]
fn a_wrong_number_of_coordinates_is_survived() {
    for problem in problem::all() {
        for n in [0, 1, problem.variables() + 3] {
            let x = vec![0.5; n];
            problem.value(&x);
            problem.gradient(&x, &mut vec![0.0; n]);
            problem.hessian(&x, &mut vec![0.0; n * n]);
            problem.hessian_vector(&x, &x, &mut vec![0.0; n]);
            if let Some(parts) = Objective::residuals(&problem) {
                let m = parts.count(n);
                Residuals::residuals(parts, &x, &mut vec![0.0; m]);
                parts.jacobian(&x, &mut vec![0.0; m * n]);
            }
        }
    }
}

#[test]
fn quadratics_have_the_spectrum_that_was_chosen() {
    let spectrum = [1.0, 2.0, 5.0, 30.0, 100.0];
    let problem = problem::quadratic(&spectrum, 11).unwrap();
    let n = spectrum.len();
    let mut a = vec![0.0; n * n];
    problem.hessian(problem.start(), &mut a);
    // Traces of the powers are the sums of the eigenvalues' powers.
    let mut power = a.clone();
    for k in 1..=n as i32 {
        let trace: f64 = (0..n).map(|i| power[i * n + i]).sum();
        let expected: f64 = spectrum.iter().map(|l| l.powi(k)).sum();
        assert!(
            (trace / expected - 1.0).abs() < 1e-13,
            "{k} {trace} {expected}"
        );
        let product = |i: usize, j: usize| (0..n).map(|l| power[i * n + l] * a[l * n + j]).sum();
        power = (0..n * n).map(|ij| product(ij / n, ij % n)).collect();
    }
    let off_diagonal = (0..n * n).filter(|ij| ij / n != ij % n);
    assert!(off_diagonal.map(|ij| a[ij].abs()).fold(0.0, f64::max) > 1.0);
    let again = problem::quadratic(&spectrum, 11).unwrap();
    assert_eq!(
        again.value(&[1.0; 5]).to_bits(),
        problem.value(&[1.0; 5]).to_bits()
    );
    let other = problem::quadratic(&spectrum, 12).unwrap();
    assert_ne!(other.value(&[1.0; 5]), problem.value(&[1.0; 5]));
    assert!(
        problem::quadratic(&[-1.0, 1.0], 0)
            .unwrap()
            .minima()
            .is_empty()
    );
    assert!(problem::quadratic(&[], 0).is_err());
    assert!(problem::quadratic(&[f64::NAN], 0).is_err());
    assert!(problem::ravine(0.5).is_err());
    assert_eq!(problem::ravine(1e4).unwrap().value(&[1.0, 1.0]), 5000.5);
}

#[test]
fn noise_has_the_mean_and_deviation_that_were_chosen() {
    let problem = problem::noisy_quadratic(2, 0.3, 5).unwrap();
    let mut rng = random::stream(1, Purpose::Probe, 0);
    let (mut gradients, mut squares, mut values) = ([0.0; 2], [0.0; 2], 0.0);
    let draws = 20_000;
    for _ in 0..draws {
        // Points so near to one another that only their noise differs.
        let x = [
            1.0 + 1e-9 * random::unit(&mut rng),
            -2.0 + 1e-9 * random::unit(&mut rng),
        ];
        let mut gradient = [0.0; 2];
        let value = problem.value_and_gradient(&x, &mut gradient);
        values += value.unwrap_or_else(|| problem.value(&x)) / f64::from(draws);
        problem.gradient(&x, &mut gradient);
        for i in 0..2 {
            gradients[i] += gradient[i] / f64::from(draws);
            squares[i] += gradient[i] * gradient[i] / f64::from(draws);
        }
        assert_eq!(problem.value(&x).to_bits(), problem.value(&x).to_bits());
    }
    for (i, (mean, h)) in [(1.0, 1.0), (-20.0, 10.0)].into_iter().enumerate() {
        let deviation = 0.3 * h;
        let error = 4.0 * deviation / f64::from(draws).sqrt();
        assert!((gradients[i] - mean).abs() < error, "{gradients:?}");
        let variance = squares[i] - gradients[i] * gradients[i];
        assert!(
            (variance.sqrt() / deviation - 1.0).abs() < 0.03,
            "{variance}"
        );
    }
    assert!((values - 20.5).abs() < 0.2, "{values}");
}

#[test]
fn long_problems_cost_little() {
    for name in [
        "rosenbrock",
        "extended-rosenbrock",
        "broyden-banded",
        "rastrigin",
    ] {
        let n = 100_000;
        let problem = problem::named_with(name, n).unwrap();
        let mut gradient = vec![0.0; n];
        let value = problem.value_and_gradient(problem.start(), &mut gradient);
        assert!(value.unwrap() > 0.0);
    }
}

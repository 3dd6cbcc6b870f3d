//! Expressions: reading, exact derivatives, and errors that point at the mistake.

use proptest::prelude::*;
use ravine::expression::Expression;
use ravine::minimize::Objective;
use ravine::problem;

fn value(text: &str, x: &[f64]) -> f64 {
    Expression::parse(text).unwrap().value(x)
}

#[test]
fn precedence_is_the_usual_one() {
    let table = [
        ("-x^2", 3.0, -9.0),
        ("2^-x", 2.0, 0.25),
        ("2^x^2", 3.0, 512.0),
        ("2**x", 3.0, 8.0),
        ("-2*-x", 3.0, 6.0),
        ("1 - x - 2", 3.0, -4.0),
        ("12/x/2", 3.0, 2.0),
        ("2*(x + 1)^2/4", 3.0, 8.0),
        ("+x − 1", 3.0, 2.0),
        ("1.5e-3·x", 2.0, 0.003),
        ("max(x, 2) + min(x, 2)", 3.0, 5.0),
        ("pow(x, 3) + atan2(0*x, 1)", 2.0, 8.0),
        ("log10(x) + log2(8) + ln(e)", 1000.0, 7.0),
        ("cos(pi)*x + sin(tau)*0", 1.0, -1.0),
        ("abs(-x) + sqrt(x)^2", 4.0, 8.0),
        ("x^0.5 + x^-2", 4.0, 2.0625),
        ("x^100", 1.0, 1.0),
        ("cbrt(-x)", 27.0, -3.0),
        ("x₁² + x₁¹⁰", 2.0, 1028.0),
    ];
    for (text, x, expected) in table {
        assert_eq!(value(text, &[x]), expected, "{text}");
    }
}

#[test]
fn variables_are_in_natural_order() {
    let of = |text: &str| Expression::parse(text).unwrap().variables().to_vec();
    assert_eq!(of("(y - x^2)^2 + x"), ["x", "y"]);
    assert_eq!(
        of("x10 + x2 + x1 + a_b + α"),
        ["a_b", "x1", "x2", "x10", "α"]
    );
    assert_eq!(of("pi + e"), Vec::<String>::new());
    assert_eq!(value("y - x", &[1.0, 5.0]), 4.0);
}

#[test]
fn rosenbrock_has_its_known_derivatives() {
    let f = Expression::parse("(1-x)^2 + 100*(y-x^2)^2").unwrap();
    let x = [-1.2, 1.0];
    let mut gradient = [0.0_f64; 2];
    let value = f.value_and_gradient(&x, &mut gradient).unwrap();
    assert!((value - 24.2).abs() < 1e-13);
    assert!((gradient[0] + 215.6).abs() < 1e-12 && (gradient[1] + 88.0).abs() < 1e-12);
    let mut hessian = [0.0_f64; 4];
    assert!(f.hessian(&x, &mut hessian));
    for (found, known) in hessian.iter().zip([1330.0, 480.0, 480.0, 200.0]) {
        assert!((found - known).abs() < 1e-10, "{hessian:?}");
    }
    let mut product = [0.0_f64; 2];
    assert!(f.hessian_vector(&x, &[1.0, 2.0], &mut product));
    assert!((product[0] - 2290.0).abs() < 1e-10 && (product[1] - 880.0).abs() < 1e-10);
    assert_eq!(Objective::<f64>::dimension(&f), Some(2));
}

#[test]
fn single_precision_is_computed_in_double() {
    let f = Expression::parse("x*1e30*1e-30").unwrap();
    assert_eq!(Objective::<f32>::value(&f, &[2.5]), 2.5);
}

#[test]
fn kinks_have_the_derivative_of_a_side() {
    let slope = |text: &str, x: f64| {
        let mut g = [f64::NAN];
        Expression::parse(text).unwrap().gradient(&[x], &mut g);
        g[0]
    };
    assert_eq!(
        [-2.0, 0.0, 3.0].map(|x| slope("abs(x)", x)),
        [-1.0, 0.0, 1.0]
    );
    assert_eq!([-2.0, 3.0].map(|x| slope("max(x, 0)", x)), [0.0, 1.0]);
    assert_eq!([-2.0, 3.0].map(|x| slope("min(2*x, x)", x)), [2.0, 1.0]);
    // The side that is not chosen does not count, however steep it is.
    assert_eq!(slope("max(x, ln(x))", 0.0), 1.0);
    assert_eq!(slope("2*max(x, ln(x)*3)/4", 0.0), 0.5);
    assert_eq!(slope("5 - max(min(x, 7), -sqrt(x))", 0.0), -1.0);
    assert_eq!(slope("max(x, -1/x^2) + max(x, -1/x^2)^2", 0.0), 1.0);
    let mut curvature = [f64::NAN];
    assert!(
        Expression::parse("max(x, ln(x))")
            .unwrap()
            .hessian(&[0.0], &mut curvature)
    );
    assert_eq!(curvature, [0.0]);
    assert_eq!(slope("x^2", 0.0), 0.0);
    assert_eq!(slope("x^3", -2.0), 12.0);
    assert!(!Expression::parse("abs(x)").unwrap().is_smooth());
    assert!(Expression::parse("cos(x)").unwrap().is_smooth());
}

#[test]
fn mistakes_are_pointed_at() {
    let table = [
        ("", "empty", 0..0),
        ("   ", "empty", 3..3),
        ("x + ", "missing at the end", 4..4),
        ("x + * y", "missing before this '*'", 4..5),
        ("(x + y", "never closed", 0..1),
        ("x + y)", "closes nothing", 5..6),
        ("sine(x)", "did you mean 'sin'", 0..4),
        ("1 + sqr(x)", "did you mean 'sqrt'", 4..7),
        ("frobnicate(x)", "there are abs", 0..10),
        ("2x", "operator is missing", 1..2),
        // Not an exponent: a number and the constant e.
        ("2e*x", "operator is missing", 1..2),
        ("²x", "missing before this '^'", 0..1),
        ("2(x)", "operator is missing", 1..2),
        ("x(1 - y)", "write x*(…)", 0..1),
        ("sin x", "argument follows in parentheses", 0..3),
        ("sin(x, y)", "one argument, not 2", 0..3),
        ("max(x)", "two arguments, not 1", 0..3),
        ("f()", "f is not a function", 0..1),
        ("sin()", "missing before this ')'", 4..5),
        ("(x, y)", "between the arguments", 2..3),
        ("x, y", "between the arguments", 1..2),
        ("1.2.3", "'1.2.3' is not a number", 0..5),
        (".", "'.' is not a number", 0..1),
        ("x & y", "'&' means nothing", 2..3),
        ("x = 2", "'=' means nothing", 2..3),
    ];
    for (text, expected, place) in table {
        let error = Expression::parse(text).unwrap_err();
        assert!(error.message.contains(expected), "{text}: {error}");
        assert_eq!(error.place, place, "{text}: {error}");
    }
}

#[test]
fn the_caret_stands_under_the_mistake() {
    let shown = Expression::parse("1 + sine(x)").unwrap_err().to_string();
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[1..], ["  1 + sine(x)", "      ^^^^"]);
    let long = format!("{}sine(x){}", "x + ".repeat(50), " + x".repeat(50));
    let shown = Expression::parse(&long).unwrap_err().to_string();
    let lines: Vec<Vec<char>> = shown.lines().map(|line| line.chars().collect()).collect();
    assert!(lines[1].len() < 100, "{shown}");
    let from = lines[2].iter().position(|c| *c == '^').unwrap();
    assert_eq!(
        lines[1][from..from + 4].iter().collect::<String>(),
        "sine",
        "{shown}"
    );
}

#[test]
fn depth_is_an_error_and_not_a_crash() {
    for text in [
        "(".repeat(100_000),
        "-".repeat(100_000),
        "sin(".repeat(5_000),
        "2^".repeat(9_000),
    ] {
        let error = Expression::parse(&text).unwrap_err();
        assert!(error.message.contains("nested"), "{}", error.message);
    }
    let wide = vec!["x"; 20_000].join("+");
    assert_eq!(value(&wide, &[1.0]), 20_000.0);
}

/// Expressions that are smooth around the points where they are differentiated, with what f64 makes of them.
fn smooth() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("x".to_string()),
        Just("y".to_string()),
        (-3.0..3.0_f64).prop_map(|c| format!("({c:.3})")),
    ];
    leaf.prop_recursive(4, 24, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} + {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} - {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a})*({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a})/(2 + ({b})^2)")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(1.5 + sin({a}))^cos({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("atan2({a}, 1.5 + sin({b}))")),
            (inner.clone(), 1..5_i32).prop_map(|(a, n)| format!("({a})^{n}")),
            (
                inner.clone(),
                prop::sample::select(vec!["sin", "cos", "tanh", "atan", "sinh"])
            )
                .prop_map(|(a, f)| format!("{f}(sin({a}))")),
            inner.clone().prop_map(|a| format!("exp(-({a})^2)")),
            inner.clone().prop_map(|a| format!("ln(1 + ({a})^2)")),
            inner
                .clone()
                .prop_map(|a| format!("log2(3 + cos({a})) + log10(3 + sin({a}))")),
            inner.clone().prop_map(|a| format!("sqrt(1 + ({a})^2)")),
            inner.clone().prop_map(|a| format!("cbrt(2 + sin({a}))")),
            (inner.clone(), inner.clone())
                .prop_map(|(a, b)| format!("(max({a}, ({b}) + 100)*min({b}, ({a}) - 100))")),
            inner
                .clone()
                .prop_map(|a| format!("asin(sin({a})/2) + acos(cos({a})/3)")),
            inner
                .clone()
                .prop_map(|a| format!("cosh(cos({a})) + tan(sin({a}))")),
        ]
    })
}

proptest! {
    #[test]
    fn derivatives_agree_with_differences(text in smooth(), x in -1.5..1.5_f64, y in -1.5..1.5_f64) {
        let whole = format!("{text} + 0*x + 0*y");
        let f = Expression::parse(&whole).unwrap();
        let mut gradient = [0.0_f64; 2];
        let value = f.value_and_gradient(&[x, y], &mut gradient).unwrap();
        let mut hessian = [0.0_f64; 4];
        f.hessian(&[x, y], &mut hessian);
        let size = hessian.iter().chain(&gradient).fold(value.abs().max(1.0), |m, v| m.max(v.abs()));
        prop_assume!(size < 1e4);
        for i in 0..2 {
            let h = 1e-5;
            let at = |sign: f64| {
                let mut p = [x, y];
                p[i] += sign * h;
                let mut g = [0.0; 2];
                (f.value_and_gradient(&p, &mut g).unwrap(), g)
            };
            let ((up, g_up), (down, g_down)) = (at(1.0), at(-1.0));
            let slope = (up - down) / (2.0 * h);
            prop_assert!((gradient[i] - slope).abs() < 1e-4 * size, "{whole}: ∂{i} {} {slope}", gradient[i]);
            let mut product = [0.0; 2];
            f.hessian_vector(&[x, y], &[if i == 0 { 2.0 } else { 0.0 }, if i == 1 { 2.0 } else { 0.0 }], &mut product);
            for j in 0..2 {
                prop_assert!((product[j] - 2.0 * hessian[2 * i + j]).abs() < 1e-9 * size, "{whole}: {product:?} {hessian:?}");
                let curvature = (g_up[j] - g_down[j]) / (2.0 * h);
                prop_assert!((hessian[2 * i + j] - curvature).abs() < 1e-3 * size, "{whole}: ∂{i}{j} {} {curvature}", hessian[2 * i + j]);
            }
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "[-+*/^(),.a-z0-9 ²é]{0,40}") {
        if let Err(error) = Expression::parse(&text) {
            prop_assert!(error.place.end <= text.chars().count());
            prop_assert!(!error.to_string().is_empty());
        }
    }
}

/// Long expressions, and those of many variables, take time that grows with their length.
#[test]
fn length_is_no_trouble() {
    let many = |one: &dyn Fn(usize) -> String, count: usize, between: &str| {
        let parts: Vec<String> = (0..count).map(one).collect();
        parts.join(between)
    };
    let x = |_| "x".to_string();
    let each = |i| format!("x{i}");
    assert_eq!(value(&many(&x, 100_000, "+"), &[2.0]), 200_000.0);
    assert_eq!(value(&many(&x, 20_000, "*"), &[1.0]), 1.0);
    assert_eq!(value(&many(&x, 20_000, "/"), &[1.0]), 1.0);
    assert_eq!(value(&many(&x, 100, "^"), &[1.0]), 1.0);
    assert_eq!(value(&many(&each, 300, "+"), &[1.0; 300]), 300.0);
    let nested = format!("{}x{}", "(".repeat(150), "^2)".repeat(150));
    assert_eq!(value(&nested, &[1.0]), 1.0);
    let sines = format!("{}x{}", "sin(".repeat(150), ")".repeat(150));
    let sine = (0..150).fold(1.0, |x, _| libm::sin(x));
    assert_eq!(value(&sines, &[1.0]), sine);

    let largest: String = (1..=150).map(|i| format!("max(sin(x/{i}), ")).collect();
    let largest = Expression::parse(&format!("{largest}x{}", ")".repeat(150))).unwrap();
    let mut slope = [0.0];
    assert_eq!(largest.value_and_gradient(&[2.0], &mut slope), Some(2.0));
    assert_eq!(slope, [1.0]);
    assert_eq!(
        largest.value_and_gradient(&[-3.0], &mut slope),
        Some(libm::sin(-3.0 / 150.0))
    );
    assert_eq!(slope, [libm::cos(-3.0 / 150.0) * (1.0 / 150.0)]);

    // ∏x: ∂ᵢ is the product of the others, ∂ᵢⱼ that of the rest, all 1 at 1.
    let n = 1000;
    let product = Expression::parse(&many(&each, n, "*")).unwrap();
    let (ones, mut gradient, mut along) = (vec![1.0; n], vec![0.0; n], vec![0.0; n]);
    assert_eq!(product.value_and_gradient(&ones, &mut gradient), Some(1.0));
    assert!(product.hessian_vector(&ones, &ones, &mut along));
    assert!(gradient.iter().all(|g| *g == 1.0) && along.iter().all(|p| *p == n as f64 - 1.0));

    let n = 20_000;
    let sines = Expression::parse(&many(&|i| format!("sin({i}*x{i})"), n, " + ")).unwrap();
    let mut gradient = vec![f64::NAN; n];
    sines.gradient(&vec![0.0; n], &mut gradient);
    assert!(gradient.iter().zip(0..).all(|(g, i)| *g == f64::from(i)));
    assert!(sines.nodes().len() < 20 * n, "{}", sines.nodes().len());
}

/// The chain of Rosenbrock's functions as text, and as the problem that was written by hand.
#[test]
fn many_variables_have_the_derivatives_of_the_problem() {
    let term = |i| format!("100*(x{} - x{i}^2)^2 + (1 - x{i})^2", i + 1);
    for n in [2, 7, 90] {
        let text: Vec<String> = (1..n).map(term).collect();
        let written = Expression::parse(&text.join(" + ")).unwrap();
        let known = problem::named_with("rosenbrock", n).unwrap();
        let x: Vec<f64> = (0..n).map(|i| (i as f64).sin()).collect();
        let v: Vec<f64> = (0..n).map(|i| (i as f64).cos()).collect();
        let all = |f: &dyn Objective| {
            let mut found = vec![0.0; 2 * n + n * n + 1];
            let (gradient, rest) = found.split_at_mut(n);
            let (product, rest) = rest.split_at_mut(n);
            let (hessian, value) = rest.split_at_mut(n * n);
            value[0] = f.value_and_gradient(&x, gradient).unwrap();
            assert!(f.hessian_vector(&x, &v, product) && f.hessian(&x, hessian));
            found
        };
        for (a, b) in all(&written).iter().zip(all(&known)) {
            assert!((a - b).abs() <= 1e-12 * b.abs().max(1000.0), "{a} {b}");
        }
    }
}

#[test]
fn long_words_are_shown_in_part() {
    for (text, expected) in [
        ("9".repeat(100_000), "too large"),
        ("1e400".to_string(), "too large"),
        (format!("x{}", "⁹".repeat(1000)), "too large"),
        (".".repeat(100_000), "not a number"),
        ("x".repeat(100_000) + "(1)", "unknown function"),
        ("é".repeat(100_000) + "∑", "means nothing"),
        (")".repeat(100_000), "missing before"),
        (
            "max(".to_string() + &"x,".repeat(100_000),
            "missing at the end",
        ),
        (
            "max(".to_string() + &"x,".repeat(100_000) + "x)",
            "two arguments",
        ),
    ] {
        let error = Expression::parse(&text).unwrap_err();
        assert!(error.message.contains(expected), "{error}");
        assert!(error.to_string().chars().count() < 800, "{error}");
        assert!(error.to_string().contains('^'), "{error}");
    }
    assert_eq!(value("1e-400 + x", &[1.0]), 1.0);
}

/// Lone words, foreign ones, and those that look like others.
#[test]
fn scraps_are_errors() {
    for text in [
        "+", "-", "*", "/", "^", "**", "(", ")", ",", ".", "e(", "²", "()", "x^", "^x", "x**",
        "sin", "sin(", "max(,)", "max(x,)", "(,)", "1e", "0x10", "x;y", "x\0y", "\u{200b}", "🦀",
        "∞", "x′", "½", "“x”", "x!", "x == y", "1..2", "1e5e5", "−", "·", "x y", "pi pi", "((x)",
        "(x))", "|x|", "[x]", "{x}", "x%2", "\"x\"",
    ] {
        let error = Expression::parse(text).unwrap_err();
        assert!(error.to_string().lines().count() == 3, "{text:?}: {error}");
    }
}

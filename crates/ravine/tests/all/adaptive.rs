//! Adam's kin: settings at which one method is another, and corners that golden values do not reach.

use ravine::rule::{
    AdEmaMix, AdaMod, Adai, Adam, AmsGrad, AmsGradForm, LearningRate, Mars, Padam, ProximalDecay,
    QhAdam,
};
use ravine::{Chain, Optimizer, Parameter, catalogue};

/// A gradient of norm below 1 that changes its sign, is never zero, and grows and falls.
fn gradient(step: u32) -> [f64; 3] {
    [1.0, 2.5, 4.0].map(|phase| 0.4 * libm::sin(0.7 * f64::from(step) + phase) + 0.1)
}

/// Where a method with this learning rate goes in 40 steps.
fn path(method: impl Into<Chain>) -> [f64; 3] {
    let chain = method.into().then(LearningRate::new().lr(0.05));
    let mut optimizer = Optimizer::new(chain).unwrap();
    let mut x = [1.0, -2.0, 0.5];
    for step in 0..40 {
        let gradient = gradient(step);
        optimizer
            .step([Parameter::new("x", &mut x, Some(&gradient))])
            .unwrap();
    }
    x
}

fn assert_same(a: [f64; 3], b: [f64; 3]) {
    for (a, b) in a.into_iter().zip(b) {
        assert!((a - b).abs() < 1e-12, "{a} and {b}");
    }
}

#[test]
fn special_cases_are_adam() {
    let adam = path(Adam::new());
    let qhadam = QhAdam::new().beta1(0.9).nu1(1.0).nu2(1.0);
    assert_same(path(qhadam), adam);
    assert_same(path(AdEmaMix::new().alpha(0.0)), adam);
    let mars = Mars::new().beta1(0.9).beta2(0.999).gamma(0.0);
    assert_same(path(mars), adam);
    // An average of the step sizes that forgets at once bounds nothing.
    assert_same(path(AdaMod::new().beta2(0.999).beta3(0.0)), adam);
}

#[test]
fn padam_with_half_a_power_is_amsgrad() {
    let amsgrad = AmsGrad::new().beta2(0.9).form(AmsGradForm::Paper);
    assert_same(path(Padam::new().beta2(0.9).partial(0.5)), path(amsgrad));
}

#[test]
fn proximal_decay_divides_and_never_overshoots() {
    for (lr, decay) in [(0.1, 0.5), (1.0, 30.0)] {
        let chain = Chain::from((
            ProximalDecay::new().weight_decay(decay),
            LearningRate::new().lr(lr),
        ));
        let mut optimizer = Optimizer::new(chain).unwrap();
        let mut x = [1.0, -2.0];
        optimizer
            .step([Parameter::new("x", &mut x, Some(&[0.3, 0.0]))])
            .unwrap();
        let shrink = 1.0 + lr * decay;
        let expected = [(1.0 - lr * 0.3) / shrink, -2.0 / shrink];
        for (x, expected) in x.into_iter().zip(expected) {
            assert!((x - expected).abs() < 1e-14, "{x} and {expected}");
        }
    }
}

#[test]
fn adamod_passes_through_a_learning_rate_of_zero() {
    let mut optimizer = Optimizer::new(Chain::from((AdaMod::new(), LearningRate::new()))).unwrap();
    let mut x = [1.0, -2.0, 0.5];
    for (step, lr) in [(0, 0.0), (1, 0.1), (2, 0.0), (3, 0.1)] {
        let before = x;
        optimizer.set("lr", lr).unwrap();
        let gradient = gradient(step);
        optimizer
            .step([Parameter::new("x", &mut x, Some(&gradient))])
            .unwrap();
        assert_eq!(x == before, lr == 0.0);
        assert!(x.iter().all(|x| x.is_finite()));
    }
}

/// Xie et al. 2022, algorithm 2: the mean is over all coordinates that the step moves, wherever they are.
#[test]
fn adai_takes_the_mean_over_the_gradients_that_are_there() {
    let (beta0, beta2, lr) = (0.3, 0.9, 0.1);
    let chain = Chain::from((
        Adai::new().beta0(beta0).beta2(beta2),
        LearningRate::new().lr(lr),
    ));
    let mut optimizer = Optimizer::new(chain).unwrap();
    let (mut a, mut b) = ([1.0, -2.0, 0.5], [0.25]);
    let mut naive = [1.0, -2.0, 0.5, 0.25];
    let (mut m, mut v, mut product, mut updates) = ([0.0; 4], [0.0; 4], [1.0; 4], [0; 4]);
    for step in 0..20 {
        let has_b = step % 3 != 0;
        let of_a = gradient(step);
        let of_b = [2.0 * gradient(step + 1)[0]];
        optimizer
            .step([
                Parameter::new("a", &mut a, Some(&of_a)),
                Parameter::new("b", &mut b, has_b.then_some(&of_b[..])),
            ])
            .unwrap();

        let gradients = [of_a[0], of_a[1], of_a[2], of_b[0]];
        let count = if has_b { 4 } else { 3 };
        let mut hat = [0.0; 4];
        for i in 0..count {
            updates[i] += 1;
            v[i] = beta2 * v[i] + (1.0 - beta2) * gradients[i] * gradients[i];
            hat[i] = v[i] / (1.0 - f64::powi(beta2, updates[i]));
        }
        let mean = hat.iter().sum::<f64>() / count as f64;
        for i in 0..count {
            let beta1 = (1.0 - beta0 * hat[i] / mean).clamp(0.0, 1.0 - 1e-3);
            m[i] = beta1 * m[i] + (1.0 - beta1) * gradients[i];
            product[i] *= beta1;
            naive[i] -= lr * m[i] / (1.0 - product[i]);
        }
    }
    for (x, naive) in a.into_iter().chain(b).zip(naive) {
        assert!((x - naive).abs() < 1e-12, "{x} and {naive}");
    }
}

#[test]
fn impossible_values_are_refused() {
    let refused = [
        ("nadam", "beta1", "1"),
        ("nadam", "momentum_decay", "-0.1"),
        ("radam", "threshold", "3"),
        ("adabound", "gamma", "0"),
        ("amsbound", "base_lr", "0"),
        ("adopt", "eps", "0"),
        ("ademamix", "beta3", "1"),
        ("madgrad", "momentum", "1"),
        ("padam", "partial", "0.6"),
        ("padam", "partial", "0"),
        ("qhadam", "nu1", "1.1"),
        ("adai", "eps", "0"),
        ("amsgrad", "form", "tensorflow"),
    ];
    for (recipe, name, value) in refused {
        let chain = catalogue::find(recipe).unwrap().chain(&[(name, value)]);
        let failed = chain.and_then(Optimizer::<f32>::new);
        assert!(failed.is_err(), "{recipe} {name} = {value}");
    }
}

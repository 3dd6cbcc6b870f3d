//! Problems on which a method is known to fail, with a method beside it that is known not to.

use ravine::rule::{
    Adam, Adopt, AmsGrad, AmsGradForm, At, LearningRate, Measure, Rule, Step, TERMS,
};
use ravine::{Chain, Optimizer, Parameter, Real, hyper, hyper::Range};

/// Reddi, Kale & Kumar 2018, theorem 1: on [−1, 1], fₜ(x) = Cx at every third step and −x at the others, with C > 2. −1 is
/// best. Without momentum and with β₂ = 1/(1 + C²), Adam forgets the large gradient in between.
const C: f64 = 3.0;

/// Where the method is after so many steps with the learning rate ½/√t from x = 1, and its regret against −1 per step.
fn online(method: impl Into<Chain>, steps: u32) -> (f64, f64) {
    let chain = method.into().then(LearningRate::new());
    let mut optimizer = Optimizer::new(chain).unwrap();
    let (mut x, mut regret) = ([1.0_f64], 0.0);
    for t in 1..=steps {
        let slope = if t % 3 == 1 { C } else { -1.0 };
        regret += slope * (x[0] + 1.0);
        optimizer.set("lr", 0.5 / f64::from(t).sqrt()).unwrap();
        optimizer
            .step([Parameter::new("x", &mut x, Some(&[slope]))])
            .unwrap();
        x[0] = x[0].clamp(-1.0, 1.0);
    }
    (x[0], regret / f64::from(steps))
}

#[test]
fn adam_goes_to_the_worst_point_where_amsgrad_and_adopt_find_the_best() {
    let beta2 = 1.0 / (1.0 + C * C);
    for steps in [300, 3_000, 30_000] {
        let (x, regret) = online(Adam::new().beta1(0.0).beta2(beta2), steps);
        // A cycle at x = 1 costs 2(C − 2) more than one at −1.
        let forever = 2.0 * (C - 2.0) / 3.0;
        assert!(
            x == 1.0 && regret >= forever,
            "Adam after {steps}: {x}, {regret}"
        );
    }
    let amsgrad = AmsGrad::new().beta1(0.0).beta2(beta2);
    let cures = [
        Chain::from(amsgrad.clone()),
        Chain::from(amsgrad.clone().form(AmsGradForm::Optax)),
        Chain::from(amsgrad.form(AmsGradForm::Paper)),
        Chain::from(Adopt::new().beta1(0.0).beta2(beta2).clip(false)),
    ];
    for chain in cures {
        let [early, late] = [3_000, 30_000].map(|steps| online(chain.clone(), steps));
        let what = format!("{:?}: {early:?}, {late:?}", chain.names());
        assert!(early.0 < -0.98 && late.0 < -0.99, "{what}");
        assert!(late.1 < 0.01 && late.1 < 0.5 * early.1, "{what}");
    }
}

hyper! {
    /// u = sign(g).
    Signs {}
}

impl Rule for Signs {
    const NAME: &'static str = "signs";
    const STATE: &'static [&'static str] = &[];
    const CONSTANTS: &'static [&'static str] = &[];
    type State<T> = [T; 0];
    type Constants<T> = [T; 0];

    fn constants(&self, _step: &Step) -> [f64; 0] {
        []
    }

    #[inline(always)]
    fn apply<T: Real>([]: &[T; 0], At { g, .. }: At<T>, []: &mut [T; 0]) -> T {
        g.sign()
    }
}

hyper! {
    /// Karimireddy et al. 2019, algorithm 1: p = g + e, u = sign(p)·‖p‖₁/d, e ← p − u. What the sign lost is made up for later.
    SignsWithFeedback {
        /// how much of what was lost is kept
        memory: 1.0, Range::FRACTION;
    }
}

impl Rule for SignsWithFeedback {
    const NAME: &'static str = "signs_with_feedback";
    const STATE: &'static [&'static str] = &["error"];
    const CONSTANTS: &'static [&'static str] = &["memory", "‖p‖₁/d"];
    const MEASURE: Measure = Measure::ParameterSums;
    const SUMS: &'static [&'static str] = &["‖p‖₁"];
    type State<T> = [T; 1];
    type Constants<T> = [T; 2];

    fn constants(&self, step: &Step) -> [f64; 2] {
        [
            step.value(&self.memory),
            step.sums[0] / step.elements as f64,
        ]
    }

    #[inline(always)]
    fn terms<T: Real>([memory, _]: &[T; 2], At { g, .. }: At<T>, [e]: &[T; 1]) -> [T; TERMS] {
        let none = g.like(0.0);
        [(g + *memory * *e).abs(), none, none, none]
    }

    #[inline(always)]
    fn apply<T: Real>([memory, size]: &[T; 2], At { g, .. }: At<T>, [e]: &mut [T; 1]) -> T {
        let p = g + *memory * *e;
        let u = *size * p.sign();
        *e = p - u;
        u
    }
}

/// Karimireddy et al. 2019, counterexample 2: f(x) = ε|x₁ + x₂| + |x₁ − x₂| from (1, 1). The sign of every subgradient is
/// ±(1, −1), along which x₁ + x₂ does not change.
const EPSILON: f64 = 0.3;

/// f after so many steps with the learning rate 0.1/√t.
fn crossed(chain: &Chain, steps: u32) -> f64 {
    let sign = |z: f64| if z < 0.0 { -1.0 } else { 1.0 };
    let mut optimizer = Optimizer::new(chain.clone()).unwrap();
    let mut x = [1.0_f64, 1.0];
    for t in 1..=steps {
        let (sum, difference) = (EPSILON * sign(x[0] + x[1]), sign(x[0] - x[1]));
        let gradient = [sum + difference, sum - difference];
        optimizer.set("lr", 0.1 / f64::from(t).sqrt()).unwrap();
        optimizer
            .step([Parameter::new("x", &mut x, Some(&gradient))])
            .unwrap();
    }
    EPSILON * (x[0] + x[1]).abs() + (x[0] - x[1]).abs()
}

#[test]
fn signs_stall_where_error_feedback_does_not() {
    let signs = Chain::from((Signs::new(), LearningRate::new()));
    let feedback = Chain::from((LearningRate::new(), SignsWithFeedback::new()));
    let start = 2.0 * EPSILON;
    for steps in [100, 1_000, 10_000] {
        let f = crossed(&signs, steps);
        assert!(f >= start - 1e-9, "after {steps}: {f}");
    }
    let [early, late] = [1_000, 10_000].map(|steps| crossed(&feedback, steps));
    assert!(
        early < 0.1 * start && late < 0.02 * start,
        "{early}, {late}"
    );
}
